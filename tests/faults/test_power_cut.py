"""The power is cut at random moments of a session at the real storage: what was told as stored is on the disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import figures
from tests.faults.clinic import NAME, verified
from tests.faults.power_cut import Disk, Record, read_log
from tests.faults.storage_session import TOLD

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


def test_after_a_power_cut_all_that_was_told_as_stored_is_there(tmp_path: Path, record_property) -> None:
    seed = int(os.environ.get("INJECTMAP_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    record_property("seed", seed)
    chance = random.Random(seed)
    folder = tmp_path / "clinic"
    folder.mkdir()
    records = traced("tests.faults.storage_session", folder, EDITS)
    disk, taken, told, pending = Disk(), 0, b"", 0
    for cut, moment in enumerate(moments(records, CUTS, chance)):
        for record in records[taken:moment]:
            if record.name.endswith(f"/{TOLD}"):
                told += record.content
            else:
                disk.take(record)
        taken = moment
        image = tmp_path / f"image-{cut}"
        image.mkdir()
        left = disk.after_cut(chance)
        for name, content in left.items():
            (image / Path(name).name).write_bytes(content)
        pending += disk.pending
        promises = told.decode().split("\n")
        path = image / NAME
        if "made" not in promises and not path.exists():
            continue
        assert path.exists(), f"the clinic itself is gone (cut {cut} after {moment} calls)"
        rows = [int(one.split()[1]) for one in promises if one.startswith("row ")]
        verified(path, rows, empty="row" not in told.decode())
        shutil.rmtree(image)
    figures.note(power_cuts=CUTS, power_cuts_lost_edits=0, power_cut_unsynced_writes=pending)
    assert pending > CUTS, "the cuts met hardly an unsynced write"


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
