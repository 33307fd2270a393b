"""The stored cameras: orthographic, patient's left side, one common window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .curves import Floats

TOP_MM = 131.0
HEIGHT_MM = 266.0
WIDTH_MM = 248.0


@dataclass(frozen=True)
class View:
    """A camera turned `yaw_degrees` towards the patient's left; `centre_mm` is u at the middle of the window."""

    id: str
    yaw_degrees: float
    centre_mm: float

    @property
    def axes(self) -> Floats:
        """Rows right, up, toward the camera."""
        yaw = np.deg2rad(self.yaw_degrees)
        toward = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
        up = np.array([0.0, 1.0, 0.0])
        return np.round(np.stack([np.cross(up, toward), up, toward]), 12) + 0.0

    @property
    def left_mm(self) -> float:
        """u of the picture's left edge."""
        return self.centre_mm - WIDTH_MM / 2

    def size(self, px_per_mm: float) -> tuple[int, int]:
        """Width and height in pixels."""
        return round(WIDTH_MM * px_per_mm), round(HEIGHT_MM * px_per_mm)

    def project(self, points: npt.ArrayLike, px_per_mm: float) -> Floats:
        """Millimetres to pixel x, pixel y and depth toward the camera."""
        q = np.atleast_2d(np.asarray(points, float)) @ self.axes.T
        return np.column_stack(
            [(q[:, 0] - self.left_mm) * px_per_mm, (TOP_MM - q[:, 1]) * px_per_mm, q[:, 2]]
        )


VIEWS = (View("front", 0.0, 0.0), View("left_oblique", 45.0, -3.5), View("left_lateral", 90.0, -7.0))
