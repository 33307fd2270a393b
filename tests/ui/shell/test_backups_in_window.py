"""Backups in the window, on a real clinic file with a clock of the tests' own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from injectmap.bootstrap import Opener
from injectmap.domain.acting import Role
from injectmap.domain.backups import HOUR_MS
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind
from injectmap.domain.patient import PatientDetails
from injectmap.domain.settings import ClinicSettings
from injectmap.services.backups import BackupService
from injectmap.services.clinic import found
from injectmap.storage.opening import create_clinic
from injectmap.ui.desk import Desk
from injectmap.ui.main_window import MainWindow
from injectmap.ui.tasks import Tasks
from injectmap.ui.trust import backup_watch
from injectmap.ui.trust.backup_state import BackupState
from injectmap.ui.trust.backups_card import BackupsCard
from injectmap.ui.widgets.basics import TextLabel
from injectmap.ui.workspace import Workspace, build_panels
from tests import builders
from tests.fakes import FixedClock
from tests.storage.test_backups import damage
from tests.ui.fakes import FakePrompts, InlineExecutor

DAY_MS = 24 * HOUR_MS


class QuickOpener(Opener):
    def prepare(self) -> None:
        """The head is drawn in other tests."""


class House:
    """A window over a small clinic file."""

    def __init__(self, tmp_path: Path, theme, qtbot, executor) -> None:
        self.path = tmp_path / "clinics" / "Harbour.injectmap"
        self.path.parent.mkdir()
        self.clock, self.prompts = FixedClock(), FakePrompts()
        settings = ClinicSettings("Harbour", demo=True, time_zone="Europe/Stockholm")
        one = builders.practitioner()
        database = create_clinic(self.path, settings)
        found(database, self.clock, settings, [one], builders.acting_as(one))
        database.close()
        self.window = MainWindow(theme)
        qtbot.addWidget(self.window)
        self.tasks = Tasks(executor)
        self.opener = QuickOpener(data_folder=tmp_path / "program", clock=self.clock)
        self.desk = Desk(self.opener, self.tasks, self.window.bridge, parent=self.window)
        *_, panels = build_panels(theme, self.desk)
        self.space = Workspace(self.window, self.desk, self.prompts, panels)
        self.window.chart.hide()
        self.window.show()
        self.desk.open_clinic(self.path)
        self.said: list[str] = []
        self.desk.notice.connect(self.said.append)
        self.desk.problem.connect(self.said.append)
        self._number = 0

    @property
    def watch(self):
        return self.space.extras.backups

    @property
    def state(self) -> BackupState:
        (state,) = self.window.findChildren(BackupState)
        return state

    @property
    def files(self) -> list[str]:
        return sorted(one.name for one in (self.path.parent / "Harbour backups").glob("*.injectmap"))

    @property
    def service(self) -> BackupService:
        return self.desk.services.backups

    def write(self) -> None:
        self._number += 1
        self.desk.services.patients.create(
            self.desk.acting, PatientDetails(f"Berg{self._number}", "Test", builders.patient().birth_date)
        )

    def card(self, qtbot) -> BackupsCard:
        card = BackupsCard(self.window.theme, self.desk, self.prompts)
        qtbot.addWidget(card)
        card.refresh()
        return card


@pytest.fixture
def house(tmp_path, theme, qtbot) -> Iterator[House]:
    made = House(tmp_path, theme, qtbot, InlineExecutor())
    yield made
    end(made)


def end(house: House) -> None:
    house.desk.bridge.set_editor(None)
    house.window.close()
    house.tasks.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_footer_always_says_how_the_backups_stand(house):
    assert (house.state.text(), house.state.mark) == ("No backup yet", "info")
    house.watch.look()
    assert (house.state.text(), house.state.mark) == ("Backed up 15:32", "tick")
    assert "Harbour backups" in house.state.toolTip()
    house.clock.ms += DAY_MS
    house.watch.changed.emit()
    assert house.state.text() == "Backed up yesterday, 15:32"
    house.clock.ms += 2 * DAY_MS
    house.watch.refresh()
    # Nothing was written since: old it is, but not overdue.
    assert (house.state.text(), house.state.mark) == ("Backed up 3 days ago", "tick")
    house.write()
    house.watch.refresh()
    assert (house.state.text(), house.state.mark) == ("Backed up 3 days ago", "warning")
    assert "was written since" in house.state.toolTip()
    house.desk.close_clinic()
    assert house.state.isHidden()


def test_the_words_grow_older_by_themselves(house, qtbot, monkeypatch):
    house.watch.look()
    house.clock.ms += DAY_MS
    house.watch._say.setInterval(10)
    qtbot.waitUntil(lambda: house.state.text() == "Backed up yesterday, 15:32")


def test_hourly_while_open_and_only_if_something_was_written(house, qtbot):
    house.watch.look()
    first = house.files
    house.clock.ms += 2 * HOUR_MS
    house.watch.look()
    assert house.files == first
    house.write()
    house.watch._look.setInterval(10)
    qtbot.waitUntil(lambda: len(house.files) == 2)
    assert house.state.text() == "Backed up 17:32"


def test_a_backup_is_made_when_the_clinic_is_closed(house):
    house.watch.look()
    house.write()
    house.clock.ms += 60_000
    house.desk.close_clinic()
    assert len(house.files) == 2, "none of the same hour gives way"
    assert "-r3-" in house.files[-1]
    house.desk.open_clinic(house.path)
    assert house.state.text() == "Backed up 15:33"


def test_none_is_made_on_closing_if_nothing_was_written(house):
    house.watch.look()
    before = [(one, (house.path.parent / "Harbour backups" / one).stat().st_mtime_ns) for one in house.files]
    house.clock.ms += DAY_MS
    house.desk.close_clinic()
    after = [(one, (house.path.parent / "Harbour backups" / one).stat().st_mtime_ns) for one in house.files]
    assert after == before


def test_a_closing_window_says_that_it_backs_up_and_stays_alive(tmp_path, theme, qtbot, monkeypatch):
    """In the real worker: the window is painted meanwhile, and closes by itself."""
    house = House(tmp_path, theme, qtbot, ThreadPoolExecutor(1))
    qtbot.waitUntil(lambda: house.desk.has_clinic)
    seen: list[bool] = []
    service = type(house.service)
    real = service.back_up_if_due

    def slowly(self, **options):
        import time

        time.sleep(0.2)
        seen.append(
            any(
                isinstance(one, backup_watch._ClosingNote) and one.isVisible()
                for one in house.window.findChildren(QWidget)
            )
        )
        return real(self, **options)

    monkeypatch.setattr(service, "back_up_if_due", slowly)
    house.write()
    assert house.window.close()
    assert not house.desk.has_clinic
    assert seen == [True]
    assert len(house.files) == 1
    end(house)


def test_a_closing_window_does_not_wait_for_ever(tmp_path, theme, qtbot, monkeypatch):
    house = House(tmp_path, theme, qtbot, ThreadPoolExecutor(1))
    qtbot.waitUntil(lambda: house.desk.has_clinic)
    monkeypatch.setattr(backup_watch, "_GIVE_UP_MS", 50)

    def never(self, *, keep_going, **options):
        import time

        while True:
            time.sleep(0.01)
            keep_going()

    monkeypatch.setattr(type(house.service), "back_up_if_due", never)
    house.write()
    assert house.window.close()
    assert not house.desk.has_clinic
    end(house)


def test_a_damaged_clinic_is_said_once_and_keeps_its_last_backup(house):
    house.watch.look()
    good = house.files
    for _ in range(40):
        house.write()
    house.clock.ms += 2 * HOUR_MS
    house.desk.services.database._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with house.path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 6)
    house.watch.look()
    assert house.files == good
    assert house.state.mark == "warning"
    assert len(house.said) == 1
    assert "damaged" in house.said[0]
    house.watch.look()
    assert len(house.said) == 1


def test_a_disk_that_is_away_is_said_calmly(house, tmp_path, qtbot):
    card = house.card(qtbot)
    disk = tmp_path / "stick"
    disk.mkdir()
    house.prompts.folder = disk
    card.add.click()
    house.watch.look()
    assert len(list(disk.iterdir())) == 1
    disk.rename(tmp_path / "away")
    house.write()
    house.clock.ms += 3 * DAY_MS
    house.watch.look()
    card.refresh()
    assert house.state.mark == "info"
    assert house.state.text() == "Backed up 15:32"
    said = f"The disk {disk} is not here; last backup there 3 days ago"
    assert said in house.state.toolTip()
    assert said in [
        row.text.full_text() for row in card.places.findChildren(QWidget) if hasattr(row, "folder")
    ]
    assert house.said == []


def test_a_backup_made_by_hand_is_said_in_the_footer(house, qtbot):
    assert house.state.text() == "No backup yet"
    house.card(qtbot).now.click()
    assert house.state.text() == "Backed up 15:32"


def test_the_card_backs_up_lists_and_checks(house, qtbot):
    card = house.card(qtbot)
    card.now.click()
    assert card.told.full_text() == f"Backed up into {house.path.parent / 'Harbour backups'}."
    assert len(card.table.rows) == 1
    card.check.click()
    assert (
        card.told.full_text() == "The backup of 22 Nov 2026, 15:32 is whole, and its journal holds to row 2."
    )
    damage(house.path.parent / "Harbour backups" / house.files[0], 4096)
    damage(house.path.parent / "Harbour backups" / house.files[0], 4096 + 1)
    card.check.click()
    assert "damaged" in card.told.full_text()
    assert [one.state.value for one in card.table.rows] == ["damaged"]


def test_a_backup_is_restored_after_a_comparison(house, qtbot):
    card = house.card(qtbot)
    card.now.click()
    house.write()
    house.clock.ms += 60_000
    card.restore.click()
    assert not card.view.isHidden()
    assert (card.view.cell(1, 0), card.view.cell(1, 1), card.view.cell(1, 2)) == ("Patients", "1", "0")
    assert card.view.said == [
        "The backup’s journal is how the present one begins.",
        "1 row of the journal would be lost, written 22 Nov 2026, 15:32.",
    ]
    card.view.cancel.click()
    assert card.view.isHidden()
    card.restore.click()
    card.view.restore.click()
    qtbot.waitUntil(lambda: bool(house.said))
    assert house.desk.has_clinic
    with house.desk.services.database.reading() as work:
        rows = work.journal.all()
    assert [row.kind for row in rows][-1] is JournalKind.RESTORE
    assert len(rows) == 3
    assert rows[-1].practitioner_id == house.desk.acting.practitioner_id
    (kept,) = house.path.parent.glob("*before-restore*")
    assert house.said == [
        f"The backup of 22 Nov 2026, 15:32 is restored. What was there is kept as {kept.name}."
    ]


def test_the_same_state_is_not_restored(house, qtbot):
    card = house.card(qtbot)
    card.now.click()
    card.restore.click()
    assert card.view.said[-1].startswith("The backup holds what the clinic holds now.")
    assert not card.view.restore.isEnabled()


def test_a_restore_that_fails_opens_the_clinic_again(house, qtbot):
    card = house.card(qtbot)
    card.now.click()
    house.write()
    card.restore.click()
    damage(house.path.parent / "Harbour backups" / house.files[0], 4096)
    damage(house.path.parent / "Harbour backups" / house.files[0], 4096 * 2 + 1)
    card.view.restore.click()
    qtbot.waitUntil(lambda: bool(house.said))
    assert house.desk.has_clinic
    assert "damaged" in house.said[0]
    assert len(house.desk.services.patients.recent(house.desk.acting)) == 1


def test_who_may_not_keep_backups_sees_how_they_stand_and_no_more(house, qtbot):
    house.watch.look()
    trainer = replace(house.desk.acting, roles=frozenset({Role.TRAINER}))
    house.desk.act_as(trainer)
    card = house.card(qtbot)
    assert card.said.full_text().startswith("Last good backup: 22 Nov 2026, 15:32")
    assert card.more.isHidden()
    assert card.now.isHidden()


def test_a_clinic_on_a_server_says_so_calmly(house, qtbot):
    house.desk._services = replace(house.desk.services, backups=BackupService())
    house.watch._begin()
    card = house.card(qtbot)
    assert house.state.text() == "Backups: on the server"
    assert card.said.full_text().startswith("This clinic is kept on a server")
    assert card.now.isHidden()


def test_the_start_screen_offers_the_last_backup_of_a_damaged_clinic(house, qtbot):
    house.write()
    house.desk.close_clinic()
    with house.path.open("r+b") as file:
        file.seek(90)
        file.write(b"\xff" * 40_000)
    damaged = house.path.read_bytes()
    house.path.with_name(f"{house.path.name}.lock").write_bytes(b"{}")
    house.desk.open_clinic(house.path)
    offer = house.space.extras.start.offer
    assert not offer.isHidden()
    assert offer.said.full_text().startswith("The last good backup is of 22 Nov 2026")
    offer.compare.click()
    assert offer.view.cell(1, 1) == "cannot be read"
    assert offer.view.cell(1, 2) == "1"
    offer.view.restore.click()
    assert house.desk.has_clinic
    assert offer.isHidden()
    assert len(house.desk.services.patients.recent(house.desk.acting)) == 1
    (kept,) = house.path.parent.glob("*before-restore*")
    assert kept.read_bytes() == damaged
    qtbot.waitUntil(lambda: bool(house.said))


def test_another_clinic_never_takes_the_place_of_a_damaged_one(house, tmp_path):
    """Whole as it is: nothing beside the damaged file shows that it is a backup of it."""
    house.desk.close_clinic(back_up=False)
    other = tmp_path / "Hill.injectmap"
    create_clinic(other, ClinicSettings("Hill", demo=True, time_zone="Europe/Stockholm")).close()
    with house.path.open("r+b") as file:
        file.seek(90)
        file.write(b"\xff" * 40_000)
    damaged = house.path.read_bytes()
    house.path.with_name(f"{house.path.name}.lock").write_bytes(b"{}")
    house.desk.open_clinic(house.path)
    offer = house.space.extras.start.offer
    house.prompts.existing = other
    offer.other.click()
    assert "nothing beside it shows that “Hill.injectmap” is a backup of the same clinic" in (
        offer.problem.full_text()
    )
    assert offer.view.isHidden()
    assert house.path.read_bytes() == damaged


def test_without_a_backup_in_reach_the_start_screen_says_so(house):
    house.desk.close_clinic(back_up=False)
    with house.path.open("r+b") as file:
        file.seek(90)
        file.write(b"\xff" * 40_000)
    house.path.with_name(f"{house.path.name}.lock").write_bytes(b"{}")
    house.desk.open_clinic(house.path)
    offer = house.space.extras.start.offer
    assert offer.said.full_text().startswith("No backup of this clinic is in reach.")
    assert offer.compare.isHidden()


def test_the_purpose_is_never_covered_by_hints(house):
    footer = house.space.footer
    house.watch.look()
    footer.show_hints(
        [
            ("", "A long sentence about the tool in hand"),
            ("1 to 5", "switch views"),
            ("Ctrl K", "all actions"),
        ]
    )
    for width in (1600, 1100):
        house.window.resize(width, 700)
        QCoreApplication.processEvents()
        purpose = footer.purpose
        assert purpose.x() + purpose.width() <= footer.width()
        assert purpose.width() >= purpose.minimumSizeHint().width()
        shown = [
            one.text() for one in footer.findChildren(TextLabel) if one.isVisible() and one is not purpose
        ]
        assert "all actions" in shown
        assert ("switch views" in shown) is (width == 1600)


def test_a_damaged_file_is_found_after_opening_said_plainly_and_only_read(house, qtbot):
    house.watch.look()
    for _ in range(40):
        house.write()
    house.desk.services.database._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert house.space.extras.damage.timer.isActive()
    with house.path.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(b"\xff" * 4096)
    house.space.extras.damage.look()
    assert len(house.said) == 1
    assert "damaged" in house.said[0]
    assert "not opened" not in house.said[0]
    assert "The last good backup is of " in house.said[0]
    assert house.space.banner.text == house.said[0]
    assert house.space.top.save.text == "Open for reading only: file damaged"
    assert house.state.mark == "warning"
    assert house.state.text() == "File damaged"
    rows = head_row(house)
    with pytest.raises(StorageProblem, match="file_is_damaged"):
        house.write()
    assert head_row(house) == rows
    card = house.card(qtbot)
    assert "it is only read" in card.said.full_text()
    card.back_up()
    assert "no backup was made" in card.told.full_text()


def test_a_whole_file_is_read_once_and_nothing_is_said(house):
    house.space.extras.damage.look()
    assert house.said == []
    assert house.state.mark == "info"
    house.desk.clinic_changed.emit()
    assert not house.space.extras.damage.timer.isActive()
    house.write()


def test_a_proof_says_of_an_open_file_that_it_is_damaged_and_when_it_was_whole(house):
    house.space.pages.show("safety")
    card = house.space.pages["safety"].cards["ProofCard"]
    card.prove.click()
    assert "Last proved" in card.state.text()
    house.write()
    house.desk.services.database._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with house.path.open("r+b") as file:
        file.seek(house.path.stat().st_size - 4096)
        file.write(b"\xff" * 4096)
    card.prove.click()
    assert "This file is damaged" in card.state.full_text()
    assert card.outcome.isHidden()
    assert "it is only read" in house.space.pages["safety"].cards["BackupsCard"].said.full_text()
    assert "Earlier, " in card.state.full_text()
    assert "not opened" not in house.space.banner.text
    assert "Last proved" not in card.state.full_text()
    assert house.state.mark == "warning"


def test_a_damaged_open_clinic_is_restored_from_its_last_backup(house, qtbot):
    card = house.card(qtbot)
    card.now.click()
    house.desk.services.database._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with house.path.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(b"\xff" * 4096)
    house.space.extras.damage.look()
    assert house.desk.read_only
    card.refresh()
    card.restore.click()
    card.view.restore.click()
    qtbot.waitUntil(lambda: house.desk.has_clinic and not house.desk.read_only)
    house.space.extras.damage.look()
    assert not house.desk.read_only
    house.write()


def head_row(house: House) -> int:
    return house.desk.services.proof.head(house.desk.acting).number


def test_a_folder_that_is_left_out_keeps_its_backups_and_that_is_said(house, tmp_path, qtbot):
    card = house.card(qtbot)
    card.resize(1100, 700)
    stick = tmp_path / "stick"
    stick.mkdir()
    house.prompts.folder = stick
    card.add.click()
    card.now.click()
    lying = sorted(one.name for one in stick.iterdir())
    assert lying
    row = next(one for one in card.places.findChildren(QWidget) if getattr(one, "folder", "") == str(stick))
    assert row.remove.text() == "Leave out"
    row.remove.click()
    assert [one.folder for one in house.service.plan().places] == [str(house.path.parent / "Harbour backups")]
    assert "The backups that lie there stay." in card.told.full_text()
    assert sorted(one.name for one in stick.iterdir()) == lying
