"""The program's mark: an entry point and the C that the first protocol draws."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from injectmap.ui.theme import Theme


class Logo(QWidget):
    """Drawn, so that it is sharp at any size."""

    def __init__(self, theme: Theme, side: int = 24) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(side, side)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The C from its entry point round to its tip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / 24, self.height() / 24)
        course = QPainterPath(QPointF(7.5, 5.5))
        course.lineTo(13.5, 5.5)
        course.cubicTo(QPointF(22.5, 5.5), QPointF(22.5, 19), QPointF(13.5, 19))
        course.cubicTo(QPointF(10.5, 19), QPointF(8, 18.4), QPointF(5.5, 16.8))
        pen = QPen(self._theme.colour("accent"), 3)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(course)
        painter.setBrush(self._theme.colour("raised"))
        painter.setPen(QPen(self._theme.colour("error"), 2))
        painter.drawEllipse(QRectF(2.6, 2.6, 5.8, 5.8))
