"""What holds patients' data or keys is nobody else's to read, and is never written through a link."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from injectmap.domain.keys import Cost, Slot, SlotFile
from injectmap.domain.privacy import LedgerEntry
from injectmap.domain.settings import ClinicSettings
from injectmap.services.files import private
from injectmap.storage.copies import copy_into
from injectmap.storage.engine import Mode, connect
from injectmap.storage.ledger import ErasedLedger
from injectmap.storage.opening import create_clinic
from injectmap.system.keys import SlotFolder
from tests import builders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    """The most careless setting there is: new files are anybody's to read."""
    before = os.umask(0)
    yield
    os.umask(before)


def readable_by_others(folder: Path) -> list[str]:
    return sorted(
        file.name
        for file in folder.rglob("*")
        if file.is_file()
        and stat.S_IMODE(file.stat().st_mode) & 0o077
        # Which computer has the file open since when: read by whoever wants to open it too.
        and file.suffix != ".lock"
    )


def test_a_clinic_its_log_and_its_copies_are_private(tmp_path: Path) -> None:
    path = tmp_path / "a.injectmap"
    database = create_clinic(path, ClinicSettings("A"), key=KEY)
    try:
        with database.writing() as work:
            work.practitioners.add(builders.practitioner())
            work.commit()
        assert path.with_name(f"{path.name}-wal").exists()
        raw = connect(path, KEY, Mode.READ)
        copy_into(raw, tmp_path / "copy.part", KEY)
        raw.close()
        assert readable_by_others(tmp_path) == []
    finally:
        database.close()
    assert readable_by_others(tmp_path) == []


def test_key_slots_and_the_ledger_are_private(tmp_path: Path) -> None:
    clinic = tmp_path / "a.injectmap"
    slot = Slot(Cost(), b"s" * 16, b"n" * 12, b"w" * 48)
    SlotFolder().write(clinic, SlotFile("0190", "ab" * 32, (slot,)))
    ErasedLedger(clinic).write([LedgerEntry("someone", 1, 2)])
    assert len(list(tmp_path.iterdir())) == 2
    assert readable_by_others(tmp_path) == []


def test_a_new_file_is_never_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept", "utf-8")
    for target in (victim, tmp_path / "nowhere"):
        link = tmp_path / f"{target.name}.part"
        link.symlink_to(target)
        with pytest.raises(FileExistsError):
            private(link)
    assert victim.read_text("utf-8") == "kept"
    assert not (tmp_path / "nowhere").exists()
