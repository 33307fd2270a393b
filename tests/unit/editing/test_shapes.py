"""Fans and cross-hatches: their geometry on the head, and drawing them with one drag."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from injectmap.atlas import load_atlas
from injectmap.domain import skin_paths
from injectmap.domain.edits import EditKind
from injectmap.domain.treatment_map import CannulaPass, Share, Technique
from injectmap.editing import shapes
from injectmap.editing.shapes import FanSettings, HatchSettings, heading
from tests.unit.editing.conftest import Bench


def fan(bench: Bench, *, dy: float = -14, view: str = "left_lateral") -> None:
    bench.editor.choose_tool("fan")
    start = bench.at("zygion", dz=-10, view=view)
    bench.stroke(start, bench.at("zygion", dz=2, view=view), bench.at("zygion", dz=22, dy=dy, view=view))


def hatch(bench: Bench) -> None:
    bench.editor.choose_tool("cross_hatch")
    bench.stroke(*[bench.at("gonion", dz=dz, dy=8) for dz in (12, 20, 36)])


def directions(bench: Bench, passes: tuple[CannulaPass, ...]) -> np.ndarray:
    """The directions (n, 3) in which passes leave their entry points, along the skin."""
    found = []
    for one in passes:
        at, tip = skin_paths.to_mm([one.path.entry, one.path.tip])
        found.append(heading(at, tip, bench.atlas.skin.normals(at[None])[0]))
    return np.array(found)


def degrees(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.rad2deg(np.arccos(np.clip(a @ b, -1, 1))))


def test_a_fan_is_one_edit_of_equal_passes_from_one_entry_point(bench: Bench) -> None:
    bench.editor.change_fan(2, 30)
    fan(bench)
    passes = bench.editor.map.passes
    assert len(passes) == 5
    assert len(bench.sink.rows) == 1
    assert bench.editor.undo_kind is EditKind.DRAW_FAN
    assert {one.technique for one in passes} == {Technique.FANNING}
    assert len({one.entry_id for one in passes}) == 1
    assert len(bench.editor.map.entry_points) == 1
    assert bench.editor.selection == set(bench.editor.map.by_id)
    lengths = [one.path.length_um for one in passes]
    assert max(lengths) - min(lengths) < 30
    turns = [degrees(a, b) for a, b in itertools.pairwise(directions(bench, passes))]
    assert turns == pytest.approx([15, 15, 15, 15], abs=0.1)
    assert bench.editor.map == bench.sink.map


def test_the_middle_pass_of_an_odd_fan_is_the_drag(bench: Bench) -> None:
    fan(bench)
    middle = bench.editor.map.passes[1]
    uv, _ = bench.atlas.views["left_lateral"].project(skin_paths.to_mm([middle.path.tip]))
    there = bench.at("zygion", dz=22, dy=-14)
    assert uv[0] == pytest.approx([there.u_mm, there.v_mm], abs=0.01)


def test_the_volume_of_a_fan_is_given_once_and_shared_to_the_microlitre(bench: Bench) -> None:
    assert bench.editor.fan_volume_ul == 300
    fan(bench)
    assert bench.editor.shares_volume
    bench.editor.set_volume_text("0.50")
    assert [one.microlitres for one in bench.editor.map.passes] == [167, 167, 166]
    assert bench.editor.fan_volume_ul == 500
    assert bench.editor.defaults.microlitres == 100
    bench.editor.set_volume_text("0.12", share=False)
    assert [one.microlitres for one in bench.editor.map.passes] == [120] * 3
    assert bench.editor.fan_volume_ul == 360
    assert bench.reopened().fan_volume_ul == 360
    assert bench.reopened().defaults.microlitres == 100


def test_a_fan_keeps_its_volume_and_its_number_of_passes(bench: Bench) -> None:
    bench.editor.change_fan(count_delta=2)
    assert bench.editor.fan_volume_ul == 500
    fan(bench)
    bench.editor.change_fan(count_delta=-3)
    assert bench.editor.fan_volume_ul == 500
    again = bench.reopened()
    assert (again.fan.count, again.fan_volume_ul) == (5, 500)


def test_the_volume_of_a_part_is_not_that_of_the_next_pass(bench: Bench) -> None:
    fan(bench)
    bench.editor.select([bench.editor.map.passes[0].id])
    bench.editor.set_volume_text("0.03")
    assert [one.microlitres for one in bench.editor.map.passes] == [30, 100, 100]
    assert (bench.editor.defaults.microlitres, bench.editor.fan_volume_ul) == (100, 300)


def test_two_passes_of_a_fan_share_what_is_typed_and_one_does_not(bench: Bench) -> None:
    fan(bench)
    first, second, third = bench.editor.map.passes
    bench.editor.select([first.id])
    assert not bench.editor.shares_volume
    bench.editor.select([first.id, third.id])
    bench.editor.set_volume_text("0.41")
    assert [one.microlitres for one in bench.editor.map.passes] == [205, second.microlitres, 205]
    assert bench.editor.fan_volume_ul == 300


def test_too_little_to_share_is_refused(bench: Bench) -> None:
    from injectmap.domain.errors import InputRefused

    fan(bench)
    with pytest.raises(InputRefused, match="volume_too_small_to_share"):
        bench.editor.set_volume_text("0.002")


def test_too_little_for_a_fan_draws_none(bench: Bench) -> None:
    bench.editor.choose_tool("fan")
    bench.editor.set_volume_text("0.002")
    fan(bench)
    assert bench.editor.map.passes == ()
    assert (bench.editor.hint.code, bench.editor.hint.params) == ("volume_too_small_to_share", {"count": 3})


def test_number_and_spread_change_under_the_hand(bench: Bench) -> None:
    bench.editor.choose_tool("fan")
    heard: list[str] = []
    bench.editor.subscribe(heard.extend)
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-10))
    tool.drag(bench.at("zygion", dz=20, dy=-10))
    assert len(bench.editor.previews) == 3
    in_hand = bench.editor.preview
    bench.editor.change_fan(count_delta=2)
    assert len(bench.editor.previews) == 5
    assert bench.editor.preview is not None
    assert in_hand is not None
    assert bench.editor.preview.controls == in_hand.controls
    before = bench.editor.previews[1].controls
    bench.editor.change_fan(spread_delta=20)
    assert bench.editor.previews[1].controls != before
    assert "shape" in heard
    tool.release(bench.at("zygion", dz=20, dy=-10))
    assert len(bench.editor.map.passes) == 5
    assert not tool.active


def test_settings_stay_within_what_a_hand_can_do() -> None:
    assert FanSettings().changed(-9, -900) == FanSettings(2, 5)
    assert FanSettings().changed(99, 900) == FanSettings(12, 150)
    assert HatchSettings().changed(-9, -99) == HatchSettings(2, 2)
    assert HatchSettings().changed(99, 99) == HatchSettings(12, 20)


def test_a_fan_may_share_an_entry_point_that_is_there(bench: Bench) -> None:
    bench.stroke(bench.at("zygion", dz=-10), bench.at("zygion", dz=15, dy=8))
    fan(bench)
    assert len({one.entry_id for one in bench.editor.map.passes}) == 1


def test_a_fan_ends_where_the_skin_ends(bench: Bench) -> None:
    bench.editor.choose_tool("fan")
    bench.editor.change_fan(4, 110)
    bench.stroke(bench.at("zygion", dz=-8), bench.at("zygion", dz=-6), bench.at("zygion", dz=-2, dy=-34))
    lengths = sorted(one.path.length_um for one in bench.editor.map.passes)
    assert lengths[-1] > lengths[0] + 2000
    for one in bench.editor.map.passes:
        assert bench.atlas.skin.drawable(skin_paths.to_mm(one.path.points)).all()


def test_passes_without_room_are_left_out_and_told(bench: Bench) -> None:
    bench.editor.choose_tool("fan")
    bench.editor.change_fan(1, 120)
    edge = bench.at("zygion", dz=-17)
    while bench.editor.tool.skin_under(edge) is not None:
        edge = type(edge)(edge.view_id, edge.u_mm + 0.1, edge.v_mm)
    start = type(edge)(edge.view_id, edge.u_mm - 0.3, edge.v_mm)
    # Along the edge of the ear: some passes of a wide fan point straight under it.
    bench.stroke(
        start, type(edge)(edge.view_id, start.u_mm, start.v_mm - 6), bench.at("zygion", dz=-17, dy=12)
    )
    count = len(bench.editor.map.passes)
    assert 0 < count < 4
    assert bench.editor.hint.code == "fan_cut"
    assert bench.editor.hint.params == {"count": count, "asked": 4}


def test_a_fan_draws_on_from_syringe_to_syringe_pass_by_pass(bench: Bench) -> None:
    one, two = (syringe.id for syringe in bench.editor.syringes)
    bench.stroke(bench.at("gonion", dz=6, dy=8), bench.at("gonion", dz=28))
    bench.editor.set_volume_text("1.00")
    bench.editor.select([])
    bench.editor.choose_tool("fan")
    bench.editor.set_volume_text("0.60")
    fan(bench)
    assert [p.shares for p in bench.editor.map.passes[1:]] == [
        (Share(one, 200),),
        (Share(two, 200),),
        (Share(two, 200),),
    ]
    assert bench.editor.hint.code == "syringe_switched"


def test_a_cross_hatch_is_two_families_at_right_angles(bench: Bench) -> None:
    hatch(bench)
    passes = bench.editor.map.passes
    assert len(passes) == 6
    assert bench.editor.undo_kind is EditKind.DRAW_CROSS_HATCH
    assert len({one.entry_id for one in passes}) == 6
    assert {one.technique for one in passes} == {Technique.CROSS_HATCHING}
    along = directions(bench, passes)
    assert degrees(along[1], along[4]) == pytest.approx(90, abs=8)
    lengths = [one.path.length_um for one in passes]
    assert max(lengths) - min(lengths) < 30
    middles = np.array([skin_paths.to_mm(one.path.points)[len(one.path.points) // 2] for one in passes[:3]])
    gaps = np.linalg.norm(np.diff(middles, axis=0), axis=1)
    assert gaps == pytest.approx([6, 6], abs=0.6)
    assert sum(one.microlitres for one in passes) == 600
    assert bench.editor.shares_volume
    bench.editor.set_volume_text("0.5")
    assert sum(one.microlitres for one in bench.editor.map.passes) == 500
    assert bench.editor.hatch_volume_ul == 500
    bench.editor.mirror_selection()
    assert bench.editor.shares_volume
    bench.editor.set_volume_text("0.55")
    assert sum(one.microlitres for one in bench.editor.map.passes) == 1050
    bench.editor.undo()
    bench.editor.undo()
    bench.editor.undo()
    bench.editor.undo()
    assert bench.editor.map.passes == ()


def test_number_and_spacing_of_a_hatch(bench: Bench) -> None:
    bench.editor.change_hatch(1, -2)
    hatch(bench)
    assert len(bench.editor.map.passes) == 8
    bench.editor.choose_tool("cross_hatch")
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-8))
    tool.drag(bench.at("zygion", dz=15))
    bench.editor.change_hatch(-2)
    assert len(bench.editor.previews) == 4
    tool.cancel()
    assert bench.editor.previews == ()


def test_a_click_with_a_shape_tool_draws_nothing(bench: Bench) -> None:
    fan(bench)
    (first, *_) = bench.editor.map.passes
    bench.editor.select([])
    here = bench.at("zygion", dz=-10)
    for tool in ("fan", "cross_hatch"):
        bench.editor.choose_tool(tool)
        bench.stroke(here)
        bench.stroke(bench.at("gonion", dz=20))
    assert len(bench.sink.rows) == 1
    bench.editor.choose_tool("fan")
    bench.stroke(here)
    assert bench.editor.selection == {first.id}


_at = st.tuples(st.floats(-12, 14), st.floats(-14, 6))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(_at, st.floats(0, 360), st.floats(6, 30), st.integers(2, 12), st.integers(5, 150))
def test_any_fan_has_equal_passes_at_equal_angles(
    at: tuple[float, float], turn: float, reach: float, count: int, spread: int
) -> None:
    atlas = load_atlas()
    zygion = np.asarray(atlas.landmarks["zygion"])
    entry = skin_paths.snap(atlas, zygion + np.array([0.0, at[1], at[0]]))
    way = np.array([0.0, np.sin(turn), np.cos(turn)]) * reach
    tip = skin_paths.snap(atlas, skin_paths.to_mm([entry])[0] + way)
    start = skin_paths.to_mm([entry])[0]
    middle = float(
        np.linalg.norm(np.diff(atlas.skin.path(*skin_paths.to_mm([entry, tip])), axis=0), axis=1).sum()
    )
    normal = atlas.skin.normals(start[None])[0]
    ways = []
    for ends in shapes.fan(atlas, entry, tip, FanSettings(count, spread)):
        assert ends[0] == entry
        course = atlas.skin.path(*skin_paths.to_mm(ends))
        mm = float(np.linalg.norm(np.diff(course, axis=0), axis=1).sum())
        assert mm <= middle + 0.05
        if mm < middle - 0.05:
            beyond = shapes.follow(atlas.skin, start, heading(start, course[-1], normal)[None], middle + 1)
            assert beyond[1][0] <= mm + 0.4
        if mm > 3:
            ways.append(heading(start, course[-1], normal))
    if len(ways) == count:
        turns = [degrees(a, b) for a, b in itertools.pairwise(ways)]
        assert turns == pytest.approx([spread / (count - 1)] * (count - 1), abs=0.2)


def test_a_mirrored_drag_gives_the_mirrored_shape() -> None:
    atlas = load_atlas()
    start, end = (
        skin_paths.snap(atlas, np.asarray(atlas.landmarks["zygion"]) + np.array([0.0, dy, dz]))
        for dy, dz in ((0, -10), (-12, 18))
    )
    a, b = skin_paths.mirrored([start, end])
    for left, right in (
        (shapes.fan(atlas, start, end, FanSettings(4, 50)), shapes.fan(atlas, a, b, FanSettings(4, 50))),
        (
            shapes.cross_hatch(atlas, start, end, HatchSettings()),
            shapes.cross_hatch(atlas, a, b, HatchSettings()),
        ),
    ):
        assert [skin_paths.mirrored(ends) for ends in left] == [tuple(ends) for ends in right]
