"""Carries a whole clinic to another place, row by row, and proves before it is kept that the same arrived."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from injectmap.domain.backups import Head
from injectmap.domain.errors import StorageProblem
from injectmap.storage import tables
from injectmap.storage.columns import metadata
from injectmap.storage.copies import drop, head_of, links_hold
from injectmap.storage.engine import Mode, connect, make_engine
from injectmap.storage.engines import is_server, take_time
from injectmap.storage.layout import make_tables
from injectmap.storage.opening import move_to_free_name
from injectmap.storage.search import fill_search
from injectmap.storage.server_engine import own_backends, parse_address
from injectmap.storage.server_opening import empty_database
from injectmap.storage.statements import Prepared
from injectmap.storage.triggers import create_triggers

if TYPE_CHECKING:
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.server import ServerDatabase

_AT_ONCE = 500
_LOOKS, _LOOK_AGAIN_S = 5, 0.1
# Of roles that we may not look into, only name and number are seen; what has no role is the server's own.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL "
    "AND COALESCE(backend_type, 'client backend') = 'client backend' AND NOT pid = ANY(:own)"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was carried over and proved: the end of the journal, and how many rows each table holds."""

    head: Head
    rows: dict[str, int]


def others_at(source: ServerDatabase) -> int:
    """How many connections of others work in a clinic's database, of whatever program.

    One that was just closed may still be listed for a moment.
    """
    for again in reversed(range(_LOOKS)):
        with source.reading() as work:
            count = int(work.connection.scalar(_OTHERS, {"own": own_backends()}) or 0)
        if not count or not again:
            return count
        time.sleep(_LOOK_AGAIN_S)
    raise AssertionError


def move_to_server(source: ClinicDatabase | ServerDatabase, address: str) -> Moved:
    """Carry a clinic into an empty database; nobody writes in the source meanwhile, and it stays as it is.

    Raises what `open_server` raises, StorageProblem `server_not_empty`, `server_not_utf8`, `move_chain_broken`,
    `move_differs`.
    """
    with empty_database(parse_address(address)) as target:
        moved = _carry(source, target)
        target.exec_driver_sql("ANALYZE")
        target.commit()
    return moved


def move_to_file(source: ClinicDatabase | ServerDatabase, path: Path, key: bytes | None) -> Moved:
    """Carry a clinic into a new file; an existing one is refused. Raises what `move_to_server` raises."""
    if path.exists():
        raise StorageProblem("file_exists", name=path.name)
    if not path.parent.is_dir():
        raise StorageProblem("folder_missing", name=path.parent.name)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        raw = connect(part, key, Mode.CREATE)
        with contextlib.closing(raw), make_engine(part, lambda: raw, StaticPool).connect() as target:
            target.exec_driver_sql("BEGIN IMMEDIATE")
            moved = _carry(source, target)
            target.exec_driver_sql(f"PRAGMA application_id = {tables.APPLICATION_ID}")
            target.exec_driver_sql(f"PRAGMA user_version = {tables.SCHEMA_VERSION}")
            target.commit()
            target.exec_driver_sql("PRAGMA journal_mode = WAL")
        move_to_free_name(part, path)
    finally:
        drop(part)
    return moved


def _carry(source: ClinicDatabase | ServerDatabase, target: Connection) -> Moved:
    with source.writing() as work:
        there = work.connection
        take_time(there)
        head = head_of(there)
        if not links_hold(there, head, links=None):
            raise StorageProblem("move_chain_broken")
        make_tables(target)
        rows = {table.name: _carry_table(there, target, table) for table in metadata.sorted_tables}
        fill_search(target)
        # Last, for they would refuse a history that is written at once.
        create_triggers(target)
        if head_of(target) != head or not links_hold(target, head, links=None):
            raise StorageProblem("move_differs", table="journal")
    return Moved(head, rows)


def _carry_table(source: Connection, target: Connection, table: Table) -> int:
    """Carry all rows of a table and compare what arrived, value by value; return how many there are."""
    insert = Prepared(table.insert(), [column.name for column in table.columns])
    sent, count = hashlib.sha256(), 0
    try:
        for rows in _rows(source, table):
            for row in rows:
                sent.update(repr(row).encode("utf-8", "surrogatepass"))
            insert.many(target, [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])
            count += len(rows)
    except DBAPIError:
        # A value that the other engine does not take; its text would quote it.
        raise StorageProblem("move_differs", table=table.name) from None
    arrived = hashlib.sha256()
    for rows in _rows(target, table):
        for row in rows:
            arrived.update(repr(row).encode("utf-8", "surrogatepass"))
    if arrived.digest() != sent.digest():
        raise StorageProblem("move_differs", table=table.name)
    return count


def _rows(connection: Connection, table: Table) -> Iterator[list[tuple[object, ...]]]:
    """All rows in the order of their key, which is the same on both engines."""
    in_order = select(table).order_by(*table.primary_key.columns)
    options = {"stream_results": True} if is_server(connection) else {}
    found = connection.execute(in_order, execution_options=options)
    while rows := found.fetchmany(_AT_ONCE):
        yield [tuple(row) for row in rows]
