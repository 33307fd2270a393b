"""The program's log: a few rotating files that hold codes and places in the code, and never a patient's data."""

from __future__ import annotations

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from injectmap.domain.errors import InjectmapError

LOG_NAME = "injectmap.log"
_BYTES = 512 * 1024
_KEPT = 4

# Libraries that would log what they work on.
_QUIET = ("sqlalchemy", "alembic", "matplotlib", "PIL", "fontTools")


class ReticentFormatter(logging.Formatter):
    """Writes where a fault happened and its kind, but not its message: that may quote what was typed."""

    def __init__(self) -> None:
        """Fix the form of a line; times are UTC, so that logs of two sites compare."""
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = _utc

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a text that another formatter left in the record is not taken over."""
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatException(  # noqa: N802 - the name of the base class
        self, ei: Any
    ) -> str:
        """Return the frames and the kind of the exception, and of those it came from."""
        error: BaseException | None = ei[1]
        lines: list[str] = []
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += _frames(error.__traceback__)
            lines.append(_kind(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            if error is not None:
                lines.append("came from:")
        return "\n".join(lines)


def _utc(seconds: float | None) -> Any:
    import time

    return time.gmtime(seconds)


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        for frame in traceback.extract_tb(trace)
    ]


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name}: {error.code}" if isinstance(error, InjectmapError) else name


def start_logging(folder: Path) -> logging.Handler | None:
    """Log to a rotating file in a folder, which is made; None if it cannot be, for a log must stop nobody."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / LOG_NAME, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.setFormatter(ReticentFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("injectmap").setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """Close the log."""
    if handler is not None:
        logging.getLogger().removeHandler(handler)
        handler.close()
