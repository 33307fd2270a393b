"""What holds until it is switched off, said on the canvas: both sides are drawn, the plan is drawn, a ghost lies under."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from injectmap.ui.theme import Theme, font, metrics

_PAD, _HEIGHT, _GAP, _KEY = 12, 26, 8, 20


class ModeNote(QWidget):
    """Pills in a row, each a sentence with the key that ends it; presses go through to the head."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Say nothing yet."""
        super().__init__(parent)
        self._theme = theme
        self.said: tuple[tuple[str, str], ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)
        self.hide()

    def say(self, said: tuple[tuple[str, str], ...]) -> None:
        """Show (sentence, key) pairs, or nothing."""
        if said == self.said:
            return
        self.said = said
        self.setAccessibleName(". ".join(sentence for sentence, _ in said))
        width = sum(self._width(sentence, key) + _GAP for sentence, key in said) - _GAP
        self.setFixedSize(QSize(max(width, 1), _HEIGHT))
        self.setVisible(bool(said))
        self.update()

    @staticmethod
    def _width(sentence: str, key: str) -> int:
        return metrics("table_strong").horizontalAdvance(sentence) + 2 * _PAD + (_KEY if key else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0.0
        for sentence, key in self.said:
            width = self._width(sentence, key)
            box = QRectF(left + 0.75, 0.75, width - 1.5, _HEIGHT - 1.5)
            painter.setPen(QPen(theme.colour("sel"), 1.5))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            painter.setFont(font("table_strong"))
            painter.setPen(theme.colour("text"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(box.adjusted(_PAD - 1, 0, 0, 0), flags, sentence)
            painter.setFont(font("key"))
            painter.setPen(theme.colour("text2"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box.adjusted(0, 0, 1 - _PAD, 0), right, key)
            left += width + _GAP
        painter.end()
