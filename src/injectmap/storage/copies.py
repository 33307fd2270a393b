"""Bare clinic files that nobody works in: copied in steps, opened to prove a copy, read for what they hold."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.pool import StaticPool

from injectmap.domain.backups import Head
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import GENESIS, JournalKind, JournalRow, SubjectKind, check_chain
from injectmap.services.files import to_disk
from injectmap.storage import tables
from injectmap.storage.engine import DriverError, Mode, connect, make_engine
from injectmap.storage.engines import is_server
from injectmap.storage.problems import problem_of
from injectmap.storage.tables import chain_head, file_mark, journal

# A step of a copy is this many pages; between steps the work may be called off.
STEP_PAGES = 256
# The latest links of a chain that are recomputed in every copy.
LINKS = 500
_INSTRUCTIONS = 100_000

# Called between steps; raises to stop.
KeepGoing = Callable[[], None]
_INTERRUPTED = 9
# A page may be half written by a checkpoint at the moment it is read.
_AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class Source:
    """A clinic file to be read beside those who work in it."""

    path: Path
    key: bytes | None = field(repr=False)
    mode: Mode = Mode.WRITE


class Pace:
    """Lets long statements and copies of a connection be called off."""

    def __init__(self, keep_going: KeepGoing | None) -> None:
        """`keep_going` is called now and then and raises to stop."""
        self._keep_going = keep_going
        self._stopped: BaseException | None = None

    def watch(self, raw: Any) -> None:
        """Ask during each statement of a connection."""
        if self._keep_going is not None:
            raw.set_progress_handler(self._handler, _INSTRUCTIONS)

    def check(self, *_left: int) -> None:
        """Raise what called it off."""
        if self._stopped is not None:
            raise self._stopped
        if self._keep_going is not None:
            self._keep_going()

    def _handler(self) -> int:
        try:
            self.check()
        except Exception as error:  # noqa: BLE001 - handed on by `check`; SQLite would swallow it
            self._stopped = error
            return 1
        return 0


@contextlib.contextmanager
def opened(path: Path, key: bytes | None, mode: Mode, pace: Pace | None = None) -> Iterator[Any]:
    """A bare connection, closed at the end; driver errors come out as StorageProblem."""
    raw = None
    try:
        raw = connect(path, key, mode)
        if pace is not None:
            pace.watch(raw)
        yield raw
    except DriverError as error:
        if pace is not None:
            pace.check()
        raise problem_of(error, path) or error from None
    finally:
        if raw is not None:
            raw.close()


def core(raw: Any, path: Path) -> Connection:
    """A connection of SQLAlchemy upon a bare one, which stays the caller's to close; its end is a rollback."""
    return make_engine(path, lambda: raw, StaticPool).connect()


def resting(path: Path) -> Mode:
    """How a file that nobody has open is read without leaving anything beside it."""
    return Mode.READ if log_of(path).exists() else Mode.FROZEN


def log_of(path: Path) -> Path:
    """The write-ahead log of a file."""
    return path.with_name(f"{path.name}-wal")


def leave_no_log(path: Path, key: bytes | None) -> None:
    """Take away the empty log that reading has made; not if somebody has the file open, which SQLite knows, nor one that holds anything."""
    with contextlib.suppress(StorageProblem, DriverError, OSError):
        if log_of(path).stat().st_size == 0:
            with opened(path, key, Mode.WRITE) as raw:
                # Only who has looked into the file puts its log away on closing.
                raw.execute("PRAGMA user_version").fetchone()


def check_ours(raw: Any, path: Path) -> int:
    """Return the schema version; StorageProblem if the file is not a clinic of ours or newer than we are."""
    (application_id,) = raw.execute("PRAGMA application_id").fetchone()
    (version,) = raw.execute("PRAGMA user_version").fetchone()
    if application_id != tables.APPLICATION_ID or version < 1:
        raise StorageProblem("file_not_ours", name=path.name)
    if version > tables.SCHEMA_VERSION:
        raise StorageProblem("file_newer", name=path.name, version=version, known=tables.SCHEMA_VERSION)
    return int(version)


