"""Paths drawn on the skin become stored paths: resolved on the atlas, rounded once, split over zones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from injectmap.atlas.skin import length as length_mm
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import Side, SkinPath, SkinPoint, SkinPoints, ZoneLength
from injectmap.domain.units import UM_PER_MM

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones

# Shorter than this nothing was drawn: a tremor of the hand, not a travel of the cannula.
SHORTEST_UM = 2_000


def to_um(points: np.ndarray) -> tuple[SkinPoint, ...]:
    """Round points (n, 3) in mm to stored points."""
    return tuple(SkinPoint(*row) for row in np.rint(np.asarray(points) * UM_PER_MM).astype(int).tolist())


def to_mm(points: Sequence[SkinPoint]) -> np.ndarray:
    """Return stored points as an (n, 3) array in mm."""
    if isinstance(points, SkinPoints):
        return np.frombuffer(points.packed, dtype="<i4").reshape(-1, 3) / UM_PER_MM
    return np.asarray(points, dtype=float).reshape(-1, 3) / UM_PER_MM


def course(atlas: Atlas, controls: Sequence[SkinPoint], *, curved: bool = False) -> np.ndarray:
    """Return the course over the skin through controls (entry point first, tip last), (n, 3) mm."""
    ends = to_mm(controls)
    return atlas.skin.curve(ends) if curved else atlas.skin.path(ends[0], ends[-1])


def point(atlas: Atlas, place: SkinPoint, *, zones: Zones | None = None) -> SkinPath:
    """Return the path of a bolus: a place on the skin, without length, in the one zone it lies in.

    InputRefused where the skin cannot be drawn on.
    """
    here = to_mm([place])
    if not atlas.skin.drawable(here).all():
        raise InputRefused("path_leaves_head")
    zone, side = (zones or atlas.zones).at(here)[0]
    both = SkinPoints.of((place, place))
    return SkinPath(both, both, 0, (ZoneLength(zone, Side(side), 0),))


def resolve(
    atlas: Atlas,
    controls: Sequence[SkinPoint],
    *,
    curved: bool = False,
    laid: np.ndarray | None = None,
    zones: Zones | None = None,
    shortest_um: int = SHORTEST_UM,
) -> SkinPath:
    """Lay controls (entry point first, tip last) on the skin as a stored path; `laid` is their course if known.

    `zones` are those of the treatment session where its corners were moved. InputRefused when the path is too
    short to be a pass or leaves the skin that can be drawn on.
    """
    points = course(atlas, controls, curved=curved) if laid is None else laid
    if not atlas.skin.drawable(points).all():
        raise InputRefused("path_leaves_head")
    stored = np.rint(points * UM_PER_MM).astype("<i4")
    # The ends are what was drawn, to the micrometre, so that passes of one entry point share it exactly.
    stored[0], stored[-1] = controls[0], controls[-1]
    moved = np.ones(len(stored), dtype=bool)
    moved[1:] = (stored[1:] != stored[:-1]).any(axis=1)
    stored = stored[moved]
    length_um = round(float(length_mm(stored / UM_PER_MM)) * UM_PER_MM)
    if length_um < shortest_um:
        raise InputRefused("path_too_short")
    shares = _shares(zones or atlas.zones, stored, length_um)
    return SkinPath(SkinPoints.of(controls), SkinPoints(stored.tobytes()), length_um, shares, curved)


def resplit(path: SkinPath, zones: Zones) -> SkinPath:
    """Return a path as it runs through other zones; nothing but its zone split changes."""
    stored = np.frombuffer(path.points.packed, dtype="<i4").reshape(-1, 3)
    if path.length_um == 0:
        zone, side = zones.at(stored[:1] / UM_PER_MM)[0]
        return replace(path, zones=(ZoneLength(zone, Side(side), 0),))
    return replace(path, zones=_shares(zones, stored, path.length_um))


def _shares(zones: Zones, stored: np.ndarray, length_um: int) -> tuple[ZoneLength, ...]:
    parts = zones.split_um(stored, length_um)
    return tuple(ZoneLength(zone, Side(side), int(part)) for zone, side, part in parts)


def snap(atlas: Atlas, point: np.ndarray) -> SkinPoint:
    """Return the stored point of a place on or near the skin, mm (3,)."""
    return to_um(atlas.skin.snap(np.asarray(point, dtype=float).reshape(1, 3)))[0]


def apart_um(one: SkinPoint, other: SkinPoint) -> int:
    """Return the straight distance between two points in whole micrometres."""
    return round(math.dist(one, other))


def mirrored(points: Sequence[SkinPoint]) -> tuple[SkinPoint, ...]:
    """Return points on the other side of the face, exactly."""
    return tuple(SkinPoint(-x, y, z) for x, y, z in points)
