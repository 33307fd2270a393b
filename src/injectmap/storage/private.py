"""New files that only the person who runs the program may read; where a file system knows no rights it changes nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, cast

PRIVATE = 0o600


def private(path: Path) -> BinaryIO:
    """Open a new file for writing; FileExistsError if there is anything of that name, a link included."""
    return cast(BinaryIO, open(path, "xb", opener=_opener))


def make_private(path: Path) -> None:
    """Make an empty file unless there is one, so that SQLite finds it with these rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)
