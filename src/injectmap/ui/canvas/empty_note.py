"""What an empty canvas is for and the one next step."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from injectmap.ui.theme import Theme, font, metrics

_PAD = 14


class EmptyNote(QWidget):
    """One sentence on a faint ground over the head; presses go through to it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Say nothing yet."""
        super().__init__(parent)
        self._theme, self.text = theme, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence, or nothing."""
        self.text = text
        self.setAccessibleName(text)
        self.setFixedSize(metrics("table").horizontalAdvance(text) + 2 * _PAD + 2, 34)
        self.setVisible(bool(text))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self._theme.colour("canvas")
        ground.setAlphaF(0.86)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), 17, 17)
        painter.setFont(font("table"))
        painter.setPen(self._theme.colour("text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)
        painter.end()
