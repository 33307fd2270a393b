"""Opening a clinic file: each thing that can be wrong with it, and that nothing is lost by trying."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from injectmap.domain.errors import StorageProblem
from injectmap.storage import opening, tables
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import create_clinic, open_clinic
from tests import builders
from tests.storage.conftest import CLINIC, DEMO, KEY, chart

pytestmark = pytest.mark.of_file

OTHER_KEY = bytes(32)


def refused(code: str, path: Path, **options: object) -> StorageProblem:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StorageProblem) as caught:
        open_clinic(path, **options).close()  # type: ignore[arg-type]
    assert caught.value.code == code
    assert (path.read_bytes() if path.is_file() else None) == before
    return caught.value


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def edit_plain(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as raw:
        for statement in statements:
            raw.execute(statement)
    raw.close()


@pytest.mark.parametrize(("settings", "key"), [(CLINIC, KEY), (DEMO, None), (DEMO, KEY)])
def test_a_new_clinic_is_one_file_that_opens_again(path, settings, key):
    create_clinic(path, settings, key=key).close()
    assert beside(path) == [path.name]
    database = open_clinic(path, key=key)
    with database.reading() as work:
        assert work.clinic.settings() == settings
    assert not database.read_only
    assert database.name == "Harbour"
    database.close()
    database.close()
    assert beside(path) == [path.name]


def test_an_encrypted_file_shows_nothing(path):
    database = create_clinic(path, CLINIC, key=KEY)
    charted = chart(database)
    raw = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    assert not raw.startswith(b"SQLite format 3")
    for secret in (charted.patient.family_name, charted.session.id, "harmonyca", "CREATE TABLE"):
        assert secret.encode() not in raw
    database.close()


def test_a_clinic_without_key_is_a_demo_or_is_not_made(path):
    with pytest.raises(StorageProblem, match="file_needs_key"):
        create_clinic(path, CLINIC)
    assert beside(path) == []


def test_a_plain_file_without_the_demo_mark_is_refused(path):
    create_clinic(path, DEMO).close()
    raw = connect(path, None, Mode.WRITE)
    raw.execute("DROP TRIGGER file_mark_is_never_changed")
    raw.execute("UPDATE file_mark SET demo = 0")
    raw.close()
    refused("not_a_demo", path)


def test_a_demo_stays_a_demo(path):
    database = create_clinic(path, DEMO)
    with database.writing() as work, pytest.raises(ValueError, match="demo"):
        work.clinic.put(CLINIC)
    database.close()


def test_a_plain_file_does_not_pass_for_the_encrypted_one(path):
    create_clinic(path, DEMO).close()
    refused("file_not_encrypted", path, key=KEY)


def test_creating_never_replaces_a_file(path):
    path.write_bytes(b"something of theirs")
    with pytest.raises(StorageProblem, match="file_exists"):
        create_clinic(path, DEMO)
    assert path.read_bytes() == b"something of theirs"
    assert beside(path) == [path.name]


def test_creating_in_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StorageProblem, match="folder_missing"):
        create_clinic(tmp_path / "no" / "clinic.injectmap", DEMO)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_creating_leaves_nothing(path, monkeypatch):
    def fail(_connection: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(opening, "create_triggers", fail)
    with pytest.raises(RuntimeError):
        create_clinic(path, DEMO)
    assert beside(path) == []


def test_a_missing_file_is_not_made(path):
    refused("file_missing", path, key=KEY)
    refused("file_missing", path)
    assert beside(path) == []


def test_a_folder_and_a_text_are_not_ours(path, tmp_path):
    refused("file_not_ours", tmp_path)
    path.write_text("Dear patient, thank you for coming.")
    refused("file_not_ours", path)


def test_an_emptied_file_is_damaged(path):
    path.touch()
    refused("file_damaged", path)
    refused("file_damaged", path, key=KEY)
    assert beside(path) == [path.name]


def test_another_programs_database_is_left_alone(path):
    edit_plain(path, "CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('x')")
    refused("file_not_ours", path)
    refused("file_not_ours", path, key=KEY)
    assert beside(path) == [path.name]


def test_another_programs_database_under_our_key_is_not_ours(path):
    raw = connect(path, KEY, Mode.CREATE)
    raw.execute("CREATE TABLE notes (text)")
    raw.close()
    refused("file_not_ours", path, key=KEY)


@pytest.mark.parametrize("key", [None, KEY])
def test_a_newer_file_is_refused_by_name(path, key):
    create_clinic(path, DEMO, key=key).close()
    raw = connect(path, key, Mode.WRITE)
    raw.execute(f"PRAGMA user_version = {tables.SCHEMA_VERSION + 1}")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    problem = refused("file_newer", path, key=key)
    assert problem.params["name"] == path.name
    assert problem.params["version"] == tables.SCHEMA_VERSION + 1
    assert beside(path) == [path.name]


def test_a_wrong_key_reads_as_damaged_and_changes_nothing(path):
    create_clinic(path, CLINIC, key=KEY).close()
    refused("file_damaged", path, key=OTHER_KEY)
    assert beside(path) == [path.name]
    open_clinic(path, key=KEY).close()


def test_a_truncated_file_is_damaged(path):
    create_clinic(path, DEMO).close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused("file_damaged", path)


def overwrite_leaf_of(path: Path, table: str, key: bytes | None = None) -> None:
    raw = connect(path, key, Mode.READ)
    (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * int(size))
        file.write(b"\xff" * 200)


@pytest.mark.parametrize("key", [None, KEY])
def test_damage_is_found_after_an_unclean_end(path, key, capfd):
    create_clinic(path, DEMO, key=key).close()
    overwrite_leaf_of(path, "journal", key)
    # A lock file that nobody holds is what a program that was killed leaves behind.
    path.with_name(f"{path.name}.lock").write_text("{}")
    refused("file_damaged", path, key=key)
    # The sign stays, so that the next opening looks again.
    refused("file_damaged", path, key=key)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("key", [None, KEY])
def test_damage_met_later_is_told_as_damage(path, key, capfd):
    create_clinic(path, DEMO, key=key).close()
    overwrite_leaf_of(path, "journal", key)
    database = open_clinic(path, key=key)
    with pytest.raises(StorageProblem, match="file_damaged"), database.reading() as work:
        work.journal.all()
    database.close()
    assert capfd.readouterr().err == ""


def test_the_log_of_a_killed_program_is_not_worked_into_a_refused_file(path):
    database = create_clinic(path, CLINIC, key=KEY)
    chart(database)
    log = path.with_name(f"{path.name}-wal")
    kept = {one: one.read_bytes() for one in (path, log)}
    database.close()
    for one, content in kept.items():
        one.write_bytes(content)
    overwrite_leaf_of(path, "alembic_version", KEY)
    before = {one: one.read_bytes() for one in (path, log)}
    refused("file_damaged", path, key=KEY)
    refused("file_damaged", path, key=OTHER_KEY)
    assert {one: one.read_bytes() for one in (path, log)} == before


def test_work_in_the_log_of_a_killed_program_is_there_again(path):
    database = create_clinic(path, CLINIC, key=KEY)
    charted = chart(database)
    log = path.with_name(f"{path.name}-wal")
    kept = {one: one.read_bytes() for one in (path, log)}
    database.close()
    for one, content in kept.items():
        one.write_bytes(content)
    again = open_clinic(path, key=KEY)
    with again.reading() as work:
        assert work.patients.get(charted.patient.id) == charted.patient
    again.close()
    assert beside(path) == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")
def test_another_name_of_the_file_meets_the_same_lock(path):
    first = create_clinic(path, CLINIC, key=KEY)
    alias = path.with_name("Alias.injectmap")
    alias.symlink_to(path)
    second = open_clinic(alias, key=KEY)
    assert second.read_only
    second.close()
    first.close()


def test_after_an_unclean_end_a_whole_file_opens_and_the_sign_goes(path):
    create_clinic(path, CLINIC, key=KEY).close()
    path.with_name(f"{path.name}.lock").write_text("not even JSON")
    open_clinic(path, key=KEY).close()
    assert beside(path) == [path.name]


def test_a_second_program_reads_and_names_the_first(path):
    first = create_clinic(path, CLINIC, key=KEY)
    charted = chart(first)
    second = open_clinic(path, key=KEY)
    assert second.read_only
    reason = second.read_only_reason
    assert reason is not None
    assert reason.code == "file_locked"
    assert reason.params["host"]
    assert isinstance(reason.params["since_ms"], int)
    with second.reading() as work:
        assert work.patients.get(charted.patient.id) == charted.patient
    with pytest.raises(StorageProblem, match="file_locked"):
        second.writing()
    one = builders.cannula_pass(syringe_id=charted.syringes[0].id)
    charted.commit(builders.add(one), 1)
    with second.reading() as work:
        assert work.sessions.open(charted.session.id).map.passes == (one,)
    second.close()
    first.close()
    again = open_clinic(path, key=KEY)
    assert not again.read_only
    again.close()


def test_the_lock_holds_between_processes_and_falls_with_its_process(path):
    create_clinic(path, CLINIC, key=KEY).close()
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from injectmap.storage.opening import open_clinic
        database = open_clinic(Path(sys.argv[1]), key=bytes(range(32)))
        print(database.read_only, flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "False"
        second = open_clinic(path, key=KEY)
        assert second.read_only
        second.close()
        child.kill()
        child.wait()
    database = open_clinic(path, key=KEY)
    assert not database.read_only
    database.close()


def test_reading_on_purpose_takes_no_lock_and_writes_nothing(path):
    create_clinic(path, CLINIC, key=KEY).close()
    reader = open_clinic(path, key=KEY, read_only=True)
    assert reader.read_only
    assert reader.read_only_reason is None
    with pytest.raises(StorageProblem, match="file_read_only"):
        reader.writing()
    writer = open_clinic(path, key=KEY)
    assert not writer.read_only
    writer.close()
    reader.close()


@pytest.fixture
def common_path() -> Iterator[Path]:
    """A clinic's path in a folder that another user may reach; the tests may run as root, who may write all."""
    folder = Path(tempfile.mkdtemp(prefix="injectmap-shared-"))
    folder.chmod(0o755)
    yield folder / "Harbour.injectmap"
    os.seteuid(os.getuid())
    folder.chmod(0o700)
    shutil.rmtree(folder)


