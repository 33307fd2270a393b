"""Backups of real files: of one state, opened to prove them, and nothing half when something fails."""

import os
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from injectmap.domain.backups import CopyKind, Head, mark_of, read_name
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.keys import slot_path
from injectmap.storage import backups, copies
from injectmap.storage.backups import back_up
from injectmap.storage.copies import Source, clinic_id_of, core, head_of, links_hold, opened, prove
from injectmap.storage.engine import Mode, connect
from injectmap.storage.ledger import ledger_path
from injectmap.storage.opening import create_clinic, open_clinic
from tests import builders
from tests.storage.conftest import CLINIC, DEMO, KEY, chart

AT = 1_795_000_000_000


def note(database, acting, text="x"):
    """One more row of the journal."""
    with database.writing() as work:
        number = work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.CLINIC,
            subject_id="clinic",
            payload={"t": text},
            at_ms=AT,
        )
        work.commit()
    return number


def filled(path, key):
    database = create_clinic(path, CLINIC if key else DEMO, key=key)
    charted = chart(database)
    revision = 1
    for order in range(1, 9):
        one = builders.cannula_pass(order=order, syringe_id=charted.syringes[0].id)
        revision, _ = charted.commit(builders.add(one), revision)
    return database, charted


def head_in(path, key):
    with opened(path, key, Mode.FROZEN) as raw, core(raw, path) as connection:
        return head_of(connection)


@pytest.fixture(params=[KEY, None], ids=["keyed", "plain"])
def clinic(request, path):
    database, charted = filled(path, request.param)
    yield database, charted
    database.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "backups"
    made.mkdir()
    return made


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def refused(code, database, folder, **options):
    with pytest.raises(StorageProblem) as caught:
        back_up(database.source, folder, at_ms=AT, **options)
    assert caught.value.code == code
    return caught.value


def test_a_backup_of_an_open_clinic_opens_by_itself_and_holds_all(clinic, folder):
    database, charted = clinic
    key = database.source.key
    made = back_up(database.source, folder, at_ms=AT)
    assert names(folder) == [made.file], "nothing beside it, no log either"
    told = read_name(made.file)
    assert (told.clinic, told.row, told.at_ms, told.kind) == ("Harbour", 8, AT, CopyKind.BACKUP)
    assert made.head == head_in(folder / made.file, key)
    with opened(folder / made.file, key, Mode.FROZEN) as raw, core(raw, folder) as connection:
        assert mark_of(clinic_id_of(connection)) == told.mark
    assert made.size == (folder / made.file).stat().st_size
    assert (folder / made.file).read_bytes().startswith(b"SQLite format 3") is (key is None)
    copy = open_clinic(folder / made.file, key=key, read_only=True)
    with copy.reading() as work:
        assert len(work.sessions.open(charted.session.id).map.passes) == 8
    copy.close()


def test_what_lies_only_in_the_log_is_in_the_backup(path, folder):
    database, charted = filled(path, KEY)
    number = note(database, charted.acting)
    assert head_of_main_file(path) < number
    assert back_up(database.source, folder, at_ms=AT).head.number == number
    database.close()


def head_of_main_file(path):
    """What a copy of the main file alone would hold."""
    bare = path.with_name("bare")
    shutil.copyfile(path, bare)
    try:
        return head_in(bare, KEY).number
    except (StorageProblem, copies.DriverError, Exception):  # noqa: BLE001
        return 0


def test_the_copy_is_one_state_while_a_thread_goes_on_writing(clinic, folder, monkeypatch):
    """The writer is not held up, and the copy does not begin anew with each of its commits."""
    database, charted = clinic
    monkeypatch.setattr(copies, "STEP_PAGES", 1)
    for _ in range(30):
        note(database, charted.acting, "x" * 4000)
    before = note(database, charted.acting)
    stop, written, slowest = threading.Event(), [], [0.0]

    def write():
        while not stop.is_set():
            began = time.perf_counter()
            written.append(note(database, charted.acting, "y" * 2000))
            slowest[0] = max(slowest[0], time.perf_counter() - began)

    steps = []

    def slowly():
        steps.append(1)
        time.sleep(0.002)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = back_up(database.source, folder, at_ms=AT, links=None, keep_going=slowly)
    finally:
        stop.set()
        thread.join()
    assert len(steps) > 40
    assert before <= made.head.number < written[-1]
    assert written[-1] - made.head.number > 10, "writing went on meanwhile"
    assert slowest[0] < 1.5
    key = database.source.key
    assert prove(folder / made.file, key, head=made.head, links=None)[1] == made.head
    with opened(folder / made.file, key, Mode.FROZEN) as raw:
        assert raw.execute("SELECT count(*), max(number) FROM journal").fetchone() == (made.head.number,) * 2


