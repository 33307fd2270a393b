"""Arranging what is drawn: mirrored to the other side, nudged, put in another order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side, SkinPoint
from injectmap.editing import changes
from injectmap.editing.both_sides import Controls, Laid, mirrored, partners, with_followers, with_image
from injectmap.editing.deposits import with_path
from injectmap.editing.drawing import Drawing
from injectmap.editing.editor_base import Handle
from injectmap.editing.pointer import Cursor, Hint
from injectmap.editing.sharing import Shares


class Arranging(Drawing):
    """Nothing is laid where skin cannot be drawn on, and nothing twice at the same place."""

    # Mirror

    def mirror_selection(self) -> None:
        """Copy the selected passes, or the whole side shown, to the other side of the face.

        What has its mirror image already is left out. InputRefused: mirror_nothing, mirror_exists,
        mirror_above_rest.
        """
        originals = self.selected_passes or self._side_to_mirror()
        if not originals:
            raise InputRefused("mirror_nothing")
        there = with_image(self.map)
        wanted = [one for one in originals if one.id not in there]
        if not wanted:
            raise InputRefused("mirror_exists")
        edit, in_use = self._mirrored(wanted)
        if not self.commit(edit):
            return
        self.syringe_id = in_use or self.syringe_id
        images = frozenset(change.pass_id for change in edit.changes)
        if frozenset(one.id for one in wanted) in self.drawn_together:
            self.drawn_together.add(images)
        self.select(images)
        sides = {change.after.side.value for change in edit.changes if change.after is not None}
        params: dict[str, object] = {"count": len(wanted), "side": sides.pop() if len(sides) == 1 else ""}
        if len(wanted) < len(originals):
            params["left_out"] = len(originals) - len(wanted)
        self.show_hint(Cursor.ARROW, Hint("mirror_partly" if "left_out" in params else "mirrored", params))
        self._tell("defaults")

    def _side_to_mirror(self) -> tuple[CannulaPass, ...]:
        """All passes of the side shown, or of the only one that has passes."""
        sides = {
            side: tuple(one for one in self.map.passes if one.side is side)
            for side in (Side.LEFT, Side.RIGHT)
        }
        shown = self.atlas.views[self.view_id].side
        if not all(sides.values()):
            return sides[Side.LEFT] or sides[Side.RIGHT]
        return sides[Side(shown)] if shown is not None else ()

    def _mirrored(self, originals: Sequence[CannulaPass]) -> tuple[Edit, str | None]:
        """Return the edit that draws mirror images, and the syringe in use after it."""
        zones = self.zones
        images: dict[str, Laid] = {}
        for planned in (False, True):
            layer = [one for one in originals if (one.status is PassStatus.PLANNED) == planned]
            laid = [Laid(one.path, one.entry_id) for one in layer]
            found = mirrored(self.atlas, self.map, laid, zones, planned=planned)
            images |= {one.id: image for one, image in zip(layer, found, strict=True)}
        done = [one for one in originals if one.status is PassStatus.DONE]
        shares: dict[str, Shares] = {}
        in_use = None
        if done:
            drawn = self._allot([one.microlitres for one in done], whole_first=True, exactly=True)
            shares = {one.id: own for one, own in zip(done, drawn.shares, strict=True)}
            in_use = drawn.in_use
        first = self.map.next_order
        new = [
            replace(
                with_path(one, images[one.id].path, zones or self.atlas.zones),
                id=new_id(),
                order=first + index,
                entry_id=images[one.id].entry_id,
                shares=shares.get(one.id, one.shares),
                fulfils=None,
                deviation="",
                reference="",
            )
            for index, one in enumerate(originals)
        ]
        return Edit(EditKind.MIRROR, tuple(PassChange(None, one) for one in new)), in_use

    # Nudge

    def nudge(self, du_mm: float, dv_mm: float) -> None:
        """Move the selected passes, or the handle chosen of the primary one, in the plane of the view shown.

        `du_mm` runs to the right and `dv_mm` down. A whole pass takes all passes of its entry point along.
        InputRefused("nudge_nothing") without a selection and ("nudge_leaves_skin") at the edge of the skin.
        """
        primary = self.map.by_id.get(self.primary or "")
        if primary is None:
            raise InputRefused("nudge_nothing")

        def shifted(place: SkinPoint) -> SkinPoint:
            return self._shifted(place, du_mm, dv_mm)

        targets: dict[str, Controls]
        if self.handle is Handle.TIP:
            tip = shifted(primary.path.tip)
            targets = changes.vertex_targets(self.map, primary.id, len(primary.path.controls) - 1, tip)
        elif self.handle is Handle.ENTRY:
            targets = changes.entry_targets(self.map, primary.entry_id, shifted(primary.path.entry))
        else:
            targets = {
                one.id: [shifted(place) for place in one.path.controls] for one in self._nudged(primary)
            }
        if self.linked:
            # One pass of an entry point may follow its mirror image while another has none.
            targets = changes.with_one_entry(self.map, with_followers(self.map, targets))
        try:
            edit = changes.move_passes(self.atlas, self.map, EditKind.NUDGE, targets)
        except InputRefused as refused:
            if refused.code == "path_leaves_head":
                raise InputRefused("nudge_leaves_skin") from None
            raise
        handle = self.handle
        if self.commit(edit) and handle is not self.handle:
            self.handle = handle
            self._tell("handle")

    def _nudged(self, primary: CannulaPass) -> list[CannulaPass]:
        """The selected passes with all others of their entry points; with both sides linked those that lead."""
        entries = {one.entry_id for one in self.selected_passes}
        found = [one for one in self.map.passes if one.entry_id in entries]
        if not self.linked:
            return found
        paired, ids = partners(self.map), {one.id for one in found}
        leads = Side.RIGHT if primary.side is Side.RIGHT else Side.LEFT
        return [one for one in found if one.side is leads or paired.get(one.id) not in ids]

    def _shifted(self, place: SkinPoint, du_mm: float, dv_mm: float) -> SkinPoint:
        """Return a place moved in the view shown; one hidden there slides over the skin the same way."""
        view = self.atlas.views[self.view_id]
        point = skin_paths.to_mm([place])
        uv, shown = view.project(point)
        there = uv + np.array([[du_mm, dv_mm]])
        if shown[0] and view.draw_state(there[0]) == "ok":
            return skin_paths.to_um(view.to_skin(there)[0])[0]
        across, down = view.matrix[:, 0], view.matrix[:, 1]
        return skin_paths.snap(self.atlas, point[0] + du_mm * across + dv_mm * down)

    # Order

    def reorder(self, pass_ids: Collection[str], before_id: str | None) -> None:
        """Treat passes before another one, or last; numbers and entry letters follow."""
        self.commit(changes.reorder(self.map, pass_ids, before_id))
