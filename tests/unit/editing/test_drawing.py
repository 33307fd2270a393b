"""Drawing with the cannula pass tool, as a hand does it."""

from __future__ import annotations

import itertools
import math

import pytest

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import Side
from injectmap.editing.pointer import Cursor


def test_a_drag_is_one_pass_from_entry_point_to_tip(bench) -> None:
    start, tip = bench.at("zygion", dz=-15), bench.at("zygion", dz=15)
    bench.stroke(start, bench.at("zygion", dz=5), tip)
    (one,) = bench.editor.map.passes
    assert bench.sink.map == bench.editor.map
    assert one.side is Side.LEFT
    assert 25_000 < one.path.length_um < 40_000
    assert one.microlitres == 100
    assert one.path.points[0] == one.path.entry
    view = bench.atlas.views["left_lateral"]
    from injectmap.domain.skin_paths import to_mm

    uv, visible = view.project(to_mm(one.path.points))
    assert visible.all()
    assert math.dist(uv[0], (start.u_mm, start.v_mm)) < 0.05
    assert math.dist(uv[-1], (tip.u_mm, tip.v_mm)) < 0.05
    assert max(math.dist(a, b) for a, b in itertools.pairwise(one.path.points)) <= 1001
    assert bench.editor.selection == {one.id}
    assert bench.editor.preview is None


def test_the_same_hand_on_the_right_side_gives_the_mirror_image(bench) -> None:
    for view in ("left_lateral", "right_lateral"):
        bench.editor.set_view(view)
        bench.stroke(bench.at("gonion", dz=8, dy=6, view=view), bench.at("gonion", dz=30, dy=-2, view=view))
    left, right = bench.editor.map.passes
    assert (left.side, right.side) == (Side.LEFT, Side.RIGHT)
    assert abs(left.path.length_um - right.path.length_um) <= 2
    assert [z.zone for z in left.path.zones] == [z.zone for z in right.path.zones]
    assert {z.side for z in right.path.zones} == {Side.RIGHT}


def test_a_press_on_an_entry_point_starts_from_it(bench) -> None:
    start = bench.at("zygion", dz=-15)
    bench.stroke(start, bench.at("zygion", dz=15))
    near = bench.at("zygion", dz=-15.5, dy=0.5)
    bench.editor.tool.hover(near)
    assert (bench.editor.cursor, bench.editor.hint.code) == (Cursor.POINT, "from_entry_point")
    bench.stroke(near, bench.at("zygion", dz=15, dy=-8))
    first, second = bench.editor.map.passes
    assert first.entry_id == second.entry_id
    assert first.path.entry == second.path.entry
    assert len(bench.editor.map.entry_points) == 1


def test_shift_and_the_free_hand_tool_follow_the_hand(bench) -> None:
    stops = [bench.at("zygion", dz=dz, dy=-6 * math.sin(dz / 8)) for dz in range(-15, 16, 3)]
    bench.stroke(*stops)
    straight = bench.editor.map.passes[-1]
    shifted = [bench.at("zygion", dz=dz, dy=-6 * math.sin(dz / 8), shift=True) for dz in range(-15, 16, 3)]
    bench.stroke(*shifted)
    by_shift = bench.editor.map.passes[-1]
    bench.editor.choose_tool("free_hand")
    bench.stroke(*[bench.at("gonion", dz=dz, dy=10 + 4 * math.sin(dz / 8)) for dz in range(5, 30, 3)])
    by_tool = bench.editor.map.passes[-1]
    assert (straight.path.curved, by_shift.path.curved, by_tool.path.curved) == (False, True, True)
    assert by_shift.path.length_um > straight.path.length_um
    assert by_shift.path.controls[0] == by_shift.path.points[0]
    assert 2 < len(by_shift.path.controls) <= 11


def test_a_click_draws_nothing_and_selects(bench) -> None:
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=15))
    (one,) = bench.editor.map.passes
    bench.editor.select([])
    bench.stroke(bench.at("zygion"))
    assert bench.editor.selection == {one.id}
    bench.stroke(bench.at("gonion", dz=20))
    assert bench.editor.selection == frozenset()
    assert len(bench.sink.rows) == 1


def test_escape_in_the_middle_leaves_no_trace(bench) -> None:
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-15))
    tool.drag(bench.at("zygion", dz=10))
    assert tool.active
    assert bench.editor.preview is not None
    assert bench.editor.preview.side is Side.LEFT
    assert bench.editor.preview.zones
    tool.cancel()
    assert not tool.active
    assert bench.editor.preview is None
    assert bench.sink.rows == []


def test_turned_away_skin_names_the_view_to_use(bench) -> None:
    bench.editor.set_view("front")
    angle = bench.at("gonion", dz=4, dy=14, view="front")
    bench.editor.tool.hover(angle)
    assert bench.editor.cursor is Cursor.FORBIDDEN
    assert bench.editor.hint.code == "use_view"
    assert bench.editor.hint.params["view"] in ("left_lateral", "left_oblique")
    bench.stroke(angle, bench.at("cheilion", dx=6, view="front"))
    assert bench.editor.map.passes == ()


