"""One line of the completeness list: its mark, what it asks, what is there, and its editor under it while open."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from injectmap.domain.completeness import LineState
from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

_HEIGHT, _CIRCLE, _TEXT = 52, 11.0, 44


class LineButton(QAbstractButton):
    """The line itself; a press opens it. The state is told by mark and by word, never by colour alone."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme, self._title, self._under = theme, title, ""
        self.state = LineState.OPTIONAL
        self.opens = True
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def show_line(self, state: LineState, under: str) -> None:
        """Show what is there."""
        self.state, self._under = state, under
        self.setAccessibleName(f"{self._title}: {load_words()(f'complete.state.{state.value}')}, {under}")
        self.setToolTip(
            plain_tip(under) if metrics("label").horizontalAdvance(under) > self.width() - 90 else ""
        )
        self.update()

    def nextCheckState(self) -> None:
        """A press opens nothing by itself: the list decides, for the line that is open may have to stay."""

    @property
    def under(self) -> str:
        """What stands under the title."""
        return self._under

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked():
            painter.fillRect(self.rect(), theme.colour("accentbg"))
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.mixed("panel", "accentbg", 0.5))
        self._paint_mark(painter, QPointF(22, self.height() / 2))
        width = self.width() - _TEXT - 40
        painter.setFont(font("body"))
        painter.setPen(theme.colour("text"))
        base = self.height() / 2 - 5
        painter.drawText(QPointF(_TEXT, base), self._title)
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        said = metrics("label").elidedText(self._under, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QPointF(_TEXT, base + 18), said)
        centre = QPointF(self.width() - 18, self.height() / 2)
        name = "chevron_down" if self.isChecked() else "chevron_right"
        if self.opens:
            paint_icon(painter, name, centre, theme.colour("text3"), 16)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect())

    def _paint_mark(self, painter: QPainter, centre: QPointF) -> None:
        theme = self._theme
        if self.state is LineState.DONE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("ok"))
            painter.drawEllipse(centre, _CIRCLE, _CIRCLE)
            paint_icon(painter, "tick", centre, theme.colour("panel"), 15)
            return
        pen = QPen(theme.colour("text3"), 1.5)
        if self.state is LineState.OPTIONAL:
            pen.setDashPattern([2.5, 2.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(centre.x() - _CIRCLE, centre.y() - _CIRCLE, 2 * _CIRCLE, 2 * _CIRCLE)
        painter.drawEllipse(box.adjusted(0.75, 0.75, -0.75, -0.75))


class ReviewRow(QWidget):
    """A line and the place under it: for its editor, or for what is written where it can only be read."""

    pressed = Signal()

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self.button = LineButton(theme, title)
        self.problem = TextLabel(theme, "label", "error", wrap=True)
        self.problem.hide()
        self.is_reading = False
        self.text = TextLabel(theme, "table", "text", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.hide()
        self._place = QWidget()
        self._column = column(self._place, margins=(_TEXT, 2, 12, 12), spacing=8)
        self._column.addWidget(self.text)
        self._column.addWidget(self.problem)
        self._place.hide()
        layout = column(self)
        layout.addWidget(self.button)
        layout.addWidget(self._place)
        layout.addWidget(Hairline(theme))
        self.button.clicked.connect(self.pressed)

    @property
    def is_open(self) -> bool:
        """True while the editor, or the text, is shown."""
        return self.button.isChecked()

    def hold(self, editor: QWidget) -> None:
        """Take an editor in."""
        self._column.insertWidget(0, editor)

    def set_open(self, is_open: bool) -> None:
        """Show or hide the editor."""
        self._show_text(reading=False)
        self.button.setChecked(is_open)
        self._place.setVisible(is_open)
        if not is_open:
            self.say("")

    def read(self, text: str) -> None:
        """Show what is written, to be read."""
        self.text.setText(text)
        self.set_open(True)
        self._show_text(reading=True)

    def _show_text(self, *, reading: bool) -> None:
        if reading == self.is_reading:
            return
        self.is_reading = reading
        for at in range(self._column.count()):
            item = self._column.itemAt(at)
            widget = item.widget() if item is not None else None
            if widget is not None and widget is not self.problem:
                widget.setVisible(reading == (widget is self.text))

    def say(self, sentence: str) -> None:
        """Say why something was refused; nothing takes it away."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
