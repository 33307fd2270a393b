"""Corners of the zones as handles, with those moved for this session told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.names import Placed
from injectmap.chart.primitives import Box, Item, Mark, Polyline
from injectmap.chart.projection import as_points
from injectmap.chart.styles import MapStyle

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones


def corner_items(atlas: Atlas, zones: Zones, view_id: str, style: MapStyle, shown: frozenset[str]) -> Placed:
    """A square on each corner in sight of the zones shown; filled where it was moved. Mark ids are `vertex:side`."""
    corners = zones.corners(shown)
    if not corners:
        return Placed((), ())
    places, visible = atlas.views[view_id].project(np.array([corner.place for corner in corners]))
    half = styles.CORNER_SIZE / 2 * style.line
    items: list[Item] = []
    marks: list[Mark] = []
    for corner, place, seen in zip(corners, places * style.px_per_mm, visible, strict=True):
        if not seen:
            continue
        (x, y), edge = as_points(place[None])[0], 1.6 * style.line
        outline = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        fill = styles.SELECTION if corner.moved else styles.WHITE
        items.append(Polyline(outline, styles.WHITE, edge + 2 * style.line, 0.8, closed=True))
        items.append(Polyline(outline, styles.SELECTION, edge, closed=True, fill=fill))
        marks.append(
            Mark("corner", f"{corner.vertex}:{corner.side}", Box(x - half, y - half, x + half, y + half))
        )
    return Placed(tuple(items), tuple(marks))
