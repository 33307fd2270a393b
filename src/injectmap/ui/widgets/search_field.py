"""The field to find a patient with: type ahead, arrows and Enter, all without leaving the field."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import paint_key


class SearchField(QLineEdit):
    """A search field with its glass and its key; `moved` and `chosen` steer the list below it."""

    moved = Signal(int)
    chosen = Signal()
    left = Signal()

    def __init__(self, theme: Theme, placeholder: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._key = theme, key
        self._placeholder = placeholder
        self.setFixedHeight(40)
        self.setMaxLength(200)
        self.setFont(font("body"))
        self.setAccessibleName(placeholder)
        self.setTextMargins(28, 0, 4, 0)
        self.setClearButtonEnabled(False)
        theme.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and Enter steer the list; Escape empties the field, then leaves it."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, the glass at its left, the key at its right while it is empty."""
        super().paintEvent(event)
        painter = QPainter(self)
        paint_icon(painter, "search", QPointF(21, self.height() / 2), self._theme.colour("text2"), 18)
        if not self.text():
            width = max(16, metrics("key").horizontalAdvance(self._key) + 10)
            paint_key(
                painter,
                self._theme,
                QRectF(self.width() - width - 10, self.height() / 2 - 8, width, 16),
                self._key,
            )
            painter.setPen(self._theme.colour("text3"))
            painter.setFont(self.font())
            box = QRectF(38, 0, self.width() - 38 - width - 16, self.height())
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._placeholder
            )
