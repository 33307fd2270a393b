"""What a key means on the chart; digits type the volume of the one selected pass, else they name views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from injectmap.ui.canvas.head_pictures import VIEW_IDS

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.canvas.chart_column import ChartColumn

_TOOL_KEYS: Final = {Qt.Key.Key_V: "select", Qt.Key.Key_P: "cannula_pass", Qt.Key.Key_D: "free_hand"}
_VOLUME_LETTERS: Final = "0123456789.,"


def handle_key(column: ChartColumn, event: QKeyEvent) -> bool:
    """Do what a key means; False if it means nothing here."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return _undo(column, back=True)
    if event.matches(QKeySequence.StandardKey.Redo) or (
        event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    ):
        return _undo(column, back=False)
    if event.matches(QKeySequence.StandardKey.SelectAll):
        return _select_all(column)
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    return (
        _typed_volume(column, event.text())
        or _view_key(column, event)
        or _zoom_key(column, event)
        or _overlay_key(column, event)
        or _map_key(column, event)
    )


def _undo(column: ChartColumn, *, back: bool) -> bool:
    column.undo() if back else column.redo()
    return True


def _select_all(column: ChartColumn) -> bool:
    editor = column.bridge.editor
    if editor is not None:
        editor.select(editor.map.by_id)
    return True


def _typed_volume(column: ChartColumn, text: str) -> bool:
    return len(text) == 1 and text in _VOLUME_LETTERS and column.host.reopen(text)


def _view_key(column: ChartColumn, event: QKeyEvent) -> bool:
    place = event.key() - Qt.Key.Key_1
    if not 0 <= place < len(VIEW_IDS):
        return False
    column.view.show_view(VIEW_IDS[place])
    return True


def _zoom_key(column: ChartColumn, event: QKeyEvent) -> bool:
    if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        column.zoom.zoom_in()
    elif event.key() == Qt.Key.Key_Minus:
        column.zoom.zoom_out()
    elif event.key() == Qt.Key.Key_0:
        column.view.fit()
    else:
        return False
    return True


def _overlay_key(column: ChartColumn, event: QKeyEvent) -> bool:
    if event.key() == Qt.Key.Key_Z:
        column.toggles.zones.toggle()
    elif event.key() == Qt.Key.Key_L:
        column.toggles.labels.toggle()
    else:
        return False
    return True


def _map_key(column: ChartColumn, event: QKeyEvent) -> bool:
    editor = column.bridge.editor
    if editor is None:
        return False
    key = Qt.Key(event.key())
    if key in _TOOL_KEYS:
        editor.choose_tool(_TOOL_KEYS[key])
    elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        column.view.guarded(editor.remove_selected)
    elif key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
        editor.select_next(1)
    elif key in (Qt.Key.Key_Up, Qt.Key.Key_Left):
        editor.select_next(-1)
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
        return column.host.reopen()
    elif key == Qt.Key.Key_Escape:
        return _escape(column, editor)
    else:
        return False
    return True


def _escape(column: ChartColumn, editor: MapEditor) -> bool:
    """One step back at a time: the open volume, then the selection."""
    if column.inline.isVisible():
        column.inline.close_editor()
    elif editor.selection:
        editor.select([])
    else:
        return False
    return True
