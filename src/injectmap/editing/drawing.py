"""Drawing: what tools have laid on the skin becomes passes of the map, with volumes from the syringes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.treatment_map import PassStatus, Share, Side, SkinPath, Technique
from injectmap.domain.units import share_out, show_volume
from injectmap.editing import changes
from injectmap.editing.both_sides import Controls, Laid, at_midline, mirrored, with_followers
from injectmap.editing.pointer import Cursor, Hint, Preview
from injectmap.editing.setting import Setting
from injectmap.editing.sharing import Allotment, allot


class Drawing(Setting):
    """One gesture is one edit, whatever it draws; with both sides linked, on both."""

    def draw(self, path: SkinPath, *, entry_id: str | None = None) -> None:
        """Draw a pass with the defaults of the next pass and select it."""
        laid = [Laid(path, entry_id or new_id())]
        self._draw(EditKind.ADD_PASS, laid, self.defaults.technique, self.defaults.microlitres)

    def draw_fan(self, paths: Sequence[SkinPath], *, entry_id: str | None = None) -> None:
        """Draw the passes of a fan from one entry point; the volume is that of the whole fan."""
        entry = entry_id or new_id()
        laid = [Laid(path, entry) for path in paths]
        self._draw_shape(EditKind.DRAW_FAN, laid, "fan", self.fan.count)

    def draw_cross_hatch(self, paths: Sequence[SkinPath]) -> None:
        """Draw two families of passes, each pass from an entry point of its own; the volume is that of all."""
        laid = [Laid(path, new_id()) for path in paths]
        self._draw_shape(EditKind.DRAW_CROSS_HATCH, laid, "cross_hatch", 2 * self.hatch.count)

    def place_bolus(self, path: SkinPath, technique: Technique, tool_id: str) -> None:
        """Place a bolus."""
        self._draw(EditKind.PLACE_BOLUS, [Laid(path, new_id())], technique, self.volume_of_tool(tool_id))

    def _draw_shape(self, kind: EditKind, laid: Sequence[Laid], tool_id: str, asked: int) -> None:
        technique = Technique.FANNING if tool_id == "fan" else Technique.CROSS_HATCHING
        volume = self.volume_of_tool(tool_id)
        if self._draw(kind, laid, technique, volume):
            self.volumes[tool_id] = volume
            if len(laid) < asked:
                self.show_hint(Cursor.CROSS, Hint("fan_cut", {"count": len(laid), "asked": asked}))

    def _draw(self, kind: EditKind, laid: Sequence[Laid], technique: Technique, volume_ul: int) -> bool:
        """Share a volume over what was laid, add the other side if linked, store and select; False if not."""
        defaults = replace(self.defaults, technique=technique)
        status = PassStatus.PLANNED if self.planning else PassStatus.DONE
        volumes = share_out(volume_ul, [1] * len(laid))
        doubled = [at for at, one in enumerate(laid) if self.linked and not at_midline(one.path)]
        images = [laid[at] for at in doubled]
        try:
            if volume_ul < len(laid):
                raise InputRefused("volume_too_small_to_share", count=len(laid))
            both = [*laid, *mirrored(self.atlas, self.map, images, self.zones, planned=self.planning)]
            volumes += [volumes[at] for at in doubled]
            drawn = None if self.planning else self._allot(volumes, whole_first=len(laid) > 1 or self.linked)
        except InputRefused as refused:
            self.show_preview(None)
            self.show_hint(Cursor.FORBIDDEN, Hint(refused.code, dict(refused.params)))
            return False
        shares = [(Share("", volume),) for volume in volumes] if drawn is None else drawn.shares
        edit = changes.add_passes(self.map, kind, both, shares, defaults=defaults, status=status)
        if not self.commit(edit):
            return False
        ids = frozenset(change.pass_id for change in edit.changes[: len(laid)])
        # Known before followers hear of the selection: they ask for the volume of the whole.
        if len(ids) > 1:
            self.drawn_together.add(ids)
        self.select(ids)
        if drawn is not None:
            every = frozenset(change.pass_id for change in edit.changes)
            self._drawn_from = (every, self.syringe_id) if self.syringe_id is not None else None
            self.syringe_id = drawn.in_use
            self._tell_of(drawn)
        self._tell("defaults")
        return True

    def _allot(self, volumes: Sequence[int], *, whole_first: bool, exactly: bool = False) -> Allotment:
        return allot(
            self.map, self.syringes, volumes, in_use=self.syringe_id, whole_first=whole_first, exactly=exactly
        )

    def _tell_of(self, drawn: Allotment) -> None:
        """Say which syringes were taken, where it is not the one in use."""
        if drawn.reduced:
            self.show_hint(Cursor.CROSS, Hint("rest_only", {"ml": show_volume(drawn.microlitres)}))
        elif drawn.split is not None:
            first, second = drawn.split
            self.show_hint(Cursor.CROSS, Hint("pass_split", {"first": first, "second": second}))
        elif drawn.switched is not None:
            self.show_hint(Cursor.CROSS, Hint("syringe_switched", {"number": drawn.switched}))

    # Shapes

    def change_fan(self, count_delta: int = 0, spread_delta: int = 0) -> None:
        """Give the fan being drawn, or the next one, more or fewer passes and another spread in degrees."""
        self.fan = self.fan.changed(count_delta, spread_delta)
        self._tell("shape", "defaults")
        self.tool.refresh()

    def change_hatch(self, count_delta: int = 0, spacing_delta: int = 0) -> None:
        """Give the cross-hatch being drawn, or the next one, other numbers of passes and another spacing in mm."""
        self.hatch = self.hatch.changed(count_delta, spacing_delta)
        self._tell("shape", "defaults")
        self.tool.refresh()

    # Previews

    def preview_drawn(self, previews: Sequence[Preview]) -> None:
        """Show what is being drawn, on both sides if they are linked."""
        images = [one.mirrored for one in previews if self.linked and not _near_midline(one)]
        self.show_previews([*previews, *images], frozenset())

    def preview_moved(self, targets: dict[str, Controls]) -> None:
        """Show passes with other controls, by pass id, in place of the stored ones."""
        if self.linked:
            targets = with_followers(self.map, targets)
        zones = self.zones
        previews = [
            Preview(self.atlas, tuple(controls), self.map.by_id[one].path.curved, within=zones)
            for one, controls in targets.items()
        ]
        self.show_previews(previews, frozenset(targets))


def _near_midline(preview: Preview) -> bool:
    across = preview.points[:, 0]
    return preview.side is Side.MIDLINE or bool(across.min() <= 0.0 <= across.max())
