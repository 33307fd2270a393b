"""The program's log: a few rotating files that hold codes and places in the code, and never a patient's data."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from injectmap.domain.errors import InjectmapError
from injectmap.system.runs import RunMark

LOG_NAME = "injectmap.log"
TRACE_NAME = "injectmap.trace"
_BYTES = 512 * 1024
_KEPT = 4

_log = logging.getLogger(__name__)

# Libraries that would log what they work on.
_QUIET = ("sqlalchemy", "alembic", "matplotlib", "PIL", "fontTools")


# Whose messages are ours: codes and kinds. Libraries quote what they work on.
_OURS = ("injectmap", "qt")


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith(tuple(f"{one}." for one in _OURS))


class ReticentFormatter(logging.Formatter):
    """Writes where a fault happened and its kind, but not its message: that may quote what was typed.

    Of a library's own line only the place in its code is written.
    """

    def __init__(self) -> None:
        """Fix the form of a line; times are UTC, so that logs of two sites compare."""
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = _utc

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a text that another formatter left in the record is not taken over."""
        silent = logging.makeLogRecord(record.__dict__ | {"exc_text": None, "stack_info": None})
        if not _is_ours(record.name):
            silent.msg, silent.args = f"line {record.lineno} of {record.module}", None
        return super().format(silent)

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


class CrashTrace:
    """A file that stays empty unless the process breaks off; then it holds the places in the code, and nothing else.

    Windows of the program that run at the same time write to one file, each at its end.
    """

    def __init__(self, folder: Path) -> None:
        """Take out what an earlier run left, and stand ready; where nothing can be written there is no trace."""
        self._file: IO[bytes] | None = None
        self.left = ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / TRACE_NAME).open("a+b", buffering=0)
        except OSError:
            return
        self.left = self._take()
        # Whoever runs the program with a handler of their own looks at the trace themselves.
        self._ours = not faulthandler.is_enabled()
        if self._ours:
            faulthandler.enable(self._file)

    def close(self) -> str:
        """Stand down; return what was written although the program went on, as some drivers' faults are."""
        if self._file is None:
            return ""
        if self._ours:
            faulthandler.disable()
        left = self._take()
        self._file.close()
        self._file = None
        return left

    def _take(self) -> str:
        assert self._file is not None
        with contextlib.suppress(OSError):
            self._file.seek(0)
            left = self._file.read().decode("utf-8", "replace").strip()
            if left:
                self._file.truncate(0)
            return left
        return ""


class ProgramLog:
    """The log and the trace of one run."""

    def __init__(self, folder: Path) -> None:
        """Begin both; `broke_off` tells whether a run before did not come to its end."""
        self._handler = start_logging(folder)
        self._trace = CrashTrace(folder)
        self._mark = RunMark(folder)
        self.broke_off = bool(self._trace.left) or self._mark.left
        if self._trace.left:
            _log.warning("the program broke off:\n%s", self._trace.left)
        elif self.broke_off:
            _log.warning("the program was ended from outside")

    def close(self) -> None:
        """End both."""
        if left := self._trace.close():
            _log.warning("written by the way:\n%s", left)
        self._mark.close()
        stop_logging(self._handler)
        self._handler = None
