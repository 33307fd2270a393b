"""What lies under the pointer or in a rectangle of one view: entry points, tips, vertices, passes, measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import CannulaPass, SkinPoints, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.editing.pointer import Pointer


class HitKind(StrEnum):
    """What was hit."""

    ENTRY = "entry"
    VERTEX = "vertex"
    PATH = "path"
    BOLUS = "bolus"


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit: the pass, and for a vertex the index of its control point (the tip is the last)."""

    kind: HitKind
    pass_id: str
    entry_id: str
    index: int = 0


def _joined(parts: Sequence[SkinPoints]) -> np.ndarray:
    return to_mm(SkinPoints(b"".join(part.packed for part in parts)))


class _Shadow:
    """A map as one view shows it: all controls and all visible segments, projected once."""

    def __init__(self, atlas: Atlas, treatment_map: TreatmentMap, view_id: str) -> None:
        self.map = treatment_map
        passes = treatment_map.passes
        view = atlas.views[view_id]
        self.is_point = np.array([one.is_point for one in passes], dtype=bool)
        self.controls, self.shown = view.project(_joined([one.path.controls for one in passes]))
        self.control_of = np.repeat(np.arange(len(passes)), [len(one.path.controls) for one in passes])
        self.index = np.concatenate(
            [np.arange(len(one.path.controls)) for one in passes] or [np.empty(0, int)]
        )
        points, visible = view.project(_joined([one.path.points for one in passes]))
        pass_of = np.repeat(np.arange(len(passes)), [len(one.path.points) for one in passes])
        kept = visible[:-1] & visible[1:] & (pass_of[:-1] == pass_of[1:])
        self.start, self.run = points[:-1][kept], np.diff(points, axis=0)[kept]
        self.segment_of = pass_of[:-1][kept]

    def control_distances(self, at: np.ndarray) -> np.ndarray:
        """Distance of a place (2,) to each control; infinite where the head hides it."""
        return np.where(self.shown, np.hypot(*(self.controls - at).T), np.inf)

    def crossing(self, rect: tuple[float, float, float, float]) -> np.ndarray:
        """Which visible segments (n,) lie in or cross a rectangle: left, top, right, bottom (Liang and Barsky)."""
        left, top, right, bottom = rect
        begin, end = np.zeros(len(self.start)), np.ones(len(self.start))
        inside = np.ones(len(self.start), dtype=bool)
        for axis, low, high in ((0, left, right), (1, top, bottom)):
            at, run = self.start[:, axis], self.run[:, axis]
            still = run == 0.0
            inside &= ~still | ((at >= low) & (at <= high))
            step = np.where(still, 1.0, run)
            enters, leaves = np.sort([(low - at) / step, (high - at) / step], axis=0)
            begin = np.where(still, begin, np.maximum(begin, enters))
            end = np.where(still, end, np.minimum(end, leaves))
        return np.asarray(inside & (begin <= end))

    def segment_distances(self, at: np.ndarray) -> np.ndarray:
        """Distance of a place (2,) to each visible segment."""
        return _distances(at, self.start, self.run)


def _distances(at: np.ndarray, start: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Distance of a place (2,) to segments that begin at `start` (n, 2) and run so far (n, 2)."""
    along = ((at - start) * run).sum(1) / np.maximum((run * run).sum(1), 1e-9)
    nearest = start + np.clip(along, 0.0, 1.0)[:, None] * run
    return np.asarray(np.hypot(*(nearest - at).T))


def _nearest(away: np.ndarray, pointer: Pointer) -> int | None:
    """The index of the least distance, if it is within reach of the pointer."""
    if not len(away):
        return None
    nearest = int(np.argmin(away))
    return nearest if away[nearest] <= pointer.tolerance_mm else None


class HitFinder:
    """Finds what is under the pointer; keeps each view's projection until the map changes."""

    def __init__(self, atlas: Atlas) -> None:
        """Find on this head."""
        self._atlas = atlas
        self._shadows: dict[str, _Shadow] = {}

    def find(
        self, treatment_map: TreatmentMap, pointer: Pointer, *, handles_of: frozenset[str] = frozenset()
    ) -> Hit | None:
        """Return what is under the pointer, or None.

        Entry points can always be taken; tips and vertices only of the passes in `handles_of` (the selected
        ones), so that a crowded map stays usable. Points win over lines.
        """
        passes = treatment_map.passes
        if not passes:
            return None
        shadow = self._shadow(treatment_map, pointer.view_id)
        at = pointer.uv[0]
        takable = shadow.index == 0
        if handles_of:
            takable |= np.array([one.id in handles_of for one in passes])[shadow.control_of]
        nearest = _nearest(np.where(takable, shadow.control_distances(at), np.inf), pointer)
        if nearest is not None:
            one, index = passes[shadow.control_of[nearest]], int(shadow.index[nearest])
            if one.is_point:
                return Hit(HitKind.BOLUS, one.id, one.entry_id)
            return Hit(HitKind.VERTEX if index else HitKind.ENTRY, one.id, one.entry_id, index)
        nearest = _nearest(shadow.segment_distances(at), pointer)
        if nearest is not None:
            one = passes[shadow.segment_of[nearest]]
            return Hit(HitKind.PATH, one.id, one.entry_id)
        return None

    def entry(self, treatment_map: TreatmentMap, pointer: Pointer) -> CannulaPass | None:
        """Return a pass whose entry point is under the pointer; a bolus is no entry point."""
        if not treatment_map.passes:
            return None
        shadow = self._shadow(treatment_map, pointer.view_id)
        entries = (shadow.index == 0) & ~shadow.is_point[shadow.control_of]
        away = np.where(entries, shadow.control_distances(pointer.uv[0]), np.inf)
        nearest = _nearest(away, pointer)
        return treatment_map.passes[shadow.control_of[nearest]] if nearest is not None else None

    def inside(
        self, treatment_map: TreatmentMap, view_id: str, rect: tuple[float, float, float, float]
    ) -> list[str]:
        """Return the passes whose visible path crosses or lies in a rectangle (left, top, right, bottom) in mm."""
        if not treatment_map.passes:
            return []
        shadow = self._shadow(treatment_map, view_id)
        found = np.unique(shadow.segment_of[shadow.crossing(rect)])
        return [treatment_map.passes[index].id for index in found]

    def measurement(self, treatment_map: TreatmentMap, pointer: Pointer) -> str | None:
        """Return the kept measurement under the pointer."""
        view = self._atlas.views[pointer.view_id]
        best, found = pointer.tolerance_mm, None
        for one in treatment_map.measurements:
            points, visible = view.project(to_mm(one.path.points))
            kept = visible[:-1] & visible[1:]
            if kept.any():
                away = float(
                    _distances(pointer.uv[0], points[:-1][kept], np.diff(points, axis=0)[kept]).min()
                )
                if away <= best:
                    best, found = away, one.id
        return found

    def _shadow(self, treatment_map: TreatmentMap, view_id: str) -> _Shadow:
        shadow = self._shadows.get(view_id)
        if shadow is None or shadow.map is not treatment_map:
            shadow = self._shadows[view_id] = _Shadow(self._atlas, treatment_map, view_id)
        return shadow
