"""One transaction on a clinic file, with the repositories that work in it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from injectmap.storage.accounts import StoredAccounts
from injectmap.storage.aftercare import StoredAftercare
from injectmap.storage.clinic import StoredClinic, StoredPractitioners
from injectmap.storage.erasing import StoredErasing
from injectmap.storage.journal import StoredJournal
from injectmap.storage.patients import StoredPatients
from injectmap.storage.protocols import StoredProtocols
from injectmap.storage.records import StoredRecords
from injectmap.storage.sessions import StoredSessions
from injectmap.storage.statements import run_bare
from injectmap.storage.stock import StoredStock


class StoredWork:
    """A transaction from `with` to its end; what `commit` did not make durable is rolled back.

    `take` gives the connection at the start and `give_back` returns it; between them it belongs to this
    unit alone.
    """

    def __init__(
        self, begin: str, take: Callable[[], Connection], give_back: Callable[[Connection], None]
    ) -> None:
        """Keep how to begin; the connection is taken on entering."""
        self._begin = begin
        self._take = take
        self._give_back = give_back
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        """Begin, and bind the repositories to the transaction."""
        if self._connection is not None:
            raise RuntimeError("a unit of work is entered once at a time")
        connection = self._take()
        try:
            # SQLAlchemy notes a transaction and leaves the driver's to us.
            if not connection.in_transaction():
                connection.begin()
            run_bare(connection, self._begin)
        except BaseException:
            connection.rollback()
            self._give_back(connection)
            raise
        self._connection = connection
        self.patients = StoredPatients(connection)
        self.sessions = StoredSessions(connection)
        self.practitioners = StoredPractitioners(connection)
        self.journal = StoredJournal(connection)
        self.clinic = StoredClinic(connection)
        self.records = StoredRecords(connection)
        self.stock = StoredStock(connection)
        self.protocols = StoredProtocols(connection)
        self.aftercare = StoredAftercare(connection)
        self.erasing = StoredErasing(connection)
        self.accounts = StoredAccounts(connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back what was not committed."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.rollback()
        finally:
            self._give_back(connection)

    def commit(self) -> None:
        """Make the work durable; the unit is over."""
        if self._connection is None:
            raise RuntimeError("no unit of work is open")
        self._connection.commit()
