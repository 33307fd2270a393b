"""What the steps of the schema run: their texts are SQLite's, and are put into the server's words on a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

from injectmap.storage.engines import is_server
from injectmap.storage.search import create_search

_TABLE_OPTIONS = re.compile(r"\)\s*(WITHOUT ROWID,\s*)?STRICT\s*$")
_TYPES = (
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
)


def execute(statement: str) -> None:
    """Run a statement that makes or drops something."""
    connection = op.get_bind()
    if is_server(connection):
        if statement.startswith("CREATE VIRTUAL TABLE"):
            create_search(connection)
            return
        statement = for_server(statement)
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def for_server(statement: str) -> str:
    """A statement that makes a table, as a server takes it."""
    if not statement.lstrip().startswith("CREATE TABLE"):
        return statement
    statement = _TABLE_OPTIONS.sub(")", statement)
    for known, there in _TYPES:
        statement = known.sub(there, statement)
    return statement


def rebuild(table: str, statement: str, copied: str, values: Mapping[str, Any] | None = None) -> None:
    """Make a table anew with all its rows: `statement` makes `<table>_new`, `copied` is selected from the old one.

    The indexes of the old table go with it. On a server those who point at it are let go meanwhile.
    """
    connection = op.get_bind()
    pointing = _let_go(connection, table) if is_server(connection) else []
    execute(statement)
    copy = f"INSERT INTO {table}_new SELECT {copied} FROM {table}"  # noqa: S608 - names of ours
    connection.execute(text(copy), dict(values or {}))
    execute(f"DROP TABLE {table}")
    execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for again in pointing:
        execute(again)


def _let_go(connection: Connection, table: str) -> list[str]:
    """Drop what points at a table and what keeps its names in the schema; return how to point at it again."""
    again = []
    for holder, name, definition in connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = CAST(:table AS regclass) AND conrelid <> confrelid"
        ),
        {"table": table},
    ).all():
        execute(f"ALTER TABLE {holder} DROP CONSTRAINT {name}")
        again.append(f"ALTER TABLE {holder} ADD CONSTRAINT {name} {definition}")
    for (name,) in connection.execute(
        text(
            "SELECT quote_ident(conname) FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = CAST(:table AS regclass)"
        ),
        {"table": table},
    ).all():
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return again
