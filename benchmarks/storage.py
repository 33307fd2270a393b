"""Storing and reading: one edit, one session, one search, each through the services and as bare statements."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlcipher3.dbapi2 as sqlcipher

from benchmarks import samples
from benchmarks.runner import BUILD, Effort, Part, in_turn, say
from injectmap.atlas import load_atlas
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.ids import new_id
from injectmap.domain.settings import ClinicSettings
from injectmap.services.clinic import found
from injectmap.services.patients import PatientService
from injectmap.services.sessions import MapVersions, NewSyringes, SessionService
from injectmap.storage.opening import create_clinic, open_clinic

_PEOPLE = 100_000


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder on the disk that the build lies on, gone afterwards; the system's own may lie in memory."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="bench-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def bare(path: Path) -> Any:
    """A keyed connection with the program's pragmas and nothing else."""
    raw = sqlcipher.connect(str(path), isolation_level=None)
    raw.execute(f"PRAGMA key = \"x'{samples.KEY.hex()}'\"")
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        raw.execute(f"PRAGMA {pragma}")
    return raw


class Clinic:
    """A clinic file with one session, keyed unless asked otherwise, through the services."""

    def __init__(self, path: Path, *, passes: int = 0, key: bytes | None = samples.KEY) -> None:
        """Create it; the map gets its passes by edits."""
        by = samples.practitioner()
        clock, self.acting = samples.FixedClock(), samples.acting_as(by)
        settings = ClinicSettings("Bench", demo=True)
        self.path = path
        self.database = create_clinic(path, settings, key=key)
        found(self.database, clock, settings, [by], self.acting)
        self.patients = PatientService(self.database, clock)
        self.sessions = SessionService(self.database, clock, MapVersions(1, 1), "Europe/London")
        with self.database.writing() as work:
            one = samples.person(work.patients.next_number(), random.Random(1))
            work.patients.add(one)
            work.commit()
        opened = self.sessions.create(
            self.acting,
            patient_id=one.id,
            practitioner_id=by.id,
            date=samples.TODAY,
            syringes=[NewSyringes(samples.PRODUCT, 2, "L1")],
        )
        self.session_id, self.revision = opened.session.id, opened.session.revision
        self.syringe_ids = [syringe.id for syringe in opened.syringes]
        self.drawn = samples.passes(load_atlas(), max(passes, 20), self.syringe_ids)
        for number in range(passes):
            self.add_pass(number)

    def edit(self, number: int) -> Edit:
        """The edit that draws the sample's pass once more, in the next place."""
        drawn = self.drawn[number % len(self.drawn)]
        fresh = replace(drawn, id=new_id(), entry_id=new_id(), order=number + 1)
        return Edit(EditKind.ADD_PASS, (PassChange(None, fresh),))

    def add_pass(self, number: int, edit: Edit | None = None) -> None:
        """Commit one edit."""
        done = self.sessions.commit(self.acting, self.session_id, edit or self.edit(number), self.revision)
        self.revision = done.revision


# save_edit


def save_edit(effort: Effort) -> list[Part]:
    """Ours: `SessionService.commit`. Floor: the same five rows by five statements whose values lie ready."""
    with folder() as at:
        clinic, other = Clinic(at / "ours.injectmap"), Clinic(at / "floor.injectmap")
        other.database.close()
        raw = bare(other.path)
        ready = iter([(number, clinic.edit(number)) for number in range(20_000)])
        rows = iter([_rows(other, number) for number in range(20_000)])
        try:
            part = in_turn(
                lambda: clinic.add_pass(*next(ready)),
                lambda: _five_statements(raw, next(rows)),
                effort,
                repeats=200,
            )
        finally:
            raw.close()
            clinic.database.close()
    return [part]


_PASS_COLUMNS = 20
_JOURNAL_COLUMNS = 13
_SAVE = (
    "SELECT number, hash FROM chain_head",
    "UPDATE treatment_sessions SET revision = revision + 1 WHERE id = ? AND revision = ?",
    f"INSERT INTO passes VALUES ({', '.join('?' * _PASS_COLUMNS)})",
    f"INSERT INTO journal VALUES ({', '.join('?' * _JOURNAL_COLUMNS)})",
    "UPDATE chain_head SET number = ?, hash = ?",
)


def _rows(clinic: Clinic, number: int) -> tuple[tuple[Any, ...], ...]:
    """The values of one edit as its rows have them; hashes are of the right length and linked."""
    from injectmap.domain.edits import edit_to_json
    from injectmap.domain.journal import canonical_json
    from injectmap.storage.packing import pack_zones

    edit = clinic.edit(number)
    one = edit.changes[0].after
    assert one is not None
    path, tool = one.path, one.instrument
    stored = (one.id, clinic.session_id, one.order, one.entry_id, 0, path.controls.packed,
              path.points.packed, path.length_um, pack_zones(path.zones), one.technique.value,
              one.plane.value, None, tool.kind.value, tool.gauge, tool.length_um, one.status.value,
              "[]", None, "", "")  # fmt: skip
    payload = canonical_json(edit_to_json(edit))
    return (clinic.session_id, clinic.revision + number), stored, (payload, f"{number:064x}")


