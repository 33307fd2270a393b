"""Letters of entry points beside both the passes and the syringe, which comes from the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from injectmap.chart import styles
from injectmap.chart.primitives import Box, Text
from injectmap.chart.projection import Array, sights
from injectmap.chart.styles import MapStyle
from injectmap.chart.text_widths import CAP_HEIGHT, TextMeasure
from injectmap.domain.treatment_map import TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Below first, then beside: a letter over its entry point reads as the one of the entry point above.
_DEGREES: Final = (90, 60, 120, 30, 150, 0, 180, -30, -150, -60, -120, -90)
_EXTRA: Final = (3.0, 11.0)
_LEAD: Final = 12


def place_letters(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    view_id: str,
    style: MapStyle,
    entries: Mapping[str, Box],
    taken: Sequence[Box],
    measure: TextMeasure,
) -> dict[str, Text]:
    """A letter for each entry point in sight; `taken` are boxes that letters keep off where they can."""
    ways = _ways(atlas, treatment_map, view_id)
    size = styles.LETTER_TEXT * style.mark
    held = [*taken, *entries.values()]
    placed = {}
    for entry_id, marker in entries.items():
        point = treatment_map.entry_points.get(entry_id)
        if point is None:
            continue
        width, height = measure(point.letter, size, 700), CAP_HEIGHT * size
        box = _best(marker, ways.get(entry_id, []), width, height, style.mark, held)
        held.append(box)
        at = (round(box.centre[0], 2), round(box.bottom, 2))
        placed[entry_id] = Text(
            at,
            point.letter,
            size,
            700,
            style.entry,
            halo=styles.WHITE,
            halo_width=styles.NAME_HALO * style.mark,
        )
    return placed


def _ways(atlas: Atlas, treatment_map: TreatmentMap, view_id: str) -> dict[str, list[Array]]:
    """The directions in which the passes of each entry point leave it."""
    found: dict[str, list[Array]] = {}
    seen = sights(atlas, [one.path for one in treatment_map.passes], view_id)
    for one, sight in zip(treatment_map.passes, seen, strict=True):
        way = sight.places[min(_LEAD, len(sight.places) - 1)] - sight.places[0]
        size = float(np.hypot(*way))
        if size > 0:
            found.setdefault(one.entry_id, []).append(way / size)
    return found


def _best(marker: Box, ways: list[Array], width: float, height: float, mark: float, held: list[Box]) -> Box:
    """The place least in line with any pass, on either side of the entry point, that is free."""
    x, y = marker.centre
    choices = []
    for ring, extra in enumerate(_EXTRA):
        for rank, degrees in enumerate(_DEGREES):
            turn = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
            out = (
                marker.width / 2
                + extra * mark
                + min(width / 2 / max(abs(turn[0]), 1e-9), height / 2 / max(abs(turn[1]), 1e-9))
            )
            box = Box.around((x + turn[0] * out, y + turn[1] * out), width, height)
            in_line = max((abs(float(turn @ way)) for way in ways), default=0.0)
            hits = sum(box.overlaps(other, 1.0) for other in held)
            choices.append((hits, round(in_line, 1) + 0.25 * ring, rank, box))
    return min(choices, key=lambda choice: choice[:3])[3]