def become_ordinary() -> None:
    if os.getuid() == 0:
        os.seteuid(65534)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("key", [None, KEY])
def test_a_read_only_folder_is_read_and_says_so(common_path, key):
    create_clinic(common_path, DEMO, key=key).close()
    common_path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    common_path.parent.chmod(0o555)
    become_ordinary()
    database = open_clinic(common_path, key=key)
    assert database.read_only
    assert database.read_only_reason is not None
    assert database.read_only_reason.code == "file_read_only"
    with database.reading() as work:
        assert work.clinic.settings() == DEMO
    with pytest.raises(StorageProblem, match="file_read_only"):
        database.writing()
    database.close()
    assert beside(common_path) == [common_path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_file_in_an_open_folder_is_read_and_says_so(common_path):
    create_clinic(common_path, DEMO).close()
    common_path.chmod(0o444)
    common_path.parent.chmod(0o777)
    become_ordinary()
    database = open_clinic(common_path)
    assert database.read_only
    with database.reading() as work:
        assert work.clinic.settings() == DEMO
    database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_an_unfinished_log_in_a_closed_folder_is_not_passed_over(common_path):
    database = create_clinic(common_path, DEMO)
    chart(database)
    log = common_path.with_name(f"{common_path.name}-wal")
    kept = {one: one.read_bytes() for one in (common_path, log)}
    database.close()
    for one, content in kept.items():
        one.write_bytes(content)
        one.chmod(0o444)
    common_path.parent.chmod(0o555)
    become_ordinary()
    refused("file_not_reachable", common_path)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_that_cannot_be_written_takes_no_clinic(common_path):
    common_path.parent.chmod(0o555)
    become_ordinary()
    with pytest.raises(StorageProblem) as caught:
        create_clinic(common_path, DEMO)
    assert caught.value.code == "folder_read_only"
    assert beside(common_path) == []


def test_every_connection_has_the_safe_settings(path):
    database = create_clinic(path, CLINIC, key=KEY)
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "temp_store": 2,
        "trusted_schema": 0,
        "busy_timeout": 2000,
    }
    with database.writing() as writing, database.reading() as reading:
        for work, query_only in ((writing, 0), (reading, 1)):
            connection = work._connection
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
            assert found == expected
            assert connection.exec_driver_sql("PRAGMA query_only").scalar() == query_only
    database.close()


def test_the_lock_file_holds_no_more_than_host_time_and_last_row(path):
    database = create_clinic(path, CLINIC, key=KEY)
    assert set(json.loads(path.with_name(f"{path.name}.lock").read_text())) == {"host", "since_ms", "stored"}
    database.close()


def test_the_library_can_encrypt():
    raw = sqlcipher.connect(":memory:")
    assert raw.execute("PRAGMA cipher_version").fetchone()[0].startswith("4.")
    raw.close()
