"""Guides over the head: the midline with the facial thirds, and a grid of 10 mm on the skin."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.names import Placed
from injectmap.chart.placement import Ground, boxes_at
from injectmap.chart.primitives import Box, Mark, Polyline, Text
from injectmap.chart.projection import Array, as_points, stretches_of, thinned
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import CAP_HEIGHT, TextMeasure

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

GRID_MM = 10.0
# Hairline, brow, base of the nose, chin: what bounds the thirds of a face (Farkas, anthropometry of the face).
THIRDS = ("trichion", "glabella", "subnasale", "menton")
_SECTION_STEP_MM = 2.0
_TURN_DEGREES = 2.0
_WIDEST_DEGREES = 126.0
_OUTSIDE_MM = 130.0
_LEAST_FACING = 0.15
_REMEMBERED = 24
_PARTS = ("upper", "middle", "lower")


@dataclass(frozen=True)
class _Grid:
    """Lines (n, 3) of the grid on both sides, mm."""

    level: tuple[Array, ...]
    upright: tuple[Array, ...]


_grids: dict[int, tuple[Atlas, _Grid]] = {}
_items: OrderedDict[tuple[object, ...], Placed] = OrderedDict()


def _remembered(key: tuple[object, ...], make: Callable[[], Placed]) -> Placed:
    if key not in _items:
        _items[key] = make()
    _items.move_to_end(key)
    while len(_items) > _REMEMBERED:
        _items.popitem(last=False)
    return _items[key]


# The grid


def grid_items(atlas: Atlas, view_id: str, style: MapStyle) -> Placed:
    """Lines 10 mm apart: level ones by height, upright ones measured along the skin from the midline."""
    key = ("grid", id(atlas), view_id, style.px_per_mm, style.line, style.mono)
    return _remembered(key, lambda: _grid_items(atlas, view_id, style))


def _grid_items(atlas: Atlas, view_id: str, style: MapStyle) -> Placed:
    if id(atlas) not in _grids:
        _grids[id(atlas)] = atlas, _make_grid(atlas)
    grid = _grids[id(atlas)][1]
    runs = [run for line in (*grid.level, *grid.upright) for run in _in_sight(atlas, view_id, line, style)]
    width, mark = styles.GRID_WIDTH, style.line
    under = [Polyline(run, styles.WHITE, (width + 1.0) * mark, 0.22, flat_caps=True) for run in runs]
    lines = [Polyline(run, style.ink, width * mark, 0.5, flat_caps=True) for run in runs]
    return Placed((*under, *lines), ())


def _in_sight(
    atlas: Atlas, view_id: str, line: Array, style: MapStyle
) -> list[tuple[tuple[float, float], ...]]:
    """The parts of a line on the skin that a view sees, in drawing units."""
    places, visible = atlas.views[view_id].project(line)
    # Farther round the lines would run into one another.
    visible = visible & atlas.skin.drawable(line) & (atlas.views[view_id].facing(line) > _LEAST_FACING)
    parts = stretches_of(places * style.px_per_mm, np.asarray(visible, dtype=bool))
    return [as_points(thinned(part.points, 3 * style.line)) for part in parts if part.in_sight]


def _make_grid(atlas: Atlas) -> _Grid:
    """Cut the skin at every 2 mm of height; every fifth cut is a level line."""
    low, high = -90.0, 80.0
    heights = np.arange(low, high + 0.1, _SECTION_STEP_MM)
    turns = np.radians(np.arange(0.0, _WIDEST_DEGREES + 0.1, _TURN_DEGREES))
    points = _sections(atlas, heights, turns)
    level, upright = [], []
    for height, section in zip(heights, points, strict=True):
        if round(height) % round(GRID_MM) == 0:
            both = np.concatenate([section[:0:-1] * (-1.0, 1.0, 1.0), section])
            level.extend(_whole_parts(both))
    steps = np.linalg.norm(points[:, 1:] - points[:, :-1], axis=2)
    along = np.concatenate([np.zeros((len(points), 1)), np.cumsum(steps, axis=1)], axis=1)
    for reach in np.arange(GRID_MM, 200.0, GRID_MM):
        line = np.full((len(heights), 3), np.nan)
        for row, (section, far) in enumerate(zip(points, along, strict=True)):
            known = ~np.isnan(far)
            if known.sum() > 1 and far[known][-1] >= reach:
                line[row] = [np.interp(reach, far[known], section[known, axis]) for axis in range(3)]
        for part in _whole_parts(line):
            upright += [part, part * (-1.0, 1.0, 1.0)]
    return _Grid(tuple(level), tuple(upright))


def _sections(atlas: Atlas, heights: Array, turns: Array) -> Array:
    """The outermost skin (rows, turns, 3) at heights above the Frankfort horizontal; not a number where there is none."""
    y, turn = np.meshgrid(heights, turns, indexing="ij")
    axis_z = atlas.skin.centre[2]

    def at(reach: Array) -> Array:
        return np.stack([reach * np.sin(turn), y, axis_z + reach * np.cos(turn)], axis=-1)

    def outside(reach: Array) -> Array:
        return atlas.skin.height(at(reach).reshape(-1, 3)).reshape(reach.shape) > 0.0

    reach, met = np.full(y.shape, _OUTSIDE_MM), np.zeros(y.shape, dtype=bool)
    step = 4.0
    for _ in range(int(_OUTSIDE_MM / step) - 1):
        further = reach - np.where(met, 0.0, step)
        met |= ~outside(further)
        reach = np.where(met, reach, further)
    low, high = reach - step, reach
    for _ in range(9):
        middle = (low + high) / 2
        out = outside(middle)
        low, high = np.where(out, low, middle), np.where(out, middle, high)
    found = at(high)
    found[~met] = np.nan
    return found


def _whole_parts(line: Array) -> list[Array]:
    """A line cut where it has no points and where it leaps from one part of the skin to another."""
    known = ~np.isnan(line[:, 0])
    leaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    cut = np.flatnonzero((known[1:] != known[:-1]) | (np.nan_to_num(leaps, nan=0.0) > 9.0)) + 1
    return [part for part in np.split(line, cut) if len(part) > 1 and not np.isnan(part[0, 0])]


# Midline and thirds


def midline_items(
    atlas: Atlas,
    view_id: str,
    style: MapStyle,
    ground: Ground,
    words: Callable[[str], str],
    measure: TextMeasure,
) -> Placed:
    """The midline on the skin, and level lines through hairline, brow, base of the nose and chin."""
    key = ("midline", id(atlas), view_id, style)
    lines = _remembered(key, lambda: _midline_items(atlas, view_id, style))
    if style.label_kind == "none":
        return lines
    levels = [_level(atlas, view_id, name, style) for name in THIRDS]
    size, items, marks = styles.LANDMARK_TEXT * style.mark, list(lines.items), list[Mark]()
    for part, (left, right, top), (_, _, bottom) in zip(_PARTS, levels, levels[1:], strict=False):
        text = words(f"third.{part}")
        width = measure(text, size, 600)
        # Off the face, beside the middle of its third: before the nose, or on the picture's right.
        ends = (left, right) if view_id.startswith("left") else (right, left)
        box = _third_box(ends, (left + right) / 2, (top + bottom) / 2, width, 1.2 * size, ground)
        if box is None:
            continue
        ground.take_box(box)
        at = (round(box.centre[0], 2), round(box.centre[1] + CAP_HEIGHT * size / 2, 2))
        halo = 2 * styles.NAME_HALO * style.mark
        items.append(Text(at, text, size, 600, style.ink, halo=styles.SKIN_HALO, halo_width=halo))
        marks.append(Mark("third", part, box))
    return Placed(tuple(items), tuple(marks))


def _third_box(
    ends: tuple[float, float], centre: float, middle: float, width: float, height: float, ground: Ground
) -> Box | None:
    """A free place for a third's name: at either end of its lines, level with its middle or not far from it."""
    bounds = ground.bounds
    places = []
    for end in ends:
        x = end - width / 2 if end > centre else end + width / 2
        x = min(max(x, bounds.left + width / 2 + 2), bounds.right - width / 2 - 2)
        places += [(x, middle + step * height) for step in (0.0, 1.5, -1.5, 3.0, -3.0)]
    boxes = boxes_at(np.array(places), width, height)
    free = np.flatnonzero(ground.free(boxes))
    return Box(*boxes[free[0]].round(2).tolist()) if len(free) else None


