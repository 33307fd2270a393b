"""The parts of the inline editor: the line a volume is typed in, and the buttons that step it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import RADIUS_CONTROL, Theme


class StepButton(QAbstractButton):
    """One of the two 44 px step buttons; repeats while held."""

    def __init__(self, icon_name: str, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name, self._theme = icon_name, theme
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoRepeat(True)
        self.setAutoRepeatDelay(450)
        self.setAutoRepeatInterval(110)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.colour("raised")
        if self.isDown():
            ground = theme.colour("accentbg")
        elif self.underMouse():
            ground = theme.mixed("raised", "accentbg", 0.5)
        painter.setBrush(ground)
        painter.setPen(QPen(theme.colour("line2"), 1))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
        paint_icon(painter, self._icon_name, box.center(), theme.colour("text"), 22)
        painter.end()


class VolumeLine(QLineEdit):
    """The typed volume; keys that belong to the map are handed on."""

    stepped = Signal(int)
    accepted = Signal()
    given_up = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif key == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if key == Qt.Key.Key_Up else -1)
        elif control and key in (Qt.Key.Key_Z, Qt.Key.Key_Y) and not self.isModified():
            # Nothing typed yet: the last step to take back is one of the map.
            back = key == Qt.Key.Key_Z and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.undo_asked if back else self.redo_asked).emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()
