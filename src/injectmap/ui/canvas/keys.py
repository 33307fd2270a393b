"""What a key means on the chart: typed volumes first, then the table of actions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from injectmap.ui.canvas.chart_actions import ACTIONS, ChartAction
from injectmap.ui.canvas.sight import in_sight

if TYPE_CHECKING:
    from injectmap.ui.canvas.chart_column import ChartColumn

_VOLUME_LETTERS: Final = "0123456789.,"
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def handle_key(column: ChartColumn, event: QKeyEvent) -> bool:
    """Do what a key means; False if it means nothing here."""
    text = event.text()
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    plain = held == Qt.KeyboardModifier.NoModifier
    if plain and len(text) == 1 and text in _VOLUME_LETTERS and _waits(column):
        # Meant as the volume of the pass that waits: never a key for a view, which might hide that pass.
        column.notice.insist()
        return True
    if (
        plain
        and len(text) == 1
        and text in _VOLUME_LETTERS
        and _means_volume(column)
        and column.type_volume(text)
    ):
        return True
    return any(
        not action.reason(column) and action.run(column) is not False
        for action in _by_key().get(_code(event), ())
    )


def _waits(column: ChartColumn) -> bool:
    """True while a change is not stored."""
    editor = column.bridge.editor
    return editor is not None and editor.failed is not None


def _means_volume(column: ChartColumn) -> bool:
    """True if what is selected is in sight: nobody types the volume of passes on the other side of the face."""
    editor = column.bridge.editor
    return editor is not None and bool(editor.selection) and in_sight(editor, editor.selection)


def _code(event: QKeyEvent) -> int:
    """The key with its modifiers; of signs only the sign counts, whatever brings it forth on a keyboard."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    if len(text) == 1 and text.isprintable() and not text.isalnum() and not text.isspace():
        held &= ~_SHIFT
    key = Qt.Key(event.key())
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    return int(key) | int(held.value)


@cache
def _by_key() -> dict[int, tuple[ChartAction, ...]]:
    found: dict[int, tuple[ChartAction, ...]] = {}
    for action in ACTIONS:
        for key in action.keys:
            code = QKeyCombination(QKeySequence(key)[0]).toCombined()  # type: ignore[index]
            found[code] = (*found.get(code, ()), action)
    return found


def shown_keys(action: ChartAction) -> str:
    """The first key as people read it on this system, with the one that always works."""
    shown = [key for key in (*action.keys[:1], action.always) if key]
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in shown)
