"""Starts the window, shows it before anything heavy is imported, and keeps a fault from ending it."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk, Opener
from injectmap.ui.main_window import MainWindow
from injectmap.ui.tasks import Tasks
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.sentences import error_sentence

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run(opener: Opener, *, start: str | Path | None = None) -> int:
    """Show the window and work until it is closed; `start` is "demo", a clinic file, or nothing."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("injectmap")
    application.setDesktopFileName("injectmap")
    qInstallMessageHandler(_log_qt)
    window = make_window(application, opener)
    hook = FaultHook(window)
    sys.excepthook = hook
    FirstPaint(window, start)
    window.show()
    try:
        return application.exec()
    finally:
        sys.excepthook = sys.__excepthook__
        qInstallMessageHandler(None)
        window.desk.tasks.close()


def make_window(application: QApplication, opener: Opener) -> MainWindow:
    """Build the window with an empty desk."""
    theme = Theme(dark=_system_is_dark(), parent=application)
    theme.apply(application)
    tasks = Tasks(parent=application)
    desk = Desk(opener, tasks, parent=application)
    return MainWindow(theme, desk)


def begin(window: MainWindow, start: str | Path | None) -> None:
    """Open what was asked for on the command line."""
    if start == "demo":
        window.desk.open_demo()
    elif start is not None:
        window.desk.open_clinic(Path(start))


class FirstPaint(QObject):
    """Waits for the window's first paint: only then may anything heavy be imported."""

    def __init__(self, window: MainWindow, start: str | Path | None) -> None:
        super().__init__(window)
        self._window, self._start = window, start
        window.paper.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin once, when the paint is over."""
        if event.type() == QEvent.Type.Paint:
            self._window.paper.removeEventFilter(self)
            QTimer.singleShot(0, self, self._begin)
        return False

    def _begin(self) -> None:
        begin(self._window, self._start)


class FaultHook:
    """Takes what no one caught: a refusal becomes a sentence in the window, a fault of ours a calm report."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._reporting = False

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Be Python's excepthook."""
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        if isinstance(error, InjectmapError):
            self._window.banner.say_problem(error_sentence(error))
            return
        report = fault_report(kind, trace)
        _log.critical("%s", report)
        # A fault while the report is shown must not pile up reports.
        if self._reporting:
            return
        self._reporting = True
        try:
            from injectmap.ui.fault_dialog import FaultDialog

            dialog = FaultDialog(self._window, report)
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


def _system_is_dark() -> bool:
    from PySide6.QtCore import Qt

    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