def damage(path, at):
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x41]))


@pytest.mark.parametrize("page", [2, 5, 9])
def test_no_backup_of_a_damaged_clinic(path, folder, page):
    database, _ = filled(path, KEY)
    good = back_up(database.source, folder, at_ms=AT)
    database.close()
    kept = (folder / good.file).read_bytes()
    damage(path, page * 4096 + 1000)
    with pytest.raises(StorageProblem, match="file_damaged"):
        back_up(Source(path, KEY), folder, at_ms=AT + 10_000)
    assert names(folder) == [good.file]
    assert (folder / good.file).read_bytes() == kept


def test_no_backup_of_a_damaged_plain_clinic(path, folder):
    database, _ = filled(path, None)
    database.close()
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(StorageProblem, match="file_damaged"):
        back_up(Source(path, None), folder, at_ms=AT)
    assert names(folder) == []


def test_a_copy_that_was_not_written_well_does_not_count(clinic, folder, monkeypatch):
    database, _ = clinic

    def copy_badly(raw, part, key, pace=None):
        real(raw, part, key, pace)
        damage(part, 4096 * 3 + 50)
        damage(part, 4096 * 3)

    real = backups.copy_into
    monkeypatch.setattr(backups, "copy_into", copy_badly)
    refused("backup_not_verified", database, folder)
    assert names(folder) == []


def test_a_copy_of_another_state_does_not_count(clinic, folder, tmp_path, monkeypatch):
    """What is opened is compared with the row that was read at the beginning."""
    database, charted = clinic
    older = back_up(database.source, folder, at_ms=AT)
    note(database, charted.acting)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr(
        backups, "copy_into", lambda raw, part, key, pace=None: shutil.copyfile(folder / older.file, part)
    )
    refused("backup_not_verified", database, other)
    assert names(other) == []


def test_a_broken_link_is_found_among_the_last_ones(path, tmp_path):
    database, charted = filled(path, None)
    for _ in range(20):
        note(database, charted.acting)
    database.close()
    raw = connect(path, None, Mode.WRITE)
    raw.execute("DROP TRIGGER journal_is_never_changed")
    raw.execute("UPDATE journal SET payload = replace(payload, 'x', 'z') WHERE number = 20")
    with core(raw, path) as connection:
        head = head_of(connection)
        assert links_hold(connection, head, links=5)
        assert not links_hold(connection, head, links=12)
        assert not links_hold(connection, head, links=None)
        assert not links_hold(connection, Head(head.number, "0" * 64), links=5)
    raw.close()
    (tmp_path / "b").mkdir()
    with pytest.raises(StorageProblem, match="backup_chain_broken"):
        prove(path, None)


def test_a_missing_folder_is_said_and_not_made(clinic, tmp_path):
    database, _ = clinic
    problem = refused("backup_folder_missing", database, tmp_path / "removable" / "backups")
    assert problem.params["name"] == str(tmp_path / "removable" / "backups")
    assert not (tmp_path / "removable").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_said(clinic, folder):
    database, _ = clinic
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        refused("backup_folder_read_only", database, folder)
    finally:
        folder.chmod(stat.S_IRWXU)
    assert names(folder) == []


def test_a_folder_that_refuses_every_file_is_said(clinic, folder, monkeypatch):
    """The same for who may write everywhere."""
    database, _ = clinic

    def refuse(self, **_):
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "touch", refuse)
    refused("backup_folder_read_only", database, folder)


def test_a_folder_that_vanishes_in_the_middle_is_said(clinic, folder, tmp_path, monkeypatch):
    database, _ = clinic
    monkeypatch.setattr(copies, "STEP_PAGES", 1)
    steps = []

    def unplug():
        steps.append(1)
        if len(steps) == 4:
            folder.rename(tmp_path / "gone")

    refused("backup_folder_missing", database, folder, keep_going=unplug)
    assert not folder.exists()


