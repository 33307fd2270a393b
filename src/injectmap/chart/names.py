"""Letters of entry points and names of zones, each beside what it names and clear of the passes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from injectmap.chart import styles
from injectmap.chart.placement import Ground, boxes_at, leaders_to, reach
from injectmap.chart.primitives import Box, Disc, Item, Mark, Polyline, Text
from injectmap.chart.projection import Array, as_points, resampled, thinned
from injectmap.chart.styles import OTHER_ZONE, MapStyle, zone_look
from injectmap.chart.text_widths import CAP_HEIGHT, TextMeasure
from injectmap.chart.zone_drawing import ZoneShape, inside

_NAME_GAP = 5.0
_NAME_STEPS = (0.0, 12.0, 26.0, 44.0, 66.0, 92.0, 124.0, 160.0)
# A name this near its zone needs no leader.
_NO_LEADER = 10.0
# Over a plain zone a name is only disturbed, inside its own it is at home.
_OVER_PLAIN = 90.0
_INSIDE = 45.0
_SIDEWAYS = 18.0


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """An entry point in a view, with the directions in which its passes leave."""

    id: str
    letter: str
    at: Array
    directions: Array


@dataclass(frozen=True, slots=True)
class Placed:
    """Marks put in place together with where they stand."""

    items: tuple[Item, ...]
    marks: tuple[Mark, ...]


def entry_marker(at: Array, style: MapStyle) -> tuple[Item, ...]:
    """White disc, ring and dot of an entry point."""
    mark = style.line
    centre = as_points(at[None])[0]
    radius = (styles.ENTRY_RADIUS - styles.ENTRY_RING / 2) * mark
    return (
        Disc(centre, radius, styles.WHITE, style.entry, styles.ENTRY_RING * mark),
        Disc(centre, styles.ENTRY_DOT * mark, style.entry),
    )


def entry_box(at: Array, style: MapStyle) -> Box:
    """The square about an entry marker."""
    radius = styles.ENTRY_RADIUS * style.line
    return Box.around(as_points(at[None])[0], 2 * radius, 2 * radius)


def _letter_centres(entry: EntryPlace, width: float, height: float, style: MapStyle) -> Array:
    """Places round a marker, farthest in angle from its passes first, then one step farther out."""
    # Due sides first among equals, so that letters stand level where they can.
    degrees = np.array(
        [180, 0, 90, 270, 135, 45, 225, 315, 157.5, 22.5, 202.5, 337.5, 112.5, 67.5, 247.5, 292.5]
    )
    around = np.column_stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    nearest = (around @ entry.directions.T).max(axis=1) if len(entry.directions) else np.zeros(len(around))
    around = around[np.argsort(np.round(nearest, 1), kind="stable")]
    out = reach(around, width, height)[:, None]
    rings = [
        entry.at + around * (styles.ENTRY_RADIUS * style.line + extra * style.mark + out)
        for extra in (2.5, 9.0, 18.0, 30.0)
    ]
    return np.concatenate(rings)


def place_letters(ground: Ground, entries: list[EntryPlace], style: MapStyle, measure: TextMeasure) -> Placed:
    """Put each entry point's letter beside it, away from the passes."""
    mark = style.mark
    size = styles.LETTER_TEXT * mark
    items: list[Item] = []
    marks: list[Mark] = []
    for entry in entries:
        width, height = measure(entry.letter, size, 700), CAP_HEIGHT * size
        boxes = boxes_at(_letter_centres(entry, width, height, style), width, height)
        found = np.flatnonzero(ground.free(boxes))
        if not len(found):
            found = np.flatnonzero(ground.free(boxes, off_lines=False))
        if not len(found):
            continue
        box = Box(*boxes[found[0]].round(2).tolist())
        ground.take_box(box)
        items.append(
            Text(
                (round(box.centre[0], 2), box.bottom), entry.letter, size, 700, style.entry,
                halo=styles.WHITE, halo_width=styles.NAME_HALO * mark,
            )
        )  # fmt: skip
        marks.append(Mark("letter", entry.id, box))
    return Placed(tuple(items), tuple(marks))


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Boxes for a name with the foot of each leader, and how far each is from ideal; its shape is kept with it."""

    shape: ZoneShape
    boxes: Array
    centres: Array
    feet: Array
    cost: Array


_REMEMBERED = 2048
# The best candidates mostly win, so they are tried a few at a time.
_AT_ONCE = 48
_Key = tuple[int, float, float, float]
_candidates: OrderedDict[_Key, _Candidates] = OrderedDict()
_covered: OrderedDict[tuple[_Key, int], tuple[_Candidates, ZoneShape, Array]] = OrderedDict()


def _trim(memory: OrderedDict[Any, Any]) -> None:
    while len(memory) > _REMEMBERED:
        memory.popitem(last=False)


def _ranked(
    shape: ZoneShape, shapes: list[ZoneShape], width: float, height: float, style: MapStyle
) -> tuple[Array, Array]:
    """Boxes for a zone's name, best first, and the feet of their leaders.

    A name never stands in another zone of the C-shape, which it would seem to name; plain zones may carry their
    own name inside. Remembered zone by zone, as nothing here depends on the passes.
    """
    key = (id(shape), style.px_per_mm, style.mark, round(width, 2))
    if key not in _candidates or _candidates[key].shape is not shape:
        _candidates[key] = _name_candidates(shape, width, height, style)
        _trim(_candidates)
    found = _candidates[key]
    cost = found.cost
    for other in shapes:
        pair = (key, id(other))
        if pair not in _covered or _covered[pair][0] is not found or _covered[pair][1] is not other:
            polygon = thinned(other.fill * style.px_per_mm, 6 * style.mark)
            covers = _covers(found.boxes, found.centres, polygon, 4 * style.mark)
            _covered[pair] = found, other, covers
            _trim(_covered)
        plain = zone_look(other.zone) is OTHER_ZONE
        if other is not shape or not plain:
            price = _OVER_PLAIN if plain else np.inf
            cost = cost + np.where(_covered[pair][2], price, 0.0)
    order = np.argsort(cost, kind="stable")
    order = order[np.isfinite(cost[order])]
    return found.boxes[order], found.feet[order]


def _name_candidates(shape: ZoneShape, width: float, height: float, style: MapStyle) -> _Candidates:
    """Boxes along a zone's outside, step by step farther from it."""
    mark, scale = style.mark, style.px_per_mm
    polygon = shape.fill * scale
    feet = resampled(np.concatenate([polygon, polygon[:1]]), 6.0 * mark)[:-1]
    after = np.roll(feet, -1, axis=0) - np.roll(feet, 1, axis=0)
    normals = np.column_stack([after[:, 1], -after[:, 0]])
    normals /= np.maximum(np.hypot(*normals.T)[:, None], 1e-9)
    normals[inside(polygon, feet + normals * 1.5 * mark)] *= -1
    out = reach(normals, width, height)[:, None]
    middle = shape.centre * scale
    steps = np.repeat(np.array(_NAME_STEPS), len(feet))
    centres = np.concatenate([feet + normals * ((_NAME_GAP + step) * mark + out) for step in _NAME_STEPS])
    # Over or under a zone a name reads better than beside it.
    sideways = np.tile(np.abs(normals[:, 0]), len(_NAME_STEPS))
    cost = steps * 1.6 + np.abs(centres - middle) @ np.array([0.25, 0.12]) / mark + _SIDEWAYS * sideways
    feet = np.tile(feet, (len(_NAME_STEPS), 1))
    if zone_look(shape.zone) is OTHER_ZONE:
        centres, feet = np.concatenate([centres, middle[None]]), np.concatenate([feet, middle[None]])
        cost = np.append(cost, _INSIDE)
    return _Candidates(shape, boxes_at(centres, width, height), centres, feet, cost)


