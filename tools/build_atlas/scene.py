"""The lit head: mesh with occlusion, and per view the buffers from which pictures and position maps are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from scipy.ndimage import map_coordinates

from .curves import Floats, smoothstep
from .head import Head
from .raster import Floats32, interpolate, rasterise, visibility
from .views import View

KEY_LIGHT = np.array([-0.30, 0.56, 0.77])  # in view space
KEY_SOFTNESS_DEGREES = 26.0
KEY_RAYS = 128


@dataclass
class Buffers:
    """What one view sees per pixel: position, normal, occlusion, key light's shadow, cap; depth towards the camera."""

    view: View
    px_per_mm: float
    position: Floats32
    normal: Floats32
    ambient: Floats32
    lit: Floats32
    mask: npt.NDArray[np.bool_]
    depth: Floats32
    cap: Floats32
    cap_rim: npt.NDArray[np.bool_]  # within 2.5 mm of the cap's edge


def sphere_directions(count: int) -> Floats32:
    """Evenly spread unit vectors."""
    i = np.arange(count) + 0.5
    polar = np.arccos(1 - 2 * i / count)
    turn = np.pi * (1 + 5**0.5) * i
    return np.stack([np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)], 1).astype(
        np.float32
    )


def cone_directions(axis: Floats, half_angle_degrees: float, count: int) -> Floats32:
    """Evenly spread unit vectors within a cone."""
    axis = axis / np.linalg.norm(axis)
    i = np.arange(count) + 0.5
    turn = np.pi * (1 + 5**0.5) * i
    c = 1 - (1 - np.cos(np.deg2rad(half_angle_degrees))) * i / count
    s = np.sqrt(1 - c * c)
    u = np.cross(axis, [0.3, 1, 0.2])
    u /= np.linalg.norm(u)
    w = np.cross(axis, u)
    rays = np.cos(turn)[:, None] * s[:, None] * u + np.sin(turn)[:, None] * s[:, None] * w + c[:, None] * axis
    return rays.astype(np.float32)


class Scene:
    """Mesh of the head with vertex normals and ambient occlusion, ready to be seen from any view."""

    def __init__(self, head: Head, voxel: float, occlusion_rays: int = 96) -> None:
        self.head = head
        self.mesh = head.mesh(voxel)
        mesh = self.mesh
        self.normals = head.normals(mesh.vertices)
        step = max(1, round(1.3 / voxel))
        self._ray_volume = np.ascontiguousarray(mesh.volume[::step, ::step, ::step])
        self._ray_voxel = voxel * step
        edges = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]])
        count = len(mesh.vertices)
        links = sparse.coo_matrix(
            (np.ones(len(edges), np.float32), (edges[:, 0], edges[:, 1])), shape=(count, count)
        )
        links = (links + links.T).tocsr()
        self._neighbour_mean = sparse.diags(1 / np.maximum(np.asarray(links.sum(1)).ravel(), 1)).dot(links)
        self._lit: dict[str, Floats32] = {}
        rays = sphere_directions(occlusion_rays)
        self.ambient = self._seen(rays, 0.75 + 0.25 * rays[:, 1], cosine=True, reach=90.0, smoothing=1.0)

    def _seen(
        self, rays: Floats32, shares: Floats32, *, cosine: bool, reach: float, smoothing: float
    ) -> Floats32:
        """Visibility smoothed over the mesh by about `smoothing` squared mm per pass scale, whatever the voxel size."""
        mesh = self.mesh
        seen = visibility(
            self._ray_volume, mesh.vertices, self.normals, mesh.origin, self._ray_voxel,
            rays, shares.astype(np.float32), cosine, reach,
        )  # fmt: skip
        for _ in range(max(1, round(4 * smoothing / 0.6 * (0.6 / mesh.voxel) ** 2))):
            seen = np.asarray(self._neighbour_mean @ seen, dtype=np.float32)
        return seen

    def _key_light(self, view: View) -> Floats32:
        """Share of the soft key light that reaches each vertex; the light turns with the camera."""
        if view.id not in self._lit:
            rays = cone_directions(view.axes.T @ KEY_LIGHT, KEY_SOFTNESS_DEGREES, KEY_RAYS)
            shares = np.ones(KEY_RAYS, np.float32)
            self._lit[view.id] = self._seen(rays, shares, cosine=False, reach=110.0, smoothing=3.0)
        return self._lit[view.id]

    def buffers(self, view: View, px_per_mm: float) -> Buffers:
        """Everything one view sees, at the given resolution."""
        mesh = self.mesh
        width, height = view.size(px_per_mm)
        depth = np.full((height, width), -1e9, np.float32)
        triangle = np.full((height, width), -1, np.int32)
        weights = np.zeros((height, width, 2), np.float32)
        rasterise(view.project(mesh.vertices, px_per_mm), mesh.faces, depth, triangle, weights)
        lit = self._key_light(view)
        values = np.column_stack([mesh.vertices, self.normals, self.ambient, lit]).astype(np.float32)
        out = np.zeros((height, width, 8), np.float32)
        interpolate(triangle, weights, mesh.faces, values, out)
        normal = out[..., 3:6]
        normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-6)
        mask = triangle >= 0
        return Buffers(
            view=view, px_per_mm=px_per_mm, position=out[..., :3], normal=normal, ambient=out[..., 6], lit=out[..., 7],
            mask=mask, depth=depth, cap=self._cap_share(out[..., :3], mask), cap_rim=self._near_cap_rim(out[..., :3]) & mask,
        )  # fmt: skip

    def _cap_share(self, position: Floats32, mask: npt.NDArray[np.bool_]) -> Floats32:
        cap = np.zeros(mask.shape, np.float32)
        near = mask & (position[..., 1] > -60)
        d = self.head.distances(position[near])
        cap[near] = smoothstep((d[:, 0] - d[:, 1]) / 0.5 + 0.5)
        return cap

    def _near_cap_rim(self, position: Floats32) -> npt.NDArray[np.bool_]:
        u_start, v_start, step = self.head.tables.cap_grid
        rows = (position[..., 1] - v_start) / step
        columns = (position[..., 2] - u_start) / step
        distance = map_coordinates(
            self.head.tables.cap[0].astype(np.float32), [rows, columns], order=1, cval=50.0
        )
        return np.asarray(np.abs(distance) < 2.5)
