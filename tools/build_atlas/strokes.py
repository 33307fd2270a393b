"""Drawn features: brows, lashes, lid and mouth lines, and for line art the ear, nose, lips, jaw and neck."""

from __future__ import annotations

import numpy as np

from . import sculpture as sc
from .curves import Floats, even_curve, spline
from .head import Head
from .raster import Floats32, stamp
from .scene import Buffers


class Pen:
    """Draws tapered strokes of skin points on both sides into one darkness layer; hidden parts are left out."""

    def __init__(self, buffers: Buffers) -> None:
        self._buffers = buffers
        self.layer: Floats32 = np.zeros(buffers.mask.shape, np.float32)

    def stroke(
        self,
        points: Floats,
        width_mm: float,
        darkness: float,
        taper: tuple[float, float] = (0.25, 0.35),
        tolerance_mm: float = 1.2,
    ) -> None:
        """`taper`: shares of the length over which the stroke swells at its start and thins at its end."""
        for side in (1, -1):
            self._one(points * [side, 1, 1], width_mm, darkness, taper, tolerance_mm)

    def _one(
        self,
        points: Floats,
        width_mm: float,
        darkness: float,
        taper: tuple[float, float],
        tolerance_mm: float,
    ) -> None:
        scale = self._buffers.px_per_mm
        pixels = self._buffers.view.project(points, scale)
        along = np.r_[0, np.cumsum(np.hypot(*np.diff(pixels[:, :2], axis=0).T))]
        if along[-1] < 0.5:
            return
        u = np.linspace(0, along[-1], max(int(along[-1] / 0.7), 4))
        t = u / along[-1]
        swell = np.ones(len(u))
        if taper[0] > 0:
            swell *= np.clip(t / taper[0], 0, 1) ** 0.7
        if taper[1] > 0:
            swell *= np.clip((1 - t) / taper[1], 0, 1) ** 0.7
        x, y, z = (np.interp(u, along, pixels[:, i]) for i in range(3))
        stamp(self.layer, self._buffers.depth, x, y, z, swell, scale, width_mm, darkness, tolerance_mm)


class Features:
    """The drawn curves of the face laid on its skin once, for all views."""

    def __init__(self, head: Head) -> None:
        self._head = head
        hairs = _brow_hairs()
        laid = head.skin_from_front(np.vstack(hairs))
        self._hairs = np.split(laid, np.cumsum([len(h) for h in hairs])[:-1])
        self._cap_rim = head.cap_rim()
        self._lashes = [head.skin_from_front(lash) for lash in _lashes()]
        self._lid_margin = head.skin_from_front(spline(sc.LID_MARGIN, 60))
        self._lid_crease = head.skin_from_front(spline(sc.LID_CREASE, 60))
        xs = np.linspace(0, sc.CHEILION_X + 1, 60)
        self._mouth = head.skin_from_front(np.c_[xs, even_curve(sc.STOMION, xs)])
        self._upper_lip = head.skin_from_front(np.c_[xs[:52], even_curve(sc.LIP_UPPER, xs[:52])])
        self._lower_lip = head.skin_from_front(np.c_[xs[:30], even_curve(sc.LIP_LOWER, xs[:30])])

    def draw(self, buffers: Buffers, *, line_art: bool) -> Floats32:
        """Darkness 0..1 of the drawn features in one view."""
        pen = Pen(buffers)
        pen.stroke(self._cap_rim, 0.48, 0.9, (0, 0), 3.0)
        for hair in self._hairs:
            pen.stroke(hair, 0.34, 0.75, (0.1, 0.7))
        pen.stroke(self._lid_margin, 0.85, 0.95, (0.35, 0.12), 1.6)
        for lash in self._lashes:
            pen.stroke(lash, 0.30, 0.8, (0, 0.8), 3.0)
        pen.stroke(self._lid_crease, 0.40, 0.42)
        pen.stroke(self._mouth, 0.55, 0.80, (0, 0.4))
        if line_art:
            self._draw_line_art(pen, buffers.view.yaw_degrees)
        return np.clip(pen.layer, 0, 1)

    def _draw_line_art(self, pen: Pen, yaw_degrees: float) -> None:
        head = self._head
        facing = yaw_degrees < 20
        if not facing:  # in the front view the ear's contours are enough
            pen.stroke(head.ear_skin(spline(sc.EAR_RIM, 60)), 0.42, 0.6, (0.5, 0.1), 2.5)
            for curve, width, darkness in sc.EAR_STROKES:
                pen.stroke(head.ear_skin(spline(curve, 60)), width, darkness, (0.2, 0.25), 2.0)
        pen.stroke(head.skin_from_front(spline(sc.ALA, 40)), 0.45, 0.6, (0.5, 0.3), 2.0)
        if facing:
            pen.stroke(head.skin_from_front(spline(sc.NOSTRIL, 30)), 1.0, 0.85, (0.5, 0.5), 3.0)
        pen.stroke(self._upper_lip, 0.40, 0.55, (0, 0.5))
        pen.stroke(self._lower_lip, 0.40, 0.45, (0, 0.6))
        pen.stroke(head.skin_from_front(spline(sc.LABIOMENTAL_FOLD, 20)), 0.35, 0.35, (0, 0.8))
        if not facing:
            pen.stroke(head.skin_from_side(spline(sc.JAW_STROKE, 80)), 0.45, 0.55, (0.35, 0.25), 1.0)
            pen.stroke(head.skin_from_side(spline(sc.NECK_MUSCLE_STROKE, 60)), 0.40, 0.35, (0.3, 0.4), 1.0)


