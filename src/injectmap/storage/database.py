"""One open clinic file: who may write, which connections it holds, and how it is closed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.pool import QueuePool, StaticPool

from injectmap.domain.errors import StorageProblem
from injectmap.storage.copies import KeepGoing, Pace, Source, check_whole, leave_no_log, opened
from injectmap.storage.engine import DriverError, Mode, connect, make_engine
from injectmap.storage.lock import FileLock
from injectmap.storage.statements import run_bare
from injectmap.storage.unit_of_work import StoredWork

_log = logging.getLogger(__name__)


class ClinicDatabase:
    """A clinic file from opening to closing.

    Writing: one held connection; units of work take it in turn, whatever their thread. Reading: a small pool,
    so a worker may read while the window writes; each unit sees one consistent state.
    """

    def __init__(
        self,
        path: Path,
        key: bytes | None,
        *,
        writer: Any | None,
        lock: FileLock | None,
        read_mode: Mode = Mode.WRITE,
        read_only_reason: StorageProblem | None = None,
        had_log: bool = True,
    ) -> None:
        """Take over what opening has checked: a bare writing connection with its lock, or neither of them.

        Without `had_log` there was none before it was opened for reading, and none is left behind.
        """
        self.path = path
        self.read_only_reason = read_only_reason
        self.source = Source(path, key, read_mode)
        self._lock, self._had_log = lock, had_log
        self._turn = threading.Lock()
        self._turn_of: int | None = None
        self._closed = False
        self._damaged = False
        self._readers = make_engine(
            path, lambda: self._connect_reader(key, read_mode), QueuePool, pool_size=2, max_overflow=6
        )
        self._writer: Connection | None = None
        if writer is not None:
            self._writer = make_engine(path, lambda: writer, StaticPool).connect()

    @property
    def name(self) -> str:
        """The file's name without folder and ending."""
        return self.path.stem

    @property
    def read_only(self) -> bool:
        """True if nothing can be written; `read_only_reason` says why, unless it was asked for."""
        return self._writer is None or self._damaged

    @property
    def damaged(self) -> bool:
        """True once a part of the file was found that is not as it was written; from then on it is only read."""
        return self._damaged

    @property
    def shared(self) -> bool:
        """True while another program has the file open for writing."""
        return self.read_only_reason is not None and self.read_only_reason.code == "file_locked"

    def writing(self) -> StoredWork:
        """A unit of work that holds the write lock; StorageProblem if the file is open for reading only."""
        self._check_open()
        if self.read_only:
            raise self.read_only_reason or StorageProblem("file_read_only", name=self.path.name)
        stored = self._lock.note_stored if self._lock is not None else None
        return StoredWork(self._begin_writing, self._end_writing, stored)

    def reading(self) -> StoredWork:
        """A unit of work for reading one consistent state."""
        self._check_open()
        return StoredWork(self._begin_reading, _return_to_pool)

    def check_whole(self, keep_going: KeepGoing | None = None) -> None:
        """Read every page beside those who work in it; StorageProblem("file_is_damaged"), and then only reading goes on."""
        source = self.source
        try:
            with opened(source.path, source.key, source.mode, Pace(keep_going)) as raw:
                check_whole(raw, source.path, source.key)
        except StorageProblem as problem:
            if problem.code != "file_damaged":
                raise
            raise self.mark_damaged() from None

    def mark_damaged(self) -> StorageProblem:
        """Write nothing more: what is written beside damage may be lost with it. Return what is to be said."""
        self._damaged = True
        self.read_only_reason = StorageProblem("file_is_damaged", name=self.path.name)
        return self.read_only_reason

    def compact(self) -> bool:
        """Write the file anew from what it holds, so that nothing deleted is left in it; the same of its log.

        False if somebody was reading and the log could not be cut: that is done when the file is closed.
        """
        connection = self._take_turn()
        try:
            # Built in memory, as all that is temporary.
            run_bare(connection, "VACUUM")
            ((busy, *_),) = run_bare(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
            return not busy
        finally:
            self._end_turn(connection)

    def close(self) -> None:
        """Checkpoint and release the file; never raises."""
        if self._closed:
            return
        self._closed = True
        clean = True
        for step in (self._readers.dispose, self._close_writer):
            try:
                step()
            except Exception as error:  # noqa: BLE001 - closing goes on whatever fails
                clean = False
                _log.warning("closing the clinic file: %s", type(error).__name__)
        if not self._had_log:
            leave_no_log(self.path, self.source.key)
        if self._lock is not None:
            self._lock.release(clean=clean)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the clinic file is closed")

    def _connect_reader(self, key: bytes | None, mode: Mode) -> Any:
        connection = connect(self.path, key, mode)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _close_writer(self) -> None:
        if self._writer is None:
            return
        # Work in progress is waited for, unless it is our own: that is rolled back.
        own = self._turn_of == threading.get_ident()
        if not own:
            self._turn.acquire()
        try:
            self._writer.rollback()
            self._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._writer.close()
            self._writer.engine.dispose()
            if not own:
                self._turn.release()

    def _take_turn(self) -> Connection:
        if self._turn_of == threading.get_ident():
            raise RuntimeError("this thread already has a writing unit of work")
        self._turn.acquire()
        self._turn_of = threading.get_ident()
        assert self._writer is not None
        return self._writer

    def _end_turn(self, _connection: Connection) -> None:
        self._turn_of = None
        self._turn.release()

    def _begin_writing(self) -> Connection:
        connection = self._take_turn()
        try:
            _begin(connection, "BEGIN IMMEDIATE")
        except BaseException:
            self._end_writing(connection)
            raise
        return connection

    def _end_writing(self, connection: Connection) -> None:
        try:
            connection.rollback()
        finally:
            self._end_turn(connection)

    def _begin_reading(self) -> Connection:
        connection = self._readers.connect()
        try:
            _begin(connection, "BEGIN")
        except BaseException:
            _return_to_pool(connection)
            raise
        return connection


def _begin(connection: Connection, how: str) -> None:
    # SQLAlchemy notes a transaction and leaves the driver's to us.
    if not connection.in_transaction():
        connection.begin()
    run_bare(connection, how)


def _return_to_pool(connection: Connection) -> None:
    try:
        connection.rollback()
    finally:
        connection.close()


__all__ = ["ClinicDatabase", "DriverError"]
