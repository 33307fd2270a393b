"""Curves, planar distances and soft steps from which the sculpture's tables and maps are drawn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.ndimage import gaussian_filter1d

Floats = npt.NDArray[np.float64]
Points2D = Sequence[tuple[float, float]] | Floats


def spline(points: Points2D, count: int = 200, *, closed: bool = False) -> Floats:
    """Smooth curve through the points by chord length, `count` points."""
    nodes = np.asarray(points, float)
    if closed:
        nodes = np.vstack([nodes, nodes[:1]])
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(nodes, axis=0), axis=1))]
    curve = CubicSpline(along, nodes, bc_type="periodic" if closed else "not-a-knot")
    return np.asarray(curve(np.linspace(0, along[-1], count)))


def even_curve(points: Points2D, x: Floats) -> Floats:
    """Height at x of a curve given for x >= 0, mirrored so that it is level at the midline; clamped at its end."""
    nodes = np.asarray(points, float)
    both = np.vstack([nodes[:0:-1] * [-1, 1], nodes])
    end = nodes[-1, 0]
    return np.asarray(CubicSpline(both[:, 0], both[:, 1])(np.clip(x, -end, end)))


def distance_to_polyline(u: Floats, v: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Distance of grid points to a polyline and the side they lie on (+1 left of its direction)."""
    nearest = np.full(u.shape, 1e9)
    side = np.zeros(u.shape)
    for a, b in itertools.pairwise(points):
        eu, ev = b - a
        t = np.clip(((u - a[0]) * eu + (v - a[1]) * ev) / (eu * eu + ev * ev + 1e-9), 0, 1)
        du, dv = u - a[0] - t * eu, v - a[1] - t * ev
        squared = du * du + dv * dv
        closer = squared < nearest
        nearest[closer] = squared[closer]
        side[closer] = np.sign(eu * dv - ev * du)[closer]
    return np.sqrt(nearest), side


def inside_loop(u: Floats, v: Floats, loop: Floats) -> npt.NDArray[np.bool_]:
    """Even-odd test of grid points against a closed polygon."""
    result = np.zeros(u.shape, bool)
    for a, b in zip(loop, np.roll(loop, -1, 0), strict=True):
        crosses = (a[1] > v) != (b[1] > v)
        result ^= crosses & (u < (b[0] - a[0]) * (v - a[1]) / (b[1] - a[1] + 1e-12) + a[0])
    return result


def signed_distance_to_loop(u: Floats, v: Floats, points: Points2D, count: int = 240) -> Floats:
    """Distance to a smooth closed curve, negative inside."""
    loop = spline(points, count, closed=True)
    distance, _ = distance_to_polyline(u, v, loop)
    return np.where(inside_loop(u, v, loop[:-1]), -distance, distance)


def bump(t: npt.ArrayLike) -> Floats:
    """Bell of height 1 at 0."""
    return np.asarray(np.exp(-np.square(t)))


def ramp(t: npt.ArrayLike) -> Floats:
    """Identity clipped to 0..1."""
    return np.clip(np.asarray(t, float), 0.0, 1.0)


def smoothstep(t: npt.ArrayLike) -> Floats:
    """Soft step from 0 at t = 0 to 1 at t = 1."""
    s = ramp(t)
    return s * s * (3 - 2 * s)


def tabulate(keys: Floats, heights: Floats, sigma: float) -> Floats:
    """Columns of a key table (height first, descending), interpolated and smoothed over the heights."""
    rising = keys[::-1]
    clipped = np.clip(heights, rising[0, 0], rising[-1, 0])
    columns = [
        gaussian_filter1d(PchipInterpolator(rising[:, 0], rising[:, j])(clipped), sigma)
        for j in range(1, keys.shape[1])
    ]
    return np.column_stack(columns)


def fade(values: Floats, start: float, end: float) -> Floats:
    """Soft weight that is 0 at `start` and 1 at `end`, in either order."""
    return smoothstep((values - start) / (end - start))
