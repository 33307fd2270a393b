"""Zones as one view sees them: outlines cut at the rim of the head, fills, patterns and edges."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from injectmap.chart import styles
from injectmap.chart.primitives import Dots, Item, Layer, Polyline, Segments
from injectmap.chart.projection import Array, as_points, thinned
from injectmap.chart.styles import MapStyle, ZoneLook, zone_look
from injectmap.domain.treatment_map import Side, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones

SideName = Literal["left", "right"]
ZoneSide = tuple[str, SideName]

C_SHAPE = "c_shape"
OPTIONAL = "c_shape_optional"
GAP_MM = 0.6
ROUND_MM = 1.6
# A zone that shows less than this is not drawn: it would be a smear at the rim.
LEAST_AREA_MM2 = 12.0
# A path that only grazes a zone does not open it.
TOUCH_UM = 1000
_LAYERS = 96
_MARKS = 1024
_SHAPES = 2048
_shapes: OrderedDict[tuple[int, str, str, str], tuple[Zones, ZoneShape | None]] = OrderedDict()
_marks: OrderedDict[tuple[object, ...], _ZoneMarks] = OrderedDict()
_layers: OrderedDict[tuple[object, ...], tuple[Zones, tuple[Layer, Layer, Layer]]] = OrderedDict()


@dataclass(frozen=True)
class ZoneShape:
    """The part of a zone in sight, in mm of the view's window; `edges` leave out the rim of the head."""

    zone: str
    side: str
    fill: Array
    edges: tuple[Array, ...]
    closed: bool

    @cached_property
    def area_mm2(self) -> float:
        """Area as seen."""
        x, y = self.fill.T
        return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2

    @cached_property
    def centre(self) -> Array:
        """The middle of the outline."""
        return np.asarray((self.fill.min(axis=0) + self.fill.max(axis=0)) / 2)


def touched_zones(treatment_map: TreatmentMap) -> frozenset[ZoneSide]:
    """Zones of a side that some pass runs through or a bolus lies in."""
    return frozenset(
        (part.zone, "right" if part.side is Side.RIGHT else "left")
        for one in treatment_map.passes
        for part in one.path.zones
        if part.length_um >= TOUCH_UM or one.is_point
    )


def shown_zones(atlas: Atlas, touched: frozenset[ZoneSide]) -> list[ZoneSide]:
    """Zones to draw, in the atlas's order: the C-shape with its optional part, and whatever is touched."""
    return [
        (zone, side)
        for zone in atlas.zones.ids
        for side in ("right", "left")
        if atlas.zones.info[zone].group in (C_SHAPE, OPTIONAL) or (zone, side) in touched
    ]


def zone_shape(
    atlas: Atlas, view_id: str, zone: str, side: SideName, zones: Zones | None = None
) -> ZoneShape | None:
    """What a view shows of a zone, or None; remembered. `zones` are those of a session that moved corners."""
    zones = zones or atlas.zones
    key = (id(zones), view_id, zone, side)
    known = _shapes.get(key)
    # The zones themselves are kept, so that their id cannot be given to others meanwhile.
    if known is None or known[0] is not zones:
        known = _shapes[key] = zones, _make_shape(atlas, zones, view_id, zone, side)
        while len(_shapes) > _SHAPES:
            _shapes.popitem(last=False)
    return known[1]


def _make_shape(atlas: Atlas, zones: Zones, view_id: str, zone: str, side: SideName) -> ZoneShape | None:
    view = atlas.views[view_id]
    outline = np.asarray(zones.outline(zone, side, gap_mm=GAP_MM, round_mm=ROUND_MM))
    if len(outline) < 3:
        return None
    uv, visible = view.project(outline)
    uv, visible = np.array(uv), np.array(visible, dtype=bool)
    if visible.sum() < 3:
        return None
    if visible.all():
        shape = ZoneShape(zone, side, uv, (uv,), closed=True)
    else:
        # Start at the first point that comes into sight, so that a stretch in sight is never cut in two.
        start = int(np.flatnonzero(visible & ~np.roll(visible, 1))[0])
        outline, uv = np.roll(outline, -start, axis=0), np.roll(uv, -start, axis=0)
        visible = np.roll(visible, -start)
        cuts = np.flatnonzero(visible[1:] != visible[:-1]) + 1
        edges = tuple(
            part
            for part, seen in zip(np.split(uv, cuts), np.split(visible, cuts), strict=True)
            if seen[0] and len(part) >= 2
        )
        uv[~visible] = _at_rim(atlas, view_id, outline, visible)
        shape = ZoneShape(zone, side, uv, edges, closed=False)
    return shape if shape.area_mm2 >= LEAST_AREA_MM2 else None


