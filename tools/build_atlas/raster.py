"""Compiled kernels of the renderer: triangles to pixels, interpolation, visibility along rays, strokes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from .curves import Floats
from .primitives import kernel

Floats32 = npt.NDArray[np.float32]
Ints32 = npt.NDArray[np.int32]


@kernel
def rasterise(points: Floats, faces: Ints32, depth: Floats32, triangle: Ints32, weights: Floats32) -> None:
    """Nearest triangle and its barycentric weights per pixel; points are pixel x, pixel y, depth toward the camera."""
    height, width = depth.shape
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x0, y0, x1, y1, x2, y2 = (
            points[a, 0],
            points[a, 1],
            points[b, 0],
            points[b, 1],
            points[c, 0],
            points[c, 1],
        )
        det = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(det) < 1e-12:
            continue
        for y in range(
            max(int(np.floor(min(y0, y1, y2))), 0), min(int(np.ceil(max(y0, y1, y2))), height - 1) + 1
        ):
            for x in range(
                max(int(np.floor(min(x0, x1, x2))), 0), min(int(np.ceil(max(x0, x1, x2))), width - 1) + 1
            ):
                px, py = x + 0.5, y + 0.5
                w1 = ((px - x0) * (y2 - y0) - (x2 - x0) * (py - y0)) / det
                w2 = ((x1 - x0) * (py - y0) - (px - x0) * (y1 - y0)) / det
                w0 = 1 - w1 - w2
                if w0 < -1e-6 or w1 < -1e-6 or w2 < -1e-6:
                    continue
                z = w0 * points[a, 2] + w1 * points[b, 2] + w2 * points[c, 2]
                if z > depth[y, x]:
                    depth[y, x] = z
                    triangle[y, x] = f
                    weights[y, x, 0] = w1
                    weights[y, x, 1] = w2


@njit(parallel=True, fastmath=True, cache=True)
def interpolate(triangle: Ints32, weights: Floats32, faces: Ints32, values: Floats32, out: Floats32) -> None:
    """Vertex values interpolated into the covered pixels."""
    for y in prange(triangle.shape[0]):
        for x in range(triangle.shape[1]):
            f = triangle[y, x]
            if f < 0:
                continue
            w1, w2 = weights[y, x, 0], weights[y, x, 1]
            w0 = 1 - w1 - w2
            for k in range(values.shape[1]):
                out[y, x, k] = (
                    w0 * values[faces[f, 0], k] + w1 * values[faces[f, 1], k] + w2 * values[faces[f, 2], k]
                )


@kernel
def trilinear(volume: Floats32, x: float, y: float, z: float) -> float:
    """Value of a volume at voxel coordinates; far outside where there is none."""
    nx, ny, nz = volume.shape
    if x < 0 or y < 0 or z < 0 or x >= nx - 1.001 or y >= ny - 1.001 or z >= nz - 1.001:
        return 50.0
    i, j, k = int(x), int(y), int(z)
    a, b, c = x - i, y - j, z - k
    v = volume
    low = (v[i, j, k] * (1 - a) + v[i + 1, j, k] * a) * (1 - b) + (
        v[i, j + 1, k] * (1 - a) + v[i + 1, j + 1, k] * a
    ) * b
    i2 = k + 1
    high = (v[i, j, i2] * (1 - a) + v[i + 1, j, i2] * a) * (1 - b)
    high += (v[i, j + 1, i2] * (1 - a) + v[i + 1, j + 1, i2] * a) * b
    return low * (1 - c) + high * c


@njit(parallel=True, fastmath=True, cache=True)
def visibility(
    volume: Floats32, vertices: Floats32, normals: Floats32, origin: Floats, voxel: float,
    directions: Floats32, shares: Floats32, cosine: bool, reach: float,
) -> Floats32:  # fmt: skip
    """Weighted share of the directions in which a vertex sees out of the head within `reach` mm."""
    out = np.empty(vertices.shape[0], np.float32)
    for i in prange(vertices.shape[0]):
        seen = 0.0
        total = 0.0
        bx = vertices[i, 0] + normals[i, 0] * 1.5 - origin[0]
        by = vertices[i, 1] + normals[i, 1] * 1.5 - origin[1]
        bz = vertices[i, 2] + normals[i, 2] * 1.5 - origin[2]
        for d in range(directions.shape[0]):
            dx, dy, dz = directions[d, 0], directions[d, 1], directions[d, 2]
            facing = normals[i, 0] * dx + normals[i, 1] * dy + normals[i, 2] * dz
            if facing <= 0.02:
                if not cosine:
                    total += shares[d]
                continue
            share = shares[d] * (facing if cosine else 1.0)
            total += share
            t = 0.5
            free = 1.0
            while t < reach:
                q = trilinear(volume, (bx + dx * t) / voxel, (by + dy * t) / voxel, (bz + dz * t) / voxel)
                if q < 0:
                    free = 0.0
                    break
                t += max(1.0, min(q * 0.7, 8.0))
            seen += share * free
        out[i] = seen / max(total, 1e-6)
    return out


@kernel
def stamp(
    layer: Floats32, depth: Floats32, xs: Floats, ys: Floats, zs: Floats,
    taper: Floats, px_per_mm: float, width: float, darkness: float, tolerance: float,
) -> None:  # fmt: skip
    """Draw a round brush along a line of pixels, skipping what lies more than `tolerance` mm behind the surface."""
    rows, columns = layer.shape
    for i in range(len(xs)):
        xi, yi = int(xs[i]), int(ys[i])
        if xi < 4 or yi < 4 or xi > columns - 5 or yi > rows - 5 or depth[yi, xi] > zs[i] + tolerance:
            continue
        radius = max(0.5 * width * px_per_mm * (0.25 + 0.75 * taper[i]), 0.45)
        span = int(radius + 2)
        dark = darkness * (0.35 + 0.65 * taper[i])
        for y in range(max(yi - span, 0), min(yi + span + 1, rows)):
            for x in range(max(xi - span, 0), min(xi + span + 1, columns)):
                r = np.sqrt((x + 0.5 - xs[i]) ** 2 + (y + 0.5 - ys[i]) ** 2)
                value = min(1.0, max(0.0, radius + 0.5 - r)) * dark
                if value > layer[y, x]:
                    layer[y, x] = value
