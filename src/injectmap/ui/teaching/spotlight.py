"""The trainer's pointer and spotlight: a ring that shows where to look, and darkness everywhere else."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRadialGradient

# The ground of the window, so that only the head darkens and no edge shows where the stage ends.
_DARK: Final = QColor(0x0E, 0x12, 0x15, 196)
# Shares of the light's radius: clear within the first, dark at the second.
_CLEAR: Final = 0.52
_RING: Final = 24
_REACH: Final = _RING + 8


class Spotlight:
    """A radial gradient about a place; the gradient is one kept pixmap, and all beyond it one flat fill."""

    def __init__(self) -> None:
        """Switched off."""
        self.on = False
        self.at = QPoint()
        self._mask = QPixmap()
        self._key: tuple[float, ...] = ()

    def area(self, radius: int) -> QRect:
        """What the light falls on."""
        return QRect(self.at.x() - radius, self.at.y() - radius, 2 * radius, 2 * radius)

    def paint(self, painter: QPainter, area: QRect, radius: int, ratio: float) -> None:
        """Darken an area but for the light."""
        if not self.on:
            return
        lit = self.area(radius)
        for part in _around(area, lit.intersected(area)):
            painter.fillRect(part, _DARK)
        painter.drawPixmap(lit.topLeft(), self._made(radius, ratio))

    def _made(self, radius: int, ratio: float) -> QPixmap:
        if self._key != (radius, ratio):
            self._key = (radius, ratio)
            self._mask = QPixmap(round(2 * radius * ratio), round(2 * radius * ratio))
            self._mask.setDevicePixelRatio(ratio)
            self._mask.fill(Qt.GlobalColor.transparent)
            clear = QColor(_DARK)
            clear.setAlpha(0)
            gradient = QRadialGradient(QPointF(radius, radius), radius)
            gradient.setColorAt(_CLEAR, clear)
            gradient.setColorAt(1.0, _DARK)
            painter = QPainter(self._mask)
            painter.fillRect(0, 0, 2 * radius, 2 * radius, gradient)
            painter.end()
        return self._mask


def _around(area: QRect, hole: QRect) -> tuple[QRect, ...]:
    """An area but for a hole in it, as rectangles that do not overlap."""
    if hole.isEmpty():
        return (area,)
    right, below = hole.left() + hole.width(), hole.top() + hole.height()
    return (
        QRect(area.left(), area.top(), area.width(), hole.top() - area.top()),
        QRect(area.left(), below, area.width(), area.top() + area.height() - below),
        QRect(area.left(), hole.top(), hole.left() - area.left(), hole.height()),
        QRect(right, hole.top(), area.left() + area.width() - right, hole.height()),
    )


class Pointer:
    """A large ring that follows mouse, pen or finger; pressed, it closes on the place."""

    def __init__(self) -> None:
        """Nowhere yet."""
        self.on = True
        self.at: QPoint | None = None
        self.pressed = False

    def area(self) -> QRect:
        """Every pixel the ring touches."""
        if self.at is None or not self.on:
            return QRect()
        return QRect(self.at.x() - _REACH, self.at.y() - _REACH, 2 * _REACH, 2 * _REACH)

    def paint(self, painter: QPainter) -> None:
        """Paint the ring, dark about light, so that it is seen on skin and on black."""
        if self.at is None or not self.on:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, radius = QPointF(self.at), _RING * (0.6 if self.pressed else 1.0)
        painter.setBrush(QColor(28, 111, 224, 70) if self.pressed else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(14, 18, 21, 200), 8))
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("#FFFFFF"), 4))
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawEllipse(centre, 2.5, 2.5)
