"""Names and swatches of zones for tables; the colours are the chart's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from injectmap.domain.treatment_map import CannulaPass, Instrument
from injectmap.domain.units import show_length
from injectmap.ui.theme import RADIUS_SWATCH
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

# Below this share of a pass a zone is only brushed: it stands in the tooltip, not in the short name.
_BRUSHED = 0.08


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


def zones_along(one: CannulaPass) -> dict[str, int]:
    """Micrometres in each zone in order along the path, both sides together."""
    lengths: dict[str, int] = {}
    for part in one.path.zones:
        lengths[part.zone] = lengths.get(part.zone, 0) + part.length_um
    return lengths


def short_zones(editor: MapEditor, one: CannulaPass) -> str:
    """Such as Preauricular, or Angle + border for a pass through two zones."""
    names = _names(editor, one)
    if len(names) > 2:
        return shortest_zones(editor, one)
    if len(names) == 2:
        first, second = (name.removeprefix("Mandibular ").removeprefix("Mand. ") for name in names)
        return f"{first.capitalize()} + {second.lower()}"
    return names[0] if names else ""


def shortest_zones(editor: MapEditor, one: CannulaPass) -> str:
    """The first zone, and how many more: for a column too narrow for two names."""
    names = _names(editor, one)
    return f"{names[0]} + {len(names) - 1}" if len(names) > 1 else "".join(names)


def _names(editor: MapEditor, one: CannulaPass) -> list[str]:
    lengths = zones_along(one)
    named = [zone for zone, um in lengths.items() if um >= _BRUSHED * one.path.length_um] or list(lengths)
    return [zone_short_name(editor, zone) for zone in named]


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
