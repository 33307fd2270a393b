"""Copies an open clinic through the database's own backup call, and opens the copy to prove it."""

from __future__ import annotations

import contextlib
import errno
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from injectmap.domain.backup_plan import Made
from injectmap.domain.backups import Backup, CopyKind, mark_of, read_name
from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import slot_path
from injectmap.services.files import put_whole, to_disk
from injectmap.storage.copies import (
    LINKS,
    KeepGoing,
    Pace,
    Source,
    check_whole,
    clinic_id_of,
    copy_into,
    core,
    drop,
    head_of,
    opened,
    prove,
)
from injectmap.storage.engine import DriverError
from injectmap.storage.ledger import ledger_path
from injectmap.storage.problems import problem_of

# What is left free on a disk beyond the copy itself.
_SPARE_BYTES = 1_000_000


def back_up(
    source: Source,
    folder: Path,
    *,
    kind: CopyKind = CopyKind.BACKUP,
    at_ms: int,
    links: int | None = LINKS,
    keep_going: KeepGoing | None = None,
) -> Made:
    """Write a verified copy of a clinic, open or not, into a folder that is there; nothing half is left.

    The writer is not held up: one state is copied while others go on writing. `links` is how many of the last
    links of the journal are recomputed in the copy, None for all. What `keep_going` raises is handed on.

    Raises StorageProblem `file_damaged` (none is made of a damaged file), `backup_folder_missing`,
    `backup_folder_read_only`, `backup_disk_full`, `backup_not_verified`, `backup_not_written`.
    """
    pace = Pace(keep_going)
    try:
        with opened(source.path, source.key, source.mode, pace) as raw:
            raw.execute("PRAGMA query_only = ON")
            return _back_up(raw, source.path, source.key, folder, kind, at_ms, links, pace)
    except StorageProblem as problem:
        if problem.code == "storage_failed":
            raise _folder_problem(folder) or problem from None
        raise
    except OSError as error:
        raise _folder_problem(folder, error) or StorageProblem(
            "backup_not_written", name=str(folder)
        ) from None


def back_up_before_upgrade(raw: Any, path: Path, key: bytes | None) -> Path:
    """Copy a file beside itself before it is brought up to date; return the copy's path.

    `raw` is the connection that will do so, outside any transaction.
    """
    try:
        made = _back_up(
            raw,
            path,
            key,
            path.parent,
            CopyKind.BEFORE_UPGRADE,
            time.time_ns() // 1_000_000,
            LINKS,
            Pace(None),
        )
    except DriverError as error:
        raise problem_of(error, path) or error from None
    except OSError as error:
        problem = _folder_problem(path.parent, error)
        raise problem or StorageProblem("backup_not_written", name=str(path.parent)) from None
    return path.parent / made.file


def _back_up(
    raw: Any,
    path: Path,
    key: bytes | None,
    folder: Path,
    kind: CopyKind,
    at_ms: int,
    links: int | None,
    pace: Pace,
) -> Made:
    if problem := _folder_problem(folder):
        raise problem
    with core(raw, path) as connection:
        # One state, from here to the end of the copy.
        raw.execute("BEGIN")
        head, clinic_id = head_of(connection), clinic_id_of(connection)
        check_whole(raw, path, key)
        pages, size = (
            int(raw.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
        )
        if shutil.disk_usage(folder).free < pages * size + _SPARE_BYTES:
            raise StorageProblem("backup_disk_full", name=str(folder))
        backup = Backup(at_ms // 1000 * 1000, head.number, mark_of(clinic_id), kind, path.stem)
        kept = folder / backup.file_name
        _sweep(folder, mark_of(clinic_id))
        part = folder / f"{kept.name}.{secrets.token_hex(4)}.part"
        try:
            with _telling(folder):
                copy_into(raw, part, key, pace)
            try:
                prove(part, key, head=head, links=links, pace=pace)
            except StorageProblem as problem:
                pace.check()
                # The source has been read whole just now: it is the disk of the copy that fails.
                raise _folder_problem(folder) or StorageProblem(
                    "backup_not_verified", name=str(folder)
                ) from problem
            copy_beside(slot_path(path), slot_path(kept))
            # Beside all backups of this clinic, so that even the oldest knows who was erased since.
            copy_beside(ledger_path(path), ledger_path(ledger_owner(kept)))
            part.replace(kept)
            to_disk(folder)
        finally:
            drop(part)
    return Made(kept.name, at_ms, head, kept.stat().st_size)


@contextlib.contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """What fails while the copy is written is the folder's fault, not the clinic's."""
    try:
        yield
    except (DriverError, OSError, StorageProblem) as error:
        if isinstance(error, StorageProblem) and error.code not in _OF_FOLDER:
            raise
        # A copy's result codes do not reach us, only their text.
        full = _FULL_TEXT in str(error) or getattr(error, "code", "") == "disk_full"
        if full or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
            raise StorageProblem("backup_disk_full", name=str(folder)) from None
        known = _folder_problem(folder, error if isinstance(error, OSError) else None)
        raise known or StorageProblem("backup_not_written", name=str(folder)) from None


_FULL_TEXT = "database or disk is full"
_OF_FOLDER = ("disk_full", "file_read_only", "file_not_reachable", "storage_failed")


def _folder_problem(folder: Path, error: OSError | None = None) -> StorageProblem | None:
    """What keeps a folder from being written; None if nothing is seen."""
    if error is not None and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageProblem("backup_disk_full", name=str(folder))
    if not folder.is_dir():
        return StorageProblem("backup_folder_missing", name=str(folder))
    probe = folder / f".injectmap-{secrets.token_hex(4)}.part"
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as found:
        full = found.errno in (errno.ENOSPC, errno.EDQUOT)
        return StorageProblem("backup_disk_full" if full else "backup_folder_read_only", name=str(folder))
    try:
        if shutil.disk_usage(folder).free < _SPARE_BYTES:
            return StorageProblem("backup_disk_full", name=str(folder))
    except OSError:
        return StorageProblem("backup_folder_missing", name=str(folder))
    return None


def _sweep(folder: Path, mark: str) -> None:
    """Take away what a program that was killed in a backup of this clinic left unfinished."""
    for part in folder.glob(f"*-{mark}.injectmap.*.part*"):
        with contextlib.suppress(OSError):
            part.unlink()


def ledger_owner(backup: Path) -> Path:
    """After what the list of the erased is named in a folder of backups: their clinic, not one of them."""
    told = read_name(backup.name)
    return backup if told is None else backup.with_name(f"{told.clinic}-{told.mark}")


def copy_beside(source: Path, target: Path) -> None:
    """Copy a small file that belongs to the clinic, if there is one: its wrapped keys, the list of the erased."""
    try:
        content = source.read_bytes()
    except FileNotFoundError:
        return
    put_whole(target, content)