@pytest.fixture
def small_disk(tmp_path):
    """A real file system with little room, where this machine lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("no file system of our own can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_and_nothing_half_is_left(clinic, small_disk):
    database, charted = clinic
    for _ in range(40):
        note(database, charted.acting, "z" * 30_000)
    refused("backup_disk_full", database, small_disk)
    assert names(small_disk) == []


def test_a_disk_that_is_mounted_for_reading_only_is_said(clinic, small_disk):
    database, _ = clinic
    made = back_up(database.source, small_disk, at_ms=AT)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused("backup_folder_read_only", database, small_disk)
    assert names(small_disk) == [made.file]


def test_a_disk_that_fills_in_the_middle_is_said(clinic, small_disk, monkeypatch):
    """Somebody else took the room that was there at the beginning."""
    database, charted = clinic
    for _ in range(12):
        note(database, charted.acting, "z" * 20_000)
    monkeypatch.setattr(backups, "_SPARE_BYTES", 0)
    monkeypatch.setattr(copies, "STEP_PAGES", 1)
    steps = []

    def fill():
        steps.append(1)
        if len(steps) == 10:
            try:
                (small_disk / "film").write_bytes(bytes(5_000_000))
            except OSError:
                assert shutil.disk_usage(small_disk).free < 5000

    refused("backup_disk_full", database, small_disk, keep_going=fill)
    assert names(small_disk) == ["film"]


def test_a_disk_without_room_is_said_before_anything_is_written(clinic, folder, monkeypatch):
    database, _ = clinic
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _: usage._replace(free=1_050_000))
    refused("backup_disk_full", database, folder)
    assert names(folder) == []


class CalledOffError(Exception):
    pass


@pytest.mark.parametrize("after", [1, 3, 12])
def test_a_backup_that_is_called_off_leaves_nothing(clinic, folder, monkeypatch, after):
    database, charted = clinic
    monkeypatch.setattr(copies, "STEP_PAGES", 1)
    monkeypatch.setattr(copies, "_INSTRUCTIONS", 100)
    steps = []

    def stop():
        steps.append(1)
        if len(steps) >= after:
            raise CalledOffError

    with pytest.raises(CalledOffError):
        back_up(database.source, folder, at_ms=AT, keep_going=stop)
    assert names(folder) == []
    note(database, charted.acting)
    assert back_up(database.source, folder, at_ms=AT).head.number == 9


def test_what_a_killed_program_left_goes_with_the_next_backup(clinic, folder):
    database, _ = clinic
    made = back_up(database.source, folder, at_ms=AT)
    mark = read_name(made.file).mark
    for name in (f"{made.file}.12345678.part", f"{made.file}.12345678.part-journal"):
        (folder / name).write_bytes(b"half")
    theirs = folder / made.file.replace(mark, "ffffffff")
    theirs.with_name(f"{theirs.name}.12345678.part").write_bytes(b"another clinic's, at work")
    later = back_up(database.source, folder, at_ms=AT + 5000)
    assert names(folder) == sorted([made.file, later.file, f"{theirs.name}.12345678.part"])


def test_keys_and_the_list_of_the_erased_go_with_the_backup(clinic, folder):
    database, _ = clinic
    slot_path(database.path).write_bytes(b"wrapped keys of that day")
    ledger_path(database.path).write_bytes(b"erased")
    made = back_up(database.source, folder, at_ms=AT)
    assert slot_path(folder / made.file).read_bytes() == b"wrapped keys of that day"
    mark = read_name(made.file).mark
    assert names(folder) == sorted([made.file, f"{made.file}.keys.json", f"Harbour-{mark}.erased.json"])


def test_nothing_readable_is_written_anywhere(path, folder, monkeypatch):
    monkeypatch.setattr(copies, "STEP_PAGES", 1)
    database, charted = filled(path, KEY)
    seen = []

    def look():
        seen.extend(one.read_bytes() for one in folder.iterdir())

    back_up(database.source, folder, at_ms=AT, keep_going=look)
    database.close()
    seen.extend(one.read_bytes() for one in folder.iterdir())
    assert len(seen) > 10
    for secret in (charted.patient.family_name, "CREATE TABLE", "harmonyca"):
        assert not any(secret.encode() in content for content in seen)
    assert not list(Path(tempfile.gettempdir()).glob("etilqs_*"))