def _at_rim(atlas: Atlas, view_id: str, outline: Array, visible: Array) -> Array:
    """Where the skin goes out of sight between the zone's visible middle and each hidden outline point."""
    view = atlas.views[view_id]
    seen = outline[visible]
    middle = atlas.skin.snap(seen.mean(axis=0)[None])
    if not view.project(middle)[1][0]:
        middle = seen[[int(np.argmin(np.linalg.norm(seen - seen.mean(axis=0), axis=1)))]]
    hidden = outline[~visible]
    low, high = np.zeros(len(hidden)), np.ones(len(hidden))
    for _ in range(9):
        share = (low + high) / 2
        points = atlas.skin.snap(middle + (hidden - middle) * share[:, None])
        in_sight = np.asarray(view.project(points)[1], dtype=bool)
        low, high = np.where(in_sight, share, low), np.where(in_sight, high, share)
    return np.asarray(view.project(atlas.skin.snap(middle + (hidden - middle) * low[:, None]))[0])


def shapes_in_view(
    atlas: Atlas, view_id: str, touched: frozenset[ZoneSide], zones: Zones | None = None
) -> list[ZoneShape]:
    """The zones a view shows."""
    shapes = (zone_shape(atlas, view_id, *one, zones) for one in shown_zones(atlas, touched))
    return [shape for shape in shapes if shape is not None]


def inside(polygon: Array, points: Array) -> Array:
    """Which points (n, 2) lie inside a polygon (even-odd)."""
    x, y = points[:, 0, None], points[:, 1, None]
    ax, ay = polygon.T
    bx, by = np.roll(polygon, -1, axis=0).T
    rise = np.where(by == ay, 1.0, by - ay)
    crosses = ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / rise)
    return np.asarray(crosses.sum(axis=1) % 2 == 1)


def hatch_lines(
    polygon: Array, degrees: float, spacing: float
) -> tuple[tuple[float, float, float, float], ...]:
    """Parallel strokes across a polygon; they keep their place on the drawing, whatever the polygon."""
    turn = np.radians(degrees)
    rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    x, y = rotate @ polygon.T
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    rise = np.where(y2 == y, 1.0, y2 - y)
    strokes = []
    for level in np.arange(np.ceil(y.min() / spacing), np.floor(y.max() / spacing) + 1) * spacing:
        crosses = (y > level) != (y2 > level)
        ends = np.sort((x + (level - y) * (x2 - x) / rise)[crosses])
        for start, stop in zip(ends[0::2], ends[1::2], strict=True):
            line = np.array([[start, level], [stop, level]]) @ rotate
            strokes.append(tuple(line.round(2).ravel().tolist()))
    return tuple(strokes)


