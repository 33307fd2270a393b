"""Drawing: drag from the entry point to the tip."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import CannulaPass, PassStatus, SkinPoint
from injectmap.editing.pointer import Cursor, Hint, Pointer, Preview
from injectmap.editing.tools.base import Tool

# A free-hand line is kept to the points that shape it: closer than the hand can mean is tremor.
FREE_HAND_STEP_MM = 2.0
FREE_HAND_TOLERANCE_MM = 0.6
# The way to the edge is searched in steps, and the step that crosses it halved to a hair's breadth.
_EDGE_STEP_MM, _EDGE_HALVINGS = 2.0, 6


def simplified(points: np.ndarray, tolerance_mm: float) -> np.ndarray:
    """Return the points (n, 3) that a line needs to stay within a tolerance (Douglas and Peucker)."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        chord = points[last] - points[first]
        inner = points[first + 1 : last] - points[first]
        along = np.clip(inner @ chord / max(float(chord @ chord), 1e-9), 0.0, 1.0)
        away = np.linalg.norm(inner - along[:, None] * chord, axis=1)
        worst = int(np.argmax(away))
        if away[worst] > tolerance_mm:
            middle = first + 1 + worst
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return points[keep]


class DragTool(Tool):
    """A drag over the skin from one place to another; a click without a drag selects what is there.

    A press on an entry point begins there. Subclasses say what the drag shows and what its release draws.
    """

    follows_hand: ClassVar[bool] = False
    follows_with_shift: ClassVar[bool] = False
    from_entry_points: ClassVar[bool] = True
    hint_on_entry: ClassVar[str] = "from_entry_point"
    hint_on_skin: ClassVar[str] = ""

    _entry: SkinPoint | None = None
    _entry_id: str | None = None
    _view_id: str = ""
    _tip: SkinPoint | None = None
    _trail: list[SkinPoint]
    _last: Pointer
    _curved = False

    @property
    def active(self) -> bool:
        """True from a press on the skin to its release."""
        return self._entry is not None

    def press(self, pointer: Pointer) -> None:
        """Take the entry point, an existing one if it is under the pointer."""
        existing = self._entry_under(pointer)
        place = existing.path.entry if existing is not None else self.skin_under(pointer)
        if place is None:
            self.explain_refusal(pointer, pressed=True)
            return
        self._entry, self._entry_id = place, self._shared_entry(existing)
        self._view_id, self._tip, self._trail = pointer.view_id, None, [place]
        self._last = pointer
        self._curved = self.follows_hand or (self.follows_with_shift and pointer.shift)

    def _entry_under(self, pointer: Pointer) -> CannulaPass | None:
        if not self.from_entry_points:
            return None
        return self.editor.hits.entry(self.editor.map, pointer)

    def _shared_entry(self, existing: CannulaPass | None) -> str | None:
        """The entry point to share: only with what is planned, or only with what is not."""
        if existing is None or (existing.status is PassStatus.PLANNED) != self.editor.planning:
            return None
        return existing.entry_id

    def drag(self, pointer: Pointer) -> None:
        """Follow with the tip; where the skin ends or turns away, the tip stays at that edge."""
        if self._entry is None or pointer.view_id != self._view_id:
            return
        tip = self.skin_under(pointer)
        if tip is not None:
            self._last = pointer
            self.editor.show_hint(Cursor.CROSS, None)
        else:
            self._last = self._edge_towards(pointer)
            tip = self.skin_under(self._last)
            self.editor.show_hint(Cursor.FORBIDDEN, Hint("tip_stays"))
            if tip is None:
                return
        if self._curved and np.linalg.norm(np.subtract(tip, self._trail[-1])) >= FREE_HAND_STEP_MM * 1000:
            self._trail.append(tip)
        self._tip = tip
        if tip != self._entry:
            self.show_gesture(self._controls())

    def refresh(self) -> None:
        """Show the drag anew."""
        if self._entry is not None and self._tip is not None and self._tip != self._entry:
            self.show_gesture(self._controls())

    @abstractmethod
    def show_gesture(self, controls: tuple[SkinPoint, ...]) -> None:
        """Show what a release would do."""

    @abstractmethod
    def finish(self, controls: tuple[SkinPoint, ...], entry_id: str | None) -> None:
        """Do it; InputRefused where that cannot be."""

    def preview(self, controls: Sequence[SkinPoint]) -> Preview:
        """A path through controls that is not stored."""
        editor = self.editor
        return Preview(editor.atlas, tuple(controls), curved=len(controls) > 2, within=editor.zones)

    def _edge_towards(self, pointer: Pointer) -> Pointer:
        """The last place before the first edge on the way to the pointer; the way begins where it may be drawn."""
        start, good, bad = self._last, 0.0, 1.0
        way = (pointer.u_mm - start.u_mm, pointer.v_mm - start.v_mm)
        steps = max(1, round(math.hypot(*way) / _EDGE_STEP_MM))

        def place(share: float) -> Pointer:
            return replace(pointer, u_mm=start.u_mm + way[0] * share, v_mm=start.v_mm + way[1] * share)

        for step in range(1, steps + 1):
            if self.skin_under(place(step / steps)) is None:
                good, bad = (step - 1) / steps, step / steps
                break
        for _ in range(_EDGE_HALVINGS):
            middle = (good + bad) / 2
            if self.skin_under(place(middle)) is None:
                bad = middle
            else:
                good = middle
        return place(good)

    def _controls(self) -> tuple[SkinPoint, ...]:
        assert self._entry is not None
        assert self._tip is not None
        if not self._curved:
            return (self._entry, self._tip)
        trail = [*self._trail] if self._trail[-1] == self._tip else [*self._trail, self._tip]
        kept = skin_paths.to_um(simplified(skin_paths.to_mm(trail), FREE_HAND_TOLERANCE_MM))
        return (self._entry, *kept[1:-1], self._tip)

    def release(self, pointer: Pointer) -> None:
        """Draw, or select what was clicked if there was no drag."""
        if self._entry is None:
            self.select_under(pointer)
            return
        self.drag(pointer)
        entry_id = self._entry_id
        controls = self._controls() if self._tip is not None else ()
        self._forget()
        if len(controls) < 2 or (len(controls) == 2 and controls[0] == controls[1]):
            self.editor.show_preview(None)
            self.select_under(pointer)
            return
        try:
            self.finish(controls, entry_id)
        except InputRefused as refused:
            self.editor.show_preview(None)
            if refused.code == "path_too_short":
                self.select_under(pointer)
            else:
                self.editor.show_hint(Cursor.FORBIDDEN, Hint(refused.code, dict(refused.params)))

    def _forget(self) -> None:
        self._entry, self._entry_id, self._tip, self._trail = None, None, None, []

    def hover(self, pointer: Pointer) -> None:
        """Cross where skin can be drawn on, a pointing hand on an entry point, otherwise the reason."""
        if self._entry_under(pointer) is not None:
            self.editor.show_hint(Cursor.POINT, Hint(self.hint_on_entry))
        elif self.skin_under(pointer) is not None:
            self.editor.show_hint(Cursor.CROSS, Hint(self.hint_on_skin) if self.hint_on_skin else None)
        else:
            self.explain_refusal(pointer)

    def cancel(self) -> None:
        """Drop the drag."""
        self._forget()
        self.editor.show_preview(None)


class CannulaPassTool(DragTool):
    """A straight pass by a drag; with Shift the drag is followed as drawn."""

    id: ClassVar[str] = "cannula_pass"
    follows_with_shift: ClassVar[bool] = True

    def show_gesture(self, controls: tuple[SkinPoint, ...]) -> None:
        """Show the pass."""
        self.editor.preview_drawn([self.preview(controls)])

    def finish(self, controls: tuple[SkinPoint, ...], entry_id: str | None) -> None:
        """Draw the pass."""
        editor = self.editor
        path = skin_paths.resolve(editor.atlas, controls, curved=len(controls) > 2, zones=editor.zones)
        editor.draw(path, entry_id=entry_id)


class FreeHandTool(CannulaPassTool):
    """A curved pass, as the pen goes."""

    id: ClassVar[str] = "free_hand"
    follows_hand: ClassVar[bool] = True
