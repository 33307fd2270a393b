"""Statements compiled once by SQLAlchemy and run by the driver, for the roads taken at every gesture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Dialect, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement


def run_bare(connection: Connection, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Run one statement on the driver's own connection and return its rows; errors come out as elsewhere."""
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        rows: list[tuple[Any, ...]] = driver.execute(sql, values).fetchall()
        return rows
    except Exception as error:  # noqa: BLE001 - whose errors they are, the engine knows
        tell = connection.get_execution_options()["tell"]
        raise tell(error) or error from None


class _Form(NamedTuple):
    """A statement as one database takes it, the order of its parameters, and those the statement itself holds."""

    sql: str
    names: tuple[str, ...]
    fixed: dict[str, Any]

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        fixed = self.fixed
        return tuple([values[name] if name in values else fixed[name] for name in self.names])


class Prepared:
    """One statement, compiled for a kind of database when it is first run on one."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None = None) -> None:
        """Keep the statement; `columns` names those that an insert or update sets."""
        assert isinstance(statement, ClauseElement)
        self._statement = statement
        self._columns = None if columns is None else list(columns)
        self._forms: dict[str, _Form] = {}

    @property
    def sql(self) -> str:
        """The text for a clinic file."""
        return self._form(sqlite.dialect()).sql

    def __call__(
        self, connection: Connection, values: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run with named values."""
        form = self._form(connection.dialect)
        return connection.exec_driver_sql(form.sql, form.row(values or {}))

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query and return bare rows.

        The driver's cursor is used inside the transaction SQLAlchemy holds: its result objects cost as much as
        the query where a whole session is read.
        """
        form = self._form(connection.dialect)
        return run_bare(connection, form.sql, form.row(values))

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run once for each mapping of values."""
        if len(rows) == 1:
            self(connection, rows[0])
        elif rows:
            form = self._form(connection.dialect)
            connection.exec_driver_sql(form.sql, [form.row(values) for values in rows])

    def _form(self, dialect: Dialect) -> _Form:
        found = self._forms.get(dialect.name)
        if found is None:
            # Places without names, on both: sqlite is made so, and the server's engine is told to be.
            compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
            assert isinstance(compiled, SQLCompiler)
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            found = _Form(str(compiled), tuple(compiled.positiontup or ()), fixed)
            self._forms[dialect.name] = found
        return found
