"""Copies a clinic file through the database's own backup call, and opens the copy to prove it."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

from injectmap.domain.errors import StorageProblem
from injectmap.storage.engine import DriverError, Mode, connect
from injectmap.storage.problems import problem_of


def back_up_before_upgrade(raw: Any, path: Path, key: bytes | None, *, version: int) -> Path:
    """Copy the file beside itself, named after the schema version it has; return the copy's path.

    Copying the main file alone would miss what still lies in the write-ahead log.
    """
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
    kept = path.with_name(f"{path.stem}.before-upgrade-from-{version}.{stamp}{path.suffix}")
    part = kept.with_name(f"{kept.name}.part")
    try:
        copy = connect(part, key, Mode.CREATE)
        try:
            raw.backup(copy)
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise StorageProblem("file_damaged", name=path.name)
        finally:
            copy.close()
        part.rename(kept)
    except DriverError as error:
        raise problem_of(error, path) or error from None
    finally:
        for left in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
            with contextlib.suppress(OSError):
                left.unlink()
    return kept
