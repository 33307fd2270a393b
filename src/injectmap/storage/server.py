"""One clinic on a PostgreSQL server: the same surface as a clinic file, shared by several rooms."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Connection
from sqlalchemy.pool import QueuePool

from injectmap.domain.errors import StorageProblem
from injectmap.storage.server_engine import make_engine
from injectmap.storage.server_problems import LOST, problem_of
from injectmap.storage.tables import SCHEMA_VERSION, revision_id
from injectmap.storage.unit_of_work import StoredWork

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# In one message: who writes holds the journal's end from the first statement on, and sees all that was written
# before. The schema is asked for too: a program of another version may have changed it since we opened.
_WRITE = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SELECT version.version_num FROM chain_head AS head, alembic_version AS version FOR UPDATE OF head"
)


class ServerDatabase:
    """A clinic on a server from opening to closing; a lost connection is made again by the next unit of work.

    Writing: units of work of this program take it in turn, and programs take it in turn at the journal's end.
    Reading: each unit sees one consistent state and waits for nobody.
    """

    def __init__(self, url: URL, name: str, *, read_only_reason: StorageProblem | None = None) -> None:
        """Take over what opening has checked."""
        self.read_only_reason = read_only_reason
        self._name = name
        self._engine = make_engine(url, QueuePool, pool_size=3, max_overflow=6)
        self._turn = threading.Lock()
        self._turn_of: int | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """The name of the database."""
        return self._name

    @property
    def read_only(self) -> bool:
        """True if nothing can be written; `read_only_reason` says why."""
        return self.read_only_reason is not None

    @property
    def shared(self) -> bool:
        """Other rooms may write at any time."""
        return True

    def writing(self) -> StoredWork:
        """A unit of work that holds the journal's end; StorageProblem if the clinic is open for reading only."""
        self._check_open()
        if self.read_only_reason is not None:
            raise self.read_only_reason
        return StoredWork(self._begin_writing, self._end_writing)

    def reading(self) -> StoredWork:
        """A unit of work for reading one consistent state."""
        self._check_open()
        return StoredWork(lambda: self._begin(_READ)[0], _give_back)

    @property
    def damaged(self) -> bool:
        """Never known here: a server looks after its own pages."""
        return False

    def check_whole(self, keep_going: Callable[[], None] | None = None) -> None:
        """Nothing to read: the pages are the server's."""

    def mark_damaged(self) -> StorageProblem:
        """What is to be said; whether it writes is the server's to decide."""
        return StorageProblem("file_is_damaged", name=self.name)

    def compact(self) -> bool:
        """False: what was deleted goes when the server next tidies up, which its owner may ask for."""
        return False

    def close(self) -> None:
        """Let go of all connections; never raises."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(Exception):
            self._engine.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the clinic is closed")

    def _begin_writing(self) -> Connection:
        if self._turn_of == threading.get_ident():
            raise RuntimeError("this thread already has a writing unit of work")
        self._turn.acquire()
        try:
            connection, rows = self._begin(_WRITE)
            try:
                _check_schema(rows)
            except BaseException:
                _give_back(connection)
                raise
        except BaseException:
            self._turn.release()
            raise
        self._turn_of = threading.get_ident()
        return connection

    def _end_writing(self, connection: Connection) -> None:
        try:
            _give_back(connection)
        finally:
            self._turn_of = None
            self._turn.release()

    def _begin(self, how: str) -> tuple[Connection, list[Any]]:
        """Begin on a connection of the pool; one that died while it lay there is replaced, once."""
        for again in (True, False):
            connection = self._engine.connect()
            try:
                connection.begin()
                return connection, _run(connection, how)
            except StorageProblem as problem:
                _give_back(connection)
                if problem.code != LOST or not again:
                    raise
                # The others were lost with it.
                self._engine.dispose()
            except BaseException:
                _give_back(connection)
                raise
        raise AssertionError


def _run(connection: Connection, statements: str) -> list[Any]:
    """Run statements in one message and return the rows of the last."""
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.execute(statements)
        while cursor.nextset():
            pass
        return [] if cursor.description is None else cursor.fetchall()
    except Exception as error:  # noqa: BLE001 - whose errors they are, `problem_of` knows
        raise problem_of(error) or error from None


def _check_schema(rows: list[Any]) -> None:
    if not rows:
        raise StorageProblem("server_damaged")
    ((found,),) = rows
    if found != revision_id(SCHEMA_VERSION):
        raise StorageProblem("server_newer", version=int(found), known=SCHEMA_VERSION)


def _give_back(connection: Connection) -> None:
    """Roll back and return to the pool; a connection that cannot even do that is thrown away."""
    try:
        connection.rollback()
    except Exception:  # noqa: BLE001 - what was wrong has been told by the statement before
        connection.invalidate()
    finally:
        connection.close()
