"""Finding free places for labels: what is taken, and which of many candidate boxes is still free."""

from __future__ import annotations

import math

import numpy as np

from injectmap.chart.primitives import Box
from injectmap.chart.projection import Array


def boxes_at(centres: Array, width: float, height: float) -> Array:
    """Boxes (n, 4) left, top, right, bottom of one size about centres (n, 2)."""
    half = np.array([width / 2, height / 2])
    return np.concatenate([centres - half, centres + half], axis=1)


def reach(directions: Array, width: float, height: float) -> Array:
    """Distance from a box's centre to its border along unit directions (n, 2)."""
    size = np.maximum(np.abs(directions), 1e-9)
    return np.asarray(np.minimum(width / 2 / size[:, 0], height / 2 / size[:, 1]))


# Lines are remembered on a grid of at most this many cells a side.
_MOST_CELLS = 420
_FEW = 24
# Where a box is looked at, as shares of its width and height: near its corners, and along its middle.
_LOOK_X = np.array([0.001, 0.001, 0.999, 0.999, 0.25, 0.5, 0.75])[:, None]
_LOOK_Y = np.array([0.001, 0.999, 0.001, 0.999, 0.5, 0.5, 0.5])[:, None]


def _hull(boxes: Array, by: float) -> tuple[Array, Array]:
    """The corners of a rectangle that holds all boxes (n, 4) with room to spare."""
    return boxes[:, :2].min(axis=0) - (by + 1.0), boxes[:, 2:].max(axis=0) + (by + 1.0)


class _Rows:
    """Rows added a few at a time, kept as columns in one array that doubles when it is full."""

    def __init__(self, width: int) -> None:
        self._held = np.empty((width, 64))
        self._count = 0

    @property
    def columns(self) -> Array:
        """What was added, one row a column: shape (width, n)."""
        return self._held[:, : self._count]

    def add(self, rows: Array) -> None:
        """Take in rows (n, width)."""
        end = self._count + len(rows)
        while end > self._held.shape[1]:
            self._held = np.concatenate([self._held, np.empty_like(self._held)], axis=1)
        self._held[:, self._count : end] = rows.T
        self._count = end


