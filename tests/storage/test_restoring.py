"""Restoring real files: compared first, whole at every moment, nothing deleted, and the erased stay erased."""

import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from injectmap.domain.acting import Acting, Role
from injectmap.domain.backups import Chains, CopyKind, read_name
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind, check_chain
from injectmap.domain.keys import slot_path
from injectmap.domain.privacy import LedgerEntry
from injectmap.storage.backups import back_up
from injectmap.storage.comparing import compare
from injectmap.storage.copies import resting
from injectmap.storage.engine import Mode
from injectmap.storage.erasing import erase
from injectmap.storage.ledger import ErasedLedger
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.storage.restoring import Restoring, restore
from tests import builders
from tests.storage.conftest import CLINIC, KEY
from tests.storage.test_backups import AT, damage, filled, note

ACTING = Acting("someone", frozenset({Role.ADMINISTRATOR}), "desk")
STEPS = ("check", "copy", "prepare", "prove", "slots", "aside", "settle", "replace", "done")


@pytest.fixture(params=[KEY, None], ids=["keyed", "plain"])
def key(request):
    return request.param


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "backups"
    made.mkdir()
    return made


def order(path, key, backup, **changed):
    return replace(Restoring(path, key, backup, key, ACTING, AT + 60_000), **changed)


def two_states(path, key, folder):
    """A backup with one session, and a clinic in which a second patient was treated since."""
    database, charted = filled(path, key)
    made = back_up(database.source, folder, at_ms=AT)
    person = builders.patient()
    session = builders.treatment_session(person, charted.practitioner)
    with database.writing() as work:
        work.patients.add(person)
        work.sessions.add(session)
        work.commit()
    for _ in range(5):
        note(database, charted.acting)
    changed = builders.cannula_pass(order=9, syringe_id=charted.syringes[0].id)
    charted.commit(builders.add(changed), 9)
    database.close()
    return folder / made.file, made, charted, session


def rows(path, key):
    database = open_clinic(path, key=key)
    try:
        with database.reading() as work:
            return work.journal.all()
    finally:
        database.close()


def compared(path, key, backup, erased=frozenset()):
    return compare(path, key, backup, key, mode=resting(path), erased=erased)


def test_a_comparison_says_in_counts_what_would_change(path, key, folder):
    backup, made, charted, session = two_states(path, key, folder)
    found = compared(path, key, backup)
    assert found.chains is Chains.BEGINNING
    assert found.present.counts == {"patients": 2, "sessions": 2, "signed": 0, "stock": 0, "rows": 14}
    assert found.backup.counts == {"patients": 1, "sessions": 1, "signed": 0, "stock": 0, "rows": 8}
    assert found.backup.head == made.head
    assert found.rows_lost == 6
    assert (found.lost_from_ms, found.lost_to_ms) == (1_700_000_000_010, AT)
    assert found.sessions_lost == (session.number_text,)
    assert found.sessions_changed == (charted.session.number_text,)
    assert found.erased_again == 0
    assert not found.same
    assert not list(folder.glob("*-wal"))


def test_the_same_state_says_so(path, key, folder):
    database, _ = filled(path, key)
    backup = folder / back_up(database.source, folder, at_ms=AT).file
    assert compare(path, key, backup, key, mode=Mode.WRITE, erased=frozenset()).same
    database.close()


def test_journals_that_part_and_one_that_was_put_back_are_told_apart(path, folder, tmp_path):
    backup, _, charted, _ = two_states(path, KEY, folder)
    later = tmp_path / "later.injectmap"
    shutil.copyfile(path, later)
    restore(order(path, KEY, backup))
    assert compared(path, KEY, later).chains is Chains.OTHER
    assert compared(path, KEY, later).rows_lost == 1
    restore(order(path, KEY, backup, at_ms=AT + 120_000))
    ahead = tmp_path / "ahead.injectmap"
    shutil.copyfile(path, ahead)
    database = open_clinic(ahead, key=KEY)
    note(database, charted.acting)
    database.close()
    assert compared(path, KEY, ahead).chains is Chains.AHEAD
    assert compared(path, KEY, ahead).rows_lost == 0


def test_a_restored_clinic_is_that_of_the_backup_with_a_row_that_says_so(path, key, folder):
    backup, made, _, session = two_states(path, key, folder)
    was = rows(path, key)
    content = backup.read_bytes()
    done = restore(order(path, key, backup))
    assert backup.read_bytes() == content, "copied, not moved"
    now = rows(path, key)
    assert check_chain(now) is None
    assert now[:-1] == was[:8]
    assert (now[-1].kind, now[-1].subject_kind, now[-1].practitioner_id) == (
        JournalKind.RESTORE,
        SubjectKind.CLINIC,
        "someone",
    )
    assert done.head.hash == now[-1].hash
    assert f'"left":{{"hash":"{was[-1].hash}","number":14}}' in now[-1].payload
    assert f'"backup":{{"hash":"{made.head.hash}","number":8}}' in now[-1].payload
    # What was there is kept, whole, and opens.
    aside = path.parent / done.kept_aside
    assert read_name(aside.name).kind is CopyKind.BEFORE_RESTORE
    kept = open_clinic(aside, key=key, read_only=True)
    with kept.reading() as work:
        assert work.sessions.get(session.id).id == session.id
        assert work.journal.all() == was
    kept.close()
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, aside.name, folder.name])


