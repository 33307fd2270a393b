"""Which runs of the program have not come to their end: each leaves a mark that only its own end takes away."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO

_SUFFIX = ".running"


class RunMark:
    """A file that is held while the program runs; one that nobody holds was left by a run that was broken off.

    Holds against a process that is killed and a computer that loses its power, of which nothing else tells.
    """

    def __init__(self, folder: Path) -> None:
        """Take away what broken-off runs left, and set a mark for this one; `left` tells whether there were any."""
        self.left = False
        self._path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            for other in folder.glob(f"*{_SUFFIX}"):
                self.left |= _was_left(other)
            self._file = self._path.open("xb", buffering=0)
            _hold(self._file)

    def close(self) -> None:
        """This run has come to its end."""
        if self._file is not None:
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError):
                self._path.unlink()


def _was_left(path: Path) -> bool:
    """Take away a mark that nobody holds; False if its run still goes on."""
    try:
        with path.open("r+b", buffering=0) as file:
            _hold(file)
        path.unlink()
    except OSError:
        return False
    return True


def _hold(file: IO[bytes]) -> None:
    """Raise OSError if another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
