"""The power is cut at random moments of a session at the real storage: what was told as stored is on the disk."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from injectmap.domain.errors import InputRefused
from injectmap.domain.journal import JournalKind
from injectmap.domain.keys import Unlock
from injectmap.storage.copies import prove
from tests.faults import figures
from tests.faults.clinic import NAME, verified
from tests.faults.power_cut import Disk, Record, read_log
from tests.faults.safe_session import BACKUPS, PASSPHRASES, TOLD, opener

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="a library loaded before the C library"),
]
ROOT = Path(__file__).parents[2]
CUTS = int(os.environ.get("INJECTMAP_POWER_CUTS", "20"))
EDITS = 90


def traced(module: str, folder: Path, *arguments: object) -> list[Record]:
    """Run a module with all its writes under a folder written down."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        assert not os.environ.get("CI"), "no C compiler"
        pytest.skip("needs a C compiler")
    library, log = folder.parent / "write_log.so", folder.parent / "writes.log"
    source = Path(__file__).with_name("write_log.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    done = subprocess.run(
        [sys.executable, "-m", module, str(folder), *map(str, arguments)],
        cwd=ROOT,
        env=os.environ
        | {"LD_PRELOAD": str(library), "INJECTMAP_TRACE": str(log), "INJECTMAP_TRACED": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [one for one in read_log(log) if not one.name.endswith("-shm")]


def moments(records: list[Record], cuts: int, chance: random.Random) -> list[int]:
    """After how many calls the power goes: anywhere, and right after a promise."""
    promises = [at for at, one in enumerate(records, 1) if one.name.endswith(f"/{TOLD}")]
    return sorted(
        chance.choice(promises) if cut % 3 == 0 else chance.randint(1, len(records)) for cut in range(cuts)
    )


@dataclass
class Images:
    """Every disk that a cut may leave, each in a folder of its own, with what had been promised before it."""

    folder: Path
    records: list[Record]
    cuts: int
    chance: random.Random
    pending: int = 0

    def __iter__(self) -> Iterator[tuple[Path, list[list[str]]]]:
        disk, taken, told = Disk(), 0, b""
        for moment in moments(self.records, self.cuts, self.chance):
            for record in self.records[taken:moment]:
                if record.name.endswith(f"/{TOLD}"):
                    told += record.content
                else:
                    disk.take(record)
            taken = moment
            self.pending += disk.pending
            image = self.folder.with_name("image")
            for name, content in disk.after_cut(self.chance).items():
                file = image / Path(name).relative_to(self.folder)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            image.mkdir(exist_ok=True)
            yield image, [line.split() for line in told.decode().splitlines()]
            shutil.rmtree(image)


@pytest.fixture
def images(tmp_path: Path, chance: random.Random) -> Callable[..., Images]:
    def trace(module: str, cuts: int, *arguments: object) -> Images:
        folder = tmp_path / "clinic"
        folder.mkdir()
        return Images(folder, traced(module, folder, *arguments), cuts, chance)

    return trace


def rows_of(promises: list[list[str]]) -> set[int]:
    return {int(one[1]) for one in promises if one[0] == "row"}


def test_after_a_power_cut_all_that_was_told_as_stored_is_there(images) -> None:
    lost, cut = 0, images("tests.faults.storage_session", CUTS, EDITS)
    for image, promises in cut:
        path = image / NAME
        if ["made"] not in promises and not path.exists():
            continue
        rows = rows_of(promises)
        held = verified(path, empty=not rows)
        lost += len(rows - {row.number for row in held.rows})
    figures.note(power_cuts=CUTS, power_cuts_lost_edits=lost, power_cut_unsynced_writes=cut.pending)
    assert lost == 0
    assert cut.pending > CUTS, "the cuts met hardly an unsynced write"


def test_after_a_power_cut_keys_backups_and_restored_files_are_there(images) -> None:
    """A new clinic with its slots, a backup, another passphrase, a restore: each done or not begun."""
    for image, promises in images("tests.faults.safe_session", CUTS):
        path, kinds = image / NAME, [one[0] for one in promises]
        if "made" not in kinds and not path.exists():
            continue
        # Never a clinic that nothing opens.
        key = opened_by(path, kinds)
        rows = rows_of(promises[kinds.index("restored") :] if "restored" in kinds else promises)
        begun = "restoring" in kinds
        held = verified(path, () if begun and "restored" not in kinds else rows, key=key, empty=not rows)
        restored = any(row.kind is JournalKind.RESTORE for row in held.rows)
        if "restored" in kinds:
            assert restored
        if restored:
            assert begun
            aside = [one for one in image.iterdir() if ".before-restore-" in one.name]
            assert len([one for one in aside if one.suffix == path.suffix]) == 1
        else:
            assert {row.number for row in held.rows} >= rows
        for backup in (one[1] for one in promises if one[0] == "backup"):
            prove(image / BACKUPS / backup, key, links=None)
    figures.note(power_cuts_keys_and_backups=CUTS)


def opened_by(path: Path, kinds: list[str]) -> bytes:
    """The key of a clinic, from the passphrase that has been promised; while one is being set, from either."""
    room = opener(path.parent)
    keys = []
    for passphrase in PASSPHRASES:
        with contextlib.suppress(InputRefused):
            keys.append(room.keys.unlock(path, Unlock(passphrase=passphrase)))
        room = opener(path.parent)
        if not keys:
            assert "setting" in kinds
        elif passphrase == PASSPHRASES[0]:
            assert "passphrase" not in kinds
    assert len(keys) == 1
    return keys[0]


def test_a_write_that_was_not_synced_is_missed_by_some_image(tmp_path: Path) -> None:
    """The disk of these tests does lose: a program that never syncs would be found out."""
    disk, chance = Disk(), random.Random(1)
    disk.take(Record("create", 7, 0, "/d/file", ""))
    disk.take(Record("sync", 1, 0, "/d", ""))
    disk.take(Record("write", 7, 0, "/d/file", "", b"a" * 2000))
    images = {disk.after_cut(chance)["/d/file"] for _ in range(60)}
    assert b"" in images
    assert b"a" * 2000 in images
    assert any(0 < len(set(one)) == 2 for one in images), "no torn write"
    disk.take(Record("sync", 7, 0, "/d/file", ""))
    disk.take(Record("rename", 0, 0, "/d/file", "/d/other"))
    names = {next(iter(disk.after_cut(chance))) for _ in range(60)}
    assert names == {"/d/file", "/d/other"}
    assert {tuple(disk.after_cut(chance).values()) for _ in range(60)} == {(b"a" * 2000,)}
