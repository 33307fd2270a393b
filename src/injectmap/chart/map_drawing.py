"""One treatment map in one view as a drawing; the screen, the page and the file all paint this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.corners import corner_items
from injectmap.chart.ghost import ghost_items
from injectmap.chart.guides import grid_items, midline_items
from injectmap.chart.labels import LabelText, label_items, label_mark, leader_items, place_labels
from injectmap.chart.landmarks import landmark_items
from injectmap.chart.measure_drawing import measure_items, measured_line
from injectmap.chart.measure_drawing import measure_text as place_words
from injectmap.chart.names import EntryPlace, Placed, entry_box, entry_marker, place_letters, place_zone_names
from injectmap.chart.pass_drawing import PassItems, draw_one, hover_band, unit
from injectmap.chart.pieces import (
    badge_items,
    draw_entry,
    draw_handle,
    draw_label,
    draw_measured,
    draw_pass,
    draw_pass_entry,
    draw_path,
    draw_selection,
    draw_zone_outlines,
    zones_of,
)
from injectmap.chart.placement import Ground
from injectmap.chart.primitives import Box, Drawing, Item, Layer, Mark
from injectmap.chart.projection import Array, ProjectedPass, project_map, resampled, sights
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import TextMeasure, text_width
from injectmap.chart.zone_drawing import ZoneSide, shapes_in_view, shown_zones, touched_zones, zone_layers
from injectmap.domain.treatment_map import PassStatus, TreatmentMap
from injectmap.domain.units import show_volume

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

EMPTY_MAP = TreatmentMap()
LAYER_NAMES = styles.LAYERS
Words = Callable[[str], str]


def plain_words(key: str) -> str:
    """What a guide's key says without a catalogue: its last part, as a name."""
    return key.rpartition(".")[2].replace("_", " ").capitalize()


def draw_map(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    style: MapStyle,
    *,
    selected: frozenset[str] = frozenset(),
    hovered: str | None = None,
    hidden: frozenset[str] = frozenset(),
    ghost: TreatmentMap | None = None,
    measure_text: TextMeasure | None = None,
    words: Words = plain_words,
) -> Drawing:
    """Draw a map; all layers of `LAYER_NAMES` are there, those the style leaves out empty.

    Nothing but the selection layer depends on `selected`, and labels never move with it. Passes in `hidden` are
    left out while something else shows them; the others keep their numbers and letters. `ghost` is another
    session, drawn faintly under this one.
    """
    sheet = _Sheet(atlas, treatment_map, view_id, style, measure_text or text_width, words)
    scale = style.px_per_mm
    projected = [one for one in project_map(atlas, treatment_map, view_id, scale) if one.id not in hidden]
    shown = {one.id: one for one in projected if one.shown}
    drawn = _drawn(treatment_map, shown, style)
    sheet.put_zones()
    if ghost is not None:
        sheet.layers["ghost"] = ghost_items(atlas, ghost, view_id, style)
    sheet.layers["pass_halos"] = tuple(item for one in drawn for item in one.halos)
    if hovered in shown and hovered not in selected:
        sheet.layers["pass_halos"] += hover_band(shown[hovered], style)
    sheet.layers["passes"] = tuple(item for one in drawn for item in one.lines)
    entries = _entries(atlas, treatment_map, view_id, style, shown, hidden)
    sheet.layers["entry_points"] = tuple(item for entry in entries for item in entry_marker(entry.at, style))
    sheet.marks += [Mark("entry", entry.id, entry_box(entry.at, style)) for entry in entries]
    ground = _ground(sheet.width, sheet.height, style, drawn, shown, entries)
    if style.badges:
        sheet.put("badges", badge_items(atlas, view_id, style), ground)
    if style.label_kind != "none":
        sheet.put_labels(ground, drawn, entries)
    sheet.put_corners(ground)
    sheet.put_measurements(ground)
    if style.zones and style.names and not style.small:
        sheet.put_zone_names(ground)
    sheet.put_guides(ground)
    drawing = sheet.drawing()
    if not selected:
        return drawing
    band = draw_selection(
        atlas, treatment_map, view_id, style, selected, drawing, measure_text=sheet.measure, projected=shown
    )
    layers = tuple(band if layer.name == band.name else layer for layer in drawing.layers)
    return Drawing(drawing.width, drawing.height, layers, drawing.marks)


