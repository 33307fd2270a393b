"""Measuring between two places on the skin."""

from __future__ import annotations

from typing import ClassVar

from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import SkinPoint
from injectmap.editing.pointer import Measured, Pointer
from injectmap.editing.tools.cannula_pass import DragTool

# A hand that only clicks still trembles.
STILL_UM = 800


class MeasureTool(DragTool):
    """A drag shows the length along the skin and the chord; both stay until the next gesture. Nothing is drawn.

    A press on an entry point measures from it exactly.
    """

    id: ClassVar[str] = "measure"
    hint_on_entry: ClassVar[str] = "measure_from_entry"

    def press(self, pointer: Pointer) -> None:
        """Begin, and let go of the last measurement."""
        self.editor.clear_measured()
        super().press(pointer)

    def show_gesture(self, controls: tuple[SkinPoint, ...]) -> None:
        """Show what is measured."""
        self.editor.show_measured(Measured(self.preview(controls)))

    def finish(self, controls: tuple[SkinPoint, ...], entry_id: str | None) -> None:  # noqa: ARG002
        """Leave it on show; a hand that only clicked has measured nothing."""
        measured = Measured(self.preview(controls))
        if measured.length_um < STILL_UM:
            self.editor.clear_measured()
            raise InputRefused("path_too_short")
        self.editor.show_measured(measured)

    def cancel(self) -> None:
        """Drop the drag; what was measured before it stays."""
        if self.active:
            self.editor.clear_measured()
        super().cancel()
