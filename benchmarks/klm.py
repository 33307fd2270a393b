"""Runs the standard session in a window without a display and gives its price in seconds and operations."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.keystrokes import Ledger, PricedHand
from benchmarks.runner import Effort, Part
from benchmarks.standard_session import Condition, check, desk, prepare, standard_session, window

PATIENCE_S = 60
# Names of keys as the X server knows them, which the script uses.
_KEYS = {"Return": "Key_Return", "bracketleft": "Key_BracketLeft", "braceleft": "Key_BraceLeft"}
_SHIFTED = {"bracketleft": "braceleft"}


class TestHand:
    """Sends keys and mouse events to the window through Qt's own event queue, as a windowing system would."""

    def keys(self, *names: str) -> None:
        """Press chords such as ctrl+f."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        for name in names:
            *held, last = name.split("+")
            modifiers = Qt.KeyboardModifier.NoModifier
            for one in held:
                modifiers |= {
                    "ctrl": Qt.KeyboardModifier.ControlModifier,
                    "shift": Qt.KeyboardModifier.ShiftModifier,
                }[one]
            # As the system does it, Shift makes another key of a sign.
            last = _SHIFTED.get(last, last) if "shift" in held else last
            key = getattr(Qt.Key, _KEYS.get(last, f"Key_{last.upper()}"))
            QTest.keyClick(window().windowHandle(), key, modifiers)

    def type(self, text: str) -> None:
        """Type a text, slower than a scanner does."""
        from PySide6.QtTest import QTest

        for letter in text:
            self._letter(letter)
            QTest.qWait(60)

    @staticmethod
    def _letter(letter: str) -> None:
        """One key by the letter it makes, to the window as the system would send it."""
        from PySide6.QtCore import QCoreApplication, QEvent, Qt
        from PySide6.QtGui import QKeyEvent

        key = ord(letter.upper()) if letter.isprintable() else Qt.Key.Key_BracketRight
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(window().windowHandle(), event)

    def click(self, widget: Any, at: Any = None) -> None:
        """Click a widget."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.mouseClick(
            window().windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            widget.mapTo(window(), at or widget.rect().center()),
        )

    def drag(self, widget: Any, stops: list[Any]) -> None:
        """Press at the first stop, let go at the last."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        handle, button, none = (
            window().windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        places = [widget.mapTo(window(), stop) for stop in stops]
        QTest.mousePress(handle, button, none, places[0])
        for place in places[1:]:
            QTest.mouseMove(handle, place)
            QTest.qWait(20)
        QTest.mouseRelease(handle, button, none, places[-1])

    def scan(self, code: str) -> None:
        """A scanner types fast and ends with Enter."""
        for letter in code:
            self._letter(letter)
        self.keys("Return")


def play(script: Iterator[Condition]) -> None:
    """Go through a script, the window living between its steps."""
    from PySide6.QtTest import QTest

    for condition in script:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                line = script.gi_frame.f_lineno  # type: ignore[attr-defined]
                raise TimeoutError(f"waited in vain at line {line} of the script")
            QTest.qWait(10)


def priced(folder: Path, *, size: tuple[int, int] = (1440, 900)) -> Ledger:
    """Open a new demonstration in a folder, do the standard session in it and return what it cost."""
    from PySide6.QtWidgets import QApplication

    from injectmap.bootstrap import Opener
    from injectmap.ui.app import Starter, first_window

    opener = Opener(data_folder=folder)
    services = opener.demo()
    prepare(services)
    services.close()
    application = QApplication.instance() or QApplication([])
    shown = first_window(application, dark=False)  # type: ignore[arg-type]
    shown.resize(*size)
    starter = Starter(application, shown, opener, "demo")  # type: ignore[arg-type]
    shown.show()
    hand = PricedHand(TestHand())
    try:
        play(iter([lambda: shown.bridge.editor is not None, shown.isActiveWindow]))
        play(standard_session(hand))
        check(desk().editor)
    finally:
        shown.close()
        starter.end()
    return hand.ledger


def _measure() -> Ledger:
    with tempfile.TemporaryDirectory(prefix="injectmap-bench-") as folder:
        return priced(Path(folder))


def standard_session_seconds(_effort: Effort) -> list[Part]:
    """What the standard session takes by the model, against the goal itself."""
    seconds = _measure().seconds
    return [Part("", seconds, seconds, 1.0)]


def standard_session_operations(_effort: Effort) -> list[Part]:
    """How many operations the standard session takes."""
    operations = _measure().operations
    return [Part("", float(operations), float(operations), 1.0)]
