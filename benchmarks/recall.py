"""Who was treated from a lot, asked of a clinic with three million passes; the clinic is built once and kept."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks import samples
from benchmarks.runner import BUILD, Effort, Part, in_turn, say
from benchmarks.storage import bare
from injectmap.domain.settings import ClinicSettings
from injectmap.storage.opening import create_clinic, open_clinic

_PATIENTS, _SESSIONS, _PASSES, _LOTS = 100_000, 300_000, 3_000_000, 3_000

# Ids are short and paths have two points: what a recall reads is as in a real clinic, the file a third as large.
_FILL = (
    """INSERT INTO practitioners VALUES ('by', 'Dr A. Sample', 'Doctor', '')""",
    """INSERT INTO patients
       SELECT printf('p%06d', i), i, printf('Family%06d', i * 7919 % 1000003), 'Given', printf('family%06d given', i * 7919 % 1000003),
              date('1930-01-01', (i * 37 % 27000) || ' days'), '', '', 1, '' FROM numbers WHERE i <= :patients""",
    """INSERT INTO treatment_sessions
       SELECT printf('s%06d', i), i, printf('p%06d', 1 + i * 31 % :patients), 'by', date('2020-01-01', (i % 2400) || ' days'), 1, 1,
              'linear_retrograde', 'subdermal', 'cannula', 22, 50000, 100, 1, '', 'draft', 1, NULL FROM numbers WHERE i <= :sessions""",
    """INSERT INTO syringes
       SELECT printf('y%06d.%d', i, n), printf('s%06d', i), n, 'sample', 'Sample filler', '{}', printf('L%04d', i % :lots), printf('l%04d', i % :lots), '2027-09-30', '', '', NULL, 0, '', NULL
       FROM numbers, (SELECT 1 AS n UNION ALL SELECT 2) WHERE i <= :sessions""",
    """INSERT INTO passes
       SELECT printf('q%07d', i), printf('s%06d', 1 + (i - 1) / :each), 1 + (i - 1) % :each, printf('e%07d', i), 0, zeroblob(24), zeroblob(24),
              30000, 'preauricular left 30000', 'linear_retrograde', 'subdermal', NULL, 'cannula', 22, 50000, 'done', '[]', NULL, '', '' FROM numbers WHERE i <= :passes""",
    """INSERT INTO pass_shares
       SELECT printf('q%07d', i), 0, printf('y%06d.%d', 1 + (i - 1) / :each, 1 + (i - 1) % :each % 2), 100 FROM numbers WHERE i <= :passes""",
)  # fmt: skip


def recall(effort: Effort) -> list[Part]:
    """Ours: `recall` in a reading unit of work. Floor: its one statement on a bare connection, rows as they come."""
    from injectmap.storage.recall import RECALL

    path = _clinic(scale=10 if effort.quick else 1)
    raw, database = bare(path), open_clinic(path, key=samples.KEY, read_only=True)
    names = cycle(f"l{number:04d}" for number in range(7, _LOTS, 131))
    ours_next, floor_next = _same_order(names)

    def ours() -> None:
        with database.reading() as work:
            work.stock.recall(ours_next())

    def floor() -> None:
        raw.execute("BEGIN")
        raw.execute(RECALL.sql, (floor_next(),)).fetchall()
        raw.execute("ROLLBACK")

    try:
        return [in_turn(ours, floor, effort, repeats=40)]
    finally:
        raw.close()
        database.close()


def _same_order(names: Any) -> tuple[Callable[[], str], Callable[[], str]]:
    """Give both sides the same lots one after the other."""
    listed = [next(names) for _ in range(200)]
    one, other = cycle(listed), cycle(listed)
    return lambda: next(one), lambda: next(other)


def _clinic(*, scale: int) -> Path:
    """Return the clinic file, built anew if the tables have changed since."""
    folder = BUILD / "bench-recall"
    folder.mkdir(parents=True, exist_ok=True)
    path, stamp = folder / f"clinic-{scale}.injectmap", folder / f"clinic-{scale}.stamp"
    wanted = _fingerprint(scale)
    if path.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return path
    for left in folder.glob(f"clinic-{scale}*"):
        left.unlink()
    say(f"building a clinic of {_PASSES // scale:,} passes, once (a minute or two) ...")
    started = time.monotonic()
    create_clinic(path, ClinicSettings("Bench", demo=True), key=samples.KEY).close()
    fill(path, scale)
    stamp.write_text(wanted, "utf-8")
    say(
        f"built in {time.monotonic() - started:.0f} s, {path.stat().st_size / 2**20:.0f} MiB, kept in {folder}"
    )
    return path


def _fingerprint(scale: int) -> str:
    from sqlalchemy.schema import CreateTable

    from injectmap.storage.columns import metadata

    made = [str(CreateTable(table)) for table in metadata.sorted_tables]
    return hashlib.sha256(json.dumps([made, _FILL, scale]).encode()).hexdigest()


def fill(path: Path, scale: int) -> None:
    """Fill a new clinic file by SQL alone; `scale` divides every count but that of the lots."""
    raw = bare(path)
    sizes = {"patients": _PATIENTS // scale, "sessions": _SESSIONS // scale, "passes": _PASSES // scale}
    sizes |= {"lots": _LOTS, "each": _PASSES // _SESSIONS}
    try:
        for pragma in (
            "foreign_keys = OFF",
            "synchronous = OFF",
            "journal_mode = DELETE",
            "cache_size = -400000",
        ):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("CREATE TEMP TABLE numbers (i INTEGER PRIMARY KEY)")
        raw.execute(
            "WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up WHERE i < ?) INSERT INTO numbers SELECT i FROM up",
            (sizes["passes"],),
        )
        raw.execute("BEGIN IMMEDIATE")
        for statement in _FILL:
            raw.execute(statement, sizes)
            say(f"  {statement.split()[2]}")
        raw.execute("COMMIT")
        raw.execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()
