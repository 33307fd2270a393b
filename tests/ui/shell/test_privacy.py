"""Retention, erasure and access reports in the window, and every list that meets an erased person."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from injectmap.domain.acting import Role
from injectmap.domain.aftercare import FollowUp
from injectmap.domain.errors import InputRefused
from injectmap.domain.privacy import ErasureReason
from injectmap.services.accounts import AccountService
from injectmap.services.privacy_ports import HeldBackup
from injectmap.ui.patients.found_list import say_patient
from injectmap.ui.patients.time_line import say_summary, tip_of
from injectmap.words import load_words

WORDS = load_words()


def texts(widget: QWidget) -> str:
    """All that the labels of a widget say."""
    from PySide6.QtWidgets import QLabel

    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def painted(widget: QWidget) -> QImage:
    """Paint everything, as the screen would: a fault in a paint event fails the test."""
    image = widget.grab().toImage()
    assert not image.isNull()
    return image


@pytest.fixture
def shell(make_shell):
    one = make_shell()
    # So that a retention period of a year is over for one of the two who were treated.
    state = one.opener.database.state
    state.settings = dataclasses.replace(state.settings, retention_years=1)
    return one


def card_of(shell):
    assert shell.space.pages.show("safety")
    return shell.space.pages["safety"].cards["PrivacyCard"]


def run(shell, action: str) -> None:
    shell.space.actions[action].trigger()


def erase(shell, number: str = "", reason: ErasureReason = ErasureReason.PATIENTS_REQUEST) -> None:
    run(shell, "erase_patient")
    form = card_of(shell).form
    # Showing the page again does not take the question away.
    assert form.isVisible()
    form.reason.setCurrentIndex(form.reason.findData(reason))
    form.number.setText(number or shell.elin.number_text)
    form.next.click()
    form.accept.click()


def register(shell) -> None:
    """Register and open somebody of whom the journal tells."""
    details = shell.desk.services.patients.checked_details(
        today=dt.date(2026, 11, 22),
        family_name="Journalled",
        given_name="Ada",
        birth_date=dt.date(1980, 1, 1),
    )
    shell.desk.create_patient(details)


def test_nobody_is_listed_without_a_period(make_shell):
    shell = make_shell()
    card = card_of(shell)
    assert card.lists.rule.full_text() == WORDS("retention.no_period")
    assert not card.lists.erase.isVisible()
    assert card.lists.none_gone.isVisible()
    # Where anybody can be erased all the same.
    assert WORDS("retention.anyone") in texts(card)


def test_who_is_due_is_listed_with_the_rule_and_saved_as_a_table(shell, tmp_path: Path):
    niamh = next(one for one in shell.opener.database.state.patients.values() if one.given_name == "Niamh")
    card = card_of(shell)
    assert [line.kept.patient_id for line in card.lists.due.rows] == [niamh.id]
    assert WORDS("retention.rule", years=1) in card.lists.rule.full_text()
    painted(card)
    shell.prompts.new = tmp_path / "due.csv"
    card.lists.csv.click()
    assert (tmp_path / "due.csv").read_bytes() == b"csv 1"


def test_erasing_asks_for_a_reason_and_the_number_and_leaves_a_number(shell):
    run(shell, "erase_patient")
    card = card_of(shell)
    assert shell.elin.display_name in texts(card.form)
    painted(card)
    card.form.next.click()
    assert WORDS("error.erase_reason_missing") in texts(card.form)
    card.form.reason.setCurrentIndex(1)
    for slip in ("1", "0001", "000001", "00002", ""):
        card.form.number.setText(slip)
        card.form.next.click()
        assert WORDS("error.erase_number_other", number=shell.elin.number_text) in texts(card.form)
        assert card.form.first.isVisible()
    # A slip closes nobody.
    assert shell.desk.patient is not None
    card.form.number.setText(shell.elin.number_text)
    card.form.next.click()
    # Said once more: who, and what goes.
    assert card.form.second.isVisible()
    assert shell.elin.display_name in card.form.again.full_text()
    assert shell.elin.number_text in card.form.again.full_text()
    assert f"sessions ({len(shell.desk.sessions)}," in card.form.summary.full_text()
    painted(card)
    assert not shell.opener.database.state.patients[shell.elin.id].erased
    card.form.accept.click()
    assert card.done.full_text().startswith(WORDS("erase.done", number=shell.elin.number_text))
    assert shell.desk.patient is None
    assert shell.opener.database.state.patients[shell.elin.id].erased
    assert [row.person.patient_id for row in card.lists.gone.rows] == [shell.elin.id]
    painted(card)


def test_escape_and_cancel_erase_nobody(shell):
    for leave in (lambda form: form.cancel.click(), lambda form: form.cancelled.emit()):
        run(shell, "erase_patient")
        card = card_of(shell)
        leave(card.form)
        assert card.lists.isVisible()
    assert not shell.opener.database.state.patients[shell.elin.id].erased


def test_backups_that_still_hold_the_person_are_named_with_their_date(shell):
    register(shell)
    head = len(shell.opener.database.state.journal)
    shell.opener.held_backups.held = tuple(
        HeldBackup(f"copy-{n}.injectmap", 1_700_000_000_000 - n, head, "/disk/backups") for n in range(11)
    )
    run(shell, "erase_patient")
    said = card_of(shell).form.backups.full_text()
    assert "14 Nov 2023" in said
    assert "copy-0.injectmap, in /disk/backups" in said
    assert "copy-7.injectmap" in said
    assert "copy-8.injectmap" not in said
    assert WORDS("erased.held.more", count=3, date="14 Nov 2023") in said


def test_an_access_report_is_shown_saved_and_printed_under_a_number(shell, tmp_path: Path):
    register(shell)
    run(shell, "access_report")
    card = card_of(shell)
    assert card.access.isVisible()
    assert "Journalled" in card.access.title.full_text()
    assert len(card.access.table.rows) == 1
    painted(card)
    shell.prompts.new = tmp_path / "report.csv"
    card.access.csv.click()
    assert (tmp_path / "report.csv").read_bytes() == b"csv 1"
    shell.prompts.new = tmp_path / "report.pdf"
    card.access.pdf.click()
    assert (tmp_path / "report.pdf").read_bytes() == b"%PDF access 1"
    # The folder shows the number to whoever looks into it, never the name.
    assert all("Journalled" not in str(asked) for asked in shell.prompts.asked)
    card.access.close_button.click()
    assert card.lists.isVisible()


def test_who_may_not_see_it_is_told_so_and_sees_nobody(shell):
    card = card_of(shell)
    assert card.lists.due.rows
    shell.desk._services = dataclasses.replace(
        shell.desk.services,
        acting=dataclasses.replace(shell.desk.acting, roles=frozenset({Role.PRACTITIONER})),
    )
    card.refresh()
    assert card.said.full_text() == WORDS("privacy.not_yours")
    assert not card.lists.isVisible()
    assert card.lists.due.rows == ()


def test_every_list_meets_an_erased_person_calmly(shell, qtbot):
    sessions = shell.desk.sessions
    follow_up = FollowUp("f", shell.elin.id, sessions[0].id, dt.date(2020, 1, 1), "note")
    shell.opener.database.state.follow_ups["f"] = follow_up
    erase(shell)
    gone = shell.opener.database.state.patients[shell.elin.id]
    assert say_patient(gone) == f"Erased person, No. {gone.number_text}"
    # Found by the number, and opened: who it was is not said, and nothing falls over.
    shell.space.pages.show_chart()
    column = shell.space.side.column
    column.search.setText(str(gone.number))
    assert gone in column.found.model.rows
    painted(column)
    shell.desk.open_patient(gone)
    assert shell.desk.patient == gone
    assert shell.desk.editor is None
    column.search.clear()
    assert "Erased person" in texts(column.header)
    assert WORDS("erased.what") in texts(column.header)
    painted(shell.window)
    said = []
    shell.desk.problem.connect(said.append)
    for summary in shell.desk.sessions:
        assert "Erased" in say_summary(summary)
        assert WORDS("erased.session") in tip_of(summary)
        shell.desk.open_session(summary.id)
    assert said == [WORDS("error.patient_erased", number=gone.number_text)] * len(shell.desk.sessions)
    assert shell.desk.editor is None
    for page in ("patient", "aftercare", "due", "stock", "safety"):
        assert shell.space.pages.show(page), page
        painted(shell.window)
    shell.space.pages["patient"].refresh()
    assert WORDS("erased.what") in texts(shell.space.pages["patient"])
    assert all(one.patient_id != gone.id for one in shell.space.pages["due"]._rows.rows)


def test_a_recall_lists_an_erased_person_without_a_name(shell):
    lot = next(iter(shell.opener.database.state.syringes.values())).lot
    erase(shell)
    stock = shell.space.pages
    assert stock.show("stock")
    page = stock["stock"]
    page.recall()
    view = next(one for one in page.findChildren(QWidget) if type(one).__name__ == "RecallView")
    view.lot.setText(lot)
    view.ask()
    said = [view._say(row) for row in view.found.rows]
    assert any("Erased person" in line and "no longer known" in line for line in said)
    assert not any("Vasterholm" in line or "1 Jan 1," in line for line in said)
    painted(view)


def test_the_menus_beside_the_name_lead_to_the_card(shell):
    entries = shell.space.side.column.header.menu_button.menu()
    assert shell.space.pages.show("patient")
    of_page = shell.space.pages["patient"].facts.menu_button.menu()
    for menu in (entries, of_page):
        menu.aboutToShow.emit()
        shown = {one.text(): one for one in menu.actions() if one.isVisible() and one.text()}
        shown[WORDS("action.access_report")].trigger()
        assert card_of(shell).access.isVisible()
        shown[WORDS("action.erase_patient")].trigger()
        assert card_of(shell).form.isVisible()
        card_of(shell).form.cancel.click()
    erase(shell)
    shell.desk.open_patient(shell.opener.database.state.patients[shell.elin.id])
    entries.aboutToShow.emit()
    shown = [one.text() for one in entries.actions() if one.isVisible()]
    assert WORDS("action.access_report") in shown
    assert WORDS("action.erase_patient") not in shown


def test_a_person_erased_at_another_workstation_leaves_the_chart(make_shell):
    shell = make_shell(patient=False)
    shell.opener.database.shared = True
    shell.open()
    shell.desk.open_patient(shell.elin)
    watch = shell.space.extras.news
    watch.ask()
    other = dataclasses.replace(shell.desk.acting, workstation="room-2")
    shell.desk.services.privacy.erase(
        other, shell.elin.id, number=shell.elin.number_text, reason=ErasureReason.COURT_ORDER
    )
    watch.ask()
    assert shell.desk.patient is None
    assert shell.desk.editor is None
    assert shell.space.banner.text == WORDS("news.erased", number=shell.elin.number_text)


def test_the_period_is_set_in_years_or_not_at_all(shell):
    assert shell.space.pages.show("settings")
    page = shell.space.pages["settings"]
    field, service = page.retention_years, shell.desk.services.settings_service

    def type_in(text: str) -> None:
        field.setText(text)
        field.setModified(True)
        field.editingFinished.emit()

    type_in("8")
    assert service.current().retention_years == 8
    for refused in ("0", "101", "eight", "8.5", "-1"):
        type_in(refused)
        assert service.current().retention_years == 8
        assert WORDS("error.retention_years_impossible", most=100) in texts(page)
    type_in("")
    assert service.current().retention_years is None


def test_enter_alone_erases_nobody(shell, qtbot):
    run(shell, "erase_patient")
    form = card_of(shell).form
    form.reason.setCurrentIndex(1)
    form.number.setText(shell.elin.number_text)
    for _ in range(3):
        qtbot.keyClick(form.number, Qt.Key.Key_Return)
    assert form.first.isVisible()
    form.next.click()
    assert form.password.isHidden() or not form.password.isVisible()
    for widget in (form, form.second, form.back):
        qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert not shell.opener.database.state.patients[shell.elin.id].erased


def test_where_people_sign_in_the_own_password_is_asked(shell, monkeypatch, qtbot):
    asked = []

    def confirm(self, acting, who, password):
        asked.append((who == acting.practitioner_id, password))
        if password != "grey heron at dawn":
            raise InputRefused("sign_in_refused", seconds=0)
        return acting

    monkeypatch.setattr(AccountService, "confirm", confirm)
    monkeypatch.setattr(AccountService, "asked_for", lambda self: True)
    run(shell, "erase_patient")
    form = card_of(shell).form
    form.reason.setCurrentIndex(1)
    form.number.setText(shell.elin.number_text)
    form.next.click()
    assert form.password.isVisible()
    assert form.password.hasFocus()
    form.password.setText("wrong")
    qtbot.keyClick(form.password, Qt.Key.Key_Return)
    assert asked == []
    form.accept.click()
    assert WORDS("error.sign_in_refused") in texts(form)
    assert form.second.isVisible()
    assert form.password.text() == ""
    assert not shell.opener.database.state.patients[shell.elin.id].erased
    assert shell.desk.patient is not None
    form.password.setText("grey heron at dawn")
    form.accept.click()
    assert asked == [(True, "wrong"), (True, "grey heron at dawn")]
    assert shell.opener.database.state.patients[shell.elin.id].erased
    assert shell.desk.patient is None


def test_the_retention_period_is_a_reason_only_for_who_is_on_its_list(shell):
    reason = ErasureReason.RETENTION_OVER
    run(shell, "erase_patient")
    card = card_of(shell)
    assert card.form.reason.findData(reason) < 0
    card.form.cancel.click()
    card.lists.erase.click()
    assert card.form.reason.findData(reason) > 0


def test_the_report_says_from_when_looking_was_kept(shell):
    register(shell)
    settings = shell.desk.services.settings_service
    for kept in (True, False, True):
        settings.update(shell.desk.acting, dataclasses.replace(settings.current(), journal_reads=kept))
    run(shell, "access_report")
    note = card_of(shell).access.note.full_text()
    assert "is kept since 22 Nov 2026" in note
