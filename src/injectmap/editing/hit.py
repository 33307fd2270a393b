"""What lies under the pointer: entry points, tips, vertices and passes of one view; the nearest wins."""

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

    def segment_distances(self, at: np.ndarray) -> np.ndarray:
        """Distance of a place (2,) to each visible segment."""
        along = ((at - self.start) * self.run).sum(1) / np.maximum((self.run * self.run).sum(1), 1e-9)
        nearest = self.start + np.clip(along, 0.0, 1.0)[:, None] * self.run
        return np.asarray(np.hypot(*(nearest - at).T))


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
        away = shadow.control_distances(at)
        if handles_of:
            takable = np.array([one.id in handles_of for one in passes])[shadow.control_of] | (
                shadow.index == 0
            )
        else:
            takable = shadow.index == 0
        away[~takable] = np.inf
        nearest = int(np.argmin(away))
        if away[nearest] <= pointer.tolerance_mm:
            one, index = passes[shadow.control_of[nearest]], int(shadow.index[nearest])
            return Hit(HitKind.VERTEX if index else HitKind.ENTRY, one.id, one.entry_id, index)
        if len(shadow.start):
            away = shadow.segment_distances(at)
            nearest = int(np.argmin(away))
            if away[nearest] <= pointer.tolerance_mm:
                one = passes[shadow.segment_of[nearest]]
                return Hit(HitKind.PATH, one.id, one.entry_id)
        return None

    def entry(self, treatment_map: TreatmentMap, pointer: Pointer) -> CannulaPass | None:
        """Return a pass whose entry point is under the pointer."""
        hit = self.find(treatment_map, pointer)
        return treatment_map.by_id[hit.pass_id] if hit is not None and hit.kind is HitKind.ENTRY else None

    def _shadow(self, treatment_map: TreatmentMap, view_id: str) -> _Shadow:
        shadow = self._shadows.get(view_id)
        if shadow is None or shadow.map is not treatment_map:
            shadow = self._shadows[view_id] = _Shadow(self._atlas, treatment_map, view_id)
        return shadow
