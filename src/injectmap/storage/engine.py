"""Connects to a clinic file through sqlcipher3, keyed or as a marked demo, and hands out SQLAlchemy engines."""

from __future__ import annotations

import errno
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import Pool

from injectmap.domain.errors import StorageProblem
from injectmap.services.files import make_private
from injectmap.storage.problems import problem_of

PLAIN_HEAD = b"SQLite format 3\0"
KEY_BYTES = 32
# The window waits this long for another process before it says so.
BUSY_MS = 2_000

DriverError = sqlcipher.Error


class Mode(StrEnum):
    """How a file is opened; none of them makes a new file but `CREATE`."""

    WRITE = "rw"
    READ = "ro"
    CREATE = "rwc"
    # For a file in a folder that cannot be written and that nobody has open.
    FROZEN = "ro&immutable=1"


def connect(path: Path, key: bytes | None, mode: Mode) -> Any:
    """Return a bare connection with the key set and the safety pragmas on; nothing has been read yet.

    Isolation is left to us (`isolation_level = None`), so that schema changes and pragmas roll back too.
    """
    uri = f"file:{quote(path.resolve().as_posix())}?mode={mode.value}"
    try:
        if mode is Mode.CREATE:
            make_private(path)
        connection = sqlcipher.connect(uri, uri=True, check_same_thread=False, timeout=BUSY_MS / 1000)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise StorageProblem("disk_full" if full else "folder_read_only", name=path.parent.name) from None
    except sqlcipher.Error as error:
        raise problem_of(error, path) or error from None
    try:
        connection.isolation_level = None
        if key is not None:
            _set_key(connection, key)
        for pragma in (
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_MS}",
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            # Else INSERT OR REPLACE deletes past the guards.
            "recursive_triggers = ON",
            "synchronous = FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if mode is not Mode.WRITE and mode is not Mode.CREATE:
            connection.execute("PRAGMA query_only = ON")
    except BaseException as error:
        connection.close()
        if problem := problem_of(error, path):
            raise problem from None
        raise
    return connection


def bad_pages(path: Path, key: bytes) -> int:
    """How many pages of a file were not sealed with this key as they lie; counted even if the first one is not."""
    uri = f"file:{quote(path.resolve().as_posix())}?mode={Mode.FROZEN.value}"
    connection = sqlcipher.connect(uri, uri=True)
    try:
        _set_key(connection, key)
        return sum(1 for _ in connection.execute("PRAGMA cipher_integrity_check"))
    finally:
        connection.close()


def _set_key(connection: Any, key: bytes) -> None:
    """Give the raw data key; without a cipher in the library the data would go to disk in the clear."""
    if len(key) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    version = connection.execute("PRAGMA cipher_version").fetchone()
    if not version or not version[0]:
        raise StorageProblem("encryption_missing")
    # Else a damaged page is written to the terminal; our own fault says it.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")


def make_engine(path: Path, creator: Callable[[], Any], pool: type[Pool], **pool_options: Any) -> Engine:
    """Return an engine whose errors come out as StorageProblem and never carry a parameter."""
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=creator,
        poolclass=pool,
        hide_parameters=True,
        execution_options={"tell": lambda error: problem_of(error, path)},
        **pool_options,
    )

    @event.listens_for(engine, "handle_error", retval=True)
    def tell(context: ExceptionContext) -> StorageProblem | None:
        return problem_of(context.original_exception, path)

    return engine
