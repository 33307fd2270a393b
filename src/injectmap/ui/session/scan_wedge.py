"""Tells a scanner that types from a hand that types: a box code typed in one go is a scan and reaches no field."""

from __future__ import annotations

import atexit
import re
import time
import weakref
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow

# Scanners send a key every 1 to 20 ms; the fastest hands need more than 80 ms for a key of a row of ten figures.
GAP_MS = 60
# So many keys in one go are no hand's: then a scanner that a busy computer holds up is waited for, so that no code
# is ever taken for whole before its end has come.
SURE_KEYS, SURE_GAP_MS = 5, 1500
# A month and day as a code writes them; day 00 stands for the month's end.
_MONTH_DAY = r"(0[1-9]|1[0-2])([0-2]\d|3[01])"
# What box codes begin with: a symbology prefix, element strings, their printed form, an HIBC code.
_FIRST = frozenset("]0123456789(+*\x1d")
# Volumes, dates and telephone numbers typed fast are none: no code but HIBC's has a space, its lot no decimal mark.
_CODE = re.compile(
    r"\][A-Za-z]\w.{6,}"
    rf"|\x1d?(01\d{{14}}|(11|17)\d{{2}}{_MONTH_DAY})[^ ]*"
    r"|\x1d?10(?=[^ ]{7,}$)[\w\-/]+([\x1d␝|][^ ]*)?"
    rf"|\((01\)\d{{14}}|(11|17)\)\d{{2}}{_MONTH_DAY}|(10|21)\)[\w\-/]{{2}})[^ ]*"
    r"|\*?\+(\$|[A-Z]|\d{5}(?=[^ ]*[A-Z$]))[^ ]{4,} ?\*?"
    r"|\d{12,14}",
    re.DOTALL,
)
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_POINTING = frozenset(
    {QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel}
)
_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})


_listening: weakref.WeakSet[ScanWedge] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    """No key may be asked about once Python is gone: a window can outlive it by some events."""
    for wedge in list(_listening):
        if shiboken6.isValid(wedge) and shiboken6.isValid(wedge.parent()):
            wedge.stop()


def looks_like_scan(text: str) -> bool:
    """True for what begins as box codes do and is long enough to be one; it may still be a damaged one."""
    return _CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class _Held:
    """One key that waits until it is known whether it belongs to a scan."""

    key: int
    modifiers: Qt.KeyboardModifier
    text: str
    repeated: bool

    def again(self, kind: QEvent.Type) -> QKeyEvent:
        """The key as it was pressed."""
        return QKeyEvent(kind, self.key, self.modifiers, self.text, self.repeated)


class ScanWedge(QObject):
    """Watches the keys of one window; `scanned` gives the text of a scan.

    Only a key that may begin a code waits, and no longer than the gap of a scanner: what turns out to be typed by
    hand goes on to where the keyboard is, in order and unchanged.
    """

    scanned = Signal(str)

    def __init__(self, window: QWindow, *, gap_ms: int = GAP_MS) -> None:
        super().__init__(window)
        self._window = window
        self.gap_ms = gap_ms
        self._held: list[_Held] = []
        self._last_ms = 0.0
        self._giving_back = False
        self._asked_again = False
        self._refused = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_gap)
        window.installEventFilter(self)
        _listening.add(self)

    def refuse(self) -> None:
        """Say, while a scan is told, that it was none: its keys go to where they were typed."""
        self._refused = True

    def stop(self) -> None:
        """Listen no more; what is held is dropped."""
        self._timer.stop()
        self._held = []
        self._window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold keys that may be a scanner's; everything else passes."""
        kind = event.type()
        if self._held and kind in _POINTING:
            # What was typed before a click belongs where the keyboard was then.
            self._end()
        if self._giving_back or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            # A held key must not act as a shortcut before it is known what it is.
            if self._waits(event) or (self._held and self._is_end(event)):
                event.accept()
                return True
            return False
        if kind == QEvent.Type.KeyPress:
            return self._pressed(event)
        return kind == QEvent.Type.KeyRelease and bool(self._held) and bool(event.text())

    def _pressed(self, event: QKeyEvent) -> bool:
        if Qt.Key(event.key()) in _MODIFIERS:
            return False
        if self._is_end(event):
            # What was typed by hand is given back first: the line's end follows what it ends.
            return bool(self._held) and self._end()
        if self._waits(event):
            self._hold(event)
            return True
        self._end()
        return False

    def _waits(self, event: QKeyEvent) -> bool:
        """True for a key that goes on a scan, or may begin one."""
        text = event.text()
        # Of two equal figures sent in the same millisecond X11 calls the second one a repetition.
        if len(text) != 1 or (event.isAutoRepeat() and not self._held):
            return False
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        # Scanners type the separator as Ctrl+].
        if text != "\x1d" and (command or not text.isprintable()):
            return False
        return (bool(self._held) and self._in_time(event)) or text in _FIRST

    def _is_end(self, event: QKeyEvent) -> bool:
        return Qt.Key(event.key()) in _ENDS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier

    def _in_time(self, event: QKeyEvent) -> bool:
        return self._moment(event) - self._last_ms <= self._gap()

    def _hold(self, event: QKeyEvent) -> None:
        if self._held and not self._in_time(event):
            self._end()
        self._last_ms = self._moment(event)
        self._held.append(_Held(event.key(), event.modifiers(), event.text(), event.isAutoRepeat()))
        self._asked_again = False
        self._timer.start(self._gap())

    def _gap(self) -> int:
        return self.gap_ms if len(self._held) < SURE_KEYS else max(self.gap_ms, SURE_GAP_MS)

    def _on_gap(self) -> None:
        """Keys that came while the window was busy are let in before it is said that no more follow."""
        if self._asked_again:
            self._end()
        else:
            self._asked_again = True
            self._timer.start(0)

    @staticmethod
    def _moment(event: QKeyEvent) -> float:
        """When the key was pressed by the system's clock: the window may have been busy since."""
        return float(event.timestamp()) or time.monotonic() * 1000

    def _end(self) -> bool:
        """What is held is a scan, or goes where it was typed; True for a scan."""
        self._timer.stop()
        held, self._held = self._held, []
        text = "".join(one.text for one in held)
        if looks_like_scan(text):
            self._refused = False
            self.scanned.emit(text)
            if not self._refused:
                return True
        self._giving_back = True
        try:
            for one in held:
                QCoreApplication.sendEvent(self._window, one.again(QEvent.Type.KeyPress))
                QCoreApplication.sendEvent(self._window, one.again(QEvent.Type.KeyRelease))
        finally:
            self._giving_back = False
        return False