def _covers(boxes: Array, centres: Array, polygon: Array, gap: float) -> Array:
    """Which boxes lie over a polygon or touch its outline."""
    grown = boxes + np.array([-gap, -gap, gap, gap])
    x, y = polygon.T
    touched = (
        (x > grown[:, 0, None]) & (x < grown[:, 2, None]) & (y > grown[:, 1, None]) & (y < grown[:, 3, None])
    ).any(axis=1)
    return np.asarray(touched | inside(polygon, centres))


def place_zone_names(
    ground: Ground,
    shapes: list[ZoneShape],
    name_of: Callable[[str], str],
    on_head: Callable[[Array], Array],
    style: MapStyle,
    measure: TextMeasure,
) -> Placed:
    """Name each zone once, outside it on the free side; a zone whose name finds no room stays unnamed.

    `on_head` says which points (in drawing units) lie on the head, where names need the skin's halo.
    """
    mark = style.mark
    size = styles.NAME_TEXT * mark
    height = CAP_HEIGHT * size + 4 * mark
    placed: list[tuple[str, Box, Array]] = []
    for shape in _one_per_zone(shapes):
        width = measure(name_of(shape.zone), size, 600) + 2 * mark
        found = _choose_name(ground, *_ranked(shape, shapes, width, height, style), mark)
        if found:
            box = Box(*found[0].round(2).tolist())
            ground.take_box(box)
            if len(found[1]) > 1:
                ground.take_leader(found[1])
            placed.append((shape.zone, box, found[1]))
    if not placed:
        return Placed((), ())
    probes = np.array(
        [[(x, y) for x in (b.left, b.centre[0], b.right) for y in (b.top, b.bottom)] for _, b, _ in placed]
    )
    on = on_head(probes.reshape(-1, 2)).reshape(len(placed), -1)
    over_head: list[bool] = [bool(row.any()) for row in on]
    items: list[Item] = []
    for (zone, box, line), over in zip(placed, over_head, strict=True):
        items.extend(_name_items(zone, name_of(zone), box, line, style, over_head=over))
    return Placed(tuple(items), tuple(Mark("zone_name", zone, box) for zone, box, _ in placed))


