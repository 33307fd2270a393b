"""Landmarks of the reference head as dots with their names; a name stands only where it covers nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.names import Placed
from injectmap.chart.placement import Ground, boxes_at, reach
from injectmap.chart.primitives import Box, Disc, Item, Mark, Text
from injectmap.chart.projection import Array, as_points
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import CAP_HEIGHT, TextMeasure

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Beside the dot first, as on a map; then above and below, then aslant.
_DEGREES = np.array([0, 180, 270, 90, 315, 225, 45, 135], dtype=float)
_AWAY = (3.0, 9.0, 16.0)


def landmark_items(
    atlas: Atlas,
    view_id: str,
    style: MapStyle,
    ground: Ground,
    words: Callable[[str], str],
    measure: TextMeasure,
) -> Placed:
    """Dots for all landmarks in sight; names in free places, the crowded ones left out."""
    ids, places = _in_sight(atlas, view_id)
    at = places * style.px_per_mm
    radius, mark = styles.LANDMARK_RADIUS * style.line, style.mark
    inside = [style.bounds is None or style.bounds.contains((x, y)) for x, y in at.tolist()]
    items: list[Item] = [
        Disc(centre, radius, styles.WHITE, style.ink, 1.3 * style.line)
        for centre, within in zip(as_points(at), inside, strict=True)
        if within
    ]
    marks = [
        Mark("landmark", id_, Box.around(centre, 2 * radius, 2 * radius))
        for id_, centre in zip(ids, as_points(at), strict=True)
    ]
    if style.label_kind == "none":
        return Placed(tuple(items), tuple(marks))
    for own in marks:
        ground.take_box(own.box)
    size = styles.LANDMARK_TEXT * mark
    height = CAP_HEIGHT * size + 4 * mark
    named: set[str] = set()
    for id_, centre, within in zip(ids, at, inside, strict=True):
        name = id_.partition(":")[0]
        if not within or name in named:
            continue
        text = words(f"landmark.{name}")
        box = _free_place(ground, centre, measure(text, size, 400) + 2 * mark, height, radius, mark)
        if box is None:
            continue
        named.add(name)
        ground.take_box(box)
        baseline = round(box.bottom - 2 * mark, 2)
        items.append(
            Text(
                (round(box.centre[0], 2), baseline), text, size, 400, style.ink,
                halo=styles.SKIN_HALO, halo_width=1.7 * styles.NAME_HALO * mark,
            )
        )  # fmt: skip
        marks.append(Mark("landmark_name", id_, box))
    return Placed(tuple(items), tuple(marks))


def _in_sight(atlas: Atlas, view_id: str) -> tuple[list[str], Array]:
    """Names with their side, and places (n, 2) in mm, of the landmarks that a view sees; the left side first."""
    ids, points = [], []
    for name, point in atlas.landmarks.items():
        ids.append(f"{name}:left")
        points.append(point)
    for name, point in atlas.landmarks.items():
        if point[0] > 0.5:
            ids.append(f"{name}:right")
            points.append(point * (-1.0, 1.0, 1.0))
    places, visible = atlas.views[view_id].project(np.array(points))
    seen = np.flatnonzero(visible)
    return [ids[index] for index in seen], np.asarray(places[seen])


def _free_place(
    ground: Ground, at: Array, width: float, height: float, radius: float, mark: float
) -> Box | None:
    around = np.column_stack([np.cos(np.radians(_DEGREES)), np.sin(np.radians(_DEGREES))])
    out = reach(around, width, height)[:, None]
    centres = np.concatenate([at + around * (radius + away * mark + out) for away in _AWAY])
    boxes = boxes_at(centres, width, height)
    free = np.flatnonzero(ground.free(boxes))
    return Box(*boxes[free[0]].round(2).tolist()) if len(free) else None
