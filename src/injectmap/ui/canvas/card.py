"""The raised card that palette, toggles and zoom box stand on: one border, no shadow."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from injectmap.ui.canvas.flat_button import FlatButton
from injectmap.ui.canvas.kept_picture import KeptPicture
from injectmap.ui.theme import RADIUS_CARD, Theme


class Card(QWidget):
    """Paints its ground and keeps presses that miss a button away from the head below.

    Buttons given to `compose` are painted with the ground as one picture: an exposed canvas copies few of them.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        """A card with an accessible name."""
        super().__init__(parent)
        self._theme = theme
        self._picture = KeptPicture(self)
        self._composed: tuple[FlatButton, ...] = ()
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        theme.changed.connect(self.update)

    def forget_picture(self) -> None:
        """The card looks different now."""
        self._picture.forget()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def compose(self, buttons: Iterable[FlatButton]) -> None:
        """Paint these children with the ground from now on."""
        self._composed = tuple(buttons)
        for button in self._composed:
            button.composed = True

    def paintEvent(self, event: QPaintEvent) -> None:
        looks = [button.look_with_place for button in self._composed]
        self._picture.show((self._theme.dark, *looks), self._paint_all)

    def _paint_all(self, painter: QPainter) -> None:
        self.paint_ground(painter)
        for button in self._composed:
            if not button.isHidden():
                painter.save()
                painter.translate(button.pos())
                button.paint_look(painter)
                painter.restore()

    def paint_ground(self, painter: QPainter) -> None:
        """Paint the card itself."""
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
