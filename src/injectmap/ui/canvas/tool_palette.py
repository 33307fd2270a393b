"""The tools at the left of the canvas, with undo and redo."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.card import Card
from injectmap.ui.canvas.flat_button import FlatButton
from injectmap.ui.theme import Theme, drawing_target
from injectmap.words import Words

# Tool ids of the editor, their key, in the order of use.
TOOLS: Final = (("select", "V"), ("cannula_pass", "P"), ("free_hand", "D"))
FIRST_TOOL: Final = "cannula_pass"
_GAP_AFTER: Final = 13


class ToolPalette(Card):
    """Shows which tool is in hand and what can be undone; undo and redo are done by who owns this."""

    def __init__(
        self, bridge: EditorBridge, words: Words, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """One button per tool that exists."""
        super().__init__(theme, words("tool.palette"), parent)
        self._bridge, self._words = bridge, words
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(2)
        self.tools: dict[str, FlatButton] = {}
        for tool_id, key in TOOLS:
            button = FlatButton(
                theme,
                name=words(f"tool.{tool_id}"),
                icon_name=tool_id,
                key=key,
                strong_when_on=True,
                parent=self,
            )
            button.setCheckable(True)
            button.setObjectName(f"tool_{tool_id}")
            button.clicked.connect(self._choose)
            self.tools[tool_id] = button
            column.addWidget(button)
        column.addSpacing(_GAP_AFTER)
        self.undo = FlatButton(theme, name=words("tool.undo"), icon_name="undo", parent=self)
        self.redo = FlatButton(theme, name=words("tool.redo"), icon_name="redo", parent=self)
        for button in (self.undo, self.redo):
            column.addWidget(button)
        self._size_buttons()
        bridge.changed.connect(self._on_changed)
        self._show_state()

    def _size_buttons(self) -> None:
        side = drawing_target(self)
        for button in (*self.tools.values(), self.undo, self.redo):
            button.setFixedSize(side, side)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ParentChange:
            self._size_buttons()
        super().changeEvent(event)

    def _choose(self) -> None:
        editor = self._bridge.editor
        chosen = next((tool_id for tool_id, button in self.tools.items() if button is self.sender()), None)
        if editor is not None and chosen is not None:
            editor.choose_tool(chosen)
        self._show_state()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"tool", "map", "state"}:
            self._show_state()

    def _show_state(self) -> None:
        editor, words = self._bridge.editor, self._words
        tool_id = editor.tool_id if editor is not None else FIRST_TOOL
        closed = self._closed()
        for name, button in self.tools.items():
            button.setChecked(name == tool_id and editor is not None)
            # Passes are selected and read in any session.
            usable = editor is not None and (name == "select" or not editor.read_only)
            button.setEnabled(usable)
            own = words(f"tool.{name}")
            button.setToolTip(f"{own} ({dict(TOOLS)[name]})" if usable or not closed else f"{own}. {closed}")
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

    def _closed(self) -> str:
        """Why nothing can be changed now, or nothing."""
        editor = self._bridge.editor
        if editor is None:
            return ""
        if editor.session.error_reason:
            return self._words("tool.in_error")
        if editor.read_only:
            return self._words("tool.read_only")
        return self._words("tool.edit_waiting") if editor.failed is not None else ""

    def paint_ground(self, painter: QPainter) -> None:
        """The card with a line between tools and undo."""
        super().paint_ground(painter)
        y = (self.tools["free_hand"].geometry().bottom() + self.undo.geometry().top()) // 2
        painter.fillRect(QRect(12, y, self.width() - 24, 1), self._theme.colour("line2"))
