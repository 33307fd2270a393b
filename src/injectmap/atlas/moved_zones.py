"""Zones whose corners were moved for one treatment session: a partition of its own on each side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
import shapely  # type: ignore[import-untyped]

from injectmap.atlas import zone_corners
from injectmap.atlas.arrays import Floats
from injectmap.atlas.skin import CENTRE, Skin, chart, chart_directions
from injectmap.atlas.zone_corners import ZoneCorner, on_midline
from injectmap.atlas.zone_file import Partition, closed, winds_left
from injectmap.atlas.zones import SideName, Zones, cut_at_midline

# Corners nearer to each other than this cannot be told apart with a pen.
_LEAST_APART_MM = 1.0

_MOVED_KEPT = 32


class CornerMove(Protocol):
    """A corner of the zones and where it lies now, micrometres; a side is `left`, `right` or `midline`."""

    @property
    def vertex(self) -> str:
        """The corner's name in the zones file."""
        ...

    @property
    def side(self) -> str:
        """The side on which it was moved."""
        ...

    @property
    def place(self) -> Sequence[int]:
        """Where it lies."""
        ...


class ZoneMoveRefused(ValueError):
    """The zones cannot lie so: one would cross itself, turn over or lose a side."""


Move = tuple[str, str, tuple[int, ...]]


class MovedZones(Zones):
    """Zones that need not be alike on both sides; every skin point still has exactly one."""

    def __init__(self, left: Zones, right: Zones, moved: frozenset[tuple[str, str]]) -> None:
        """Take the zones of each side; `moved` are the (vertex, side) that do not lie where the file says."""
        super().__init__(left.partition, left.skin)
        self._halves: dict[SideName, Zones] = {"left": left, "right": right}
        self._moved = moved

    def at(self, points: Floats) -> list[tuple[str, SideName]]:
        """Return zone and side of points (n, 3)."""
        points = np.asarray(points, dtype=float).reshape(-1, 3)
        right = points[:, 0] < 0.0
        found = self._halves["left"].at(points)
        if right.any():
            others = iter(self._halves["right"].at(points[right]))
            found = [next(others) if other else one for one, other in zip(found, right, strict=True)]
        return found

    def split(self, path: Floats) -> dict[tuple[str, SideName], float]:
        """Return the length of a path (n, 3) in each zone and side, in the order it passes through them."""
        path = np.asarray(path, dtype=float)
        if path[:, 0].min() > 0.0:
            return self._halves["left"].split(path)
        if path[:, 0].max() < 0.0:
            return self._halves["right"].split(path)
        path = cut_at_midline(path)
        sign = np.sign(path[1:, 0] + path[:-1, 0])
        turns = [0, *(np.flatnonzero(sign[1:] != sign[:-1]) + 1).tolist(), len(sign)]
        shares: dict[tuple[str, SideName], float] = {}
        for first, last in pairwise(turns):
            run = path[first : last + 1]
            # What lies exactly on the midline counts half to each side, there by that side's own zones.
            for side, half in self._halves.items():
                if sign[first] == (-1.0 if side == "left" else 1.0):
                    continue
                for key, share in half.split(run).items():
                    if key[1] == side:
                        shares[key] = shares.get(key, 0.0) + share
        return shares

    def outline(self, zone_id: str, side: SideName, gap_mm: float = 0.0, round_mm: float = 0.0) -> Floats:
        """Return the closed outline (n, 3) of a zone on the skin, for drawing."""
        return self._halves[side].outline(zone_id, side, gap_mm, round_mm)

    def area_mm2(self, zone_id: str, side: SideName = "left") -> float:
        """Return the area of a zone of one side on the skin."""
        return self._halves[side].area_mm2(zone_id)

    def corners(self, zone_ids: Collection[str] | None = None) -> tuple[ZoneCorner, ...]:
        """Return the corners that can be moved, of some zones or of all, on both sides."""
        left, right = self._halves["left"].partition, self._halves["right"].partition
        return zone_corners.both_sides(left, right, self.skin, zone_ids, self._moved)


class ZoneAdjuster:
    """Finds the zones for a set of moved corners, and keeps the latest found."""

    def __init__(self, zones: Zones) -> None:
        """Move the corners of these zones."""
        self._zones = zones
        self._both = lru_cache(maxsize=_MOVED_KEPT)(self._adjusted)
        self._half = lru_cache(maxsize=_MOVED_KEPT)(self._one_side)

    def zones_for(self, moves: Iterable[CornerMove]) -> Zones:
        """Return the zones with corners moved, or the unmoved ones themselves; ZoneMoveRefused if they cannot be."""
        key = frozenset((one.vertex, str(one.side), tuple(one.place)) for one in moves)
        return self._both(key) if key else self._zones

    def _adjusted(self, moves: frozenset[Move]) -> Zones:
        for vertex, side, place in moves:
            self._check(vertex, side, place)
        left, right = (
            self._half(
                frozenset(
                    (vertex, abs(x), y, z) for vertex, own, (x, y, z) in moves if own in (side, "midline")
                )
            )
            for side in ("left", "right")
        )
        return MovedZones(left, right, frozenset((vertex, side) for vertex, side, _ in moves))

    def _check(self, vertex: str, side: str, place: tuple[int, ...]) -> None:
        at = self._zones.partition.vertices.get(vertex)
        if at is None:
            raise ZoneMoveRefused(f"no vertex {vertex}")
        x = place[0]
        fits = {"left": x > 0, "right": x < 0, "midline": x == 0}[side]
        if not fits or on_midline(at) is not (side == "midline"):
            raise ZoneMoveRefused(f"{vertex} does not lie on that side")
        if not self._zones.skin.drawable(np.array([place]) / 1000.0)[0]:
            raise ZoneMoveRefused(f"{vertex} leaves the skin")

    def _one_side(self, moves: frozenset[tuple[str, int, int, int]]) -> Zones:
        """Return the zones with corners moved to places of the left side."""
        if not moves:
            return self._zones
        places: dict[str, Floats] = {}
        for vertex, *place in sorted(moves):
            azimuth, elevation = chart(np.array([place]) / 1000.0 - CENTRE)
            places[vertex] = np.array([azimuth[0], elevation[0]])
        before = self._zones.partition
        _check_apart(before, places, self._zones.skin)
        partition = before.with_vertices(places)
        changed = [ring for ring, old in zip(partition.rings, before.rings, strict=True) if ring is not old]
        # Rings that wind the right way, none crossing itself, and together bounded by the chart's rim alone
        # cover every place once: no other check is needed.
        if not all(winds_left(ring) for ring in changed):
            raise ZoneMoveRefused("a zone turns over")
        if not shapely.is_valid(np.array([shapely.Polygon(ring) for ring in changed], dtype=object)).all():
            raise ZoneMoveRefused("a zone crosses itself")
        return Zones(partition, self._zones.skin, like=self._zones)


def _check_apart(partition: Partition, places: dict[str, Floats], skin: Skin) -> None:
    """Refuse moved corners that lie on a neighbour."""
    charted = {**partition.vertices, **places}
    pairs = {pair for names in partition.names for pair in closed(names) if places.keys() & set(pair)}
    ends = np.array([[charted[name] for name in pair] for pair in pairs])
    laid = skin.lay(chart_directions(ends[..., 0].ravel(), ends[..., 1].ravel())).reshape(-1, 2, 3)
    if (np.linalg.norm(laid[:, 1] - laid[:, 0], axis=1) < _LEAST_APART_MM).any():
        raise ZoneMoveRefused("two corners lie on each other")
