"""Statements compiled once by SQLAlchemy and run by the driver, for the roads taken at every gesture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from injectmap.storage.engine import DriverError
from injectmap.storage.problems import problem_of

_DIALECT = sqlite.dialect()


def run_bare(connection: Connection, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Run one statement on the driver's own connection and return its rows; errors come out as elsewhere."""
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        rows: list[tuple[Any, ...]] = driver.execute(sql, values).fetchall()
        return rows
    except DriverError as error:
        path = connection.get_execution_options()["clinic_path"]
        raise problem_of(error, path) or error from None


class Prepared:
    """One statement as text and the order of its named parameters."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None = None) -> None:
        """Compile; `columns` names those that an insert or update sets."""
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=_DIALECT, column_keys=None if columns is None else list(columns))
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self.names: tuple[str, ...] = tuple(compiled.positiontup or ())
        # Values that the statement itself holds, such as a constant or a limit.
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def __call__(
        self, connection: Connection, values: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run with named values."""
        return connection.exec_driver_sql(self.sql, self._row(values or {}))

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query and return bare rows.

        The driver's cursor is used inside the transaction SQLAlchemy holds: its result objects cost as much as
        the query where a whole session is read.
        """
        return run_bare(connection, self.sql, self._row(values))

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run once for each mapping of values."""
        if len(rows) == 1:
            self(connection, rows[0])
        elif rows:
            connection.exec_driver_sql(self.sql, [self._row(values) for values in rows])

    def _row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        fixed = self._fixed
        return tuple([values[name] if name in values else fixed[name] for name in self.names])
