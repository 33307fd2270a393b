"""Totals add up in every direction, whatever is drawn."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.errors import InputRefused
from injectmap.domain.totals import (
    check_syringes,
    exact_totals,
    show_part,
    shown_totals,
    syringe_balances,
    totals,
    zone_volumes,
    zones_by_length,
)
from injectmap.domain.treatment_map import PassStatus, Share, Side, SkinPath, TreatmentMap, ZoneLength
from tests import builders

ZONES = ("lateral_zygomatic_arch", "preauricular", "mandibular_angle", "mandibular_border")


@st.composite
def split_maps(draw: st.DrawFn) -> TreatmentMap:
    found = []
    for order in range(1, draw(st.integers(1, 12)) + 1):
        one = builders.cannula_pass(order=order, microlitres=draw(st.integers(1, 1250)))
        cuts = draw(st.lists(st.integers(0, one.path.length_um), max_size=3))
        ends = [0, *sorted(cuts), one.path.length_um]
        zones = tuple(
            ZoneLength(draw(st.sampled_from(ZONES)), draw(st.sampled_from([Side.LEFT, Side.RIGHT])), b - a)
            for a, b in pairwise(ends)
        )
        path = one.path
        found.append(replace(one, path=SkinPath(path.controls, path.points, path.length_um, zones)))
    return TreatmentMap(tuple(found))


@given(split_maps())
def test_every_sum_is_exact(treatment_map: TreatmentMap) -> None:
    whole = sum(one.microlitres for one in treatment_map.passes)
    for one in treatment_map.passes:
        assert sum(zone_volumes(one).values()) == one.microlitres
    exact = totals(treatment_map)
    assert exact.both_ul == whole == sum(row.both_ul for row in exact.zones)


@given(split_maps())
def test_shown_cells_add_up_in_rows_and_columns(treatment_map: TreatmentMap) -> None:
    shown = shown_totals(treatment_map)
    assert shown.right_ul == sum(row.right_ul for row in shown.zones)
    assert shown.left_ul == sum(row.left_ul for row in shown.zones)
    whole = sum(one.microlitres for one in treatment_map.passes)
    assert shown.both_ul == whole
    if not any(one.microlitres % 10 for one in treatment_map.passes):
        assert not any(cell % 10 for row in shown.zones for cell in (row.right_ul, row.left_ul))


def along(*parts: tuple[str, Side, int]):
    one = builders.cannula_pass()
    path = one.path
    zones = tuple(ZoneLength(zone, side, um) for zone, side, um in parts)
    return replace(
        one, path=SkinPath(path.controls, path.points, sum(um for *_, um in parts), zones), shares=one.shares
    )


def test_the_zone_with_the_longest_part_comes_first_and_grazes_are_left_out() -> None:
    one = along(
        ("preauricular", Side.LEFT, 9_000),
        ("mandibular_angle", Side.LEFT, 12_000),
        ("preauricular", Side.LEFT, 5_000),
        ("mandibular_border", Side.LEFT, 900),
    )
    assert zones_by_length(one) == (
        ("preauricular", Side.LEFT, 14_000),
        ("mandibular_angle", Side.LEFT, 12_000),
    )
    short = along(("preauricular", Side.LEFT, 500), ("mandibular_angle", Side.LEFT, 700))
    assert [zone for zone, *_ in zones_by_length(short)] == ["mandibular_angle"]


def test_a_volume_that_rounds_to_nothing_is_still_shown() -> None:
    assert show_part(0, 4) == "<0.01"
    assert show_part(0, 0) == ""
    assert show_part(120, 118) == "0.12"
    planned = replace(builders.cannula_pass(), status=PassStatus.PLANNED)
    assert exact_totals(TreatmentMap((planned,))) == {}


def test_only_done_passes_count() -> None:
    done = builders.cannula_pass(order=1, microlitres=100)
    planned = replace(builders.cannula_pass(order=2, microlitres=200), status=PassStatus.PLANNED)
    assert totals(TreatmentMap((done, planned))).both_ul == 100


def test_syringes_balance_and_cannot_be_overdrawn() -> None:
    session = builders.treatment_session(builders.patient(), builders.practitioner())
    first, second = builders.syringe(session, number=1), builders.syringe(session, number=2)
    one = replace(builders.cannula_pass(order=1), shares=(Share(first.id, 1250),))
    two = replace(builders.cannula_pass(order=2), shares=(Share(second.id, 300),))
    treatment_map = TreatmentMap((one, two))
    balances = syringe_balances((first, second), treatment_map)
    assert [(b.injected_ul, b.left_ul) for b in balances] == [(1250, 0), (300, 950)]
    check_syringes((first, second), treatment_map)
    over = TreatmentMap((one, replace(two, shares=(Share(second.id, 1251),))))
    with pytest.raises(InputRefused) as refused:
        check_syringes((first, second), over)
    assert (refused.value.code, refused.value.params["number"]) == ("volume_above_syringe_rest", 2)
    with pytest.raises(InputRefused, match="syringe_unknown"):
        check_syringes((first,), treatment_map)


@given(split_maps())
def test_rounding_moves_nothing_from_side_to_side(treatment_map: TreatmentMap) -> None:
    exact, shown = totals(treatment_map), totals(treatment_map, step_ul=10)
    assert abs(exact.right_ul - shown.right_ul) < 10
    if exact.right_ul % 10 == exact.left_ul % 10 == 0:
        assert (shown.right_ul, shown.left_ul) == (exact.right_ul, exact.left_ul)
