"""Carries gestures from the canvas to the editor's tool, no faster than they can be shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer

from injectmap.domain.errors import InputRefused
from injectmap.ui.canvas.pointer_input import Finger
from injectmap.ui.canvas.shapes import SHAPES, change_shape, shape_text
from injectmap.ui.theme import drawing_target

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.editing.pointer import Hint, Pointer
    from injectmap.ui.canvas.head_view import HeadView

_FRAME_MS: Final = 12
# The ink already shows a free-hand line; the tool may learn of it more slowly.
_TRAIL_MS: Final = 40
# A mouse or pen points finely: half of this many pixels round a mark belong to it.
_FINE_TARGET: Final = 24
# A free-hand line is told to the tool in steps as long as a hand can mean; the ink shows every one.
_TRAIL_STEP_MM: Final = 1.5
# How long the reason of a refused press stays after the hand has let go.
_REASON_MS: Final = 2500
# Hints about what has happened, not about the place under the pointer: they are told at the top.
NOTICES: Final = frozenset(
    {"syringe_switched", "pass_split", "rest_only", "fan_cut", "mirror_partly", "mirrored", "next_to_confirm"}
)
_CURSORS: Final = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "forbidden": Qt.CursorShape.ForbiddenCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "point": Qt.CursorShape.PointingHandCursor,
    "grab": Qt.CursorShape.OpenHandCursor,
}


class GestureRelay(QObject):
    """Implements `GestureTarget` for a head view.

    Pen positions of a free-hand line are kept and told to the tool once per frame, while the ink is painted
    at once; a straight pass and hovering only ever tell the latest position.
    """

    def __init__(self, view: HeadView) -> None:
        """Serve one view, which owns this."""
        super().__init__(view)
        self._view = view
        self._waiting: tuple[QPointF, Finger, Qt.KeyboardModifier] | None = None
        self._hovering = False
        self._free_hand = False
        self._told: Pointer | None = None
        self._keys, self._finger = Qt.KeyboardModifier.NoModifier, Finger.FINE
        self._at = self._began = QPointF()
        self._flushed = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self._reason = QTimer(self, singleShot=True, interval=_REASON_MS)
        self._reason.timeout.connect(self._clear_note)
        self._refused = False
        self._wheel = 0.0
        self._trail = QTimer(self, interval=_TRAIL_MS)
        self._trail.timeout.connect(self._tell_trail)

    @property
    def _editor(self) -> MapEditor | None:
        return self._view.editor

    def _pointer(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> Pointer:
        from injectmap.editing.pointer import Pointer

        view = self._view
        u, v = view.camera.to_mm(at.x(), at.y())
        target = drawing_target(view) if finger is Finger.BROAD else _FINE_TARGET
        return Pointer(
            view.view_id,
            u,
            v,
            tolerance_mm=target / 2 / view.camera.px_per_mm,
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(keys & Qt.KeyboardModifier.ControlModifier),
        )

    # GestureTarget

    def gesture_press(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Begin; the ink starts where a free-hand line may."""
        editor, view = self._editor, self._view
        view.setFocus(Qt.FocusReason.MouseFocusReason)
        view.pressed.emit()
        if editor is None or editor.failed is not None:
            return
        self._drop_waiting()
        self._reason.stop()
        self._refused = False
        self._clear_note()
        pointer = self._pointer(at, finger, keys)
        self._at, self._told = at, pointer
        self._began = at
        view.guarded(editor.tool.press, pointer)
        self._tell_refusal()
        drawing = editor.tool.active and editor.tool_id != "select"
        followed = editor.tool_id == "free_hand" or (editor.tool_id == "cannula_pass" and pointer.shift)
        self._free_hand = drawing and followed
        if self._free_hand:
            view.ink.begin(at, view.layer.pixmap)
            self._keys, self._finger = keys, finger
            self._trail.start()

    def gesture_drag(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Carry on."""
        if self._editor is None or self._editor.failed is not None:
            return
        if self._free_hand:
            self._view.update(self._view.ink.add(at))
            return
        self._wait(at, finger, keys)

    def gesture_release(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """End; what is still waiting is told first."""
        editor, view = self._editor, self._view
        if editor is None or editor.failed is not None:
            return
        if self._free_hand:
            self._tell_trail()
        self.flush()
        self._dry()
        if self._refused:
            self._reason.start()
        view.guarded(editor.tool.release, self._pointer(at, finger, keys))

    def gesture_hover(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Ask the tool what a press here would do."""
        if self._editor is None or self._editor.failed is not None:
            return
        self._hovering = True
        self._wait(at, finger, keys)

    def gesture_cancel(self) -> None:
        """End without a trace."""
        self._drop_waiting()
        self._dry()
        if self._editor is not None:
            self._editor.tool.cancel()

    def _dry(self) -> None:
        if self._free_hand:
            self._free_hand = False
            self._trail.stop()
            self._view.ink.clear()
            self._view.update()
        if not self._refused:
            self._clear_note()

    def gesture_pan(self, dx: float, dy: float) -> None:
        """Move the picture."""
        self._view.move_camera(self._view.camera.panned(dx, dy))

    def gesture_zoom(self, factor: float, at: QPointF) -> None:
        """Zoom about a pixel; not under a hand that draws."""
        if not self._view.input.drawing:
            self._view.zoom_by(factor, at)

    def gesture_wheel(self, turns: float, keys: Qt.KeyboardModifier) -> bool:
        """While a fan or cross-hatch is drawn the wheel changes its number, with Shift its spread."""
        editor = self._editor
        if editor is None or not editor.tool.active or editor.tool_id not in SHAPES:
            return False
        self._wheel += turns
        steps = int(self._wheel)
        self._wheel -= steps
        if steps:
            wide = bool(keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
            change_shape(editor, count=0 if wide else steps, wider=steps if wide else 0)
            self._show_length()
        return True

    # Telling the tool

    def _wait(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Keep the latest position for the next frame, which is at once after a rest."""
        self._at, self._waiting = at, (at, finger, keys)
        if not self._timer.isActive():
            rested = (time.monotonic() - self._flushed) * 1000
            self._timer.start(0 if rested >= _FRAME_MS else _FRAME_MS - int(rested))

    def _drop_waiting(self) -> None:
        self._timer.stop()
        self._waiting = None
        self._hovering = False

    def flush(self) -> None:
        """Tell the tool what has not been told yet."""
        editor, waiting, hovering = self._editor, self._waiting, self._hovering
        self._drop_waiting()
        if editor is None or waiting is None:
            return
        pointer = self._pointer(*waiting)
        if hovering:
            editor.tool.hover(pointer)
            self._view.apply_cursor(_CURSORS[editor.cursor])
        else:
            self._view.guarded(editor.tool.drag, pointer)
            self._view.apply_cursor(_CURSORS[editor.cursor])
            self._show_length()
        self._flushed = time.monotonic()

    def _tell_trail(self) -> None:
        """Tell the tool of the positions that lie a step apart; the release tells the last one anyway."""
        editor, trail = self._editor, self._view.ink.take_untold()
        if editor is None or not trail:
            return
        self._at = trail[-1]
        for at in trail:
            pointer, last = self._pointer(at, self._finger, self._keys), self._told
            if (
                last is None
                or (pointer.u_mm - last.u_mm) ** 2 + (pointer.v_mm - last.v_mm) ** 2 >= _TRAIL_STEP_MM**2
            ):
                self._told = pointer
                self._view.guarded(editor.tool.drag, pointer)
        self._view.apply_cursor(_CURSORS[editor.cursor])
        self._show_length()

    # The note at the pointer

    def _show_length(self) -> None:
        editor, view = self._editor, self._view
        preview = editor.preview if editor is not None else None
        if editor is None or preview is None or not view.input.drawing:
            return
        words = view.words
        mm = round(preview.length_um / 1000)
        try:
            zones = [editor.atlas.zones.info[zone].name for zone in preview.zones]
        except InputRefused:
            zones = []
        place = ", ".join([words(f"side.{preview.side.value}"), *zones])
        lines = [place] if preview.is_point else [words("canvas.length", mm=mm), place]
        if editor.tool_id in SHAPES:
            lines.append(shape_text(editor, words))
        if editor.hint is not None and editor.hint.code == "tip_stays":
            lines.append(words("hint.tip_stays"))
        self._set_note(tuple(lines))

    def _tell_refusal(self) -> None:
        """A press that cannot draw says why, and goes on saying it until it can have been read."""
        editor = self._editor
        if editor is None or editor.tool.active or editor.tool_id == "select":
            return
        if editor.hint is not None and (sentence := self._sentence(editor.hint)):
            self._refused = True
            self._set_note((sentence,))

    def show_hint(self) -> None:
        """Show the tool's advice beside the pointer, if it is of that kind."""
        hint = self._editor.hint if self._editor is not None else None
        if self._refused and (self._reason.isActive() or self._view.input.drawing):
            return
        if hint is None or self._view.input.drawing:
            self._clear_note()
        elif sentence := self._sentence(hint):
            self._set_note((sentence,))

    def _sentence(self, hint: Hint) -> str:
        """The hint in words; nothing if it is told elsewhere."""
        words = self._view.words
        key = f"hint.{hint.code}"
        if hint.code in NOTICES or not words.has(key):
            return ""
        params = dict(hint.params)
        if "view" in params:
            from injectmap.ui.canvas.head_pictures import VIEW_IDS

            view_id = str(params["view"])
            params |= {"view": words(f"view.{view_id}").lower(), "key": VIEW_IDS.index(view_id) + 1}
        return words(key, **params)

    def _set_note(self, lines: tuple[str, ...]) -> None:
        view = self._view
        began = self._began.toPoint() if view.input.drawing else None
        # The tools stand over the picture: what lies under them is not read.
        free = view.rect().adjusted(round(view.clear_left), 0, 0, 0)
        changed = view.note.set(lines, self._at.toPoint(), free, began)
        if view.input.drawing:
            view.repaint(changed)
        else:
            view.update(changed)

    def _clear_note(self) -> None:
        self._view.update(self._view.note.set((), QPoint(), self._view.rect()))
