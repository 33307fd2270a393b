"""Placing a bolus with a click."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from injectmap.domain import skin_paths
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import SkinPoint, Technique
from injectmap.editing.hit import HitKind
from injectmap.editing.pointer import Cursor, Hint, Pointer, Preview
from injectmap.editing.tools.base import Tool

# Boluses may lie closer together than a finger is wide: only a press this near to one means that one.
_SAME_MM = 1.5


class BolusTool(Tool):
    """A press shows the bolus, a drag moves it, the release places it. A click on a bolus selects that one."""

    id: ClassVar[str] = "bolus"
    technique: ClassVar[Technique] = Technique.BOLUS

    _place: SkinPoint | None = None
    _view_id: str = ""

    @property
    def active(self) -> bool:
        """True from a press on the skin to its release."""
        return self._place is not None

    def _bolus_under(self, pointer: Pointer) -> str | None:
        near = replace(pointer, tolerance_mm=min(pointer.tolerance_mm, _SAME_MM))
        hit = self.editor.hits.find(self.editor.map, near)
        return hit.pass_id if hit is not None and hit.kind is HitKind.BOLUS else None

    def press(self, pointer: Pointer) -> None:
        """Show the bolus, or select the one that is there."""
        under = self._bolus_under(pointer)
        if under is not None:
            self.editor.select([under])
            return
        if self.skin_under(pointer) is None:
            self.explain_refusal(pointer, pressed=True)
            return
        self._view_id = pointer.view_id
        self._move(pointer)

    def _move(self, pointer: Pointer) -> None:
        place = self.skin_under(pointer)
        if place is None:
            self.editor.show_hint(Cursor.FORBIDDEN, Hint("bolus_stays"))
            return
        self._place = place
        editor = self.editor
        editor.show_hint(Cursor.CROSS, None)
        editor.preview_drawn([Preview(editor.atlas, (place, place), within=editor.zones)])

    def drag(self, pointer: Pointer) -> None:
        """Move it; where no skin can be drawn on it stays."""
        if self._place is not None and pointer.view_id == self._view_id:
            self._move(pointer)

    def release(self, pointer: Pointer) -> None:
        """Place it."""
        self.drag(pointer)
        place, self._place = self._place, None
        if place is None:
            return
        editor = self.editor
        try:
            path = skin_paths.point(editor.atlas, place, zones=editor.zones)
        except InputRefused as refused:
            editor.show_preview(None)
            editor.show_hint(Cursor.FORBIDDEN, Hint(refused.code, dict(refused.params)))
            return
        editor.place_bolus(path, self.technique, self.id)

    def hover(self, pointer: Pointer) -> None:
        """Say whether a press would place or select."""
        if self._bolus_under(pointer) is not None:
            self.editor.show_hint(Cursor.POINT, None)
        elif self.skin_under(pointer) is not None:
            self.editor.show_hint(Cursor.CROSS, None)
        else:
            self.explain_refusal(pointer)

    def cancel(self) -> None:
        """Drop the bolus in hand."""
        self._place = None
        self.editor.show_preview(None)


class MicroBolusTool(BolusTool):
    """As a bolus, with a small volume of its own."""

    id: ClassVar[str] = "micro_bolus"
    technique: ClassVar[Technique] = Technique.MICRO_BOLUS
