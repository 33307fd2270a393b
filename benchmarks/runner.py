"""Measures in pairs, ours and the floor in turn, each area in a process of its own; prints and writes the ratios."""

from __future__ import annotations

import gc
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
REPORT = BUILD / "bench.json"
# The result of a measuring process is its last line beginning with this; all before is for the eye.
_MARK = "bench-result:"


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the report: where it is measured and the ratio to stay within."""

    name: str
    goal: float
    module: str
    what: str
    unit: str = "ms"
    pixel_ratio: int = 0


GOALS = (
    Goal("first_paint", 1.5, "start_up", "process start to the first painted window with the head, CPU"),
    Goal("usable", 4.0, "start_up", "process start to the first edit possible, CPU"),
    Goal("idle_memory", 2.0, "start_up", "PSS of the idle program with a session open", "MiB"),
    Goal("ink", 1.3, "ink", "pointer event to ink, 200 passes, device pixel ratio 2, CPU", pixel_ratio=2),
    Goal("repaint", 1.5, "canvas", "expose or selection repaint at 200 passes", pixel_ratio=2),
    Goal("full_repaint", 1.2, "canvas", "layer rebuild (zoom, undo) at 200 passes", pixel_ratio=2),
    Goal("five_views", 3.0, "canvas", "refresh of the five small views after a pass", pixel_ratio=2),
    Goal("save_edit", 2.5, "storage", "one AddPass edit made durable, CPU"),
    Goal("load_session", 3.0, "storage", "a session of 20 passes, CPU"),
    Goal("search", 0.15, "storage", "type-ahead over 100,000 names, any part, CPU"),
    Goal("encrypted_save", 1.5, "encryption", "one edit through the service, keyed file beside a plain one"),
    Goal("encrypted_open", 2.0, "encryption", "opening a clinic with the key in hand, keyed beside plain"),
    Goal(
        "search_typing", 3.0, "encryption", "each key typed, 100,000 patients, p95 beside the bare statements"
    ),
    Goal("recall", 1.5, "recall", "lot recall over 3 million passes, CPU"),
    Goal("record_pdf", 1.5, "record", "one treatment record as PDF"),
    Goal("pass_geometry", 4.0, "geometry", "length, zone split and five projections of a pass, CPU"),
    # Priced by the Keystroke-Level Model, the same whatever the machine: the floor is one second, one operation.
    Goal("standard_session_seconds", 60.0, "klm", "the standard session, patient opened to signed", "s"),
    Goal("standard_session_operations", 40.0, "klm", "the standard session, patient opened to signed", "ops"),
)


class NotThere(Exception):
    """What is to be measured does not exist (yet), or not on this system."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How often to measure."""

    rounds: int
    quick: bool = False

    def times(self, usual: int) -> int:
        """Return how often to repeat something within a round."""
        return max(1, usual // 4) if self.quick else usual


@dataclass(frozen=True, slots=True)
class Part:
    """One thing measured: the median of its pairs. A measure with several parts is as good as its worst one."""

    label: str
    ratio: float
    ours: float
    floor: float


class Pairs:
    """Gathers measurements taken in turn; the ratio is that of each pair, so that a slow spell hits both sides."""

    def __init__(self) -> None:
        """Start empty."""
        self.ours: list[float] = []
        self.floor: list[float] = []

    def add(self, ours: float, floor: float) -> None:
        """Take in a pair."""
        self.ours.append(ours)
        self.floor.append(floor)

    def part(self, label: str = "") -> Part:
        """Return the medians."""
        ratios = [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]
        return Part(
            label, statistics.median(ratios), statistics.median(self.ours), statistics.median(self.floor)
        )


Act = Callable[[], object]


def timed(act: Act, *, repeats: int, clock: Callable[[], float]) -> float:
    """Return the milliseconds of one call, as the mean of some in a row."""
    started = clock()
    for _ in range(repeats):
        act()
    return (clock() - started) * 1000 / repeats


def in_turn(
    ours: Act,
    floor: Act,
    effort: Effort,
    *,
    repeats: int = 1,
    best_of: int = 1,
    clock: Callable[[], float] = time.thread_time,
    label: str = "",
) -> Part:
    """Measure both in turn, the first one of a pair changing from round to round.

    `best_of` takes the least of some tries on each side, for what Qt spreads over threads and wall time judges.
    """
    ours(), floor()
    repeats, pairs = effort.times(repeats), Pairs()
    for number in range(effort.rounds):
        gc.collect()
        sides = [(ours, found_ours := []), (floor, found_floor := [])]
        for _ in range(best_of):
            for act, found in sides if number % 2 else reversed(sides):
                found.append(timed(act, repeats=repeats, clock=clock))
        pairs.add(min(found_ours), min(found_floor))
    return pairs.part(label)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def say(text: str) -> None:
    """Tell how far things are, apart from the table."""
    print(f"  {text}", file=sys.stderr, flush=True)


# In the measuring process


def measure_here(name: str, effort: Effort) -> int:
    """Measure one goal in this process and print its parts for the process that asked."""
    goal = next(one for one in GOALS if one.name == name)
    try:
        module = importlib.import_module(f"benchmarks.{goal.module}")
        parts: list[Part] = getattr(module, name)(effort)
    except NotThere as missing:
        print(_MARK + json.dumps({"missing": str(missing)}), flush=True)
        return 0
    print(_MARK + json.dumps({"parts": [asdict(part) for part in parts]}), flush=True)
    return 0


# In the reporting process


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one goal: its parts, or why there are none."""

    goal: Goal
    parts: tuple[Part, ...] = ()
    trouble: str = ""
    missing: bool = False

    @property
    def worst(self) -> Part:
        """The part that decides."""
        return max(self.parts, key=lambda part: part.ratio)

    @property
    def met(self) -> bool:
        """Whether every part stays within the goal."""
        return bool(self.parts) and self.worst.ratio <= self.goal.goal


def environment(goal: Goal) -> dict[str, str]:
    """Return the surroundings of a measuring process: no display needed, bytecode kept as for any user."""
    found = {key: value for key, value in os.environ.items() if not key.startswith("QT_")}
    found["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    if goal.pixel_ratio:
        found["QT_SCALE_FACTOR"] = str(goal.pixel_ratio)
    return found


def run(goal: Goal, effort: Effort) -> Outcome:
    """Measure one goal in a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "--here", goal.name, "--rounds", str(effort.rounds)]
    command += ["--quick"] if effort.quick else []
    done = subprocess.run(
        command, cwd=ROOT, env=environment(goal), stdout=subprocess.PIPE, text=True, check=False
    )
    found = [line for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if not found:
        return Outcome(goal, trouble=f"the measuring process ended with {done.returncode}")
    result = json.loads(found[-1].removeprefix(_MARK))
    if "missing" in result:
        return Outcome(goal, trouble=result["missing"], missing=True)
    return Outcome(goal, tuple(Part(**part) for part in result["parts"]))


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the report for the eye; a measure with several parts shows each, and its worst decides."""
    head = f"{'name':<26}{'ours':>12}{'floor':>12}{'ratio':>9}{'goal':>8}  met"
    lines = [head, "-" * len(head)]
    for outcome in outcomes:
        goal = outcome.goal
        if not outcome.parts:
            lines.append(f"{goal.name:<26}{outcome.trouble}")
            continue
        for part in outcome.parts:
            name = f"{goal.name} ({part.label})" if part.label else goal.name
            met = "yes" if part.ratio <= goal.goal else "MISSED"
            ours, floor = f"{part.ours:.3f} {goal.unit}", f"{part.floor:.3f} {goal.unit}"
            lines.append(f"{name:<26}{ours:>12}{floor:>12}{part.ratio:>9.3f}{goal.goal:>8}  {met}")
    missed = [one.goal.name for one in outcomes if one.parts and not one.met]
    lines.append("")
    lines.append(f"Missed: {', '.join(missed)}." if missed else "Every goal measured is met.")
    return "\n".join(lines)


def report(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Return what goes into the report file, one entry a goal measured."""
    return {
        one.goal.name: {
            "ratio": round(one.worst.ratio, 4),
            "goal": one.goal.goal,
            "ours_ms": round(one.worst.ours, 4),
            "floor_ms": round(one.worst.floor, 4),
        }
        for one in outcomes
        if one.parts
    }


def write_report(outcomes: Sequence[Outcome], *, whole: bool, path: Path = REPORT) -> None:
    """Write the report; a run of some goals leaves the entries of the others as they were."""
    kept: dict[str, dict[str, float]] = {}
    if not whole and path.exists():
        kept = json.loads(path.read_text("utf-8"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept | report(outcomes), indent=2) + "\n", "utf-8")
