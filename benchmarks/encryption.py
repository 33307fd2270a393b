"""What encryption costs: a keyed file beside a plain one; and a search as it is typed, beside the bare statements."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from benchmarks import samples
from benchmarks.runner import Effort, Pairs, Part, in_turn, percentile, say
from benchmarks.storage import _PEOPLE, Clinic, _register, folder
from injectmap.storage.opening import open_clinic

_GOAL_MS = 50.0


def encrypted_save(effort: Effort) -> list[Part]:
    """Ours: `SessionService.commit` of one edit on a keyed file. Floor: the same on a plain one."""
    with folder() as at:
        keyed, plain = Clinic(at / "keyed.injectmap"), Clinic(at / "plain.injectmap", key=None)
        ready = [iter([(number, one.edit(number)) for number in range(20_000)]) for one in (keyed, plain)]
        try:
            # Wall time: what the cipher adds lies in the driver, what the disk takes is the same for both.
            return [
                in_turn(
                    lambda: keyed.add_pass(*next(ready[0])),
                    lambda: plain.add_pass(*next(ready[1])),
                    effort,
                    repeats=200,
                    clock=time.perf_counter,
                )
            ]
        finally:
            keyed.database.close()
            plain.database.close()


def encrypted_open(effort: Effort) -> list[Part]:
    """Ours: a keyed clinic opened with the key in hand, its settings read, closed. Floor: the same with a plain one."""
    with folder() as at:
        paths = at / "keyed.injectmap", at / "plain.injectmap"
        Clinic(paths[0], passes=200).database.close()
        Clinic(paths[1], passes=200, key=None).database.close()
        ours, floor = _opening(paths[0], samples.KEY), _opening(paths[1], None)
        return [in_turn(ours, floor, effort, repeats=10, clock=time.perf_counter)]


def _opening(path: Path, key: bytes | None) -> Callable[[], None]:
    def act() -> None:
        database = open_clinic(path, key=key)
        with database.reading() as work:
            work.clinic.settings()
        database.close()

    return act


def search_typing(effort: Effort) -> list[Part]:
    """Ours: `PatientService.search` at each key of a typed script, keyed file. Floor: its statements on a plain one.

    Compared are the 95th percentiles over all keys of the script.
    """
    with folder() as at:
        clinic = Clinic(at / "ours.injectmap")
        say(f"registering {_PEOPLE:,} invented people")
        script = _script(_register(clinic, at / "names.db"))
        clinic.database.close()
        _export(clinic.path, at / "plain.db")
        statements = _statements(clinic.path, script)
        database = open_clinic(clinic.path, key=samples.KEY)
        raw = sqlcipher.connect(str(at / "plain.db"), isolation_level=None)
        try:
            return [_typed(_search(clinic, database), raw, script, statements, effort)]
        finally:
            raw.close()
            database.close()


def _search(clinic: Clinic, database: Any) -> Callable[[str], object]:
    from injectmap.services.patients import PatientService

    service = PatientService(database, samples.FixedClock())
    return lambda typed: service.search(clinic.acting, typed)


def _typed(
    ours: Callable[[str], object],
    raw: Any,
    script: list[str],
    statements: dict[str, list[str]],
    effort: Effort,
) -> Part:
    pairs = Pairs()
    for _ in range(effort.rounds + 1):
        taken: tuple[list[float], list[float]] = [], []
        for typed in script:
            started = time.perf_counter()
            ours(typed)
            between = time.perf_counter()
            raw.execute("BEGIN")
            for statement in statements[typed]:
                raw.execute(statement).fetchall()
            raw.execute("ROLLBACK")
            ended = time.perf_counter()
            taken[0].append((between - started) * 1000)
            taken[1].append((ended - between) * 1000)
        pairs.add(percentile(taken[0], 0.95), percentile(taken[1], 0.95))
    # The first round fills the caches of both.
    pairs.ours.pop(0), pairs.floor.pop(0)
    part = pairs.part("p95")
    met = "within" if part.ours <= _GOAL_MS else "BEYOND"
    say(f"p95 of {len(script)} keys typed: {part.ours:.2f} ms, {met} the goal of {_GOAL_MS:.0f} ms")
    return part


def _script(names: list[str]) -> list[str]:
    """What stands in the field after each key: names letter by letter, family and given, and parts from inside."""
    numbers, found = random.Random(17), list[str]()
    for name in numbers.sample(names, 25):
        family, *given = name.split()
        found += [family[:length] for length in range(1, len(family) + 1)]
        found += [f"{family} {given[0][:length]}" for length in (1, 2, 3)] if given else []
    for name in numbers.sample(names, 10):
        inner = name.split()[0][1:]
        found += [inner[:length] for length in range(2, len(inner) + 1)]
    return [*found, "1975", "14 mar 1968", "4711", "zqxw", "zqxwk"]


def _export(keyed: Path, plain: Path) -> None:
    raw = sqlcipher.connect(str(keyed), isolation_level=None)
    raw.execute(f"PRAGMA key = \"x'{samples.KEY.hex()}'\"")
    raw.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
    raw.execute("SELECT sqlcipher_export('plain')")
    raw.close()


def _statements(path: Path, script: list[str]) -> dict[str, list[str]]:
    """The statements of each search as the driver is given them, values and all."""
    from unittest.mock import patch

    from injectmap.storage import database

    seen: list[str] = []
    connect = database.connect

    def traced(*arguments: Any) -> Any:
        raw = connect(*arguments)
        raw.set_trace_callback(seen.append)
        return raw

    found: dict[str, list[str]] = {}
    with patch.object(database, "connect", traced):
        other = open_clinic(path, key=samples.KEY, read_only=True)
        try:
            for typed in script:
                with other.reading() as work:
                    seen.clear()
                    work.patients.search(typed, limit=20)
                    found[typed] = [one for one in seen if one.startswith(("SELECT", "WITH"))]
        finally:
            other.close()
    return found
