"""Fans and cross-hatches as the header and the pointer say them, and one step more or less of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from injectmap.domain.units import show_volume

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.words import Words

SHAPES: Final = frozenset({"fan", "cross_hatch"})
_SPREAD_STEP: Final = 5


def change_shape(editor: MapEditor, *, count: int = 0, wider: int = 0) -> None:
    """Give the shape of the tool in hand more or fewer passes, or more or less spread or spacing, by steps."""
    if editor.tool_id == "fan":
        editor.change_fan(count, wider * _SPREAD_STEP)
    elif editor.tool_id == "cross_hatch":
        editor.change_hatch(count, wider)


def shape_text(editor: MapEditor, words: Words) -> str:
    """Such as "3 passes, 30°, 0.30 mL together"."""
    volume = show_volume(editor.next_volume_ul)
    if editor.tool_id == "fan":
        return words("shape.fan", count=editor.fan.count, degrees=editor.fan.spread_deg, volume=volume)
    hatch = editor.hatch
    return words("shape.cross_hatch", count=hatch.count, mm=hatch.spacing_mm, volume=volume)
