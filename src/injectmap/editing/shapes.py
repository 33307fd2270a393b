"""Shapes of several passes: a fan from one entry point, and two families that cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from injectmap.atlas.skin import CENTRE, length
from injectmap.domain import skin_paths
from injectmap.domain.places import Side, SkinPoint, side_of

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Skin

FEWEST, MOST = 2, 12
SPREAD_DEG: Final = (5, 150)
SPACING_MM: Final = (2, 20)

# A course is followed this finely; no skin that can be drawn on lies nearer to the centre than this.
_STEP_RADIANS, _NEAREST_MM = np.deg2rad(0.25), 40.0
_FARTHEST_RADIANS = 2.6
# Points this far inside the edge are still skin after rounding and resampling.
_INSIDE_MM = 0.3

Ends = tuple[SkinPoint, SkinPoint]


def _within(value: int, limits: tuple[int, int]) -> int:
    return max(limits[0], min(limits[1], value))


@dataclass(frozen=True, slots=True)
class FanSettings:
    """How many passes a fan has, and the angle between the outer two."""

    count: int = 3
    spread_deg: int = 30

    def changed(self, count_delta: int, spread_delta: int) -> FanSettings:
        """Return other settings, kept within what a hand can do."""
        count = _within(self.count + count_delta, (FEWEST, MOST))
        return replace(self, count=count, spread_deg=_within(self.spread_deg + spread_delta, SPREAD_DEG))

    @property
    def angles_deg(self) -> list[float]:
        """Turn of each pass from the middle direction."""
        return [float(turn) for turn in np.linspace(-self.spread_deg / 2, self.spread_deg / 2, self.count)]


@dataclass(frozen=True, slots=True)
class HatchSettings:
    """How many passes each of the two families has, and how far apart they lie."""

    count: int = 3
    spacing_mm: int = 6

    def changed(self, count_delta: int, spacing_delta: int) -> HatchSettings:
        """Return other settings, kept within what a hand can do."""
        count = _within(self.count + count_delta, (FEWEST, MOST))
        return replace(self, count=count, spacing_mm=_within(self.spacing_mm + spacing_delta, SPACING_MM))

    @property
    def offsets_mm(self) -> list[float]:
        """Distance of each pass of a family from its middle line."""
        half = self.spacing_mm * (self.count - 1) / 2
        return [float(aside) for aside in np.linspace(-half, half, self.count)]


def heading(at: np.ndarray, towards: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Return the unit direction (3,) in which the straight pass from a place to another leaves it, along the skin."""
    out = at - CENTRE
    # The section's plane holds the centre and both ends; its trace on the skin is square to the normal.
    across = np.cross(out, towards - CENTRE)
    along = np.cross(across, normal)
    return np.asarray(along / max(float(np.linalg.norm(along)), 1e-12))


def turned(direction: np.ndarray, normal: np.ndarray, degrees: float) -> np.ndarray:
    """Return a direction (3,) in the skin's tangent plane, turned about the normal."""
    angle = np.deg2rad(degrees)
    return np.asarray(direction * np.cos(angle) + np.cross(normal, direction) * np.sin(angle))


