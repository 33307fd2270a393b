"""The pass in hand as one view sees it: any stretch of it in pixels, and the way the cannula comes in."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from injectmap.chart.projection import Array, sights
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.units import UM_PER_MM
from injectmap.ui.canvas.camera import Camera

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import CannulaPass

# Over the first millimetres the direction at the entry point is taken.
_LEAD_UM: Final = 12_000
_NO_DIRECTION_PX: Final = 4.0


class LivePath:
    """A pass on the widget; lengths along it are micrometres on the skin, as the play counts them."""

    def __init__(self, atlas: Atlas, one: CannulaPass, view_id: str, camera: Camera) -> None:
        """Project a pass once for a camera."""
        (sight,) = sights(atlas, [one.path], view_id)
        self.points: Array = sight.places * camera.px_per_mm + np.array(camera.origin)
        self._in_sight: Array = sight.in_sight
        steps = np.linalg.norm(np.diff(to_mm(one.path.points), axis=0), axis=1) * UM_PER_MM
        along = np.concatenate([[0.0], np.cumsum(steps)])
        self._along: Array = along * (one.path.length_um / along[-1]) if along[-1] > 0 else along
        self.length_um = one.path.length_um
        self.entry_in_sight = sight.entry_in_sight
        self.entry: tuple[float, float] = (float(self.points[0, 0]), float(self.points[0, 1]))
        self.outward = self._outward(atlas, one, view_id)

    def at(self, um: int) -> tuple[float, float]:
        """The pixel at a length along the pass."""
        x, y = (float(np.interp(um, self._along, self.points[:, axis])) for axis in (0, 1))
        return x, y

    def stretches(self, start_um: int, stop_um: int) -> list[tuple[Array, bool]]:
        """The part between two lengths as polylines (n, 2), each in sight or turned away as a whole."""
        if stop_um <= start_um:
            return []
        inner = self._along[(self._along > start_um) & (self._along < stop_um)]
        lengths = np.concatenate([[start_um], inner, [stop_um]])
        points = np.column_stack([np.interp(lengths, self._along, self.points[:, axis]) for axis in (0, 1)])
        middles = (lengths[1:] + lengths[:-1]) / 2
        nearest = np.clip(np.searchsorted(self._along, middles), 0, len(self._along) - 1)
        seen = self._in_sight[nearest]
        cuts = [0, *(np.flatnonzero(seen[1:] != seen[:-1]) + 1).tolist(), len(seen)]
        return [(points[low : high + 1], bool(seen[low])) for low, high in pairwise(cuts)]

    def _outward(self, atlas: Atlas, one: CannulaPass, view_id: str) -> float:
        """The angle (radians, y down) in which the cannula stands out of the entry point: away from the pass."""
        x, y = self.at(min(self.length_um, _LEAD_UM))
        dx, dy = self.entry[0] - x, self.entry[1] - y
        if math.hypot(dx, dy) >= _NO_DIRECTION_PX:
            return math.atan2(dy, dx)
        # A bolus has no direction of its own: the needle comes from where the skin faces.
        normal = atlas.skin.normals(to_mm(one.path.points)[:1])
        across = (normal @ atlas.views[view_id].matrix)[0]
        return math.atan2(float(across[1]), float(across[0]))
