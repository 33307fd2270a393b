"""What lies under the pointer: entry points, tips, vertices and passes of one view; the nearest wins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import CannulaPass, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.editing.pointer import Pointer


class HitKind(StrEnum):
    """What was hit."""

    ENTRY = "entry"
    VERTEX = "vertex"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit: the pass, and for a vertex the index of its control point (the tip is the last)."""

    kind: HitKind
    pass_id: str
    entry_id: str
    index: int = 0


def _distance_to_line(at: np.ndarray, uv: np.ndarray, visible: np.ndarray) -> float:
    """Distance from a place (2,) to the visible segments of a projected path (n, 2)."""
    a, b = uv[:-1], uv[1:]
    shown = visible[:-1] & visible[1:]
    if not shown.any():
        return float("inf")
    a, b = a[shown], b[shown]
    run = b - a
    t = np.clip(((at - a) * run).sum(1) / np.maximum((run * run).sum(1), 1e-9), 0.0, 1.0)
    return float(np.min(np.hypot(*(a + t[:, None] * run - at).T)))


def hit_test(
    atlas: Atlas, treatment_map: TreatmentMap, pointer: Pointer, *, handles_of: frozenset[str] = frozenset()
) -> Hit | None:
    """Return what is under the pointer, or None.

    Entry points can always be taken; tips and vertices only of the passes in `handles_of` (the selected
    ones), so that a crowded map stays usable. Points win over lines.
    """
    view = atlas.views[pointer.view_id]
    at = pointer.uv[0]
    points: list[tuple[float, Hit]] = []
    lines: list[tuple[float, Hit]] = []
    for one in treatment_map.passes:
        controls, shown = view.project(to_mm(one.path.controls))
        away = np.hypot(*(controls - at).T)
        away[~shown] = np.inf
        points.append((float(away[0]), Hit(HitKind.ENTRY, one.id, one.entry_id)))
        if one.id in handles_of:
            points += [
                (float(away[index]), Hit(HitKind.VERTEX, one.id, one.entry_id, index))
                for index in range(1, len(away))
            ]
        uv, visible = view.project(to_mm(one.path.points))
        lines.append((_distance_to_line(at, uv, visible), Hit(HitKind.PATH, one.id, one.entry_id)))
    for candidates in (points, lines):
        near = [(distance, hit) for distance, hit in candidates if distance <= pointer.tolerance_mm]
        if near:
            return min(near, key=lambda pair: pair[0])[1]
    return None


def entry_under(atlas: Atlas, treatment_map: TreatmentMap, pointer: Pointer) -> CannulaPass | None:
    """Return a pass whose entry point is under the pointer."""
    hit = hit_test(atlas, treatment_map, pointer)
    return treatment_map.by_id[hit.pass_id] if hit is not None and hit.kind is HitKind.ENTRY else None
