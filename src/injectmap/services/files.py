"""How small files are written: its owner's alone, whole or not at all, and on the disk.

Where a file system knows no rights these change nothing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path
from typing import BinaryIO, cast

PRIVATE = 0o600


def private(path: Path) -> BinaryIO:
    """Open a new file for writing; FileExistsError if there is anything of that name, a link included."""
    return cast(BinaryIO, open(path, "xb", opener=private_opener))


def make_private(path: Path) -> None:
    """Make an empty file unless there is one, so that SQLite finds it with these rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))


def put_whole(path: Path, content: bytes) -> None:
    """Put a new file in the place of an old one at once: at no moment is there none, or half of one.

    OSError where it cannot be written; then the old one stays and nothing is left behind.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with private(part) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    # Not every system lets a folder be synced, and there a rename needs none.
    with contextlib.suppress(OSError):
        to_disk(path.parent)


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def private_opener(path: str, flags: int) -> int:
    """The opener with which a new file is its owner's alone."""
    return os.open(path, flags, PRIVATE)
