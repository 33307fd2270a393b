"""What SQLite and PostgreSQL do differently, behind the same names; nothing else asks which of them it works on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Integer, Text

SQLITE = "sqlite"
SERVER = "postgresql"

# A long read on a server, such as the proof of a whole journal, may take this long.
LONG_READ_MS = 600_000
_IN_ERROR = 3


def is_server(connection: Connection) -> bool:
    """True if the connection is one to a server, and false for a clinic file."""
    return connection.dialect.name == SERVER


def is_broken(connection: Connection) -> bool:
    """True if a statement of this transaction failed and a server has given all of it up."""
    if not is_server(connection):
        return False
    driver: Any = connection.connection.driver_connection
    # libpq's PQTRANS_INERROR.
    return int(driver.pgconn.transaction_status) == _IN_ERROR


def take_time(connection: Connection) -> None:
    """Let the statements of this transaction run for minutes; on a file they may anyway."""
    if is_server(connection):
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {LONG_READ_MS}")


def put(
    connection: Connection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    where: ColumnElement[bool] | None = None,
) -> int:
    """Insert a row, or change the one with this key if `where` holds for it; return how many rows were written."""
    insert: Any
    if is_server(connection):
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    statement = insert(table).values({**key, **values})
    statement = statement.on_conflict_do_update(
        index_elements=[table.c[name] for name in key], set_=dict(values), where=where
    )
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


class json_list(FunctionElement[str]):  # noqa: N801 - stands among SQL functions
    """All values of a subquery as one JSON list, `[]` without a row."""

    name = "json_list"
    type = Text()
    inherit_cache = True


class json_row(FunctionElement[str]):  # noqa: N801
    """The columns of one row as a JSON list."""

    name = "json_row"
    type = Text()
    inherit_cache = True


class whole_sum(FunctionElement[int]):  # noqa: N801
    """A sum of whole numbers that is one itself: the server's would be a decimal."""

    name = "whole_sum"
    type = Integer()
    inherit_cache = True


@compiles(json_list)
def _list(element: json_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(json_list, SERVER)
def _list_of_server(element: json_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(coalesce(json_agg({compiler.process(element.clauses, **options)}), '[]') AS TEXT)"


@compiles(json_row)
def _row(element: json_row, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(json_row, SERVER)
def _row_of_server(element: json_row, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **options)})"


@compiles(whole_sum)
def _sum(element: whole_sum, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({compiler.process(element.clauses, **options)})"


@compiles(whole_sum, SERVER)
def _sum_of_server(element: whole_sum, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(sum({compiler.process(element.clauses, **options)}) AS BIGINT)"
