"""Where a path on the chart crosses the borders between zones, found among the few border pieces near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from injectmap.atlas.arrays import Floats, Ints
from injectmap.atlas.raster import reach_half_degrees

_SPAN = 360.0
_CELL = 2.0
_SIDE = int(_SPAN / _CELL)

# A crossing at the joint of two pieces may be missed by both or found by both: look a little farther, then merge.
_SLACK = 1e-9
_SAME_PLACE = 1e-6


@dataclass(frozen=True, slots=True)
class Border:
    """The edge between two zones, (n, 2) in half degrees; `left` and `right` are their numbers along its course."""

    edge: Floats
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """A change of zone at segment number plus share of that segment."""

    place: float
    before: int
    after: int


class BorderIndex:
    """All border pieces, listed by the cells of the chart from whose middle segments could reach them."""

    def __init__(self, borders: Sequence[Border]) -> None:
        """List the pieces of all borders."""
        starts = np.concatenate([border.edge[:-1] for border in borders])
        ends = np.concatenate([border.edge[1:] for border in borders])
        sizes = [len(border.edge) - 1 for border in borders]
        self._x, self._y = np.ascontiguousarray(starts.T)
        self._dx, self._dy = np.ascontiguousarray((ends - starts).T)
        self._left = np.repeat([border.left for border in borders], sizes)
        self._right = np.repeat([border.right for border in borders], sizes)
        reach = reach_half_degrees()
        low, high = np.minimum(starts, ends), np.maximum(starts, ends)
        steepest = np.abs(np.stack([low[:, 1], high[:, 1]]) - 180.0).max(axis=0) + reach
        wide = reach / np.maximum(np.cos(np.deg2rad(steepest / 2.0)), 1e-3)
        first_column, last_column = _cells(low[:, 0] - wide), _cells(high[:, 0] + wide)
        first_row, last_row = _cells(low[:, 1] - reach), _cells(high[:, 1] + reach)
        tall = last_row - first_row + 1
        count = (last_column - first_column + 1) * tall
        piece = np.repeat(np.arange(len(count)), count)
        place = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
        cell = (first_column[piece] + place // tall[piece]) * _SIDE + first_row[piece] + place % tall[piece]
        by_cell = np.argsort(cell, kind="stable")
        self._listed = piece[by_cell]
        self._begin = np.searchsorted(cell[by_cell], np.arange(_SIDE * _SIDE + 1))

    def along(self, azimuth: Floats, elevation: Floats, segments: Ints) -> list[Crossing]:
        """Return the crossings, in order, on the given segments of a path; each at most the raster's reach long."""
        x, y = azimuth[segments], elevation[segments]
        dx, dy = azimuth[segments + 1] - x, elevation[segments + 1] - y
        cell = ((x + 0.5 * dx) * (1.0 / _CELL)).astype(np.intp) * _SIDE
        cell += ((y + 0.5 * dy) * (1.0 / _CELL)).astype(np.intp)
        begin = self._begin[cell]
        count = self._begin[cell + 1] - begin
        which = np.repeat(np.arange(len(segments)), count)
        piece = self._listed[np.arange(len(which)) + np.repeat(begin - (np.cumsum(count) - count), count)]
        ax, ay, bx, by = dx[which], dy[which], self._dx[piece], self._dy[piece]
        gap_x, gap_y = self._x[piece] - x[which], self._y[piece] - y[which]
        turn = ax * by - ay * bx
        turn = np.where(turn == 0.0, np.inf, turn)  # parallel: the borders at either end will be met instead
        share, at = (gap_x * by - gap_y * bx) / turn, (gap_x * ay - gap_y * ax) / turn
        # Both shares within 0..1, as one test of the distance from one half.
        met = np.flatnonzero(np.maximum(np.abs(share - 0.5), np.abs(at - 0.5)) <= 0.5 + _SLACK)
        piece = piece[met]
        leftward = turn[met] < 0.0
        left, right = self._left[piece], self._right[piece]
        places = (segments[which[met]] + share[met]).tolist()
        before, after = np.where(leftward, right, left).tolist(), np.where(leftward, left, right).tolist()
        found: list[Crossing] = []
        for crossing in sorted(zip(places, before, after, strict=True)):
            last = found[-1] if found else None
            if (
                last is None
                or crossing[0] - last.place > _SAME_PLACE
                or crossing[1:] != (last.before, last.after)
            ):
                found.append(Crossing(*crossing))
        return found


def _cells(places: Floats) -> Ints:
    return np.clip((places / _CELL).astype(np.intp), 0, _SIDE - 1)
