"""Passes as one view sees them: projected once, split into stretches that face the viewer and stretches that do not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart.primitives import Point
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import CannulaPass, SkinPath, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

Array = np.ndarray

# Passes with less skin than this in sight are not drawn: a pinprick of line says nothing.
LEAST_VISIBLE_MM = 1.5
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Sight:
    """What one view sees of a path: places (n, 2) in mm of its window, and which are in sight."""

    places: Array
    in_sight: Array
    visible_mm: float
    entry_in_sight: bool


class _Laid:
    """A path on the head, and what each view that has looked at it sees."""

    __slots__ = ("_sights", "atlas", "normals", "path", "points", "seen")

    def __init__(self, atlas: Atlas, path: SkinPath, points: Array, normals: Array) -> None:
        # The path itself is kept, so that its id cannot be given to another path meanwhile.
        self.atlas, self.path, self.points, self.normals = atlas, path, points, normals
        # By view: places, which are visible, and whether the entry point is.
        self.seen: dict[str, tuple[Array, Array, bool]] = {}
        self._sights: dict[str, Sight] = {}

    def sight(self, view_id: str) -> Sight:
        found = self._sights.get(view_id)
        if found is None:
            places, visible, entry_in_sight = self.seen[view_id]
            steady = _steady(visible)
            found = Sight(places, steady, _visible_mm(self.points, steady), entry_in_sight)
            self._sights[view_id] = found
        return found


_laid: OrderedDict[int, _Laid] = OrderedDict()


def sights(atlas: Atlas, paths: Sequence[SkinPath], view_id: str) -> list[Sight]:
    """What a view sees of each path; remembered."""
    known = [_laid.get(id(path)) for path in paths]
    missing = [
        path
        for path, laid in zip(paths, known, strict=True)
        if laid is None or laid.path is not path or laid.atlas is not atlas
    ]
    if missing:
        _lay(atlas, missing)
    found = [_laid[id(path)] for path in paths]
    unseen = [laid for laid in found if view_id not in laid.seen]
    if len(unseen) == 1:
        # A pass just drawn: the other views show it next.
        _look_from_all(atlas, unseen[0])
    elif unseen:
        _look(atlas, unseen, view_id)
    while len(_laid) > _REMEMBERED:
        _laid.popitem(last=False)
    return [laid.sight(view_id) for laid in found]


def _lay(atlas: Atlas, paths: Sequence[SkinPath]) -> None:
    resolved = [to_mm(path.points) for path in paths]
    starts, stops = _spans(resolved)
    normals = atlas.skin.normals(np.concatenate(resolved))
    for path, points, start, stop in zip(paths, resolved, starts, stops, strict=True):
        _laid[id(path)] = _Laid(atlas, path, points, normals[start:stop])


def _look(atlas: Atlas, laid: Sequence[_Laid], view_id: str) -> None:
    view = atlas.views[view_id]
    points = np.concatenate([one.points for one in laid])
    starts, stops = _spans([one.points for one in laid])
    places, visible = view.project_with(points, np.concatenate([one.normals for one in laid]))
    _, entries = view.project(points[starts])
    for one, start, stop, entry in zip(laid, starts, stops, entries.tolist(), strict=True):
        one.seen[view_id] = places[start:stop], visible[start:stop], entry


def _look_from_all(atlas: Atlas, laid: _Laid) -> None:
    entry = atlas.project_all(laid.points[:1])
    for view_id, (places, visible) in atlas.project_all(laid.points, laid.normals).items():
        laid.seen[view_id] = places, visible, bool(entry[view_id][1][0])


def _spans(arrays: Sequence[Array]) -> tuple[list[int], list[int]]:
    """Where each of several arrays begins and ends once they are joined."""
    stops = np.cumsum([len(one) for one in arrays]).tolist()
    return [0, *stops[:-1]], stops


def as_points(array: Array) -> tuple[Point, ...]:
    """Coordinates as plain tuples, to a hundredth of a unit, so that drawings are the same on every machine."""
    return tuple(map(tuple, array.round(2).tolist()))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring points of a path that are all in sight or all turned away; neighbours share their end."""

    points: Array
    in_sight: bool
    has_entry: bool
    has_tip: bool


@dataclass(frozen=True, slots=True)
class ProjectedPass:
    """A pass in drawing units of one view; `number` is None for a path that is still being drawn."""

    id: str
    number: int | None
    points: Array
    in_sight: Array
    visible_mm: float

    @property
    def is_point(self) -> bool:
        """True for a bolus, whose points are all one."""
        return len(self.points) == 2 and bool((self.points[0] == self.points[1]).all())

    @property
    def shown(self) -> bool:
        """True if enough of it faces the viewer to be drawn at all."""
        return self.visible_mm >= LEAST_VISIBLE_MM or bool(self.in_sight.all())

    def stretches(self) -> list[Stretch]:
        """The path from entry point to tip, cut where it comes into sight or goes out of it."""
        return stretches_of(self.points, self.in_sight)


