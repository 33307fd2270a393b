"""The list of keys, laid over the window until it is put away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from injectmap.ui.actions import ACTIONS, shown_key
from injectmap.ui.canvas.chart_actions import ACTIONS as CHART_ACTIONS
from injectmap.ui.canvas.keys import shown_keys
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, KeyCap, TextLabel, column
from injectmap.words import load_words

_BLOCKS = 3
# Said in one line each: the keys of these differ by what they say themselves.
_TOGETHER = {"view": "keys.views", "nudge": "keys.nudge", "nudge_far": "keys.nudge_far"}
_GESTURES = ("views", "digits", "wheel", "space", "shift")


def window_lines() -> list[tuple[str, str]]:
    """Key and words of the window's actions."""
    words = load_words()
    return [(shown_key(spec), words(f"action.{spec.id}")) for spec in ACTIONS if spec.keys]


def chart_lines() -> list[tuple[str, str]]:
    """Key and words of what the keyboard and the hand do on the chart."""
    words, lines, said = load_words(), list[tuple[str, str]](), set[str]()
    for action in CHART_ACTIONS:
        group = _TOGETHER.get(action.id.partition(".")[0])
        if group is None:
            lines.append((shown_keys(action), words(action.words_key)))
        elif group not in said:
            said.add(group)
            lines.append((words(f"{group}.key"), words(group)))
    lines += [(words(f"chart.gesture.{one}.key"), words(f"chart.gesture.{one}")) for one in _GESTURES]
    return lines


class KeyList(Card):
    """Reads the table of actions and the chart's keys; F1 or Escape puts it away."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, border="text3", parent=window)
        words = load_words()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words("keys.title"))
        self._window = window
        self._before: QWidget | None = None
        layout = column(self, margins=(28, 20, 28, 24), spacing=10)
        layout.addWidget(TextLabel(theme, "section", "text", words("keys.title")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        lines = [*chart_lines(), *window_lines()]
        high = -(-len(lines) // _BLOCKS)
        for number, (key, text) in enumerate(lines):
            row, block = number % high, number // high
            grid.addWidget(KeyCap(theme, key), row, 3 * block, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(TextLabel(theme, "table", "text", text), row, 3 * block + 1)
        for block in range(1, _BLOCKS):
            grid.setColumnMinimumWidth(3 * block - 1, 24)
        layout.addLayout(grid)
        window.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Show or put away."""
        if self.isVisible():
            self.put_away()
            return
        self._before = self._window.focusWidget()
        self.adjustSize()
        self._centre()
        self.raise_()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def put_away(self) -> None:
        """Hide, and give the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._centre()
        return super().eventFilter(watched, event)

    def _centre(self) -> None:
        window = self._window
        self.move((window.width() - self.width()) // 2, max(64, (window.height() - self.height()) // 3))
