"""Selecting by the keyboard: pass by pass, zone by zone, and the handle that arrow keys move."""

from __future__ import annotations

from injectmap.domain.totals import zones_by_length
from injectmap.domain.treatment_map import CannulaPass, Side
from injectmap.editing.both_sides import partners
from injectmap.editing.editor_base import EditorBase, Handle


def _main_zone(one: CannulaPass) -> tuple[str, Side]:
    zone, side, _ = zones_by_length(one)[0]
    return zone, side


class Selecting(EditorBase):
    """Everything selected is on the map; the primary pass is one of the selected ones."""

    def select_next(self, step: int) -> None:
        """Select the next or previous pass by number, going round at the ends."""
        if not self.map.passes:
            return
        ids = [one.id for one in self.map.passes]
        at = ids.index(self.primary) if self.primary in ids else (-1 if step > 0 else len(ids))
        self.select([ids[(at + step) % len(ids)]])

    def select_next_zone(self, step: int) -> None:
        """Select all passes of the next or previous zone of a side, in the order in which zones were first drawn in."""
        if not self.map.passes:
            return
        groups: dict[tuple[str, Side], list[str]] = {}
        for one in self.map.passes:
            groups.setdefault(_main_zone(one), []).append(one.id)
        zones = list(groups)
        primary = self.map.by_id.get(self.primary or "")
        at = zones.index(_main_zone(primary)) if primary is not None else (-1 if step > 0 else len(zones))
        ids = groups[zones[(at + step) % len(zones)]]
        self.select(ids, ids[0])

    def next_handle(self) -> None:
        """Let the arrow keys move the next of: the whole pass, its entry point, its tip."""
        primary = self.map.by_id.get(self.primary or "")
        if primary is None or primary.is_point:
            return
        handles = list(Handle)
        self.handle = handles[(handles.index(self.handle) + 1) % len(handles)]
        self._tell("handle")

    @property
    def partner_ids(self) -> frozenset[str]:
        """The passes of the other side that change with the selected ones while both sides are linked."""
        if not self.linked or not self.selection:
            return frozenset()
        paired = partners(self.map)
        return frozenset(paired[one] for one in self.selection if one in paired) - self.selection

    @property
    def targets(self) -> frozenset[str]:
        """The selected passes, with those of the other side while both sides are linked."""
        return self.selection | self.partner_ids

    def toggle_linked(self) -> None:
        """From here on draw and change both sides at once, or no longer."""
        self.linked = not self.linked
        self._tell("mode")

    def set_planning(self, on: bool) -> None:
        """From here on draw what is planned, or what is done."""
        if on != self.planning:
            self.planning = on
            self._tell("mode")
