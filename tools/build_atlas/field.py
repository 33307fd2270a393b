"""The head as one signed distance field, compiled: cranium, face loft, neck, nose, lids, ear and cap.

Superellipse loft (face), egg (cranium) and neck are blended; the jaw is cut from the loft by a mandibular and a ramus
plane, both rounded; soft volumes and a frontal relief map model the rest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from .curves import Floats
from .maps import FRONT_Y
from .primitives import at_height, capsule, ellipsoid, kernel, sample, soft_cut, soft_union

FRONT_BOTTOM, FRONT_TOP = FRONT_Y
CAP_BOTTOM = -60.0
ALA_COS, ALA_SIN = 0.94, 0.34


class HeadTables(NamedTuple):
    """Everything the field reads. `bare` 1 leaves out ear and nostrils."""

    face: Floats
    volumes: Floats
    nose: Floats
    front: Floats  # maps and their grids, see maps.Map2D
    front_grid: Floats
    ear: Floats
    ear_grid: Floats
    cap: Floats
    cap_grid: Floats
    ear_frame: Floats  # cosine and sine of the tilt, scale, origin x y z
    cap_thickness: float
    bare: int


@kernel
def _face_level(x: float, y: float, z: float, table: Floats) -> float:
    """Level of the superellipse section at height y: 1 on the skin."""
    front = at_height(table, y, 0)
    half_width = at_height(table, y, 1)
    widest = at_height(table, y, 2)
    exponent = at_height(table, y, 3)
    ax = x / half_width
    az = (z - widest) / (front - widest)
    if az < 0:
        return ax
    return (ax**exponent + az**exponent) ** (1.0 / exponent)


@kernel
def _cranium(x: float, y: float, z: float) -> float:
    zc = -19.0
    yc = 37.0
    height = 88.0 if y > yc else 44.0 + 30.0 * min(1.0, max(0.0, (15.0 - z) / 60.0))
    length = 110.0 if z > zc else 75.0
    width = 73.5 - 0.03 * max(0.0, z - zc)
    p = (abs(y - yc) / height) ** 2.28 + (abs(z - zc) / length) ** 2.28
    return ((p ** (2.12 / 2.28) + (x / width) ** 2.12) ** (1 / 2.12) - 1.0) * 72.0


@kernel
def _face(x: float, y: float, z: float, table: Floats) -> float:
    r = _face_level(x, y, z, table)
    e = 0.5
    gx = (_face_level(x + e, y, z, table) - r) / e
    gy = (_face_level(x, y + e, z, table) - r) / e
    gz = (_face_level(x, y, z + e, table) - r) / e
    d = (r - 1) / (np.sqrt(gx * gx + gy * gy + gz * gz) + 1e-4)
    mandibular = -((y + 88.9) * 0.906 + (z - 73.0) * 0.423)  # plane at 25 degrees
    ramus = -((z + 8.5) * 0.99 + (y + 55.0) * 0.14)  # plane at 98 degrees
    d = soft_cut(d, soft_cut(mandibular, ramus, 18.0), 11.5)
    d = soft_cut(d, y - 62.0, 30.0)
    return soft_union(
        d, capsule(x, y, z, 0.0, -73.5, 53.0, 0.0, -66.0, 8.0, 10.0, 12.0), 26.0
    )  # under the chin


@kernel
def _neck(x: float, y: float, z: float) -> float:
    t = (y + 60.0) / -110.0
    d = soft_cut(ellipsoid(x, 0.0, z + 17.0 + 31.0 * t, 42.5 + 0.5 * t, 50.0, 44.5 + 2 * t), y + 5.0, 20.0)
    d = soft_union(d, capsule(x, y, z, 50.0, -20.0, -25.0, 9.0, -168.0, 4.0, 7.0, 6.0), 18.0)  # sternomastoid
    return soft_union(
        d, capsule(x, y, z, 0.0, -200.0, -52.0, 130.0, -218.0, -52.0, 46.0, 40.0), 106.0
    )  # shoulders


@kernel
def _base(x: float, y: float, z: float, table: Floats) -> float:
    skull = soft_union(_cranium(x, y, z), _neck(x, y, z), 36.0)
    return soft_union(skull, _face(x, y, z, table), 9.0 + 24.0 * np.exp(-((x / 24.0) ** 2)))


@kernel
def _nose(x: float, y: float, z: float, table: Floats) -> float:
    """Bridge loft, two soft domes of the lobule, wing."""
    ridge = at_height(table, y, 0)
    half_width = at_height(table, y, 1)
    base = at_height(table, y, 2)
    n = 1.62
    ax = x / half_width
    az = max(z - base, 0.0) / (ridge - base)
    r = (ax**n + az**n) ** (1 / n)
    q = max(r, 0.05)
    slope = np.sqrt((ax / half_width / q) ** 2 + (az / (ridge - base) / q) ** 2 + 1e-6)
    d = (r - 1) * min(1.0 / slope, 16.0)
    d = soft_cut(soft_cut(d, y - 32.0, 14.0), -(y + 22.4), 6.0)
    dome = soft_union(
        ellipsoid(x - 3.3, y + 17.0, z - 100.6, 4.8, 5.6, 8.2),
        ellipsoid(x + 3.3, y + 17.0, z - 100.6, 4.9, 5.6, 8.2),
        4.0,
    )
    ux, uz = x - 10.7, z - 92.2
    ala = ellipsoid(ALA_COS * ux + ALA_SIN * uz, y + 19.4, -ALA_SIN * ux + ALA_COS * uz, 4.3, 5.4, 8.4)
    return soft_union(soft_union(d, dome, 8.0), ala, 6.0)


@kernel
def _ear(d: float, x: float, y: float, z: float, ear: Floats, grid: Floats, frame: Floats) -> float:
    """Skin distance d with the left ear grown onto it."""
    k = frame[2]
    py = (y - frame[4]) / k
    pz = (frame[5] - z) / k
    out = (x - frame[3]) / k
    s = frame[0] * pz - frame[1] * py
    t = frame[1] * pz + frame[0] * py
    relief = sample(ear, grid, 1, s, t)
    helix = sample(ear, grid, 3, s, t)
    d = soft_cut(d, -k * ellipsoid(s - 10.5, t + 0.5, out - 6.0, 7.5, 10.0, 9.0), 4.0)  # bowl of the concha
    shell = (abs(out - relief) - sample(ear, grid, 2, s, t)) * sample(ear, grid, 4, s, t)
    plate = soft_cut(sample(ear, grid, 0, s, t), shell, 2.5)
    rim = np.sqrt(helix * helix + (out - relief - 0.4) ** 2) - sample(ear, grid, 5, s, t)
    d = soft_union(d, k * soft_union(plate, rim, 2.0), 4.0)
    d = soft_union(d, k * ellipsoid(s - 1.6, t + 1.6, out - 3.6, 3.0, 5.4, 3.3), 3.0)  # tragus
    return soft_union(d, k * ellipsoid(s - 11.5, t + 13.0, out - 6.0, 4.5, 3.2, 3.2), 4.0)  # antitragus


@kernel
def skin_and_cap(x: float, y: float, z: float, tables: HeadTables) -> tuple[float, float]:
    """Signed distances (approximate away from the surface) to the skin and to the cap."""
    x = abs(x)
    d = _base(x, y, z, tables.face)
    if d > 40:
        return d, d
    for i in range(tables.volumes.shape[0]):
        v = tables.volumes[i]
        q = ((x - v[0]) / v[3]) ** 2 + ((y - v[1]) / v[4]) ** 2 + ((z - v[2]) / v[5]) ** 2
        if q < 9:
            d -= v[6] * np.exp(-q)
    if z > 35 and y < FRONT_TOP and y > FRONT_BOTTOM:
        d = soft_union(
            d, ellipsoid(x - 30.5, y - 14.0, z - 67.6, 15.5, 12.5, 12.8), 6.5
        )  # lids over the globe
        # the nose flows into the face above, its wings meet the cheek and lip in a crease
        d = soft_union(d, _nose(x, y, z, tables.nose), 2.4 + 6.6 / (1.0 + np.exp(-(y + 11.5) / 1.6)))
        d = soft_union(d, capsule(x, y, z, 0.0, -19.5, 102.0, 0.0, -23.6, 93.2, 3.0, 3.8), 4.0)  # columella
        ux, uz = x - 6.6, z - 97.5
        nostril = ellipsoid(
            ALA_COS * ux + ALA_SIN * uz, y + 26.7, -ALA_SIN * ux + ALA_COS * uz, 2.8, 4.9, 5.8
        )
        if not tables.bare:
            d = soft_cut(d, -nostril, 2.5)
        d -= min(1.0, max(0.0, (z - 40.0) / 12.0)) * sample(tables.front, tables.front_grid, 0, x, y)
    cap = 50.0
    if y > CAP_BOTTOM:
        edge = sample(tables.cap, tables.cap_grid, 0, z, y)
        if edge > -4.0:
            cap = soft_cut(
                d - tables.cap_thickness, -edge, 1.5
            )  # from the head without ear, or the ear melts into it
    if not tables.bare and x > 45 and y > -54 and y < 60 and z > -60 and z < 25:
        d = _ear(d, x, y, z, tables.ear, tables.ear_grid, tables.ear_frame)
    return d, cap


@njit(parallel=True, fastmath=True, cache=True)
def distances(points: Floats, tables: HeadTables) -> Floats:
    """(n, 2) distances to skin and cap."""
    out = np.empty((points.shape[0], 2))
    for i in prange(points.shape[0]):
        out[i, 0], out[i, 1] = skin_and_cap(points[i, 0], points[i, 1], points[i, 2], tables)
    return out


@njit(parallel=True, fastmath=True, cache=True)
def fill_grid(out: Floats, y0: float, z0: float, h: float, block: int, tables: HeadTables) -> None:
    """Outer distance over x >= 0 at every node near the surface; elsewhere the value at the block's centre."""
    nx, ny, nz = out.shape
    rows = (ny + block - 1) // block
    centre = 0.5 * (block - 1) * h
    for b in prange(((nx + block - 1) // block) * rows):
        i0 = (b // rows) * block
        j0 = (b % rows) * block
        for k0 in range(0, nz, block):
            p, q = skin_and_cap(i0 * h + centre, y0 + j0 * h + centre, z0 + k0 * h + centre, tables)
            coarse = min(p, q)
            near = abs(coarse) < block * h * 1.22 + 3.0
            for i in range(i0, min(i0 + block, nx)):
                for j in range(j0, min(j0 + block, ny)):
                    for k in range(k0, min(k0 + block, nz)):
                        if near:
                            p, q = skin_and_cap(i * h, y0 + j * h, z0 + k * h, tables)
                            out[i, j, k] = min(p, q)
                        else:
                            out[i, j, k] = coarse


@njit(parallel=True, fastmath=True, cache=True)
def march(starts: Floats, directions: Floats, reach: Floats, tables: HeadTables) -> Floats:
    """Distance along each ray to the first skin (cap ignored), bisected; `reach` where there is none."""
    out = np.empty(starts.shape[0])
    for i in prange(starts.shape[0]):
        px, py, pz = starts[i, 0], starts[i, 1], starts[i, 2]
        dx, dy, dz = directions[i, 0], directions[i, 1], directions[i, 2]
        t = 0.0
        before = 0.0
        hit = False
        while t < reach[i]:
            d, _ = skin_and_cap(px + t * dx, py + t * dy, pz + t * dz, tables)
            if d < 0.0:
                hit = True
                break
            before = t
            t += max(0.02, d * 0.4)
        if not hit:
            out[i] = reach[i]
            continue
        for _ in range(30):
            middle = 0.5 * (before + t)
            d, _ = skin_and_cap(px + middle * dx, py + middle * dy, pz + middle * dz, tables)
            if d < 0.0:
                t = middle
            else:
                before = middle
        out[i] = 0.5 * (before + t)
    return out
