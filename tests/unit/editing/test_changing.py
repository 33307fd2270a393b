"""Selecting, moving, changing, undoing, and what happens when storing fails."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.treatment_map import Instrument, InstrumentKind, Plane, Share, Technique, TreatmentMap
from injectmap.editing import changes
from injectmap.editing.changes import move_entry
from tests import builders
from tests.unit.editing.conftest import Bench


def draw(bench: Bench, count: int = 2) -> None:
    for i in range(count):
        bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=12, dy=-6 * i))


def test_moving_an_entry_point_takes_all_its_passes_along(bench: Bench) -> None:
    draw(bench, 3)
    bench.editor.choose_tool("select")
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=-12), bench.at("zygion", dz=-10, dy=-3))
    assert len({one.path.entry for one in bench.editor.map.passes}) == 1
    assert bench.editor.undo_kind is EditKind.MOVE_ENTRY
    bench.editor.undo()
    assert bench.editor.redo_kind is EditKind.MOVE_ENTRY
    assert bench.sink.map == bench.editor.map


def test_moving_a_tip_needs_its_pass_selected(bench: Bench) -> None:
    draw(bench, 1)
    (one,) = bench.editor.map.passes
    bench.editor.choose_tool("select")
    bench.editor.select([])
    tip, there = bench.at("zygion", dz=12), bench.at("zygion", dz=20, dy=-4)
    bench.stroke(tip, bench.at("zygion", dz=15), there)
    assert bench.editor.map.passes == (one,)
    bench.stroke(tip, bench.at("zygion", dz=15), there)
    (moved,) = bench.editor.map.passes
    assert moved.path.entry == one.path.entry
    assert moved.path.length_um > one.path.length_um
    assert bench.editor.undo_kind is EditKind.MOVE_VERTEX


def test_a_preview_of_a_move_hides_what_it_replaces(bench: Bench) -> None:
    draw(bench, 2)
    bench.editor.choose_tool("select")
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-15))
    tool.drag(bench.at("zygion", dz=-9))
    assert tool.active
    assert len(bench.editor.previews) == 2
    assert bench.editor.preview_replaces == {one.id for one in bench.editor.map.passes}
    tool.cancel()
    assert bench.editor.previews == ()


def test_selection_by_click_ctrl_and_keys(bench: Bench) -> None:
    draw(bench, 3)
    a, b, c = (one.id for one in bench.editor.map.passes)
    bench.editor.choose_tool("select")
    bench.editor.select([a])
    bench.stroke(bench.at("zygion", dz=6, dy=-9, ctrl=True))
    assert bench.editor.selection == {a, c}
    bench.editor.select_next(1)
    assert bench.editor.selection == {a}
    bench.editor.select_next(-1)
    assert bench.editor.selection == {c}
    bench.editor.select(["gone", b])
    assert bench.editor.selection == {b}
    bench.stroke(bench.at("gonion", dz=20))
    assert bench.editor.selection == frozenset()


def test_changes_reach_all_selected_and_the_next_pass(bench: Bench) -> None:
    draw(bench, 3)
    ids = [one.id for one in bench.editor.map.passes]
    bench.editor.select(ids[:2])
    needle = Instrument(InstrumentKind.NEEDLE, 27, 13_000)
    bench.editor.set_plane(Plane.SUPRAPERIOSTEAL)
    bench.editor.set_technique(Technique.LINEAR_ANTEGRADE)
    bench.editor.set_instrument(needle)
    bench.editor.set_volume_text("0.2")
    bench.editor.set_syringe(bench.editor.syringes[1].id)
    for one in bench.editor.map.passes[:2]:
        assert (one.plane, one.technique, one.instrument, one.microlitres) == (
            Plane.SUPRAPERIOSTEAL,
            Technique.LINEAR_ANTEGRADE,
            needle,
            200,
        )
        assert one.shares[0].syringe_id == bench.editor.syringes[1].id
    assert bench.editor.map.passes[2].plane is Plane.SUBDERMAL
    bench.stroke(bench.at("gonion", dz=8, dy=6), bench.at("gonion", dz=30))
    assert bench.editor.map.passes[-1].instrument == needle
    for _ in range(9):
        bench.editor.undo()
    assert bench.editor.map == TreatmentMap()


def test_removing_and_undoing_brings_numbers_back(bench: Bench) -> None:
    draw(bench, 3)
    before = bench.editor.map
    bench.editor.select([before.passes[0].id])
    bench.editor.remove_selected()
    assert [bench.editor.map.numbers[one.id] for one in before.passes[1:]] == [1, 2]
    assert bench.editor.selection == frozenset()
    bench.editor.undo()
    assert bench.editor.map == before
    assert bench.editor.selection == {before.passes[0].id}


def test_undo_survives_closing_and_another_practitioner_clears_it(bench: Bench) -> None:
    draw(bench, 2)
    bench.editor.undo()
    again = bench.reopened()
    assert (again.undo_kind, again.redo_kind) == (EditKind.ADD_PASS, EditKind.ADD_PASS)
    again.redo()
    assert len(again.map.passes) == 2
    again.undo()
    again.undo()
    assert again.map == TreatmentMap()
    assert again.undo_kind is None
    other = bench.reopened(builders.acting_as(builders.practitioner()))
    assert (other.undo_kind, other.redo_kind) == (None, None)


def test_a_failed_edit_is_kept_and_can_be_retried_or_dropped(bench: Bench) -> None:
    draw(bench, 1)
    bench.sink.fails_with = StorageProblem("disk_full")
    draw(bench, 1)
    assert bench.editor.failed is not None
    assert bench.editor.failed.error.code == "disk_full"
    assert len(bench.editor.map.passes) == 1
    assert not bench.editor.retry()
    bench.sink.fails_with = None
    assert bench.editor.retry()
    assert bench.editor.failed is None
    assert len(bench.sink.map.passes) == 2
    bench.sink.fails_with = Conflict("session_has_changed")
    bench.editor.select([bench.editor.map.passes[0].id])
    bench.editor.remove_selected()
    bench.editor.discard_failed()
    assert bench.editor.failed is None
    assert bench.editor.map == bench.sink.map


def test_a_newer_state_is_taken_over(bench: Bench) -> None:
    draw(bench, 1)
    other = bench.reopened()
    stroke_editor, bench.editor = bench.editor, other
    draw(bench, 1)
    bench.editor = stroke_editor
    draw(bench, 1)
    assert stroke_editor.failed is not None
    assert stroke_editor.failed.error.code == "session_has_changed"
    fresh = bench.reopened()
    stroke_editor.reload(fresh.opened, bench.sink.rows)
    assert stroke_editor.map == bench.sink.map
    assert stroke_editor.failed is None


def test_a_session_in_error_is_closed_to_edits(bench: Bench) -> None:
    from dataclasses import replace

    draw(bench, 1)
    closed = replace(bench.opened.session, error_reason="wrong patient", revision=bench.sink.revision)
    editor = bench.reopened()
    editor.reload(replace(bench.opened, session=closed, map=bench.sink.map), bench.sink.rows)
    editor.select([editor.map.passes[0].id])
    with pytest.raises(InputRefused, match="session_in_error"):
        editor.remove_selected()
    assert len(editor.map.passes) == 1


def test_subscribers_hear_what_changed_and_can_leave(bench: Bench) -> None:
    heard: list[frozenset[str]] = []
    leave = bench.editor.subscribe(heard.append)
    draw(bench, 1)
    assert {"map", "selection", "preview", "defaults", "syringes"} <= frozenset().union(*heard)
    leave()
    heard.clear()
    bench.editor.undo()
    assert heard == []


def _draw_border(bench: Bench, i: int, volume: int) -> None:
    bench.stroke(bench.at("gonion", dz=6 + i, dy=8), bench.at("gonion", dz=28, dy=-i / 3))


def _set_volume(bench: Bench, i: int, volume: int) -> None:
    bench.editor.select_next(1)
    bench.editor.set_volume_text(f"0.{volume:02d}")


def _set_plane(bench: Bench, i: int, volume: int) -> None:
    bench.editor.select(list(bench.editor.map.by_id))
    bench.editor.set_plane(list(Plane)[(volume + i) % len(Plane)])


def _remove(bench: Bench, i: int, volume: int) -> None:
    bench.editor.select_next(-1)
    bench.editor.remove_selected()


def _move_entry(bench: Bench, i: int, volume: int) -> None:
    if bench.editor.map.passes:
        one = bench.editor.map.passes[0]
        others = bench.editor.map.passes_of_entry(one.entry_id)
        to = one.path.points[1]
        if all(math.dist(to, other.path.tip) > 5000 for other in others):
            bench.editor.commit(move_entry(bench.atlas, bench.editor.map, one.entry_id, to))


def _with(tool: str, *stops: tuple[float, float]) -> Callable[[Bench, int, int], None]:
    """A stroke with a tool through places given as (dz, dy) from the angle of the jaw."""

    def act(bench: Bench, i: int, volume: int) -> None:
        bench.editor.choose_tool(tool)
        bench.stroke(*[bench.at("gonion", dz=dz + i / 2, dy=dy + volume / 10) for dz, dy in stops])
        bench.editor.choose_tool("cannula_pass")

    return act


def _allowed(act: Callable[[Bench, int, int], None]) -> Callable[[Bench, int, int], None]:
    """What may be refused, and changes nothing then."""

    def attempt(bench: Bench, i: int, volume: int) -> None:
        before = bench.editor.map
        try:
            act(bench, i, volume)
        except InputRefused:
            assert bench.editor.map is before

    return attempt


def _measure(bench: Bench, i: int, volume: int) -> None:
    _with("measure", (8, 8), (20, 6))(bench, i, volume)
    bench.editor.choose_tool("measure")
    bench.stroke(bench.at("gonion", dz=8, dy=8), bench.at("gonion", dz=20 + i, dy=6))
    bench.editor.keep_measurement(note=str(i))
    bench.editor.choose_tool("cannula_pass")


def _reorder(bench: Bench, i: int, volume: int) -> None:
    ids = [one.id for one in bench.editor.map.passes]
    bench.editor.reorder(ids[volume % 3 :: 3], ids[i % len(ids)] if ids else None)


def _deposits(bench: Bench, i: int, volume: int) -> None:
    if bench.editor.primary is not None:
        bench.editor.set_deposits(bench.editor.primary, [(str(i), "0.01"), (f"{i}.5", "0.01")])


def _split(bench: Bench, i: int, volume: int) -> None:
    if bench.editor.primary is not None:
        whole = bench.editor.map.by_id[bench.editor.primary].microlitres
        ids = [syringe.id for syringe in bench.editor.syringes]
        bench.editor.split_shares(bench.editor.primary, [(ids[0], whole - 5), (ids[1], 5)])


def _planned(bench: Bench, i: int, volume: int) -> None:
    bench.editor.set_planning(True)
    _draw_border(bench, i, volume)
    bench.editor.set_planning(False)


def _reopen(bench: Bench, i: int, volume: int) -> None:
    linked = bench.editor.linked
    bench.editor = bench.reopened()
    if linked:
        bench.editor.toggle_linked()


STEPS: dict[str, Callable[[Bench, int, int], None]] = {
    "draw": _draw_border,
    "from_one_entry": lambda bench, i, volume: draw(bench, 1),
    "fan": _with("fan", (8, 8), (14, 10), (24, 12)),
    "hatch": _with("cross_hatch", (10, 10), (14, 10), (26, 10)),
    "bolus": _with("bolus", (14, 4)),
    "measure": _measure,
    "reorder": _reorder,
    "deposits": _allowed(_deposits),
    "split": _allowed(_split),
    "planned": _planned,
    "mirror": _allowed(lambda bench, i, volume: bench.editor.mirror_selection()),
    "nudge": _allowed(lambda bench, i, volume: bench.editor.nudge(0.5, -0.5)),
    "handle": lambda bench, i, volume: bench.editor.next_handle(),
    "linked": lambda bench, i, volume: bench.editor.toggle_linked(),
    "volume": _allowed(_set_volume),
    "plane": _set_plane,
    "remove": _remove,
    "move": _move_entry,
    "undo": lambda bench, i, volume: bench.editor.undo(),
    "redo": lambda bench, i, volume: bench.editor.redo(),
    "reopen": _reopen,
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=14), st.integers(1, 30))
def test_any_sequence_can_be_undone_and_redone_whole(steps: list[str], volume: int) -> None:
    bench = Bench()
    for i, step in enumerate(steps):
        STEPS[step](bench, i, volume)
    assert bench.editor.map == bench.sink.map
    end = bench.editor.map
    while bench.editor.undo_kind is not None:
        bench.editor.undo()
    assert bench.editor.map == TreatmentMap()
    later = bench.reopened()
    while later.map != end and later.redo_kind is not None:
        later.redo()
    assert later.map == end


def test_nothing_else_is_stored_while_an_edit_waits(bench: Bench) -> None:
    draw(bench, 1)
    bench.sink.fails_with = StorageProblem("disk_full")
    draw(bench, 1)
    waiting = bench.editor.failed
    bench.sink.fails_with = None
    bench.editor.select([bench.editor.map.passes[0].id])
    with pytest.raises(InputRefused, match="edit_waiting"):
        bench.editor.set_volume_text("0.2")
    assert bench.editor.failed is waiting
    assert bench.editor.retry()
    bench.editor.set_volume_text("0.2")
    assert [one.microlitres for one in bench.editor.map.passes] == [100, 200]


def test_an_undo_while_an_edit_waits_is_refused_and_drops_nothing(bench: Bench) -> None:
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=15))
    bench.sink.fails_with = StorageProblem("disk_full")
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dy=-10, dz=15))
    waiting = bench.editor.failed
    assert waiting is not None
    for act in (bench.editor.undo, bench.editor.redo, bench.editor.remove_selected):
        if act == bench.editor.redo:
            act()
            continue
        with pytest.raises(InputRefused, match="edit_waiting"):
            act()
        assert bench.editor.failed is waiting
        assert len(bench.editor.map.passes) == 1


def test_what_undo_brings_back_is_selected_as_such(bench: Bench) -> None:
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=15))
    bench.editor.remove_selected()
    bench.editor.undo()
    assert bench.editor.selection == set(bench.editor.map.by_id)
    assert bench.editor.selected_by_undo
    bench.editor.select([])
    assert not bench.editor.selected_by_undo


def test_a_protected_editor_shows_and_changes_nothing(bench: Bench) -> None:
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dz=15))
    bench.editor.protect()
    bench.editor.choose_tool("cannula_pass")
    assert bench.editor.tool_id == "select"
    before = bench.editor.map
    bench.stroke(bench.at("zygion", dz=-15), bench.at("zygion", dy=-10, dz=15))
    assert bench.editor.map is before
    with pytest.raises(InputRefused, match="file_read_only"):
        bench.editor.undo()


@pytest.mark.parametrize(
    ("used", "last", "added", "wanted", "chosen"),
    [
        ((0, 0), None, (), 100, 0),
        ((1250, 0), 0, (), 100, 1),
        ((1250, 1250), 0, (), 100, 0),
        ((1200, 0), 0, (), 100, 0),
        ((1200, 0), 0, (1,), 100, 1),
        ((1200, 1220), 0, (1,), 100, 0),
        ((600, 0), 0, (1,), 100, 0),
    ],
)
def test_the_syringe_in_use(
    used: tuple[int, int], last: int | None, added: tuple[int, ...], wanted: int, chosen: int
) -> None:
    session = builders.treatment_session(builders.patient(), builders.practitioner())
    pair = [builders.syringe(session, number=number) for number in (1, 2)]
    drawn = tuple(
        replace(builders.cannula_pass(order=order + 1), shares=(Share(one.id, amount),))
        for order, (one, amount) in enumerate(zip(pair, used, strict=True))
        if amount
    )
    ids = [one.id for one in pair]
    found = changes.syringe_in_use(
        TreatmentMap(drawn), pair, None if last is None else ids[last], [ids[n] for n in added], wanted
    )
    assert found == ids[chosen]


def test_a_volume_taken_back_is_not_that_of_the_next_pass(bench: Bench) -> None:
    draw(bench, 1)
    bench.editor.select([bench.editor.map.passes[0].id])
    before = bench.editor.defaults.microlitres
    bench.editor.set_volume_text("1.00")
    assert bench.editor.defaults.microlitres == 1000
    bench.editor.undo()
    assert bench.editor.defaults.microlitres == before
    bench.editor.redo()
    assert bench.editor.defaults.microlitres == 1000
