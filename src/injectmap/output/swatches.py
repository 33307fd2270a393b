"""Small samples of zone colours and patterns for tables, so that a row is told in colour and in grey."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from injectmap.chart import styles
from injectmap.chart.primitives import Box, Drawing, Item, Layer, Polyline, RoundedBox
from injectmap.chart.styles import MapStyle, zone_look
from injectmap.chart.zone_drawing import pattern_items
from injectmap.output.svg import drawing_svg

WIDTH_MM, HEIGHT_MM = 2.6, 3.0
# Patterns of swatches are finer than on the head, so that a few strokes fit.
_MARK = 0.55


def swatch_svg(parts: Iterable[tuple[str, int]], *, mono: bool) -> str:
    """A sample for zones with their shares of a pass, top to bottom in the order along the path."""
    return _swatch(tuple(parts), mono)


@lru_cache(maxsize=256)
def _swatch(parts: tuple[tuple[str, int], ...], mono: bool) -> str:
    whole = sum(share for _, share in parts)
    style = MapStyle(px_per_mm=1.0, unit="paper", mono=mono, mark_scale=_MARK)
    items: list[Item] = []
    top = 0.0
    for zone, share in parts:
        look = zone_look(zone)
        bottom = top + HEIGHT_MM * share / whole
        corners = ((0.0, top), (WIDTH_MM, top), (WIDTH_MM, bottom), (0.0, bottom))
        if not mono:
            items.append(Polyline(corners, closed=True, fill=look.fill, fill_opacity=0.75))
        items.extend(pattern_items(np.array(corners), look, style))
        if bottom < HEIGHT_MM - 0.01:
            edge = styles.MONO_GREY if mono else styles.WHITE
            items.append(Polyline(((0.0, bottom), (WIDTH_MM, bottom)), edge, 0.2, flat_caps=True))
        top = bottom
    only = zone_look(parts[0][0]) if len(parts) == 1 else None
    frame = styles.MONO_GREY if mono or only is None else only.edge
    items.append(RoundedBox(Box(0.1, 0.1, WIDTH_MM - 0.1, HEIGHT_MM - 0.1), 0.3, stroke=frame, width=0.2))
    return drawing_svg(Drawing(WIDTH_MM, HEIGHT_MM, (Layer("swatch", tuple(items)),)))
