"""A box to tick with its words, in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import RADIUS_KEY, Theme, font, metrics, paint_focus_ring

_BOX, _GAP, _PAD = 18, 9, 1


class TickBox(QAbstractButton):
    """On or off: a press or the space bar changes it."""

    def __init__(self, theme: Theme, text: str = "") -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_PAD + _BOX + _GAP + metrics("table").horizontalAdvance(self.text()) + 2 * _PAD, 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(_PAD + 0.75, (self.height() - _BOX) / 2 + 0.75, _BOX - 1.5, _BOX - 1.5)
        on = self.isChecked()
        painter.setPen(QPen(theme.colour("accent" if on else "text3"), 1.5))
        painter.setBrush(theme.colour("accent" if on else "raised"))
        painter.drawRoundedRect(box, RADIUS_KEY, RADIUS_KEY)
        if on:
            paint_icon(painter, "tick", QPointF(box.center()), theme.colour("on_accent"), 14)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("text" if self.isEnabled() else "text3"))
        left = _PAD + _BOX + _GAP
        room = QRectF(left, 0, self.width() - left, self.height())
        shown = metrics("table").elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect())
