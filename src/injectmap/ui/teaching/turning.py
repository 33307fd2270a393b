"""Which view a pass is shown in: the present one as long as it shows the pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from injectmap.chart.projection import Sight, sights
from injectmap.domain.units import UM_PER_MM
from injectmap.ui.canvas.head_pictures import VIEW_IDS

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import CannulaPass

# A view that shows less of a pass than this is left.
_ENOUGH: Final = 0.7


def view_for(atlas: Atlas, one: CannulaPass, present: str) -> str:
    """The present view if it shows the entry point and most of the pass; else its mirror image, or the best one."""
    if _shown(atlas, one, present) >= _ENOUGH:
        return present
    mirrored = VIEW_IDS[len(VIEW_IDS) - 1 - VIEW_IDS.index(present)]
    if _shown(atlas, one, mirrored) >= _ENOUGH:
        return mirrored
    return max(VIEW_IDS, key=lambda view_id: (round(_shown(atlas, one, view_id), 1), "lateral" in view_id))


def _shown(atlas: Atlas, one: CannulaPass, view_id: str) -> float:
    """The share of a pass that a view shows; nothing where the entry point is out of sight."""
    (sight,) = sights(atlas, [one.path], view_id)
    return _share(sight, one.path.length_um / UM_PER_MM) if sight.entry_in_sight else 0.0


def _share(sight: Sight, length_mm: float) -> float:
    return sight.visible_mm / length_mm if length_mm else 1.0
