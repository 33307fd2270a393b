"""A map laid out for the presenter: the marks of each pass, entry point and zone by themselves, each in one place.

Nothing moves while a map is played: a number stands where it stands when all passes are on the head.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from injectmap.chart.map_drawing import draw_label, draw_map, draw_pass
from injectmap.chart.primitives import Box, Disc, Drawing, Item, Point, Polyline, RoundedBox, Text
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import TextMeasure
from injectmap.domain.treatment_map import PassStatus, TreatmentMap
from injectmap.ui.teaching.letters import place_letters

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Marks are larger than on the chart; where many passes lie close they would hide each other.
_MARK_SCALES: Final = ((12, 1.45), (24, 1.25), (40, 1.1))
_CROWDED: Final = 1.0


def mark_scale(count: int) -> float:
    """How much larger than on the chart marks are drawn with so many passes."""
    return next((scale for most, scale in _MARK_SCALES if count <= most), _CROWDED)


def stage_style(px_per_mm: float, count: int, bounds: Box, *, dark: bool) -> MapStyle:
    """How the presenter draws a map: numbers without volumes, no patterns (screen tokens, section 2)."""
    return MapStyle(
        px_per_mm=px_per_mm,
        labels="chip",
        patterns=False,
        mark_scale=mark_scale(count),
        dark=dark,
        bounds=bounds,
    )


@dataclass(frozen=True, slots=True)
class PassMarks:
    """One pass as it looks when finished, and as dots before it is played."""

    halos: tuple[Item, ...]
    lines: tuple[Item, ...]
    dots: tuple[Item, ...]
    chip: tuple[Item, ...]
    chip_box: Box | None


@dataclass(frozen=True)
class StageLayout:
    """The marks of one map in one view at one scale, in drawing units of the view."""

    style: MapStyle
    zones: tuple[Item, ...]
    names: Mapping[str, tuple[Item, ...]]
    passes: Mapping[str, PassMarks]
    entries: Mapping[str, tuple[Item, ...]]


def lay_out(
    atlas: Atlas, treatment_map: TreatmentMap, view_id: str, style: MapStyle, measure: TextMeasure
) -> StageLayout:
    """Lay a whole map out in one view."""
    # Measurements and notes are words about this patient: they are not shown.
    shown = replace(treatment_map, items=treatment_map.zone_moves)
    drawing = draw_map(atlas, shown, view_id, style, measure_text=measure)
    taken = [*drawing.marks_of("chip").values(), *drawing.marks_of("zone_name").values()]
    letters = place_letters(atlas, shown, view_id, style, drawing.marks_of("entry"), taken, measure)
    zones = tuple(item for name in ("zone_fill", "zone_edge") for item in drawing.layer(name).items)
    return StageLayout(
        style,
        zones,
        dict(_names(drawing)),
        dict(_passes(atlas, shown, view_id, style, drawing)),
        dict(_entries(drawing, letters)),
    )


def _names(drawing: Drawing) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Each zone's name with the leader before it."""
    zones = iter(drawing.marks_of("zone_name"))
    items: list[Item] = []
    for item in drawing.layer("zone_names").items:
        items.append(item)
        if isinstance(item, Text):
            yield next(zones), tuple(items)
            items = []


def _entries(drawing: Drawing, letters: Mapping[str, Text]) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Each entry point's marker with its letter."""
    discs = [item for item in drawing.layer("entry_points").items if isinstance(item, Disc)]
    for index, entry_id in enumerate(drawing.marks_of("entry")):
        letter = letters.get(entry_id)
        yield entry_id, (*discs[2 * index : 2 * index + 2], *((letter,) if letter else ()))


def _passes(
    atlas: Atlas, treatment_map: TreatmentMap, view_id: str, style: MapStyle, drawing: Drawing
) -> Iterator[tuple[str, PassMarks]]:
    boxes = drawing.marks_of("chip")
    items = drawing.layer("labels").items
    for one in treatment_map.passes:
        finished = draw_pass(atlas, one, view_id, style)
        if not finished.lines:
            continue
        planned = replace(one, status=PassStatus.PLANNED, deposits=())
        lines = draw_pass(atlas, planned, view_id, style).lines
        dots = tuple(item for item in lines if not (isinstance(item, Polyline) and item.closed))
        box = boxes.get(one.id)
        yield one.id, PassMarks(finished.halos, finished.lines, dots, _label(items, box) if box else (), box)


def _label(items: tuple[Item, ...], box: Box) -> tuple[Item, ...]:
    """The marks of one label: a leader ends at its box, the rest lies in it."""
    return tuple(item for item in items if box.grown(0.5).contains(_anchor(item)))


def _anchor(item: Item) -> Point:
    match item:
        case Polyline():
            return item.points[-1]
        case Text():
            return item.at
        case RoundedBox():
            return item.box.centre
        case _:
            raise TypeError(f"a label has no {type(item).__name__}")


def number_in_hand(layout: StageLayout, pass_id: str, number: int, measure: TextMeasure) -> tuple[Item, ...]:
    """The number of the pass being played, marked as the one in hand, where it will stay."""
    marks = layout.passes.get(pass_id)
    if marks is None or marks.chip_box is None:
        return ()
    leader = tuple(item for item in marks.chip if isinstance(item, Polyline))
    chip = draw_label(marks.chip_box, number, None, layout.style, selected=True, measure_text=measure)
    return (*leader, *chip)
