"""Starting: processor time to the first paint and to the first edit possible, and the memory of the idle program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.runner import BUILD, ROOT, Effort, NotThere, Pairs, Part, say

_HOME = BUILD / "bench-home"
_BARE = [sys.executable, str(Path(__file__).with_name("bare_window.py"))]
_OURS = [sys.executable, "-m", "benchmarks.probe"]
_LONGEST = 120


def home() -> dict[str, str]:
    """Return an environment with folders of its own, so that the demo clinic is made there and no user's is read."""
    shutil.rmtree(_HOME, ignore_errors=True)
    _HOME.mkdir(parents=True)
    places = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    return os.environ | {place: str(_HOME) for place in places}


def started(command: list[str], what: str, surroundings: dict[str, str]) -> dict[str, object]:
    """Run a window to what is asked and return what it reports."""
    done = subprocess.run(
        [*command, what], cwd=ROOT, env=surroundings, text=True, timeout=_LONGEST, check=False,
        capture_output=True,
    )  # fmt: skip
    if not done.stdout.startswith("{"):
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        raise NotThere(f"the window does not come so far: {last[0][:120]}")
    return json.loads(done.stdout.splitlines()[0])


def _compare(effort: Effort, ours: str) -> list[Part]:
    surroundings, pairs = home(), Pairs()
    say("the demo clinic is made first")
    first = started(_OURS, "usable", surroundings)
    if first["active"] is not True:
        raise NotThere("a press on the head's cheek draws nothing")
    started(_BARE, "paint", surroundings)
    for _ in range(effort.rounds):
        floor = started(_BARE, "paint", surroundings)["cpu_ms"]
        pairs.add(started(_OURS, ours, surroundings)["cpu_ms"], floor)
    return [pairs.part()]


def first_paint(effort: Effort) -> list[Part]:
    """Processor time of the whole process up to the first paint in which the head is shown."""
    return _compare(effort, "paint")


def usable(effort: Effort) -> list[Part]:
    """Processor time of the whole process, threads and all, until a press on the head takes hold of a tool."""
    return _compare(effort, "usable")


def idle_memory(effort: Effort) -> list[Part]:
    """Proportional set size of the program 1.5 s after the first edit was possible, and of the idle bare window."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise NotThere("this system does not tell the proportional set size")
    surroundings, pairs = home(), Pairs()
    started(_OURS, "usable", surroundings)
    for _ in range(min(effort.rounds, 3)):
        floor = _resident(_BARE, surroundings)
        pairs.add(_resident(_OURS, surroundings), floor)
    return [pairs.part()]


def _resident(command: list[str], surroundings: dict[str, str]) -> float:
    """Return the MiB of a window that stands idle."""
    window = subprocess.Popen(
        [*command, "idle"], cwd=ROOT, env=surroundings, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert window.stdin is not None
    assert window.stdout is not None
    try:
        if not any(line.strip() == "idle" for line in window.stdout):
            raise NotThere("the window does not come to rest")
        rollup = Path(f"/proc/{window.pid}/smaps_rollup").read_text("utf-8")
        window.stdin.write("\n")
        window.stdin.close()
        window.wait(timeout=20)
    finally:
        if window.poll() is None:
            window.kill()
            window.wait()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
