"""One session beside another: microlitres by zone and side, passes matched by descent and nearness."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.compare import FARTHEST_MATCH_UM, compare
from injectmap.domain.totals import shown_totals, totals
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Share, Side, TreatmentMap
from tests import builders


@st.composite
def maps(draw: st.DrawFn) -> TreatmentMap:
    passes = (
        builders.cannula_pass(
            order=order,
            microlitres=draw(st.integers(1, 500)),
            side=draw(st.sampled_from([Side.LEFT, Side.RIGHT])),
            start=(60.0, draw(st.floats(-60, 0)), 30.0),
            zones=draw(st.sampled_from([("preauricular",), ("mandibular_angle", "mandibular_border")])),
            status=draw(st.sampled_from(PassStatus)),
        )
        for order in range(1, draw(st.integers(0, 6)) + 1)
    )
    return TreatmentMap(tuple(passes))


def done(treatment_map: TreatmentMap) -> list[str]:
    return [one.id for one in treatment_map.passes if one.status is PassStatus.DONE]


@given(maps(), maps())
def test_the_zones_sum_to_the_difference_of_the_totals_and_no_pass_is_lost(
    before: TreatmentMap, after: TreatmentMap
) -> None:
    found = compare(before, after)
    old, new = totals(before), totals(after)
    assert (found.right_ul, found.left_ul) == (new.right_ul - old.right_ul, new.left_ul - old.left_ul)
    assert found.both_ul == sum(one.both_ul for one in found.zones) == new.both_ul - old.both_ul
    matched_before = [one.before.id for one in found.matched]
    matched_after = [one.after.id for one in found.matched]
    assert sorted([*matched_before, *(one.id for one in found.only_before)]) == sorted(done(before))
    assert sorted([*matched_after, *(one.id for one in found.only_after)]) == sorted(done(after))
    assert all(one.before.side is one.after.side for one in found.matched)
    for one in found.matched:
        assert one.microlitres == one.after.microlitres - one.before.microlitres
        assert one.length_um == one.after.path.length_um - one.before.path.length_um


@given(maps())
def test_a_map_does_not_differ_from_itself(treatment_map: TreatmentMap) -> None:
    found = compare(treatment_map, treatment_map)
    assert [(one.entry_moved_um, one.tip_moved_um, one.microlitres) for one in found.matched] == [
        (0, 0, 0) for _ in done(treatment_map)
    ]
    assert (found.only_before, found.only_after) == ((), ())
    assert {one.both_ul for one in found.zones} <= {0}


@given(maps(), maps())
def test_backwards_every_difference_has_the_other_sign(one: TreatmentMap, other: TreatmentMap) -> None:
    there, back = compare(one, other), compare(other, one)
    assert {(z.zone, z.right_ul, z.left_ul) for z in there.zones} == {
        (z.zone, -z.right_ul, -z.left_ul) for z in back.zones
    }


def near(one: CannulaPass, mm: float, **changed: object) -> CannulaPass:
    x, y, z = (value / 1000 for value in one.path.entry)
    tip = tuple(value / 1000 for value in one.path.tip)
    moved = builders.cannula_pass(start=(x, y - mm, z), tip=tip)  # type: ignore[arg-type]
    return replace(one, id=moved.id, path=moved.path, entry_id=moved.entry_id, **changed)  # type: ignore[arg-type]


def test_a_copy_is_the_like_of_its_original_even_where_another_is_nearer() -> None:
    original = builders.cannula_pass(order=1)
    copy = near(original, 12, order=1, reference=f"pass:{original.id}", shares=(Share("s", 130),))
    nearer = near(original, 1, order=2)
    found = compare(TreatmentMap((original,)), TreatmentMap((copy, nearer)))
    assert [(one.before, one.after) for one in found.matched] == [(original, copy)]
    assert (found.matched[0].entry_moved_um, found.matched[0].tip_moved_um) == (12_000, 0)
    assert found.matched[0].microlitres == 30
    assert found.only_after == (nearer,)


def test_the_nearest_pairs_are_matched_first_and_the_far_not_at_all() -> None:
    first, second = builders.cannula_pass(order=1), builders.cannula_pass(order=2, side=Side.RIGHT)
    far = near(first, FARTHEST_MATCH_UM / 1000 + 1, order=1)
    assert FARTHEST_MATCH_UM == 20_000
    close, closer = near(first, 5, order=2), near(first, 2, order=3)
    found = compare(TreatmentMap((first, second)), TreatmentMap((far, close, closer)))
    assert [(one.before, one.after) for one in found.matched] == [(first, closer)]
    assert found.only_before == (second,)
    assert found.only_after == (far, close)


def test_a_copy_drawn_far_away_is_another_pass() -> None:
    original = builders.cannula_pass(order=1)
    copy = near(original, 21, order=1, reference=f"pass:{original.id}")
    found = compare(TreatmentMap((original,)), TreatmentMap((copy,)))
    assert (found.matched, found.only_before, found.only_after) == ((), (original,), (copy,))


def test_zones_that_only_one_session_has_are_listed() -> None:
    before = TreatmentMap((builders.cannula_pass(microlitres=90, zones=("temple",)),))
    after = TreatmentMap((builders.cannula_pass(microlitres=40, side=Side.RIGHT, zones=("chin",)),))
    rows = {one.zone: (one.right_ul, one.left_ul, one.both_ul) for one in compare(before, after).zones}
    assert rows == {"temple": (0, -90, -90), "chin": (40, 0, 40)}


@given(maps(), maps())
def test_as_shown_the_figures_are_those_one_would_subtract(before: TreatmentMap, after: TreatmentMap) -> None:
    found = compare(before, after, as_shown=True)
    old, new = shown_totals(before), shown_totals(after)
    assert (found.right_ul, found.left_ul) == (new.right_ul - old.right_ul, new.left_ul - old.left_ul)
    assert found.matched == compare(before, after).matched
