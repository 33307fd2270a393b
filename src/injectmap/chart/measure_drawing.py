"""Measured lengths as marks: a thin line with end ticks, its millimetres, and the words of an asymmetry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from injectmap.chart import styles
from injectmap.chart.pass_drawing import unit
from injectmap.chart.placement import Ground, boxes_at
from injectmap.chart.primitives import Box, Item, Mark, Polyline, Text
from injectmap.chart.projection import Array, Stretch, arc_lengths, as_points, stretches_of, thinned
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import DIGIT_HEIGHT, TextMeasure
from injectmap.domain.map_items import Measurement
from injectmap.domain.units import show_length

if TYPE_CHECKING:
    from injectmap.chart.projection import Sight

_LONGEST_NOTE = 28
# Where along a line its words may stand, middle first.
_SHARES = (0.5, 0.35, 0.65, 0.2, 0.8)


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A measured line in a view with what is written beside it; the first line of the words is the figure."""

    id: str
    stretches: tuple[Stretch, ...]
    words: tuple[str, ...]


def measured_line(one: Measurement, sight: Sight, px_per_mm: float) -> MeasuredLine:
    """What a view shows of a kept measurement."""
    return MeasuredLine(one.id, _seen(sight.places * px_per_mm, sight.in_sight), _words_of(one))


def line_of_points(places: Array, in_sight: Array, words: Sequence[str]) -> MeasuredLine:
    """A line that is still being measured, places (n, 2) in drawing units."""
    return MeasuredLine("", _seen(places, in_sight), tuple(words))


def _seen(places: Array, in_sight: Array) -> tuple[Stretch, ...]:
    return tuple(part for part in stretches_of(places, in_sight) if part.in_sight)


def _words_of(one: Measurement) -> tuple[str, ...]:
    figure = f"{show_length(one.path.length_um)} mm"
    note = " ".join(one.note.split())
    if len(note) > _LONGEST_NOTE:
        note = f"{note[: _LONGEST_NOTE - 1].rstrip()}…"
    return (figure, note) if note else (figure,)


def measure_items(line: MeasuredLine, style: MapStyle) -> tuple[Item, ...]:
    """The line with a tick across each end that is in sight, on a white underlay."""
    mark = style.line
    runs: list[tuple[tuple[float, float], ...]] = []
    for part in line.stretches:
        runs.append(as_points(thinned(part.points, 4 * mark)))
        if part.has_entry:
            runs.append(_tick(part.points[0], part.points[min(3, len(part.points) - 1)], mark))
        if part.has_tip:
            runs.append(_tick(part.points[-1], part.points[max(-4, -len(part.points))], mark))
    width = styles.MEASURE_WIDTH * mark
    under = [Polyline(run, styles.WHITE, width + 2.4 * mark, styles.HALO_OPACITY) for run in runs]
    return (*under, *(Polyline(run, style.ink, width, flat_caps=True) for run in runs))


def _tick(at: Array, inner: Array, mark: float) -> tuple[tuple[float, float], ...]:
    forward = unit(inner - at)
    across = np.array([-forward[1], forward[0]]) * styles.MEASURE_TICK * mark / 2
    return as_points(np.array([at - across, at + across]))


def measure_text(
    line: MeasuredLine, style: MapStyle, measure: TextMeasure, ground: Ground | None = None
) -> tuple[tuple[Item, ...], tuple[Mark, ...]]:
    """The words beside a line, where they meet nothing if there is such a place."""
    if not line.stretches:
        return (), ()
    mark = style.mark
    sizes = [styles.MEASURE_TEXT * mark, *[styles.NOTE_TEXT * mark] * (len(line.words) - 1)]
    weights = [600, *[400] * (len(line.words) - 1)]
    steps = zip(line.words, sizes, weights, strict=True)
    width = max(measure(word, size, weight) for word, size, weight in steps)
    height = sum(1.12 * size for size in sizes)
    longest = max(line.stretches, key=lambda part: float(arc_lengths(part.points)[-1]))
    boxes = boxes_at(_centres(longest.points, width, height, mark), width, height)
    box = boxes[0]
    if ground is not None:
        for strict in (True, False):
            free = ground.free(boxes, off_lines=strict)
            if free.any():
                box = boxes[int(np.argmax(free))]
                break
    placed = Box(*box.round(2).tolist())
    if ground is not None:
        ground.take_box(placed)
    return tuple(_lines(line.words, sizes, weights, placed, style)), (Mark("measurement", line.id, placed),)


def _lines(
    words: Sequence[str], sizes: Sequence[float], weights: Sequence[int], box: Box, style: MapStyle
) -> list[Text]:
    top, texts = box.top, []
    halo = styles.NAME_HALO * style.mark * 1.4
    for word, size, weight in zip(words, sizes, weights, strict=True):
        baseline = round(top + (1.12 + DIGIT_HEIGHT) / 2 * size, 2)
        texts.append(
            Text(
                (round(box.centre[0], 2), baseline), word, size, weight, style.ink,
                halo=styles.WHITE, halo_width=halo,
            )
        )  # fmt: skip
        top += 1.12 * size
    return texts


def _centres(points: Array, width: float, height: float, mark: float) -> Array:
    """Places beside a line: first at its middle, on either side, then towards its ends and farther out."""
    along = arc_lengths(points)
    found = []
    for away in (5.0, 14.0, 26.0):
        for share in _SHARES:
            at = np.array([np.interp(share * along[-1], along, points[:, axis]) for axis in (0, 1)])
            step = min(0.08 * along[-1], 12 * mark)
            before = [np.interp(share * along[-1] - step, along, points[:, axis]) for axis in (0, 1)]
            after = [np.interp(share * along[-1] + step, along, points[:, axis]) for axis in (0, 1)]
            forward = unit(np.array(after) - np.array(before))
            across = np.array([forward[1], -forward[0]])
            # Above a level line, to the right of an upright one: where a reader looks first.
            across = across if (across[1], -across[0]) < (1e-9, 0.0) else -across
            half = abs(across[0]) * width / 2 + abs(across[1]) * height / 2
            found += [at + across * (half + away * mark), at - across * (half + away * mark)]
    return np.array(found)
