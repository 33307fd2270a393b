"""Notices that nobody has touched mouse, pen or keys for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_TOUCHED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)


def awake_s() -> float:
    """Seconds that pass while the computer sleeps, too, where the system counts them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class IdleWatch(QObject):
    """`idle` is emitted once when nothing was touched for so many minutes; 0 never.

    It listens at the windows that have the keyboard, not at every widget: a stroke of the pen must not pay for it. After
    a sleep of the computer the first touch is what finds out, and it goes no further.
    """

    idle = Signal()

    def __init__(self, parent: QObject, *, now_s: Callable[[], float] = awake_s) -> None:
        """Listen to no window yet; `now_s` gives a time that only grows."""
        super().__init__(parent)
        self.now_s = now_s
        self._last_s = now_s()
        self._limit_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._listen)
        self._listen(QGuiApplication.focusWindow())

    def watch(self, minutes: int) -> None:
        """Begin to count anew; 0 stops."""
        self._limit_s = minutes * 60.0
        self._last_s = self.now_s()
        self._timer.stop()
        if minutes:
            self._timer.start(minutes * 60_000)

    def look(self) -> None:
        """See whether it has been long enough; if not, look again when it may be."""
        if not self._limit_s:
            return
        left = self._last_s + self._limit_s - self.now_s()
        if left > 0:
            self._timer.start(max(1, round(left * 1000)))
        else:
            self._limit_s = 0.0
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a touch; the first one after too long a time is not let through."""
        if event.type() not in _TOUCHED or not self._limit_s:
            return False
        now = self.now_s()
        if now - self._last_s >= self._limit_s:
            self.look()
            return True
        self._last_s = now
        return False

    def _listen(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)
