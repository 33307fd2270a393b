"""Drawing several passes with one drag: a fan, a cross-hatch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import SkinPath, SkinPoint
from injectmap.editing import shapes
from injectmap.editing.pointer import Preview
from injectmap.editing.tools.cannula_pass import DragTool


class _ShapeTool(DragTool):
    """The drag gives place, direction and length; number and spread are the editor's settings."""

    @abstractmethod
    def ends(self, start: SkinPoint, end: SkinPoint) -> list[shapes.Ends]:
        """Return entry point and tip of each pass of the shape that a drag means."""

    @abstractmethod
    def draw(self, paths: Sequence[SkinPath], entry_id: str | None) -> None:
        """Make passes of the paths."""

    def _previews(self, controls: tuple[SkinPoint, ...]) -> list[Preview]:
        laid = self.ends(controls[0], controls[-1])
        return [self.preview(ends) for ends in laid if ends[0] != ends[1]]

    def show_gesture(self, controls: tuple[SkinPoint, ...]) -> None:
        """Show all passes, the one under the pointer first."""
        previews = self._previews(controls)
        self.editor.preview_drawn(sorted(previews, key=lambda one: one.controls != controls))

    def finish(self, controls: tuple[SkinPoint, ...], entry_id: str | None) -> None:
        """Draw those passes for which there is skin; refused where the drag itself is no pass."""
        _ = self.preview(controls).path
        paths = []
        for preview in self._previews(controls):
            try:
                paths.append(preview.path)
            except InputRefused:
                continue
        if not paths:
            raise InputRefused("path_leaves_head")
        self.draw(paths, entry_id)


class FanTool(_ShapeTool):
    """Several passes from one entry point; the drag is the middle direction and the reach."""

    id: ClassVar[str] = "fan"
    hint_on_entry: ClassVar[str] = "fan_from_entry"

    def ends(self, start: SkinPoint, end: SkinPoint) -> list[shapes.Ends]:
        """Return the passes of the fan."""
        return shapes.fan(self.editor.atlas, start, end, self.editor.fan)

    def draw(self, paths: Sequence[SkinPath], entry_id: str | None) -> None:
        """Draw the fan."""
        self.editor.draw_fan(paths, entry_id=entry_id)


class CrossHatchTool(_ShapeTool):
    """Two families of parallel passes at right angles; the drag is the middle line of the first."""

    id: ClassVar[str] = "cross_hatch"
    from_entry_points: ClassVar[bool] = False

    def ends(self, start: SkinPoint, end: SkinPoint) -> list[shapes.Ends]:
        """Return the passes of both families."""
        return shapes.cross_hatch(self.editor.atlas, start, end, self.editor.hatch)

    def draw(self, paths: Sequence[SkinPath], entry_id: str | None) -> None:  # noqa: ARG002
        """Draw both families."""
        self.editor.draw_cross_hatch(paths)
