"""Compiled building blocks of the distance field: blends, solids and table look-ups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from .curves import Floats

HEIGHT_START, HEIGHT_STEP = -170.0, 0.1  # rows of the tables over y

kernel: Callable[..., Any] = njit(fastmath=True, cache=True)


@kernel
def soft_union(a: float, b: float, reach: float) -> float:
    """Smaller of two distances, blended where they differ by less than `reach`; inflates by reach / 4 at most."""
    h = max(reach - abs(a - b), 0.0) / reach
    return min(a, b) - h * h * reach * 0.25


@kernel
def soft_cut(a: float, b: float, reach: float) -> float:
    """Larger of two distances, blended: cuts solid a by the half space or the complement b."""
    h = max(reach - abs(a - b), 0.0) / reach
    return max(a, b) + h * h * reach * 0.25


@kernel
def ellipsoid(x: float, y: float, z: float, a: float, b: float, c: float) -> float:
    """Approximate distance to an ellipsoid at the origin."""
    k0 = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    k1 = np.sqrt((x / (a * a)) ** 2 + (y / (b * b)) ** 2 + (z / (c * c)) ** 2)
    return k0 * (k0 - 1.0) / (k1 + 1e-9)


@kernel
def capsule(
    x: float, y: float, z: float,
    ax: float, ay: float, az: float, bx: float, by: float, bz: float, ra: float, rb: float,
) -> float:  # fmt: skip
    """Distance to a rod from a to b whose radius runs from ra to rb."""
    ex, ey, ez = bx - ax, by - ay, bz - az
    t = min(1.0, max(0.0, ((x - ax) * ex + (y - ay) * ey + (z - az) * ez) / (ex * ex + ey * ey + ez * ez)))
    dx, dy, dz = x - ax - t * ex, y - ay - t * ey, z - az - t * ez
    return np.sqrt(dx * dx + dy * dy + dz * dz) - (ra + t * (rb - ra))


@kernel
def sample(values: Floats, grid: Floats, layer: int, u: float, v: float) -> float:
    """Bilinear value of a map (see `maps.Map2D`), clamped at its border."""
    p = min(max((v - grid[1]) / grid[2], 0.0), values.shape[1] - 1.001)
    q = min(max((u - grid[0]) / grid[2], 0.0), values.shape[2] - 1.001)
    i = int(p)
    j = int(q)
    a = p - i
    b = q - j
    m = values[layer]
    return (m[i, j] * (1 - a) + m[i + 1, j] * a) * (1 - b) + (m[i, j + 1] * (1 - a) + m[i + 1, j + 1] * a) * b


@kernel
def at_height(table: Floats, y: float, column: int) -> float:
    """Linear value of a table over y, clamped at its ends."""
    u = min(max((y - HEIGHT_START) / HEIGHT_STEP, 0.0), table.shape[0] - 1.001)
    i = int(u)
    f = u - i
    return table[i, column] * (1 - f) + table[i + 1, column] * f
