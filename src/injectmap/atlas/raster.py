"""A picture of the zones in the chart: where a place is well inside a zone, one look-up tells which."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Final

import numpy as np
import numpy.typing as npt

from injectmap.atlas.arrays import Floats, Ints

# The place is too near a border for the picture to tell.
NEAR: Final = -1

_SPAN = 360.0

# Segments up to this long are told apart by the picture.
REACH_MM: Final = 1.05

# No skin is nearer to the centre.
_LEAST_RADIUS_MM = 55.0


def reach_half_degrees() -> float:
    """Return how far the middle of a segment can be from its ends, seen from the centre, at elevation 0."""
    return float(np.rad2deg(REACH_MM / 2.0 / _LEAST_RADIUS_MM) * 2.0)


class ZoneRaster:
    """Zone numbers in cells of a quarter degree.

    A cell says `NEAR` unless every place within `REACH_MM / 2` of it lies in the same zone, so that a straight
    segment up to `REACH_MM` long with both ends in cells of one zone cannot leave that zone.
    """

    cell: Final = 0.5

    def __init__(self, rings: Sequence[Floats]) -> None:
        """Draw closed rings (n, 2) that wind left, in half degrees of azimuth and elevation, into the picture."""
        self.side = int(_SPAN / self.cell)
        self.labels = np.zeros(self.side * self.side, dtype=np.int8)  # at each cell's centre, azimuth first
        self.numbers = self.labels.copy()
        self.draw_part(rings, slice(0, self.side), slice(0, self.side))

    def moved(self, rings: Sequence[Floats], low: Floats, high: Floats) -> ZoneRaster:
        """Return the picture of rings that differ from these only between two places (2,) of the chart."""
        other = copy(self)
        other.labels, other.numbers = self.labels.copy(), self.numbers.copy()
        first, last = self._cells(low), self._cells(high)
        tall, wide = self._reach()
        rows = slice(max(first[1] - tall, 0), min(last[1] + tall + 1, self.side))
        most = int(wide[rows].max())
        other.draw_part(rings, slice(max(first[0] - most, 0), min(last[0] + most + 1, self.side)), rows)
        return other

    def _cells(self, place: Floats) -> tuple[int, int]:
        column, row = np.clip((place / self.cell).astype(int), 0, self.side - 1).tolist()
        return column, row

    def draw_part(self, rings: Sequence[Floats], columns: slice, rows: slice) -> None:
        """Draw a part of the picture."""
        labels, numbers = (one.reshape(self.side, self.side) for one in (self.labels, self.numbers))
        labels[:, rows] = self._fill(rings, rows)
        numbers[columns, rows] = np.where(
            self._near(rings, columns, rows), np.int8(NEAR), labels[columns, rows]
        )

    def at(self, azimuth: Floats, elevation: Floats) -> Ints:
        """Return the zone numbers (n,) at chart places, or `NEAR`."""
        column = np.minimum((azimuth * (1.0 / self.cell)).astype(np.intp), self.side - 1)
        row = np.minimum((elevation * (1.0 / self.cell)).astype(np.intp), self.side - 1)
        return np.asarray(self.numbers[column * self.side + row], dtype=np.intp)

    def _fill(self, rings: Sequence[Floats], rows: slice) -> npt.NDArray[np.int8]:
        """Label the cells' centres in rows: in each the zone begins where its ring is last crossed from the left."""
        height = rows.stop - rows.start
        numbers = np.zeros((self.side, height), dtype=np.int8)
        change_row, change_at, change_to = [], [], []
        for number, ring in enumerate(rings):
            # Of a ring that winds left, downward pieces have it at larger azimuth.
            low, high = ring[1:, 1], ring[:-1, 1]
            first = np.clip(np.ceil(low / self.cell - 0.5).astype(int), rows.start, rows.stop)
            last = np.clip(np.ceil(high / self.cell - 0.5).astype(int), rows.start, rows.stop)
            count = np.maximum(last - first, 0)
            piece = np.repeat(np.arange(len(count)), count)
            row = first[piece] + np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
            share = ((row + 0.5) * self.cell - low[piece]) / (high - low)[piece]
            at = ring[1:, 0][piece] + (ring[:-1, 0] - ring[1:, 0])[piece] * share
            change_row.append(row - rows.start)
            change_at.append(at)
            change_to.append(np.full(len(row), number, dtype=np.int8))
        found, at, to = np.concatenate(change_row), np.concatenate(change_at), np.concatenate(change_to)
        ranked = np.lexsort((at, found))
        found, column, to = found[ranked], np.ceil(at[ranked] / self.cell - 0.5).astype(int), to[ranked]
        # Later changes at the same place override earlier ones: fill from each change to the row's end.
        starts = np.clip(column, 0, self.side)
        ends = np.append(starts[1:], self.side)
        ends[np.append(found[1:] != found[:-1], True)] = self.side
        width = np.maximum(ends - starts, 0)
        target = (
            np.repeat(starts, width) + np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
        )
        numbers[target, np.repeat(found, width)] = np.repeat(to, width)
        return numbers

    def _reach(self) -> tuple[int, Ints]:
        """Return how many cells the reach covers upwards, and in each row sideways; one more covers the rounding."""
        reach = reach_half_degrees() / self.cell
        elevation = np.deg2rad((np.arange(self.side) + 0.5) * self.cell / 2.0 - 90.0)
        wide = np.ceil(reach / np.maximum(np.cos(elevation), 1e-3)).astype(int) + 1
        return int(np.ceil(reach)) + 1, np.minimum(wide, self.side)

    def _near(self, rings: Sequence[Floats], columns: slice, rows: slice) -> npt.NDArray[np.bool_]:
        """Mark the cells of a part that lie within reach of a border."""
        starts = np.concatenate([ring[:-1] for ring in rings])
        ends = np.concatenate([ring[1:] for ring in rings])
        count = np.ceil(np.abs(ends - starts).max(axis=1) / (self.cell / 2.0)).astype(int) + 1
        piece = np.repeat(np.arange(len(count)), count)
        place = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
        share = place / np.maximum(count - 1, 1)[piece]
        spots = starts[piece] + (ends - starts)[piece] * share[:, None]
        column, row = np.minimum((spots / self.cell).astype(int), self.side - 1).T
        touched = np.zeros((self.side, self.side), dtype=bool)
        touched[column, row] = True
        up, wide = self._reach()
        # What lies farther off than the reach cannot matter to the part.
        below, left = max(rows.start - up, 0), max(columns.start - int(wide[rows].max()), 0)
        around = touched[left : columns.stop + int(wide[rows].max()), below : rows.stop + up]
        tall = _spread(around.T, np.full(around.shape[0], up)).T[:, rows.start - below :][
            :, : rows.stop - rows.start
        ]
        return _spread(tall, wide[rows])[columns.start - left :][: columns.stop - columns.start]


def _spread(touched: npt.NDArray[np.bool_], by: Ints) -> npt.NDArray[np.bool_]:
    """Widen marks along the first axis, in each column by its own number of cells both ways."""
    size = len(touched)
    sums = np.concatenate(
        [np.zeros((1, touched.shape[1]), dtype=np.int32), np.cumsum(touched, axis=0, dtype=np.int32)]
    )
    here = np.arange(size)[:, None]
    high, low = np.minimum(here + by + 1, size), np.maximum(here - by, 0)
    columns = np.arange(touched.shape[1])
    return np.asarray(sums[high, columns] > sums[low, columns])
