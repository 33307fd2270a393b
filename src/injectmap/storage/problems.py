"""Turns SQLite's result codes into the faults a clinician is told about, and knows a clash of rows on either engine."""

from __future__ import annotations

import shutil
from pathlib import Path

from injectmap.domain.errors import StorageProblem

_PRIMARY = 0xFF
_BUSY, _LOCKED, _PERM, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 3, 8, 10, 11, 13, 14, 26

_CODES = {
    _BUSY: "file_locked",
    _LOCKED: "file_locked",
    _PERM: "file_not_reachable",
    _READONLY: "file_read_only",
    _IOERR: "storage_failed",
    _CORRUPT: "file_damaged",
    _FULL: "disk_full",
    _CANTOPEN: "file_not_reachable",
    # A wrong key and a damaged head give this same code.
    _NOTADB: "file_damaged",
}

_NO_TEXT = "Could not decode to UTF-8"

# What two guards say.
SIGNED = "a signed record is only amended"
FOREIGN = "a pass draws from a syringe of its own session"

# The rows are not what the writer thought they were. SQLite's finer codes do not reach us, only its text.
_CLASHES = ("UNIQUE constraint failed", "FOREIGN KEY constraint failed", SIGNED, FOREIGN)
# A server says it in codes: a row of this key is there, a row that it points at is not; its texts may be in any language.
_CLASH_STATES = ("23505", "23503", "23001")

# Less than this left on the disk means that a failed write failed for want of room.
_SCARCE_BYTES = 4 * 1024 * 1024


def problem_of(error: BaseException | None, path: Path) -> StorageProblem | None:
    """Return the fault behind a database error, or None if the error is not the environment's."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # A text that is no longer one, of a row or of the tables; the driver gives it no code, and its message
        # holds the text itself.
        torn = isinstance(error, UnicodeDecodeError) or str(error).startswith(_NO_TEXT)
        return StorageProblem("file_damaged", name=path.name) if torn else None
    known = _CODES.get(code & _PRIMARY)
    if known is None:
        return None
    if known == "storage_failed" and _disk_is_full(path):
        known = "disk_full"
    return StorageProblem(known, name=path.name)


def is_clash(error: BaseException | None) -> bool:
    """True if a statement met rows that it did not expect, and false for a fault of the statement itself."""
    state = getattr(error, "sqlstate", None)
    return state in _CLASH_STATES or str(error).startswith(_CLASHES)


def _disk_is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _SCARCE_BYTES
    except OSError:
        return False
