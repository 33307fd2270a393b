"""The header's volume: the same label over value as its neighbours, typed in place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from injectmap.domain.units import needs_confirming
from injectmap.ui.theme import RADIUS_CONTROL, Theme, font, metrics
from injectmap.words import Words

_PAD = 10


class VolumeField(QLineEdit):
    """Typed text goes out by `typed` on Enter or on leaving; Escape brings the shown value back.

    Both end with `finished` unless the text was refused.
    A bare whole number goes out on Enter only: left behind, it is given up and told by `not_taken`.
    Refused text stays as it was typed until it is mended or given up.
    """

    typed = Signal(str)
    finished = Signal()
    not_taken = Signal(str)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """An empty field."""
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._label = words("header.volume")
        self._shown = ""
        self._entered = False
        self.refused = False
        self.setFrame(False)
        self.setFont(font("table_strong"))
        self.setAccessibleName(f"{self._label}, mL")
        self.setTextMargins(_PAD, 20, _PAD + 18, 4)
        self.setMaxLength(16)
        self.setPlaceholderText(words("header.mixed"))
        # The field paints its own ground: the common style of text fields would box it in.
        self.setStyleSheet("QLineEdit{background:transparent;border:none;padding:0}")
        theme.changed.connect(self.update)
        self.editingFinished.connect(self._finish)

    def set_label(self, label: str) -> None:
        """Say whose volume it is."""
        if label != self._label:
            self._label = label
            self.setAccessibleName(f"{label}, mL")
            self.updateGeometry()
            self.update()

    def set_value(self, text: str) -> None:
        """Show another value unless something is being typed."""
        same = text == self._shown and text == self.text() and not self.refused
        self._shown = text
        if not same and (not self.isModified() or not self.hasFocus()):
            self._restore()

    def _restore(self) -> None:
        self.setText(self._shown)
        self.setModified(False)
        self.refused = False
        if self.hasFocus():
            self.selectAll()
        self.updateGeometry()
        self.update()

    def _finish(self) -> None:
        typed = self.text()
        if self.isModified() and typed != self._shown and not self._entered and needs_confirming(typed):
            self._restore()
            self.not_taken.emit(typed)
        elif self.isModified() and typed != self._shown:
            self.setModified(False)
            self.typed.emit(typed)
        elif self.isModified():
            self._restore()

    def refuse(self) -> None:
        """Mark what was typed as not taken."""
        self.refused = True
        self.setModified(True)
        self.update()

    def sizeHint(self) -> QSize:
        value = metrics("table_strong").horizontalAdvance(f"{self._shown or '0.00'} mL") + 8
        value = max(value, metrics("table_strong").horizontalAdvance(self.placeholderText()) + 8)
        return QSize(max(value, metrics("label").horizontalAdvance(self._label)) + 2 * _PAD + 4, 44)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
            self.finished.emit()
            return
        self._entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        super().keyPressEvent(event)
        if self._entered:
            # Or the chart would take it for its own key and come back here.
            event.accept()
            if not self.refused:
                self.finished.emit()
        self._entered = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF().adjusted(4, 2, -4, -2)
        if self.refused or self.hasFocus():
            painter.setPen(QPen(theme.colour("error" if self.refused else "accent"), 2))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.mixed("panel", "accentbg", 0.5))
            painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(_PAD, 5, self.width(), 16, Qt.AlignmentFlag.AlignVCenter, self._label)
        if self.text():
            x = _PAD + metrics("table_strong").horizontalAdvance(self.text()) + 6
            painter.setFont(font("label"))
            painter.drawText(x, 21, 30, 18, Qt.AlignmentFlag.AlignVCenter, self._words("inline.unit"))
        painter.end()
        super().paintEvent(event)
