"""Runs what takes hours and writes the figures to build/torture.json, part by part, so that any may be run alone.

A part adds its figures to those of earlier runs. What could not be run is null with its reason under `not_done`;
what went wrong stands under `failures`, and the figures of that part are what was reached.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "torture.json"
# One run of Hypothesis after another, so that a run that is broken off has not been for nothing.
CHUNK = 1_000
# Which figures each part gives; they are null until it has been run.
KEYS = {
    "hand": ("state_machine",),
    "fuzz": ("fuzzed",),
    "tampers": ("tampers", "tampers_found"),
    "kills": ("kills", "lost_edits"),
    "power_cuts": ("power_cuts", "power_cuts_lost_edits"),
    "bit_flips": ("bit_flips", "bit_flips_found"),
}
# A seed of its own for each run, said in the report, so that what was found is found again.
Environment = dict[str, str]


class NotDone(Exception):
    """A part could not be run; the text says why."""


class Failed(Exception):
    """A part found something; the text says what."""


@dataclass(slots=True)
class Report:
    """The report file: read before, written after every step."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def opened(cls, path: Path) -> Report:
        """The report as earlier runs left it."""
        try:
            data = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            data = {}
        report = cls(path, data if isinstance(data, dict) else {})
        for part, keys in KEYS.items():
            for key in keys:
                if report.data.setdefault(key, None) is None:
                    report.data.setdefault("not_done", {}).setdefault(part, "not run yet")
        report.data.setdefault("failures", [])
        report.data.setdefault("not_done", {})
        report.data.setdefault("parts", {})
        return report

    def write(self) -> None:
        """Write by another name first: a run may be broken off at any moment."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f"{self.path.name}.unfinished")
        unfinished.write_text(json.dumps(self.data, indent=2, sort_keys=True) + "\n", "utf-8")
        unfinished.replace(self.path)

    def clear(self, part: str) -> None:
        """Forget what an earlier run of a part gave."""
        self.data["failures"] = [one for one in self.data["failures"] if not one.startswith(f"{part}: ")]
        self.data["not_done"].pop(part, None)
        for key in KEYS[part]:
            self.data[key] = None


def pytest_run(arguments: list[str], environment: Environment) -> tuple[int, str, dict[str, Any]]:
    """Run tests; returns pytest's code, its last words, and the figures that its tests noted."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ
            | {"INJECTMAP_FIGURES": str(figures), "INJECTMAP_FUZZ_FIGURES": str(figures)}
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        noted = json.loads(figures.read_text("utf-8")) if figures.exists() else {}
    return done.returncode, done.stdout, noted


def python_run(script: str) -> tuple[int, str]:
    """Run a few lines in a process of its own; returns its code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout


def judged(code: int, output: str) -> None:
    """Raise what a run of pytest means, unless it passed."""
    lines = [line for line in output.splitlines() if line.strip()]
    if code == 5 or (code == 4 and "not found" in output):
        raise NotDone("there is no such test")
    if code != 0:
        told = [line for line in lines if line.startswith(("E   ", "FAILED", "ERROR"))]
        raise Failed(" | ".join(line.strip()[:300] for line in (told or lines)[-4:]))


def skipped(output: str) -> str:
    """Why a run noted nothing."""
    told = [line for line in output.splitlines() if line.startswith("SKIPPED")]
    return f"skipped ({told[-1][:200]})" if told else "the test noted no figure"


@dataclass(slots=True)
class Run:
    """One asking of the parts: the report, how much of each, and the seed."""

    report: Report
    count: dict[str, int]
    seed: int
    jobs: int
    resume: bool

    def faults(self, part: str, variable: str, *tests: str) -> None:
        """A part whose tests note the figures themselves."""
        tests = tuple(one for one in tests if (ROOT / one.split("::")[0]).exists())
        if not tests:
            raise NotDone("there is no such test")
        code, output, noted = pytest_run(
            [*tests], {variable: str(self.count[part]), "INJECTMAP_SEED": str(self.seed)}
        )
        for key in KEYS[part]:
            self.report.data[key] = noted.get(key)
        others = {key: value for key, value in noted.items() if key not in KEYS[part]}
        self.report.data.setdefault("more", {})[part] = others
        judged(code, output)
        if missing := [key for key in KEYS[part] if key not in noted]:
            raise NotDone(f"{', '.join(missing)}: {skipped(output)}")

    def kills(self) -> None:
        """The real window program killed while it is drawn in."""
        self.faults("kills", "INJECTMAP_KILLS", "tests/faults/test_kill.py")

    def power_cuts(self) -> None:
        """Images of what a disk may hold after a power cut."""
        self.faults("power_cuts", "INJECTMAP_POWER_CUTS", "tests/faults/test_power_cut.py")

    def bit_flips(self) -> None:
        """Bits of a keyed file turned over."""
        self.faults("bit_flips", "INJECTMAP_BIT_FLIPS", "tests/faults/test_bit_flips.py")

    def tampers(self) -> None:
        """Every kind of change beside the program's back, on every table."""
        script = "import json; from tests.tamper.tampers import run_tampers; print(json.dumps(run_tampers()))"
        code, output = python_run(script)
        try:
            made, found = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError, TypeError):
            raise NotDone(f"run_tampers ended with {code}: {output.strip()[-300:]}") from None
        self.report.data |= {"tampers": made, "tampers_found": found}
        if found != made:
            raise Failed(f"{made - found} of {made} were not found")

    def hand(self) -> None:
        """The random hand at the editor, and pages that come and go."""
        wanted, done = self.count["hand"], (self.report.data["state_machine"] or 0) if self.resume else 0
        while done < wanted:
            now = min(CHUNK, wanted - done)
            tests = ["tests/torture", f"--hypothesis-seed={self.seed + done}"]
            if done + now >= wanted:
                tests.append("tests/ui/shell/test_collector.py")
            code, output, _ = pytest_run(tests, {"INJECTMAP_TORTURE": str(now)})
            judged(code, output)
            done += now
            self.report.data["state_machine"] = done
            self.report.write()
            say(f"hand: {done:,} of {wanted:,} sequences")

    def fuzz(self) -> None:
        """Every reader of outside data; readers take turns on all cores."""
        known = self.report.data["fuzzed"]
        fuzzed: dict[str, int] = dict(known) if self.resume and isinstance(known, dict) else {}
        wrong: list[str] = []
        with ThreadPoolExecutor(self.jobs) as pool:
            for name, tried, problem in pool.map(self._fuzz_one, self._parsers(fuzzed)):
                if tried:
                    fuzzed[name] = tried
                if problem:
                    wrong.append(f"{name} {problem}")
                self.report.data["fuzzed"] = dict(sorted(fuzzed.items())) or None
                self.report.write()
                say(f"fuzz: {name} {tried:,} inputs {problem}".rstrip())
        if wrong:
            raise Failed("; ".join(wrong))

    def _parsers(self, fuzzed: dict[str, int]) -> Iterator[str]:
        listing = (
            "from tests.fuzz.parsers import PARSERS; print(*((p.name, p.share) for p in PARSERS), sep='\\n')"
        )
        code, output = python_run(listing)
        if code != 0:
            raise NotDone(f"the readers cannot be listed: {output.strip()[-300:]}")
        for line in output.splitlines():
            name, share = line.strip("()").replace("'", "").split(", ")
            if fuzzed.get(name, 0) < round(self.count["fuzz"] * float(share)):
                yield name

    def _fuzz_one(self, name: str) -> tuple[str, int, str]:
        test = f"tests/fuzz/test_parsers.py::test_every_input_is_read_or_refused[{name}]"
        code, output, noted = pytest_run([test], {"INJECTMAP_FUZZ": str(self.count["fuzz"])})
        try:
            judged(code, output)
        except (Failed, NotDone) as wrong:
            return name, 0, str(wrong)
        return name, int(noted.get(name, 0)), "" if name in noted else "noted no figure"


