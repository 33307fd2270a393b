"""Parts of a map drawn alone, over a picture that is already painted: one pass, the selection, side badges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.labels import LabelText, PlacedLabel, label_items, label_size
from injectmap.chart.measure_drawing import line_of_points, measure_items
from injectmap.chart.measure_drawing import measure_text as place_words
from injectmap.chart.names import Placed, entry_marker
from injectmap.chart.pass_drawing import PassItems, draw_one, draw_projected, hover_band, selection_band
from injectmap.chart.point_marks import bolus_halo, bolus_mark
from injectmap.chart.primitives import Box, Disc, Drawing, Item, Layer, Mark, Polyline, RoundedBox, Text
from injectmap.chart.projection import (
    Array,
    ProjectedPass,
    as_points,
    project_pass,
    project_paths,
    sights,
    thinned,
)
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import CAP_HEIGHT, TextMeasure, text_width
from injectmap.chart.zone_drawing import shapes_in_view, touched_zones
from injectmap.domain.treatment_map import CannulaPass, PassStatus, TreatmentMap
from injectmap.domain.units import show_volume

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones


def draw_selection(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    style: MapStyle,
    selected: frozenset[str],
    base: Drawing,
    *,
    partners: frozenset[str] = frozenset(),
    item: str | None = None,
    measure_text: TextMeasure | None = None,
    projected: dict[str, ProjectedPass] | None = None,
) -> Layer:
    """The selection layer alone, over a drawing of the same map, view and style; costs the selected passes only.

    `partners` are the passes of the other side that would change along; `item` is a selected measurement.
    """
    numbers = treatment_map.numbers
    full, short = base.marks_of("label"), base.marks_of("chip")
    bands: list[Item] = []
    chips: list[Item] = []
    by_id = treatment_map.by_id
    for id_ in sorted((partners - selected) & by_id.keys(), key=numbers.__getitem__):
        bands.extend(hover_band(project_pass(atlas, by_id[id_], None, view_id, style.px_per_mm), style))
    for id_ in sorted(selected & by_id.keys(), key=numbers.__getitem__):
        one = by_id[id_]
        seen = (projected or {}).get(id_) or project_pass(atlas, one, numbers[id_], view_id, style.px_per_mm)
        bands.extend(selection_band(seen, style, one))
        place = full.get(id_) or short.get(id_)
        if place is not None:
            volume = one.microlitres if id_ in full else None
            chips.extend(
                draw_label(place, numbers[id_], volume, style, selected=True, measure_text=measure_text)
            )
    bands.extend(_item_band(atlas, treatment_map, view_id, style, item))
    return Layer("selection", (*bands, *chips))


def _item_band(
    atlas: Atlas, treatment_map: TreatmentMap, view_id: str, style: MapStyle, item: str | None
) -> tuple[Item, ...]:
    """The band of a selected measurement with its line again above it."""
    one = next((found for found in treatment_map.measurements if found.id == item), None)
    if one is None:
        return ()
    (sight,) = sights(atlas, [one.path], view_id)
    line = line_of_points(sight.places * style.px_per_mm, sight.in_sight, ())
    bands = tuple(
        Polyline(as_points(part.points), styles.SELECTION, styles.SELECTION_BAND * 0.75 * style.line)
        for part in line.stretches
    )
    return (*bands, *measure_items(line, style))


def draw_handle(
    atlas: Atlas, one: CannulaPass, view_id: str, style: MapStyle, *, tip: bool
) -> tuple[Item, ...]:
    """The ring about the end of a pass that the keyboard moves; nothing if the view does not see it."""
    (seen,) = sights(atlas, [one.path], view_id)
    index = -1 if tip else 0
    if not seen.in_sight[index]:
        return ()
    (centre,) = as_points(seen.places[index][None] * style.px_per_mm)
    radius = (styles.ENTRY_RADIUS + 4.0) * style.line
    return (
        Disc(centre, radius, None, styles.WHITE, 4.5 * style.line),
        Disc(centre, radius, None, styles.SELECTION, 2.2 * style.line),
    )


def draw_label(
    box: Box,
    number: int,
    microlitres: int | None,
    style: MapStyle,
    *,
    selected: bool = False,
    measure_text: TextMeasure | None = None,
) -> tuple[Item, ...]:
    """One label in a given place; without a volume it is a chip."""
    text = LabelText(str(number), "" if microlitres is None else show_volume(microlitres))
    size = label_size(text, style, measure_text or text_width)
    return label_items(PlacedLabel("", text, box, size.chip, ()), style, selected=selected)


def draw_pass(
    atlas: Atlas, one: CannulaPass, view_id: str, style: MapStyle, *, number: int | None = None
) -> PassItems:
    """One pass alone, without label and entry marker: for adding it to a view that is already painted."""
    return draw_one(project_pass(atlas, one, number, view_id, style.px_per_mm), one, style)


def draw_path(atlas: Atlas, points_mm: Array, view_id: str, style: MapStyle) -> PassItems:
    """A path that is still being drawn, given as points (n, 3) in mm on the head; two equal ones are a bolus."""
    normals = atlas.skin.normals(points_mm)
    (seen,) = project_paths(atlas, view_id, style.px_per_mm, [("", None, points_mm, normals)])
    if not seen.is_point:
        return draw_projected(seen, style)
    if not seen.shown:
        return PassItems("", (), (), (0.0, 0.0), (1.0, 0.0), ())
    at, radius = seen.points[0], styles.BOLUS_RADIUS * style.line
    marks = bolus_mark(at, radius, PassStatus.DONE, style)
    return PassItems(
        "", bolus_halo(at, radius, style), marks, as_points(at[None])[0], (0.0, -1.0), (), radius
    )


def draw_measured(
    atlas: Atlas,
    points_mm: Array,
    view_id: str,
    style: MapStyle,
    words: tuple[str, ...],
    measure: TextMeasure,
) -> tuple[Item, ...]:
    """A length that is still being measured, with what is written beside it."""
    normals = atlas.skin.normals(points_mm)
    (seen,) = project_paths(atlas, view_id, style.px_per_mm, [("", None, points_mm, normals)])
    line = line_of_points(seen.points, seen.in_sight, words)
    return (*measure_items(line, style), *place_words(line, style, measure)[0])


def draw_zone_outlines(
    atlas: Atlas, treatment_map: TreatmentMap, zones: Zones, view_id: str, style: MapStyle
) -> tuple[Item, ...]:
    """The outlines of zones that are being moved, over those that are stored."""
    items: list[Item] = []
    touched = touched_zones(treatment_map)
    known = shapes_in_view(atlas, view_id, touched, zones_of(atlas, treatment_map))
    stored = {(shape.zone, shape.side): shape for shape in known}
    for shape in shapes_in_view(atlas, view_id, touched, zones):
        before = stored.get((shape.zone, shape.side))
        if (
            before is not None
            and before.fill.shape == shape.fill.shape
            and np.array_equal(before.fill, shape.fill)
        ):
            continue
        for edge in shape.edges:
            points = as_points(thinned(edge * style.px_per_mm, 2 * style.line))
            items.append(Polyline(points, styles.WHITE, 4.5 * style.line, 0.8, closed=shape.closed))
            items.append(Polyline(points, styles.SELECTION, 2.0 * style.line, closed=shape.closed))
    return tuple(items)


def zones_of(atlas: Atlas, treatment_map: TreatmentMap) -> Zones:
    """The zones of a session: those of the atlas, or with the corners this session has moved."""
    return atlas.zones_for(treatment_map.zone_moves) if treatment_map.zone_moves else atlas.zones


def draw_entry(atlas: Atlas, point_mm: Array, view_id: str, style: MapStyle) -> tuple[Item, ...]:
    """The marker of one entry point (x, y, z) in mm; nothing if the view does not see it."""
    uv, visible = atlas.views[view_id].project(np.asarray(point_mm, dtype=float).reshape(1, 3))
    return entry_marker(uv[0] * style.px_per_mm, style) if visible[0] else ()


def draw_pass_entry(atlas: Atlas, one: CannulaPass, view_id: str, style: MapStyle) -> tuple[Item, ...]:
    """The marker of a pass's entry point; nothing if the view does not see it, or for a bolus."""
    if one.is_point:
        return ()
    (seen,) = sights(atlas, [one.path], view_id)
    return entry_marker(seen.places[0] * style.px_per_mm, style) if seen.entry_in_sight else ()


