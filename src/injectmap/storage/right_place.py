"""Whether a backup may take the place of a clinic file: one of the same clinic, and never a plain one that of an encrypted one."""

from __future__ import annotations

from pathlib import Path

from injectmap.domain.backups import mark_of, read_name
from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import SLOT_FILE_BYTES, SlotFile, slot_path, slots_from_json
from injectmap.storage.engine import PLAIN_HEAD, DriverError, bad_pages

_PAGE_BYTES = 4_096
# With these a file is there and its contents cannot be read; with any other fault it may be whole.
UNREADABLE = ("file_damaged", "file_not_ours", "storage_failed")


def is_plain(path: Path) -> bool:
    """True if a file begins as one that no key opens."""
    return _head(path) == PLAIN_HEAD


def key_for(path: Path, key: bytes | None) -> bytes | None:
    """The key to open a file with: none if it is plain, whatever key the other file has."""
    return None if is_plain(path) else key


def key_of_backup(backup: Path, own: bytes | None, given: bytes | None) -> bytes | None:
    """The key of a backup: the one given for it, else the clinic's own.

    StorageProblem("backup_other_key") if what lies beside it says that it has another one.
    """
    if is_plain(backup):
        return None
    if given is not None:
        return given
    slots = slots_beside(backup)
    if own is None or (slots is not None and not slots.fits(own)):
        raise StorageProblem("backup_other_key", name=backup.name)
    return own


def slots_beside(path: Path) -> SlotFile | None:
    """The key slots of a file; None if they are not there or cannot be read."""
    beside = slot_path(path)
    try:
        with beside.open("rb") as file:
            return slots_from_json(file.read(SLOT_FILE_BYTES + 1), name=beside.name)
    except (OSError, StorageProblem):
        return None


def check_kind(path: Path, backup: Path) -> None:
    """StorageProblem("backup_plain") for a plain file in the place of an encrypted clinic, readable or not."""
    if is_plain(backup) and (slot_path(path).exists() or _looks_encrypted(path)):
        raise StorageProblem("backup_plain", name=backup.name)


def check_clinic(
    path: Path, present_id: str | None, key: bytes | None, backup: Path, backup_id: str, *, other_clinic: bool
) -> bool:
    """Return whether the backup is of the clinic whose place it takes; false only where the person said that it need not be.

    `present_id` is None if the present file is not there or cannot be read; then what lies beside it has to agree.
    Raises StorageProblem: `backup_other_clinic`, whatever was said, over a file that can be read;
    `backup_clinic_unknown`; `present_other_key` if `key` is not that of the clinic.
    """
    if present_id is not None:
        if present_id != backup_id:
            raise StorageProblem("backup_other_clinic", name=backup.name)
        return True
    if not _agrees(path, key, backup, backup_id):
        if not other_clinic:
            raise StorageProblem("backup_clinic_unknown", name=backup.name)
        return False
    slots = slots_beside(path)
    if slots is not None and key is not None and not slots.fits(key):
        raise StorageProblem("present_other_key", name=path.stem)
    return True


def _agrees(path: Path, key: bytes | None, backup: Path, backup_id: str) -> bool:
    """True if nothing is replaced, or the slots beside the file or the backup's name say that it is the same clinic."""
    slots = slots_beside(path)
    if slots is not None:
        return slots.clinic_id == backup_id
    if not path.exists():
        return True
    if _looks_encrypted(path) and not _has_page_of(path, key):
        # It may be whole and have another key.
        return False
    told = read_name(backup.name)
    return told is not None and told.clinic == path.stem and told.mark == mark_of(backup_id)


def _has_page_of(path: Path, key: bytes | None) -> bool:
    """True if a page at least was sealed with this key, damaged as the others may be."""
    if key is None:
        return False
    try:
        return bad_pages(path, key) < path.stat().st_size // _PAGE_BYTES
    except DriverError:
        return False


def _looks_encrypted(path: Path) -> bool:
    """True for whole pages that begin with neither the plain head nor nothing at all."""
    head = _head(path)
    return bool(head.strip(b"\0")) and head != PLAIN_HEAD and path.stat().st_size % _PAGE_BYTES == 0


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(PLAIN_HEAD))
    except OSError:
        return b""
