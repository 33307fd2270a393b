"""The skin as one radial map: distance from a centre by azimuth and elevation, without ear and cap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_erosion, binary_opening, label

from .curves import Floats
from .field import march
from .head import BOTTOM_Y, Head
from .views import VIEWS

CENTRE = np.array([0.0, -20.0, 10.0])
STEP_DEGREES = 0.5
DRAWABLE_MIN_Y = -100.0
DRAWABLE_MIN_Z = -12.0  # down to the angle of the mandible and a strip behind the ramus
SINGLE_VALUED_MIN_Z = 14.0  # in front of this the map is proved to have one crossing per direction
_OUTSIDE = 190.0


class SkinMap(NamedTuple):
    """`radius_um` (azimuth 0..180, elevation -90..90) and whether the visible surface there is this skin."""

    radius_um: npt.NDArray[np.int32]
    drawable: npt.NDArray[np.uint8]


def directions(step_degrees: float = STEP_DEGREES) -> Floats:
    """(azimuths, elevations, 3) unit vectors of the left half; azimuth 0 forward, 90 left, 180 back."""
    azimuth = np.deg2rad(np.arange(0, 180 + step_degrees / 2, step_degrees))[:, None]
    elevation = np.deg2rad(np.arange(-90, 90 + step_degrees / 2, step_degrees))[None]
    parts = (
        np.sin(azimuth) * np.cos(elevation),
        np.sin(elevation) + 0 * azimuth,
        np.cos(azimuth) * np.cos(elevation),
    )
    return np.stack(parts, -1)


def outermost_radius(head: Head, rays: Floats) -> Floats:
    """Distance from the centre to the outermost bare skin along each ray, clamped at the model's bottom plane."""
    flat = np.ascontiguousarray(rays.reshape(-1, 3))
    down = np.minimum(flat[:, 1], -1e-9)
    start = np.minimum(_OUTSIDE, (BOTTOM_Y - CENTRE[1]) / down)
    travelled = march(CENTRE + flat * start[:, None], -flat, start - 1.0, head.bare)
    return np.asarray((start - travelled).reshape(rays.shape[:-1]))


def crossings(head: Head, rays: Floats, step_mm: float = 0.4) -> npt.NDArray[np.int64]:
    """How many times the bare skin crosses each ray between 20 mm from the centre and the outside."""
    flat = rays.reshape(-1, 3)
    down = np.minimum(flat[:, 1], -1e-9)
    end = np.minimum(_OUTSIDE, (BOTTOM_Y - CENTRE[1]) / down)
    count = np.zeros(len(flat), np.int64)
    before: npt.NDArray[np.bool_] | None = None
    for r in np.arange(20.0, _OUTSIDE, step_mm):
        inside = head.distances(CENTRE + flat * np.minimum(r, end)[:, None], bare=True)[:, 0] < 0
        if before is not None:
            count += inside != before
        before = inside
    return count.reshape(rays.shape[:-1])


def build_skin_map(head: Head, step_degrees: float = STEP_DEGREES) -> SkinMap:
    """Sample the skin map of the left half."""
    rays = directions(step_degrees)
    radius = outermost_radius(head, rays)
    points = (CENTRE + rays * radius[..., None]).reshape(-1, 3)
    drawable = (points[:, 1] > DRAWABLE_MIN_Y) & (points[:, 2] > DRAWABLE_MIN_Z)
    drawable[drawable] = is_visible_skin(head, points[drawable])
    return SkinMap(
        np.round(radius * 1000).astype(np.int32), _one_piece(drawable.reshape(radius.shape)).astype(np.uint8)
    )


def _one_piece(drawable: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The face without threads and islands, one node (about 1 mm) back from ear, cap and nostrils."""
    margin = 4
    padded = binary_opening(np.pad(drawable, margin, mode="edge"), iterations=2)
    padded = binary_erosion(padded, border_value=1)
    pieces, _ = label(padded[margin:-margin, margin:-margin])
    largest = np.argmax(np.bincount(pieces.ravel())[1:]) + 1
    return np.asarray(pieces == largest)


def is_visible_skin(head: Head, points: Floats) -> npt.NDArray[np.bool_]:
    """Whether bare skin points are the real surface (no ear or nostril within 0.05 mm, no cap) and seen in a stored view."""
    distance = head.distances(points)
    surface = (np.abs(distance[:, 0]) < 0.05) & (distance[:, 1] > 0)
    seen = np.zeros(len(points), bool)
    for view in VIEWS:
        toward = view.axes[2]
        hit = head.ray(points + 250.0 * toward, -toward, 255.0)
        seen |= np.linalg.norm(hit - points, axis=1) < 0.3
    return surface & seen
