"""Mouse, pen, touch, wheel and trackpad become one small set of gestures on the canvas."""

from __future__ import annotations

import time
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QEventPoint,
    QInputDevice,
    QMouseEvent,
    QNativeGestureEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)

_WHEEL_STEP = 1.15
# A pen that hovers tells so many times a second; one that has not for this long has left.
_PEN_RANGE_S = 0.8
_LEFT = Qt.MouseButton.LeftButton


class Finger(Enum):
    """What points: a mouse or pen points finely, a (gloved) finger does not."""

    FINE = auto()
    BROAD = auto()


class GestureTarget(Protocol):
    """What the canvas does with a gesture; places are logical pixels on the widget."""

    def gesture_press(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None: ...
    def gesture_drag(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None: ...
    def gesture_release(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None: ...
    def gesture_hover(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None: ...
    def gesture_cancel(self) -> None: ...
    def gesture_pan(self, dx: float, dy: float) -> None: ...
    def gesture_zoom(self, factor: float, at: QPointF) -> None: ...
    def gesture_wheel(self, turns: float, keys: Qt.KeyboardModifier) -> bool: ...


class PointerInput:
    """Keeps what a gesture needs between events: which button or finger began it, and whether it pans.

    One finger, pen or left button draws; two fingers, the middle button or Space with the left button pan.
    A second finger that comes down while one draws takes the drawing back. While a pen is in range, what touches
    the screen is the hand that holds it: touch does nothing until that hand is lifted. How hard a pen presses
    means nothing.
    """

    def __init__(self, target: GestureTarget) -> None:
        """Serve one canvas."""
        self._target = target
        self._drawing = False
        self._panning: QPointF | None = None
        self._touches: dict[int, QPointF] = {}
        self._pen_seen = -_PEN_RANGE_S
        self._palm = False
        self.space_held = False

    @property
    def panning(self) -> bool:
        """True while the picture is being moved."""
        return self._panning is not None

    @property
    def drawing(self) -> bool:
        """True between press and release of a drawing gesture."""
        return self._drawing

    def abandon(self) -> None:
        """End any gesture without a trace, as Escape and losing the focus do."""
        if self._drawing:
            self._drawing = False
            self._target.gesture_cancel()
        self._panning = None

    def handle(self, event: QEvent) -> bool:
        """Use an event; False if it is none of ours."""
        if isinstance(event, QTabletEvent):
            return self._tablet(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QTouchEvent):
            return self._touch(event)
        if isinstance(event, QNativeGestureEvent):
            return self._native(event)
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, at, keys = event.type(), event.position(), event.modifiers()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            if event.button() == Qt.MouseButton.MiddleButton or (event.button() == _LEFT and self.space_held):
                self.abandon()
                self._panning = at
            elif event.button() == _LEFT:
                self._begin(at, Finger.FINE, keys)
            elif event.button() == Qt.MouseButton.RightButton:
                self.abandon()
            return True
        if kind == QEvent.Type.MouseMove:
            self._move(at, keys)
            return True
        if kind == QEvent.Type.MouseButtonRelease:
            if self._panning is not None:
                self._panning = None
            elif event.button() == _LEFT:
                self._end(at, Finger.FINE, keys)
            return True
        return False

    def _begin(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        self._drawing = True
        self._target.gesture_press(at, finger, keys)

    def _move(self, at: QPointF, keys: Qt.KeyboardModifier, finger: Finger = Finger.FINE) -> None:
        if self._panning is not None:
            step = at - self._panning
            self._panning = at
            self._target.gesture_pan(step.x(), step.y())
        elif self._drawing:
            self._target.gesture_drag(at, finger, keys)
        else:
            self._target.gesture_hover(at, finger, keys)

    def _end(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        if self._drawing:
            self._drawing = False
            self._target.gesture_release(at, finger, keys)

    @property
    def pen_in_range(self) -> bool:
        """True if a pen has been over the canvas within the last moment, down or hovering."""
        return time.monotonic() - self._pen_seen < _PEN_RANGE_S

    def _tablet(self, event: QTabletEvent) -> bool:
        at, keys = event.position(), event.modifiers()
        if self._touches:
            # The hand came down before its pen: whatever it began is taken back.
            self._touches.clear()
            self.abandon()
        self._pen_seen = time.monotonic()
        if event.type() == QEvent.Type.TabletPress:
            if event.button() == _LEFT:
                self._begin(at, Finger.FINE, keys)
            elif event.button() == Qt.MouseButton.MiddleButton:
                self._panning = at
        elif event.type() == QEvent.Type.TabletMove:
            self._move(at, keys)
        elif event.type() == QEvent.Type.TabletRelease:
            if self._panning is not None:
                self._panning = None
            else:
                self._end(at, Finger.FINE, keys)
        # Accepted, or Qt would send the same again as mouse events.
        event.accept()
        return True

    def _touch(self, event: QTouchEvent) -> bool:
        event.accept()
        if event.type() == QEvent.Type.TouchBegin:
            self._palm = False
        if self._palm or self.pen_in_range:
            self._palm = True
            self._touches.clear()
            return True
        if event.type() == QEvent.Type.TouchCancel:
            self._touches.clear()
            self.abandon()
            return True
        before = dict(self._touches)
        for point in event.points():
            if point.state() == QEventPoint.State.Released:
                self._touches.pop(point.id(), None)
            else:
                self._touches[point.id()] = point.position()
        keys = event.modifiers()
        if len(self._touches) >= 2:
            self.abandon()
            self._two_fingers(before)
        elif len(event.points()) == 1:
            self._one_finger(event.points()[0], keys)
        return True

    def _one_finger(self, point: QEventPoint, keys: Qt.KeyboardModifier) -> None:
        at = point.position()
        if point.state() == QEventPoint.State.Pressed:
            self._begin(at, Finger.BROAD, keys)
        elif self._drawing and point.state() == QEventPoint.State.Released:
            self._end(at, Finger.BROAD, keys)
        elif self._drawing:
            self._target.gesture_drag(at, Finger.BROAD, keys)

    def _two_fingers(self, before: dict[int, QPointF]) -> None:
        both = [key for key in self._touches if key in before][:2]
        if len(both) < 2:
            return
        old_a, old_b = (before[key] for key in both)
        new_a, new_b = (self._touches[key] for key in both)
        middle = (new_a + new_b) / 2
        step = middle - (old_a + old_b) / 2
        if not step.isNull():
            self._target.gesture_pan(step.x(), step.y())
        old_reach, new_reach = _distance(old_a, old_b), _distance(new_a, new_b)
        if old_reach > 1 and new_reach > 1 and old_reach != new_reach:
            self._target.gesture_zoom(new_reach / old_reach, middle)

    def _native(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._target.gesture_zoom(1.0 + event.value(), event.position())
            return True
        if event.gestureType() == Qt.NativeGestureType.PanNativeGesture:
            self._target.gesture_pan(event.delta().x(), event.delta().y())
            return True
        return False

    def _wheel(self, event: QWheelEvent) -> bool:
        trackpad = event.device().type() == QInputDevice.DeviceType.TouchPad or (
            event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull()
        )
        if trackpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._target.gesture_pan(event.pixelDelta().x(), event.pixelDelta().y())
        elif self._target.gesture_wheel(_turns(event), event.modifiers()):
            pass
        elif event.angleDelta().y():
            self._target.gesture_zoom(_WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()
        return True


def _turns(event: QWheelEvent) -> float:
    """Notches of the wheel; some systems turn Shift+wheel sideways."""
    return (event.angleDelta().y() or event.angleDelta().x()) / 120


def _distance(a: QPointF, b: QPointF) -> float:
    step = a - b
    return float((step.x() ** 2 + step.y() ** 2) ** 0.5)
