"""Boluses: placed, selected, moved, nudged, mirrored, deleted."""

from __future__ import annotations

import pytest

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import Side, Technique
from injectmap.editing.pointer import Cursor, Pointer
from tests.unit.editing.conftest import Bench


def place(bench: Bench, *, dz: float = 10, dy: float = -20, tool: str = "bolus") -> None:
    bench.editor.choose_tool(tool)
    bench.stroke(bench.at("zygion", dz=dz, dy=dy))


@pytest.mark.parametrize(
    ("tool", "technique", "volume"),
    [("bolus", Technique.BOLUS, 100), ("micro_bolus", Technique.MICRO_BOLUS, 20)],
)
def test_a_click_places_one(bench: Bench, tool: str, technique: Technique, volume: int) -> None:
    place(bench, tool=tool)
    (one,) = bench.editor.map.passes
    assert one.is_point
    assert (one.technique, one.microlitres, one.path.length_um) == (technique, volume, 0)
    assert bench.editor.undo_kind is EditKind.PLACE_BOLUS
    assert bench.editor.map.entry_points == {}
    assert totals(bench.editor.map).left_ul == volume
    assert bench.editor.selection == {one.id}
    assert bench.sink.map == bench.editor.map


def test_each_kind_keeps_its_own_volume(bench: Bench) -> None:
    place(bench)
    bench.editor.set_volume_text("0.15")
    place(bench, dy=-26, tool="micro_bolus")
    bench.editor.set_volume_text("0.01")
    bench.stroke(bench.at("zygion", dz=16, dy=-26))
    place(bench, dz=22)
    assert [one.microlitres for one in bench.editor.map.passes] == [150, 10, 10, 150]
    again = bench.reopened()
    assert (again.bolus_volume_ul, again.micro_bolus_volume_ul, again.defaults.microlitres) == (150, 10, 100)
    again.choose_tool("micro_bolus")
    assert (again.next_volume_ul, again.next_technique) == (10, Technique.MICRO_BOLUS)
    again.select([])
    again.set_volume_text("0.03")
    assert again.next_volume_ul == 30
    assert again.bolus_volume_ul == 150


def test_a_drag_moves_it_before_release(bench: Bench) -> None:
    bench.editor.choose_tool("bolus")
    tool = bench.editor.tool
    tool.hover(bench.at("zygion", dz=10))
    assert bench.editor.cursor is Cursor.CROSS
    tool.press(bench.at("zygion", dz=10))
    tool.drag(bench.at("zygion", dz=20))
    assert bench.editor.preview is not None
    assert bench.editor.preview.is_point
    assert bench.editor.preview.length_um == 0
    assert bench.editor.preview.zones
    there = bench.at("zygion", dz=25)
    tool.release(there)
    (one,) = bench.editor.map.passes
    assert bench.editor.hits.find(bench.editor.map, there) is not None
    assert bench.editor.hits.find(bench.editor.map, bench.at("zygion", dz=10)) is None
    tool.press(bench.at("gonion", dz=20))
    tool.cancel()
    assert bench.editor.map.passes == (one,)
    assert bench.editor.previews == ()


def test_it_stays_on_skin(bench: Bench) -> None:
    bench.editor.choose_tool("bolus")
    bench.stroke(bench.at("postaurale", dz=4))
    assert bench.editor.map.passes == ()
    assert bench.editor.hint.code == "not_skin"
    last = bench.at("zygion", dz=-8)
    bench.stroke(last, Pointer("left_lateral", 1.0, last.v_mm))
    (one,) = bench.editor.map.passes
    assert bench.editor.hits.find(bench.editor.map, last).pass_id == one.id


def test_a_click_on_a_bolus_selects_it_and_near_it_places_another(bench: Bench) -> None:
    place(bench)
    bench.editor.select([])
    place(bench)
    assert len(bench.editor.map.passes) == 1
    assert bench.editor.selection == set(bench.editor.map.by_id)
    place(bench, dz=12)
    assert len(bench.editor.map.passes) == 2


def test_it_is_moved_by_its_one_handle(bench: Bench) -> None:
    place(bench)
    bench.editor.choose_tool("select")
    bench.stroke(
        bench.at("zygion", dz=10, dy=-20), bench.at("zygion", dz=15, dy=-20), bench.at("gonion", dz=20, dy=8)
    )
    (one,) = bench.editor.map.passes
    assert one.is_point
    assert bench.editor.undo_kind is EditKind.MOVE_ENTRY
    assert bench.editor.hits.find(bench.editor.map, bench.at("gonion", dz=20, dy=8)).pass_id == one.id
    bench.editor.undo()
    assert bench.editor.hits.find(bench.editor.map, bench.at("zygion", dz=10, dy=-20)).pass_id == one.id


def test_it_is_nudged_mirrored_and_deleted(bench: Bench) -> None:
    place(bench)
    (before,) = bench.editor.map.passes
    bench.editor.next_handle()
    assert bench.editor.handle == "whole"
    bench.editor.nudge(0.5, 0)
    (after,) = bench.editor.map.passes
    assert after.is_point
    assert 0 < abs(after.path.entry.z - before.path.entry.z) < 700
    bench.editor.mirror_selection()
    left, right = bench.editor.map.passes
    assert (left.side, right.side) == (Side.LEFT, Side.RIGHT)
    assert right.path.entry == (-left.path.entry.x, *left.path.entry[1:])
    assert right.path.zones[0].side is Side.RIGHT
    assert left.entry_id != right.entry_id
    bench.editor.remove_selected()
    assert bench.editor.map.passes == (left,)


def test_no_pass_begins_at_a_bolus(bench: Bench) -> None:
    place(bench)
    (bolus,) = bench.editor.map.passes
    bench.editor.choose_tool("cannula_pass")
    bench.stroke(bench.at("zygion", dz=10, dy=-20), bench.at("zygion", dz=25, dy=-20))
    one = bench.editor.map.passes[-1]
    assert one.entry_id != bolus.entry_id
    bench.stroke(bench.at("zygion", dz=10, dy=-20), bench.at("zygion", dz=25, dy=-30))
    assert bench.editor.map.passes[-1].entry_id == one.entry_id


def test_a_bolus_stays_a_bolus(bench: Bench) -> None:
    place(bench)
    with pytest.raises(InputRefused, match="technique_needs_path"):
        bench.editor.set_technique(Technique.LINEAR_RETROGRADE)
    bench.editor.set_technique(Technique.MICRO_BOLUS)
    assert bench.editor.map.passes[0].technique is Technique.MICRO_BOLUS
    assert bench.editor.defaults.technique is Technique.LINEAR_RETROGRADE
    with pytest.raises(InputRefused, match="deposits_need_path"):
        bench.editor.set_deposits(bench.editor.map.passes[0].id, [("0", "0.02")])
