"""A caption: typed in one line, then shown large over the foot of the stage."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from injectmap.ui.teaching.looks import StageLabel, stage_font
from injectmap.ui.theme import RADIUS_CARD, Theme
from injectmap.words import Words

LONGEST = 160
_WIDEST = 820
_FOOT = 26


class _Field(QLineEdit):
    """The line being typed; Enter sets it, Escape drops it."""

    taken = Signal()
    dropped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.dropped.emit()
        else:
            super().keyPressEvent(event)
            # A letter that the field has no use for must not work the presenter.
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.taken.emit()


class Caption(QWidget):
    """Over the stage, in its middle; nothing of it is kept anywhere."""

    ended = Signal()

    def __init__(self, words: Words, theme: Theme, stage: QWidget) -> None:
        """Nothing to say yet."""
        super().__init__(stage)
        self._stage, self._theme = stage, theme
        self.label = StageLabel(theme, "spoken", wrap=True, parent=self)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field = _Field(self)
        self.field.setFont(stage_font("spoken"))
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText(words("present.caption.field"))
        self.field.setAccessibleName(words("present.caption"))
        self.field.hide()
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(22, 12, 22, 14)
        column.addWidget(self.label)
        column.addWidget(self.field)
        self.field.taken.connect(self._take)
        self.field.dropped.connect(self._drop)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()

    @property
    def typing(self) -> bool:
        """True while the line is being typed."""
        return self.field.isVisible()

    @property
    def text(self) -> str:
        """What is shown."""
        return self.label.full_text()

    def begin(self) -> None:
        """Type the caption, or change it."""
        self.label.hide()
        self.field.setText(self.text)
        self.field.selectAll()
        self.field.show()
        self.show()
        self.place()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        self._end(self.field.text().strip())

    def _drop(self) -> None:
        self._end(self.text)

    def _end(self, text: str) -> None:
        if not self.typing:
            return
        self.field.hide()
        self.say(text)
        self.ended.emit()

    def say(self, text: str) -> None:
        """Show a text, or nothing."""
        self.label.setText(text)
        self.label.setVisible(bool(text))
        self.setVisible(bool(text))
        self.place()

    def place(self) -> None:
        """Stand over the foot of the stage."""
        stage = self._stage
        width = min(_WIDEST, stage.width() - 40)
        if not self.typing:
            words = self.label.fontMetrics().horizontalAdvance(self.text) + 48
            width = min(width, max(words, 120))
        height = self.sizeHint().height() if self.typing else max(56, self._column.totalHeightForWidth(width))
        self.setGeometry((stage.width() - width) // 2, stage.height() - height - _FOOT, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("line2"), 1))
        painter.setBrush(self._theme.colour("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
        painter.end()