def _lashes(count: int = 26) -> list[Floats]:
    """Lashes of the closed upper lid, longer and more slanted towards the outer corner."""
    margin = spline(sc.LID_MARGIN, 60)
    lashes = []
    for i in range(count):
        t = 0.18 + 0.8 * i / (count - 1)
        root = margin[int(t * 59)]
        slant = float(np.interp(t, [0, 1], [-0.35, 1.0]))
        length = float(np.interp(t, [0.15, 0.6, 1], [1.6, 3.0, 3.4]))
        direction = np.array([slant, -1.0])
        direction /= np.linalg.norm(direction)
        tip = root + direction * length + [slant * 0.3, 0.45]
        lashes.append(spline(np.stack([root, root + direction * length * 0.55, tip]), 8))
    return lashes


def _brow_hairs(count: int = 200) -> list[Floats]:
    """Hairs between the lower and upper edge of the brow, upright near the nose and lying along it further out."""
    lower, upper = spline(sc.BROW_LOWER, 100), spline(sc.BROW_UPPER, 100)
    random = np.random.default_rng(4)
    hairs = []
    for _ in range(count):
        t, v = random.random() ** 0.95, random.random()
        k = int(t * 92)
        root = lower[k] * (1 - v) + upper[k] * v
        tangent = lower[min(k + 4, 99)] - lower[max(k - 4, 0)]
        tangent /= np.linalg.norm(tangent)
        normal = np.array([-tangent[1], tangent[0]])
        lean = np.interp(t, [0, 0.15, 0.4, 0.7, 1], [1.3, 0.9, 0.45, 0.05, -0.1]) * (1 - 0.9 * v)
        lean += (-0.25 if t > 0.4 else 0) * v
        direction = tangent + normal * lean
        direction /= np.linalg.norm(direction)
        length = np.interp(t, [0, 0.2, 0.8, 1], [4.5, 6, 6, 4]) * (0.8 + 0.4 * random.random())
        middle = root + direction * length * 0.5 + tangent * 0.1
        tip = root + direction * length + tangent * length * 0.12 - normal * 0.25
        hairs.append(spline(np.stack([root, middle, tip]), 8))
    return hairs
