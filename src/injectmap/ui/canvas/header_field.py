"""A flat drop-down of the canvas header: a small label over its value, a list behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import RADIUS_CONTROL, Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import Words

_PAD, _CLOSE_PAD = 10, 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a field's list; a choice without value is a heading."""

    text: str
    value: object = None
    chosen: bool = False


class HeaderField(QAbstractButton):
    """Shows one setting and offers its choices; `picked` says which value was taken.

    Space, Enter and the down arrow open the list.
    """

    picked = Signal(object)

    def __init__(
        self,
        label: str,
        choices: Callable[[], Sequence[Choice]],
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`choices` is asked each time the list opens."""
        super().__init__(parent)
        self._label, self._choices, self._words, self._theme = label, choices, words, theme
        self._value = ""
        self._ring = self._close = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self.open_list)
        theme.changed.connect(self.update)
        self.set_value(words("header.none"))

    @property
    def value(self) -> str:
        """The text shown."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show another value."""
        if value == self._value:
            return
        self._value = value
        self.setText(value)
        self.setAccessibleName(self._words("header.field", label=self._label, value=value))
        self.setToolTip(plain_tip(f"{self._label}: {value}"))
        self.updateGeometry()
        self.update()

    def set_close(self, close: bool) -> None:
        """Stand closer to its neighbours, or as usual."""
        if close != self._close:
            self._close = close
            self.updateGeometry()
            self.update()

    def wanted_width(self, value: str, close: bool) -> int:
        """How wide it is with a value, in px."""
        label = metrics("label").horizontalAdvance(self._label)
        text = metrics("table_strong").horizontalAdvance(value) + 24
        return max(label, text) + 2 * (_CLOSE_PAD if close else _PAD)

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width(self._value, self._close), 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 76), 44)

    def open_list(self) -> None:
        """Offer the choices below the field."""
        choices = list(self._choices())
        if not choices:
            return
        menu = QMenu(self)
        menu.setAccessibleName(self._label)
        group = QActionGroup(menu)
        for choice in choices:
            if choice.value is None:
                menu.addSection(choice.text) if not menu.isEmpty() else None
                heading = QAction(choice.text, menu)
                heading.setEnabled(False)
                menu.addAction(heading)
                continue
            action = QAction(choice.text, menu)
            action.setCheckable(True)
            action.setChecked(choice.chosen)
            action.setData(choice.value)
            group.addAction(action)
            menu.addAction(action)
            if choice.chosen:
                menu.setActiveAction(action)
        group.triggered.connect(self._take)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _take(self, action: QAction) -> None:
        self.picked.emit(action.data())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_list()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason)
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.mixed("panel", "accentbg", 1.0 if self.isDown() else 0.5))
            painter.drawRoundedRect(self.rect().adjusted(3, 1, -3, -1), RADIUS_CONTROL, RADIUS_CONTROL)
        off = theme.mixed("panel", "text3", 0.6)
        ink = theme.colour("text") if self.isEnabled() else off
        pad = _CLOSE_PAD if self._close else _PAD
        _paint_label_and_value(
            painter, self.rect().adjusted(pad, 0, -pad, 0), self._label, self._value, theme, ink
        )
        if self._ring and self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(3, 1, -3, -1))
        painter.end()


def _paint_label_and_value(
    painter: QPainter, box: QRect, label: str, value: str, theme: Theme, ink: QColor
) -> None:
    """Paint a label over a value with its chevron; too long a value is cut with an ellipsis."""
    painter.setFont(font("label"))
    painter.setPen(theme.colour("text2"))
    painter.drawText(QRect(box.left(), 5, box.width(), 16), Qt.AlignmentFlag.AlignVCenter, label)
    painter.setFont(font("table_strong"))
    painter.setPen(ink)
    room = box.width() - 22
    shown = metrics("table_strong").elidedText(value, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRect(box.left(), 21, room + 2, 18), Qt.AlignmentFlag.AlignVCenter, shown)
    after = box.left() + metrics("table_strong").horizontalAdvance(shown) + 13
    paint_icon(painter, "chevron_down", QPointF(after, 31), theme.colour("text2"), 16)
