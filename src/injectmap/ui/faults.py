"""What happens to a fault that no one caught: the window stays, the report names no patient."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from injectmap.domain.errors import InjectmapError
from injectmap.ui.widgets.sentences import error_sentence

if TYPE_CHECKING:
    from injectmap.ui.workspace import Workspace

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FaultHook:
    """Takes what no one caught: a refusal becomes a sentence in the window, a fault of ours a calm report."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._reporting = False

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Be Python's excepthook."""
        if issubclass(kind, KeyboardInterrupt):
            self._workspace.window.close()
            return
        if isinstance(error, InjectmapError):
            self._workspace.banner.say_problem(error_sentence(error))
            return
        report = fault_report(kind, trace)
        _log.critical("%s", report)
        # A fault while the report is shown must not pile up reports.
        if self._reporting:
            return
        self._reporting = True
        try:
            from injectmap.ui.fault_dialog import FaultDialog

            dialog = FaultDialog(self._workspace.window, report)
            dialog.finished.connect(self._over)
            dialog.open()
        except Exception as second:  # noqa: BLE001  the last line of defence only logs
            self._reporting = False
            _log.critical("no report could be shown: %s", type(second).__name__)

    def _over(self) -> None:
        self._reporting = False


def fault_report(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Kind and places of a fault. The message is left out: it may quote what was typed about a patient."""
    from injectmap import __version__

    lines = [f"injectmap {__version__}, Python {sys.version.split()[0]}", kind.__name__]
    frames = traceback.extract_tb(trace)
    lines += [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join(lines)


# What Qt says is its own sentence with values in it: kept are its classes and methods and plain small words.
_QUOTED = re.compile(r"([\"'“‘«]).*[\"'”’»]|/.*|\\.*", re.DOTALL)
_CODE = re.compile(r"Q[A-Z]\w*(::~?\w+)?(\(\))?[:,.]?", re.ASCII)
_SMALL = re.compile(r"[a-z]+[:,.;]?|[-=&<>|]+", re.ASCII)
_KEPT_WORDS = 24


def reticent(message: str) -> str:
    """A message of Qt's without what it may quote: text in quotes, paths, names, figures."""
    words = _QUOTED.sub("…", message[:500]).split()
    kept = [word if _CODE.fullmatch(word) or _SMALL.fullmatch(word) else "…" for word in words]
    return " ".join(kept[:_KEPT_WORDS])


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = context.category or "default"
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, reticent(message))


def _log_ignored(ignored: sys.UnraisableHookArgs) -> None:
    """What failed where nothing can be raised, such as in a finaliser: kind and places, on no terminal."""
    _log.error("ignored: %s", fault_report(ignored.exc_type, ignored.exc_traceback))


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    """What ended a thread of ours."""
    _log.error("a thread ended: %s", fault_report(ended.exc_type, ended.exc_traceback))


# The hooks that were there before ours.
_before: list[tuple[Any, Any]] = []


def install(workspace: Workspace) -> None:
    """Take over Python's hooks, whose own would write what was typed to the terminal or the session's log, and Qt's messages."""
    if not _before:
        _before.append((sys.unraisablehook, threading.excepthook))
    sys.excepthook = FaultHook(workspace)
    sys.unraisablehook = _log_ignored
    threading.excepthook = _log_thread
    qInstallMessageHandler(_log_qt)


def uninstall() -> None:
    """Give them back."""
    sys.excepthook = sys.__excepthook__
    if _before:
        sys.unraisablehook, threading.excepthook = _before.pop()
    qInstallMessageHandler(None)
