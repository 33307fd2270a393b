"""The zones of the skin: which zone a point lies in, how a path is shared among them, outlines and areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely  # type: ignore[import-untyped]

from injectmap.atlas import outlines, zone_corners
from injectmap.atlas.arrays import Floats, Ints
from injectmap.atlas.crossings import BorderIndex
from injectmap.atlas.raster import NEAR, REACH_MM, ZoneRaster
from injectmap.atlas.skin import CENTRE, Skin, chart, mirror
from injectmap.atlas.zone_corners import SideName, ZoneCorner
from injectmap.atlas.zone_file import Partition, ZoneInfo, ZonesFileError, read_partition

__all__ = ["SideName", "ZoneCorner", "ZoneInfo", "Zones", "read_zones"]

_SIDES: Final[tuple[SideName, SideName]] = ("left", "right")


class Zones:
    """The partition of the whole skin into zones, the same on both sides.

    Every skin point has exactly one zone; on a border it is the one that comes first in the file. x = 0 parts
    the sides; what lies exactly on the midline counts half to each.
    """

    def __init__(self, partition: Partition, skin: Skin, like: Zones | None = None) -> None:
        """Index a partition of a skin; `like` are zones it was made from by moving vertices."""
        self.version = partition.version
        self.ids = tuple(info.id for info in partition.infos)
        self.info: Mapping[str, ZoneInfo] = {info.id: info for info in partition.infos}
        self.neighbours: Mapping[str, frozenset[str]] = partition.neighbours
        self.partition = partition
        self.skin = skin
        self._like = like
        self._outlines: dict[tuple[str, float, float], Floats] = {}

    @cached_property
    def polygons(self) -> npt.NDArray[np.object_]:
        """The zones as polygons in half degrees of azimuth and elevation, in the order of `ids`."""
        polygons = np.array([shapely.Polygon(ring) for ring in self.partition.rings], dtype=object)
        shapely.prepare(polygons)
        return polygons

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.polygons)

    @cached_property
    def _borders(self) -> BorderIndex:
        return BorderIndex(self.partition.borders)

    @cached_property
    def _pieces(self) -> Floats:
        """All straight pieces of the borders between zones, (n, 2 ends, 2)."""
        edges = [border.edge for border in self.partition.borders]
        return np.concatenate([np.stack([edge[:-1], edge[1:]], axis=1) for edge in edges])

    @cached_property
    def _piece_tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.linestrings(self._pieces))

    @cached_property
    def raster(self) -> ZoneRaster:
        if self._like is None:
            return ZoneRaster(self.partition.rings)
        redrawn = self.partition.edges.differing_from(self._like.partition.edges)
        return self._like.raster.moved(self.partition.rings, redrawn.min(axis=0), redrawn.max(axis=0))

    def _locate(self, azimuth: Floats, elevation: Floats) -> Ints:
        """Return the number (n,) of the zone at chart places."""
        found = self.raster.at(azimuth, elevation)
        near = np.flatnonzero(found == NEAR)
        if len(near):
            points = shapely.points(azimuth[near], elevation[near])
            place, zone = self._tree.query(points, predicate="intersects")
            exact = np.full(len(near), len(self.ids))
            np.minimum.at(exact, place, zone)
            # The chart's rim is a zone's border too: rounding must not push a place off the world.
            lost = exact == len(self.ids)
            if lost.any():
                exact[lost] = self._tree.nearest(points[lost])
            found[near] = exact
        return found

    def at(self, points: Floats) -> list[tuple[str, SideName]]:
        """Return zone and side of points (n, 3)."""
        points = np.asarray(points, dtype=float).reshape(-1, 3)
        numbers = self._locate(*chart(points - CENTRE)).tolist()
        right = (points[:, 0] < 0.0).tolist()
        return [(self.ids[number], _SIDES[side]) for number, side in zip(numbers, right, strict=True)]

    def split(self, path: Floats) -> dict[tuple[str, SideName], float]:
        """Return the length of a path (n, 3) in each zone and side, in the order it passes through them.

        The cuts are exact at borders and at x = 0.
        """
        path = np.asarray(path, dtype=float)
        steps = path[1:] - path[:-1]
        lengths = np.sqrt(np.einsum("ij,ij->i", steps, steps))
        x = path[:, 0]
        one_side = x.min() > 0.0 or x.max() < 0.0
        if one_side and lengths.max() <= REACH_MM:
            found = self._split_by_crossings(path, lengths, _SIDES[bool(x[0] < 0.0)])
            if found is not None:
                return found
        return self._split_by_pieces(cut_at_midline(path))

    def _split_by_crossings(
        self, path: Floats, lengths: Floats, side: SideName
    ) -> dict[tuple[str, SideName], float] | None:
        """Follow a finely sampled path of one side from border to border; None where it only grazes one."""
        azimuth, elevation = chart(path - CENTRE)
        cells = self.raster.at(azimuth, elevation)
        first, last = cells[:-1], cells[1:]
        hard = np.flatnonzero((first != last) | (first == NEAR))
        crossings = self._borders.along(azimuth, elevation, hard) if len(hard) else []
        if crossings:
            course = [crossings[0].before, *(crossing.after for crossing in crossings)]
            if course[1:-1] != [crossing.before for crossing in crossings[1:]]:
                return None
        else:
            known = cells[cells != NEAR]
            course = [int(known[0] if len(known) else self._locate(azimuth[:1], elevation[:1])[0])]
        places = [crossing.place for crossing in crossings]
        # Wherever the picture knows better than the crossings, something was grazed.
        expected = np.array(course)[np.searchsorted(places, np.arange(len(cells)))]
        if ((expected != cells) & (cells != NEAR)).any():
            return None
        reached = np.concatenate([[0.0], np.cumsum(lengths)])
        stops = [0.0, *np.interp(places, np.arange(len(reached)), reached).tolist(), float(reached[-1])]
        shares: dict[tuple[str, SideName], float] = {}
        for number, (start, end) in zip(course, pairwise(stops), strict=True):
            key = (self.ids[number], side)
            shares[key] = shares.get(key, 0.0) + end - start
        return {key: share for key, share in shares.items() if share > 0.0}

    def _split_by_pieces(self, path: Floats) -> dict[tuple[str, SideName], float]:
        """Cut every segment of a path at every border it meets and look each part up."""
        places = np.stack(chart(path - CENTRE), axis=1)
        ends = np.stack([places[:-1], places[1:]], axis=1)
        owner, piece = self._piece_tree.query(shapely.linestrings(ends))
        one, other = ends[owner], self._pieces[piece]
        along, beside, between = one[:, 1] - one[:, 0], other[:, 1] - other[:, 0], other[:, 0] - one[:, 0]
        turn = along[:, 0] * beside[:, 1] - along[:, 1] * beside[:, 0]
        share = (between[:, 0] * beside[:, 1] - between[:, 1] * beside[:, 0]) / np.where(
            turn == 0.0, np.inf, turn
        )
        meets = (share > 0.0) & (share < 1.0)
        every = np.arange(len(ends))
        owner = np.concatenate([every, owner[meets], every])
        share = np.concatenate([np.zeros(len(ends)), share[meets], np.ones(len(ends))])
        ranked = np.lexsort((share, owner))
        owner, share = owner[ranked], share[ranked]
        same = owner[1:] == owner[:-1]
        owner, start, width = owner[:-1][same], share[:-1][same], (share[1:] - share[:-1])[same]
        middle = ends[owner, 0] + (ends[owner, 1] - ends[owner, 0]) * (start + width / 2.0)[:, None]
        steps = path[1:] - path[:-1]
        lengths = np.sqrt(np.einsum("ij,ij->i", steps, steps))
        across = path[1:, 0] + path[:-1, 0]
        return self._gather(self._locate(*middle.T), lengths[owner] * width, across[owner], owner + start)

    def _gather(
        self, numbers: Ints, lengths: Floats, across: Floats, order: Floats
    ) -> dict[tuple[str, SideName], float]:
        """Add up the parts of a path by zone and side, in the order of their first part."""
        count = 2 * len(self.ids)
        keys = 2 * numbers + (across < 0.0)
        middle = across == 0.0
        sums = np.bincount(keys, weights=np.where(middle, lengths / 2.0, lengths), minlength=count)
        first = np.full(count, np.inf)
        np.minimum.at(first, keys, order)
        if middle.any():
            sums += np.bincount(keys[middle] + 1, weights=lengths[middle] / 2.0, minlength=count)
            np.minimum.at(first, keys[middle] + 1, order[middle])
        present = np.flatnonzero(sums > 0.0)
        ranked = present[np.argsort(first[present], kind="stable")]
        return {(self.ids[key // 2], _SIDES[key % 2]): float(sums[key]) for key in ranked.tolist()}

    def split_um(self, points_um: npt.NDArray[np.integer], length_um: int) -> list[tuple[str, SideName, int]]:
        """Return the share of a stored path (n, 3) in each zone and side, in path order, summing to its length."""
        parts = self.split(np.asarray(points_um, dtype=float) / 1000.0)
        total = sum(parts.values())
        if not parts or total <= 0.0:
            zone, side = self.at(np.asarray(points_um[:1], dtype=float) / 1000.0)[0]
            return [(zone, side, length_um)]
        exact = [length_um * part / total for part in parts.values()]
        whole = [int(part) for part in exact]
        by_rest = sorted(range(len(whole)), key=lambda index: (whole[index] - exact[index], index))
        for index in by_rest[: length_um - sum(whole)]:
            whole[index] += 1
        return [(*key, part) for key, part in zip(parts, whole, strict=True) if part > 0]

    def outline(self, zone_id: str, side: SideName, gap_mm: float = 0.0, round_mm: float = 0.0) -> Floats:
        """Return the closed outline (n, 3) of a zone on the skin, for drawing.

        Neighbours drawn with the same gap lie that far apart; corners are rounded with the given radius.
        """
        key = (zone_id, gap_mm, round_mm)
        if key not in self._outlines:
            ring = self.partition.rings[self.ids.index(zone_id)]
            self._outlines[key] = outlines.drawn(self.skin, ring, gap_mm, round_mm)
            self._outlines[key].setflags(write=False)
        found = self._outlines[key]
        return found if side == "left" else mirror(found)

    def area_mm2(self, zone_id: str, side: SideName = "left") -> float:  # noqa: ARG002 - the sides are alike here
        """Return the area of a zone of one side on the skin; without moved corners both sides have the same."""
        return float(self._areas[self.ids.index(zone_id)])

    @cached_property
    def _areas(self) -> Floats:
        areas = outlines.cell_areas(self.skin, self.raster.cell)
        return np.asarray(np.bincount(self.raster.labels, weights=areas, minlength=len(self.ids)))

    def corners(self, zone_ids: Collection[str] | None = None) -> tuple[ZoneCorner, ...]:
        """Return the corners that can be moved, of some zones or of all, on both sides."""
        return zone_corners.both_sides(self.partition, self.partition, self.skin, zone_ids, frozenset())


def cut_at_midline(path: Floats) -> Floats:
    """Return the path (n, 3) with a point wherever it crosses x = 0."""
    x = path[:, 0]
    crossing = np.flatnonzero(x[1:] * x[:-1] < 0.0)
    if len(crossing) == 0:
        return path
    share = x[crossing] / (x[crossing] - x[crossing + 1])
    cuts = path[crossing] + (path[crossing + 1] - path[crossing]) * share[:, None]
    cuts[:, 0] = 0.0
    return np.insert(path, crossing + 1, cuts, axis=0)


def read_zones(file: Path, skin: Skin, landmarks: Mapping[str, Floats]) -> Zones:
    """Read the zones file and bind it to a head; ZonesFileError if a zone's border crosses itself."""
    zones = Zones(read_partition(file, skin, landmarks), skin)
    for zone_id, valid in zip(zones.ids, shapely.is_valid(zones.polygons), strict=True):
        if not valid:
            raise ZonesFileError(f"zone {zone_id}: its border crosses itself")
    return zones
