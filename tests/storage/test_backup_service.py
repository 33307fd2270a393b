"""The plan, the occasions and the list, on real files with a clock of the tests' own."""

import shutil
from pathlib import Path

import pytest

from injectmap.domain.acting import Acting, Role
from injectmap.domain.backups import HOUR_MS, CopyKind
from injectmap.domain.errors import InputRefused, NotAllowed, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.services.backup_ports import State
from injectmap.services.backups import BackupService, KeptHere
from injectmap.storage.backups import back_up
from injectmap.storage.clinic_copies import ClinicCopies
from injectmap.storage.opening import open_clinic
from injectmap.system.backup_folders import BackupFolders
from tests.fakes import FixedClock
from tests.storage.conftest import KEY
from tests.storage.test_backups import damage, filled, note

KEEPER = Acting("someone", frozenset({Role.ADMINISTRATOR}), "desk")
OTHER = Acting("other", frozenset({Role.PRACTITIONER, Role.TRAINER, Role.FRONT_DESK}), "desk")
DAY_MS = 24 * HOUR_MS


class Here:
    """A clinic with its service and its clock."""

    def __init__(self, path: Path, tmp_path: Path) -> None:
        self.path, self.folder, self.clock = path, tmp_path / "program", FixedClock()
        self.database, self.charted = filled(path, KEY)
        self.service = self.serve()

    def serve(self) -> BackupService:
        copies = ClinicCopies(self.database.source)
        return BackupService(KeptHere(self.database, self.clock, copies, BackupFolders(self.folder)))

    def write(self) -> int:
        return note(self.database, self.charted.acting)

    @property
    def beside(self) -> Path:
        return self.path.parent / "Harbour backups"

    def files(self, folder: Path | None = None) -> list[str]:
        return sorted(one.name for one in (folder or self.beside).glob("*.injectmap"))


@pytest.fixture
def here(path, tmp_path):
    made = Here(path, tmp_path)
    yield made
    made.database.close()


def test_the_first_occasion_makes_one_beside_the_clinic(here):
    assert here.service.last_good() is None
    assert here.service.standing().old
    (outcome,) = here.service.back_up_if_due()
    assert outcome.problem is None
    assert here.files() == [outcome.made.file]
    assert here.service.last_good() == outcome.made
    standing = here.service.standing()
    assert (standing.last, standing.folder, standing.old, standing.problem) == (
        outcome.made,
        str(here.beside),
        False,
        "",
    )


def test_hourly_and_only_if_something_was_written(here):
    here.service.back_up_if_due()
    here.clock.ms += 5 * HOUR_MS
    assert not here.service.due()
    assert here.service.back_up_if_due() == ()
    here.write()
    assert here.service.due()
    here.service.back_up_if_due()
    here.write()
    here.clock.ms += HOUR_MS - 1
    assert not here.service.due()
    # On closing the hour does not count.
    assert here.service.due(after_ms=0)
    assert len(here.service.back_up_if_due(after_ms=0)) == 1
    assert len(here.files()) == 3


def test_the_state_is_known_again_after_a_restart(here):
    (outcome,) = here.service.back_up_if_due()
    again = here.serve()
    assert again.last_good() == outcome.made
    assert not again.due()


def test_a_backup_that_somebody_took_away_is_none(here):
    (outcome,) = here.service.back_up_if_due()
    (here.beside / outcome.made.file).unlink()
    assert here.serve().last_good() is None
    assert here.service.due()
    here.service.back_up_if_due()
    assert len(here.files()) == 1


def test_a_last_backup_is_old_after_a_day_if_something_was_written(here):
    here.service.back_up_if_due()
    here.clock.ms += 3 * DAY_MS
    assert not here.service.standing().old
    here.write()
    assert here.service.standing().old


def test_a_disk_that_is_not_here_is_said_and_tried_again(here, tmp_path):
    disk = tmp_path / "stick"
    disk.mkdir()
    here.service.add_folder(KEEPER, disk)
    here.service.back_up_if_due()
    assert len(here.files(disk)) == 1
    disk.rename(tmp_path / "away")
    here.write()
    here.clock.ms += 2 * HOUR_MS
    beside, removable = here.service.back_up_if_due()
    assert beside.problem is None
    assert removable.problem.code == "backup_folder_missing"
    assert not disk.exists()
    standing = here.service.standing()
    assert (standing.problem, standing.problem_folder) == ("backup_folder_missing", str(disk))
    assert standing.last == beside.made
    assert here.service.missing() == (str(disk),)
    # It is due at every occasion until it is done: the other folder is not.
    here.clock.ms += 60_000
    assert [one.folder for one in here.service.back_up_if_due()] == [str(disk)]
    (tmp_path / "away").rename(disk)
    (done,) = here.service.back_up_if_due()
    assert done.made is not None
    assert here.service.standing().problem == ""


