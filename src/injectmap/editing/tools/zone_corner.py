"""Moving a corner of the zones for this session: drag a handle, and both zones that share it follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import SkinPoint
from injectmap.editing import zone_corners
from injectmap.editing.pointer import Cursor, Hint, Pointer
from injectmap.editing.tools.base import Tool

if TYPE_CHECKING:
    from injectmap.atlas import ZoneCorner, Zones

_GROUPS = ("c_shape", "c_shape_optional")
# A hand that only clicks still trembles.
_STILL_MM = 0.8


class ZoneCornerTool(Tool):
    """A drag on a corner moves it, and its release is one edit; a click only says which corner it is.

    `zones` are the zones as they would be if the corner were let go now; `last` is the corner last held.
    """

    id: ClassVar[str] = "zone_corner"

    zones: Zones | None = None
    last: ZoneCorner | None = None
    _held: ZoneCorner | None = None
    _pressed: Pointer | None = None
    _to: SkinPoint | None = None

    @property
    def active(self) -> bool:
        """True while a corner is held."""
        return self._held is not None

    def shown(self) -> frozenset[str]:
        """The zones whose corners can be moved: those that every map shows, and those that hold a pass."""
        info = self.editor.atlas.zones.info
        used = {part.zone for one in self.editor.map.passes for part in one.path.zones}
        return frozenset(zone for zone, one in info.items() if one.group in _GROUPS) | used

    def under(self, pointer: Pointer) -> ZoneCorner | None:
        """The nearest corner within reach of the pointer, or None."""
        editor = self.editor
        corners = editor.atlas.zones_for(editor.map.zone_moves).corners(self.shown())
        if not corners:
            return None
        view = editor.atlas.views[pointer.view_id]
        places, seen = view.project(np.array([corner.place for corner in corners]))
        away = np.where(seen, np.hypot(*(places - pointer.uv[0]).T), np.inf)
        nearest = int(np.argmin(away))
        return corners[nearest] if away[nearest] <= pointer.tolerance_mm else None

    def press(self, pointer: Pointer) -> None:
        """Take the corner under the pointer."""
        self._held, self._pressed, self._to = self.under(pointer), pointer, None
        if self._held is None:
            self.editor.show_hint(Cursor.ARROW, Hint("zone_corner_none"))
        else:
            self.last = self._held

    def drag(self, pointer: Pointer) -> None:
        """Show how the zones would lie; where they cannot, the last that could stay."""
        held, pressed = self._held, self._pressed
        if held is None or pressed is None or self.editor.read_only:
            return
        moved = abs(pointer.u_mm - pressed.u_mm) + abs(pointer.v_mm - pressed.v_mm)
        if self._to is None and moved < _STILL_MM:
            return
        place = self.skin_under(pointer)
        if place is None:
            self.explain_refusal(pointer)
            return
        zones = zone_corners.preview(self.editor, held.vertex, held.side, place)
        if zones is None:
            self.editor.show_hint(Cursor.FORBIDDEN, Hint("zone_corner_stays"))
            return
        self._to, self.zones = place, zones
        self.editor.show_hint(Cursor.MOVE, None)
        self.editor.tell_preview()

    def release(self, pointer: Pointer) -> None:
        """Move the corner for good."""
        self.drag(pointer)
        held, to = self._held, self._to
        self._drop()
        if held is None or to is None:
            return
        try:
            zone_corners.move_corner(self.editor, held.vertex, held.side, to)
        except InputRefused as refused:
            self.editor.show_hint(Cursor.FORBIDDEN, Hint(refused.code))

    def hover(self, pointer: Pointer) -> None:
        """Say whether a press would take a corner."""
        if self.under(pointer) is None:
            self.editor.show_hint(Cursor.ARROW, None)
        else:
            self.editor.show_hint(Cursor.MOVE, Hint("zone_corner_here"))

    def reset_last(self) -> bool:
        """Put the corner last held back where the zones file has it; False if there is none."""
        if self.last is None:
            return False
        return zone_corners.reset_corner(self.editor, self.last.vertex, self.last.side)

    def _drop(self) -> None:
        shown = self.zones is not None
        self._held = self._pressed = self._to = self.zones = None
        if shown:
            self.editor.tell_preview()

    def cancel(self) -> None:
        """Leave the corner where it was."""
        self._drop()


def zones_in_hand(tool: Tool) -> Zones | None:
    """The zones as the gesture in hand would leave them, or None if it moves no corner."""
    return tool.zones if isinstance(tool, ZoneCornerTool) else None
