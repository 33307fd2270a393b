"""One treatment map in one view as a drawing; the screen, the page and the file all paint this."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.labels import (
    LabelText,
    PlacedLabel,
    label_items,
    label_mark,
    label_size,
    leader_items,
    place_labels,
)
from injectmap.chart.names import EntryPlace, Placed, entry_box, entry_marker, place_letters, place_zone_names
from injectmap.chart.pass_drawing import PassItems, draw_projected, hover_band, selection_band, unit
from injectmap.chart.placement import Ground
from injectmap.chart.primitives import Box, Drawing, Item, Layer, Mark, RoundedBox, Text
from injectmap.chart.projection import (
    Array,
    ProjectedPass,
    project_map,
    project_pass,
    project_paths,
    resampled,
    sights,
)
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import CAP_HEIGHT, TextMeasure, text_width
from injectmap.chart.zone_drawing import ZoneSide, shapes_in_view, touched_zones, zone_layers
from injectmap.domain.treatment_map import CannulaPass, TreatmentMap
from injectmap.domain.units import show_volume

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

EMPTY_MAP = TreatmentMap()
LAYER_NAMES = styles.LAYERS


def draw_map(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    style: MapStyle,
    *,
    selected: frozenset[str] = frozenset(),
    hovered: str | None = None,
    hidden: frozenset[str] = frozenset(),
    measure_text: TextMeasure | None = None,
) -> Drawing:
    """Draw a map; all layers of `LAYER_NAMES` are there, those the style leaves out empty.

    Nothing but the selection layer depends on `selected`, and labels never move with it. Passes in `hidden` are
    left out while something else shows them; the others keep their numbers and letters.
    """
    measure = measure_text or text_width
    scale = style.px_per_mm
    width, height = (float(size) * scale for size in atlas.views[view_id].window_mm)
    touched = touched_zones(treatment_map)
    projected = [one for one in project_map(atlas, treatment_map, view_id, scale) if one.id not in hidden]
    by_id = treatment_map.by_id
    drawn = [draw_projected(one, style, by_id[one.id].status) for one in projected if one.shown]
    shown = {one.id: one for one in projected if one.shown}
    layers: dict[str, tuple[Item, ...]] = dict.fromkeys(LAYER_NAMES, ())
    if style.zones:
        for layer in zone_layers(atlas, view_id, style, touched):
            layers[layer.name] = layer.items
    layers["pass_halos"] = tuple(item for one in drawn for item in one.halos)
    if hovered in shown and hovered not in selected:
        layers["pass_halos"] += hover_band(shown[hovered], style)
    layers["passes"] = tuple(item for one in drawn for item in one.lines)
    entries = _entries(atlas, treatment_map, view_id, style, shown, hidden)
    layers["entry_points"] = tuple(item for entry in entries for item in entry_marker(entry.at, style))
    ground = _ground(width, height, style, drawn, shown, entries)
    if style.badges:
        badges = badge_items(atlas, view_id, style)
        layers["badges"] = badges.items
        for badge in badges.marks:
            ground.take_box(badge.box)
    marks = [Mark("entry", entry.id, entry_box(entry.at, style)) for entry in entries]
    if style.label_kind != "none":
        letters = place_letters(ground, entries, style, measure)
        labels = _labels(ground, treatment_map, drawn, style, measure)
        leaders = tuple(item for label in labels for item in leader_items(label, style))
        layers["labels"] = (*leaders, *(item for label in labels for item in label_items(label, style)))
        layers["entry_points"] += letters.items
        marks += [*letters.marks, *(label_mark(label) for label in labels)]
    if style.zones and style.names and not style.small:
        names = _zone_names(atlas, view_id, style, touched, ground, measure)
        layers["zone_names"] = names.items
        marks += names.marks
    drawing = Drawing(
        width, height, tuple(Layer(name, items) for name, items in layers.items()), tuple(marks)
    )
    if not selected:
        return drawing
    band = draw_selection(
        atlas, treatment_map, view_id, style, selected, drawing, measure_text=measure, projected=shown
    )
    return Drawing(
        width, height, tuple(band if x.name == band.name else x for x in drawing.layers), drawing.marks
    )


def draw_selection(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    style: MapStyle,
    selected: frozenset[str],
    base: Drawing,
    *,
    measure_text: TextMeasure | None = None,
    projected: dict[str, ProjectedPass] | None = None,
) -> Layer:
    """The selection layer alone, over a drawing of the same map, view and style; costs the selected passes only."""
    numbers = treatment_map.numbers
    full, short = base.marks_of("label"), base.marks_of("chip")
    bands: list[Item] = []
    chips: list[Item] = []
    by_id = treatment_map.by_id
    for id_ in sorted(selected & by_id.keys(), key=numbers.__getitem__):
        one = by_id[id_]
        seen = (projected or {}).get(id_) or project_pass(atlas, one, numbers[id_], view_id, style.px_per_mm)
        bands.extend(selection_band(seen, style))
        place = full.get(id_) or short.get(id_)
        if place is not None:
            volume = one.microlitres if id_ in full else None
            chips.extend(
                draw_label(place, numbers[id_], volume, style, selected=True, measure_text=measure_text)
            )
    return Layer("selection", (*bands, *chips))


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
    return draw_projected(project_pass(atlas, one, number, view_id, style.px_per_mm), style, one.status)


def draw_path(atlas: Atlas, points_mm: Array, view_id: str, style: MapStyle) -> PassItems:
    """A path that is still being drawn, given as points (n, 3) in mm on the head."""
    normals = atlas.skin.normals(points_mm)
    (seen,) = project_paths(atlas, view_id, style.px_per_mm, [("", None, points_mm, normals)])
    return draw_projected(seen, style)


def draw_entry(atlas: Atlas, point_mm: Array, view_id: str, style: MapStyle) -> tuple[Item, ...]:
    """The marker of one entry point (x, y, z) in mm; nothing if the view does not see it."""
    uv, visible = atlas.views[view_id].project(np.asarray(point_mm, dtype=float).reshape(1, 3))
    return entry_marker(uv[0] * style.px_per_mm, style) if visible[0] else ()


def draw_pass_entry(atlas: Atlas, one: CannulaPass, view_id: str, style: MapStyle) -> tuple[Item, ...]:
    """The marker of a pass's entry point; nothing if the view does not see it."""
    (seen,) = sights(atlas, [one.path], view_id)
    return entry_marker(seen.places[0] * style.px_per_mm, style) if seen.entry_in_sight else ()