def follow(
    skin: Skin, start: np.ndarray, directions: np.ndarray, reach_mm: float
) -> tuple[np.ndarray, np.ndarray]:
    """Go straight over the skin from a place (3,) along directions (n, 3), as far as skin can be drawn on.

    Returns the places reached (n, 3) and how far they lie along the skin (n,), mm, at most `reach_mm`.
    """
    farthest = min(_FARTHEST_RADIANS, reach_mm / _NEAREST_MM + 2 * _STEP_RADIANS)
    angles = np.linspace(0.0, farthest, int(np.ceil(farthest / _STEP_RADIANS)) + 2)
    out = (start - CENTRE) / np.linalg.norm(start - CENTRE)
    level = directions - (directions @ out)[:, None] * out
    level /= np.maximum(np.linalg.norm(level, axis=1), 1e-12)[:, None]
    rays = np.cos(angles)[None, :, None] * out + np.sin(angles)[None, :, None] * level[:, None, :]
    laid = skin.lay(rays.reshape(-1, 3)).reshape(rays.shape)
    gone = np.zeros(laid.shape[:2])
    np.cumsum(np.linalg.norm(np.diff(laid, axis=1), axis=2), axis=1, out=gone[:, 1:])
    open_skin = skin.drawable(laid.reshape(-1, 3)).reshape(gone.shape)
    angle_at, mm = np.zeros(len(directions)), np.zeros(len(directions))
    for row in range(len(directions)):
        closed = np.flatnonzero(~open_skin[row])
        edge = len(angles) if len(closed) == 0 else int(closed[0])
        room = gone[row, -1] if edge == len(angles) else max(gone[row, max(edge - 1, 0)] - _INSIDE_MM, 0.0)
        mm[row] = min(reach_mm, float(room))
        angle_at[row] = np.interp(mm[row], gone[row], angles)
    ends = np.cos(angle_at)[:, None] * out + np.sin(angle_at)[:, None] * level
    return skin.lay(ends), mm


def fan(atlas: Atlas, entry: SkinPoint, tip: SkinPoint, settings: FanSettings) -> list[Ends]:
    """Return entry point and tip of each pass of a fan around its middle direction, from one side to the other.

    All are as long along the skin as the middle one, or end where no skin can be drawn on.
    """
    skin = atlas.skin
    at, end = skin_paths.to_mm([entry, tip])
    normal = skin.normals(at[None])[0]
    middle = heading(at, end, normal)
    # The first pass is the hindmost on either side, so that a mirrored drag gives the mirrored fan.
    turn = -1.0 if side_of(entry) is Side.RIGHT else 1.0
    directions = np.array([turned(middle, normal, turn * angle) for angle in settings.angles_deg])
    reach = float(length(skin.path(at, end)))
    tips = list(skin_paths.to_um(follow(skin, at, directions, reach)[0]))
    if settings.count % 2:
        tips[settings.count // 2] = tip
    return [(entry, one) for one in tips]


def cross_hatch(atlas: Atlas, first: SkinPoint, last: SkinPoint, settings: HatchSettings) -> list[Ends]:
    """Return entry point and tip of each pass of a cross-hatch; the drag is the middle line of the first family.

    The second family crosses it at right angles; all passes are as long as the drag, or end where no skin can be
    drawn on.
    """
    skin = atlas.skin
    course = skin.path(*skin_paths.to_mm([first, last]))
    reach = float(length(course))
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(course, axis=0), axis=1))])
    middle = skin.snap(np.array([[np.interp(reach / 2, gone, course[:, axis]) for axis in range(3)]]))[0]
    normal = skin.normals(middle[None])[0]
    along = heading(middle, course[-1], normal)
    across = turned(along, normal, -90.0 if side_of(first) is Side.RIGHT else 90.0)
    dragged = {0.0: (first, last)}
    return [
        *_family(skin, middle, along, across, settings.offsets_mm, reach, dragged),
        *_family(skin, middle, across, along, settings.offsets_mm, reach, {}),
    ]


def _family(
    skin: Skin,
    middle: np.ndarray,
    along: np.ndarray,
    aside: np.ndarray,
    offsets: Sequence[float],
    reach: float,
    known: dict[float, Ends],
) -> list[Ends]:
    """Parallel passes: each through a place that lies aside of the middle, half its length to either end."""
    found: list[Ends] = []
    for offset in offsets:
        if offset in known:
            found.append(known[offset])
            continue
        place, gone = follow(skin, middle, np.sign(offset or 1.0) * aside[None], abs(offset))
        if abs(offset) - float(gone[0]) > _INSIDE_MM:
            continue
        normal = skin.normals(place)[0]
        level = along - (along @ normal) * normal
        ends, _ = follow(skin, place[0], np.array([-level, level]), reach / 2)
        start, tip = skin_paths.to_um(ends)
        found.append((start, tip))
    return found
