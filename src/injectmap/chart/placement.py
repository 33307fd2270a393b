"""Finding free places for labels: what is taken, and which of many candidate boxes is still free."""

from __future__ import annotations

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
        self._boxes = np.empty((0, 4))
        self._leaders = np.empty((0, 2))
        self._corner = np.array([bounds.left, bounds.top])
        self._cell = max(clearance * 0.6, max(bounds.width, bounds.height) / _MOST_CELLS)
        columns = int(bounds.width / self._cell) + 2
        rows = int(bounds.height / self._cell) + 2
        self._taken = np.zeros((rows, columns), dtype=np.int32)
        self._limit = np.array([columns - 1, rows - 1])
        place = np.floor((points - self._corner) / self._cell).astype(int)
        inside = ((place >= 0) & (place <= self._limit)).all(axis=1)
        self._taken[place[inside, 1], place[inside, 0]] = 1
        self._sums = np.zeros((rows + 1, columns + 1), dtype=np.int32)
        self._sums[1:, 1:] = self._taken.cumsum(axis=0).cumsum(axis=1)

    def take_box(self, box: Box) -> None:
        """Nothing may overlap this box from now on."""
        self._boxes = np.concatenate([self._boxes, np.array([box])])

    def take_leader(self, points: Array) -> None:
        """Labels should keep off these points (n, 2) from now on."""
        self._leaders = np.concatenate([self._leaders, points.reshape(-1, 2)])

    def within(self, boxes: Array) -> Array:
        """Which boxes lie inside the bounds."""
        left, top, right, bottom = self.bounds
        return np.asarray(
            (boxes[:, 0] >= left) & (boxes[:, 1] >= top) & (boxes[:, 2] <= right) & (boxes[:, 3] <= bottom)
        )

    def clear_of_boxes(self, boxes: Array) -> Array:
        """Which boxes keep the gap to all taken boxes."""
        one, other, gap = boxes[:, None], self._boxes[None], self.gap
        hit = (
            (one[..., 0] < other[..., 2] + gap)
            & (other[..., 0] < one[..., 2] + gap)
            & (one[..., 1] < other[..., 3] + gap)
            & (other[..., 1] < one[..., 3] + gap)
        )
        return np.asarray(~hit.any(axis=1))

    def clear_of_lines(self, boxes: Array) -> Array:
        """Which boxes keep off all passes and leaders."""
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
        clear = count == 0
        if len(self._leaders):
            x, y = self._leaders.T
            clear &= ~(
                (x > grown[:, 0, None])
                & (x < grown[:, 2, None])
                & (y > grown[:, 1, None])
                & (y < grown[:, 3, None])
            ).any(axis=1)
        return np.asarray(clear)

    def free(self, boxes: Array) -> Array:
        """Which boxes are inside the bounds and clear of everything."""
        return np.asarray(self.within(boxes) & self.clear_of_boxes(boxes) & self.clear_of_lines(boxes))

    def leaders_meet_boxes(self, leaders: Array) -> Array:
        """Which leaders, given as samples (k, s, 2) of straight lines, cross a taken box."""
        start, run = leaders[:, None, 0], leaders[:, None, -1] - leaders[:, None, 0]
        run = np.where(np.abs(run) < 1e-9, 1e-9, run)
        one, other = (self._boxes[:, :2] - start) / run, (self._boxes[:, 2:] - start) / run
        enters = np.minimum(one, other).max(axis=2)
        leaves = np.maximum(one, other).min(axis=2)
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