def _midline_items(atlas: Atlas, view_id: str, style: MapStyle) -> Placed:
    mark = style.line
    levels = [_level(atlas, view_id, name, style) for name in THIRDS]
    runs = [*_profile(atlas, view_id, style), *(((left, y), (right, y)) for left, right, y in levels)]
    dash = tuple(part * mark for part in styles.GUIDE_DASH)
    width = styles.GUIDE_WIDTH * mark
    under = [Polyline(run, styles.WHITE, width + 2 * mark, 0.4, flat_caps=True) for run in runs]
    lines = [Polyline(run, style.ink, width, 0.75, dash=dash, flat_caps=True) for run in runs]
    return Placed((*under, *lines), ())


def _profile(atlas: Atlas, view_id: str, style: MapStyle) -> list[tuple[tuple[float, float], ...]]:
    """The midline from the hairline to under the chin, as far as a view sees it."""
    rise = np.radians(np.arange(-60.0, 65.0, 0.5))
    line = atlas.skin.lay(np.column_stack([np.zeros(len(rise)), np.sin(rise), np.cos(rise)]))
    line = line[line[:, 1] <= atlas.landmarks["trichion"][1]]
    if atlas.views[view_id].side in ("left", "right") and view_id.endswith("lateral"):
        # From the side it is the outline of the face itself.
        return [as_points(thinned(atlas.views[view_id].project(line)[0] * style.px_per_mm, 3 * style.line))]
    return _in_sight(atlas, view_id, line, style)


def _level(atlas: Atlas, view_id: str, landmark: str, style: MapStyle) -> tuple[float, float, float]:
    """Left end, right end and height of a level guide in drawing units: the breadth of the face and some way off it."""
    view, scale = atlas.views[view_id], style.px_per_mm
    points = np.array([atlas.landmarks[landmark], atlas.landmarks["tragion"], atlas.landmarks["pronasale"]])
    both = np.concatenate([points, points * (-1.0, 1.0, 1.0)])
    places, _ = view.project(both)
    left, right = float(places[:, 0].min()) - 14.0, float(places[:, 0].max()) + 14.0
    y = round(float(places[0, 1]) * scale, 2)
    return round(left * scale, 2), round(right * scale, 2), y
