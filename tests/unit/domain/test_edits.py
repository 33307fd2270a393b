"""Edits: applying, taking back, and the journal form, on random maps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.edits import Edit, EditKind, PassChange, edit_from_json, edit_to_json
from injectmap.domain.errors import Conflict
from injectmap.domain.journal import canonical_json
from injectmap.domain.treatment_map import CannulaPass, Plane, Share, Side, SkinPoint, Technique, TreatmentMap
from tests import builders


@st.composite
def passes(draw: st.DrawFn, order: int = 1) -> CannulaPass:
    coordinate = st.floats(-60, 60, allow_nan=False)
    one = builders.cannula_pass(
        order=order,
        microlitres=draw(st.integers(1, 1250)),
        start=(draw(coordinate), draw(coordinate), draw(coordinate)),
        tip=(70.0, draw(coordinate), draw(coordinate)),
        side=draw(st.sampled_from([Side.LEFT, Side.RIGHT])),
    )
    return replace(
        one,
        technique=draw(st.sampled_from(Technique)),
        plane=draw(st.sampled_from(Plane)),
        depth_um=draw(st.none() | st.integers(500, 20_000)),
    )


@st.composite
def maps(draw: st.DrawFn) -> TreatmentMap:
    count = draw(st.integers(0, 6))
    return TreatmentMap(tuple(draw(passes(order=2 * i + 1)) for i in range(count)))


@st.composite
def maps_and_edits(draw: st.DrawFn) -> tuple[TreatmentMap, Edit]:
    treatment_map = draw(maps())
    changes = []
    for one in treatment_map.passes:
        choice = draw(st.sampled_from(["keep", "remove", "volume", "plane"]))
        if choice == "remove":
            changes.append(PassChange(one, None))
        elif choice == "volume":
            volume = draw(st.integers(1, 2500))
            changes.append(PassChange(one, replace(one, shares=(Share("other", volume),))))
        elif choice == "plane":
            changes.append(PassChange(one, replace(one, plane=draw(st.sampled_from(Plane)))))
    if draw(st.booleans()) or not changes:
        changes.append(PassChange(None, draw(passes(order=treatment_map.next_order))))
    return treatment_map, Edit(EditKind.SET_VOLUME, tuple(changes))


@given(maps_and_edits())
def test_the_inverse_takes_any_edit_back(pair: tuple[TreatmentMap, Edit]) -> None:
    before, edit = pair
    after = edit.apply(before)
    assert edit.inverse().apply(after) == before
    assert edit.inverse().inverse() == edit
    assert edit.apply(edit.inverse().apply(after)) == after


@given(maps_and_edits())
def test_the_journal_form_is_whole_and_canonical(pair: tuple[TreatmentMap, Edit]) -> None:
    _, edit = pair
    payload = edit_to_json(edit)
    assert edit_from_json(payload) == edit
    assert canonical_json(edit_to_json(edit_from_json(payload))) == canonical_json(payload)


@given(maps_and_edits())
def test_an_edit_of_another_state_is_a_conflict(pair: tuple[TreatmentMap, Edit]) -> None:
    before, edit = pair
    after = edit.apply(before)
    if all(change.before == change.after for change in edit.changes):
        return
    with pytest.raises(Conflict):
        edit.apply(after)


def test_numbers_follow_the_order_of_drawing_and_letters_start_anew_on_each_side() -> None:
    a = builders.cannula_pass(order=1, side=Side.LEFT)
    b = replace(builders.cannula_pass(order=4, side=Side.LEFT), entry_id=a.entry_id)
    c = builders.cannula_pass(order=2, side=Side.RIGHT)
    d = builders.cannula_pass(order=5, side=Side.LEFT)
    treatment_map = TreatmentMap((a, c, b, d))
    assert [treatment_map.numbers[one.id] for one in (a, c, b, d)] == [1, 2, 3, 4]
    letters = {one.entry_id: treatment_map.entry_points[one.entry_id].letter for one in (a, b, c, d)}
    assert [letters[a.entry_id], letters[c.entry_id], letters[d.entry_id]] == ["A", "A", "B"]


def test_a_map_refuses_what_edits_could_not_undo() -> None:
    one = builders.cannula_pass(order=1)
    with pytest.raises(ValueError, match="order"):
        TreatmentMap((one, replace(one, id="other")))
    with pytest.raises(ValueError, match="twice"):
        TreatmentMap((one, replace(one, order=2)))
    elsewhere = builders.cannula_pass(order=2, start=(10.0, 0.0, 90.0))
    with pytest.raises(ValueError, match="entry point"):
        TreatmentMap((one, replace(elsewhere, entry_id=one.entry_id)))


def test_a_change_has_one_subject() -> None:
    one, other = builders.cannula_pass(order=1), builders.cannula_pass(order=2)
    with pytest.raises(ValueError, match="pass"):
        PassChange(None, None)
    with pytest.raises(ValueError, match="id"):
        PassChange(one, other)


def test_sides_are_the_patients() -> None:
    from injectmap.domain.treatment_map import side_of

    assert side_of(SkinPoint(2001, 0, 0)) is Side.LEFT
    assert side_of(SkinPoint(-2001, 0, 0)) is Side.RIGHT
    assert side_of(SkinPoint(2000, 0, 0)) is Side.MIDLINE
