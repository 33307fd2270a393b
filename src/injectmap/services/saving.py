"""The one way by which what is exported or saved reaches a file: never over anything that belongs to a clinic."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

from injectmap.domain.errors import StorageProblem
from injectmap.services.files import PRIVATE, private, private_opener, put_whole

# A clinic and its backups, and what lies beside one under its name.
_OURS = re.compile(
    r".+(\.injectmap|\.injectmap-journal|-wal|-shm|\.lock|\.keys\.json|\.moved\.json|\.erased\.json|\.part)",
    re.IGNORECASE,
)
_BESIDE = (".keys.json", ".moved.json", ".erased.json", ".lock", "-wal", "-shm", "-journal")
_PICTURE = b"\x89PNG\r\n\x1a\n"
_PDF = b"%PDF-"
_HEAD_BYTES = 4_096
# Only our own small files are read as a whole; a list that was exported may be long.
_SMALL_BYTES = 65_536


def refuse_kept(path: Path) -> None:
    """Refuse a name that belongs to a clinic or a backup, and a file there that is, by its first bytes, none of ours to replace.

    StorageProblem `file_kept` or, for a file that is neither a page, a picture nor a text, `file_other_kind`.
    """
    # A link is judged by what it leads to as well.
    for one in {path, path.resolve()}:
        beside = any(one.with_name(f"{one.name}{ending}").exists() for ending in _BESIDE)
        if _OURS.fullmatch(one.name) or beside:
            raise StorageProblem("file_kept", name=path.name)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            rest = file.read(_SMALL_BYTES)
    except FileNotFoundError:
        return
    if _is_companion(head + rest):
        raise StorageProblem("file_kept", name=path.name)
    if not head.startswith((_PICTURE, _PDF)) and not _is_text(head):
        # An encrypted clinic under another name begins with bytes that are like no other file's.
        raise StorageProblem("file_other_kind", name=path.name)


def write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a full disk leaves no half a file; refused as by `refuse_kept`.

    Its owner's alone, even in the place of one that others could read: most of what is exported names patients.
    """
    refuse_kept(path)
    put_whole(path, content)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is never replaced; StorageProblem("file_exists") for one that exists."""
    refuse_there(path)
    try:
        with private(path) as file:
            file.write(content)
    except FileExistsError:
        raise StorageProblem("file_exists", name=path.name) from None
    except OSError:
        path.unlink(missing_ok=True)
        raise


def refuse_there(path: Path) -> None:
    """Refuse a name as `refuse_kept` does, and every file that exists."""
    refuse_kept(path)
    if path.exists():
        raise StorageProblem("file_exists", name=path.name)


def write_secret(path: Path, content: bytes) -> None:
    """Write what is secret to the chosen name at once, under no other; it is its owner's alone."""
    refuse_kept(path)
    try:
        with open(path, "wb", opener=private_opener) as file:
            with contextlib.suppress(OSError):
                # One that was there had rights of its own.
                path.chmod(PRIVATE)
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _is_text(head: bytes) -> bool:
    # The last character may be cut off.
    return b"\0" not in head and not _undecodable(head)


def _undecodable(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < len(head) - 3
    return False


def _is_companion(content: bytes) -> bool:
    """True for the wrapped keys of a clinic, its list of the erased or its note of a move, whatever they are called."""
    try:
        read = json.loads(content)
    except ValueError:
        return False
    return isinstance(read, dict) and ("slots" in read or "erased" in read or "injectmap_moved" in read)
