"""The tools at the left of the canvas, with what acts on both sides, undo and redo."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.card import Card
from injectmap.ui.canvas.chart_actions import TOOL_KEYS
from injectmap.ui.canvas.chart_commands import closed_words
from injectmap.ui.canvas.flat_button import FlatButton
from injectmap.ui.theme import Theme, drawing_target
from injectmap.words import Words

FIRST_TOOL: Final = "cannula_pass"
# A micro-bolus is taken by its key: its button is the bolus's.
_SHARED: Final = {"micro_bolus": "bolus"}
_GAP_AFTER: Final = 13
_SPACE: Final = 2
_PAD: Final = 4


class ToolPalette(Card):
    """Shows which tool is in hand and what can be undone; undo and redo are done by who owns this."""

    def __init__(
        self, bridge: EditorBridge, words: Words, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """One button per tool that exists."""
        super().__init__(theme, words("tool.palette"), parent)
        self._bridge, self._words = bridge, words
        self._rules: list[int] = []
        self.tools: dict[str, FlatButton] = {}
        for tool_id, key in TOOL_KEYS:
            if tool_id not in _SHARED:
                self.tools[tool_id] = self._button(theme, tool_id, key)
                self.tools[tool_id].clicked.connect(self._choose)
        self.mirror = self._button(theme, "mirror", "X")
        self.linked = self._button(theme, "linked", "W")
        self.mirror.setCheckable(False)
        self.undo = FlatButton(theme, name=words("tool.undo"), icon_name="undo", parent=self)
        self.redo = FlatButton(theme, name=words("tool.redo"), icon_name="redo", parent=self)
        self.compose(button for group in self.groups for button in group)
        self.fit(10_000)
        bridge.changed.connect(self._on_changed)
        self._show_state()

    def _button(self, theme: Theme, tool_id: str, key: str) -> FlatButton:
        name = self._words(f"tool.{tool_id}")
        button = FlatButton(theme, name=name, icon_name=tool_id, key=key, strong_when_on=True, parent=self)
        button.setCheckable(True)
        button.setObjectName(f"tool_{tool_id}")
        return button

    @property
    def groups(self) -> tuple[tuple[FlatButton, ...], ...]:
        """Tools, what acts on both sides, undo and redo."""
        return (*self.tools.values(),), (self.mirror, self.linked), (self.undo, self.redo)

    def fit(self, height: int) -> None:
        """Stand in one column, or in two where one is too high for so many pixels."""
        side = drawing_target(self)
        count = sum(len(group) for group in self.groups)
        whole = count * (side + _SPACE) - _SPACE + (len(self.groups) - 1) * _GAP_AFTER + 2 * _PAD
        across = 1 if whole <= height else 2
        y = _PAD
        self._rules = []
        for number, group in enumerate(self.groups):
            if number:
                self._rules.append(y - _SPACE + _GAP_AFTER // 2)
                y += _GAP_AFTER
            for index, button in enumerate(group):
                x = _PAD + (index % across) * (side + _SPACE)
                button.setGeometry(x, y + index // across * (side + _SPACE), side, side)
            y += -(-len(group) // across) * (side + _SPACE)
        size = QSize(2 * _PAD + across * (side + _SPACE) - _SPACE, y - _SPACE + _PAD)
        if size != self.size():
            self.setFixedSize(size)
        self.forget_picture()

    def _choose(self) -> None:
        editor = self._bridge.editor
        chosen = next((tool_id for tool_id, button in self.tools.items() if button is self.sender()), None)
        if editor is not None and chosen is not None:
            editor.choose_tool(chosen)
        self._show_state()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"tool", "map", "state", "mode"}:
            self._show_state()

    def _show_state(self) -> None:
        editor, words = self._bridge.editor, self._words
        in_hand = editor.tool_id if editor is not None else FIRST_TOOL
        shown = _SHARED.get(in_hand, in_hand)
        closed = self._closed()
        keys = dict(TOOL_KEYS)
        for name, button in self.tools.items():
            button.setChecked(name == shown and editor is not None)
            # Passes are selected and read in any session.
            usable = editor is not None and (name == "select" or not editor.read_only)
            button.setEnabled(usable)
            own = words(f"tool.{in_hand}" if name == shown else f"tool.{name}")
            button.setToolTip(f"{own} ({keys[name]})" if usable or not closed else f"{own}. {closed}")
        self._show_sides(closed)
        for button, kind, what in (
            (self.undo, editor.undo_kind if editor else None, "undo"),
            (self.redo, editor.redo_kind if editor else None, "redo"),
        ):
            button.setEnabled(kind is not None and not closed)
            key = "Ctrl+Z" if what == "undo" else "Ctrl+Shift+Z"
            if closed:
                button.setToolTip(closed)
            elif kind is None:
                button.setToolTip(words(f"tool.nothing_to_{what}"))
            else:
                button.setToolTip(f"{words(f'tool.{what}.what', what=words(f'edit.{kind.value}'))} ({key})")

    def _show_sides(self, closed: str) -> None:
        editor, words = self._bridge.editor, self._words
        open_now = editor is not None and not closed
        self.linked.setChecked(editor is not None and editor.linked)
        for button, name, key in ((self.linked, "linked", "W"), (self.mirror, "mirror", "X")):
            button.setEnabled(open_now)
            own = words(f"tool.{name}")
            button.setToolTip(f"{own}. {closed}" if closed else f"{own} ({key})")

    def _closed(self) -> str:
        """Why nothing can be changed now, or nothing."""
        editor = self._bridge.editor
        if editor is None:
            return ""
        if editor.read_only:
            return self._words(closed_words(editor))
        return self._words("tool.edit_waiting") if editor.failed is not None else ""

    def paint_ground(self, painter: QPainter) -> None:
        """The card with a line between its groups."""
        super().paint_ground(painter)
        for y in self._rules:
            painter.fillRect(QRect(12, y, self.width() - 24, 1), self._theme.colour("line2"))