def say(text: str) -> None:
    """Tell how far things are."""
    print(text, flush=True)


def commit() -> str:
    """The commit that is worked on; a plus sign after it where files were changed since."""
    try:
        head = subprocess.run(
            ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
        changed = subprocess.run(
            ["git", "-C", str(ROOT), "status", "--porcelain", "-uno"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def work(run: Run, part: str, act: Callable[[], None]) -> None:
    """Do one part and write down how it went."""
    report = run.report
    started, begun = dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), time.monotonic()
    kept = {key: report.data[key] for key in KEYS[part]} if run.resume else {}
    report.clear(part)
    report.data |= kept
    say(f"{part}: {(act.__doc__ or '').strip()}")
    try:
        act()
    except NotDone as why:
        report.data["not_done"][part] = str(why)
        say(f"{part}: NOT DONE, {why}")
    except Failed as wrong:
        report.data["failures"].append(f"{part}: {wrong}")
        say(f"{part}: FAILED, {wrong}")
    seconds = round(time.monotonic() - begun, 1)
    report.data["parts"][part] = {
        "commit": commit(),
        "started": started,
        "seconds": seconds,
        "seed": run.seed,
    }
    report.data |= {"commit": commit(), "started": started}
    report.data["seconds"] = round(sum(one["seconds"] for one in report.data["parts"].values()), 1)
    report.write()


def table(data: dict[str, Any]) -> str:
    """The figures for the eye."""
    lines = []
    for part, keys in KEYS.items():
        for key in keys:
            value = data.get(key)
            if value is None:
                shown = f"null: {data['not_done'].get(part, 'failed')}"
            elif isinstance(value, dict):
                shown = f"{sum(value.values()):,} inputs in {len(value)} readers"
            else:
                shown = f"{value:,}"
            lines.append(f"{key:<24}{shown}")
        if part == "fuzz" and isinstance(data.get("fuzzed"), dict):
            lines += [f"  {name:<22}{count:,}" for name, count in data["fuzzed"].items()]
    lines += [f"FAILED {one}" for one in data["failures"]]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Return 1 if a part that was run failed; a part that could not be run is said, and is no pass."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--only", action="append", choices=KEYS, help="this part alone (may be given again)")
    parser.add_argument(
        "--resume", action="store_true", help="keep what earlier runs reached and go on from there"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the chance (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="readers fuzzed at a time")
    parser.add_argument("--sequences", type=int, default=10_000, help="of the random hand (10,000)")
    parser.add_argument("--inputs", type=int, default=100_000, help="for each reader (100,000)")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--power-cuts", type=int, default=200)
    parser.add_argument("--bit-flips", type=int, default=200)
    parser.add_argument("--report", type=Path, default=REPORT, help="build/torture.json")
    asked = parser.parse_args(arguments)
    count = {"hand": asked.sequences, "fuzz": asked.inputs, "kills": asked.kills}
    count |= {"power_cuts": asked.power_cuts, "bit_flips": asked.bit_flips}
    run = Run(Report.opened(asked.report), count, asked.seed, asked.jobs, asked.resume)
    acts = {part: getattr(run, part) for part in KEYS}
    for part in asked.only or KEYS:
        work(run, part, acts[part])
    say(table(run.report.data))
    say(f"Written: {asked.report}")
    ran = set(asked.only or KEYS)
    return 1 if any(one.split(":")[0] in ran for one in run.report.data["failures"]) else 0


if __name__ == "__main__":
    sys.exit(main())
