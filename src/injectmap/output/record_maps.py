"""The five views of a record: which part of the head each shows, at what size, with which labels.

They are laid out once, in mm of an A4 page; a smaller page shows them smaller.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from injectmap.chart.map_drawing import draw_map
from injectmap.chart.primitives import Box
from injectmap.chart.projection import project_map
from injectmap.chart.styles import MapStyle
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.output.svg import drawing_svg

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
    **dict.fromkeys(LARGE_ROW, _Size(86.0, 1.0, 0.9)),
    **dict.fromkeys(SMALL_ROW, _Size(56.0, 0.9, 0.68)),
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


def _style(view: View, *, labels: str, count: int, mono: bool) -> MapStyle:
    crop, size = crop_of(view), _SIZES[view.id]
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


def hidden_plan(treatment_map: TreatmentMap) -> frozenset[str]:
    """Planned passes that were carried out: the passes as done stand for them."""
    fulfilled = {one.fulfils for one in treatment_map.passes if one.fulfils}
    return frozenset(fulfilled & treatment_map.by_id.keys())


def shown_numbers(atlas: Atlas, treatment_map: TreatmentMap) -> dict[str, list[int]]:
    """Numbers of the passes as done that each view shows."""
    by_id = treatment_map.by_id

    def shown(view_id: str) -> list[int]:
        return [
            one.number
            for one in project_map(atlas, treatment_map, view_id, 1.0)
            if one.shown and one.number is not None and not by_id[one.id].is_planned
        ]

    return {view_id: shown(view_id) for view_id in (*LARGE_ROW, *SMALL_ROW)}


def map_views(atlas: Atlas, shown: dict[str, list[int]], words: Words) -> list[list[dict[str, Any]]]:
    """Both rows of views for the document: names, sizes in micrometres of the page, and which head lies under."""
    return [
        [_view(atlas.views[view_id], shown[view_id], words) for view_id in row]
        for row in (LARGE_ROW, SMALL_ROW)
    ]


def _view(view: View, shown: list[int], words: Words) -> dict[str, Any]:
    crop = crop_of(view)
    scale = _SIZES[view.id].width_mm / crop.width
    numbers = ", ".join(map(str, shown))
    name = words(f"view.{view.id}")
    width, height = view.window_mm

    def um(mm_of_head: float) -> int:
        return round(mm_of_head * scale * 1000)

    return {
        "id": view.id,
        "caption": name,
        "alt": words("record.view_alt", view=name, numbers=numbers)
        if numbers
        else words("record.view_alt_empty", view=name),
        "width": um(crop.width),
        "height": um(crop.height),
        "head": {
            "digests": {look: _digest(head_file(view, mono=look == "line")) for look in ("shaded", "line")},
            "mirrored": view.mirrored,
            "x": um(-crop.left),
            "y": um(-crop.top),
            "width": um(width),
            "height": um(height),
        },
    }


def view_pictures(
    atlas: Atlas, treatment_map: TreatmentMap, shown: dict[str, list[int]], *, mono: bool
) -> dict[str, str]:
    """What is drawn over the head as SVG, by view; the head itself is a shipped file."""
    most = max(len(shown[view_id]) for view_id in LARGE_ROW)
    full = "full" if most <= _FULL_LABELS else "chip"
    hidden = hidden_plan(treatment_map)
    pictures = {}
    for view_id in (*LARGE_ROW, *SMALL_ROW):
        count = len(shown[view_id])
        labels = full if view_id in LARGE_ROW else "chip"
        style = _style(atlas.views[view_id], labels=labels, count=count, mono=mono)
        drawing = draw_map(atlas, treatment_map, view_id, style, hidden=hidden)
        pictures[view_id] = drawing_svg(drawing, crop=style.bounds)
    return pictures


def head_file(view: View, *, mono: bool) -> Path:
    """The head's picture under a view on paper."""
    return view.picture("line" if mono else "shaded", reduced=True)


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def head_is_as_signed(view: View, digests: dict[str, str], *, mono: bool) -> bool:
    """True if the head's picture is the one that lay under the map when it was signed."""
    return digests.get("line" if mono else "shaded") == _digest(head_file(view, mono=mono))
