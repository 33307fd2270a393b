"""The program is killed at random moments of a scripted session: no edit that it called stored is ever lost."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from injectmap.storage.copies import prove
from tests.faults import figures
from tests.faults.clinic import KEY, NAME, copied, make_clinic, verified
from tests.support.virtual_screen import virtual_screen, x11_environment

pytestmark = [
    pytest.mark.x11,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="an X server and process groups"),
]
ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("INJECTMAP_KILLS", "20"))
PATIENCE_S = 60


@dataclass(frozen=True)
class Moment:
    """When to kill: some time after a line on the pipe has come so many times."""

    line: str
    times: int
    delay_s: float

    @staticmethod
    def chosen(kill: int, chance: random.Random) -> Moment:
        """Moments of the whole session: most where rows are written, some at the start and at the end."""
        kinds = ("commit", "row", "start", "commit", "painted", "closing", "commit", "editor")
        line = kinds[kill % len(kinds)]
        longest = {"commit": 0.004, "row": 0.5, "start": 1.5, "painted": 1.5, "editor": 0.3, "closing": 0.5}
        times = chance.randint(1, 6) if line in ("commit", "row") else 1
        return Moment(line, times, chance.uniform(0, longest[line]))


class Program:
    """The running program and all it has told."""

    def __init__(self, folder: Path, display: str, seed: int, edits: int) -> None:
        reading, writing = os.pipe()
        command = [sys.executable, "-m", "tests.faults.drawing_program"]
        found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        with (folder / "stderr.txt").open("wb") as said:
            self._process = subprocess.Popen(
                [*command, str(folder), str(writing), str(seed), str(edits)],
                cwd=ROOT,
                env=x11_environment(display) | {"PYTHONPATH": found, "LC_ALL": "C.UTF-8"},
                pass_fds=[writing],
                stdout=said,
                stderr=said,
                # Its own group: what moves its mouse dies with it.
                start_new_session=True,
            )
        os.close(writing)
        self._pipe, self._rest = reading, b""
        self.lines = ["start"]

    def wait_for(self, line: str, times: int) -> bool:
        """Read on until a line has come so many times; False if the program ended before."""
        deadline = time.monotonic() + PATIENCE_S
        while sum(one.split()[0] == line for one in self.lines) < times:
            ready, _, _ = select.select([self._pipe], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"waited in vain for {line!r} after {self.lines[-3:]}"
            if not self._read():
                return False
        return True

    def kill(self) -> None:
        """End it as the system does, without a word, and read what it still had said."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self.end()

    def ask_to_end(self) -> None:
        """Ask it to end as the system does at a logout."""
        os.kill(self._process.pid, signal.SIGTERM)

    def end(self) -> int:
        """Read until it has ended."""
        while self._read():
            pass
        os.close(self._pipe)
        return self._process.wait(PATIENCE_S)

    def _read(self) -> bool:
        if not (data := os.read(self._pipe, 65536)):
            return False
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode() for line in whole]
        return True

    @property
    def stored(self) -> list[int]:
        """The journal numbers that it called stored."""
        return [int(line.split()[1]) for line in self.lines if line.startswith("row ")]


def test_killed_at_any_moment_nothing_that_was_stored_is_lost(tmp_path: Path, chance: random.Random) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool")
    path = tmp_path / "clinic" / NAME
    path.parent.mkdir()
    make_clinic(path)
    head = verified(copied(path, tmp_path / "new")).head
    stored, lost, in_transaction = set[int](), set[int](), 0
    for kill in range(KILLS):
        moment = Moment.chosen(kill, chance)
        # A mouse button that was down at the kill must not be down for the next program.
        with virtual_screen() as display:
            program = Program(
                path.parent, display, chance.randrange(1 << 30), 2 if moment.line == "closing" else 99
            )
            reached = program.wait_for(moment.line, moment.times)
            assert reached, f"{moment} never came: {(path.parent / 'stderr.txt').read_text()}"
            time.sleep(moment.delay_s)
            program.kill()
        stored |= set(program.stored)
        in_transaction += program.lines[-1] == "commit"
        # A copy is looked at: the next program meets the file as the killed one left it.
        held = verified(copied(path, tmp_path / f"kill-{kill}"))
        lost |= stored - {row.number for row in held.rows}
        assert held.head <= max(head, *program.stored, 0) + 1, "more than the gesture in progress"
        head = held.head
        shutil.rmtree(tmp_path / f"kill-{kill}")
    # After all that the program works, closes as it should, and leaves one clean file.
    with virtual_screen() as display:
        program = Program(path.parent, display, 1, 3)
        code = program.end()
    assert code == 0, (path.parent / "stderr.txt").read_text()
    verified(path, (stored - lost) | set(program.stored))
    # The window backs up when it closes: what bears the name of a backup is one, whenever it was killed.
    backups = [one for one in path.parent.rglob("*.injectmap") if ".backup-" in one.name]
    for one in backups:
        prove(one, KEY, links=None)
    assert backups
    assert not list(path.parent.glob(f"{NAME}-wal")) + list(path.parent.glob(f"{NAME}.lock"))
    figures.note(
        kills=KILLS, lost_edits=len(lost), edits_before_kills=len(stored), killed_while_storing=in_transaction
    )
    assert not lost
    assert len(stored) >= KILLS // 2, "hardly anything was drawn"
