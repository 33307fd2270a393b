"""Reads the zones file: named vertices bound to landmarks, lines through them, and zones as rings of vertices."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from injectmap.atlas import paths
from injectmap.atlas.arrays import Floats
from injectmap.atlas.crossings import Border
from injectmap.atlas.skin import CENTRE, Skin, chart, chart_directions

GROUPS = ("c_shape", "c_shape_optional", "other")

# How a caliper is held: the two axes an offset is given along, and the axis along which it is dropped on the skin.
_DROPS = {
    "side": (np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), np.array([1.0, 0.0, 0.0])),  # forward, up
    "front": (np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), np.array([0.0, 0.0, 1.0])),  # outward, up
    "below": (np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), np.array([0.0, -1.0, 0.0])),  # outward, forward
}
_FAR_MM = 200.0
_FARTHEST_MM = 1000.0
_BYTE_LIMIT = 1_000_000
_MISS_MM = 2.0

# Borders are chart-straight pieces of at most this length; between them the error is below 0.01 mm.
_PIECE_MM = 1.0


class ZonesFileError(ValueError):
    """The zones file does not describe a partition; the text names the entry at fault."""


@dataclass(frozen=True, slots=True)
class ZoneInfo:
    """What a clinician reads about a zone; `plane` is a tissue layer's code or empty where no source states one."""

    id: str
    name: str
    short_name: str
    group: str
    borders: str
    plane: str
    source: str


@dataclass(frozen=True, slots=True)
class Partition:
    """The left half of the skin cut into zones, in half degrees of azimuth and elevation.

    Every edge is computed once and used by both zones it parts, so that neighbours can never come apart; `borders`
    are these inner edges. `names` are the vertices along each ring, which winds left.
    """

    version: int
    infos: tuple[ZoneInfo, ...]
    names: tuple[tuple[str, ...], ...]
    rings: tuple[Floats, ...]
    borders: tuple[Border, ...]
    neighbours: dict[str, frozenset[str]]
    edges: Edges

    @property
    def vertices(self) -> Mapping[str, Floats]:
        """The chart places (2,) of all vertices."""
        return self.edges.vertices

    def with_vertices(self, places: Mapping[str, Floats]) -> Partition:
        """Return the partition with some vertices at other chart places; what they do not touch stays as it is."""
        edges = self.edges.moved(places)
        rings = tuple(
            ring
            if all(edges.piece(*pair) is self.edges.piece(*pair) for pair in closed(names))
            else edges.ring(names)
            for names, ring in zip(self.names, self.rings, strict=True)
        )
        return replace(self, rings=rings, borders=_borders(self.names, edges), edges=edges)


def read_partition(file: Path, skin: Skin, landmarks: Mapping[str, Floats]) -> Partition:
    """Read and check the zones file against a head; ZonesFileError for whatever is wrong with it."""
    try:
        with file.open("rb") as opened:
            read = opened.read(_BYTE_LIMIT + 1)
        if len(read) > _BYTE_LIMIT:
            raise ZonesFileError(f"more than {_BYTE_LIMIT:,} bytes")
        with np.errstate(all="raise"):
            return _partition(tomllib.loads(read.decode("utf-8")), skin, landmarks)
    except ZonesFileError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as wrong:
        raise ZonesFileError(f"{type(wrong).__name__}: {wrong}") from wrong


def _partition(stored: dict[str, Any], skin: Skin, landmarks: Mapping[str, Floats]) -> Partition:
    vertices = _place_vertices(stored["vertices"], skin, landmarks)
    edges = Edges(vertices, stored["lines"], skin)
    infos = tuple(_info(zone_id, entry) for zone_id, entry in stored["zones"].items())
    names: list[tuple[str, ...]] = []
    rings: list[Floats] = []
    for zone_id, entry in stored["zones"].items():
        along = edges.expand(zone_id, entry["ring"])
        ring = edges.ring(along)
        if not winds_left(ring):
            along, ring = along[::-1], ring[::-1]
        names.append(tuple(along))
        rings.append(ring)
    users: dict[tuple[str, str], str] = {}
    for info, ring_names in zip(infos, names, strict=True):
        for pair in closed(ring_names):
            if pair in users:
                both = f"{users[pair]} and {info.id}"
                raise ZonesFileError(f"{pair[0]} to {pair[1]} bounds both {both} on one side")
            users[pair] = info.id
    return Partition(
        int(stored["zones_version"]),
        infos,
        tuple(names),
        tuple(rings),
        _borders(names, edges),
        _neighbours(users, vertices),
        edges,
    )


