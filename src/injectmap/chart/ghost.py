"""Another session's passes as a faint picture under the present ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from injectmap.chart import styles
from injectmap.chart.pass_drawing import arrow_head, shortened
from injectmap.chart.point_marks import bolus_radius
from injectmap.chart.primitives import Disc, Dots, Item, Polyline
from injectmap.chart.projection import as_points, project_map, sights, thinned
from injectmap.chart.styles import MapStyle
from injectmap.domain.totals import done_passes
from injectmap.domain.treatment_map import TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Ink at 35 % on the skin's mean tone, as discs have no opacity of their own.
_FAINT_INK = "#8E8C8D"


def ghost_items(atlas: Atlas, ghost: TreatmentMap, view_id: str, style: MapStyle) -> tuple[Item, ...]:
    """The done passes of a map in sight, at 35 % ink, without halos, labels or letters."""
    mark, faint = style.line, styles.GHOST_OPACITY
    done = {one.id: one for one in done_passes(ghost)}
    items: list[Item] = []
    for shown in project_map(atlas, ghost, view_id, style.px_per_mm):
        if shown.id not in done or not shown.shown:
            continue
        if shown.is_point:
            radius = bolus_radius(done[shown.id], style)
            items.append(Dots(as_points(shown.points[:1]), radius, style.ink, faint))
            continue
        head = arrow_head(shown.points, mark)
        for part in shown.stretches():
            if not part.in_sight:
                continue
            line = thinned(part.points, 4 * mark)
            # Cut short: two faint marks one over the other would be darker than either.
            line = shortened(line, head.length) if part.has_tip else line
            items.append(
                Polyline(as_points(line), style.ink, styles.PASS_WIDTH * mark, faint, flat_caps=True)
            )
        if shown.in_sight[-1]:
            items.append(Polyline(head.outline, closed=True, fill=style.ink, fill_opacity=faint))
    return (*items, *_entries(atlas, ghost, view_id, style))


def _entries(atlas: Atlas, ghost: TreatmentMap, view_id: str, style: MapStyle) -> tuple[Item, ...]:
    """Small white points with a thin ring where the cannula went in; never the red of a present entry point."""
    paths = {one.entry_id: one.path for one in done_passes(ghost) if not one.is_point}
    seen = sights(atlas, list(paths.values()), view_id)
    radius = 0.5 * styles.ENTRY_RADIUS * style.line
    return tuple(
        Disc(
            as_points(one.places[:1] * style.px_per_mm)[0], radius, styles.WHITE, _FAINT_INK, 1.6 * style.line
        )
        for one in seen
        if one.entry_in_sight
    )