def dot_grid(polygon: Array, spacing: float) -> Array:
    """A staggered grid of points inside a polygon."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    rows = np.arange(np.floor(low[1] / spacing), np.ceil(high[1] / spacing) + 1)
    columns = np.arange(np.floor(low[0] / spacing) - 1, np.ceil(high[0] / spacing) + 1)
    points = np.array([((c + (r % 2) / 2) * spacing, r * spacing) for r in rows for c in columns])
    return np.asarray(points[inside(polygon, points)])


_DEGREES = {"horizontal": 0.0, "vertical": 90.0, "diagonal": -45.0, "falling": 45.0}


def pattern_items(polygon: Array, look: ZoneLook, style: MapStyle) -> tuple[Item, ...]:
    """The pattern by which a zone is told in grey."""
    mark = style.line
    colour, opacity = (styles.MONO_GREY, 0.85) if style.mono else (look.edge, 0.45)
    if look.pattern == "dots":
        # Dots stay clear of the edge, where halves of them would look like dirt.
        centres = dot_grid(polygon, look.spacing * mark)
        return (Dots(as_points(centres), 1.1 * mark, colour, min(1.0, opacity + 0.2)),)
    if look.pattern in _DEGREES:
        lines = hatch_lines(polygon, _DEGREES[look.pattern], look.spacing * mark)
        return (Segments(lines, colour, (0.8 if style.mono else 1.0) * mark, opacity),)
    return ()


def _edge_items(shape: ZoneShape, look: ZoneLook, style: MapStyle) -> list[Item]:
    mark = style.line
    colour = styles.MONO_GREY if style.mono else look.edge
    dash = tuple(part * mark for part in look.dash)
    items: list[Item] = []
    for edge in shape.edges:
        points = as_points(thinned(edge * style.px_per_mm, 2 * mark))
        items.append(
            Polyline(
                points, styles.WHITE, styles.ZONE_UNDERLAY * look.edge_share * mark, 0.5, closed=shape.closed
            )
        )
        items.append(
            Polyline(
                points,
                colour,
                styles.ZONE_EDGE * look.edge_share * mark,
                dash=dash,
                flat_caps=bool(dash),
                closed=shape.closed,
            )
        )
    return items


@dataclass(frozen=True, slots=True)
class _ZoneMarks:
    # Kept, so that its id cannot be given to another shape meanwhile.
    shape: ZoneShape
    fill: tuple[Item, ...]
    pattern: tuple[Item, ...]
    edge: tuple[Item, ...]


def _zone_marks(shape: ZoneShape, style: MapStyle, *, used: bool) -> _ZoneMarks:
    """The marks of one zone; remembered, as the zones in view change with the passes but each looks the same."""
    key = (id(shape), style.px_per_mm, style.line, style.patterns, style.mono, style.small, used)
    known = _marks.get(key)
    if known is not None and known.shape is shape:
        _marks.move_to_end(key)
        return known
    look = zone_look(shape.zone)
    polygon = shape.fill * style.px_per_mm
    points = as_points(thinned(polygon, 2 * style.line))
    fill: tuple[Item, ...] = ()
    if used and not style.mono:
        fill = (Polyline(points, closed=True, fill=look.fill, fill_opacity=look.fill_opacity),)
    patterned = used and style.patterns and not style.small
    made = _ZoneMarks(
        shape,
        fill,
        pattern_items(polygon, look, style) if patterned else (),
        tuple(_edge_items(shape, look, style)),
    )
    _marks[key] = made
    while len(_marks) > _MARKS:
        _marks.popitem(last=False)
    return made


def zone_layers(
    atlas: Atlas, view_id: str, style: MapStyle, touched: frozenset[ZoneSide], zones: Zones | None = None
) -> tuple[Layer, Layer, Layer]:
    """Fill, pattern and edge of all zones of a view; remembered per view, scale and style."""
    zones = zones or atlas.zones
    key = (id(zones), view_id, style.px_per_mm, style.line, style.patterns, style.mono, style.unit, touched)
    known = _layers.get(key)
    if known is not None and known[0] is zones:
        _layers.move_to_end(key)
        return known[1]
    fills: list[Item] = []
    patterns: list[Item] = []
    edges: list[Item] = []
    for shape in shapes_in_view(atlas, view_id, touched, zones):
        used = atlas.zones.info[shape.zone].group != OPTIONAL or (shape.zone, shape.side) in touched
        marks = _zone_marks(shape, style, used=used)
        fills.extend(marks.fill)
        patterns.extend(marks.pattern)
        edges.extend(marks.edge)
    made = (
        Layer("zone_fill", tuple(fills)),
        Layer("pattern", tuple(patterns)),
        Layer("zone_edge", tuple(edges)),
    )
    _layers[key] = zones, made
    while len(_layers) > _LAYERS:
        _layers.popitem(last=False)
    return made
