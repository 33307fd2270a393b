"""The scale bar at the lower left of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen

from injectmap.ui.theme import Theme, font
from injectmap.words import Words

LENGTH_MM = 20
LEFT, _UP = 76, 24


def paint_scale_bar(
    painter: QPainter, dirty: QRect, area: QRect, px_per_mm: float, words: Words, theme: Theme
) -> None:
    """Draw 20 mm of the reference head with its words, on a halo so that it reads over the neck too."""
    width = LENGTH_MM * px_per_mm
    y = area.bottom() - _UP + 0.5
    box = QRect(LEFT - 6, round(y) - 14, round(width) + 260, 28)
    if not box.intersects(dirty):
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bar = [
        QLineF(LEFT + 0.5, y, LEFT + width, y),
        QLineF(LEFT + 0.5, y - 6, LEFT + 0.5, y),
        QLineF(LEFT + width, y - 6, LEFT + width, y),
    ]
    halo = theme.colour("canvas")
    halo.setAlphaF(0.7)
    painter.setPen(QPen(halo, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLines(bar)
    painter.setPen(QPen(theme.colour("text2"), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
    painter.drawLines(bar)
    painter.setFont(font("label"))
    painter.drawText(QPointF(LEFT + width + 10, y + 4), words("canvas.scale_bar", mm=LENGTH_MM))
    painter.restore()