def test_ear_and_cap_are_not_skin(bench) -> None:
    bench.editor.tool.hover(bench.at("postaurale", dz=4))
    assert (bench.editor.cursor, bench.editor.hint.code) == (Cursor.FORBIDDEN, "not_skin")


def test_beside_the_head_there_is_nothing_to_say(bench) -> None:
    from injectmap.editing.pointer import Pointer

    bench.editor.tool.hover(Pointer("left_lateral", 1.0, 1.0))
    assert (bench.editor.cursor, bench.editor.hint) == (Cursor.ARROW, None)


def test_a_drag_that_leaves_the_skin_keeps_the_tip_at_its_edge_and_says_so(bench) -> None:
    from injectmap.editing.pointer import Pointer

    tool, last = bench.editor.tool, bench.at("zygion", dz=-8)
    beyond = Pointer("left_lateral", 1.0, last.v_mm)
    tool.press(bench.at("zygion", dz=10))
    tool.drag(last)
    tool.drag(beyond)
    assert bench.editor.hint.code == "tip_stays"
    tool.release(beyond)
    (one,) = bench.editor.map.passes
    view = bench.atlas.views["left_lateral"]
    uv, _ = view.project(_mm(one.path.tip))
    assert abs(uv[0][1] - last.v_mm) < 0.05
    assert uv[0][0] < last.u_mm
    assert view.draw_state((uv[0][0] + 0.2, uv[0][1])) == "ok"
    assert view.draw_state((uv[0][0] - 0.2, uv[0][1])) != "ok"


def test_a_press_beside_the_head_says_that_nothing_is_drawn_there(bench) -> None:
    from injectmap.editing.pointer import Pointer

    bench.editor.tool.press(Pointer("left_lateral", 1.0, 1.0))
    assert bench.editor.hint.code == "off_head"


def _mm(point):
    from injectmap.domain.skin_paths import to_mm

    return to_mm([point])


def test_the_next_pass_takes_what_was_used_last(bench) -> None:
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=15))
    bench.editor.set_volume_text("0,13")
    bench.stroke(bench.at("zygion", dz=-15, dy=-12), bench.at("zygion", dz=15, dy=-12))
    assert [one.microlitres for one in bench.editor.map.passes] == [130, 130]
    assert bench.reopened().defaults.microlitres == 130


def test_a_full_syringe_hands_over_to_the_next_and_an_empty_session_refuses(bench) -> None:
    def draw(dy: float) -> None:
        bench.stroke(bench.at("zygion", dz=-12, dy=dy), bench.at("zygion", dz=12, dy=dy))

    one, two = (syringe.id for syringe in bench.editor.syringes)
    draw(0)
    bench.editor.set_volume_text("1.20")
    draw(-5)  # the 0.05 left in syringe 1, and the rest of 1.20 from syringe 2
    assert bench.editor.map.passes[-1].shares == ((one, 50), (two, 1150))
    assert (bench.editor.hint.code, bench.editor.hint.params) == ("pass_split", {"first": 1, "second": 2})
    draw(-10)  # neither holds 1.20: the pass takes what is left
    assert bench.editor.map.passes[-1].shares == ((two, 100),)
    assert (bench.editor.hint.code, bench.editor.hint.params) == ("rest_only", {"ml": "0.10"})
    rows = len(bench.sink.rows)
    draw(-15)
    assert len(bench.sink.rows) == rows
    assert bench.editor.hint.code == "syringes_empty"


def test_an_empty_syringe_hands_over_to_the_next(bench) -> None:
    def draw(dy: float) -> None:
        bench.stroke(bench.at("zygion", dz=-12, dy=dy), bench.at("zygion", dz=12, dy=dy))

    draw(0)
    bench.editor.set_volume_text("1.25")
    bench.editor.select([])
    bench.editor.set_volume_text("0.15")
    draw(-5)
    assert bench.editor.map.passes[-1].shares == ((bench.editor.syringes[1].id, 150),)
    assert (bench.editor.hint.code, bench.editor.hint.params) == ("syringe_switched", {"number": 2})


@pytest.mark.parametrize(
    ("typed", "code"),
    [("abc", "volume_not_a_number"), ("-1", "volume_negative"), ("2.51", "volume_above_syringe_rest")],
)
def test_bad_volumes_change_nothing(bench, typed: str, code: str) -> None:
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=15))
    before = bench.editor.map
    with pytest.raises(InputRefused) as refused:
        bench.editor.set_volume_text(typed)
    assert refused.value.code == code
    assert bench.editor.map == before == bench.sink.map
    assert bench.editor.defaults.microlitres == 100
    assert bench.editor.undo_kind is EditKind.ADD_PASS
