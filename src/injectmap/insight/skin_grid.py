"""The drawable skin of both sides as small cells with their true area, on which a dose can be laid and counted."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np

from injectmap.atlas.arrays import Bools, Floats, Ints
from injectmap.atlas.outlines import cell_areas
from injectmap.atlas.skin import NODES, Skin, chart, chart_directions, mirror

# Cells of half a degree: 0.5 to 1 mm on the face. Azimuth runs over both sides, the patient's right first.
PER_SIDE = NODES - 1
SHAPE = (2 * PER_SIDE, PER_SIDE)


class SkinGrid:
    """Cells of half a degree of azimuth and elevation; only drawable skin holds any.

    `points` (n, 3) are the cells' middles in mm, `areas` (n,) their size on the skin in mm2, and `places` (n,) where
    they stand in a flattened array of `SHAPE`. The sides mirror each other exactly.
    """

    def __init__(self, skin: Skin) -> None:
        """Lay the grid on a skin."""
        middles = np.arange(PER_SIDE) + 0.5
        directions = chart_directions(*np.meshgrid(middles, middles, indexing="ij")).reshape(-1, 3)
        left = skin.lay(directions)
        drawable = skin.drawable(left)
        areas = cell_areas(skin, 1.0)[drawable]
        left, place = left[drawable], np.flatnonzero(drawable)
        column, row = np.divmod(place, PER_SIDE)
        self.skin = skin
        self.points: Floats = np.concatenate([mirror(left), left])
        self.areas: Floats = np.concatenate([areas, areas])
        self.places: Ints = np.concatenate(
            [(PER_SIDE - 1 - column) * PER_SIDE + row, (PER_SIDE + column) * PER_SIDE + row]
        )
        self._squares: Floats = np.einsum("ij,ij->i", self.points, self.points)

    @cached_property
    def held(self) -> Floats:
        """1 where there is a cell and 0 elsewhere, as an array of `SHAPE`."""
        flat = np.zeros(SHAPE[0] * SHAPE[1])
        flat[self.places] = 1.0
        return flat.reshape(SHAPE)

    @property
    def azimuths(self) -> Floats:
        """Azimuth of each cell's middle in degrees, 0 forward, negative on the patient's right."""
        return np.asarray((self.places // PER_SIDE + 0.5 - PER_SIDE) / 2.0)

    @property
    def elevations(self) -> Floats:
        """Elevation of each cell's middle in degrees."""
        return np.asarray((self.places % PER_SIDE + 0.5 - PER_SIDE / 2) / 2.0)

    def near(self, sources: Floats, reach_mm: float) -> Ints:
        """Numbers of the cells in the box around sources (m, 3) that can lie within reach of one."""
        low, high = sources.min(axis=0) - reach_mm, sources.max(axis=0) + reach_mm
        inside: Bools = np.ones(len(self.points), dtype=bool)
        for axis in range(3):
            along = self.points[:, axis]
            inside &= (along >= low[axis]) & (along <= high[axis])
        return np.asarray(np.flatnonzero(inside))

    def squared_chords(self, sources: Floats, cells: Ints) -> Floats:
        """Squared straight distances (m, k) in mm2 from sources (m, 3) to some cells."""
        across = sources @ self.points[cells].T
        squares = np.einsum("ij,ij->i", sources, sources)
        return np.asarray(np.maximum(squares[:, None] + self._squares[cells] - 2.0 * across, 0.0))

    def read(self, values: Floats, points: Floats) -> Floats:
        """Interpolate an array of `SHAPE` at skin points (n, 3)."""
        azimuth, elevation = chart(points - self.skin.centre)
        across = PER_SIDE + np.where(points[:, 0] < 0.0, -azimuth, azimuth) - 0.5
        up = elevation - 0.5
        column = np.clip(across.astype(np.intp), 0, SHAPE[0] - 2)
        row = np.clip(up.astype(np.intp), 0, SHAPE[1] - 2)
        s, t = np.clip(across - column, 0.0, 1.0), np.clip(up - row, 0.0, 1.0)
        flat, first = values.ravel(), column * SHAPE[1] + row
        near = flat.take(first) * (1.0 - t) + flat.take(first + 1) * t
        far = flat.take(first + SHAPE[1]) * (1.0 - t) + flat.take(first + SHAPE[1] + 1) * t
        return np.asarray(near * (1.0 - s) + far * s)


@lru_cache(maxsize=2)
def skin_grid(skin: Skin) -> SkinGrid:
    """The grid of a skin, laid once."""
    return SkinGrid(skin)