class Ground:
    """The space of one drawing: boxes and lines that are taken, within bounds.

    Boxes never overlap what was placed before. Lines are given as points along them; they are counted on a grid
    with running sums, so that asking whether a box meets one costs the same however many there are.
    """

    def __init__(self, bounds: Box, gap: float, clearance: float, points: Array) -> None:
        """Start with the points (n, 2) of all passes; `gap` lies between boxes, `clearance` to a line."""
        self.bounds = bounds
        self.gap = gap
        self.clearance = clearance
        self._boxes = _Rows(4)
        self._leaders = _Rows(2)
        self._corner = np.array([bounds.left, bounds.top])
        self._cell = max(clearance * 0.6, max(bounds.width, bounds.height) / _MOST_CELLS)
        # A view that is just being laid out may leave no room at all.
        columns = int(max(bounds.width, 0.0) / self._cell) + 2
        rows = int(max(bounds.height, 0.0) / self._cell) + 2
        self._taken = np.zeros((rows, columns), dtype=np.int32)
        self._limit = np.array([columns - 1, rows - 1])
        place = np.floor((points - self._corner) / self._cell).astype(int)
        inside = ((place >= 0) & (place <= self._limit)).all(axis=1)
        self._taken[place[inside, 1], place[inside, 0]] = 1
        self._sums = np.zeros((rows + 1, columns + 1), dtype=np.int32)
        self._sums[1:, 1:] = self._taken.cumsum(axis=0).cumsum(axis=1)
        # Cells that lie wholly in a taken box with its gap: whatever touches one of them is not free.
        self._full = np.zeros((rows, columns), dtype=bool)

    def take_box(self, box: Box) -> None:
        """Nothing may overlap this box from now on."""
        self._boxes.add(np.array([box]))
        left, top = np.array([box.left, box.top]) - self.gap - self._corner
        right, bottom = np.array([box.right, box.bottom]) + self.gap - self._corner
        columns = slice(max(math.ceil(left / self._cell), 0), max(math.floor(right / self._cell), 0))
        rows = slice(max(math.ceil(top / self._cell), 0), max(math.floor(bottom / self._cell), 0))
        self._full[rows, columns] = True

    def take_leader(self, points: Array) -> None:
        """Labels should keep off these points (n, 2) from now on."""
        self._leaders.add(points.reshape(-1, 2))

    def within(self, boxes: Array) -> Array:
        """Which boxes lie inside the bounds."""
        left, top, right, bottom = self.bounds
        return np.asarray(
            (boxes[:, 0] >= left) & (boxes[:, 1] >= top) & (boxes[:, 2] <= right) & (boxes[:, 3] <= bottom)
        )

    @property
    def boxes_taken(self) -> int:
        """How many boxes have been taken so far."""
        return int(self._boxes.columns.shape[1])

    def clear_of_boxes(self, boxes: Array, since: int = 0) -> Array:
        """Which boxes keep the gap to all taken boxes, or to those after the first so many."""
        if not len(boxes):
            return np.empty(0, dtype=bool)
        gap = self.gap
        left, top, right, bottom = self._boxes_near(*_hull(boxes, gap), since)
        if not len(left):
            return np.ones(len(boxes), dtype=bool)
        grown = boxes[:, 2:] + gap
        hit = (boxes[:, :1] < right + gap) & (left < grown[:, :1])
        hit &= boxes[:, 1:2] < bottom + gap
        hit &= top < grown[:, 1:]
        return np.asarray(~hit.any(axis=1))

    def _boxes_near(self, low: Array, high: Array, since: int = 0) -> Array:
        """The edges (4, n) of the taken boxes that may meet anything between two corners."""
        edges = self._boxes.columns[:, since:]
        left, top, right, bottom = edges
        near = (left < high[0]) & (right > low[0]) & (top < high[1]) & (bottom > low[1])
        return np.asarray(edges[:, near])

    def _perhaps_free(self, boxes: Array) -> Array:
        """Which boxes inside the bounds may be clear of boxes, as far as a look at a few of their points tells."""
        start, size = boxes[:, :2].T, (boxes[:, 2:] - boxes[:, :2]).T
        x, y = start[0] + _LOOK_X * size[0], start[1] + _LOOK_Y * size[1]
        column = ((x - self._corner[0]) / self._cell).astype(int)
        row = ((y - self._corner[1]) / self._cell).astype(int)
        return np.asarray(~self._full[row, column].any(axis=0))

    def _off_passes(self, boxes: Array) -> Array:
        """Which boxes keep off all passes."""
        grown = boxes + np.array([-1.0, -1.0, 1.0, 1.0]) * self.clearance
        place = np.floor((grown.reshape(-1, 2, 2) - self._corner) / self._cell).astype(int)
        place = np.minimum(np.maximum(place, 0), self._limit)
        low, high = place[:, 0], place[:, 1] + 1
        sums = self._sums
        count = (
            sums[high[:, 1], high[:, 0]]
            - sums[low[:, 1], high[:, 0]]
            - sums[high[:, 1], low[:, 0]]
            + sums[low[:, 1], low[:, 0]]
        )
        return np.asarray(count == 0)

    def _off_leaders(self, boxes: Array) -> Array:
        """Which boxes keep off all leaders."""
        x, y = self._leaders.columns
        (left, top), (right, bottom) = _hull(boxes, self.clearance)
        near = (x > left) & (x < right) & (y > top) & (y < bottom)
        x, y = x[near], y[near]
        if not len(x):
            return np.ones(len(boxes), dtype=bool)
        grown = boxes + np.array([-1.0, -1.0, 1.0, 1.0]) * self.clearance
        met = (x > grown[:, 0, None]) & (x < grown[:, 2, None])
        met &= y > grown[:, 1, None]
        met &= y < grown[:, 3, None]
        return np.asarray(~met.any(axis=1))

    def off_lines(self, boxes: Array) -> Array:
        """Which boxes keep off all passes and leaders."""
        off = self._off_passes(boxes)
        if off.any():
            off[off] = self._off_leaders(boxes[off])
        return off

    def free(self, boxes: Array, *, off_lines: bool = True) -> Array:
        """Which boxes are inside the bounds and clear of boxes, and of lines unless told otherwise.

        The quick tests come first, and each is asked of what the ones before have left.
        """
        left = np.flatnonzero(self.within(boxes))
        tests = [self._perhaps_free, self.clear_of_boxes]
        if off_lines:
            tests = [self._off_passes, *tests, self._off_leaders]
        for test in tests:
            if not len(left):
                break
            # For a few boxes the exact test is as quick as the look before it.
            if test != self._perhaps_free or len(left) > _FEW:
                left = left[test(boxes[left])]
        found = np.zeros(len(boxes), dtype=bool)
        found[left] = True
        return found

    def leaders_meet_boxes(self, leaders: Array) -> Array:
        """Which leaders, given as samples (k, s, 2) of straight lines, cross a taken box."""
        first, last = leaders[:, 0], leaders[:, -1]
        low, high = np.minimum(first, last).min(axis=0), np.maximum(first, last).max(axis=0)
        left, top, right, bottom = self._boxes_near(low - 1.0, high + 1.0)
        if not len(left):
            return np.zeros(len(leaders), dtype=bool)
        run = last - first
        run = np.where(np.abs(run) < 1e-9, 1e-9, run)
        x, y, over, down = first[:, :1], first[:, 1:], run[:, :1], run[:, 1:]
        one, other = (left - x) / over, (right - x) / over
        enters, leaves = np.minimum(one, other), np.maximum(one, other)
        one, other = (top - y) / down, (bottom - y) / down
        enters = np.maximum(enters, np.minimum(one, other))
        leaves = np.minimum(leaves, np.maximum(one, other))
        return np.asarray(((enters < leaves) & (leaves > 0.0) & (enters < 1.0)).any(axis=1))

    def leaders_meet_lines(self, leaders: Array) -> Array:
        """Which leaders, given as samples (k, s, 2), run over a pass."""
        place = np.floor((leaders - self._corner) / self._cell).astype(int)
        place = np.minimum(np.maximum(place, 0), self._limit)
        return np.asarray(self._taken[place[..., 1], place[..., 0]].any(axis=1))


def leaders_to(start: Array, boxes: Array, skip: float, samples: int = 14) -> Array:
    """Straight leaders (k, samples, 2) from just outside `start`, (2,) or (k, 2), to the nearest point of each box."""
    ends = np.clip(start, boxes[:, :2], boxes[:, 2:])
    runs = np.hypot(*(ends - start).T)[:, None]
    share = np.minimum(skip / np.maximum(runs, 1e-9), 1.0)
    along = share[:, None] + (1.0 - share[:, None]) * np.linspace(0.0, 1.0, samples)[:, None]
    begin = np.broadcast_to(start, ends.shape)
    return np.asarray(begin[:, None] + (ends - begin)[:, None] * along)
