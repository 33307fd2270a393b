"""The skin of the reference head at run time: one radial map, the paths laid on it and their lengths."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from injectmap.atlas import paths
from injectmap.atlas.arrays import Bools, Floats, Ints

CENTRE: Final = np.array([0.0, -20.0, 10.0])

# The map holds a node each half degree: azimuth 0..180 (0 forward, 90 the patient's left), elevation -90..90.
NODES: Final = 361
_NODES_PER_RADIAN = 360.0 / np.pi

_MIRROR = np.array([-1.0, 1.0, 1.0])

Weights = tuple[Floats, Floats, Floats, Floats]


def length(path: Floats) -> float:
    """Return the length of a path (n, 3) in its own unit."""
    steps = path[1:] - path[:-1]
    return float(np.sqrt(np.einsum("ij,ij->i", steps, steps)).sum())


def mirror(points: Floats) -> Floats:
    """Return points (n, 3) or one point (3,) on the other side of the face, exactly."""
    return np.asarray(points * _MIRROR)


def chart(away: Floats) -> tuple[Floats, Floats]:
    """Return azimuth and elevation of vectors from the centre (n, 3), in half degrees from 0 to 360.

    Both halves of the head share one chart: the right is folded onto the left.
    """
    across, forward = np.abs(away[:, 0]), away[:, 2]
    azimuth = np.arctan2(across, forward)
    elevation = np.arctan2(away[:, 1], np.sqrt(across * across + forward * forward))
    return azimuth * _NODES_PER_RADIAN, elevation * _NODES_PER_RADIAN + 180.0


def chart_directions(azimuth: Floats, elevation: Floats) -> Floats:
    """Return unit directions (..., 3) on the patient's left of chart places in half degrees."""
    turn, rise = azimuth / _NODES_PER_RADIAN, (elevation - 180.0) / _NODES_PER_RADIAN
    flat = np.cos(rise)
    across = np.where((azimuth == 0.0) | (azimuth == 360.0), 0.0, np.sin(turn))  # sin(pi) is not quite 0
    return np.stack([across * flat, np.sin(rise), np.cos(turn) * flat], axis=-1)


