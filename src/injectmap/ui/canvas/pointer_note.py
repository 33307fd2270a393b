"""The small note beside the pointer: the length of the pass in hand, or which view to use."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from injectmap.ui.theme import RADIUS_CONTROL, Theme, font, metrics

_PAD_X, _PAD_Y, _AWAY = 10, 6, 18
# From what is drawn, a fan's breadth; and from the top, where the overlays are switched.
_BESIDE, _BAR = 54, 72


class PointerNote:
    """One or two lines of text near a pixel, kept inside the canvas and out from under the hand.

    Its picture is kept, because ink that runs under it repaints it with every event.
    """

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        self._theme = theme
        self.lines: tuple[str, ...] = ()
        self.rect = QRect()
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()

    def set(self, lines: tuple[str, ...], at: QPoint, inside: QRect, began: QPoint | None = None) -> QRect:
        """Say something near a pixel, or nothing; returns the pixels to repaint.

        `began` is where the gesture was begun: the note keeps off what is being drawn.
        """
        if not lines and not self.lines:
            return QRect()
        before = self.rect
        self.lines = lines
        self.rect = self._place(at, inside, began) if lines else QRect()
        return before.united(self.rect).adjusted(-2, -2, 2, 2)

    def _place(self, at: QPoint, inside: QRect, began: QPoint | None) -> QRect:
        strong, plain = metrics("table_strong"), metrics("label")
        width = max(
            (strong if number == 0 else plain).horizontalAdvance(line)
            for number, line in enumerate(self.lines)
        )
        height = 18 + 16 * (len(self.lines) - 1)
        box = QRect(at.x() + _AWAY, at.y() + _AWAY, width + 2 * _PAD_X, height + 2 * _PAD_Y)
        leftward = began is not None and at.x() < began.x() - _AWAY
        if leftward and began is not None and at.x() - _AWAY - box.width() < inside.left() + 8:
            # Beside the tip is no room, and on the other side lies what is being drawn.
            upper = min(at.y(), began.y()) - _BESIDE - box.height()
            lower = max(at.y(), began.y()) + _BESIDE
            box.moveTop(upper if upper >= inside.top() + _BAR else lower)
        if leftward or box.right() > inside.right() - 8:
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
        ratio = painter.device().devicePixelRatio()
        key = (self.lines, self.rect.width(), self.rect.height(), ratio, self._theme.dark)
        if key != self._key:
            self._key, self._picture = key, QPixmap(self.rect.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            fresh = QPainter(self._picture)
            self._paint(fresh)
            fresh.end()
        painter.drawPixmap(self.rect.topLeft(), self._picture)

    def _paint(self, painter: QPainter) -> None:
        theme, width, height = self._theme, self.rect.width(), self.rect.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line2"), 1))
        painter.setBrush(theme.colour("raised"))
        frame = QRectF(0.5, 0.5, width - 1, height - 1)
        painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
        top = _PAD_Y
        for number, line in enumerate(self.lines):
            tall = 18 if number == 0 else 16
            painter.setFont(font("table_strong" if number == 0 else "label"))
            painter.setPen(theme.colour("text" if number == 0 else "text2"))
            box = QRect(_PAD_X, top, width - 2 * _PAD_X + 4, tall)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
            top += tall