def check_whole(raw: Any, path: Path, key: bytes | None) -> None:
    """Read every page; `file_damaged` if one is not as it was written."""
    try:
        # Without a key nothing seals a page: the rows are compared with their indexes too.
        how = "integrity_check" if key is None else "quick_check"
        whole = raw.execute(f"PRAGMA {how}(1)").fetchone() == ("ok",)
        if whole and key is not None and _has_damaged_page(raw):
            time.sleep(_AGAIN_S)
            whole = not _has_damaged_page(raw)
    except DriverError as error:
        if getattr(error, "sqlite_errorcode", None) == _INTERRUPTED:
            raise
        whole = False
    if not whole:
        raise StorageProblem("file_damaged", name=path.name)


def check_pages(connection: Connection) -> None:
    """`check_whole` of the file behind a connection; a server looks after its own pages."""
    if is_server(connection):
        return
    raw: Any = connection.connection.driver_connection
    keyed = raw.execute("PRAGMA cipher_status").fetchone() == ("1",)
    (_, _, file), *_ = raw.execute("PRAGMA database_list")
    check_whole(raw, Path(file), b"" if keyed else None)


def _has_damaged_page(raw: Any) -> bool:
    """Look also at pages that nothing uses, which a copy would meet."""
    return raw.execute("PRAGMA cipher_integrity_check").fetchone() is not None


def head_of(connection: Connection) -> Head:
    """The last row of the journal as the one row that names it says."""
    number, digest = connection.execute(select(chain_head.c.number, chain_head.c.hash)).one()
    return Head(number, digest)


def clinic_id_of(connection: Connection) -> str:
    """The id that a clinic file is made with and keeps."""
    return str(connection.execute(select(file_mark.c.clinic_id)).scalar_one())


def links_hold(connection: Connection, head: Head, *, links: int | None = LINKS) -> bool:
    """True if the last rows of the journal, or with None all of them, link up to the head."""
    after = 0 if links is None else max(0, head.number - links)
    previous = GENESIS
    if after:
        found = connection.execute(select(journal.c.hash).where(journal.c.number == after)).scalar()
        if found is None:
            return False
        previous = found
    rows = connection.execute(
        select(journal).where(journal.c.number > after).order_by(journal.c.number),
        execution_options={"yield_per": 1000},
    )
    last = [previous]

    def read() -> Iterator[JournalRow]:
        for number, at_ms, who, where, about, subject_id, kind, *rest in rows:
            row = JournalRow(
                number, at_ms, who, where, SubjectKind(about), subject_id, JournalKind(kind), *rest
            )
            last[0] = row.hash
            yield row

    if check_chain(read(), after=after, previous=previous) is not None or last[0] != head.hash:
        return False
    return bool(connection.execute(select(func.max(journal.c.number))).scalar() == (head.number or None))


def prove(
    path: Path,
    key: bytes | None,
    *,
    head: Head | None = None,
    links: int | None = LINKS,
    pace: Pace | None = None,
) -> tuple[str, Head]:
    """Open a copy as a restore would and check it: ours, whole, the chain; return the clinic's id and the head.

    Raises StorageProblem `file_damaged`, `file_not_ours`, `file_newer`; `backup_other_head` if it does not end
    at the given row; `backup_chain_broken`.
    """
    with opened(path, key, resting(path), pace) as raw:
        check_ours(raw, path)
        check_whole(raw, path, key)
        with core(raw, path) as connection:
            found = head_of(connection)
            if head is not None and found != head:
                raise StorageProblem("backup_other_head", name=path.name)
            if not links_hold(connection, found, links=links):
                raise StorageProblem("backup_chain_broken", name=path.name)
            return clinic_id_of(connection), found


def copy_into(raw: Any, part: Path, key: bytes | None, pace: Pace | None = None) -> None:
    """Copy all that a connection sees into a new file, which holds everything itself and is on the disk at the end.

    A connection inside a reading transaction copies that one state, while others go on writing: without it every
    commit of another connection would begin the copy anew.
    """
    copy = connect(part, key, Mode.CREATE)
    try:
        raw.backup(copy, pages=STEP_PAGES, progress=None if pace is None else pace.check)
        # One file: a copy in write-ahead mode could not be read from a folder that cannot be written.
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    to_disk(part)


def drop(path: Path) -> None:
    """Take away a file that was not finished, with its journal and log."""
    for left in (path, *(path.with_name(path.name + end) for end in ("-journal", "-wal", "-shm"))):
        with contextlib.suppress(OSError):
            left.unlink()
