"""Reading a clinic file that nobody has open leaves its folder as it was."""

import os
import shutil
from pathlib import Path

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.storage.copies import log_of
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import open_clinic
from tests.storage.conftest import KEY
from tests.storage.test_backups import filled, note


def folder_of(path):
    return {one.name: one.read_bytes() for one in path.parent.iterdir() if one.is_file()}


def read(path, key=KEY):
    database = open_clinic(path, key=key, read_only=True)
    with database.reading() as work:
        rows = work.journal.all()
    return database, rows


@pytest.mark.parametrize("key", [KEY, None], ids=["keyed", "plain"])
def test_reading_leaves_nothing_beside_a_clinic(path, key):
    filled(path, key)[0].close()
    before = folder_of(path)
    database, rows = read(path, key)
    assert rows
    assert log_of(path).exists(), "as long as it is read"
    database.close()
    assert folder_of(path) == before


def test_a_refusal_leaves_nothing_either(tmp_path):
    older = tmp_path / "older.injectmap"
    shutil.copyfile(Path(__file__).parents[1] / "data" / "clinics" / "schema-1.sqlite", older)
    raw = connect(older, None, Mode.WRITE)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    before = folder_of(older)
    with pytest.raises(StorageProblem, match="file_needs_upgrade"):
        open_clinic(older, read_only=True)
    assert folder_of(older) == before


def test_who_has_the_file_open_keeps_the_log(path):
    writing, charted = filled(path, KEY)
    reading, before = read(path)
    reading.close()
    assert log_of(path).exists()
    note(writing, charted.acting)
    writing.close()
    reading, rows = read(path)
    reading.close()
    assert len(rows) == len(before) + 1
    # Opened while it is read, closed before that ends: the reader's end takes nothing away that is needed.
    reading, _ = read(path)
    writing = open_clinic(path, key=KEY)
    note(writing, charted.acting)
    reading.close()
    note(writing, charted.acting)
    writing.close()
    reading, rows = read(path)
    reading.close()
    assert len(rows) == len(before) + 3


def test_the_log_of_a_killed_program_stays_as_it_is(path):
    writing, charted = filled(path, KEY)
    note(writing, charted.acting)
    left = path.parent / "left"
    left.mkdir()
    for one in (path, log_of(path)):
        shutil.copyfile(one, left / one.name)
    writing.close()
    log = log_of(left / path.name).read_bytes()
    assert log
    reading, _ = read(left / path.name)
    reading.close()
    assert log_of(left / path.name).read_bytes() == log


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_read_all_the_same(path):
    filled(path, KEY)[0].close()
    path.parent.chmod(0o500)
    try:
        reading, rows = read(path)
        reading.close()
    finally:
        path.parent.chmod(0o700)
    assert rows
