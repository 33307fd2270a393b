"""A lock beside a clinic file: who has it open, whether the last program ended well, and how far it had stored."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

# Where the operating system's lock lies: past all content, so that others can still read who holds it.
_LOCKED_BYTE = 1 << 20
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the file open and the last journal row they stored, as they wrote it down; empty and 0 if unreadable."""

    host: str
    since_ms: int
    stored: int = 0


class LockHeldError(Exception):
    """Another program has the file open."""

    def __init__(self, holder: Holder) -> None:
        """Keep who it is."""
        super().__init__("another program has the file open")
        self.holder = holder


class FileLock:
    """The lock of one clinic file: taken from the operating system, so that it falls with its program.

    The lock file is removed at a clean end. One that is found lying there unheld means that the last program
    did not get that far; the row it noted last must then be in the file, or stored work has been lost: a damaged
    write-ahead log ends early without a word. Notes are not synced, so after a power cut one may be older than the
    file, never newer.
    """

    def __init__(self, path: Path) -> None:
        """Name the lock of a clinic file; nothing is taken yet."""
        self.path = path.with_name(f"{path.name}.lock")
        self.was_left_behind = False
        # The last journal row that the one before had stored; 0 after a clean end.
        self.stored_before = 0
        self._handle: int | None = None
        self._held = Holder("", 0)

    def take(self) -> None:
        """Take the lock; LockHeldError if another program has it, OSError where no lock can be made."""
        while self._handle is None:
            existed = self.path.exists()
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                self._take(handle)
            except OSError as error:
                os.close(handle)
                if error.errno in _HELD:
                    raise LockHeldError(self.holder()) from None
                raise
            if not self._is_current(handle):
                # Its last holder removed it between our opening and our locking.
                os.close(handle)
                continue
            self._handle = handle
            self.was_left_behind = existed
        self.stored_before = self.holder().stored
        self._held = Holder(platform.node(), time.time_ns() // 1_000_000, self.stored_before)
        os.ftruncate(self._handle, 0)
        self._write()

    def note_stored(self, number: int) -> None:
        """Write down that a journal row is stored."""
        self._held = replace(self._held, stored=number)
        self._write()

    def holder(self) -> Holder:
        """Who took the lock last."""
        try:
            data = json.loads(self.path.read_bytes()[:4096])
            return Holder(str(data["host"]), int(data["since_ms"]), int(data.get("stored", 0)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Holder("", 0)

    def release(self, *, clean: bool) -> None:
        """Let go; without `clean` the file stays as a sign to the next program."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if clean and sys.platform != "win32":
            # While it is still held, so that no one else can have taken it; if ours was deleted, this is another's.
            with contextlib.suppress(OSError):
                if self._is_current(handle):
                    self.path.unlink()
        with contextlib.suppress(OSError):
            os.close(handle)
        if clean and sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _write(self) -> None:
        """Say who holds it; on a full disk it is held all the same, with one protection less."""
        if self._handle is None:
            return
        with contextlib.suppress(OSError):
            os.lseek(self._handle, 0, os.SEEK_SET)
            # One write, never shorter than the one before.
            os.write(self._handle, json.dumps(asdict(self._held)).encode())

    def _is_current(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False

    @staticmethod
    def _take(handle: int) -> None:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