def _entries(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    style: MapStyle,
    shown: dict[str, ProjectedPass],
    hidden: frozenset[str],
) -> list[EntryPlace]:
    """Entry points the view sees, with the directions in which their passes leave them."""
    used = {one.entry_id: one.path for one in treatment_map.passes if one.id not in hidden}
    points = [point for point in treatment_map.entry_points.values() if point.id in used]
    seen = sights(atlas, [used[point.id] for point in points], view_id)
    leaving: dict[str, list[Array]] = {}
    for one in treatment_map.passes:
        if one.id in shown:
            line = shown[one.id].points
            leaving.setdefault(one.entry_id, []).append(unit(line[min(20, len(line) - 1)] - line[0]))
    return [
        EntryPlace(
            point.id,
            point.letter,
            sight.places[0] * style.px_per_mm,
            np.array(leaving.get(point.id, [])).reshape(-1, 2),
        )
        for point, sight in zip(points, seen, strict=True)
        if sight.entry_in_sight
    ]


def _ground(
    width: float,
    height: float,
    style: MapStyle,
    drawn: list[PassItems],
    shown: dict[str, ProjectedPass],
    entries: list[EntryPlace],
) -> Ground:
    """What labels must keep off: passes with their arrows, and entry markers."""
    mark = style.mark
    samples = [resampled(one.points, 4 * mark) for one in shown.values()]
    samples += [np.array(one.arrow) for one in drawn if one.arrow]
    points = np.concatenate(samples) if samples else np.empty((0, 2))
    ground = Ground(style.bounds or Box(0.0, 0.0, width, height), 2 * mark, 3 * mark, points)
    for entry in entries:
        ground.take_box(entry_box(entry.at, style))
    return ground


def _labels(
    ground: Ground, treatment_map: TreatmentMap, drawn: list[PassItems], style: MapStyle, measure: TextMeasure
) -> list[PlacedLabel]:
    numbers, by_id = treatment_map.numbers, treatment_map.by_id
    full = style.label_kind == "full"
    texts = [
        (one, LabelText(str(numbers[one.id]), show_volume(by_id[one.id].microlitres) if full else ""))
        for one in drawn
    ]
    return place_labels(ground, texts, style, measure)


def _zone_names(
    atlas: Atlas,
    view_id: str,
    style: MapStyle,
    touched: frozenset[ZoneSide],
    ground: Ground,
    measure: TextMeasure,
) -> Placed:
    info = atlas.zones.info
    view = atlas.views[view_id]

    def on_head(points: Array) -> Array:
        found, _ = view.to_skin(points / style.px_per_mm)
        return np.asarray(~np.isnan(found[:, 0]))

    shapes = shapes_in_view(atlas, view_id, touched)
    return place_zone_names(ground, shapes, lambda zone: info[zone].name, on_head, style, measure)


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


__all__ = [
    "EMPTY_MAP",
    "LAYER_NAMES",
    "badge_items",
    "draw_entry",
    "draw_label",
    "draw_map",
    "draw_pass",
    "draw_pass_entry",
    "draw_path",
    "draw_selection",
]
