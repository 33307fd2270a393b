"""Opens and creates clinic files: every check stands before the first change, and no failure makes a new file."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy.pool import StaticPool

from injectmap.domain.errors import StorageProblem
from injectmap.domain.ids import new_id
from injectmap.domain.keys import slot_path
from injectmap.domain.settings import ClinicSettings
from injectmap.services.files import PRIVATE, to_disk
from injectmap.services.moved import why_moved
from injectmap.storage import migrations, tables
from injectmap.storage.backups import back_up_before_upgrade
from injectmap.storage.copies import leave_no_log
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.engine import PLAIN_HEAD, DriverError, Mode, connect, make_engine
from injectmap.storage.layout import begin_clinic, make_tables
from injectmap.storage.lock import FileLock, LockHeldError
from injectmap.storage.problems import problem_of
from injectmap.storage.triggers import create_triggers

_APPLICATION_ID_AT = slice(68, 72)
_HEAD_BYTES = 100
_PAGE_BYTES = 4096


def open_clinic(path: Path, *, key: bytes | None = None, read_only: bool = False) -> ClinicDatabase:
    """Open a clinic file, bringing an older one up to date after a backup.

    Raises StorageProblem: `file_missing`, `file_not_ours`, `not_a_demo`, `file_not_encrypted`, `file_newer`,
    `file_damaged`, `file_needs_upgrade`, `migration_failed`, `file_not_reachable`, `disk_full`. A file that was moved,
    that another program has open, that cannot be written, or whose last stored entries are missing, is opened for
    reading and says why in `read_only_reason`.
    """
    # One file has one lock, whatever name it was reached by.
    path = path.resolve()
    _check_head(path, key)
    reason: StorageProblem | None = None
    lock: FileLock | None = None
    if not read_only:
        reason = why_moved(path) or _why_not_writable(path)
        read_only = reason is not None
    if not read_only:
        _identify(path, key)
        lock = FileLock(path)
        try:
            lock.take()
        except LockHeldError as held:
            holder = held.holder
            reason = StorageProblem("file_locked", name=path.name, host=holder.host, since_ms=holder.since_ms)
        except OSError:
            # The folder cannot be written, or lies where locks cannot be had.
            reason = StorageProblem("file_read_only", name=path.name)
        if reason is None:
            try:
                return _open_for_writing(path, key, lock)
            except StorageProblem as problem:
                if problem.code != "entries_missing":
                    raise
                # Read as it lies, with nothing written to it: what is left of the log may be all there is.
                reason = problem
    return _open_for_reading(path, key, reason)


def is_encrypted(path: Path) -> bool:
    """True if a file may be an encrypted clinic, false for a plain one; StorageProblem for what is neither."""
    _check_head(path, None, encrypted=True)
    with path.open("rb") as file:
        return file.read(len(PLAIN_HEAD)) != PLAIN_HEAD


def create_clinic(
    path: Path, settings: ClinicSettings, *, key: bytes | None = None, clinic_id: str | None = None
) -> ClinicDatabase:
    """Make a new clinic file and open it; an existing file is refused, and a failure leaves nothing behind.

    Without a key only a demo can be made, and says so in the file itself. With one every byte of it is written
    keyed. `clinic_id` is given where the key's slots name it already.
    """
    if key is None and not settings.demo:
        raise StorageProblem("file_needs_key", name=path.name)
    if path.exists():
        raise StorageProblem("file_exists", name=path.name)
    if not path.parent.is_dir():
        raise StorageProblem("folder_missing", name=path.parent.name)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        # SQLite gives its log and its shared memory the same rights.
        part.touch(mode=PRIVATE, exist_ok=False)
        raw = connect(part, key, Mode.WRITE)
        try:
            _lay_out(raw, part, settings, clinic_id or new_id())
        finally:
            raw.close()
        move_to_free_name(part, path)
    except DriverError as error:
        raise problem_of(error, path) or error from None
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise StorageProblem("disk_full" if full else "folder_read_only", name=path.parent.name) from None
    finally:
        for left in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
            with contextlib.suppress(OSError):
                left.unlink()
    return open_clinic(path, key=key)


def _lay_out(raw: Any, path: Path, settings: ClinicSettings, clinic_id: str) -> None:
    """Make tables, search index and guards, mark the file as ours, and stamp it with the present schema."""
    raw.execute("PRAGMA journal_mode = DELETE")
    with make_engine(path, lambda: raw, StaticPool).connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        make_tables(connection)
        begin_clinic(connection, settings, clinic_id)
        create_triggers(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {tables.APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {tables.SCHEMA_VERSION}")
        connection.commit()
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def move_to_free_name(part: Path, path: Path) -> None:
    """Rename without ever replacing a file that has come to be meanwhile."""
    try:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:
            # No hard links here; Windows refuses to rename onto an existing file by itself.
            if path.exists():
                raise FileExistsError from None
            part.rename(path)
    except FileExistsError:
        raise StorageProblem("file_exists", name=path.name) from None
    with contextlib.suppress(OSError):
        # Not every system lets a folder be synced.
        to_disk(path.parent)


def _check_head(path: Path, key: bytes | None, *, encrypted: bool = False) -> None:
    """Refuse by its first bytes what is plainly not a clinic file, before SQLite touches it.

    `encrypted` asks only whether it may be one: whole pages, or with slots beside it, damaged as it may be.
    """
    try:
        if path.is_dir():
            raise StorageProblem("file_not_ours", name=path.name)
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise StorageProblem("file_missing", name=path.name) from None
    except OSError:
        raise StorageProblem("file_not_reachable", name=path.name) from None
    if not head:
        # A clinic file is never empty: something took its contents away.
        raise StorageProblem("file_damaged", name=path.name)
    if not head.startswith(PLAIN_HEAD):
        may_be = key is not None
        if encrypted:
            may_be = path.stat().st_size % _PAGE_BYTES == 0 or slot_path(path).exists()
        if not may_be:
            raise StorageProblem("file_not_ours", name=path.name)
        return
    if int.from_bytes(head[_APPLICATION_ID_AT], "big") != tables.APPLICATION_ID:
        raise StorageProblem("file_not_ours", name=path.name)
    if key is not None:
        raise StorageProblem("file_not_encrypted", name=path.name)


def _why_not_writable(path: Path) -> StorageProblem | None:
    try:
        with path.open("r+b"):
            return None
    except OSError:
        return StorageProblem("file_read_only", name=path.name)


def _identify(path: Path, key: bytes | None, *, whole: bool = False) -> int:
    """Check that the file is ours, not newer and, if asked, whole; return its schema version.

    Looking leaves the file and its log as they are: a connection that may write would work the log of a
    killed program into the file when it closes, even into one that is then refused.
    """
    raw = connect(path, key, Mode.READ if _log_of(path).exists() else Mode.FROZEN)
    try:
        version = _check_identity(raw, path, key)
        if whole:
            _check_whole(raw, path)
        return version
    finally:
        raw.close()


def _check_identity(raw: Any, path: Path, key: bytes | None) -> int:
    """Return the schema version of a file that is ours; StorageProblem if it is not, or newer than we are."""
    try:
        (application_id,) = raw.execute("PRAGMA application_id").fetchone()
        (version,) = raw.execute("PRAGMA user_version").fetchone()
        if application_id != tables.APPLICATION_ID or version < 1:
            raise StorageProblem("file_not_ours", name=path.name)
        if version > tables.SCHEMA_VERSION:
            raise StorageProblem("file_newer", name=path.name, version=version, known=tables.SCHEMA_VERSION)
        if key is None and raw.execute("SELECT demo FROM file_mark").fetchone() != (1,):
            raise StorageProblem("not_a_demo", name=path.name)
    except DriverError as error:
        raise problem_of(error, path) or StorageProblem("file_damaged", name=path.name) from None
    return int(version)


def _open_for_writing(path: Path, key: bytes | None, lock: FileLock) -> ClinicDatabase:
    raw = None
    try:
        version = _identify(path, key, whole=lock.was_left_behind or _has_log(path))
        if lock.stored_before:
            _check_all_there(path, key, lock.stored_before)
        raw = connect(path, key, Mode.WRITE)
        raw.execute("PRAGMA journal_mode = WAL")
        if version < tables.SCHEMA_VERSION:
            back_up_before_upgrade(raw, path, key)
            migrations.upgrade(raw, path, to=tables.SCHEMA_VERSION, scripts=migrations.SCRIPTS)
        return ClinicDatabase(path, key, writer=raw, lock=lock)
    except BaseException as error:
        if raw is not None:
            raw.close()
        # The lock file stays if the last end was unclean: the next opening has to check again.
        lock.release(clean=not lock.was_left_behind)
        if isinstance(error, DriverError):
            raise problem_of(error, path) or error from None
        raise


def _check_whole(raw: Any, path: Path) -> None:
    """Read the whole file after an unclean end; StorageProblem if a page of it is damaged."""
    try:
        whole = raw.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except DriverError:
        whole = False
    if not whole:
        raise StorageProblem("file_damaged", name=path.name)


def _check_all_there(path: Path, key: bytes | None, stored: int) -> None:
    """StorageProblem if the journal ends before a row that was noted as stored: SQLite drops a damaged log unsaid."""
    raw = connect(path, key, Mode.READ if _log_of(path).exists() else Mode.FROZEN)
    try:
        (number,) = raw.execute("SELECT number FROM chain_head").fetchone()
    finally:
        raw.close()
    if number < stored:
        raise StorageProblem("entries_missing", name=path.name, last=number, stored=stored)


def _open_for_reading(path: Path, key: bytes | None, reason: StorageProblem | None) -> ClinicDatabase:
    version = _identify(path, key)
    mode, had_log = Mode.READ, _log_of(path).exists()
    try:
        _read_in(path, key, mode)
    except StorageProblem as problem:
        # A write-ahead database asks for a shared-memory file that a closed folder cannot give. Only when no
        # log is left over may it be read as it lies, or the latest work would silently be missing.
        if problem.code not in ("file_not_reachable", "file_read_only") or _has_log(path):
            raise
        mode = Mode.FROZEN
    if version < tables.SCHEMA_VERSION:
        if not had_log:
            leave_no_log(path, key)
        raise StorageProblem("file_needs_upgrade", name=path.name)
    return ClinicDatabase(
        path, key, writer=None, lock=None, read_mode=mode, read_only_reason=reason, had_log=had_log
    )


def _read_in(path: Path, key: bytes | None, mode: Mode) -> None:
    raw = connect(path, key, mode)
    try:
        _check_identity(raw, path, key)
    finally:
        raw.close()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_log(path: Path) -> bool:
    log = _log_of(path)
    return log.exists() and log.stat().st_size > 0
