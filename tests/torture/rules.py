"""The rules of the random hand: all that a clinician can do to a map."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from injectmap.domain import skin_paths
from injectmap.domain.edits import Edit, EditKind, ItemChange
from injectmap.domain.ids import new_id
from injectmap.domain.map_items import Measurement, MeasurementKind
from injectmap.domain.treatment_map import (
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Side,
    SkinPath,
    Technique,
    TreatmentMap,
)
from injectmap.editing import changes, compare, plan, protocols, shapes, zone_corners
from injectmap.editing.editor_base import Handle
from tests.torture import machine
from tests.torture.machine import EditorMachine, indices

picks = st.lists(indices, min_size=1, max_size=4)
volumes = st.sampled_from(["0.1", "0,15", "0.001", "0.237", "1", "1.3", "0.05"])
instruments = st.sampled_from(
    [
        Instrument(InstrumentKind.CANNULA, 22, 50_000),
        Instrument(InstrumentKind.CANNULA, 25, 38_000),
        Instrument(InstrumentKind.NEEDLE, 27, 13_000),
    ]
)


class Drawing(EditorMachine):
    """New passes."""

    def path(self, *stops: int, curved: bool = False) -> SkinPath:
        controls = [self.place(stop) for stop in stops]
        return skin_paths.resolve(self.atlas, controls, curved=curved, zones=self.editor.zones)

    @precondition(lambda self: not self.crowded)
    @rule(start=indices, tip=indices)
    def draw(self, start: int, tip: int) -> None:
        with self.attempt():
            self.editor.draw(self.path(start, tip))

    @precondition(lambda self: not self.crowded)
    @rule(stops=st.lists(indices, min_size=3, max_size=5))
    def draw_free_hand(self, stops: list[int]) -> None:
        with self.attempt():
            self.editor.draw(self.path(*stops, curved=True))

    @precondition(lambda self: self.passes and not self.crowded)
    @rule(index=indices, tip=indices)
    def draw_from_an_entry_point(self, index: int, tip: int) -> None:
        one = self.chosen(index)
        if one.is_point or one.is_planned is not self.editor.planning:
            return
        with self.attempt():
            controls = [one.path.entry, self.place(tip)]
            path = skin_paths.resolve(self.atlas, controls, zones=self.editor.zones)
            self.editor.draw(path, entry_id=one.entry_id)

    @precondition(lambda self: not self.crowded)
    @rule(start=indices, tip=indices, more=st.integers(-1, 3), hatched=st.booleans())
    def fan_or_hatch(self, start: int, tip: int, more: int, hatched: bool) -> None:
        first, last = self.place(start), self.place(tip)
        if first == last:
            return
        with self.attempt():
            if hatched:
                self.editor.change_hatch(count_delta=more)
                ends = shapes.cross_hatch(self.atlas, first, last, self.editor.hatch)
            else:
                self.editor.change_fan(count_delta=more, spread_delta=5 * more)
                ends = shapes.fan(self.atlas, first, last, self.editor.fan)
            paths = [skin_paths.resolve(self.atlas, pair, zones=self.editor.zones) for pair in ends]
            if paths and hatched:
                self.editor.draw_cross_hatch(paths)
            elif paths:
                self.editor.draw_fan(paths)

    @precondition(lambda self: not self.crowded)
    @rule(at=indices, small=st.booleans())
    def bolus(self, at: int, small: bool) -> None:
        tool = "micro_bolus" if small else "bolus"
        with self.attempt():
            path = skin_paths.point(self.atlas, self.place(at), zones=self.editor.zones)
            self.editor.place_bolus(path, Technique(tool), tool)

    @precondition(lambda self: self.passes and not self.crowded)
    @rule()
    def mirror(self) -> None:
        with self.attempt():
            self.editor.mirror_selection()

    @rule(start=indices, end=indices)
    def measure(self, start: int, end: int) -> None:
        with self.attempt():
            path = self.path(start, end)
            kept = Measurement(new_id(), MeasurementKind.ASYMMETRY, path, 9_000, "lower on the left")
            self.editor.commit(Edit(EditKind.MEASURE, (), (ItemChange(None, kept),)))

    @rule(linked=st.booleans())
    def change_mode(self, linked: bool) -> None:
        if linked:
            self.editor.toggle_linked()
        else:
            self.editor.set_planning(not self.editor.planning)


class Changing(EditorMachine):
    """Passes that are there already."""

    @precondition(lambda self: self.passes)
    @rule(chosen=picks, typed=volumes, share=st.sampled_from([None, True, False]))
    def set_volume(self, chosen: list[int], typed: str, share: bool | None) -> None:
        self.editor.select(self.some(chosen))
        with self.attempt():
            self.editor.set_volume_text(typed, share)

    @precondition(lambda self: self.passes)
    @rule(chosen=picks, what=st.sampled_from(Plane) | st.sampled_from(Technique) | instruments)
    def set_plane_technique_or_instrument(
        self, chosen: list[int], what: Plane | Technique | Instrument
    ) -> None:
        self.editor.select(self.some(chosen))
        with self.attempt():
            if isinstance(what, Plane):
                self.editor.set_plane(what)
            elif isinstance(what, Technique):
                self.editor.set_technique(what)
            else:
                self.editor.set_instrument(what)

    @precondition(lambda self: self.passes)
    @rule(chosen=picks, depth=st.sampled_from(["", "4", "3,5", "99"]))
    def set_depth(self, chosen: list[int], depth: str) -> None:
        self.editor.select(self.some(chosen))
        with self.attempt():
            self.editor.set_depth_text(depth)

    @precondition(lambda self: self.passes)
    @rule(chosen=picks, number=st.integers(0, 2))
    def set_syringe(self, chosen: list[int], number: int) -> None:
        self.editor.select(self.some(chosen))
        with self.attempt():
            self.editor.set_syringe(self.editor.syringes[number].id)

    @precondition(lambda self: self.passes)
    @rule(index=indices, part=st.integers(0, 400), pair=st.permutations([0, 1, 2]))
    def split_over_syringes(self, index: int, part: int, pair: list[int]) -> None:
        one = self.chosen(index)
        ids = [self.editor.syringes[at].id for at in pair[:2]]
        with self.attempt():
            self.editor.split_shares(one.id, list(zip(ids, (part, one.microlitres - part), strict=True)))

    @precondition(lambda self: self.passes)
    @rule(index=indices, rows=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 80)), max_size=3))
    def set_deposits(self, index: int, rows: list[tuple[int, int]]) -> None:
        with self.attempt():
            self.editor.set_deposits(self.chosen(index).id, [(str(mm), f"0.{ul:03d}") for mm, ul in rows])

    @precondition(lambda self: self.passes)
    @rule(index=indices, to=indices)
    def move_entry(self, index: int, to: int) -> None:
        entry, editor = self.chosen(index).entry_id, self.editor
        with self.attempt():
            edit = changes.move_entry(self.atlas, editor.map, entry, self.place(to), linked=editor.linked)
            editor.commit(edit)

    @precondition(lambda self: self.passes)
    @rule(index=indices, to=indices)
    def move_tip(self, index: int, to: int) -> None:
        one, editor = self.chosen(index), self.editor
        if one.is_point:
            return
        with self.attempt():
            last = len(one.path.controls) - 1
            edit = changes.move_vertex(
                self.atlas, editor.map, one.id, last, self.place(to), linked=editor.linked
            )
            editor.commit(edit)

    @precondition(lambda self: self.passes)
    @rule(
        chosen=picks,
        view=st.sampled_from(["front", "left_lateral", "right_oblique"]),
        by=st.sampled_from([(0.5, 0.0), (0.0, -2.0), (-3.0, 4.0), (40.0, 0.0)]),
        handles=st.integers(0, 2),
    )
    def nudge(self, chosen: list[int], view: str, by: tuple[float, float], handles: int) -> None:
        self.editor.select(self.some(chosen))
        self.editor.set_view(view)
        for _ in range(handles):
            self.editor.next_handle()
        assert self.editor.handle in Handle
        with self.attempt():
            self.editor.nudge(*by)

    @precondition(lambda self: self.passes)
    @rule(chosen=picks, before=st.none() | indices)
    def reorder(self, chosen: list[int], before: int | None) -> None:
        with self.attempt():
            self.editor.reorder(self.some(chosen), None if before is None else self.chosen(before).id)

    @precondition(lambda self: self.passes)
    @rule(chosen=picks)
    def remove(self, chosen: list[int]) -> None:
        self.editor.select(self.some(chosen))
        with self.attempt():
            self.editor.remove_selected()

    @precondition(lambda self: self.editor.map.measurements)
    @rule(index=indices)
    def remove_measurement(self, index: int) -> None:
        measured = self.editor.map.measurements
        with self.attempt():
            self.editor.remove_measurement(measured[index % len(measured)].id)

    @precondition(lambda self: self.passes)
    @rule(chosen=st.lists(indices, max_size=5))
    def select(self, chosen: list[int]) -> None:
        self.editor.select(self.some(chosen))


class Planning(EditorMachine):
    """The plan, other sessions, protocols and the zones."""

    @precondition(lambda self: not self.crowded and any(one.is_planned for one in self.passes))
    @rule(following=st.booleans(), chosen=st.none() | picks)
    def fulfil(self, following: bool, chosen: list[int] | None) -> None:
        with self.attempt():
            if following:
                plan.fulfil_next(self.editor)
            else:
                plan.fulfil(self.editor, None if chosen is None else self.some(chosen))

    @precondition(lambda self: any(one.status is PassStatus.UNCONFIRMED for one in self.passes))
    @rule(chosen=st.none() | picks)
    def confirm(self, chosen: list[int] | None) -> None:
        with self.attempt():
            plan.confirm(self.editor, None if chosen is None else self.some(chosen))

    @precondition(lambda self: any(one.is_planned for one in self.passes))
    @rule(index=indices, reason=st.sampled_from(["", "vein in the way", "\u202e\U0001f600 'x'"]))
    def say_why(self, index: int, reason: str) -> None:
        with self.attempt():
            plan.set_deviation(self.editor, self.chosen(index).id, reason)

    @precondition(lambda self: self.passes and not self.crowded)
    @rule(status=st.sampled_from(PassStatus), renamed=st.booleans())
    def copy_a_session(self, status: PassStatus, renamed: bool) -> None:
        """The map itself stands for the other session; renamed, as one that was not copied before."""
        other = self.editor.map
        if renamed:
            other = TreatmentMap(tuple(replace(one, id=new_id()) for one in other.passes), other.items)
        with self.attempt():
            compare.copy_session(self.editor, other, status)

    @precondition(lambda self: not self.crowded)
    @rule(
        sides=st.sets(st.sampled_from([Side.LEFT, Side.RIGHT]), min_size=1),
        planned=st.booleans(),
        with_optional=st.booleans(),
    )
    def lay_a_protocol(self, sides: set[Side], planned: bool, with_optional: bool) -> None:
        (c_shape,) = [one for one in machine.protocols() if one.id == "c_shape"]
        with self.attempt():
            protocols.apply_protocol(
                self.editor, c_shape, sides, planned=planned, with_optional=with_optional
            )

    @rule(
        corner=st.sampled_from(
            [
                ("angle_front_top", "left"),
                ("angle_front_top", "right"),
                ("arch_front", "left"),
                ("chin_top", "midline"),
            ]
        ),
        to=st.sampled_from([(0.0, 4.0, 0.0), (0.0, -3.0, 3.0), (0.0, 80.0, 0.0)]),
    )
    def move_a_corner(self, corner: tuple[str, str], to: tuple[float, float, float]) -> None:
        """Few places, because every new set of zones takes a while to make."""
        (held,) = [one for one in self.atlas.zones.corners() if (one.vertex, one.side) == corner]
        with self.attempt():
            place = skin_paths.snap(self.atlas, held.place + to)
            zone_corners.move_corner(self.editor, *corner, place)
            self._check_zones()

    @precondition(lambda self: self.editor.map.zone_moves)
    @rule(every=st.booleans())
    def reset_corners(self, every: bool) -> None:
        with self.attempt():
            if every:
                zone_corners.reset_zones(self.editor)
            else:
                zone_corners.reset_corner(self.editor, "angle_front_top", "left")
            self._check_zones()


class RandomHand(Drawing, Changing, Planning):
    """Everything at once, on a map that may have something on it from the start."""

    @initialize(begun=st.sampled_from(["empty", "drawn", "planned", "copied"]), stops=picks, tip=indices)
    def begin(self, begun: str, stops: list[int], tip: int) -> None:
        if begun == "empty":
            return
        self.editor.set_planning(begun == "planned")
        for stop in stops:
            with self.attempt():
                self.editor.draw(self.path(stop, tip))
        if begun == "copied" and self.passes:
            last = self.editor.map
            self.editor.select(last.by_id)
            self.editor.remove_selected()
            compare.copy_session(self.editor, last)
