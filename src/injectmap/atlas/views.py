"""The five orthographic views of the head: skin to picture, and picture to skin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from injectmap.atlas.arrays import Bools, Floats
from injectmap.atlas.skin import Skin, mirror

Style = Literal["shaded", "line"]
DrawState = Literal["ok", "off_head", "not_skin", "turned_away"]

# In the order in which they stand side by side on the screen.
VIEW_IDS: Final = ("right_lateral", "right_oblique", "front", "left_oblique", "left_lateral")
_STORED = {"right_lateral": "left_lateral", "right_oblique": "left_oblique"}

# A view accepts drawing only where the skin faces it: farther round, a pixel of the hand is many mm of skin.
FACING_TO_DRAW: Final = 0.2

# Farther than this from the bare skin, square to it, what is seen is ear or cap.
_SKIN_TOLERANCE_MM = 0.6

# The search for the skin on a ray ends this near to it: a hundredth of the stored micrometre.
_MET_MM = 1e-5

# Depth of the position map where there is no head.
_NOTHING = -1e9
_OUTSIDE = -32768


class Camera:
    """One stored position map with its camera; it decodes the map on first use.

    Depth grows towards the camera. Of the stored positions only the depth is kept: the rest is the pixel's place.
    """

    def __init__(self, spec: Mapping[str, Any], folder: Path) -> None:
        """Take one entry of `views.json`."""
        yaw = np.deg2rad(spec["yaw_degrees"])
        sine, cosine = _exact(np.sin(yaw)), _exact(np.cos(yaw))
        self.toward = np.array([sine, 0.0, cosine])
        # Columns: to the right, down, towards the camera.
        self.basis = np.array([[cosine, 0.0, sine], [0.0, -1.0, 0.0], [-sine, 0.0, cosine]])
        self.origin = np.array([spec["left_mm"], -spec["top_mm"], 0.0])
        self.px_per_mm = float(spec["position"]["px_per_mm"])
        self._file = folder / spec["position"]["file"]

    @cached_property
    def depth(self) -> Floats:
        """Depth of the visible surface (h, w) in mm, single precision; far negative outside the head."""
        with np.load(self._file) as stored:
            position = stored["position"]
        depth = position @ (self.toward * 0.01).astype(np.float32)
        depth[position[..., 0] == _OUTSIDE] = _NOTHING
        return np.ascontiguousarray(depth)

    def covers(self, u: Floats, v: Floats, depth: Floats) -> Bools:
        """Return at which places (n,) the visible surface lies in front of a depth."""
        width = self.depth.shape[1]
        cell = (v * self.px_per_mm).astype(np.intp) * width + (u * self.px_per_mm).astype(np.intp)
        return np.asarray(self.depth.ravel().take(cell, mode="clip") > depth)

    def seed(self, uv: Floats) -> Floats:
        """Return the depth (n,) of the visible surface; far negative outside the head.

        Four pixels are blended only where they lie on one surface; across an occluding contour the nearest counts.
        """
        height, width = self.depth.shape
        across = uv[:, 0] * self.px_per_mm - 0.5
        down = uv[:, 1] * self.px_per_mm - 0.5
        inside = (across > -0.5) & (down > -0.5) & (across < width - 0.5) & (down < height - 0.5)
        column = np.minimum(np.maximum(across, 0.0), width - 2.0).astype(np.intp)
        row = np.minimum(np.maximum(down, 0.0), height - 2.0).astype(np.intp)
        s = np.minimum(np.maximum(across - column, 0.0), 1.0)
        t = np.minimum(np.maximum(down - row, 0.0), 1.0)
        flat, first = self.depth.ravel(), row * width + column
        a, b, c, d = (flat.take(first + place) for place in (0, 1, width, width + 1))
        spread = np.maximum(np.maximum(a, b), np.maximum(c, d)) - np.minimum(
            np.minimum(a, b), np.minimum(c, d)
        )
        blended = (a * (1.0 - s) + b * s) * (1.0 - t) + (c * (1.0 - s) + d * s) * t
        nearest = flat.take(first + (s > 0.5) + width * (t > 0.5))
        return np.where(inside, np.where(spread < 1.0, blended, nearest), _NOTHING)


def _leap(step: Floats) -> Floats:
    """Return steps along rays, none longer than 2 mm."""
    return np.minimum(np.maximum(step, -2.0), 2.0)


def _exact(value: float) -> float:
    """Return a sine or cosine without the rounding of pi."""
    return round(float(value), 15)


def allowed_slant(facing: Floats) -> Floats:
    """Return how far (n,) in mm a point may lie behind the position map's pixel and still be on the same surface.

    Within one pixel a surface that slants away (facing is n.v) changes its depth; 0.35 mm is the map's own error.
    """
    return np.asarray(np.minimum(0.3 / np.maximum(facing, 0.03), 6.0) + 0.35)


class View:
    """One view of the head; coordinates are mm from the window's top-left corner, u to the right, v down.

    A right view is the mirror image of the stored left one: points are mirrored before and after, and u is
    measured from the other edge.
    """

    def __init__(self, view_id: str, spec: Mapping[str, Any], window_mm: tuple[float, float], camera: Camera, skin: Skin, folder: Path) -> None:  # fmt: skip
        """Join a camera with the skin it looks at."""
        self.id = view_id
        self.mirrored = view_id in _STORED
        self.side = None if view_id == "front" else view_id.partition("_")[0]
        self.window_mm = window_mm
        self.toward = mirror(camera.toward) if self.mirrored else camera.toward
        self.camera = camera
        # A point's u, v and depth are point @ matrix + offset.
        self.matrix, self.offset = camera.basis.copy(), -camera.origin
        if self.mirrored:
            self.matrix[:, 0] *= -1.0
            self.matrix[0] *= -1.0
            self.offset = self.offset * (-1.0, 1.0, 1.0) + (window_mm[0], 0.0, 0.0)
        self._spec = spec
        self._last: tuple[tuple[float, float], tuple[Floats, Bools]] | None = None
        self._skin = skin
        self._folder = folder

    def picture(self, style: Style = "shaded", *, reduced: bool = False) -> Path:
        """Return the picture's file; a mirrored view shows it flipped left to right."""
        return self._folder / str(self._picture_spec(style, reduced=reduced)["file"])

    def picture_px_per_mm(self, style: Style = "shaded", *, reduced: bool = False) -> float:
        """Return the picture's scale."""
        return float(self._picture_spec(style, reduced=reduced)["px_per_mm"])

    def _picture_spec(self, style: Style, *, reduced: bool) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._spec[f"{style}_print" if reduced else style]
        return found

    def facing(self, points: Floats) -> Floats:
        """Return n.v (n,) of the skin at points (n, 3): 1 where it faces the camera, negative where turned away."""
        return np.asarray(self._skin.normals(np.asarray(points, dtype=float).reshape(-1, 3)) @ self.toward)

    def project(self, points: Floats) -> tuple[Floats, Bools]:
        """Return the places (n, 2) of skin points (n, 3), and which face the camera and are not covered."""
        points = np.asarray(points, dtype=float).reshape(-1, 3)
        return self.project_with(points, self._skin.outward(points))

    def project_with(self, points: Floats, normals: Floats) -> tuple[Floats, Bools]:
        """As `project`, with the outward normals (n, 3) of the skin there already known."""
        facing = normals @ self.toward
        placed = points @ self.matrix + self.offset
        u, v, depth = placed.T
        covered = self.camera.covers(
            self.window_mm[0] - u if self.mirrored else u, v, depth + allowed_slant(facing)
        )
        return placed[:, :2].copy(), (facing > 0.0) & ~covered

    def to_skin(self, uv: Floats) -> tuple[Floats, Bools]:
        """Return the skin points (n, 3) under places (n, 2), and which of them are skin one can draw on.

        Where the second is false the point is that of the visible ear or cap, or not a number off the head.
        """
        uv = np.asarray(uv, dtype=float).reshape(-1, 2)
        if len(uv) == 1:
            return self._to_skin_once(float(uv[0, 0]), float(uv[0, 1]))
        return self._read(uv)

    def _to_skin_once(self, u: float, v: float) -> tuple[Floats, Bools]:
        """One place, as the pointer asks: first its draw state and then its point."""
        if self._last is None or self._last[0] != (u, v):
            self._last = (u, v), self._read(np.array([[u, v]]))
        points, on_skin = self._last[1]
        return points.copy(), on_skin.copy()

    def _read(self, uv: Floats) -> tuple[Floats, Bools]:
        stored = np.column_stack([self.window_mm[0] - uv[:, 0], uv[:, 1]]) if self.mirrored else uv
        depth = self.camera.seed(stored)
        on_head = depth > _NOTHING / 2
        points = np.full((len(uv), 3), np.nan)
        on_skin = np.zeros(len(uv), dtype=bool)
        if on_head.any():
            points[on_head], on_skin[on_head] = self._meet(stored[on_head], depth[on_head])
        return (mirror(points) if self.mirrored else points), on_skin

    def _meet(self, stored: Floats, depth: Floats) -> tuple[Floats, Bools]:
        """Intersect the rays of places (n, 2) with the skin near the visible depths (n,), by the secant method."""
        basis, origin = self.camera.basis, self.camera.origin
        base = (np.column_stack([stored, np.zeros(len(stored))]) + origin) @ basis.T
        toward = self.camera.toward

        def height(at: Floats) -> Floats:
            return self._skin.height(base + at[:, None] * toward)

        before, height_before = depth, height(depth)
        seen = base + depth[:, None] * toward
        normals, away = self._skin.outward(seen), seen - self._skin.centre
        # How fast height changes along the ray on a smooth skin; the floor keeps grazing rays from leaping away.
        rise = np.maximum(
            np.einsum("ij,ij->i", normals, away) / np.sqrt(np.einsum("ij,ij->i", away, away)), 0.1
        )
        rate = (normals @ toward) / rise
        is_skin = np.abs(height_before) * rise <= _SKIN_TOLERANCE_MM
        now = before - _leap(height_before / np.where(np.abs(rate) < 0.05, 0.05, rate))
        for _ in range(12):
            height_now = height(now)
            if np.abs(height_now[is_skin]).max(initial=0.0) < _MET_MM:
                break
            change = height_now - height_before
            steps = np.where(change == 0.0, 0.0, (now - before) / np.where(change == 0.0, 1.0, change))
            before, height_before, now = now, height_now, now - _leap(height_now * steps)
        met = is_skin & (np.abs(height(now)) < 10.0 * _MET_MM) & (np.abs(now - depth) < 6.0)
        points = base + np.where(met, now, depth)[:, None] * toward
        return points, met & self._skin.drawable(points)

    def draw_state(self, uv: Floats | Sequence[float]) -> DrawState:
        """Tell whether a pass may be drawn at one place, and if not, why."""
        return self.pick(uv)[1]

    def pick(self, uv: Floats | Sequence[float]) -> tuple[Floats, DrawState]:
        """Return the point (3,) under one place with its draw state; not a number off the head."""
        points, on_skin = self.to_skin(np.asarray(uv, dtype=float).reshape(1, 2))
        if np.isnan(points[0, 0]):
            return points[0], "off_head"
        if not on_skin[0]:
            return points[0], "not_skin"
        return points[0], "ok" if self.facing(points)[0] >= FACING_TO_DRAW else "turned_away"


def read_views(stored: Mapping[str, Any], skin: Skin, folder: Path) -> dict[str, View]:
    """Build the five views, in screen order, from the content of `views.json`."""
    window = (float(stored["window_mm"]["width"]), float(stored["window_mm"]["height"]))
    cameras = {name: Camera(spec, folder) for name, spec in stored["views"].items()}
    views = {}
    for view_id in VIEW_IDS:
        name = _STORED.get(view_id, view_id)
        views[view_id] = View(view_id, stored["views"][name], window, cameras[name], skin, folder)
    return views