class Skin:
    """The bare skin (no ear, no cap) as a distance from the centre in every direction.

    It is the only source of paths, lengths, areas and zones. The right half is the mirror image of the left
    bit by bit: every computation here uses |x| or is odd in x.
    """

    centre = CENTRE

    def __init__(self, radius_um: npt.NDArray[np.integer], drawable: npt.NDArray[np.integer]) -> None:
        """Take the two maps (361 azimuths, 361 elevations) of the left half."""
        if radius_um.shape != (NODES, NODES) or drawable.shape != (NODES, NODES):
            raise ValueError("the skin maps must have 361 x 361 nodes")
        self._radius = np.ascontiguousarray(radius_um.ravel(), dtype=float) / 1000.0
        self._drawable = np.ascontiguousarray(drawable.ravel(), dtype=float)

    @classmethod
    def read(cls, file: Path) -> Skin:
        """Read `skin.npz`."""
        with np.load(file) as stored:
            return cls(stored["radius_um"], stored["drawable"])

    @cached_property
    def node_points(self) -> Floats:
        """Skin points at the nodes of the map, (361, 361, 3) mm, left half."""
        nodes = np.arange(NODES, dtype=float)
        directions = chart_directions(*np.meshgrid(nodes, nodes, indexing="ij"))
        return np.asarray(CENTRE + directions * self._radius.reshape(NODES, NODES, 1))

    @cached_property
    def _node_normals(self) -> Floats:
        """Outward unit normals at the nodes, (361 * 361, 3), left half."""
        points = self.node_points
        # Across the midline the face is its own mirror image.
        wide = np.concatenate([mirror(points[1:2]), points, mirror(points[-2:-1])])
        along, up = wide[2:] - wide[:-2], np.gradient(points, axis=1)
        normals = np.cross(along, up)
        normals[:, 0], normals[:, -1] = (
            (0.0, -1.0, 0.0),
            (0.0, 1.0, 0.0),
        )  # at the poles azimuth means nothing
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        normals[[0, -1], :, 0] = 0.0
        return np.ascontiguousarray(normals.reshape(-1, 3))

    @staticmethod
    def _corners(away: Floats) -> tuple[Ints, Weights]:
        """First node of each vector's cell in the flat maps, and the weights of the cell's four nodes."""
        azimuth, elevation = chart(away)
        column = np.minimum(azimuth.astype(np.intp), NODES - 2)
        row = np.minimum(elevation.astype(np.intp), NODES - 2)
        s, t = azimuth - column, elevation - row
        st = s * t
        return column * NODES + row, (1.0 - s - t + st, t - st, s - st, st)

    @staticmethod
    def _blend(values: Floats, first: Ints, weights: Weights) -> Floats:
        """Interpolate a flat map bilinearly."""
        low, up, across, both = weights
        total = values.take(first, axis=0) * low
        total += values.take(first + 1, axis=0) * up
        total += values.take(first + NODES, axis=0) * across
        total += values.take(first + (NODES + 1), axis=0) * both
        return total

    def radius(self, directions: Floats) -> Floats:
        """Return the distance (n,) in mm from the centre to the skin along directions (n, 3) of any length."""
        return self._blend(self._radius, *self._corners(directions))

    def height(self, points: Floats) -> Floats:
        """Return how far (n,) in mm points lie outside the skin, measured on the line from the centre."""
        away = points - CENTRE
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", away, away)) - self.radius(away))

    def lay(self, away: Floats) -> Floats:
        """Return the skin points (n, 3) along vectors from the centre (n, 3) of any length."""
        reach = self.radius(away) / np.sqrt(np.einsum("ij,ij->i", away, away))
        return np.asarray(CENTRE + away * reach[:, None])

    def snap(self, points: Floats) -> Floats:
        """Return the skin points (n, 3) in the directions of points near the skin."""
        return self.lay(np.asarray(points, dtype=float).reshape(-1, 3) - CENTRE)

    def normals(self, points: Floats) -> Floats:
        """Return outward unit normals (n, 3) of the skin in the directions of points (n, 3)."""
        first, (low, up, across, both) = self._corners(points - CENTRE)
        weights = (low[:, None], up[:, None], across[:, None], both[:, None])
        normals = self._blend(self._node_normals, first, weights)
        normals[points[:, 0] < 0.0, 0] *= -1.0
        normals /= np.sqrt(np.einsum("ij,ij->i", normals, normals))[:, None]
        return normals

    def outward(self, points: Floats) -> Floats:
        """Return the normals (n, 3) at the map's nodes nearest to points (n, 3): at most 0.3 mm away, and quick."""
        azimuth, elevation = chart(points - CENTRE)
        normals = self._node_normals[
            (azimuth + 0.5).astype(np.intp) * NODES + (elevation + 0.5).astype(np.intp)
        ]
        normals[points[:, 0] < 0.0, 0] *= -1.0
        return np.asarray(normals)

    def drawable(self, points: Floats) -> Bools:
        """Return where (n,) a pass may lie: skin seen as skin, not under ear or cap, nor behind or low on the neck."""
        away = np.asarray(points, dtype=float).reshape(-1, 3) - CENTRE
        return np.asarray(self._blend(self._drawable, *self._corners(away)) >= 0.5)

    def path(self, start: Floats, end: Floats, step_mm: float = 1.0) -> Floats:
        """Return the section of the skin by the plane through two points and the centre, (n, 3), evenly spaced.

        The ends are the snapped ends. End to start gives the same points in reverse, mirrored ends give the
        mirrored points, all bit by bit.
        """
        controls = np.array([start, end], dtype=float)
        laid = paths.laid(self.lay, controls - CENTRE, step_mm, paths.arc)
        laid[[0, -1]] = self.snap(controls)
        return laid

    def curve(self, controls: Floats, step_mm: float = 1.0) -> Floats:
        """Return a smooth path (n, 3) on the skin through all controls (k, 3); reversible and mirrored exactly."""
        controls = paths.without_repeats(np.asarray(controls, dtype=float).reshape(-1, 3))
        if len(controls) < 3:
            return self.path(controls[0], controls[-1], step_mm)
        laid = paths.laid(self.lay, controls - CENTRE, step_mm, paths.spline)
        laid[[0, -1]] = self.snap(controls[[0, -1]])
        return laid