def _info(zone_id: str, entry: Mapping[str, Any]) -> ZoneInfo:
    info = ZoneInfo(
        zone_id,
        entry["name"],
        entry.get("short_name", entry["name"]),
        entry.get("group", "other"),
        entry["borders"],
        entry.get("plane", ""),
        entry.get("source", ""),
    )
    if info.group not in GROUPS:
        raise ZonesFileError(f"zone {zone_id}: unknown group {info.group}")
    return info


def closed(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return the neighbouring pairs along a ring of vertices, the last joined to the first."""
    return pairwise([*names, names[0]])


def _borders(names: Sequence[Sequence[str]], edges: Edges) -> tuple[Border, ...]:
    """Return the edges between two zones, each as it runs round the later one."""
    borders: list[Border] = []
    seen: dict[tuple[str, str], int] = {}
    for number, along in enumerate(names):
        for pair in closed(along):
            seen[pair] = number
            if pair[::-1] in seen:
                borders.append(Border(edges.piece(*pair), left=number, right=seen[pair[::-1]]))
    return tuple(borders)


def _neighbours(
    users: Mapping[tuple[str, str], str], vertices: Mapping[str, Floats]
) -> dict[str, frozenset[str]]:
    """Return the zones each zone shares an edge with; an edge used by one zone only must lie on the chart's rim."""
    found: dict[str, set[str]] = {zone: set() for zone in users.values()}
    for (first, last), zone in users.items():
        other = users.get((last, first))
        if other is not None:
            found[zone].add(other)
        elif not on_rim(vertices[first], vertices[last]):
            raise ZonesFileError(f"{first} to {last} bounds {zone} but no zone lies on its other side")
    return {zone: frozenset(others) for zone, others in found.items()}


def on_rim(first: Floats, last: Floats) -> bool:
    """True if both places lie on the same edge of the chart: the midline before or behind, or a pole."""
    return bool(((first == last) & ((first == 0.0) | (first == 360.0))).any())


def _place_vertices(
    stored: Mapping[str, Mapping[str, Any]], skin: Skin, landmarks: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return the chart places (2,) of all vertices."""
    placed: dict[str, Floats] = {}
    for name, entry in stored.items():
        if "direction" in entry:
            azimuth, elevation = entry["direction"]
            if not (0.0 <= azimuth <= 180.0 and -90.0 <= elevation <= 90.0):
                raise ZonesFileError(f"vertex {name}: no such direction")
            placed[name] = np.array([2.0 * azimuth, 2.0 * elevation + 180.0])
            continue
        if entry["from"] not in landmarks:
            raise ZonesFileError(f"vertex {name}: no landmark {entry['from']}")
        start = landmarks[entry["from"]]
        kind = next((kind for kind in _DROPS if kind in entry), None)
        point = start if kind is None else _dropped(name, start, kind, entry[kind], skin)
        azimuth, elevation = (float(value[0]) for value in chart(point[None] - CENTRE))
        # Half a degree beside the midline is the midline, so that no sliver is left between the two halves.
        placed[name] = np.array([0.0 if point[0] == 0.0 and point[2] > CENTRE[2] else azimuth, elevation])
    return placed


def _dropped(name: str, start: Floats, kind: str, offset: list[float], skin: Skin) -> Floats:
    """Return the outermost skin point (3,) on the line through an offset place along the drop's axis."""
    axes, outward = _DROPS[kind]
    if not all(abs(one) <= _FARTHEST_MM for one in offset):
        raise ZonesFileError(f"vertex {name}: farther than the head")
    base = start + np.asarray(offset, dtype=float) @ axes
    base = base - outward * (base @ outward)
    along = np.linspace(_FAR_MM, -_FAR_MM, 801)
    for _ in range(4):  # each look is over one step of the last: the fourth is finer than a nanometre
        heights = skin.height(base + along[:, None] * outward)
        inside = np.flatnonzero(heights <= 0.0)
        if len(inside) == 0 or inside[0] == 0:
            break
        along = np.linspace(along[inside[0] - 1], along[inside[0]], 65)
    nearest = int(np.argmin(np.abs(heights)))
    if heights[nearest] > _MISS_MM:
        raise ZonesFileError(f"vertex {name} misses the skin by {heights[nearest]:.1f} mm")
    return np.asarray(base + along[nearest] * outward)


def winds_left(ring: Floats) -> bool:
    """True if a closed ring (n, 2) runs anticlockwise."""
    x, y = ring.T
    return bool((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0.0)


Pair = tuple[str, str]


class Edges:
    """The course of every edge, computed once: a section of a smooth line, or a great circle."""

    def __init__(
        self,
        vertices: Mapping[str, Floats],
        lines: Mapping[str, list[str]],
        skin: Skin,
        kept: Mapping[Pair, Floats] | None = None,
    ) -> None:
        """Compute the lines through vertices, but for edges that are `kept` from before."""
        self.vertices = vertices
        self.lines = lines
        self._skin = skin
        self._pieces: dict[Pair, Floats] = dict(kept or {})
        for line, names in lines.items():
            if unknown := [name for name in names if name not in vertices]:
                raise ZonesFileError(f"line {line}: no vertex {unknown[0]}")
            if kept is None or any(pair not in kept for pair in pairwise(names)):
                self._add(names)

    def moved(self, places: Mapping[str, Floats]) -> Edges:
        """Return the edges with some vertices at other chart places (2,)."""
        redrawn = {
            pair for line in self.lines.values() if places.keys() & set(line) for pair in pairwise(line)
        }
        kept = {
            pair: edge
            for pair, edge in self._pieces.items()
            if not (pair in redrawn or pair[::-1] in redrawn or places.keys() & set(pair))
        }
        return Edges({**self.vertices, **places}, self.lines, self._skin, kept)

    def differing_from(self, before: Edges) -> Floats:
        """Return the places (n, 2) of all edges that run otherwise than before, as they ran and as they run."""
        pairs = [pair for pair, edge in self._pieces.items() if before.piece(*pair) is not edge]
        return np.concatenate([edges.piece(*pair) for edges in (before, self) for pair in pairs])

    def _add(self, names: list[str]) -> None:
        """Keep the edges between the neighbouring vertices of a line."""
        places = [self.vertices[name] for name in names]
        if len(names) == 2 and on_rim(*places):
            count = int(np.abs(places[1] - places[0]).max()) + 2
            self._keep(names[0], names[1], np.linspace(places[0], places[1], count))
            return
        points = self._skin.lay(_directions(places))
        away = points - CENTRE
        courses = paths.arc(away) if len(names) == 2 else paths.spline(away, level_at_midline=True)
        for (first, last), course in zip(pairwise(names), courses, strict=True):
            laid = paths.spaced(self._skin.lay, course, _PIECE_MM)
            edge = np.stack(chart(laid - CENTRE), axis=1)
            edge[0], edge[-1] = self.vertices[first], self.vertices[last]
            self._keep(first, last, edge)

    def _keep(self, first: str, last: str, edge: Floats) -> None:
        if (first, last) in self._pieces:
            raise ZonesFileError(f"two lines join {first} and {last}")
        self._pieces[first, last] = edge
        self._pieces[last, first] = edge[::-1]

    def piece(self, first: str, last: str) -> Floats:
        """Return the edge (n, 2) between two vertices."""
        if (first, last) not in self._pieces:
            self._add([first, last])
        return self._pieces[first, last]

    def ring(self, names: Sequence[str]) -> Floats:
        """Return the closed ring (n, 2) through all vertices."""
        parts = [self.piece(*pair)[:-1] for pair in pairwise([*names, names[0]])]
        return np.concatenate([*parts, parts[0][:1]])

    def expand(self, zone: str, ring: list[str]) -> list[str]:
        """Fill in the vertices of a line between two ring entries that both lie on it."""
        names: list[str] = []
        for first, last in pairwise([*ring, ring[0]]):
            if first not in self.vertices:
                raise ZonesFileError(f"zone {zone}: no vertex {first}")
            sections = [
                _section(line, first, last) for line in self.lines.values() if first in line and last in line
            ]
            sections.sort(key=len)
            if len(sections) > 1 and len(sections[0]) == len(sections[1]):
                raise ZonesFileError(f"zone {zone}: two lines lead from {first} to {last}")
            names.extend(sections[0][:-1] if sections else [first])
        if len(set(names)) != len(names):
            raise ZonesFileError(f"zone {zone}: its ring passes a vertex twice")
        return names


def _section(line: list[str], first: str, last: str) -> list[str]:
    start, end = line.index(first), line.index(last)
    return line[start : end + 1] if start < end else line[end : start + 1][::-1]


def _directions(places: list[Floats]) -> Floats:
    stacked = np.array(places)
    return chart_directions(stacked[:, 0], stacked[:, 1])
