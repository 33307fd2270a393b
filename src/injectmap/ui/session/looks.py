"""Names and swatches of zones for tables; the colours are the chart's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from injectmap.domain.totals import zones_by_length
from injectmap.domain.treatment_map import CannulaPass, Instrument
from injectmap.domain.units import show_length
from injectmap.ui.theme import RADIUS_SWATCH
from injectmap.words import load_words, zone_text

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor


def instrument_text(instrument: Instrument) -> str:
    """Such as Cannula 22G × 50 mm."""
    return load_words()(
        f"instrument.{instrument.kind}", gauge=instrument.gauge, mm=show_length(instrument.length_um)
    )


def zone_name(editor: MapEditor, zone_id: str) -> str:
    """A zone's full name."""
    return editor.atlas.zones.info[zone_id].name


def zone_short_name(editor: MapEditor, zone_id: str) -> str:
    """A zone's name for a table."""
    return editor.atlas.zones.info[zone_id].short_name


def zone_shares(one: CannulaPass) -> dict[str, int]:
    """Micrometres in each zone, the longest first, both sides together."""
    lengths: dict[str, int] = {}
    for zone, _, um in zones_by_length(one):
        lengths[zone] = lengths.get(zone, 0) + um
    return lengths


def zone_names(editor: MapEditor, one: CannulaPass) -> str:
    """The zones of a pass as they also stand on the printed record."""
    return zone_text(one, partial(zone_short_name, editor), load_words())


def paint_swatch(painter: QPainter, box: QRectF, shares: dict[str, int]) -> None:
    """Draw a zone's swatch, divided from top to bottom by the share of each zone."""
    from injectmap.chart.styles import zone_look

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    clip = QPainterPath()
    clip.addRoundedRect(box, RADIUS_SWATCH, RADIUS_SWATCH)
    painter.setClipPath(clip)
    whole = sum(shares.values()) or 1
    top = box.top()
    for zone, share in shares.items():
        height = box.height() * share / whole
        painter.fillRect(QRectF(box.left(), top, box.width(), height + 0.5), QColor(zone_look(zone).fill))
        top += height
    painter.setClipping(False)
    # A dark zone stays visible on the dark panel.
    painter.setPen(QColor(255, 255, 255, 70))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_SWATCH, RADIUS_SWATCH)
    painter.restore()
