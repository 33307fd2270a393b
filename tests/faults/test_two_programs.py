"""Two programs on one file, files that cannot be written, databases that another keeps busy."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from injectmap.atlas import load_atlas
from injectmap.bootstrap.assembly import services_of
from injectmap.domain.errors import StorageProblem
from injectmap.editing.editor import MapEditor
from injectmap.storage.engine import BUSY_MS
from injectmap.storage.opening import open_clinic
from injectmap.system.clock import SystemClock
from tests import builders
from tests.faults import figures
from tests.faults.clinic import KEY, NAME, copied, look, make_clinic, verified
from tests.faults.other_program import draw_passes
from tests.faults.small_disk import SmallDisk
from tests.faults.test_kill import Program
from tests.support.virtual_screen import virtual_screen

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def error_sentence(error: Exception) -> str:
    from injectmap.ui.widgets import sentences

    return sentences.error_sentence(error)


def read_only_text(reason: StorageProblem | None) -> str:
    from injectmap.ui.widgets import sentences

    return sentences.read_only_text(reason)


class Other:
    """Another program, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def hear(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "it ended"
        return line.split()

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def other(deed: str, path: Path, *more: str) -> Iterator[Other]:
    command = [sys.executable, "-m", "tests.faults.other_program", deed, str(path), *more]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Other(process)
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "clinic" / NAME
    path.parent.mkdir()
    return path


@pytest.fixture
def session_id(path: Path) -> str:
    return make_clinic(path)


def test_a_gesture_waits_while_another_program_keeps_the_database_busy(path: Path, session_id: str) -> None:
    services = services_of(open_clinic(path, key=KEY), SystemClock(), path.parent)
    opened = services.sessions.open(services.acting, session_id)
    editor = MapEditor(opened, load_atlas(), services.sessions, services.acting)
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id))
    with other("hold", path) as program:
        assert program.hear() == ["held"]
        began = time.monotonic()
        assert not editor.commit(edit)
        waited = time.monotonic() - began
        assert BUSY_MS / 1000 <= waited + 0.1 < BUSY_MS / 1000 + 3
        assert editor.failed is not None
        assert "open in another program" in error_sentence(editor.failed.error)
        assert editor.map == opened.map == look(services.database).map
        program.go_on()
        assert program.hear() == ["free"]
    assert editor.retry()
    services.close()
    assert verified(path).map == editor.map != opened.map


def test_a_second_program_reads_what_the_first_draws_and_says_who_has_it(path: Path, session_id: str) -> None:
    first = open_clinic(path, key=KEY)
    began = time.time_ns() // 1_000_000
    second_reads = ["open", "True", "file_locked"]
    with other("keep", path) as program:
        assert program.hear() == second_reads
        program.go_on()
        assert program.hear() == ["closed"]
    first.close()
    with other("keep", path) as program:
        assert program.hear() == ["open", "False", "None"]
        second = open_clinic(path, key=KEY)
        reason = second.read_only_reason
        assert second.read_only
        assert reason is not None
        assert reason.params["host"] == platform.node()
        assert began <= int(str(reason.params["since_ms"])) <= time.time_ns() // 1_000_000
        assert "open in another window since" in read_only_text(reason)
        with pytest.raises(StorageProblem, match="file_locked"):
            second.writing()
        # The other is killed: its lock falls with it, whatever the lock file says.
        program.kill()
        second.close()
    assert path.with_name(f"{NAME}.lock").exists()
    verified(path)
    assert not path.with_name(f"{NAME}.lock").exists()


def test_with_the_lock_deleted_underneath_two_writers_still_lose_nothing(path: Path, session_id: str) -> None:
    first = open_clinic(path, key=KEY)
    path.with_name(f"{NAME}.lock").unlink()
    with other("draw", path, session_id) as program:
        assert program.hear() == ["open", "False", "None"]
        program.go_on()
        mine = [number for number, _ in draw_passes(first, session_id, 25)]
        first.close()
        # Closing has not taken the other's lock away.
        heard = [program.hear() for _ in range(25)]
        theirs = [int(line[1]) for line in heard]
        assert program.hear() == ["closed"]
    assert not set(mine) & set(theirs)
    held = verified(path, [*mine, *theirs])
    assert len(held.map.passes) == 50
    figures.note(two_writers_conflicts=int(heard[-1][2]))


def test_a_copy_is_another_file_and_one_without_its_log_is_told(
    path: Path, session_id: str, tmp_path: Path
) -> None:
    first = open_clinic(path, key=KEY)
    rows = [number for number, _ in draw_passes(first, session_id, 5)]
    whole = copied(path, tmp_path / "copy")
    half = copied(path, tmp_path / "half")
    half.with_name(f"{NAME}-wal").unlink()
    verified(whole, rows)
    database = open_clinic(half, key=KEY)
    reason = database.read_only_reason
    database.close()
    first.close()
    assert reason is not None
    assert reason.code == "entries_missing"
    verified(path, rows)


def test_a_folder_that_cannot_be_written_is_read_or_says_why(
    path: Path, session_id: str, small_disk: SmallDisk
) -> None:
    database = open_clinic(path, key=KEY)
    rows = [number for number, _ in draw_passes(database, session_id, 3)]
    small_disk.resize(1 << 24)
    target = copied(path, small_disk.folder)
    killed_files = {one.name: one.read_bytes() for one in small_disk.folder.iterdir()}
    database.close()

    small_disk.protect(True)
    # What a killed program left in the log cannot be read without writing: nothing is shown that would be older.
    with pytest.raises(StorageProblem) as refused:
        open_clinic(target, key=KEY)
    assert refused.value.code in ("file_read_only", "file_not_reachable")
    assert error_sentence(refused.value)
    assert {one.name: one.read_bytes() for one in small_disk.folder.iterdir()} == killed_files

    small_disk.protect(False)
    verified(target, rows)
    small_disk.protect(True)
    database = open_clinic(target, key=KEY)
    assert database.read_only
    assert read_only_text(database.read_only_reason) == "the file cannot be written"
    assert {row.number for row in look(database).rows} >= set(rows)
    with pytest.raises(StorageProblem, match="file_read_only"):
        database.writing()
    database.close()
    small_disk.protect(False)


@pytest.mark.x11
@pytest.mark.skipif(sys.platform != "linux", reason="an X server")
def test_a_second_window_only_reads_and_says_so(path: Path, session_id: str) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool")
    with virtual_screen() as display:
        first = Program(path.parent, display, 1, 99)
        assert first.wait_for("row", 2)
        second = Program(path.parent, display, 2, 0)
        assert second.wait_for("said", 1), (path.parent / "stderr.txt").read_text()
        said = next(line for line in second.lines if line.startswith("said"))
        assert "Open for reading only: open in another window since" in said
        assert second.end() == 0
        assert not second.stored
        first.kill()
        # With the first gone the next one writes.
        third = Program(path.parent, display, 3, 2)
        assert third.end() == 0
        assert len(third.stored) >= 2
    verified(path, [*first.stored, *third.stored])
