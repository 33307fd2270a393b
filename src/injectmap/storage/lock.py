"""A lock beside a clinic file that names who has it open, and tells whether the last program ended well."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# Where the operating system's lock lies: past all content, so that others can still read who holds it.
_LOCKED_BYTE = 1 << 20
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the file open, as they wrote it down; empty and 0 if that cannot be read."""

    host: str
    since_ms: int


class LockHeldError(Exception):
    """Another program has the file open."""

    def __init__(self, holder: Holder) -> None:
        """Keep who it is."""
        super().__init__("another program has the file open")
        self.holder = holder


class FileLock:
    """The lock of one clinic file: taken from the operating system, so that it falls with its program.

    The lock file is removed at a clean end. One that is found lying there unheld means that the last program
    did not get that far.
    """

    def __init__(self, path: Path) -> None:
        """Name the lock of a clinic file; nothing is taken yet."""
        self.path = path.with_name(f"{path.name}.lock")
        self.was_left_behind = False
        self._handle: int | None = None

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
        written = json.dumps({"host": platform.node(), "since_ms": time.time_ns() // 1_000_000})
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, written.encode())

    def holder(self) -> Holder:
        """Who took the lock last."""
        try:
            data = json.loads(self.path.read_bytes()[:4096])
            return Holder(str(data["host"]), int(data["since_ms"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Holder("", 0)

    def release(self, *, clean: bool) -> None:
        """Let go; without `clean` the file stays as a sign to the next program."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if clean and sys.platform != "win32":
            # While it is still held, so that no one else can have taken it.
            with contextlib.suppress(OSError):
                self.path.unlink()
        with contextlib.suppress(OSError):
            os.close(handle)
        if clean and sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.path.unlink()

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
