"""What lies under the pointer: entry points, tips and vertices before lines, lines before zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart.projection import Array, ProjectedPass, project_map
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import SkinPoint, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas


@dataclass(frozen=True, slots=True)
class Hit:
    """The nearest thing of the first kind that is near enough.

    `vertex` indexes the pass's control points: 0 is the entry point, the last is the tip.
    """

    kind: str | None = None
    pass_id: str | None = None
    entry_id: str | None = None
    vertex: int | None = None
    zone: str | None = None
    side: str | None = None
    distance_mm: float = 0.0


NOTHING = Hit()


def hit_test(
    treatment_map: TreatmentMap,
    atlas: Atlas,
    view_id: str,
    uv_mm: tuple[float, float],
    tolerance_mm: float,
    *,
    prefer: frozenset[str] = frozenset(),
) -> Hit:
    """What a press at a place of the view's window takes; only what the view shows can be hit.

    Handles (entry points, tips and inner vertices) within the tolerance come first, the nearest of them all;
    then the nearest pass; then the zone. Equal distances go to a pass in `prefer` (the selection), then to
    the pass drawn last, which lies on top.
    """
    at = np.array(uv_mm, dtype=float)
    shown = [one for one in project_map(atlas, treatment_map, view_id, 1.0) if one.shown]
    found = _nearest_handle(treatment_map, atlas, view_id, shown, at, tolerance_mm, prefer)
    return found or _nearest_pass(shown, at, tolerance_mm, prefer) or _zone_under(atlas, view_id, at)


def _nearest_handle(
    treatment_map: TreatmentMap,
    atlas: Atlas,
    view_id: str,
    shown: list[ProjectedPass],
    at: Array,
    tolerance_mm: float,
    prefer: frozenset[str],
) -> Hit | None:
    handles: list[tuple[str, int, bool]] = []
    points: list[SkinPoint] = []
    for one in shown:
        controls = treatment_map.by_id[one.id].path.controls
        handles += [(one.id, index, index == len(controls) - 1) for index in range(len(controls))]
        points += controls
    if not points:
        return None
    uv, visible = atlas.views[view_id].project(to_mm(points))
    apart = np.where(visible, np.hypot(*(np.asarray(uv) - at).T), np.inf)
    best: tuple[tuple[float, bool, int], Hit] | None = None
    for index, (id_, vertex, is_tip) in enumerate(handles):
        distance = float(apart[index])
        if distance > tolerance_mm:
            continue
        entry_id = treatment_map.by_id[id_].entry_id
        kind = "entry" if vertex == 0 else "tip" if is_tip else "vertex"
        rank = (round(distance, 3), id_ not in prefer, -index)
        if best is None or rank < best[0]:
            best = rank, Hit(kind, id_, entry_id if vertex == 0 else None, vertex, distance_mm=distance)
    return best[1] if best else None


def distance_to_line(points: Array, at: Array) -> float:
    """Distance from a place to a polyline (n, 2)."""
    start, step = points[:-1], np.diff(points, axis=0)
    size = np.maximum((step**2).sum(axis=1), 1e-12)
    along = np.clip(((at - start) * step).sum(axis=1) / size, 0.0, 1.0)
    return float(np.hypot(*(start + along[:, None] * step - at).T).min())


def _nearest_pass(
    shown: list[ProjectedPass], at: Array, tolerance_mm: float, prefer: frozenset[str]
) -> Hit | None:
    best: tuple[tuple[float, bool, int], Hit] | None = None
    for index, one in enumerate(shown):
        distances = [distance_to_line(s.points, at) for s in one.stretches() if s.in_sight]
        distance = min(distances, default=np.inf)
        rank = (round(float(distance), 3), one.id not in prefer, -index)
        if distance <= tolerance_mm and (best is None or rank < best[0]):
            best = rank, Hit("path", one.id, distance_mm=float(distance))
    return best[1] if best else None


def _zone_under(atlas: Atlas, view_id: str, at: Array) -> Hit:
    points, on_skin = atlas.views[view_id].to_skin(at[None])
    if not on_skin[0]:
        return NOTHING
    zone, side = atlas.zones.at(points)[0]
    return Hit("zone", zone=zone, side=side) if zone else NOTHING
