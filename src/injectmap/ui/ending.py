"""Closes the window when the system asks the program to end: at a logout, a shutdown, or Ctrl+C where it was started."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimer

from injectmap.ui.main_window import MainWindow

_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")
# A closing under way is waited for, a backup with it, which has a limit of its own.
_AGAIN_MS = 100


class Ending(QObject):
    """Hears the system's signals in the event loop, where the window can close as it does for a person.

    What is typed is stored, a backup made that is due, the file released. What cannot be stored does not keep the window.
    """

    def __init__(self, application: QCoreApplication, window: MainWindow) -> None:
        """Listen from now on; Windows has no such signals and closes the windows itself."""
        super().__init__(window)
        self._application, self._window = application, window
        self._before: dict[signal.Signals, Any] = {}
        if sys.platform == "win32":
            return
        # Python's own handlers run only when Python does: a byte in a pipe wakes the event loop.
        self._hears, self._tells = os.pipe()
        for end in (self._hears, self._tells):
            os.set_blocking(end, False)
        self._notifier = QSocketNotifier(self._hears, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        self._wakeup = signal.set_wakeup_fd(self._tells, warn_on_full_buffer=False)
        for name in _SIGNALS:
            number = signal.Signals[name]
            # One that was ignored for us, as by nohup, stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _nothing)

    def close(self) -> None:
        """Leave the signals as they were."""
        if not self._before:
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._notifier.setEnabled(False)
        os.close(self._hears)
        os.close(self._tells)
        self._before = {}

    def _heard(self) -> None:
        if any(number in self._before for number in os.read(self._hears, 64)):
            self._end()

    def _end(self) -> None:
        window = self._window
        window.must_close = True
        if window.is_closing:
            QTimer.singleShot(_AGAIN_MS, self, self._end)
            return
        try:
            window.close()
        finally:
            # Dialogs have event loops of their own: all end.
            self._application.exit(0)


def _nothing(_number: int, _frame: object) -> None:
    """What has to be done is done in the event loop."""
