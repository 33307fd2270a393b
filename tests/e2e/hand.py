"""A hand on a real X11 mouse and keyboard, driven from inside the program's own event loop.

Run as `python -m tests.e2e.hand SCRIPT_FUNCTION FOLDER`: opens the program with its data in FOLDER and plays a
script from `tests.e2e.scripts`. A script is a generator that yields conditions to wait for; its gestures go
through the X server (xdotool), so they reach the widgets as a person's would.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication, QWidget

Condition = Callable[[], Any]
PATIENCE_S = 30


class Hand:
    """Moves the mouse and presses keys of the X server."""

    @staticmethod
    def _do(*words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=30)

    def focus(self, window: QWidget) -> bool:
        """Give a window the keyboard, as a window manager would."""
        self._do("windowfocus", int(window.winId()))
        return True

    def keys(self, *names: str) -> None:
        """Press key combinations such as ctrl+f, one after another."""
        self._do("key", "--clearmodifiers", *names)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", 20, text)

    def scan(self, code: str) -> None:
        """Type a box code as a scanner does: fast, separators as Ctrl+], Enter at the end."""
        words: list[object] = []
        for number, part in enumerate(code.split("\x1d")):
            words += ["key", "ctrl+bracketright"] if number else []
            words += ["type", "--delay", 0, "--args", 1, part]
        self._do(*words, "key", "Return")

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget, at its middle unless told where."""
        place = widget.mapToGlobal(at or widget.rect().center())
        self._do("mousemove", place.x(), place.y(), "click", 1)

    def drag(self, widget: QWidget, stops: list[QPoint]) -> None:
        """Press at the first stop, move over all, release at the last."""
        places = [widget.mapToGlobal(stop) for stop in stops]
        words: list[object] = ["mousemove", places[0].x(), places[0].y(), "mousedown", 1]
        for place in places[1:]:
            words += ["mousemove", place.x(), place.y(), "sleep", 0.03]
        self._do(*words, "mouseup", 1)


class Player(QObject):
    """Plays a script: goes on when the awaited condition holds, ends the program when the script is over."""

    def __init__(self, script: Iterator[Condition]) -> None:
        super().__init__()
        self._script, self._condition = script, lambda: True
        self._deadline = time.monotonic() + PATIENCE_S
        self.failure = "the script did not end"
        self._timer = QTimer(self, interval=30)
        self._timer.timeout.connect(self._step)
        self._timer.start()

    def _step(self) -> None:
        try:
            if not self._condition():
                if time.monotonic() < self._deadline:
                    return
                line = self._script.gi_frame.f_lineno  # type: ignore[attr-defined]
                raise TimeoutError(f"waited in vain at line {line} of the script")
            self._condition = next(self._script)
            self._deadline = time.monotonic() + PATIENCE_S
        except StopIteration:
            self._end("")
        except Exception as error:  # noqa: BLE001  the script's own failure is the test's result
            self._end(f"{type(error).__name__}: {error}")

    def _end(self, failure: str) -> None:
        self._timer.stop()
        self.failure = failure
        application = QApplication.instance()
        assert application is not None
        if failure:
            for widget in QApplication.topLevelWidgets():
                if widget.isVisible():
                    widget.grab().save(str(Path(sys.argv[2]) / "failure.png"))
            application.exit(3)


def play(script_name: str, folder: Path) -> int:
    """Open the program on the folder's data, play the script, return 0 if it went through."""
    from injectmap.bootstrap import Opener
    from injectmap.ui import app
    from tests.e2e import scripts

    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(True)
    script = getattr(scripts, script_name)
    player = Player(script(Hand(), folder))
    code = app.run(Opener(data_folder=folder), start="demo")
    if player.failure or code:
        sys.stderr.write(player.failure or f"exit code {code}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(play(sys.argv[1], Path(sys.argv[2])))
