"""What happens to a fault that no one caught: the window stays, the report names no patient."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

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


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s", message)


def install(workspace: Workspace) -> None:
    """Take over Python's excepthook and Qt's messages."""
    sys.excepthook = FaultHook(workspace)
    qInstallMessageHandler(_log_qt)


def uninstall() -> None:
    """Give both back."""
    sys.excepthook = sys.__excepthook__
    qInstallMessageHandler(None)