def test_a_clinic_that_is_open_is_not_restored_over(path, folder):
    backup, *_ = two_states(path, KEY, folder)
    database = open_clinic(path, key=KEY)
    before = path.read_bytes()
    with pytest.raises(StorageProblem, match="file_locked"):
        restore(order(path, KEY, backup))
    assert path.read_bytes() == before
    database.close()


def test_a_backup_of_another_clinic_is_refused(path, folder, tmp_path):
    two_states(path, KEY, folder)
    other = create_clinic(tmp_path / "Other.injectmap", CLINIC, key=KEY)
    theirs = folder / back_up(other.source, folder, at_ms=AT).file
    other.close()
    before = path.read_bytes()
    with pytest.raises(StorageProblem, match="backup_other_clinic"):
        restore(order(path, KEY, theirs))
    assert path.read_bytes() == before
    assert compared(path, KEY, theirs).chains is Chains.OTHER


@pytest.mark.parametrize("at", [3 * 4096 + 70, 6 * 4096 + 9])
def test_a_damaged_backup_is_refused(path, folder, at):
    backup, *_ = two_states(path, KEY, folder)
    damage(backup, at)
    before = path.read_bytes()
    with pytest.raises(StorageProblem, match="file_damaged"):
        restore(order(path, KEY, backup))
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, folder.name])


def test_the_wrong_key_is_refused(path, folder):
    backup, *_ = two_states(path, KEY, folder)
    with pytest.raises(StorageProblem, match="file_damaged"):
        restore(order(path, KEY, backup, backup_key=bytes(32)))
    assert rows(path, KEY)[-1].number == 14


def test_a_damaged_file_is_restored_over_and_what_could_not_be_read_is_said(path, folder):
    backup, *_ = two_states(path, KEY, folder)
    database = open_clinic(path, key=KEY)
    root = database._writer.exec_driver_sql(
        "SELECT rootpage FROM sqlite_master WHERE name = 'treatment_sessions'"
    ).scalar_one()
    database.close()
    damage(path, (root - 1) * 4096 + 500)
    found = compared(path, KEY, backup)
    assert "sessions" in found.present.unread
    assert found.present.counts["patients"] == 2
    damaged = path.read_bytes()
    done = restore(order(path, KEY, backup))
    assert (path.parent / done.kept_aside).read_bytes() == damaged
    assert len(rows(path, KEY)) == 9


def test_a_file_of_which_nothing_can_be_read_is_restored_over(path, key, folder):
    backup, *_ = two_states(path, key, folder)
    path.write_bytes(bytes(9000))
    path.with_name(f"{path.name}-wal").write_bytes(b"what was left of a log")
    found = compared(path, key, backup)
    assert found.present is None
    assert found.problem in ("file_damaged", "file_not_ours")
    assert found.chains is Chains.UNKNOWN
    done = restore(order(path, key, backup))
    assert (path.parent / done.kept_aside).read_bytes() == bytes(9000)
    assert (path.parent / f"{done.kept_aside}-wal").read_bytes() == b"what was left of a log"
    assert len(rows(path, key)) == 9
    assert '"left":null' in rows(path, key)[-1].payload


def test_a_clinic_that_is_gone_is_made_from_the_backup_with_its_keys(path, folder):
    database, _ = filled(path, KEY)
    slot_path(path).write_bytes(b"wrapped")
    backup = folder / back_up(database.source, folder, at_ms=AT).file
    database.close()
    path.unlink()
    slot_path(path).unlink()
    assert restore(order(path, KEY, backup)).kept_aside == ""
    assert slot_path(path).read_bytes() == b"wrapped"
    assert len(rows(path, KEY)) == 9


def test_the_passphrase_of_today_stays(path, folder):
    database, _ = filled(path, KEY)
    slot_path(path).write_bytes(b"of then")
    backup = folder / back_up(database.source, folder, at_ms=AT).file
    database.close()
    slot_path(path).write_bytes(b"of today")
    restore(order(path, KEY, backup))
    assert slot_path(path).read_bytes() == b"of today"


def test_a_backup_with_another_key_takes_that_of_the_clinic(path, folder):
    backup, *_ = two_states(path, KEY, folder)
    old_key = bytes(range(1, 33))
    database = open_clinic(backup, key=KEY)
    database.close()
    from injectmap.storage.engine import connect

    raw = connect(backup, KEY, Mode.WRITE)
    raw.execute("PRAGMA journal_mode = DELETE")
    raw.execute(f"PRAGMA rekey = \"x'{old_key.hex()}'\"")
    raw.close()
    restore(order(path, KEY, backup, backup_key=old_key))
    assert len(rows(path, KEY)) == 9


