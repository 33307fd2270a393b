"""What was drawn upon an older map is fitted to the newer one, or let go; another's work is never changed by it."""

from __future__ import annotations

from dataclasses import replace

from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import StorageProblem
from injectmap.domain.record import RecordState
from injectmap.domain.treatment_map import Plane, TreatmentMap
from injectmap.editing.refit import refit
from tests import builders
from tests.unit.editing.conftest import Bench
from tests.unit.editing.test_changing import draw


def test_a_new_pass_comes_after_all_that_was_drawn_meanwhile() -> None:
    theirs = (builders.cannula_pass(order=1), builders.cannula_pass(order=2))
    mine = builders.cannula_pass(order=1)
    fitted = refit(builders.add(mine), TreatmentMap(theirs))
    assert fitted is not None
    after = fitted.apply(TreatmentMap(theirs))
    assert after.passes[:2] == theirs
    assert after.passes[2] == replace(mine, order=3)


def test_a_change_of_a_pass_that_is_as_it_was_still_holds() -> None:
    one, other = builders.cannula_pass(order=1), builders.cannula_pass(order=2)
    edit = Edit(EditKind.SET_PLANE, (PassChange(one, replace(one, plane=Plane.SUB_SMAS)),))
    assert refit(edit, TreatmentMap((one, other))) == edit


def test_a_change_of_what_another_changed_is_let_go() -> None:
    one = builders.cannula_pass(order=1)
    edit = Edit(EditKind.SET_PLANE, (PassChange(one, replace(one, plane=Plane.SUB_SMAS)),))
    assert refit(edit, TreatmentMap((replace(one, depth_um=9_000),))) is None
    assert refit(edit, TreatmentMap()) is None


def test_what_was_drawn_is_kept_over_a_conflict_and_stored_by_retry(bench: Bench) -> None:
    mine, theirs = bench.editor, bench.reopened()
    bench.editor = theirs
    draw(bench, 1)
    bench.editor = mine
    draw(bench, 1)
    failed = mine.failed
    assert failed is not None
    newer = bench.reopened()
    mine.reload(newer.opened, bench.sink.rows)
    assert mine.keep(failed.edit)
    assert mine.failed.error.code == "kept_on_newer_map"
    assert mine.map == theirs.map
    assert mine.retry()
    assert len(bench.sink.map.passes) == 2
    assert bench.sink.map.passes[0] == theirs.map.passes[0]


def test_nothing_is_kept_on_a_record_signed_meanwhile(bench: Bench) -> None:
    bench.sink.fails_with = StorageProblem("disk_full")
    draw(bench, 1)
    failed = bench.editor.failed
    assert failed is not None
    signed = replace(bench.opened.session, state=RecordState.SIGNED)
    bench.editor.reload(replace(bench.opened, session=signed), [])
    assert not bench.editor.keep(failed.edit)
    assert bench.editor.failed is None
