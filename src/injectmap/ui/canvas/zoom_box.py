"""Zoom out, the present zoom, zoom in, and the whole head."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from injectmap.ui.canvas.card import Card
from injectmap.ui.canvas.flat_button import FlatButton
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.theme import Theme, drawing_target, font
from injectmap.words import Words

STEP = 1.25


class ZoomBox(Card):
    """Follows and moves the camera of a head view."""

    def __init__(self, view: HeadView, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Stand on a head view."""
        super().__init__(theme, words("zoom.group"), parent)
        self._view, self._words = view, words
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.less = FlatButton(theme, name=words("zoom.out"), icon_name="minus", parent=self)
        self.percent = QLabel(self)
        self.percent.setTextFormat(Qt.TextFormat.PlainText)
        self.percent.setFont(font("table"))
        self.percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.percent.setFixedWidth(48)
        self.more = FlatButton(theme, name=words("zoom.in"), icon_name="plus", parent=self)
        self.fit = FlatButton(theme, name=words("zoom.fit.name"), text=words("zoom.fit"), parent=self)
        self.fit.setToolTip(f"{words('zoom.fit.name')} (0)")
        self.less.setToolTip(f"{words('zoom.out')} (−)")
        self.more.setToolTip(f"{words('zoom.in')} (+)")
        side = drawing_target(self)
        for button in (self.less, self.more):
            button.setFixedSize(side, side)
        self.fit.setFixedSize(side + 8, side)
        row.addWidget(self.less)
        row.addWidget(self.percent)
        row.addWidget(self.more)
        row.addSpacing(1)
        row.addWidget(self.fit)
        self.compose((self.less, self.more, self.fit))
        self.less.clicked.connect(self.zoom_out)
        self.more.clicked.connect(self.zoom_in)
        self.fit.clicked.connect(view.fit)
        view.camera_changed.connect(self._show_zoom)
        self._show_zoom()

    def zoom_in(self) -> None:
        """One step closer."""
        self._view.zoom_by(STEP)

    def zoom_out(self) -> None:
        """One step back."""
        self._view.zoom_by(1 / STEP)

    def _show_zoom(self) -> None:
        text = self._words("zoom.percent", percent=round(self._view.camera.zoom * 100))
        if text != self.percent.text():
            self.percent.setText(text)

    def paint_ground(self, painter: QPainter) -> None:
        """The card with a line before "Fit"."""
        super().paint_ground(painter)
        painter.fillRect(QRect(self.fit.x() - 1, 11, 1, self.height() - 22), self._theme.colour("line2"))