@pytest.mark.parametrize("known_from", ["database", "ledger", "ledger of the backups"])
def test_a_person_erased_since_is_erased_again(path, folder, known_from):
    backup, _, charted, _ = two_states(path, KEY, folder)
    name = charted.patient.family_name
    database = open_clinic(path, key=KEY)
    with database.writing() as work:
        erase(work, ACTING, charted.patient.id, AT)
        work.commit()
    entries = [LedgerEntry(charted.patient.id, 15, AT)]
    if known_from == "ledger of the backups":
        ErasedLedger(path).write(entries)
        back_up(database.source, folder, at_ms=AT + 5000)
    database.close()
    if known_from != "database":
        # The present file is lost; a list outside it is not.
        path.unlink()
        ErasedLedger(path).path.unlink(missing_ok=True)
    if known_from == "ledger":
        ErasedLedger(path).write(entries)
    if known_from == "database":
        assert compared(path, KEY, backup).erased_again == 1
    assert restore(order(path, KEY, backup)).erased_again == 1
    restored = open_clinic(path, key=KEY)
    with restored.reading() as work:
        assert work.patients.get(charted.patient.id).erased
        found = work.journal.all()
        assert [row.kind for row in found[-2:]] == [JournalKind.RESTORE, JournalKind.ERASE]
        assert check_chain(found) is None
        assert not any(name in (row.payload or "") for row in found)
    restored.close()


def test_an_unreadable_list_of_the_erased_stops_a_restore(path, folder):
    backup, *_ = two_states(path, KEY, folder)
    ErasedLedger(path).path.write_bytes(b"?")
    with pytest.raises(StorageProblem, match="ledger_unreadable"):
        restore(order(path, KEY, backup))
    assert len(rows(path, KEY)) == 14


@pytest.mark.parametrize("schema", [1, 2])
def test_a_backup_of_an_older_version_is_brought_up_to_date(path, folder, schema):
    released = Path(__file__).parents[1] / "data" / "clinics" / f"schema-{schema}.sqlite"
    backup = folder / "older.injectmap"
    shutil.copyfile(released, backup)
    restore(order(path, None, backup))
    now = rows(path, None)
    assert now[-1].kind is JournalKind.RESTORE
    assert check_chain(now) is None
    assert not list(path.parent.glob("*before-upgrade*")), "the backup itself is that copy"
    found = compared(path, None, backup)
    assert found.chains is Chains.BEGINNING
    assert found.rows_lost == 1
    assert found.sessions_lost == found.sessions_changed == ()
    assert found.backup.counts["sessions"] == found.present.counts["sessions"] > 0


def test_a_full_disk_leaves_the_clinic_as_it_was(path, folder, monkeypatch):
    backup, *_ = two_states(path, KEY, folder)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "no room")

    monkeypatch.setattr("injectmap.storage.restoring.copy_into", full)
    with pytest.raises(StorageProblem, match="disk_full"):
        restore(order(path, KEY, backup))
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, folder.name])


_KILLED = """
    import os, signal, sys
    from pathlib import Path
    from injectmap.domain.acting import Acting
    from injectmap.storage.restoring import Restoring, restore

    path, backup, at, key = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    key = bytes.fromhex(key) or None

    def step(name):
        if name == at:
            os.kill(os.getpid(), signal.SIGKILL)

    restore(Restoring(path, key, backup, key, Acting("someone", frozenset(), "desk"), 1_795_000_060_000), step)
"""


@pytest.mark.parametrize("at", STEPS)
def test_a_restore_killed_at_any_step_leaves_the_old_or_the_new_clinic(path, folder, at):
    """With a log of an earlier killed program beside the file: it belongs to the old clinic, never to the new one."""
    backup, _, charted, _ = two_states(path, KEY, folder)
    leave_a_log(path, charted)
    script = textwrap.dedent(_KILLED)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), str(backup), at, KEY.hex()], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    found = rows(path, KEY)
    assert check_chain(found) is None
    if at == "done":
        assert [row.number for row in found][-1] == 9
        assert found[-1].kind is JournalKind.RESTORE
    else:
        assert [row.number for row in found][-1] == 15, "with what lay in the log alone"
    # The next attempt succeeds and sweeps up.
    restore(order(path, KEY, backup, at_ms=AT + 600_000))
    assert rows(path, KEY)[-1].kind is JournalKind.RESTORE
    assert not list(path.parent.glob("*.part*"))
    assert (path.parent / backup.name).exists() is False


def leave_a_log(path, charted):
    """Work of a program that was killed: it lies in the log alone."""
    database = open_clinic(path, key=KEY)
    note(database, charted.acting)
    log = path.with_name(f"{path.name}-wal")
    shutil.copyfile(path, path.with_name("main"))
    shutil.copyfile(log, path.with_name("log"))
    database.close()
    path.with_name("main").replace(path)
    path.with_name("log").replace(log)
    assert log.stat().st_size > 0
