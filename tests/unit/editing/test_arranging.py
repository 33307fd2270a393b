"""Nudging, order, deposits and reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.totals import zone_volumes
from injectmap.domain.treatment_map import SkinPoint, TreatmentMap
from injectmap.editing import changes
from injectmap.editing.deposits import at_position
from tests import builders
from tests.unit.editing.conftest import Bench


def draw(bench: Bench, count: int = 2) -> None:
    for i in range(count):
        bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12, dy=-9 * i))


def uv(bench: Bench, place: SkinPoint, view: str = "left_lateral") -> np.ndarray:
    return np.asarray(bench.atlas.views[view].project(to_mm([place]))[0][0])


def test_a_nudge_moves_the_whole_pass_in_the_plane_of_the_view(bench: Bench) -> None:
    draw(bench, 1)
    (before,) = bench.editor.map.passes
    bench.editor.nudge(0.5, -0.5)
    (after,) = bench.editor.map.passes
    for old, new in zip(before.path.controls, after.path.controls, strict=True):
        assert uv(bench, new) - uv(bench, old) == pytest.approx([0.5, -0.5], abs=0.02)
    assert after.path.length_um == pytest.approx(before.path.length_um, abs=400)
    assert bench.editor.undo_kind is EditKind.NUDGE
    assert bench.editor.selection == {after.id}
    bench.editor.undo()
    assert bench.editor.map.passes == (before,)


def test_a_nudge_takes_the_others_of_the_entry_point_along(bench: Bench) -> None:
    draw(bench, 3)
    before = bench.editor.map.passes
    bench.editor.select([before[0].id])
    bench.editor.nudge(0, 0.5)
    assert all(old.path.tip != new.path.tip for old, new in zip(before, bench.editor.map.passes, strict=True))
    assert len({one.path.entry for one in bench.editor.map.passes}) == 1
    assert bench.editor.selection == {before[0].id}


def test_a_nudge_moves_the_handle_chosen(bench: Bench) -> None:
    draw(bench, 2)
    first, second = bench.editor.map.passes
    heard: list[str] = []
    bench.editor.subscribe(heard.extend)
    bench.editor.next_handle()
    assert bench.editor.handle == "entry"
    assert "handle" in heard
    bench.editor.nudge(0.5, 0)
    one, two = bench.editor.map.passes
    assert one.path.entry == two.path.entry != first.path.entry
    assert (one.path.tip, two.path.tip) == (first.path.tip, second.path.tip)
    assert bench.editor.handle == "entry"
    bench.editor.next_handle()
    bench.editor.nudge(-0.5, 0)
    assert bench.editor.map.passes[0] == one
    assert bench.editor.map.passes[1].path.tip != second.path.tip
    assert bench.editor.map.passes[1].path.entry == two.path.entry
    bench.editor.next_handle()
    assert bench.editor.handle == "whole"
    bench.editor.next_handle()
    bench.editor.select([first.id])
    assert bench.editor.handle == "whole"


def test_a_nudge_acts_in_a_view_that_hides_the_pass_too(bench: Bench) -> None:
    draw(bench, 1)
    (before,) = bench.editor.map.passes
    bench.editor.set_view("right_lateral")
    bench.editor.nudge(0.5, 0)
    (after,) = bench.editor.map.passes
    moved = after.path.entry.z - before.path.entry.z
    assert 200 < moved < 800  # to the right of a right view is forwards
    assert bench.atlas.skin.height(to_mm(after.path.controls)) == pytest.approx([0, 0], abs=0.01)


def test_a_nudge_stays_on_skin_and_needs_a_pass(bench: Bench) -> None:
    with pytest.raises(InputRefused, match="nudge_nothing"):
        bench.editor.nudge(0.5, 0)
    draw(bench, 1)
    steps = 0
    while _nudged(bench) and steps < 200:
        steps += 1
    assert 5 < steps < 200
    last = bench.editor.map
    with pytest.raises(InputRefused, match="nudge_leaves_skin"):
        bench.editor.nudge(0.5, 0)
    assert bench.editor.map is last
    assert bench.atlas.skin.drawable(to_mm(bench.editor.map.passes[0].path.points)).all()


def _nudged(bench: Bench) -> bool:
    try:
        bench.editor.nudge(0.5, 0)
    except InputRefused:
        return False
    return True


def test_passes_are_put_in_another_order(bench: Bench) -> None:
    for i in range(4):
        bench.stroke(bench.at("zygion", dz=-12, dy=-7 * i), bench.at("zygion", dz=12, dy=-7 * i))
    a, b, c, d = (one.id for one in bench.editor.map.passes)
    bench.editor.reorder([c], a)
    assert [one.id for one in bench.editor.map.passes] == [c, a, b, d]
    assert bench.editor.undo_kind is EditKind.REORDER
    assert bench.editor.map.numbers[c] == 1
    first = bench.editor.map.entry_points[bench.editor.map.by_id[c].entry_id]
    assert first.letter == "A"
    bench.editor.reorder([c, b], None)
    assert [one.id for one in bench.editor.map.passes] == [a, d, c, b]
    bench.editor.reorder([a, d], d)
    assert [one.id for one in bench.editor.map.passes] == [a, d, c, b]
    rows = len(bench.sink.rows)
    bench.editor.reorder([a], d)
    assert len(bench.sink.rows) == rows
    bench.editor.undo()
    bench.editor.undo()
    assert [one.id for one in bench.editor.map.passes] == [a, b, c, d]
    assert bench.sink.map == bench.editor.map


@given(st.integers(1, 8), st.sets(st.integers(0, 7)), st.integers(0, 8))
def test_any_new_order_is_complete_and_keeps_the_rest_in_theirs(
    count: int, picked: set[int], at: int
) -> None:
    passes = tuple(builders.cannula_pass(order=3 * n + 1) for n in range(count))
    before = TreatmentMap(passes)
    moved = [passes[index].id for index in sorted(picked) if index < count]
    before_id = passes[at].id if at < count else None
    edit = changes.reorder(before, moved, before_id)
    after = edit.apply(before) if edit is not None else before
    ids = [one.id for one in after.passes]
    assert sorted(ids) == sorted(one.id for one in passes)
    assert [one for one in ids if one not in moved] == [one.id for one in passes if one.id not in moved]
    assert [one for one in ids if one in moved] == moved
    if before_id is not None and before_id not in moved and moved:
        assert ids.index(before_id) == ids.index(moved[-1]) + 1
    assert [one.order for one in after.passes] == [one.order for one in passes]
    if edit is not None:
        assert edit.inverse().apply(after) == before


def test_deposits_lie_where_they_are_typed(bench: Bench) -> None:
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12, dy=-24))
    (one,) = bench.editor.map.passes
    bench.editor.set_volume_text("0.20")
    bench.editor.set_deposits(one.id, [("20,5", "0.05"), ("3", "0,1")])
    (after,) = bench.editor.map.passes
    assert [(d.position_um, d.microlitres) for d in after.deposits] == [(3000, 100), (20500, 50)]
    places = at_position(after.path, [d.position_um for d in after.deposits])
    assert [(d.zone, d.side.value) for d in after.deposits] == bench.atlas.zones.at(places)
    assert np.linalg.norm(places[0] - to_mm([after.path.entry])) == pytest.approx(3, abs=0.1)
    assert sum(zone_volumes(after).values()) == 200
    assert bench.editor.undo_kind is EditKind.SET_DEPOSITS
    bench.editor.set_deposits(one.id, [])
    assert bench.editor.map.passes[0].deposits == ()
    bench.editor.undo()
    assert bench.editor.map.passes == (after,)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("", "0.05")], "position_empty"),
        ([("12mm", "0.05")], "position_not_a_number"),
        ([("-1", "0.05")], "position_not_a_number"),
        ([("1.2345", "0.05")], "position_not_a_number"),
        ([("200", "0.05")], "deposit_off_path"),
        ([("5", "0.06"), ("6", "0.06")], "deposits_above_volume"),
        ([("5", "")], "volume_empty"),
        ([("5", "0")], "volume_zero"),
        ([("5", "1.000,5")], "volume_not_a_number"),
    ],
)
def test_bad_deposits_change_nothing(bench: Bench, rows: list[tuple[str, str]], code: str) -> None:
    draw(bench, 1)
    (one,) = bench.editor.map.passes
    with pytest.raises(InputRefused, match=code):
        bench.editor.set_deposits(one.id, rows)
    assert bench.editor.map.passes == (one,)


def test_deposits_keep_their_share_of_the_length_when_the_pass_moves(bench: Bench) -> None:
    bench.stroke(bench.at("gonion", dz=8, dy=8), bench.at("gonion", dz=28, dy=4))
    (before,) = bench.editor.map.passes
    length = before.path.length_um
    bench.editor.set_deposits(before.id, [("5", "0.02"), (f"{length / 1000:.3f}", "0.03")])
    bench.editor.choose_tool("select")
    bench.stroke(bench.at("gonion", dz=28, dy=4), bench.at("gonion", dz=24), bench.at("gonion", dz=16, dy=7))
    (after,) = bench.editor.map.passes
    assert after.path.length_um < length
    share = after.path.length_um / length
    assert [d.position_um for d in after.deposits] == [round(5000 * share), after.path.length_um]
    places = at_position(after.path, [d.position_um for d in after.deposits])
    assert [(d.zone, d.side.value) for d in after.deposits] == bench.atlas.zones.at(places)
    bench.editor.nudge(0.5, 0)
    assert len(bench.editor.map.passes[0].deposits) == 2


def test_less_volume_than_lies_in_deposits_is_refused(bench: Bench) -> None:
    draw(bench, 1)
    (one,) = bench.editor.map.passes
    bench.editor.set_deposits(one.id, [("5", "0.08")])
    with pytest.raises(InputRefused, match="deposits_above_volume"):
        bench.editor.set_volume_text("0.05")
    assert bench.editor.map.passes[0].microlitres == 100


def test_reach_is_the_length_along_the_skin_against_the_instrument(bench: Bench) -> None:
    draw(bench, 2)
    for one in bench.editor.map.passes:
        assert bench.editor.reach(one.id) == (one.path.length_um, 50_000)
    entry = bench.editor.map.passes[0].entry_id
    assert bench.editor.map.reach_um(entry) == max(one.path.length_um for one in bench.editor.map.passes)
