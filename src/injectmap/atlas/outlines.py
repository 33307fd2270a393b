"""Drawn outlines of zones: shrunk by a gap and rounded in millimetres, and areas of the skin."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely  # type: ignore[import-untyped]

from injectmap.atlas.arrays import Floats
from injectmap.atlas.skin import CENTRE, Skin, chart_directions

# Neighbouring points of a drawn outline lie at most this far apart.
_STEP_MM = 1.0
_QUARTER_SEGMENTS = 8


def drawn(skin: Skin, ring: Floats, gap_mm: float, round_mm: float) -> Floats:
    """Return the closed outline (n, 3) on the left skin of a ring (m, 2) in half degrees of azimuth and elevation."""
    directions = chart_directions(ring[:, 0], ring[:, 1])
    if gap_mm > 0.0 or round_mm > 0.0:
        flat = _FlatChart(skin, directions)
        shape = shapely.Polygon(
            shapely.segmentize(shapely.Polygon(flat.there(directions)), _STEP_MM).exterior
        )
        inner = shape.buffer(-(gap_mm / 2.0 + round_mm), quad_segs=_QUARTER_SEGMENTS)
        inner = max(shapely.get_parts(inner), key=shapely.area, default=shapely.Polygon())
        if inner.is_empty:  # a sliver too thin to round is drawn as it is
            inner, round_mm = shape, 0.0
        rounded = inner.buffer(round_mm, quad_segs=_QUARTER_SEGMENTS) if round_mm > 0.0 else inner
        outline = shapely.get_coordinates(shapely.segmentize(rounded.simplify(0.01), _STEP_MM).exterior)
        directions = flat.back(outline)
    points = skin.lay(directions)
    points[-1] = points[0]
    return points


class _FlatChart:
    """A flat map of the skin around a zone, true in millimetres on the average of the zone's border.

    Great circles from the middle keep their angle and direction; then the plane is stretched as the slope of the
    skin against the line from the centre stretches it.
    """

    def __init__(self, skin: Skin, directions: Floats) -> None:
        self._middle = directions.mean(axis=0)
        self._middle /= np.linalg.norm(self._middle)
        across = np.cross((0.0, 1.0, 0.0), self._middle)
        across /= np.linalg.norm(across)
        self._axes = np.stack([across, np.cross(self._middle, across)])
        self._stretch = np.eye(2)
        flat = self.there(directions)
        step = 1e-3
        here, right, up = (skin.lay(self.back(flat + shift)) for shift in ((0, 0), (step, 0), (0, step)))
        tangents = np.stack([right - here, up - here], axis=1) / step
        metric = np.einsum("nic,njc->nij", tangents, tangents).mean(axis=0)
        values, vectors = np.linalg.eigh(metric)
        self._stretch = vectors @ np.diag(np.sqrt(values)) @ vectors.T

    def there(self, directions: Floats) -> Floats:
        """Return the flat places (n, 2) of unit directions (n, 3)."""
        sideways = directions @ self._axes.T
        size = np.linalg.norm(sideways, axis=1)
        angle = np.arctan2(size, directions @ self._middle)
        return np.asarray(sideways * (angle / np.maximum(size, 1e-12))[:, None] @ self._stretch)

    def back(self, flat: Floats) -> Floats:
        """Return the unit directions (n, 3) of flat places (n, 2)."""
        plain = flat @ np.linalg.inv(self._stretch)
        angle = np.linalg.norm(plain, axis=1)
        sideways = plain / np.maximum(angle, 1e-12)[:, None] @ self._axes
        return np.asarray(sideways * np.sin(angle)[:, None] + self._middle * np.cos(angle)[:, None])


@cache
def cell_areas(skin: Skin, cell: float) -> Floats:
    """Return the area in mm2 of every chart cell of a size in half degrees, azimuth first, flattened."""
    corners = np.linspace(0.0, 360.0, int(360.0 / cell) + 1)
    azimuth, elevation = np.meshgrid(corners, corners, indexing="ij")
    directions = chart_directions(azimuth, elevation)
    points = skin.lay(directions.reshape(-1, 3)).reshape(directions.shape) - CENTRE
    one, other = points[1:, 1:] - points[:-1, :-1], points[:-1, 1:] - points[1:, :-1]
    areas = np.asarray(np.linalg.norm(np.cross(one, other), axis=-1).ravel() / 2.0)
    areas.setflags(write=False)
    return areas
