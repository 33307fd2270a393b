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


class Ground:
    """The space of one drawing: boxes and points that are taken, within bounds.

    Boxes never overlap what was placed before; points are samples of lines that labels should not cover.
    """

    def __init__(self, bounds: Box, gap: float, clearance: float) -> None:
        """Start empty; `gap` lies between boxes, `clearance` between a box and a line."""
        self.bounds = bounds
        self.gap = gap
        self.clearance = clearance
        self._boxes = np.empty((0, 4))
        self._points = np.empty((0, 2))

    def take_box(self, box: Box) -> None:
        """Nothing may overlap this box from now on."""
        self._boxes = np.concatenate([self._boxes, np.array([box])])

    def take_points(self, points: Array) -> None:
        """Labels should keep off these points from now on."""
        self._points = np.concatenate([self._points, points.reshape(-1, 2)])

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

    def clear_of_points(self, boxes: Array) -> Array:
        """Which boxes keep off all taken points."""
        x, y = self._points.T
        grow = self.clearance
        hit = (
            (x[None] > boxes[:, 0, None] - grow)
            & (x[None] < boxes[:, 2, None] + grow)
            & (y[None] > boxes[:, 1, None] - grow)
            & (y[None] < boxes[:, 3, None] + grow)
        )
        return np.asarray(~hit.any(axis=1))

    def free(self, boxes: Array) -> Array:
        """Which boxes are inside the bounds and clear of everything."""
        return np.asarray(self.within(boxes) & self.clear_of_boxes(boxes) & self.clear_of_points(boxes))

    def line_meets_box(self, line: Array) -> bool:
        """True if points along a leader fall into a taken box."""
        x, y = line[:, 0, None], line[:, 1, None]
        boxes = self._boxes
        return bool(((x > boxes[:, 0]) & (x < boxes[:, 2]) & (y > boxes[:, 1]) & (y < boxes[:, 3])).any())

    def line_meets_points(self, line: Array, distance: float) -> bool:
        """True if a leader comes closer than `distance` to a taken point."""
        if not len(self._points) or not len(line):
            return False
        apart = np.abs(line[:, None] - self._points[None]).max(axis=2)
        return bool((apart < distance).any())