def badge_items(atlas: Atlas, view_id: str, style: MapStyle, *, at: Box | None = None) -> Placed:
    """The L and R badges of a view, on the patient's side of the picture, in the corners of the bounds."""
    mark = style.mark * style.badge_scale
    side = atlas.views[view_id].side
    width, height = (float(size) * style.px_per_mm for size in atlas.views[view_id].window_mm)
    area = at or style.bounds or Box(0.0, 0.0, width, height)
    size, inset = styles.BADGE_SIZE * mark, 10 * mark
    text = 15 * mark
    colour = "#000000" if style.mono else styles.BADGE
    items: list[Item] = []
    marks: list[Mark] = []
    places: Iterable[tuple[str, str, float]] = (
        ("right", "R", area.left + inset + size / 2),
        ("left", "L", area.right - inset - size / 2),
    )
    for of_side, letter, x in places:
        if side not in (None, of_side):
            continue
        box = Box.around((x, area.top + inset + size / 2), size, size)
        items.append(RoundedBox(box, 4.5 * mark, colour))
        baseline = box.centre[1] + CAP_HEIGHT * text / 2
        items.append(Text((box.centre[0], baseline), letter, text, 700, styles.WHITE))
        marks.append(Mark("badge", of_side, box))
    return Placed(tuple(items), tuple(marks))
