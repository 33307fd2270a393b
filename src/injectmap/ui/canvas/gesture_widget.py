"""A widget that turns all pointing devices into gestures, and shows a focus ring to those who use keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from injectmap.ui.canvas.pointer_input import GestureTarget, PointerInput

_TOUCH = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
    QEvent.Type.NativeGesture,
)
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class GestureWidget(QWidget):
    """Hands pointer events to a `PointerInput`; Space pans, Escape ends a gesture without a trace."""

    input: PointerInput

    def __init__(self, parent: QWidget | None = None) -> None:
        """Ready to listen."""
        super().__init__(parent)
        self._by_keyboard = False
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def listen(self, target: GestureTarget) -> None:
        """Send gestures to a target from now on."""
        self.input = PointerInput(target)

    @property
    def focus_ring(self) -> bool:
        """True if the keyboard brought the focus here."""
        return self._by_keyboard and self.hasFocus()

    def event(self, event: QEvent) -> bool:
        if event.type() in _TOUCH and self.input.handle(event):
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.input.handle(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.input.handle(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.input.handle(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.input.handle(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        self.input.handle(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.input.handle(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.input.space_held = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() == Qt.Key.Key_Escape and self.input.drawing:
            self.input.abandon()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.input.space_held = False
            self.unsetCursor()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.input.space_held = False
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self.input.abandon()
        super().focusOutEvent(event)
        self.update()
