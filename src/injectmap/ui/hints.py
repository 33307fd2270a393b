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
    return [*_chart_hints(desk.editor), ("Ctrl K", words("hint.palette"))]


# What a tool's gesture can be changed by, beside the hint `hint.tool.<id>` of each.
_TOOL_KEYS = {
    "fan": (("[ ]", "hint.shape.count"), ("{ }", "hint.shape.spread")),
    "cross_hatch": (("[ ]", "hint.shape.count"), ("{ }", "hint.shape.spacing")),
    "zone_corner": (("Shift N", "hint.corners.back"),),
}


def _chart_hints(editor: MapEditor) -> list[Hint]:
    """What the tool in hand wants, what was measured can become, and what digits mean now."""
    words = load_words()
    digits = words("hint.views")
    from injectmap.ui.canvas.sight import in_sight

    if not editor.read_only and in_sight(editor, editor.selection):
        count = len(editor.selection)
        digits = words("hint.digits.several", count=count)
        if count == 1:
            digits = words("hint.digits", number=editor.map.numbers[next(iter(editor.selection))])
    if editor.read_only:
        return [("", digits)]
    if editor.measured is not None:
        return [("Enter", words("hint.measure.keep")), ("A", words("hint.measure.asymmetry"))]
    tool = editor.tool_id
    own = words(f"hint.tool.{tool}") if words.has(f"hint.tool.{tool}") else words("hint.drag")
    keys = [(key, words(text)) for key, text in _TOOL_KEYS.get(tool, ())]
    return [("", own), *keys, ("", digits)]
