"""The keys and gestures of use now, for the foot of the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.desk import Desk

Hint = tuple[str, str]


def hints_now(desk: Desk, *, form: Sequence[Hint]) -> list[Hint]:
    """Return (key, what it does) pairs; `form` gives those of an open form or page as (key, key of the words)."""
    words = load_words()
    all_keys = ("F1", words("hint.keys"))
    if not desk.has_clinic:
        return [all_keys]
    if form:
        return [(key, words(hint)) for key, hint in form]
    if desk.editor is None:
        return [("", words("hint.choose")), all_keys]
    return [*_chart_hints(desk.editor), all_keys]


def _chart_hints(editor: MapEditor) -> list[Hint]:
    """What digits mean now, and dragging where something can be drawn."""
    words = load_words()
    digits = words("hint.views")
    if len(editor.selection) == 1 and not editor.read_only:
        number = editor.map.numbers[next(iter(editor.selection))]
        digits = words("hint.digits", number=number)
    drag = [] if editor.read_only else [("", words("hint.drag"))]
    return [*drag, ("", digits)]