def stretches_of(points: Array, seen: Array) -> list[Stretch]:
    """A line (n, 2) cut where it comes into sight or goes out of it."""
    last = len(seen) - 1
    cuts = [0, *(np.flatnonzero(seen[1:] != seen[:-1]) + 1).tolist(), last + 1]
    found = []
    for start, stop in pairwise(cuts):
        # The step between two stretches belongs to the part in sight, so that nothing is left out.
        low, high = (max(start - 1, 0), min(stop + 1, last + 1)) if seen[start] else (start, stop)
        if high - low >= 2:
            found.append(Stretch(points[low:high], bool(seen[start]), low == 0, high == last + 1))
    return found


def _steady(in_sight: Array) -> Array:
    """Flags without lone exceptions, which come from pixel noise at an occluding edge."""
    if len(in_sight) < 4:
        return in_sight
    steady = in_sight.copy()
    lone = (in_sight[1:-1] != in_sight[:-2]) & (in_sight[1:-1] != in_sight[2:])
    steady[1:-1][lone] = ~steady[1:-1][lone]
    return steady


def _visible_mm(points: Array, in_sight: Array) -> float:
    """Length of the steps whose both ends are in sight."""
    steps = points[1:] - points[:-1]
    sizes = np.sqrt(np.einsum("ij,ij->i", steps, steps))
    return float(sizes[in_sight[1:] & in_sight[:-1]].sum())


def project_paths(
    atlas: Atlas, view_id: str, px_per_mm: float, paths: Iterable[tuple[str, int | None, Array, Array]]
) -> list[ProjectedPass]:
    """Project paths given as (id, number, points in mm, normals) in one go."""
    asked = list(paths)
    if not asked:
        return []
    uv, visible = atlas.views[view_id].project_with(
        np.concatenate([points for _, _, points, _ in asked]),
        np.concatenate([normals for _, _, _, normals in asked]),
    )
    uv = uv * px_per_mm
    projected, start = [], 0
    for id_, number, points, _ in asked:
        stop = start + len(points)
        seen = _steady(visible[start:stop])
        projected.append(ProjectedPass(id_, number, uv[start:stop], seen, _visible_mm(points, seen)))
        start = stop
    return projected


def project_map(
    atlas: Atlas, treatment_map: TreatmentMap, view_id: str, px_per_mm: float
) -> list[ProjectedPass]:
    """All passes of a map in order, in drawing units of one view."""
    numbers, passes = treatment_map.numbers, treatment_map.passes
    seen = sights(atlas, [one.path for one in passes], view_id)
    return [
        _projected(one, numbers[one.id], sight, px_per_mm) for one, sight in zip(passes, seen, strict=True)
    ]


def project_pass(
    atlas: Atlas, one: CannulaPass, number: int | None, view_id: str, px_per_mm: float
) -> ProjectedPass:
    """One pass alone."""
    return _projected(one, number, sights(atlas, [one.path], view_id)[0], px_per_mm)


def _projected(one: CannulaPass, number: int | None, sight: Sight, px_per_mm: float) -> ProjectedPass:
    return ProjectedPass(one.id, number, sight.places * px_per_mm, sight.in_sight, sight.visible_mm)


def places_along(path: SkinPath, shown: ProjectedPass, positions_um: Sequence[int]) -> tuple[Array, Array]:
    """Where places of a path, micrometres along the skin from its entry point, lie in a view: (n, 2), in sight (n,)."""
    points = to_mm(path.points)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(points[1:] - points[:-1], axis=1))])
    # The stored length and that of the stored points differ by rounding only.
    wanted = np.asarray(positions_um, dtype=float) * (along[-1] / max(path.length_um, 1))
    index = np.interp(wanted, along, np.arange(len(points)))
    places = np.column_stack([np.interp(index, np.arange(len(points)), xs) for xs in shown.points.T])
    return places, shown.in_sight[np.rint(index).astype(int)]


def arc_lengths(points: Array) -> Array:
    """Distance travelled at each point, shape (n,)."""
    steps = points[1:] - points[:-1]
    along = np.zeros(len(points))
    np.cumsum(np.hypot(steps[:, 0], steps[:, 1]), out=along[1:])
    return along


def thinned(points: Array, spacing: float, along: Array | None = None) -> Array:
    """The points that matter for painting: both ends and about one per `spacing` between them."""
    if len(points) <= 2:
        return points
    along = arc_lengths(points) if along is None else along
    wanted = np.arange(0.0, along[-1], max(spacing, 1e-9))
    keep = np.zeros(len(points), dtype=bool)
    keep[np.minimum(np.searchsorted(along, wanted), len(points) - 1)] = True
    keep[[0, -1]] = True
    return np.asarray(points[keep])


def resampled(points: Array, spacing: float) -> Array:
    """Points at even steps of at most `spacing` along a line."""
    along = arc_lengths(points)
    count = max(2, int(np.ceil(along[-1] / spacing)) + 1)
    wanted = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, points[:, axis]) for axis in (0, 1)])
