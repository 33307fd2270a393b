"""The garbage collector, at work in the window's thread alone."""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, QTimer
from PySide6.QtGui import QGuiApplication

EVERY_MS = 700


class Collector(QObject):
    """Collects between the window's events; while one lives, nothing else starts a collection.

    Python collects in whichever thread happens to allocate. From the worker that would take widgets apart while the
    window's thread uses them, and from within Qt's dispatch under the event being delivered; either ends the program
    without a word.
    """

    def __init__(self, *, busy: Callable[[], bool] | None = None, parent: QObject | None = None) -> None:
        """Take the collector over; `busy` is asked whether it should wait, as for work that imports much."""
        super().__init__(parent)
        self.busy = busy
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(EVERY_MS)

    def close(self) -> None:
        """Give the collector back as it was."""
        self._timer.stop()
        if self._was_on:
            gc.enable()

    def _tick(self) -> None:
        # Neither under a gesture nor within a dialog's or a menu's own loop: an event is being delivered there.
        if (
            QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
            or QThread.currentThread().loopLevel() > 1
        ):
            return
        if self.busy is None or not self.busy():
            self.collect_due()

    def collect_due(self) -> int | None:
        """Collect the oldest generation that is due by Python's own measure; return which, None if none is."""
        for generation, (count, threshold) in reversed(
            tuple(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if 0 < threshold < count:
                gc.collect(generation)
                return generation
        return None
