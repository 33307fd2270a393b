"""The cannula and syringe of the pass in hand, drawn with plain strokes and fills."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

# Pixels of the drawn parts at scale 1, from the hub backwards.
HUB: Final = 48.0
BARREL: Final = 100.0
_FLANGE: Final = 6.0
_ROD: Final = 22.0
# A plunger drawn all the way out stands out less than it would: what counts is the gel.
_TRAVEL: Final = 0.6 * BARREL
_THUMB: Final = 6.0
# Hub, barrel and a plunger drawn all the way out.
BODY: Final = HUB + BARREL + _FLANGE + _TRAVEL + _ROD + _THUMB
HALF_WIDTH: Final = 28.0

_STEEL = QColor("#56636F")
_PLASTIC = QColor("#1B242D")
_GEL = QColor("#8FA9BF")
_GLASS = QColor("#E3E9EE")
_STOPPER = QColor("#2B3640")
_ROD_GREY = QColor("#8794A0")
_WHITE = QColor("#FFFFFF")
_NOTHING = Qt.PenStyle.NoPen


def paint_syringe(painter: QPainter, shaft: float, fill: float) -> None:
    """Paint outwards along x from the entry point at (0, 0): `shaft` pixels of cannula, `fill` 0 to 1 of gel."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _shaft(painter, shaft)
    _hub(painter, shaft)
    _barrel(painter, shaft + HUB, min(1.0, max(0.0, fill)))


def _round(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _shaft(painter: QPainter, shaft: float) -> None:
    line = QLineF(0, 0, shaft, 0)
    painter.setPen(_round(_WHITE, 7))
    painter.drawLine(line)
    painter.setPen(_round(_STEEL, 3.6))
    painter.drawLine(line)


def _hub(painter: QPainter, at: float) -> None:
    outline = QPolygonF(
        [
            QPointF(at, -4),
            QPointF(at + 12, -11),
            QPointF(at + HUB, -11),
            QPointF(at + HUB, 11),
            QPointF(at + 12, 11),
            QPointF(at, 4),
        ]
    )
    painter.setPen(_round(_WHITE, 3))
    painter.setBrush(_PLASTIC)
    painter.drawPolygon(outline)
    painter.setPen(_NOTHING)
    painter.drawPolygon(outline)


def _barrel(painter: QPainter, at: float, fill: float) -> None:
    stopper = at + 4 + (BARREL - 14) * fill
    end = at + BARREL
    thumb = end + _FLANGE + _ROD + _TRAVEL * fill
    painter.setPen(_round(_WHITE, 9))
    painter.drawLine(QLineF(stopper, 0, thumb, 0))
    painter.setPen(_round(_ROD_GREY, 6))
    painter.drawLine(QLineF(end, 0, thumb, 0))
    box = QRectF(at, -17, BARREL, 34)
    painter.setPen(_round(_WHITE, 4.5))
    painter.setBrush(_GLASS)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(_NOTHING)
    painter.setBrush(_GEL)
    painter.drawRect(QRectF(at, -17, stopper - at, 34))
    painter.setBrush(_ROD_GREY)
    painter.drawRect(QRectF(stopper, -3, end - stopper, 6))
    painter.setBrush(_STOPPER)
    painter.drawRect(QRectF(stopper, -17, 10, 34))
    painter.setPen(_round(_PLASTIC, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    _bar(painter, end + _FLANGE / 2, 25)
    _bar(painter, thumb, 19)


def _bar(painter: QPainter, x: float, half: float) -> None:
    line = QLineF(x, -half, x, half)
    painter.setPen(_round(_WHITE, 9))
    painter.drawLine(line)
    painter.setPen(_round(_ROD_GREY, 6))
    painter.drawLine(line)
