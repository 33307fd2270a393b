"""Done as planned, confirmed, explained: each one edit, volumes from real syringes, the plan untouched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from injectmap.domain import skin_paths
from injectmap.domain.compare import deviations
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Share, Side, Technique, TreatmentMap
from injectmap.editing import plan
from injectmap.editing.compare import copy_session
from tests import builders

if TYPE_CHECKING:
    from tests.unit.editing.conftest import Bench

# Tips in mm from the landmark they are near, all from one entry point in front of the tragion.
TIPS = (("exocanthion", (11, -13, -19)), ("exocanthion", (11, -22, -18)), ("gonion", (3, 16, 6)))


def skin_pass(
    bench: Bench, number: int, *, status: PassStatus, microlitres: int, entry_id: str
) -> CannulaPass:
    atlas = bench.atlas
    entry = skin_paths.snap(atlas, atlas.landmarks["tragion"] + (-3, -5, 14))
    landmark, offset = TIPS[number]
    path = skin_paths.resolve(atlas, [entry, skin_paths.snap(atlas, atlas.landmarks[landmark] + offset)])
    one = builders.cannula_pass(status=status, entry_id=entry_id, shares=(Share("", microlitres),))
    return replace(one, path=path, order=number + 1)


def give(bench: Bench, *passes: CannulaPass) -> None:
    """Put passes on the map after those that are there."""
    first = bench.editor.map.next_order
    changes = (PassChange(None, replace(one, order=first + at)) for at, one in enumerate(passes))
    assert bench.editor.commit(Edit(EditKind.ADD_PASS, tuple(changes)))


def give_plan(bench: Bench, *volumes: int, status: PassStatus = PassStatus.PLANNED) -> list[CannulaPass]:
    entry = new_id()
    give(
        bench,
        *(
            skin_pass(bench, at, status=status, microlitres=volume, entry_id=entry)
            for at, volume in enumerate(volumes)
        ),
    )
    return list(bench.editor.map.passes[-len(volumes) :])


def done(bench: Bench) -> list[CannulaPass]:
    return [one for one in bench.editor.map.passes if one.status is PassStatus.DONE]


def test_a_plan_counts_nothing_until_it_is_done(bench: Bench) -> None:
    give_plan(bench, 100, 150, 200)
    assert totals(bench.editor.map).both_ul == 0
    assert [one.left_ul for one in bench.editor.balances] == [1250, 1250]


def test_done_as_planned_draws_in_order_and_splits_where_a_syringe_ends(bench: Bench) -> None:
    planned = give_plan(bench, 700, 700, 300)
    assert plan.fulfil(bench.editor)
    first, second = (one.syringe.id for one in bench.editor.balances)
    made = done(bench)
    assert [one.shares for one in made] == [
        (Share(first, 700),),
        (Share(first, 550), Share(second, 150)),
        (Share(second, 300),),
    ]
    assert [one.fulfils for one in made] == [one.id for one in planned]
    assert [one.path for one in made] == [one.path for one in planned]
    assert bench.editor.map.passes[:3] == tuple(planned)
    assert bench.editor.selection == {one.id for one in made}
    assert bench.editor.syringe_id == second
    assert bench.editor.undo_kind is EditKind.FULFIL_PLAN
    assert not any(one.differs for one in deviations(bench.editor.map))
    bench.editor.undo()
    assert bench.editor.map.passes == tuple(planned)


def test_what_is_done_has_its_own_numbers_letters_and_entry_point(bench: Bench) -> None:
    planned = give_plan(bench, 100, 100)
    plan.fulfil_next(bench.editor)
    plan.fulfil_next(bench.editor)
    made = done(bench)
    assert [bench.editor.map.numbers[one.id] for one in (*planned, *made)] == [1, 2, 1, 2]
    assert made[0].entry_id == made[1].entry_id != planned[0].entry_id
    assert {one.letter for one in bench.editor.map.entry_points.values()} == {"A"}


def test_one_after_the_other_and_then_nothing_is_left(bench: Bench) -> None:
    planned = give_plan(bench, 100, 100)
    plan.fulfil_next(bench.editor)
    assert [one.fulfils for one in done(bench)] == [planned[0].id]
    assert plan.waiting(bench.editor.map) == (planned[1],)
    plan.fulfil(bench.editor, [planned[1].id])
    with pytest.raises(InputRefused, match="nothing_planned"):
        plan.fulfil_next(bench.editor)
    with pytest.raises(InputRefused, match="nothing_planned"):
        plan.fulfil(bench.editor, [planned[0].id])


def test_without_a_planned_volume_the_next_pass_says_how_much(bench: Bench) -> None:
    (planned,) = give_plan(bench, 100)
    bare = replace(planned, shares=())
    bench.editor.commit(Edit(EditKind.SET_VOLUME, (PassChange(planned, bare),)))
    plan.fulfil(bench.editor)
    assert done(bench)[0].microlitres == bench.editor.defaults.microlitres == 100
    (deviation,) = deviations(bench.editor.map)
    assert not deviation.differs


def test_what_the_syringes_do_not_hold_is_not_done_at_all(bench: Bench) -> None:
    give_plan(bench, 1200, 1200, 200)
    before = bench.editor.map
    with pytest.raises(InputRefused, match="syringes_hold_less") as refused:
        plan.fulfil(bench.editor)
    assert refused.value.params == {"missing_ml": "0.10"}
    assert bench.editor.map is before


def test_without_a_syringe_nothing_is_done(bench: Bench) -> None:
    give_plan(bench, 100)
    bench.editor.reload(replace(bench.opened, syringes=(), map=bench.editor.map), ())
    with pytest.raises(InputRefused, match="syringe_missing"):
        plan.fulfil(bench.editor)


def test_deviations_say_what_moved_what_else_differs_and_why(bench: Bench) -> None:
    planned = give_plan(bench, 100, 150, 200)
    plan.fulfil(bench.editor, [one.id for one in planned[:2]])
    same, changed = done(bench)
    tip = skin_paths.snap(bench.atlas, skin_paths.to_mm([changed.path.tip])[0] + (0, -6, 0))
    path = skin_paths.resolve(bench.atlas, [changed.path.entry, tip])
    after = replace(
        changed,
        path=path,
        technique=Technique.VECTORING,
        shares=(changed.shares[0]._replace(microlitres=130),),
    )
    bench.editor.commit(Edit(EditKind.MOVE_VERTEX, (PassChange(changed, after),)))
    extra = skin_pass(bench, 2, status=PassStatus.DONE, microlitres=50, entry_id=new_id())
    give(bench, replace(extra, shares=(Share(bench.editor.syringes[1].id, 50),)))
    plan.set_deviation(bench.editor, after.id, "  Vessel in the way ")
    plan.set_deviation(bench.editor, planned[2].id, "Enough volume already")
    first, second, third, fourth = deviations(bench.editor.map)
    assert (first.planned, first.done, first.differs) == (planned[0], same, False)
    assert second.entry_moved_um == 0
    assert second.tip_moved_um == skin_paths.apart_um(changed.path.tip, tip) > 4_000
    assert second.length_um == path.length_um - changed.path.length_um
    assert (second.microlitres, second.fields, second.reason) == (-20, ("technique",), "Vessel in the way")
    assert (third.done, third.reason) == (None, "Enough volume already")
    assert fourth.planned is None
    assert fourth.done is not None
    assert fourth.done.microlitres == 50
    assert all(one.differs for one in (second, third, fourth))


def test_a_reason_can_be_taken_back_and_needs_a_plan(bench: Bench) -> None:
    (planned,) = give_plan(bench, 100)
    plan.set_deviation(bench.editor, planned.id, "No")
    plan.set_deviation(bench.editor, planned.id, "No")
    assert bench.editor.map.by_id[planned.id].deviation == "No"
    plan.set_deviation(bench.editor, planned.id, "")
    assert bench.editor.map.by_id[planned.id] == planned
    with pytest.raises(InputRefused, match="text_too_long"):
        plan.set_deviation(bench.editor, planned.id, "x" * 10_000)
    bench.editor.commit(builders.remove(planned))
    bench.editor.draw(planned.path)
    with pytest.raises(InputRefused, match="no_plan"):
        plan.set_deviation(bench.editor, bench.editor.map.passes[0].id, "Why")
    assert deviations(bench.editor.map) == ()


def last_session(bench: Bench) -> TreatmentMap:
    entry = new_id()
    return TreatmentMap(
        tuple(
            replace(
                skin_pass(bench, at, status=status, microlitres=100 * (at + 1), entry_id=entry),
                shares=(Share("a syringe of that day", 100 * (at + 1)),),
            )
            for at, status in enumerate((PassStatus.DONE, PassStatus.PLANNED, PassStatus.DONE))
        )
    )


def test_the_last_session_is_copied_unconfirmed_and_without_a_syringe(bench: Bench) -> None:
    before = last_session(bench)
    assert copy_session(bench.editor, before)
    copies = bench.editor.map.passes
    assert [one.reference for one in copies] == [f"pass:{before.passes[at].id}" for at in (0, 2)]
    assert [one.shares for one in copies] == [(Share("", 100),), (Share("", 300),)]
    assert {one.status for one in copies} == {PassStatus.UNCONFIRMED}
    assert copies[0].entry_id == copies[1].entry_id != before.passes[0].entry_id
    assert totals(bench.editor.map).both_ul == 0
    assert bench.editor.undo_kind is EditKind.COPY_SESSION
    with pytest.raises(InputRefused, match="nothing_to_copy"):
        copy_session(bench.editor, before)
    bench.editor.undo()
    assert bench.editor.map.passes == ()


def test_confirmed_passes_are_drawn_from_todays_syringes(bench: Bench) -> None:
    copy_session(bench.editor, last_session(bench))
    first, second = bench.editor.map.passes
    plan.confirm(bench.editor, [second.id])
    syringe = bench.editor.syringes[0].id
    assert bench.editor.map.by_id[second.id] == replace(
        second, status=PassStatus.DONE, shares=(Share(syringe, 300),)
    )
    assert bench.editor.map.by_id[first.id] == first
    plan.confirm(bench.editor)
    assert totals(bench.editor.map).both_ul == 400
    with pytest.raises(InputRefused, match="nothing_unconfirmed"):
        plan.confirm(bench.editor)
    bench.editor.undo()
    bench.editor.undo()
    assert bench.editor.map.passes == (first, second)


def test_a_session_can_be_copied_as_a_plan_or_as_done(bench: Bench) -> None:
    before = last_session(bench)
    copy_session(bench.editor, before, PassStatus.PLANNED)
    copy_session_again = bench.editor.map.passes
    assert {one.status for one in copy_session_again} == {PassStatus.PLANNED}
    bench.editor.undo()
    copy_session(bench.editor, before, PassStatus.DONE)
    assert totals(bench.editor.map).both_ul == 400
    assert all(share.syringe_id for one in bench.editor.map.passes for share in one.shares)
    assert {one.side for one in bench.editor.map.passes} == {Side.LEFT}


def test_confirming_without_a_copy_selected_only_selects_the_next_one(bench: Bench) -> None:
    copy_session(bench.editor, last_session(bench))
    first, second = bench.editor.map.passes
    bench.editor.select([])
    assert plan.confirm_selected(bench.editor)
    assert bench.editor.map.passes == (first, second)
    assert bench.editor.selection == {first.id}
    assert bench.editor.hint is not None
    assert (bench.editor.hint.code, bench.editor.hint.params) == (
        "next_to_confirm",
        {"number": 1, "count": 2},
    )
    plan.confirm_selected(bench.editor)
    assert [one.status for one in bench.editor.map.passes] == [PassStatus.DONE, PassStatus.UNCONFIRMED]
    assert bench.editor.hint is None
    plan.confirm_selected(bench.editor)
    assert bench.editor.selection == {second.id}
    plan.confirm_selected(bench.editor)
    assert totals(bench.editor.map).both_ul == 400
    with pytest.raises(InputRefused, match="nothing_unconfirmed"):
        plan.confirm_selected(bench.editor)


def test_a_planned_bolus_without_a_volume_takes_that_of_the_next_bolus(bench: Bench) -> None:
    one = builders.cannula_pass(status=PassStatus.PLANNED, technique=Technique.MICRO_BOLUS, shares=())
    place = skin_paths.snap(bench.atlas, bench.atlas.landmarks["zygion"])
    give(bench, replace(one, path=skin_paths.point(bench.atlas, place)))
    plan.fulfil_next(bench.editor)
    assert done(bench)[0].microlitres == bench.editor.micro_bolus_volume_ul == 20


def test_undo_takes_the_syringe_in_use_back(bench: Bench) -> None:
    one, two = (syringe.id for syringe in bench.editor.syringes)
    give_plan(bench, 300, 700, 700)
    plan.fulfil_next(bench.editor)
    plan.fulfil(bench.editor)
    assert bench.editor.syringe_id == two
    bench.editor.undo()
    assert bench.editor.syringe_id == one
    bench.editor.redo()
    assert bench.editor.syringe_id == two
    bench.editor.undo()
    bench.editor.undo()
    assert bench.editor.syringe_id == one
    bench.editor.use_syringe(two)
    bench.editor.undo()
    assert bench.editor.map.passes == ()
    assert bench.editor.syringe_id == two
