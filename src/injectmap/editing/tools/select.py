"""Selecting passes, and moving entry points, tips and vertices."""

from __future__ import annotations

from typing import ClassVar

from injectmap.domain.edits import Edit
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import SkinPoint
from injectmap.editing import changes
from injectmap.editing.hit import Hit, HitKind
from injectmap.editing.pointer import Cursor, Hint, Pointer, Preview
from injectmap.editing.tools.base import Tool

# A hand that only clicks still trembles.
STILL_MM = 0.8


class SelectTool(Tool):
    """A click selects (Ctrl adds or takes away); a drag on a handle moves it, and its release is one edit."""

    id: ClassVar[str] = "select"

    _hit: Hit | None = None
    _pressed: Pointer | None = None
    _to: SkinPoint | None = None

    @property
    def active(self) -> bool:
        """True while a handle is held."""
        return self._hit is not None and self._to is not None

    def _under(self, pointer: Pointer) -> Hit | None:
        editor = self.editor
        return editor.hits.find(editor.map, pointer, handles_of=editor.selection)

    def press(self, pointer: Pointer) -> None:
        """Take what is under the pointer."""
        self._pressed, self._to = pointer, None
        self._hit = self._under(pointer)
        if self._hit is None:
            if not pointer.ctrl:
                self.editor.select([])
        elif pointer.ctrl:
            self.editor.select(self.editor.selection ^ {self._hit.pass_id})
            self._hit = None
        elif self._hit.pass_id not in self.editor.selection:
            self.editor.select([self._hit.pass_id])

    def drag(self, pointer: Pointer) -> None:
        """Show where the handle would go."""
        if self._hit is None or self._hit.kind is HitKind.PATH or self._pressed is None:
            return
        if self.editor.read_only:
            return
        moved = abs(pointer.u_mm - self._pressed.u_mm) + abs(pointer.v_mm - self._pressed.v_mm)
        if self._to is None and moved < STILL_MM:
            return
        place = self.skin_under(pointer)
        if place is None:
            self.explain_refusal(pointer)
            return
        self._to = place
        self.editor.show_hint(Cursor.MOVE, None)
        editor = self.editor
        if self._hit.kind is HitKind.ENTRY:
            subject = editor.map.passes_of_entry(self._hit.entry_id)
            controls: tuple[SkinPoint, ...] = (place, *subject[0].path.controls[1:])
        else:
            subject = (editor.map.by_id[self._hit.pass_id],)
            old = subject[0].path.controls
            controls = (*old[: self._hit.index], place, *old[self._hit.index + 1 :])
        previews = [Preview(editor.atlas, controls, subject[0].path.curved)]
        if self._hit.kind is HitKind.ENTRY:
            previews += [
                Preview(editor.atlas, (place, *one.path.controls[1:]), one.path.curved) for one in subject[1:]
            ]
        editor.show_previews(previews, frozenset(one.id for one in subject))

    def release(self, pointer: Pointer) -> None:
        """Move the handle for good."""
        self.drag(pointer)
        hit, to = self._hit, self._to
        self._hit = self._pressed = self._to = None
        if hit is None or to is None:
            return
        editor = self.editor
        try:
            edit: Edit | None
            if hit.kind is HitKind.ENTRY:
                edit = changes.move_entry(editor.atlas, editor.map, hit.entry_id, to)
            else:
                edit = changes.move_vertex(editor.atlas, editor.map, hit.pass_id, hit.index, to)
        except InputRefused as refused:
            editor.show_preview(None)
            editor.show_hint(Cursor.FORBIDDEN, Hint(refused.code))
            return
        editor.commit(edit)

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
        self.editor.show_preview(None)
