"""Labels of passes, letters of entry points and names of zones, each in a free place (TOKENS section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from injectmap.chart import styles
from injectmap.chart.pass_drawing import PassItems
from injectmap.chart.placement import Ground, boxes_at, leaders_to, reach
from injectmap.chart.primitives import Box, Item, Mark, Point, Polyline, RoundedBox, Text
from injectmap.chart.projection import Array, as_points
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import DIGIT_HEIGHT, TextMeasure

NUMBER_SIZE = 11.5
_PILL_PAD = 6.0
# The nearest places mostly win, so they are tried a few at a time.
_AT_ONCE = 48
_NUMBER_GAP = 4.0
_RINGS = np.arange(20.0, 240.0, 11.0)
_SLIDES = np.array([0, 3.5, -3.5, 7, -7, 10.5, -10.5, styles.LABEL_SLIDE, -styles.LABEL_SLIDE])


def _turns(*degrees: float) -> Array:
    angles = np.radians(np.array(degrees, dtype=float))
    return np.column_stack([np.cos(angles), np.sin(angles)])


_NEAR_TURNS = _turns(0, 45, -45, 90, -90, 135, -135, 180)
_FAR_TURNS = _turns(0, 20, -20, 40, -40, 60, -60, 80, -80, 100, -100, 125, -125, 150, -150, 180)


@dataclass(frozen=True, slots=True)
class LabelText:
    """What a label says; an empty volume makes it a chip. Hollow chips are of passes that do not count (yet)."""

    number: str
    volume: str
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class LabelSize:
    """A label's width and height, and the width of the chip at its left end."""

    width: float
    height: float
    chip: float


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label in its place; `leader` runs from the tip to the label where it could not stand close by."""

    pass_id: str
    text: LabelText
    box: Box
    chip_width: float
    leader: tuple[Point, ...]


def label_size(text: LabelText, style: MapStyle, measure: TextMeasure) -> LabelSize:
    """The size of a label in drawing units."""
    mark = style.mark
    height = styles.LABEL_HEIGHT * mark
    chip = max(height, measure(text.number, NUMBER_SIZE * mark, 600) + 7 * mark)
    if not text.volume:
        return LabelSize(chip, height, chip)
    volume = measure(text.volume, styles.LABEL_TEXT * mark, 600)
    return LabelSize(chip + volume + (_NUMBER_GAP + _PILL_PAD) * mark, height, chip)


def _turned(direction: Array, turns: Array) -> Array:
    """A direction turned by angles whose cosines and sines are given (n, 2)."""
    (x, y), (cosine, sine) = direction, turns.T
    return np.column_stack([x * cosine - y * sine, x * sine + y * cosine])


def _near_places(tip: Array, direction: Array, size: LabelSize, mark: float, clear: float = 0.0) -> Array:
    """Centres close to a tip: beyond it, slid across the line, then to its other sides."""
    forward = _turned(direction, _NEAR_TURNS)
    out = tip + forward * (clear + styles.LABEL_GAP * mark + reach(forward, size.width, size.height)[:, None])
    across = forward[:, ::-1] * np.array([-1.0, 1.0])
    return np.asarray(out[:, None] + across[:, None] * (_SLIDES * mark)[:, None]).reshape(-1, 2)


def _leader_places(tip: Array, direction: Array, size: LabelSize, mark: float) -> Array:
    """Centres farther out, ring after ring."""
    forward = _turned(direction, _FAR_TURNS)
    reaches = reach(forward, size.width, size.height)
    distance = (_RINGS * mark)[:, None] + reaches
    return np.asarray(tip + forward * distance[..., None]).reshape(-1, 2)


class _Grid:
    """Places for labels of one size on a grid over all the ground; those that are taken are forgotten."""

    def __init__(self, ground: Ground, size: LabelSize) -> None:
        bounds = ground.bounds
        columns = np.arange(bounds.left + size.width / 2, bounds.right - size.width / 2, size.width / 2)
        rows = np.arange(bounds.top + size.height / 2, bounds.bottom - size.height / 2, size.height * 0.6)
        self._ground = ground
        self._centres = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        self._boxes = boxes_at(self._centres, size.width, size.height)
        self._seen = ground.boxes_taken
        self._keep(ground.free(self._boxes, off_lines=False))

    def _keep(self, free: Array) -> None:
        self._centres, self._boxes = self._centres[free], self._boxes[free]

    def nearest(self, tip: Array) -> Array | None:
        """The free box nearest to a tip."""
        # Nothing that is taken is ever given back, so only what was taken since matters.
        if self._seen < self._ground.boxes_taken:
            self._keep(self._ground.clear_of_boxes(self._boxes, since=self._seen))
            self._seen = self._ground.boxes_taken
        if not len(self._boxes):
            return None
        return np.asarray(self._boxes[int(np.argmin(np.hypot(*(self._centres - tip).T)))])


class _Places:
    """Finds a place for one label after another on a ground."""

    def __init__(self, ground: Ground, mark: float) -> None:
        self._ground, self._mark = ground, mark
        self._grids: dict[LabelSize, _Grid] = {}

    def find(
        self, tip: Array, direction: Array, size: LabelSize, clear: float = 0.0
    ) -> tuple[Array, Array | None] | None:
        """A free box: near the tip if there is room, else on a leader, over passes or labels if need be."""
        near = boxes_at(_near_places(tip, direction, size, self._mark, clear), size.width, size.height)
        for boxes in (near[: len(_SLIDES)], near[len(_SLIDES) :]):
            free = self._ground.free(boxes)
            if free.any():
                return boxes[int(np.argmax(free))], None
        return self._on_leader(tip, direction, size) or self._anywhere(tip, size)

    def _on_leader(self, tip: Array, direction: Array, size: LabelSize) -> tuple[Array, Array] | None:
        """The first free box whose leader crosses no box; one that also keeps off the passes goes before."""
        ground, over_passes = self._ground, None
        centres = _leader_places(tip, direction, size, self._mark)
        start, count = 0, _AT_ONCE
        while start < len(centres):
            boxes = boxes_at(centres[start : start + count], size.width, size.height)
            start, count = start + count, count * 2
            boxes = boxes[ground.free(boxes, off_lines=False)]
            if not len(boxes):
                continue
            leaders = leaders_to(tip, boxes, 5 * self._mark)
            clear = ~ground.leaders_meet_boxes(leaders)
            if not clear.any():
                continue
            boxes, leaders = boxes[clear], leaders[clear]
            over_passes = over_passes or (boxes[0], leaders[0])
            # The first samples lie in the arrow head, which the leader comes from.
            good = ground.off_lines(boxes) & ~ground.leaders_meet_lines(leaders[:, 3:])
            if good.any():
                first = int(np.argmax(good))
                return boxes[first], leaders[first]
        return over_passes

    def _anywhere(self, tip: Array, size: LabelSize) -> tuple[Array, Array] | None:
        grid = self._grids.get(size)
        if grid is None:
            grid = self._grids[size] = _Grid(self._ground, size)
        box = grid.nearest(tip)
        return None if box is None else (box, leaders_to(tip, box[None], 5 * self._mark)[0])


def place_labels(
    ground: Ground, passes: list[tuple[PassItems, LabelText]], style: MapStyle, measure: TextMeasure
) -> list[PlacedLabel]:
    """Place one label per pass in the order of the passes; a pass for which no room is left has none."""
    placed = []
    places = _Places(ground, style.mark)
    for items, text in passes:
        tip, direction = np.array(items.tip), np.array(items.direction)
        if not ground.bounds.contains(items.tip):
            continue
        for one in (text, replace(text, volume="")):
            size = label_size(one, style, measure)
            found = places.find(tip, direction, size, items.clear)
            if found:
                break
        else:
            continue
        box, leader = Box(*found[0].round(2).tolist()), found[1]
        ground.take_box(box)
        line: tuple[Point, ...] = ()
        if leader is not None:
            ground.take_leader(leader)
            line = as_points(leader[[0, -1]])
        placed.append(PlacedLabel(items.id, one, box, size.chip, line))
    return placed


def label_items(label: PlacedLabel, style: MapStyle, *, selected: bool = False) -> tuple[Item, ...]:
    """The marks of a label: chip, and volume on a white pill."""
    return tuple(_label_marks(label.box, label.chip_width, label.text, style, selected=selected))


def _label_marks(
    box: Box, chip_width: float, text: LabelText, style: MapStyle, *, selected: bool
) -> Iterator[Item]:
    mark, height = style.mark, box.height
    chip_colour = styles.SELECTION if selected else style.ink
    middle = (box.top + box.bottom) / 2
    chip = Box(box.left, box.top, box.left + chip_width, box.bottom)
    if text.volume:
        edge = chip_colour if selected else ("#000000" if style.mono else styles.PILL_EDGE)
        width = (0.6 if style.mono else 1.0) * mark
        yield RoundedBox(box, height / 2, styles.WHITE, edge, width)
    else:
        # A chip on its own needs the white rim that the pill gives otherwise.
        yield RoundedBox(box.grown(1.2 * mark), height / 2 + 1.2 * mark, styles.WHITE)
    hollow = text.hollow and not selected
    if hollow:
        edge_width = 1.5 * mark
        yield RoundedBox(
            chip.grown(-edge_width / 2), height / 2 - edge_width / 2, styles.WHITE, style.ink, edge_width
        )
    else:
        yield RoundedBox(chip, height / 2, chip_colour)
    number_size = NUMBER_SIZE * mark
    baseline = round(middle + DIGIT_HEIGHT * number_size / 2, 2)
    number_ink = style.ink if hollow else styles.WHITE
    yield Text((round(chip.centre[0], 2), baseline), text.number, number_size, 600, number_ink)
    if text.volume:
        size = styles.LABEL_TEXT * mark
        at = (round(chip.right + _NUMBER_GAP * mark, 2), round(middle + DIGIT_HEIGHT * size / 2, 2))
        yield Text(at, text.volume, size, 600, style.ink, anchor="start")


def leader_items(label: PlacedLabel, style: MapStyle) -> tuple[Item, ...]:
    """The leader of a label, with the underlay that keeps it visible on shaded skin."""
    if not label.leader:
        return ()
    mark = style.mark
    return (
        Polyline(label.leader, styles.WHITE, (styles.LEADER + 2) * mark, 0.7),
        Polyline(label.leader, style.ink, styles.LEADER * mark),
    )


def label_mark(label: PlacedLabel) -> Mark:
    """Where a label stands."""
    return Mark("label" if label.text.volume else "chip", label.pass_id, label.box)