@dataclass
class _Sheet:
    """A drawing in the making: its layers and marks, and what all of them need to know."""

    atlas: Atlas
    map: TreatmentMap
    view_id: str
    style: MapStyle
    measure: TextMeasure
    words: Words
    layers: dict[str, tuple[Item, ...]] = field(default_factory=lambda: dict.fromkeys(LAYER_NAMES, ()))
    marks: list[Mark] = field(default_factory=list)

    def __post_init__(self) -> None:
        window = self.atlas.views[self.view_id].window_mm
        self.width, self.height = (float(size) * self.style.px_per_mm for size in window)
        self.touched: frozenset[ZoneSide] = touched_zones(self.map)
        self.zones = zones_of(self.atlas, self.map)

    def drawing(self) -> Drawing:
        """What has been put on it."""
        layers = tuple(Layer(name, items) for name, items in self.layers.items())
        return Drawing(self.width, self.height, layers, tuple(self.marks))

    def put(self, layer: str, placed: Placed, ground: Ground | None = None) -> None:
        """Put placed marks on a layer; with a ground nothing else may stand there."""
        self.layers[layer] += placed.items
        self.marks += placed.marks
        for mark in placed.marks if ground is not None else ():
            ground.take_box(mark.box)  # type: ignore[union-attr]

    def put_zones(self) -> None:
        """Fill, pattern and edge of the zones."""
        if self.style.zones:
            for layer in zone_layers(self.atlas, self.view_id, self.style, self.touched, self.zones):
                self.layers[layer.name] = layer.items

    def put_labels(self, ground: Ground, drawn: list[PassItems], entries: list[EntryPlace]) -> None:
        """Letters of entry points, then numbers with volumes."""
        style = self.style
        letters = place_letters(ground, entries, style, self.measure)
        labels = place_labels(ground, _label_texts(self.map, drawn, style), style, self.measure)
        leaders = tuple(item for label in labels for item in leader_items(label, style))
        self.layers["labels"] = (*leaders, *(item for label in labels for item in label_items(label, style)))
        self.put("entry_points", letters)
        self.marks += [label_mark(label) for label in labels]

    def put_measurements(self, ground: Ground) -> None:
        """Lengths that were kept, with their figures where labels are shown."""
        kept, style = self.map.measurements, self.style
        if not kept:
            return
        seen = sights(self.atlas, [one.path for one in kept], self.view_id)
        for one, sight in zip(kept, seen, strict=True):
            line = measured_line(one, sight, style.px_per_mm)
            self.layers["measurements"] += measure_items(line, style)
            if style.label_kind == "full":
                items, marks = place_words(line, style, self.measure, ground)
                self.layers["measurements"] += items
                self.marks += marks
            for part in line.stretches:
                ground.take_leader(resampled(part.points, 4 * style.mark))

    def put_zone_names(self, ground: Ground) -> None:
        """Each zone's name beside it."""
        info, scale = self.atlas.zones.info, self.style.px_per_mm
        view = self.atlas.views[self.view_id]

        def on_head(points: Array) -> Array:
            found, _ = view.to_skin(points / scale)
            return np.asarray(~np.isnan(found[:, 0]))

        shapes = shapes_in_view(self.atlas, self.view_id, self.touched, self.zones)
        names = place_zone_names(
            ground, shapes, lambda zone: info[zone].name, on_head, self.style, self.measure
        )
        self.put("zone_names", names)

    def put_guides(self, ground: Ground) -> None:
        """Grid, landmarks and midline, as far as the style shows them."""
        atlas, view_id, style = self.atlas, self.view_id, self.style
        if style.grid:
            self.put("grid", grid_items(atlas, view_id, style))
        # Landmarks first: the names of the thirds have more places to go to.
        if style.landmarks:
            self.put("landmarks", landmark_items(atlas, view_id, style, ground, self.words, self.measure))
        if style.midline:
            self.put("midline", midline_items(atlas, view_id, style, ground, self.words, self.measure))

    def put_corners(self, ground: Ground) -> None:
        """Handles of the zones' corners, which nothing written may cover."""
        if self.style.corners:
            shown = frozenset(zone for zone, _ in shown_zones(self.atlas, self.touched))
            corners = corner_items(self.atlas, self.zones, self.view_id, self.style, shown)
            self.put("corners", corners, ground)


def _drawn(treatment_map: TreatmentMap, shown: dict[str, ProjectedPass], style: MapStyle) -> list[PassItems]:
    """The passes in sight, the planned ones first and so under the others."""
    by_id = treatment_map.by_id
    order = sorted(shown, key=lambda id_: by_id[id_].status is not PassStatus.PLANNED)
    return [draw_one(shown[id_], by_id[id_], style) for id_ in order]


def _label_texts(
    treatment_map: TreatmentMap, drawn: list[PassItems], style: MapStyle
) -> list[tuple[PassItems, LabelText]]:
    """What is written at each pass, the planned ones last; a plan carried out is labelled by what was done."""
    numbers, by_id = treatment_map.numbers, treatment_map.by_id
    fulfilled = {one.fulfils for one in treatment_map.passes if one.fulfils is not None}
    full = style.label_kind == "full"
    texts = []
    for one in sorted(drawn, key=lambda items: by_id[items.id].status is PassStatus.PLANNED):
        stored = by_id[one.id]
        if one.id in fulfilled:
            continue
        volume = show_volume(stored.microlitres) if full and stored.microlitres else ""
        hollow = stored.status is not PassStatus.DONE
        texts.append((one, LabelText(str(numbers[one.id]), volume, hollow)))
    return texts


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
    samples = [one for one in samples if len(one)]
    points = np.concatenate(samples) if samples else np.empty((0, 2))
    ground = Ground(style.bounds or Box(0.0, 0.0, width, height), 2 * mark, 3 * mark, points)
    for entry in entries:
        ground.take_box(entry_box(entry.at, style))
    for one in drawn:
        if one.clear:
            ground.take_box(Box.around(one.tip, 2 * one.clear, 2 * one.clear))
    return ground


__all__ = [
    "EMPTY_MAP",
    "LAYER_NAMES",
    "badge_items",
    "draw_entry",
    "draw_handle",
    "draw_label",
    "draw_map",
    "draw_measured",
    "draw_pass",
    "draw_pass_entry",
    "draw_path",
    "draw_selection",
    "draw_zone_outlines",
    "plain_words",
    "zones_of",
]
