"""What stands in the header of a session that is only read: the selected passes in words, and why nothing changes."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.tips import plain_tip


class ClosedLine(QWidget):
    """One or two lines, set right; what does not fit is shortened and read whole in the tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Empty and hidden."""
        super().__init__(parent)
        self._theme = theme
        self.passes = self.reason = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.hide()

    def say(self, passes: str, reason: str) -> None:
        """Say what is selected, if anything, and why it cannot be changed."""
        if (passes, reason) == (self.passes, self.reason):
            return
        self.passes, self.reason = passes, reason
        whole = f"{passes}\n{reason}" if passes else reason
        self.setToolTip(plain_tip(whole))
        self.setAccessibleName(whole)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        lines = [("table", self.passes, "text"), ("label", self.reason, "text2")]
        if not self.passes:
            lines = [("table", self.reason, "text2")]
        top = 4 if self.passes else 12
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for role, text, colour in lines:
            painter.setFont(font(role))
            painter.setPen(self._theme.colour(colour))
            shown = metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, self.width() - 8)
            painter.drawText(QRect(0, top, self.width() - 8, 18), flags, shown)
            top += 19
        painter.end()
