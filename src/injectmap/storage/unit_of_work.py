"""One transaction on a clinic's database, with the repositories that work in it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection

from injectmap.storage.accounts import StoredAccounts
from injectmap.storage.aftercare import StoredAftercare
from injectmap.storage.clinic import StoredClinic, StoredPractitioners
from injectmap.storage.engines import is_broken
from injectmap.storage.erasing import StoredErasing
from injectmap.storage.journal import StoredJournal
from injectmap.storage.patients import StoredPatients
from injectmap.storage.protocols import StoredProtocols
from injectmap.storage.records import StoredRecords
from injectmap.storage.sessions import StoredSessions
from injectmap.storage.stock import StoredStock

if TYPE_CHECKING:
    from injectmap.storage.prove import StoredProof


class StoredWork:
    """A transaction from `with` to its end; what `commit` did not make durable is rolled back.

    Between its beginning and its end the connection belongs to this unit alone.
    """

    def __init__(
        self,
        take: Callable[[], Connection],
        give_back: Callable[[Connection], None],
        stored: Callable[[int], None] | None = None,
    ) -> None:
        """Keep how to begin: `take` waits its turn and gives a connection in a transaction of its own.

        `stored` is told the journal row that a commit made durable.
        """
        self._take = take
        self._give_back = give_back
        self._stored = stored
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        """Begin, and bind the repositories to the transaction."""
        if self._connection is not None:
            raise RuntimeError("a unit of work is entered once at a time")
        connection = self._connection = self._take()
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
        self._give_back(connection)

    @property
    def proof(self) -> StoredProof:
        """The chain and what is compared with it; imported by those who want it."""
        from injectmap.storage.prove import StoredProof

        if self._connection is None:
            raise RuntimeError("no unit of work is open")
        return StoredProof(self._connection)

    @property
    def connection(self) -> Connection:
        """The transaction itself, for what works on whole tables."""
        if self._connection is None:
            raise RuntimeError("no unit of work is open")
        return self._connection

    def commit(self) -> None:
        """Make the work durable; the unit is over."""
        if self._connection is None:
            raise RuntimeError("no unit of work is open")
        if is_broken(self._connection):
            # A server would answer a commit by taking all back, and say nothing.
            raise RuntimeError("what failed in this unit of work took all of it along")
        self._connection.commit()
        if self._stored is not None and self.journal.last:
            self._stored(self.journal.last)
