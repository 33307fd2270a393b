"""Reads two clinic files side by side: what a backup holds, and what the present file has beyond it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnClause, Connection, RowMapping, Table, func, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from injectmap.domain.backups import Chains, Comparison, Contents, Head
from injectmap.domain.errors import StorageProblem
from injectmap.domain.session import record_number
from injectmap.storage.copies import check_ours, clinic_id_of, core, head_of, opened, resting
from injectmap.storage.engine import DriverError, Mode
from injectmap.storage.record_tables import record_versions, stock_items
from injectmap.storage.right_place import UNREADABLE
from injectmap.storage.tables import erased_subjects, journal, patients, treatment_sessions

_T = TypeVar("_T")
# Columns as the file has them: an older one has fewer.
_ALL: ColumnClause[Any] = literal_column("*")
_COUNTED = {
    "patients": patients,
    "sessions": treatment_sessions,
    "signed": record_versions,
    "stock": stock_items,
    "rows": journal,
}
# What reading a damaged file raises.
FAULTS = (StorageProblem, DriverError, SQLAlchemyError)


def compare(
    present: Path,
    key: bytes | None,
    backup: Path,
    backup_key: bytes | None,
    *,
    mode: Mode,
    erased: frozenset[str],
) -> Comparison:
    """Say what would change if a backup took the place of a file; `erased` are persons to be erased in it again.

    `mode` is how the present file is read: it may be in use, and one at rest keeps the log that a killed program left. StorageProblem if the backup cannot be read.
    """
    with _reading(backup, backup_key, Mode.FROZEN) as other:
        of_backup = _contents(other)
        if of_backup.unread:
            raise StorageProblem("file_damaged", name=backup.name)
        try:
            with _reading(present, key, mode) as now:
                return _compared(now, other, of_backup, erased)
        except FAULTS as error:
            code = _why_unreadable(error, present)
        return Comparison(of_backup, None, Chains.UNKNOWN, erased_again=_held(other, erased), problem=code)


@contextlib.contextmanager
def _reading(path: Path, key: bytes | None, mode: Mode) -> Iterator[Connection]:
    with opened(path, key, mode) as raw:
        raw.execute("PRAGMA query_only = ON")
        check_ours(raw, path)
        with core(raw, path) as connection:
            raw.execute("BEGIN")
            yield connection


def _contents(connection: Connection) -> Contents:
    head, clinic_id = head_of(connection), clinic_id_of(connection)
    counts: dict[str, int] = {}
    unread = []
    for name, table in _COUNTED.items():
        number = _tried(partial(_count, connection, table))
        if number is None:
            unread.append(name)
        else:
            counts[name] = number
    last_ms = _tried(lambda: connection.execute(select(func.max(journal.c.at_ms))).scalar())
    return Contents(clinic_id, head, last_ms or 0, counts, tuple(unread))


def _count(connection: Connection, table: Table) -> int:
    """All rows are read, not an index of them: what cannot be read is said. An older file may lack the table."""
    if not _has(connection, table):
        return 0
    rows = connection.execution_options(yield_per=500).execute(select(_ALL).select_from(table))
    return sum(1 for _ in rows)


def _has(connection: Connection, table: Table) -> bool:
    return connection.dialect.has_table(connection, table.name)


def _compared(now: Connection, other: Connection, of_backup: Contents, erased: frozenset[str]) -> Comparison:
    of_present = _contents(now)
    stand = _tried(lambda: _chains(now, other, of_present, of_backup))
    chains, fork = (Chains.UNKNOWN, None) if stand is None else stand
    span: tuple[int | None, int | None] = (None, None)
    if fork is not None:
        since = select(func.min(journal.c.at_ms), func.max(journal.c.at_ms)).where(journal.c.number > fork)
        row = _tried(lambda: now.execute(since).one())
        span = (row[0], row[1]) if row is not None else span
    sessions = _tried(lambda: _sessions(now, other))
    lost, changed = ((), ()) if sessions is None else sessions
    erased_now = _tried(lambda: erased_of(now))
    gone = erased if erased_now is None else erased | erased_now
    return Comparison(
        of_backup,
        of_present,
        chains,
        0 if fork is None else max(0, of_present.head.number - fork),
        span[0] or 0,
        span[1] or 0,
        lost,
        changed,
        _held(other, gone),
    )


def _chains(
    now: Connection, other: Connection, of_present: Contents, of_backup: Contents
) -> tuple[Chains, int]:
    """How the journals stand to each other, and the last row that both have."""
    if of_present.clinic_id != of_backup.clinic_id:
        return Chains.OTHER, 0
    here, there = of_present.head, of_backup.head
    if here == there:
        return Chains.SAME, here.number
    if _hash(now, there.number) == there.hash:
        return Chains.BEGINNING, there.number
    if _hash(other, here.number) == here.hash:
        return Chains.AHEAD, here.number
    low, high = 0, min(here.number, there.number)
    while low < high:
        middle = (low + high + 1) // 2
        if _hash(now, middle) == _hash(other, middle):
            low = middle
        else:
            high = middle - 1
    return Chains.OTHER, low


def _hash(connection: Connection, number: int) -> str | None:
    found = connection.execute(select(journal.c.hash).where(journal.c.number == number)).scalar()
    return None if found is None else str(found)


def _sessions(now: Connection, other: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Record numbers of the sessions that are only here, and of those that are not as they are there."""
    there, here = _rows_by_id(other), _rows_by_id(now)
    lost, changed = [], []
    for one, row in sorted(here.items(), key=lambda pair: pair[1]["number"]):
        shown = record_number(dt.date.fromisoformat(row["date"]), row["number"])
        if one not in there:
            lost.append(shown)
        elif any(there[one][column] != row[column] for column in row.keys() & there[one].keys()):
            changed.append(shown)
    return tuple(lost), tuple(changed)


def _rows_by_id(connection: Connection) -> dict[str, RowMapping]:
    rows = connection.execute(select(_ALL).select_from(treatment_sessions)).mappings()
    return {row["id"]: row for row in rows}


def erased_of(connection: Connection) -> frozenset[str]:
    """The ids of all that was erased, the persons among them."""
    if not _has(connection, erased_subjects):
        return frozenset()
    return frozenset(connection.execute(select(erased_subjects.c.subject_id)).scalars())


def _held(connection: Connection, ids: frozenset[str]) -> int:
    """How many of these patients a file holds that were not erased in it."""
    if not ids:
        return 0
    own = set(connection.execute(select(patients.c.id)).scalars())
    return len((own & ids) - erased_of(connection))


def _tried(read: Callable[[], _T]) -> _T | None:
    """What was read, or None where the file is damaged."""
    try:
        return read()
    except FAULTS:
        return None


def _why_unreadable(error: Exception, path: Path) -> str:
    """The code of why a file cannot be read; raised if it is there and may be whole: newer than we are, or in use."""
    if not isinstance(error, StorageProblem):
        return "file_damaged"
    if path.exists() and error.code not in UNREADABLE:
        raise error
    return error.code


def present_head(path: Path, key: bytes | None) -> tuple[str, Head] | None:
    """The clinic's id and the last row of a file that nobody has open; None if it cannot be read."""
    try:
        with _reading(path, key, resting(path)) as connection:
            return clinic_id_of(connection), head_of(connection)
    except FAULTS as error:
        _why_unreadable(error, path)
        return None


def erased_in(path: Path, key: bytes | None) -> frozenset[str]:
    """The ids of what was erased in a file that nobody has open; none where it cannot be read."""
    try:
        with _reading(path, key, resting(path)) as connection:
            return erased_of(connection)
    except FAULTS:
        return frozenset()
