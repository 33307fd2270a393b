"""The five views of a record: which part of the head each shows, at what size, with which labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from injectmap.chart.map_drawing import draw_map
from injectmap.chart.primitives import Box, Drawing
from injectmap.chart.projection import project_map
from injectmap.chart.styles import MapStyle
from injectmap.domain.settings import Paper
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.output.svg import drawing_svg
from injectmap.resources import asset_root

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, View
    from injectmap.words import Words

# Rows of the page, right views on the left as on the front view.
LARGE_ROW = ("right_lateral", "left_lateral")
SMALL_ROW = ("right_oblique", "front", "left_oblique")

# The part of the window a record shows, mm: face, ear and jaw down to where the neck fades.
_TOP, _BOTTOM = 60.0, 246.0
_LEFT_CROPS = {"left_lateral": (10.0, 204.0), "left_oblique": (37.0, 213.0), "front": (37.0, 213.0)}

# Above these counts volumes stand in the table only, then chips shrink.
_FULL_LABELS = 16
_CROWDED = 36


@dataclass(frozen=True, slots=True)
class _Size:
    """Width of one picture on the page in mm, and the scale of its text and of its lines."""

    width_mm: float
    mark_scale: float
    line_scale: float


_SIZES = {
    Paper.A4: {"large": _Size(86.0, 1.0, 0.9), "small": _Size(56.0, 0.9, 0.68)},
    # US Letter is shorter, so its pictures are too.
    Paper.LETTER: {"large": _Size(78.0, 1.0, 0.85), "small": _Size(52.0, 0.9, 0.65)},
}


def crop_of(view: View) -> Box:
    """The part of a view's window that a record shows, in mm of the head."""
    width = view.window_mm[0]
    left, right = _LEFT_CROPS[view.id.replace("right", "left")]
    if view.mirrored:
        left, right = width - right, width - left
    return Box(left, _TOP, right, _BOTTOM)


def _style(atlas: Atlas, treatment_map: TreatmentMap, view_id: str, size: _Size, *, mono: bool) -> MapStyle:
    crop = crop_of(atlas.views[view_id])
    scale = size.width_mm / crop.width
    shown = sum(one.shown for one in project_map(atlas, treatment_map, view_id, scale))
    large = view_id in LARGE_ROW
    return MapStyle(
        px_per_mm=scale,
        labels="full" if large and shown <= _FULL_LABELS else "chip",
        # The small pictures would drown in names; every zone is named in the large ones.
        names=large,
        badges=True,
        mono=mono,
        unit="paper",
        mark_scale=size.mark_scale * (0.8 if shown > _CROWDED else 1.0),
        line_scale=size.line_scale,
        bounds=Box(*(edge * scale for edge in crop)),
    )


def _picture(
    atlas: Atlas, treatment_map: TreatmentMap, view_id: str, words: Words, size: _Size, *, mono: bool
) -> dict[str, Any]:
    view = atlas.views[view_id]
    style = _style(atlas, treatment_map, view_id, size, mono=mono)
    drawing: Drawing = draw_map(atlas, treatment_map, view_id, style)
    area = style.bounds
    assert area is not None
    name = words(f"view.{view_id}")
    shown = project_map(atlas, treatment_map, view_id, style.px_per_mm)
    numbers = ", ".join(str(one.number) for one in shown if one.shown)
    alt = (
        words("record.view_alt", view=name, numbers=numbers)
        if numbers
        else words("record.view_alt_empty", view=name)
    )
    head = view.picture("line" if mono else "shaded", reduced=True)
    return {
        "id": view_id,
        "caption": name,
        "alt": alt,
        "width": round(area.width, 3),
        "height": round(area.height, 3),
        "overlay": drawing_svg(drawing, crop=area),
        # The head's picture is a shipped file; only the overlay knows anything of the patient.
        "head": "/" + head.relative_to(asset_root()).as_posix(),
        "mirrored": view.mirrored,
        "head_x": round(-area.left, 3),
        "head_y": round(-area.top, 3),
        "head_width": round(drawing.width, 3),
        "head_height": round(drawing.height, 3),
    }


def map_pictures(
    atlas: Atlas, treatment_map: TreatmentMap, words: Words, *, paper: Paper, mono: bool
) -> list[list[dict[str, Any]]]:
    """Both rows of pictures of a map for the page template."""
    return [
        [_picture(atlas, treatment_map, view_id, words, _SIZES[paper][size], mono=mono) for view_id in row]
        for size, row in (("large", LARGE_ROW), ("small", SMALL_ROW))
    ]
