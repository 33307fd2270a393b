"""What every tool has in common: it is told of the pointer and leaves previews, edits, hints and a cursor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from injectmap.domain import skin_paths
from injectmap.domain.treatment_map import SkinPoint
from injectmap.editing.pointer import Cursor, Hint, Pointer

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor


class Tool(ABC):
    """One gesture is one edit or none.

    A tool keeps state only between press and release; `cancel` ends a gesture without a trace, from any state.
    """

    id: ClassVar[str]

    def __init__(self, editor: MapEditor) -> None:
        """Work on an editor."""
        self.editor = editor

    @property
    def active(self) -> bool:
        """True between press and release."""
        return False

    @abstractmethod
    def press(self, pointer: Pointer) -> None:
        """Begin a gesture."""

    @abstractmethod
    def drag(self, pointer: Pointer) -> None:
        """Carry it on."""

    @abstractmethod
    def release(self, pointer: Pointer) -> None:
        """End it."""

    @abstractmethod
    def hover(self, pointer: Pointer) -> None:
        """Say what a press here would do, by cursor and hint."""

    @abstractmethod
    def cancel(self) -> None:
        """Drop the gesture."""

    def refresh(self) -> None:
        """Show the gesture in hand anew after a setting of its shape has changed."""
        return

    def skin_under(self, pointer: Pointer) -> SkinPoint | None:
        """Return the skin under the pointer if it may be drawn on in this view."""
        view = self.editor.atlas.views[pointer.view_id]
        if view.draw_state(pointer.uv[0]) != "ok":
            return None
        points, on_skin = view.to_skin(pointer.uv)
        return skin_paths.to_um(points)[0] if on_skin[0] else None

    def select_under(self, pointer: Pointer) -> None:
        """Select the pass or the measurement under the pointer, or nothing."""
        editor = self.editor
        hit = editor.hits.find(editor.map, pointer)
        if hit is not None:
            editor.select([hit.pass_id])
        else:
            editor.select_item(editor.hits.measurement(editor.map, pointer))

    def explain_refusal(self, pointer: Pointer, *, pressed: bool = False) -> None:
        """Set cursor and hint where the view does not accept drawing: name the view to use.

        Beside the head only a press is answered: the pointer rests there often.
        """
        atlas = self.editor.atlas
        view = atlas.views[pointer.view_id]
        state = view.draw_state(pointer.uv[0])
        if state == "turned_away":
            points, on_skin = view.to_skin(pointer.uv)
            if on_skin[0]:
                self.editor.show_hint(
                    Cursor.FORBIDDEN, Hint("use_view", {"view": atlas.best_view(points[0])})
                )
                return
        if state == "off_head":
            self.editor.show_hint(Cursor.ARROW, Hint("off_head") if pressed else None)
        else:
            self.editor.show_hint(Cursor.FORBIDDEN, Hint("not_skin"))
