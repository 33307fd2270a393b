"""Puts a backup in the place of a clinic file: whole before it takes the place, and what was there is kept aside."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import secrets
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from injectmap.domain.acting import Acting
from injectmap.domain.backups import CopyKind, Head, Restored
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.keys import slot_path
from injectmap.services.files import private, to_disk
from injectmap.storage import migrations, tables
from injectmap.storage.backups import back_up, copy_beside, ledger_owner
from injectmap.storage.comparing import erased_in, present_head
from injectmap.storage.copies import Source, check_ours, copy_into, drop, log_of, opened, prove, resting
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.engine import DriverError, Mode, connect
from injectmap.storage.erasing import reapply
from injectmap.storage.ledger import ErasedLedger
from injectmap.storage.lock import FileLock, LockHeldError
from injectmap.storage.problems import problem_of
from injectmap.storage.right_place import check_clinic, check_kind, key_for

# Named before each step, for progress and for tests that end the program there.
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restoring:
    """What is restored over what, and by whom.

    `key` opens the present file, or is the backup's where there is no present file; the restored file has it.
    """

    path: Path
    key: bytes | None = field(repr=False)
    backup: Path
    backup_key: bytes | None = field(repr=False)
    acting: Acting
    at_ms: int
    # The person said that the backup may be another clinic's; heard only if the present file cannot be read.
    other_clinic: bool = False


def restore(order: Restoring, step: Step = lambda _name: None) -> Restored:
    """Restore; ended at any moment, it leaves the old or the new file, whole, and the old one is never deleted.

    Nobody may have the file open. Raises StorageProblem: `file_locked`, what `check_kind` and `check_clinic` raise,
    `backup_chain_broken`, `file_damaged` or `file_not_ours` for the backup, `disk_full`, `folder_read_only`, `migration_failed`.
    """
    path = order.path.resolve()
    lock = FileLock(path)
    try:
        lock.take()
    except LockHeldError as held:
        holder = held.holder
        raise StorageProblem(
            "file_locked", name=path.name, host=holder.host, since_ms=holder.since_ms
        ) from None
    except OSError:
        raise StorageProblem("folder_read_only", name=path.parent.name) from None
    _sweep(path)
    part = path.with_name(f"{path.name}.restoring-{secrets.token_hex(4)}.part")
    done = False
    try:
        restored = _restore(order, path, part, step)
        done = True
        return restored
    except DriverError as error:
        raise problem_of(error, path) or error from None
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StorageProblem("disk_full" if full else "folder_read_only", name=path.parent.name) from None
    finally:
        drop(part)
        # The sign of an unclean end stays as long as the file that it speaks of.
        lock.release(clean=done or not lock.was_left_behind)


def _restore(order: Restoring, path: Path, part: Path, step: Step) -> Restored:
    step("check")
    check_kind(path, order.backup)
    clinic_id, head = prove(order.backup, order.backup_key, links=None)
    there = replace(order, key=key_for(path, order.key))
    present = present_head(path, there.key) if path.exists() else None
    same = check_clinic(
        path,
        None if present is None else present[0],
        order.key,
        order.backup,
        clinic_id,
        other_clinic=order.other_clinic,
    )
    if not same:
        # Another clinic keeps its own key; that of the file that goes is kept beside the file set aside.
        order = replace(order, key=order.backup_key)
    left = None if present is None else present[1]
    gone = known_erased(path, order.backup)
    if present is not None:
        gone |= erased_in(path, there.key)
    step("copy")
    with opened(order.backup, order.backup_key, Mode.FROZEN) as raw:
        raw.execute("BEGIN")
        copy_into(raw, part, order.key)
    step("prepare")
    erased = _prepare(order, part, head, left, gone)
    step("prove")
    _, now = prove(part, order.key)
    to_disk(part)
    step("aside")
    aside = _keep_aside(there, path, readable=left is not None) if path.exists() else ""
    step("slots")
    _give_slots(order.backup, path, anew=not same)
    step("settle")
    _settle(path, there.key, readable=left is not None)
    step("replace")
    part.replace(path)
    to_disk(path.parent)
    step("done")
    return Restored(aside, erased, now)


def known_erased(path: Path, backup: Path) -> frozenset[str]:
    """Persons whom the lists beside a clinic file and beside its backups say were erased."""
    ledgers = (ErasedLedger(path).read(), ErasedLedger(ledger_owner(backup)).read())
    return frozenset(one.patient_id for ledger in ledgers for one in ledger)


def _prepare(order: Restoring, part: Path, head: Head, left: Head | None, gone: Iterable[str]) -> int:
    """Bring the copy up to date, erase in it again, and write down that it is a restored one."""
    raw = connect(part, order.key, Mode.WRITE)
    try:
        if check_ours(raw, part) < tables.SCHEMA_VERSION:
            migrations.upgrade(raw, part, to=tables.SCHEMA_VERSION, scripts=migrations.SCRIPTS)
    except BaseException:
        raw.close()
        raise
    database = ClinicDatabase(part, order.key, writer=raw, lock=None)
    try:
        with database.writing() as work:
            work.journal.append(
                order.acting,
                kind=JournalKind.RESTORE,
                subject_kind=SubjectKind.CLINIC,
                subject_id="clinic",
                payload={
                    "backup": {"number": head.number, "hash": head.hash},
                    # Null where the file that was there could not be read, or was not there.
                    "left": None if left is None else {"number": left.number, "hash": left.hash},
                },
                at_ms=order.at_ms,
            )
            work.commit()
        erased = reapply(database, order.acting, gone, order.at_ms)
    finally:
        database.close()
    # What was deleted is not left behind in free pages or in a log either.
    with opened(part, order.key, Mode.WRITE) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    return len(erased)


def _give_slots(backup: Path, path: Path, *, anew: bool) -> None:
    """A clinic without key slots gets the backup's; those that are there stay, with the passphrase of today.

    With `anew` they were another clinic's.
    """
    target, source = slot_path(path), slot_path(backup)
    if anew:
        target.unlink(missing_ok=True)
    if not target.exists():
        copy_beside(source, target)


def _keep_aside(order: Restoring, path: Path, *, readable: bool) -> str:
    """Copy what is there under another name; byte by byte, with its log, where it is damaged."""
    if readable:
        try:
            # Only looked at: its log stays as it is until the copy is there.
            source = Source(path, order.key, resting(path))
            made = back_up(source, path.parent, kind=CopyKind.BEFORE_RESTORE, at_ms=order.at_ms, links=1)
            return made.file
        except StorageProblem as problem:
            if problem.code not in ("file_damaged", "backup_not_verified"):
                raise
    stamp = dt.datetime.fromtimestamp(order.at_ms // 1000, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.stem}.before-restore-{stamp}-damaged{path.suffix}")
    for old, target in ((path, aside), (log_of(path), log_of(aside))):
        if old.exists():
            _copy_bytes(old, target)
    copy_beside(slot_path(path), slot_path(aside))
    to_disk(path.parent)
    return aside.name


def _copy_bytes(old: Path, target: Path) -> None:
    """Copy a file, however damaged, to one that its owner alone may read."""
    with old.open("rb") as source, private(target) as file:
        shutil.copyfileobj(source, file, 1024 * 1024)
    to_disk(target)


def _settle(path: Path, key: bytes | None, *, readable: bool) -> None:
    """Leave no log beside the file that goes: the database would work it into the one that comes."""
    if readable:
        with contextlib.suppress(StorageProblem, DriverError), opened(path, key, Mode.WRITE) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute("PRAGMA journal_mode = DELETE")
    for end in ("-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).unlink()
    to_disk(path.parent)


def _sweep(path: Path) -> None:
    """Take away what a restore that was ended left unfinished."""
    for part in path.parent.glob("*.part*"):
        if part.name.startswith(f"{path.name}.restoring-"):
            with contextlib.suppress(OSError):
                part.unlink()
