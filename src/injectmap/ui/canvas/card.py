"""The raised card that palette, toggles and zoom box stand on: one border, no shadow."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from injectmap.ui.canvas.kept_picture import KeptPicture
from injectmap.ui.theme import RADIUS_CARD, Theme


class Card(QWidget):
    """Paints its ground and keeps presses that miss a button away from the head below."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        """A card with an accessible name."""
        super().__init__(parent)
        self._theme = theme
        self._picture = KeptPicture(self)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        theme.changed.connect(self.update)

    def forget_picture(self) -> None:
        """The card looks different now."""
        self._picture.forget()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._picture.show(self._theme.dark, self.paint_ground)

    def paint_ground(self, painter: QPainter) -> None:
        """Paint the card itself."""
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