def _choose_name(ground: Ground, boxes: Array, feet: Array, mark: float) -> tuple[Array, Array] | None:
    """The best free box, with its leader if it is not close to its zone."""
    for start in range(0, len(boxes), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        free = np.flatnonzero(ground.free(boxes[part])) + start
        if not len(free):
            continue
        leaders = leaders_to(feet[free], boxes[free], 0.0)
        close = np.hypot(*(leaders[:, -1] - feet[free]).T) <= _NO_LEADER * mark
        good = close | ~(ground.leaders_meet_boxes(leaders) | ground.leaders_meet_lines(leaders))
        first = int(np.argmax(good))
        if good[first]:
            return boxes[free[first]], leaders[first, :1] if close[first] else leaders[first]
    return None


def _one_per_zone(shapes: list[ZoneShape]) -> list[ZoneShape]:
    """The side of each zone that shows more; the patient's left where both show alike."""
    best: dict[str, ZoneShape] = {}
    for shape in shapes:
        known = best.get(shape.zone)
        if known is None or shape.area_mm2 > known.area_mm2 * (1.02 if known.side == "left" else 0.98):
            best[shape.zone] = shape
    return list(best.values())


def _name_items(
    zone: str, name: str, box: Box, line: Array, style: MapStyle, *, over_head: bool
) -> list[Item]:
    mark = style.mark
    look = zone_look(zone)
    if style.mono or style.unit == "paper":
        halo = styles.WHITE if style.mono or not over_head else styles.SKIN_HALO
        colour = "#000000" if style.mono else look.edge
    elif over_head:
        halo, colour = styles.SKIN_HALO, look.edge
    else:
        halo = styles.CANVAS[style.dark]
        colour = look.edge_dark if style.dark else look.edge
    items: list[Item] = []
    if len(line) > 1:
        ends = as_points(line[[0, -1]])
        items.append(Polyline(ends, halo, (styles.LEADER + 2) * mark, 0.7))
        items.append(Polyline(ends, colour, styles.LEADER * mark))
    size = styles.NAME_TEXT * mark
    at = (round(box.centre[0], 2), round(box.bottom - 2 * mark, 2))
    items.append(Text(at, name, size, 600, colour, halo=halo, halo_width=2 * styles.NAME_HALO * mark))
    return items