def test_none_of_a_damaged_clinic_and_the_last_good_one_stays(here):
    (good,) = here.service.back_up_if_due()
    here.write()
    here.database.close()
    damage(here.path, 5 * 4096 + 900)
    here.clock.ms += 2 * HOUR_MS
    copies = ClinicCopies(here.database.source)
    service = BackupService(KeptHere(here.database, here.clock, copies, BackupFolders(here.folder)))
    (outcome,) = service.back_up_if_due()
    assert outcome.problem.code == "file_damaged"
    assert here.files() == [good.made.file]
    assert service.last_good() == good.made
    assert service.standing().problem == "file_damaged"


def test_a_backup_that_takes_too_long_is_put_off(here):
    (outcome,) = here.service.back_up_if_due(limit_s=0.0)
    assert outcome.problem.code == "backup_too_slow"
    assert here.files() == []
    assert here.service.due()


def test_backups_are_thinned_after_a_good_one(here, tmp_path):
    other = here.beside.parent / "x"
    here.service.back_up_if_due()
    for _ in range(30):
        here.write()
        here.clock.ms += 20 * 60_000
        here.service.back_up_if_due(after_ms=0)
    # None of the last hours takes another's place.
    assert len(here.files()) == 31
    here.clock.ms += 3 * DAY_MS
    here.write()
    here.service.back_up_if_due(after_ms=0)
    # Of earlier days the last one is left, and the newest.
    assert len(here.files()) in (2, 3)
    assert here.service.last_good().file == here.files()[-1]
    assert not other.exists()


def test_thinning_leaves_what_is_not_ours(here):
    here.service.back_up_if_due()
    mine = here.files()[0]
    theirs = mine.replace(mine[-18:-10], "ffffffff")
    kept = mine.replace(".backup-2026", ".before-restore-2024")
    (here.beside / theirs).write_bytes(b"another clinic's")
    (here.beside / kept).write_bytes(b"kept aside")
    here.clock.ms += 900 * DAY_MS
    here.write()
    here.service.back_up_if_due()
    assert theirs in here.files()
    assert kept in here.files()
    assert mine not in here.files()


def test_the_list_shows_all_copies_of_this_clinic_with_their_state(here):
    here.service.back_up_if_due()
    here.write()
    here.clock.ms += HOUR_MS
    here.service.back_up_if_due()
    back_up(here.database.source, here.beside, kind=CopyKind.BEFORE_RESTORE, at_ms=here.clock.ms + 5000)
    shutil.copyfile(
        here.beside / here.files()[0], here.beside / here.files()[0].replace("Harbour", "Old name")
    )
    foreign = here.files()[0].replace(here.files()[0][-18:-10], "ffffffff")
    shutil.copyfile(here.beside / here.files()[0], here.beside / foreign)
    listed = here.service.listed(KEEPER)
    assert [one.found.backup.kind for one in listed] == [
        CopyKind.BEFORE_RESTORE,
        CopyKind.BACKUP,
        CopyKind.BACKUP,
        CopyKind.BACKUP,
    ]
    assert {one.state for one in listed} == {State.GOOD}
    assert [one.row for one in here.service.backups()] == [9, 9, 8, 8]


def test_a_backup_is_checked_again_and_a_damaged_one_is_remembered(here):
    (outcome,) = here.service.back_up_if_due()
    path = here.beside / outcome.made.file
    assert here.service.check(KEEPER, path) == outcome.made.head
    damage(path, 4096 * 4 + 20)
    with pytest.raises(StorageProblem, match="file_damaged"):
        here.service.check(KEEPER, path)
    (line,) = here.service.listed(KEEPER)
    assert line.state is State.DAMAGED
    assert here.service.last_good() is None
    assert here.serve().last_good() is None
    assert here.service.due()


def test_folders_are_added_and_taken_off(here, tmp_path):
    one = tmp_path / "one"
    one.mkdir()
    here.service.add_folder(KEEPER, one)
    with pytest.raises(InputRefused, match="backup_folder_known"):
        here.service.add_folder(KEEPER, one)
    here.service.remove_folder(KEEPER, str(here.beside))
    with pytest.raises(InputRefused, match="backup_folder_last"):
        here.service.remove_folder(KEEPER, str(one))
    here.service.back_up_if_due()
    assert len(here.files(one)) == 1
    assert not here.beside.exists()
    assert [place.folder for place in here.serve().plan().places] == [str(one)]


def test_one_backup_into_any_folder(here, tmp_path):
    once = tmp_path / "once"
    once.mkdir()
    (outcome,) = here.service.back_up_now(KEEPER, to=once)
    assert here.files(once) == [outcome.made.file]
    assert [place.folder for place in here.service.plan().places] == [str(here.beside)]
    with pytest.raises(StorageProblem, match="backup_folder_missing"):
        here.service.back_up_now(KEEPER, to=tmp_path / "none")


