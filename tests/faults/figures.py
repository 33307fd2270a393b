"""The figures of the faults: each test adds its own to the file that INJECTMAP_FIGURES names, if it names one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def note(**found: int) -> None:
    """Write down figures of a test that has passed."""
    name = os.environ.get("INJECTMAP_FIGURES")
    if not name:
        return
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Tests of other processes note theirs at the same time.
    with alone(path):
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps(kept | found, indent=2, sort_keys=True) + "\n", "utf-8")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold off every other process that asks for the same file."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
