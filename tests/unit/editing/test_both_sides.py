"""Mirroring, and drawing and changing both sides at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.skin_paths import mirrored, resplit, to_um
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Plane, Share, Side, TreatmentMap
from injectmap.editing import zone_corners
from injectmap.editing.both_sides import at_midline, partners
from injectmap.editing.deposits import at_position
from tests import builders
from tests.unit.editing.conftest import Bench


def two_from_one_entry(bench: Bench, view: str = "left_lateral") -> None:
    start = bench.at("zygion", dz=-12, view=view)
    bench.stroke(start, bench.at("zygion", dz=12, view=view))
    bench.stroke(start, bench.at("zygion", dz=12, dy=-12, view=view))


def is_image(one: CannulaPass, other: CannulaPass) -> bool:
    return (
        tuple(other.path.controls) == mirrored(one.path.controls)
        and other.path.length_um == one.path.length_um
    )


def test_the_selection_is_mirrored_exactly(bench: Bench) -> None:
    two_from_one_entry(bench)
    a, b = bench.editor.map.passes
    bench.editor.select([a.id])
    bench.editor.set_plane(Plane.SUPRA_SMAS)
    bench.editor.set_depth(4)
    bench.editor.set_deposits(a.id, [("10", "0.05")])
    a = bench.editor.map.by_id[a.id]
    bench.editor.mirror_selection()
    image = bench.editor.map.passes[-1]
    assert bench.editor.undo_kind is EditKind.MIRROR
    assert is_image(a, image)
    assert tuple(image.path.points) == mirrored(a.path.points)
    assert (image.order, image.side) == (b.order + 1, Side.RIGHT)
    assert (image.plane, image.depth_um, image.instrument) == (a.plane, a.depth_um, a.instrument)
    assert [(d.position_um, d.microlitres, d.zone) for d in image.deposits] == [
        (d.position_um, d.microlitres, d.zone) for d in a.deposits
    ]
    assert image.deposits[0].side is Side.RIGHT
    assert {part.side for part in image.path.zones} == {Side.RIGHT}
    assert bench.editor.selection == {image.id}
    assert bench.editor.map == bench.sink.map


def test_mirrored_passes_share_their_entry_points_and_those_that_are_there(bench: Bench) -> None:
    two_from_one_entry(bench)
    a, b = bench.editor.map.passes
    bench.editor.select([a.id])
    bench.editor.mirror_selection()
    bench.editor.select([b.id])
    bench.editor.mirror_selection()
    _, _, c, d = bench.editor.map.passes
    assert c.entry_id == d.entry_id != a.entry_id
    assert [point.letter for point in bench.editor.map.entry_points.values()] == ["A", "A"]


def test_without_a_selection_the_side_shown_is_mirrored(bench: Bench) -> None:
    bench.editor.set_view("right_lateral")
    bench.stroke(*[bench.at("gonion", dz=dz, dy=8, view="right_lateral") for dz in (8, 30)])
    bench.editor.set_view("left_lateral")
    two_from_one_entry(bench)
    bench.editor.select([])
    bench.editor.mirror_selection()
    assert [one.side for one in bench.editor.map.passes] == [Side.RIGHT, *[Side.LEFT] * 2, *[Side.RIGHT] * 2]
    assert (bench.editor.hint.code, bench.editor.hint.params) == ("mirrored", {"count": 2, "side": "right"})
    bench.editor.select([])
    bench.editor.set_view("right_oblique")
    bench.editor.mirror_selection()
    assert totals(bench.editor.map).left_ul == totals(bench.editor.map).right_ul
    assert (bench.editor.hint.code, bench.editor.hint.params) == (
        "mirror_partly",
        {"count": 1, "side": "left", "left_out": 2},
    )


def test_the_only_side_with_passes_is_mirrored_from_any_view(bench: Bench) -> None:
    two_from_one_entry(bench)
    bench.editor.select([])
    bench.editor.set_view("front")
    bench.editor.mirror_selection()
    assert len(bench.editor.map.passes) == 4
    bench.editor.select([])
    with pytest.raises(InputRefused, match="mirror_nothing"):
        bench.editor.mirror_selection()


def test_nothing_is_mirrored_onto_its_image(bench: Bench) -> None:
    with pytest.raises(InputRefused, match="mirror_nothing"):
        bench.editor.mirror_selection()
    two_from_one_entry(bench)
    bench.editor.select(bench.editor.map.by_id)
    bench.editor.mirror_selection()
    before = bench.editor.map
    for selection in (list(before.by_id), [before.passes[0].id], [before.passes[-1].id]):
        bench.editor.select(selection)
        with pytest.raises(InputRefused, match="mirror_exists"):
            bench.editor.mirror_selection()
    assert bench.editor.map is before


def test_mirrored_volumes_come_from_the_next_syringe_or_not_at_all(bench: Bench) -> None:
    one, two = (syringe.id for syringe in bench.editor.syringes)
    two_from_one_entry(bench)
    bench.editor.select(bench.editor.map.by_id)
    bench.editor.set_volume_text("0.60", share=False)
    bench.editor.mirror_selection()
    assert [p.shares for p in bench.editor.map.passes] == [
        (Share(one, 600),),
        (Share(one, 600),),
        (Share(two, 600),),
        (Share(two, 600),),
    ]
    bench.editor.choose_tool("cannula_pass")
    bench.stroke(bench.at("gonion", dz=6, dy=8), bench.at("gonion", dz=28))
    assert bench.editor.map.passes[-1].microlitres == 100
    before = bench.editor.map
    with pytest.raises(InputRefused, match="mirror_above_rest") as refused:
        bench.editor.mirror_selection()
    assert refused.value.params == {"missing_ml": "0.10"}
    assert bench.editor.map is before


def test_planned_passes_mirror_within_the_plan(bench: Bench) -> None:
    two_from_one_entry(bench)
    bench.editor.set_planning(True)
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12, dy=6))
    planned = bench.editor.map.passes[-1]
    assert planned.status is PassStatus.PLANNED
    assert planned.shares == (Share("", 100),)
    assert planned.path.entry == bench.editor.map.passes[0].path.entry
    assert planned.entry_id != bench.editor.map.passes[0].entry_id
    bench.editor.mirror_selection()
    image = bench.editor.map.passes[-1]
    assert is_image(planned, image)
    assert (image.status, image.shares) == (PassStatus.PLANNED, (Share("", 100),))


def test_a_plan_needs_no_syringe() -> None:
    bench = Bench()
    bench.opened = replace(bench.opened, syringes=())
    bench.editor = bench.reopened()
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    assert bench.editor.hint.code == "syringe_missing"
    heard: list[str] = []
    bench.editor.subscribe(heard.extend)
    bench.editor.set_planning(True)
    assert "mode" in heard
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    bench.editor.set_volume_text("0.25")
    (one,) = bench.editor.map.passes
    assert (one.status, one.shares) == (PassStatus.PLANNED, (Share("", 250),))
    assert totals(bench.editor.map).both_ul == 0


# Linked sides


def test_linked_drawing_is_one_edit_on_both_sides(bench: Bench) -> None:
    bench.editor.toggle_linked()
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-12))
    tool.drag(bench.at("zygion", dz=12))
    assert [preview.side for preview in bench.editor.previews] == [Side.LEFT, Side.RIGHT]
    tool.release(bench.at("zygion", dz=12))
    left, right = bench.editor.map.passes
    assert is_image(left, right)
    assert len(bench.sink.rows) == 1
    assert bench.editor.selection == {left.id}
    assert bench.editor.partner_ids == {right.id}
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12, dy=-12))
    assert len({one.entry_id for one in bench.editor.map.passes}) == 2
    bench.editor.undo()
    assert bench.editor.map.passes == (left, right)


@pytest.mark.parametrize("tool", ["fan", "cross_hatch", "bolus", "free_hand"])
def test_every_tool_draws_both_sides(bench: Bench, tool: str) -> None:
    bench.editor.toggle_linked()
    bench.editor.choose_tool(tool)
    bench.stroke(*[bench.at("zygion", dz=dz, dy=-8) for dz in (-8, 0, 6, 14)])
    assert len(bench.sink.rows) == 1
    paired = partners(bench.editor.map)
    assert set(paired) == set(bench.editor.map.by_id)
    assert totals(bench.editor.map).left_ul == totals(bench.editor.map).right_ul > 0
    assert len(bench.editor.selection) * 2 == len(paired)


def test_a_volume_for_a_linked_fan_is_that_of_each_side(bench: Bench) -> None:
    bench.editor.toggle_linked()
    bench.editor.choose_tool("fan")
    bench.stroke(*[bench.at("zygion", dz=dz, dy=-8) for dz in (-8, 0, 6, 14)])
    bench.editor.set_volume_text("0.40")
    assert [one.microlitres for one in bench.editor.map.passes] == [134, 133, 133] * 2
    assert bench.editor.fan_volume_ul == 400


def test_linked_moves_take_the_other_side_along(bench: Bench) -> None:
    bench.editor.toggle_linked()
    two_from_one_entry(bench)
    bench.editor.choose_tool("select")
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-12))
    tool.drag(bench.at("zygion", dz=-8, dy=4))
    assert len(bench.editor.previews) == 4
    assert bench.editor.preview_replaces == set(bench.editor.map.by_id)
    tool.release(bench.at("zygion", dz=-8, dy=4))
    assert len(partners(bench.editor.map)) == 4
    bench.editor.select([bench.editor.map.passes[1].id])
    bench.stroke(
        bench.at("zygion", dz=12, dy=-12), bench.at("zygion", dz=16), bench.at("zygion", dz=20, dy=-14)
    )
    assert bench.editor.undo_kind is EditKind.MOVE_VERTEX or bench.editor.undo_kind is EditKind.MOVE_ENTRY
    assert len(partners(bench.editor.map)) == 4


def test_what_begins_at_the_image_of_a_moved_entry_point_goes_with_it(bench: Bench) -> None:
    two_from_one_entry(bench)
    a, b = bench.editor.map.passes
    bench.editor.select([a.id, b.id])
    bench.editor.mirror_selection()
    bench.editor.select([b.id])
    bench.editor.remove_selected()
    bench.editor.toggle_linked()
    bench.editor.choose_tool("select")
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=-10), bench.at("zygion", dz=-8, dy=4))
    a, *right = bench.editor.map.passes
    assert {one.path.entry for one in right} == set(mirrored([a.path.entry]))


def test_linked_changes_and_removal(bench: Bench) -> None:
    bench.editor.toggle_linked()
    two_from_one_entry(bench)
    bench.editor.set_volume_text("0.2")
    bench.editor.set_plane(Plane.SUPRA_SMAS)
    assert [one.microlitres for one in bench.editor.map.passes] == [100, 100, 200, 200]
    assert [one.plane for one in bench.editor.map.passes[2:]] == [Plane.SUPRA_SMAS] * 2
    bench.editor.set_syringe(bench.editor.syringes[1].id)
    left, right = bench.editor.map.passes[2:]
    assert left.shares[0].syringe_id != right.shares[0].syringe_id
    bench.editor.remove_selected()
    assert len(bench.editor.map.passes) == 2
    bench.editor.toggle_linked()
    bench.editor.select([bench.editor.map.passes[0].id])
    assert bench.editor.partner_ids == frozenset()
    bench.editor.remove_selected()
    assert len(bench.editor.map.passes) == 1


def test_linked_nudges_mirror_and_selecting_both_sides_keeps_them_so(bench: Bench) -> None:
    bench.editor.toggle_linked()
    two_from_one_entry(bench)
    for selection in ([bench.editor.map.passes[0].id], list(bench.editor.map.by_id)):
        for handle in range(3):
            bench.editor.select(selection)
            for _ in range(handle):
                bench.editor.next_handle()
            before = bench.editor.map
            bench.editor.nudge(0.5, 0.5)
            assert bench.editor.map != before
            assert len(partners(bench.editor.map)) == 4


def test_a_pass_over_the_midline_is_not_doubled(bench: Bench) -> None:
    bench.editor.toggle_linked()
    bench.editor.set_view("front")
    bench.stroke(*[bench.at("gnathion", dx=dx, dy=12, view="front") for dx in (-12, 0, 12)])
    (one,) = bench.editor.map.passes
    assert at_midline(one.path)
    assert {part.side for part in one.path.zones} == {Side.LEFT, Side.RIGHT}


def test_all_that_is_drawn_knows_the_zones_as_they_were_moved(bench: Bench) -> None:
    zones = bench.atlas.zones
    corners = [one for one in zones.corners({"lateral_zygomatic_arch"}) if one.side == "left"]
    corner = max(corners, key=lambda one: float(one.place[2]))
    there = bench.atlas.skin.snap((corner.place - [0.0, 0.0, 3.0]).reshape(1, 3))
    zone_corners.move_corner(bench.editor, corner.vertex, corner.side, to_um(there)[0])
    moved = bench.atlas.zones_for(bench.editor.map.zone_moves)
    assert moved is not zones
    bench.editor.toggle_linked()
    beyond = corner.place - np.asarray(bench.atlas.landmarks["zygion"])
    for tool in ("cannula_pass", "fan", "bolus"):
        bench.editor.choose_tool(tool)
        bench.stroke(
            *[
                bench.at("zygion", dz=dz, dy=beyond[1] * share)
                for dz, share in ((-8, 0), (0, 0), (beyond[2] + 4, 1))
            ]
        )
    bench.editor.select([bench.editor.map.passes[0].id])
    bench.editor.set_deposits(bench.editor.map.passes[0].id, [("18", "0.05")])
    bench.editor.nudge(-0.5, 0)
    assert any(resplit(one.path, zones) != one.path for one in bench.editor.map.passes)
    for one in bench.editor.map.passes:
        assert resplit(one.path, moved) == one.path
        for laid in one.deposits:
            place = at_position(one.path, [laid.position_um])
            assert moved.at(place) == [(laid.zone, laid.side.value)]


STEPS: dict[str, Callable[[Bench, int], None]] = {
    "draw": lambda bench, i: bench.stroke(
        bench.at("gonion", dz=6 + i % 4, dy=8), bench.at("gonion", dz=28, dy=-i / 3)
    ),
    "from_one_entry": lambda bench, i: bench.stroke(
        bench.at("zygion", dz=-12), bench.at("zygion", dz=12 + i % 3, dy=-i)
    ),
    "nudge": lambda bench, i: bench.editor.nudge(0.5, -0.5) if bench.editor.primary else None,
    "handle": lambda bench, i: bench.editor.next_handle(),
    "next": lambda bench, i: bench.editor.select_next(1),
    "all": lambda bench, i: bench.editor.select(bench.editor.map.by_id),
    "volume": lambda bench, i: bench.editor.set_volume_text(f"0.0{1 + i % 9}", share=False),
    "plane": lambda bench, i: bench.editor.set_plane(list(Plane)[i % len(Plane)]),
    "remove": lambda bench, i: bench.editor.remove_selected(),
    "undo": lambda bench, i: bench.editor.undo(),
    "redo": lambda bench, i: bench.editor.redo(),
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=14))
def test_linked_sides_stay_mirror_images_whatever_is_done(steps: list[str]) -> None:
    bench = Bench()
    bench.editor.toggle_linked()
    bench.editor.set_volume_text("0.05")
    for i, step in enumerate(steps):
        STEPS[step](bench, i)
    paired = partners(bench.editor.map)
    for one in bench.editor.map.passes:
        other = bench.editor.map.by_id[paired[one.id]]
        assert (other.microlitres, other.plane) == (one.microlitres, one.plane)
        assert tuple(other.path.points) == mirrored(one.path.points)
    assert totals(bench.editor.map).left_ul == totals(bench.editor.map).right_ul


def test_identical_passes_are_paired_one_to_one() -> None:
    twins = [builders.cannula_pass(order=order) for order in (1, 2)]
    images = [builders.cannula_pass(order=order, side=Side.RIGHT) for order in (3, 4, 5)]
    paired = partners(TreatmentMap((*twins, *images)))
    assert len(paired) == 4
    assert all(paired[paired[one]] == one for one in paired)


def test_linked_passes_of_one_entry_point_go_on_sharing_it_when_only_one_has_its_image(bench: Bench) -> None:
    """Found by the random hand: the image follows mirrored, what has none goes the way of the key."""
    two_from_one_entry(bench)
    with_image, _ = bench.editor.map.passes
    bench.editor.select([one.id for one in bench.editor.map.passes])
    bench.editor.mirror_selection()
    bench.editor.select([one.id for one in bench.editor.map.passes if one.side is Side.LEFT][1:])
    bench.editor.remove_selected()
    alone = [one for one in bench.editor.map.passes if one.side is Side.RIGHT]
    assert len({one.entry_id for one in alone}) == 1
    assert (len(alone), len(bench.editor.map.passes)) == (2, 3)
    bench.editor.linked = True
    bench.editor.set_view("front")
    bench.editor.select([one.id for one in bench.editor.map.passes], primary=with_image.id)
    bench.editor.nudge(0.5, 0.0)
    assert bench.editor.failed is None
    for one in bench.editor.map.passes:
        sharing = bench.editor.map.passes_of_entry(one.entry_id)
        assert len({next(iter(other.path.controls)) for other in sharing}) == 1
    assert bench.editor.map == bench.sink.map