@pytest.mark.parametrize(
    "use",
    [
        lambda s: s.back_up_now(OTHER),
        lambda s: s.listed(OTHER),
        lambda s: s.add_folder(OTHER, Path()),
        lambda s: s.remove_folder(OTHER, "x"),
        lambda s: s.check(OTHER, Path("x")),
        lambda s: s.compare(OTHER, Path("x")),
        lambda s: s.restore(OTHER, Path("x")),
    ],
)
def test_who_has_no_right_does_nothing(here, use):
    with pytest.raises(NotAllowed):
        use(here.service)
    here.write()


def test_a_restore_from_the_program(here):
    here.service.back_up_if_due()
    path = here.beside / here.files()[0]
    here.write()
    found = here.service.compare(KEEPER, path)
    assert found.rows_lost == 1
    restored = here.service.restore(KEEPER, path)
    assert (here.path.parent / restored.kept_aside).exists()
    here.database = open_clinic(here.path, key=KEY)
    with here.database.reading() as work:
        last = work.journal.all()[-1]
    assert (last.number, last.kind, last.practitioner_id) == (9, JournalKind.RESTORE, "someone")
    # What follows is another journal: a backup is due at once.
    here.service = here.serve()
    here.clock.ms += HOUR_MS
    assert here.service.due()


def test_a_clinic_open_for_reading_only_is_not_backed_up_by_itself(here):
    here.database.close()
    here.database = open_clinic(here.path, key=KEY, read_only=True)
    service = here.serve()
    assert not service.due()
    assert service.back_up_now(KEEPER)[0].made is not None


def test_a_clinic_on_a_server_says_so_calmly():
    service = BackupService()
    assert service.on_server
    assert service.standing().on_server
    assert service.last_good() is None
    assert not service.due()
    assert service.backups() == ()
    assert service.back_up_if_due() == ()
    with pytest.raises(InputRefused, match="backups_of_server"):
        service.back_up_now(KEEPER)


def test_forty_bytes_flipped_in_an_open_keyed_file_are_found_and_it_is_only_read(here):
    here.service.back_up_if_due()
    here.database.check_whole()
    assert not here.database.damaged
    here.write()
    here.database._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with here.path.open("r+b") as file:
        file.seek(4096 * 5 + 100)
        content = file.read(40)
        file.seek(4096 * 5 + 100)
        file.write(bytes(one ^ 0xFF for one in content))
    with pytest.raises(StorageProblem, match="file_is_damaged"):
        here.database.check_whole()
    assert here.database.damaged
    assert here.database.read_only
    with pytest.raises(StorageProblem, match="file_is_damaged"):
        here.write()
    assert here.service.standing().damaged
    assert not here.service.due(after_ms=0)


def test_every_copy_that_the_program_left_beside_the_clinic_is_named_with_its_folder(here):
    here.service.back_up_if_due()
    (kept,) = here.files()
    (found,) = here.service.listed(KEEPER)
    restored = here.service.restore(KEEPER, found.found.path)
    here.database = open_clinic(here.path, key=KEY)
    here.service = here.serve()
    folder = here.path.parent
    (folder / "Harbour.before-restore-20261122T231600Z-damaged.injectmap").write_bytes(b"x")
    (folder / "Other.before-restore-20261122T231600Z-damaged.injectmap").write_bytes(b"x")
    update = kept.replace(".backup-", ".before-upgrade-")
    (folder / update).write_bytes(b"x")
    (folder / update.replace(update[-18:-10], "0" * 8)).write_bytes(b"another clinic")
    held = {one.path: one.row for one in here.service.backups()}
    assert set(held) == {
        str(here.beside / kept),
        str(folder / restored.kept_aside),
        str(folder / update),
        str(folder / "Harbour.before-restore-20261122T231600Z-damaged.injectmap"),
    }
    assert [one for one, row in held.items() if row is None] == [
        str(folder / "Harbour.before-restore-20261122T231600Z-damaged.injectmap")
    ]


def test_what_was_signed_is_backed_up_soon_and_the_rest_waits_for_the_hour(here):
    here.service.back_up_if_due()
    here.write()
    here.clock.ms += 60_000
    assert not here.service.due()
    with here.database.writing() as work:
        work.journal.append(
            here.charted.acting,
            kind=JournalKind.SIGN,
            subject_kind=SubjectKind.RECORD_VERSION,
            subject_id="x",
            payload={},
            at_ms=here.clock.ms,
        )
        work.commit()
    assert here.service.due()
    assert len(here.service.back_up_if_due()) == 1
    here.write()
    here.clock.ms += 60_000
    assert not here.service.due()
    assert here.service.back_up_if_due() == ()
