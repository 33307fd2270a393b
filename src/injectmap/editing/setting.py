"""Setting volume, plane, technique, instrument, syringe and depth of the selected passes and of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import CannulaPass, Instrument, PassStatus, Plane, Share, Technique
from injectmap.domain.units import UM_PER_MM, parse_volume, share_out, show_volume
from injectmap.editing import changes, deposits
from injectmap.editing.both_sides import partners
from injectmap.editing.pointer import Hint
from injectmap.editing.remembered import GIVEN_BY, POINT_TECHNIQUES, POINT_VOLUMES_UL
from injectmap.editing.selecting import Selecting
from injectmap.editing.sharing import drawn_anew, with_volumes

# A pass is thought of in tenths of a millimetre; deeper than this no face is.
DEEPEST_MM = 40.0


class Reach(NamedTuple):
    """How far a tip lies from its entry point along the skin, and the instrument's length."""

    reach_um: int
    length_um: int


class Setting(Selecting):
    """One change of the whole selection is one edit; with both sides linked, of their mirror images too."""

    # Volumes

    def volume_of_tool(self, tool_id: str) -> int:
        """What the next gesture of a tool takes; of a fan or cross-hatch, all its passes on one side together."""
        passes = {"fan": self.fan.count, "cross_hatch": 2 * self.hatch.count}
        return self.volumes.get(tool_id, self.defaults.microlitres * passes.get(tool_id, 1))

    @property
    def next_volume_ul(self) -> int:
        """What the next gesture of the tool in hand takes."""
        return self.volume_of_tool(self.tool_id)

    @property
    def fan_volume_ul(self) -> int:
        """The volume of the next whole fan."""
        return self.volume_of_tool("fan")

    @property
    def hatch_volume_ul(self) -> int:
        """The volume of the next whole cross-hatch."""
        return self.volume_of_tool("cross_hatch")

    @property
    def bolus_volume_ul(self) -> int:
        """The volume of the next bolus."""
        return self.volume_of_tool("bolus")

    @property
    def micro_bolus_volume_ul(self) -> int:
        """The volume of the next micro-bolus."""
        return self.volume_of_tool("micro_bolus")

    @property
    def next_technique(self) -> Technique:
        """The technique that the next gesture of the tool in hand gives."""
        return GIVEN_BY.get(self.tool_id, self.defaults.technique)

    @property
    def selected_passes(self) -> tuple[CannulaPass, ...]:
        """The selected passes, in order."""
        return tuple(one for one in self.map.passes if one.id in self.selection)

    @property
    def selection_volume_ul(self) -> int:
        """The volume of the selected passes together."""
        return sum(one.microlitres for one in self.selected_passes)

    @property
    def shares_volume(self) -> bool:
        """True where a typed volume is that of all selected passes together: of a fan, or the shape just drawn."""
        return self._selected_shape() is not None

    def _selected_shape(self) -> str | None:
        """The tool whose shape the selected passes are, if they are one."""
        passes = self.selected_passes
        if len(passes) < 2:
            return None
        techniques = {one.technique for one in passes}
        if techniques == {Technique.FANNING} and len({one.entry_id for one in passes}) == 1:
            return "fan"
        hatched = techniques == {Technique.CROSS_HATCHING} and self.selection in self.drawn_together
        return "cross_hatch" if hatched else None

    def set_volume_text(self, typed: str, share: bool | None = None) -> None:
        """Give the selected passes, and the next one, a typed volume in mL; InputRefused as in parse_volume.

        With `share` it is the volume of all selected passes together, else of each; None as `shares_volume` says.
        """
        volume = parse_volume(typed)
        if not self.selection:
            self.tool.cancel()
            self._remember(self.tool_id, volume)
            return
        passes, shape = self.selected_passes, self._selected_shape()
        together = share if share is not None else shape is not None
        if together and volume < len(passes):
            raise InputRefused("volume_too_small_to_share", count=len(passes))
        parts = share_out(volume, [1] * len(passes)) if together else [volume] * len(passes)
        if self._give_volumes({one.id: part for one, part in zip(passes, parts, strict=True)}):
            known = (shape if self._whole(passes) else None) if shape else self._kind_of(passes)
            self._remember(known, volume, each=not together, count=len(passes))

    def _whole(self, passes: Sequence[CannulaPass]) -> bool:
        """True if no other pass of the map belongs to the shape that passes are of."""
        techniques, entries = {one.technique for one in passes}, {one.entry_id for one in passes}
        others = (one for one in self.map.passes if one.entry_id in entries and one.id not in self.selection)
        return not any(one.technique in techniques for one in others)

    def _kind_of(self, passes: Sequence[CannulaPass]) -> str | None:
        """The tool that the next one of such passes is drawn with; None for parts of a shape."""
        if all(one.is_point for one in passes):
            kinds = {one.technique for one in passes}
            given = [tool_id for tool_id in POINT_VOLUMES_UL if kinds == {GIVEN_BY[tool_id]}]
            return given[0] if given else None
        parts = {Technique.FANNING, Technique.CROSS_HATCHING} - {self.defaults.technique}
        return None if all(one.is_point or one.technique in parts for one in passes) else "cannula_pass"

    def _remember(self, tool_id: str | None, volume: int, *, each: bool = True, count: int = 1) -> None:
        """Keep a volume for the next gesture of a tool; one that was shared is that of a whole shape."""
        if tool_id in GIVEN_BY:
            shape = tool_id not in POINT_VOLUMES_UL
            self.volumes[str(tool_id)] = volume * count if each and shape else volume
        elif each and tool_id is not None:
            self.defaults = replace(self.defaults, microlitres=volume)
        self._tell("defaults")

    def _give_volumes(self, wanted: dict[str, int]) -> bool:
        if self.linked:
            paired = partners(self.map)
            wanted |= {
                paired[one]: ul for one, ul in wanted.items() if one in paired and paired[one] not in wanted
            }
        # The volume of the last gesture is chosen only now: its syringes are those that this volume takes.
        anew = None
        if self._drawn_from is not None and self._drawn_from[0] == wanted.keys():
            anew = drawn_anew(self.map, self.syringes, wanted, in_use=self._drawn_from[1])
        changed, split = anew[:2] if anew is not None else with_volumes(self.map, self.syringes, wanted)
        edit = changes.change_passes(self.map, wanted, EditKind.SET_VOLUME, lambda one: changed[one.id])
        stored = self.commit(edit)
        if stored and anew is not None:
            self.syringe_id = anew[2]
        if stored and split is not None:
            self.show_hint(self.cursor, Hint("pass_split", {"first": split[0], "second": split[1]}))
        return stored

    # What else a pass has

    def remove_selected(self) -> None:
        """Take what is selected off the map."""
        if self.selected_item is not None:
            self.remove_item(self.selected_item)
        else:
            self.commit(changes.remove_passes(self.map, self.targets))

    def remove_item(self, item_id: str) -> bool:
        """Take something other than a pass off the map."""
        raise NotImplementedError

    def _set(self, kind: EditKind, changed: changes.PassChanger, **defaults: Any) -> None:
        """Change the selected passes, and what the next pass takes."""
        if self.commit(changes.change_passes(self.map, self.targets, kind, changed)):
            self.defaults = replace(self.defaults, **defaults)
            self._tell("defaults")

    def set_technique(self, technique: Technique) -> None:
        """Give the selected passes, and the next one, a technique; a bolus stays one."""
        passes = self.selected_passes
        if technique not in POINT_TECHNIQUES and any(one.is_point for one in passes):
            raise InputRefused("technique_needs_path")
        kept = {} if technique in POINT_TECHNIQUES else {"technique": technique}
        self._set(EditKind.SET_TECHNIQUE, lambda one: replace(one, technique=technique), **kept)

    def set_plane(self, plane: Plane) -> None:
        """Give the selected passes, and the next one, a plane."""
        self._set(EditKind.SET_PLANE, lambda one: replace(one, plane=plane), plane=plane)

    def set_instrument(self, instrument: Instrument) -> None:
        """Give the selected passes, and the next one, an instrument."""
        kind = EditKind.SET_INSTRUMENT
        self._set(kind, lambda one: replace(one, instrument=instrument), instrument=instrument)

    def set_depth(self, mm: float | None) -> None:
        """Give the selected passes a depth below the skin in mm, or none."""
        if mm is not None and not 0 < mm <= DEEPEST_MM:
            raise InputRefused("depth_impossible", limit=round(DEEPEST_MM))
        depth_um = None if mm is None else round(mm * UM_PER_MM)
        self._set(EditKind.SET_DEPTH, lambda one: replace(one, depth_um=depth_um))

    def set_depth_text(self, typed: str) -> None:
        """As `set_depth`, typed; nothing typed is no depth."""
        if not typed.strip():
            self.set_depth(None)
            return
        um = deposits.parse_length(typed, empty="depth_not_a_number", not_a_number="depth_not_a_number")
        self.set_depth(um / UM_PER_MM)

    def set_syringe(self, syringe_id: str) -> None:
        """Draw the selected passes, and the next one, from a syringe; each side may have its own."""
        if syringe_id not in {syringe.id for syringe in self.syringes}:
            raise InputRefused("syringe_unknown")
        edit = changes.change_passes(
            self.map, self.selection, EditKind.SET_SYRINGE, lambda one: changes.with_syringe(one, syringe_id)
        )
        if self.commit(edit):
            self.use_syringe(syringe_id)

    def use_syringe(self, syringe_id: str) -> None:
        """Draw the next pass from a syringe; those drawn keep theirs."""
        self.syringe_id, self._drawn_from = syringe_id, None
        self._tell("defaults")

    def split_shares(self, pass_id: str, shares: Sequence[tuple[str, int]]) -> None:
        """Say how much of a pass came from which syringe; the parts make up its volume."""
        one = self.map.by_id[pass_id]
        if one.status is not PassStatus.DONE:
            raise InputRefused("split_needs_done")
        ids = [syringe_id for syringe_id, _ in shares]
        if not ids or not set(ids) <= {syringe.id for syringe in self.syringes}:
            raise InputRefused("syringe_unknown")
        if len(set(ids)) < len(ids):
            raise InputRefused("syringe_twice")
        if any(microlitres <= 0 for _, microlitres in shares):
            raise InputRefused("volume_zero", typed="0")
        whole = sum(microlitres for _, microlitres in shares)
        if whole != one.microlitres:
            sum_ml, volume_ml = show_volume(whole), show_volume(one.microlitres)
            raise InputRefused("shares_do_not_add_up", sum_ml=sum_ml, volume_ml=volume_ml)
        after = replace(one, shares=tuple(Share(*share) for share in shares))
        if after != one:
            self._drawn_from = None
            self.commit(Edit(EditKind.SPLIT_SYRINGES, (PassChange(one, after),)))

    def set_deposits(self, pass_id: str, rows: Sequence[tuple[str, str]]) -> None:
        """Say where along a pass its volume lies, as typed: (mm from the entry point, mL); no rows, all along."""
        zones = self.zones or self.atlas.zones
        ids = {pass_id}
        if self.linked and pass_id in (paired := partners(self.map)):
            ids.add(paired[pass_id])
        self.commit(
            changes.change_passes(
                self.map,
                ids,
                EditKind.SET_DEPOSITS,
                lambda one: replace(one, deposits=deposits.typed(one, rows, zones)),
            )
        )

    def reach(self, pass_id: str) -> Reach:
        """Return how far a pass reaches from its entry point, and how long its instrument is."""
        one = self.map.by_id[pass_id]
        return Reach(one.path.length_um, one.instrument.length_um)
