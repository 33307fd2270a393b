"""Selecting passes, and moving entry points, tips and vertices."""

from __future__ import annotations

from typing import ClassVar

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import SkinPoint
from injectmap.editing import changes
from injectmap.editing.both_sides import Controls, with_followers
from injectmap.editing.hit import Hit, HitKind
from injectmap.editing.pointer import Cursor, Hint, Marquee, Pointer
from injectmap.editing.tools.base import Tool

# A hand that only clicks still trembles.
STILL_MM = 0.8


class SelectTool(Tool):
    """A click selects (Ctrl adds or takes away, Shift adds); a drag on a handle moves it, and its release is one edit.

    A drag from beside all passes pulls up a rectangle that selects what it touches.
    """

    id: ClassVar[str] = "select"

    _hit: Hit | None = None
    _pressed: Pointer | None = None
    _to: SkinPoint | None = None

    @property
    def active(self) -> bool:
        """True while a handle is held or a rectangle pulled up."""
        return (self._hit is not None and self._to is not None) or self.editor.marquee is not None

    def _under(self, pointer: Pointer) -> Hit | None:
        editor = self.editor
        return editor.hits.find(editor.map, pointer, handles_of=editor.selection)

    def press(self, pointer: Pointer) -> None:
        """Take what is under the pointer."""
        editor = self.editor
        self._pressed, self._to = pointer, None
        self._hit = self._under(pointer)
        if self._hit is None:
            if not (pointer.ctrl or pointer.shift):
                editor.select_item(editor.hits.measurement(editor.map, pointer))
        elif pointer.ctrl:
            editor.select(editor.selection ^ {self._hit.pass_id})
            self._hit = self._pressed = None
        elif self._hit.pass_id not in editor.selection:
            others = editor.selection if pointer.shift else frozenset[str]()
            editor.select(others | {self._hit.pass_id}, self._hit.pass_id)

    def drag(self, pointer: Pointer) -> None:
        """Show where the handle would go, or the rectangle."""
        pressed, editor = self._pressed, self.editor
        if pressed is None or pointer.view_id != pressed.view_id:
            return
        moved = abs(pointer.u_mm - pressed.u_mm) + abs(pointer.v_mm - pressed.v_mm)
        if not self.active and moved < STILL_MM:
            return
        if self._hit is None:
            editor.show_marquee(
                Marquee(pressed.view_id, pressed.u_mm, pressed.v_mm, pointer.u_mm, pointer.v_mm)
            )
            return
        if self._hit.kind is HitKind.PATH or editor.read_only:
            return
        place = self.skin_under(pointer)
        if place is None:
            self.explain_refusal(pointer)
            return
        self._to = place
        editor.show_hint(Cursor.MOVE, None)
        editor.preview_moved(self._targets(self._hit, place))

    def _targets(self, hit: Hit, to: SkinPoint) -> dict[str, Controls]:
        if hit.kind is HitKind.VERTEX:
            return changes.vertex_targets(self.editor.map, hit.pass_id, hit.index, to)
        return changes.entry_targets(self.editor.map, hit.entry_id, to)

    def release(self, pointer: Pointer) -> None:
        """Move the handle for good, or select what the rectangle touches."""
        self.drag(pointer)
        hit, to, pressed = self._hit, self._to, self._pressed
        self._hit = self._pressed = self._to = None
        editor = self.editor
        if editor.marquee is not None and pressed is not None:
            self._select_inside(editor.marquee, adds=pressed.ctrl or pressed.shift)
            return
        if hit is None or to is None:
            return
        targets = self._targets(hit, to)
        if editor.linked:
            targets = with_followers(editor.map, targets)
        kind = EditKind.MOVE_VERTEX if hit.kind is HitKind.VERTEX else EditKind.MOVE_ENTRY
        try:
            edit = changes.move_passes(editor.atlas, editor.map, kind, targets)
        except InputRefused as refused:
            editor.show_preview(None)
            editor.show_hint(Cursor.FORBIDDEN, Hint(refused.code, dict(refused.params)))
            return
        editor.commit(edit)

    def _select_inside(self, marquee: Marquee, *, adds: bool) -> None:
        editor = self.editor
        editor.show_marquee(None)
        found = editor.hits.inside(editor.map, marquee.view_id, marquee.rect)
        editor.select({*found, *editor.selection} if adds else found)

    def hover(self, pointer: Pointer) -> None:
        """Say whether a press would move, select or do nothing."""
        hit = self._under(pointer)
        if hit is None:
            self.editor.show_hint(Cursor.ARROW, None)
        elif hit.kind is HitKind.PATH or self.editor.read_only:
            self.editor.show_hint(Cursor.POINT, None)
        else:
            self.editor.show_hint(Cursor.MOVE, None)

    def cancel(self) -> None:
        """Put the handle back."""
        self._hit = self._pressed = self._to = None
        self.editor.show_marquee(None)
        self.editor.show_preview(None)
