"""The small note beside the pointer: the length of the pass in hand, or which view to use."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from injectmap.ui.theme import RADIUS_CONTROL, Theme, font, metrics

_PAD_X, _PAD_Y, _AWAY = 10, 6, 18


class PointerNote:
    """One or two lines of text near a pixel, kept inside the canvas and out from under the hand."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        self._theme = theme
        self.lines: tuple[str, ...] = ()
        self.rect = QRect()

    def set(self, lines: tuple[str, ...], at: QPoint, inside: QRect) -> QRect:
        """Say something near a pixel, or nothing; returns the pixels to repaint."""
        if not lines and not self.lines:
            return QRect()
        before = self.rect
        self.lines = lines
        self.rect = self._place(at, inside) if lines else QRect()
        return before.united(self.rect).adjusted(-2, -2, 2, 2)

    def _place(self, at: QPoint, inside: QRect) -> QRect:
        strong, plain = metrics("table_strong"), metrics("label")
        width = max(
            (strong if number == 0 else plain).horizontalAdvance(line)
            for number, line in enumerate(self.lines)
        )
        height = 18 + 16 * (len(self.lines) - 1)
        box = QRect(at.x() + _AWAY, at.y() + _AWAY, width + 2 * _PAD_X, height + 2 * _PAD_Y)
        if box.right() > inside.right() - 8:
            box.moveRight(at.x() - _AWAY)
        if box.bottom() > inside.bottom() - 8:
            box.moveBottom(at.y() - _AWAY)
        box.moveLeft(max(box.left(), inside.left() + 8))
        box.moveTop(max(box.top(), inside.top() + 8))
        return box

    def paint(self, painter: QPainter, dirty: QRect) -> None:
        """Paint it if it is in the dirty part."""
        if not self.lines or not self.rect.intersects(dirty):
            return
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line2"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(
            QRectF(self.rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL
        )
        top = self.rect.top() + _PAD_Y
        for number, line in enumerate(self.lines):
            height = 18 if number == 0 else 16
            painter.setFont(font("table_strong" if number == 0 else "label"))
            painter.setPen(theme.colour("text" if number == 0 else "text2"))
            box = QRect(self.rect.left() + _PAD_X, top, self.rect.width() - 2 * _PAD_X + 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
            top += height
        painter.restore()