def _five_statements(raw: Any, rows: tuple[tuple[Any, ...], ...]) -> None:
    revision, stored, (payload, digest) = rows
    read, raise_revision, add_pass, append, advance = _SAVE
    raw.execute("BEGIN IMMEDIATE")
    number, previous = raw.execute(read).fetchone()
    raw.execute(raise_revision, revision)
    raw.execute(add_pass, stored)
    row = (number + 1, 1_795_000_000_000, stored[1], "bench", "treatment_session", stored[1], "edit", None,
           payload, digest[:32], digest, previous, digest)  # fmt: skip
    raw.execute(append, row)
    raw.execute(advance, (number + 1, digest))
    raw.execute("COMMIT")


# load_session


def load_session(effort: Effort) -> list[Part]:
    """Ours: `SessionService.open`. Floor: its three statements on a bare connection, rows as they come."""
    with folder() as at:
        clinic = Clinic(at / "ours.injectmap", passes=20)
        statements = statements_of(clinic)
        if len(statements) != 3:
            raise RuntimeError(f"a session is read in {len(statements)} statements")
        raw = bare(clinic.path)
        try:
            part = in_turn(
                lambda: clinic.sessions.open(clinic.acting, clinic.session_id),
                lambda: _three_statements(raw, statements),
                effort,
                repeats=200,
            )
        finally:
            raw.close()
            clinic.database.close()
    return [part]


def statements_of(clinic: Clinic) -> list[str]:
    """The statements with which a session is read, as the driver is given them, values and all."""
    from injectmap.storage import database

    seen: list[str] = []
    connect = database.connect

    def traced(*arguments: Any) -> Any:
        raw = connect(*arguments)
        raw.set_trace_callback(seen.append)
        return raw

    # The readers that exist are not traced: a second opening of the file makes its own.
    with patch.object(database, "connect", traced):
        other = open_clinic(clinic.path, key=samples.KEY, read_only=True)
        try:
            with other.reading() as work:
                seen.clear()
                work.sessions.open(clinic.session_id)
                return [statement for statement in seen if not statement.startswith(("BEGIN", "PRAGMA"))]
        finally:
            other.close()


def _three_statements(raw: Any, statements: list[str]) -> None:
    raw.execute("BEGIN")
    for statement in statements:
        raw.execute(statement).fetchall()
    raw.execute("ROLLBACK")


# search


def search(effort: Effort) -> list[Part]:
    """Ours: `PatientService.search` on a keyed file. Floor: LIKE over the folded names of a plain one."""
    with folder() as at:
        clinic = Clinic(at / "ours.injectmap")
        say(f"registering {_PEOPLE:,} invented people")
        names = _register(clinic, at / "plain.db")
        raw = sqlite3.connect(at / "plain.db")
        like = "SELECT * FROM people WHERE folded_name LIKE ? LIMIT 20"
        parts = []
        for label, typed in (("hit", _inner_parts(names)), ("miss", _absent_parts(names))):

            def ours(typed: list[str] = typed) -> None:
                for part in typed:
                    clinic.patients.search(clinic.acting, part)

            def floor(typed: list[str] = typed) -> None:
                for part in typed:
                    raw.execute(like, (f"%{part}%",)).fetchall()

            parts.append(in_turn(ours, floor, effort, label=label))
        raw.close()
        clinic.database.close()
    return [replace(part, ours=part.ours / _TYPED, floor=part.floor / _TYPED) for part in parts]


_TYPED = 40


def _register(clinic: Clinic, plain: Path) -> list[str]:
    numbers, first = random.Random(7), 2
    people = [samples.person(first + number, numbers) for number in range(_PEOPLE)]
    with clinic.database.writing() as work:
        for one in people:
            work.patients.add(one)
        work.commit()
    with contextlib.closing(sqlite3.connect(plain)) as raw, raw:
        raw.execute("CREATE TABLE people (number INTEGER PRIMARY KEY, family, given, folded_name, born)")
        rows = (
            (p.number, p.family_name, p.given_name, p.folded_name, p.birth_date.isoformat()) for p in people
        )
        raw.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", rows)
    return [one.folded_name for one in people]


def _inner_parts(names: list[str]) -> list[str]:
    """Parts of three to six letters from inside family names, as people type what they remember."""
    numbers = random.Random(11)
    found: list[str] = []
    while len(found) < _TYPED:
        family = numbers.choice(names).split()[0]
        length = numbers.randint(3, 6)
        if len(family) > length:
            start = numbers.randint(1, len(family) - length)
            found.append(family[start : start + length])
    return found


def _absent_parts(names: list[str]) -> list[str]:
    """Parts of the same make that no name holds."""
    everything, numbers = "\n".join(names), random.Random(13)
    found: list[str] = []
    while len(found) < _TYPED:
        word = "".join(numbers.choices("abdefgiklmnoprstuv", k=numbers.randint(4, 6)))
        if word not in everything:
            found.append(word)
    return found
