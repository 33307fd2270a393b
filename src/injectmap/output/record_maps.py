"""The five views of a record: which part of the head each shows, at what size, with which labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

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

# The part of the head a record shows, mm from the point midway between the tragia: face, ear and jaw, down to
# where the neck fades; to the left and right as a left view or the front shows them.
_ABOVE, _BELOW = 70.0, 116.0
_BESIDE = {"left_lateral": (124.0, 70.0), "left_oblique": (94.0, 82.0), "front": (88.0, 88.0)}

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
    ((middle, level),), _ = view.project(np.zeros((1, 3)))
    left, right = _BESIDE[view.id.replace("right", "left")]
    if view.mirrored:
        left, right = right, left
    width, height = view.window_mm
    return Box(
        max(0.0, float(middle) - left),
        max(0.0, float(level) - _ABOVE),
        min(width, float(middle) + right),
        min(height, float(level) + _BELOW),
    )


def _style(view: View, size: _Size, *, labels: str, count: int, mono: bool) -> MapStyle:
    crop = crop_of(view)
    scale = size.width_mm / crop.width
    crowded = 0.8 if count > _CROWDED else 1.0
    return MapStyle(
        px_per_mm=scale,
        labels=labels,
        # The small pictures would drown in names; every zone is named in the large ones.
        names=view.id in LARGE_ROW,
        badges=True,
        mono=mono,
        unit="paper",
        mark_scale=size.mark_scale * crowded,
        line_scale=size.line_scale / crowded,
        badge_scale=1.0 / crowded,
        bounds=Box(*(edge * scale for edge in crop)),
    )


def _picture(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    words: Words,
    size: _Size,
    *,
    labels: str,
    mono: bool,
) -> dict[str, Any]:
    view = atlas.views[view_id]
    shown = _shown_numbers(atlas, treatment_map, view_id)
    style = _style(view, size, labels=labels, count=len(shown), mono=mono)
    drawing: Drawing = draw_map(atlas, treatment_map, view_id, style)
    area = style.bounds
    assert area is not None
    name = words(f"view.{view_id}")
    numbers = ", ".join(map(str, shown))
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


def _shown_numbers(atlas: Atlas, treatment_map: TreatmentMap, view_id: str) -> list[int]:
    """Numbers of the passes a view shows."""
    projected = project_map(atlas, treatment_map, view_id, 1.0)
    return [one.number for one in projected if one.shown and one.number is not None]


def map_pictures(
    atlas: Atlas, treatment_map: TreatmentMap, words: Words, *, paper: Paper, mono: bool
) -> list[list[dict[str, Any]]]:
    """Both rows of pictures of a map for the page template."""
    most = max(len(_shown_numbers(atlas, treatment_map, view_id)) for view_id in LARGE_ROW)
    full = "full" if most <= _FULL_LABELS else "chip"
    return [
        [
            _picture(atlas, treatment_map, view_id, words, _SIZES[paper][size], labels=labels, mono=mono)
            for view_id in row
        ]
        for size, row, labels in (("large", LARGE_ROW, full), ("small", SMALL_ROW, "chip"))
    ]
