"""The scale bar at the lower left of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from injectmap.ui.theme import Theme, font, metrics
from injectmap.words import Words

LENGTH_MM = 20
GRID_MM = 10
_LEFT, _UP, _HEIGHT = 70, 38, 28


class ScaleBar:
    """20 mm of the reference head with its words; painted once per zoom and theme."""

    def __init__(self, words: Words, theme: Theme) -> None:
        """Not painted yet."""
        self._theme = theme
        self._plain = words("canvas.scale_bar", mm=LENGTH_MM)
        self._with_grid = words("canvas.scale_bar.grid", mm=LENGTH_MM, grid=GRID_MM)
        self._text = self._plain
        self._widths = {
            grid: metrics("label").horizontalAdvance(self._with_grid if grid else self._plain)
            for grid in (False, True)
        }
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()

    def paint(
        self, painter: QPainter, dirty: QRect, area: QRect, px_per_mm: float, *, grid: bool = False
    ) -> None:
        """Paint it at the lower left of an area if it is in the dirty part; with a grid it says how wide that is."""
        self._text = self._with_grid if grid else self._plain
        width = LENGTH_MM * px_per_mm
        size = QSize(round(width) + self._widths[grid] + 28, _HEIGHT)
        place = QPoint(_LEFT, area.bottom() - _UP)
        if not QRect(place, size).intersects(dirty):
            return
        ratio = painter.device().devicePixelRatio()
        key = (width, ratio, self._theme.dark, grid)
        if key != self._key:
            self._key, self._picture = key, QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            fresh = QPainter(self._picture)
            self._paint(fresh, width)
            fresh.end()
        painter.drawPixmap(place, self._picture)

    def _paint(self, painter: QPainter, width: float) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, y = 6.5, 14.5
        bar = [
            QLineF(left, y, left + width, y),
            QLineF(left, y - 6, left, y),
            QLineF(left + width, y - 6, left + width, y),
        ]
        # On a halo, so that it reads over the neck too.
        halo = theme.colour("canvas")
        halo.setAlphaF(0.7)
        painter.setPen(QPen(halo, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(bar)
        painter.setPen(QPen(theme.colour("text2"), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawLines(bar)
        painter.setFont(font("label"))
        painter.drawText(QPointF(left + width + 10, y + 4), self._text)
