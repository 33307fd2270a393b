"""The name of a part of a page; the one shown is underlined."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring


class TabButton(QAbstractButton):
    """A tab: checked while its part is shown."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as its name."""
        return QSize(metrics("section").horizontalAdvance(self.text()) + 24, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The name, and a line under it."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and not self.isChecked():
            painter.fillRect(self.rect(), theme.mixed("win", "accentbg", 0.5))
        painter.setFont(font("section"))
        painter.setPen(theme.colour("text" if self.isChecked() else "text2"))
        painter.drawText(self.rect().adjusted(0, 0, 0, -3), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.isChecked():
            painter.fillRect(12, self.height() - 3, self.width() - 24, 3, theme.colour("accent"))
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect())
