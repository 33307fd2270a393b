"""The head: builds the tables, locks the profile, and answers questions about its skin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d
from skimage.measure import marching_cubes

from . import sculpture as sc
from .curves import Floats, bump, fade, spline, tabulate
from .field import HeadTables, distances, fill_grid, march
from .maps import FRONT_X, FRONT_Y, STEP, cap_map, ear_map, front_map
from .primitives import HEIGHT_START, HEIGHT_STEP

BOTTOM_Y = -146.0  # lowest skin that the atlas holds
_MESH_LOW = np.array([0.0, -150.0, -104.0])
_MESH_HIGH = np.array([92.0, 131.0, 117.0])


class Mesh:
    """Triangles of the visible surface together with the distance volume they were taken from."""

    def __init__(self, head: Head, voxel: float) -> None:
        shape = ((_MESH_HIGH - _MESH_LOW) / voxel).astype(int) + 1
        half = np.empty(shape, np.float32)
        fill_grid(half, _MESH_LOW[1], _MESH_LOW[2], voxel, 5, head.tables)
        self.voxel = voxel
        self.volume = np.concatenate([half[:0:-1], half], 0)
        self.origin = np.array([-(shape[0] - 1) * voxel, _MESH_LOW[1], _MESH_LOW[2]])
        vertices, faces, _, _ = marching_cubes(self.volume, 0.0, spacing=(voxel,) * 3)
        self.vertices: npt.NDArray[np.float32] = (vertices + self.origin).astype(np.float32)
        self.faces: npt.NDArray[np.int32] = faces.astype(np.int32)


class Head:
    """The reference head; symmetrical, tragion at y = z = 0, orbitale at y = 0."""

    def __init__(self) -> None:
        heights = np.arange(HEIGHT_START, 141, HEIGHT_STEP)
        tilt = np.deg2rad(sc.EAR_TILT_DEGREES)
        front, ear, cap = front_map(), ear_map(), cap_map()
        self.tables = HeadTables(
            face=tabulate(sc.FACE_KEYS, heights, 3.0 / HEIGHT_STEP),
            volumes=np.array(sc.VOLUMES, float),
            nose=tabulate(sc.NOSE_KEYS, heights, 2.0 / HEIGHT_STEP),
            front=front.values,
            front_grid=front.grid,
            ear=ear.values,
            ear_grid=ear.grid,
            cap=cap.values,
            cap_grid=cap.grid,
            ear_frame=np.array([np.cos(tilt), np.sin(tilt), sc.EAR_SCALE, *sc.EAR_ORIGIN]),
            cap_thickness=sc.CAP_THICKNESS,
            bare=0,
        )
        self.profile_error_mm = self._lock_profile()

    @property
    def bare(self) -> HeadTables:
        """Tables of the skin without ear and nostrils."""
        return self.tables._replace(bare=1)

    def _lock_profile(self, rounds: int = 3) -> Floats:
        """Move the midline onto the profile table through the frontal relief; returns the error before it (over y)."""
        ys = np.arange(*FRONT_Y, STEP)
        xs = np.arange(*FRONT_X, STEP)
        rising = sc.PROFILE[::-1]
        outline = PchipInterpolator(rising[:, 0], rising[:, 1])(np.clip(ys, rising[0, 0], rising[-1, 0]))
        lips = np.clip((ys + 60) / 4, 0, 1) * np.clip((-32 - ys) / 4, 0, 1)  # finer than the rest
        goal = lips * gaussian_filter1d(outline, 2) + (1 - lips) * gaussian_filter1d(outline, 5)
        reach = PchipInterpolator(sc.LOCK_REACH[:, 0], sc.LOCK_REACH[:, 1])(ys)
        weight = np.clip((ys + 90) / 14, 0, 1) * (1 - np.clip((ys + 31) / 3, 0, 1)) + np.clip(
            (ys + 17.5) / 5, 0, 1
        )
        weight *= fade(ys, 80, 55) / np.sqrt(1 + np.gradient(goal, STEP) ** 2)
        first: Floats | None = None
        for _ in range(rounds):
            error = (goal - self.skin_from_front(np.c_[0 * ys, ys])[:, 2]) * weight
            first = error if first is None else first
            step = lips * gaussian_filter1d(error, 2) + (1 - lips) * gaussian_filter1d(error, 8)
            self.tables.front[0] += step[:, None] * bump(xs[None] / reach[:, None])
        assert first is not None
        return first

    def distances(self, points: npt.ArrayLike, *, bare: bool = False) -> Floats:
        """(n, 2): signed distance to the skin (without ear and nostrils if bare) and to the cap."""
        tables = self.bare if bare else self.tables
        return np.asarray(distances(np.ascontiguousarray(points, float), tables))

    def ray(
        self, starts: npt.ArrayLike, direction: npt.ArrayLike, reach: float, *, bare: bool = False
    ) -> Floats:
        """First skin point from each start along its direction (one, or one per start); the far end where there is none."""
        origins = np.ascontiguousarray(starts, float)
        along = np.ascontiguousarray(np.broadcast_to(np.asarray(direction, float), origins.shape))
        tables = self.bare if bare else self.tables
        return np.asarray(
            origins + march(origins, along, np.full(len(origins), reach), tables)[:, None] * along
        )

    def skin_from_front(self, xy: npt.ArrayLike) -> Floats:
        """Skin points seen from the front at (x, y)."""
        flat = np.asarray(xy, float)
        return self.ray(np.c_[flat, np.full(len(flat), 121.0)], (0, 0, -1), 150.0)

    def skin_from_side(self, zy: npt.ArrayLike, *, bare: bool = False) -> Floats:
        """Skin points of the left side seen from the patient's left at (z, y)."""
        flat = np.asarray(zy, float)
        return self.ray(np.c_[np.full(len(flat), 96.0), flat[:, 1], flat[:, 0]], (-1, 0, 0), 96.0, bare=bare)

    def cap_rim(self) -> Floats:
        """Points along the left half of the cap's edge, front to back, on the cap's surface."""
        curve = spline(sc.CAP_EDGE, 400)
        rim = self.skin_from_side(curve)
        rim = rim[rim[:, 0] > 1.0]
        middle = self.skin_from_front(
            [(0.0, float(np.interp(rim[0, 2] + 1.0, curve[::-1, 0], curve[::-1, 1])))]
        )
        middle[:, 0] = 0.0
        return np.concatenate([middle, rim])

    def ear_skin(self, st: npt.ArrayLike) -> Floats:
        """Points of the left ear seen from the side, given in ear coordinates."""
        cosine, sine, scale, _, y0, z0 = self.tables.ear_frame
        s, t = (np.asarray(st, float) * scale).T
        return self.skin_from_side(np.c_[z0 - cosine * s - sine * t, y0 - sine * s + cosine * t])

    def snap(self, points: npt.ArrayLike, *, bare: bool = False, rounds: int = 25) -> Floats:
        """Drop points onto the skin along the gradient of the field."""
        p = np.array(points, float)
        axes = np.eye(3) * 0.2
        for _ in range(rounds):
            d = self.distances(p, bare=bare)[:, 0]
            sides = [
                self.distances(p + a, bare=bare)[:, 0] - self.distances(p - a, bare=bare)[:, 0] for a in axes
            ]
            gradient = np.stack(sides, 1) / 0.4
            p = p - 0.7 * d[:, None] * gradient / np.maximum((gradient**2).sum(1, keepdims=True), 1e-6)
        return p

    def normals(self, points: npt.ArrayLike, reach_mm: float = 0.4) -> npt.NDArray[np.float32]:
        """Unit normals of the visible surface, averaged over `reach_mm`, which hides the grid of the relief maps."""
        p = np.asarray(points, float)
        steps = np.eye(3) * reach_mm
        sides = [self.distances(p + a).min(1) - self.distances(p - a).min(1) for a in steps]
        gradient = np.stack(sides, 1)
        return (gradient / np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-9)).astype(
            np.float32
        )

    def mesh(self, voxel: float) -> Mesh:
        """Triangulated visible surface (skin, ear, cap)."""
        return Mesh(self, voxel)
