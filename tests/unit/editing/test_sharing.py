"""Which syringes volumes come from: whole, split, reduced or refused, and always to the microlitre."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Syringe
from injectmap.domain.treatment_map import PassStatus, Share, TreatmentMap
from injectmap.editing.sharing import allot, resized, with_syringe, with_volume, with_volumes
from tests import builders
from tests.unit.editing.conftest import Bench

SESSION = builders.treatment_session(builders.patient(), builders.practitioner())
OTHER = builders.product(product_id="other", name="Other", nominal_ul=1000)


def syringes(*products: str) -> list[Syringe]:
    return [
        builders.syringe(SESSION, number=number, of=None if product == "a" else OTHER)
        for number, product in enumerate(products, start=1)
    ]


def used(pair: list[Syringe], *amounts: int) -> TreatmentMap:
    return TreatmentMap(
        tuple(
            replace(builders.cannula_pass(order=order), shares=(Share(one.id, amount),))
            for order, (one, amount) in enumerate(zip(pair, amounts, strict=True), start=1)
            if amount
        )
    )


def test_a_volume_is_split_over_two_of_the_same_product() -> None:
    pair = syringes("a", "a")
    drawn = allot(used(pair, 1200, 0), pair, [150], in_use=pair[0].id)
    assert drawn.shares == ((Share(pair[0].id, 50), Share(pair[1].id, 100)),)
    assert (drawn.in_use, drawn.split, drawn.switched, drawn.reduced) == (pair[1].id, (1, 2), None, False)


def test_a_pass_is_never_split_over_two_products() -> None:
    pair = syringes("a", "b")
    drawn = allot(used(pair, 1200, 0), pair, [150], in_use=pair[0].id)
    assert drawn.shares == ((Share(pair[1].id, 150),),)
    assert drawn.switched == 2
    drawn = allot(used(pair, 1200, 900), pair, [150], in_use=pair[0].id)
    assert drawn.shares == ((Share(pair[0].id, 50),),)
    assert drawn.reduced


def test_several_passes_prefer_syringes_that_hold_them_whole() -> None:
    pair = syringes("a", "a")
    drawn = allot(used(pair, 1100, 0), pair, [100, 100, 100], in_use=pair[0].id, whole_first=True)
    assert drawn.shares == ((Share(pair[0].id, 100),), (Share(pair[1].id, 100),), (Share(pair[1].id, 100),))


def test_exactly_or_not_at_all() -> None:
    pair = syringes("a", "a")
    with pytest.raises(InputRefused, match="mirror_above_rest") as refused:
        allot(used(pair, 1200, 1200), pair, [75, 75], in_use=pair[0].id, exactly=True)
    assert refused.value.params == {"missing_ml": "0.05"}
    with pytest.raises(InputRefused, match="syringes_empty"):
        allot(used(pair, 1250, 1250), pair, [75], in_use=pair[0].id)
    with pytest.raises(InputRefused, match="syringe_missing"):
        allot(TreatmentMap(), [], [75], in_use=None)


@given(
    st.lists(st.sampled_from("ab"), min_size=1, max_size=4),
    st.data(),
    st.integers(1, 900),
    st.integers(1, 8),
    st.booleans(),
)
def test_any_allotment_adds_up_and_overdraws_nothing(
    products: list[str], data: st.DataObject, volume: int, count: int, whole_first: bool
) -> None:
    own, volumes = syringes(*products), [volume] * count
    spent = [data.draw(st.integers(0, one.nominal_ul)) for one in own]
    before = used(own, *spent)
    in_use = data.draw(st.sampled_from([None, *(one.id for one in own)]))
    try:
        drawn = allot(before, own, volumes, in_use=in_use, whole_first=whole_first)
    except InputRefused:
        left = dict.fromkeys((one.product.id for one in own), 0)
        for one, amount in zip(own, spent, strict=True):
            left[one.product.id] += one.nominal_ul - amount
        assert max(left.values()) < count
        return
    parts = [sum(share.microlitres for share in shares) for shares in drawn.shares]
    assert len(parts) == len(volumes)
    assert parts == volumes or (drawn.reduced and max(parts) - min(parts) <= 1)
    assert sum(parts) <= sum(volumes)
    by_id = {one.id: one for one in own}
    for shares in drawn.shares:
        assert len({by_id[share.syringe_id].product.id for share in shares}) == 1
        assert all(share.microlitres > 0 for share in shares)
    for one, amount in zip(own, spent, strict=True):
        taken = sum(s.microlitres for shares in drawn.shares for s in shares if s.syringe_id == one.id)
        assert amount + taken <= one.nominal_ul


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.integers(1, 1500))
def test_another_volume_keeps_the_first_syringes(parts: list[int], wanted: int) -> None:
    shares = tuple(Share(str(index), part) for index, part in enumerate(parts))
    after = resized(shares, wanted)
    assert sum(share.microlitres for share in after) == wanted
    assert all(share.microlitres > 0 for share in after)
    assert [share.syringe_id for share in after] == [share.syringe_id for share in shares[: len(after)]]
    assert after[:-1] == shares[: len(after) - 1]


def test_a_pass_that_is_not_done_has_no_syringe() -> None:
    planned = replace(builders.cannula_pass(status=PassStatus.PLANNED), shares=())
    assert with_volume(planned, 120).shares == (Share("", 120),)
    assert with_syringe(planned, "s").shares == ()
    changed, split = with_volumes(TreatmentMap((planned,)), (), {planned.id: 120})
    assert changed[planned.id].shares == (Share("", 120),)
    assert split is None


def test_a_typed_volume_goes_on_in_the_next_syringe(bench: Bench) -> None:
    one, two = (syringe.id for syringe in bench.editor.syringes)
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    bench.editor.set_volume_text("2.00")
    assert bench.editor.map.passes[0].shares == (Share(one, 1250), Share(two, 750))
    assert (bench.editor.hint.code, bench.editor.hint.params) == ("pass_split", {"first": 1, "second": 2})
    bench.editor.set_volume_text("2.20")
    assert bench.editor.map.passes[0].shares == (Share(one, 1250), Share(two, 950))
    bench.editor.set_volume_text("1.00")
    assert bench.editor.map.passes[0].shares == (Share(one, 1000),)
    with pytest.raises(InputRefused, match="volume_above_syringe_rest") as refused:
        bench.editor.set_volume_text("2.51")
    assert refused.value.params["number"] == 1


def test_less_for_one_makes_room_for_more_of_another(bench: Bench) -> None:
    bench.opened = replace(bench.opened, syringes=bench.opened.syringes[:1])
    bench.editor = bench.reopened()
    for dy in (0, -10):
        bench.stroke(bench.at("zygion", dz=-12, dy=dy), bench.at("zygion", dz=12, dy=dy))
    a, b = (one.id for one in bench.editor.map.passes)
    bench.editor.select([a])
    bench.editor.set_volume_text("1.10")
    changed, _ = with_volumes(bench.editor.map, bench.editor.syringes, {a: 200, b: 1000})
    assert changed[b].shares == (Share(bench.editor.syringes[0].id, 1000),)


def test_a_pass_is_split_by_hand(bench: Bench) -> None:
    one, two = (syringe.id for syringe in bench.editor.syringes)
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    (drawn,) = bench.editor.map.passes
    bench.editor.split_shares(drawn.id, [(one, 60), (two, 40)])
    assert bench.editor.map.passes[0].shares == (Share(one, 60), Share(two, 40))
    assert bench.editor.undo_kind is EditKind.SPLIT_SYRINGES
    assert [balance.injected_ul for balance in bench.editor.balances] == [60, 40]
    bench.editor.set_volume_text("0.15")
    assert bench.editor.map.passes[0].shares == (Share(one, 60), Share(two, 90))
    bench.editor.set_syringe(one)
    assert bench.editor.map.passes[0].shares == (Share(one, 150),)


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ([(0, 60), (1, 50)], "shares_do_not_add_up"),
        ([(0, 60), (0, 40)], "syringe_twice"),
        ([(0, 100), (1, 0)], "volume_zero"),
        ([(9, 100)], "syringe_unknown"),
        ([], "syringe_unknown"),
    ],
)
def test_bad_splits_change_nothing(bench: Bench, shares: list[tuple[int, int]], code: str) -> None:
    ids = {index: syringe.id for index, syringe in enumerate(bench.editor.syringes)}
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    (drawn,) = bench.editor.map.passes
    with pytest.raises(InputRefused, match=code):
        bench.editor.split_shares(drawn.id, [(ids.get(index, "unknown"), ul) for index, ul in shares])
    assert bench.editor.map.passes == (drawn,)


def test_a_planned_pass_cannot_be_split(bench: Bench) -> None:
    bench.editor.set_planning(True)
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    (planned,) = bench.editor.map.passes
    with pytest.raises(InputRefused, match="split_needs_done"):
        bench.editor.split_shares(planned.id, [(bench.editor.syringes[0].id, 100)])


def hatch(bench: Bench) -> None:
    bench.editor.choose_tool("cross_hatch")
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))


def test_a_typed_volume_that_fits_goes_back_to_the_syringe_before_the_gesture(bench: Bench) -> None:
    one, two = (syringe.id for syringe in bench.editor.syringes)
    bench.stroke(bench.at("gonion", dz=14), bench.at("gonion", dy=10, dz=30))
    bench.editor.set_volume_text("0.95")
    bench.editor.select([])
    bench.editor.choose_tool("cross_hatch")
    bench.editor.set_volume_text("0.60")
    hatch(bench)
    assert {share.syringe_id for each in bench.editor.selected_passes for share in each.shares} == {one, two}
    assert bench.editor.syringe_id == two
    assert bench.editor.hint is not None
    bench.editor.set_volume_text("0.20")
    assert {share.syringe_id for each in bench.editor.selected_passes for share in each.shares} == {one}
    assert bench.editor.selection_volume_ul == 200
    assert bench.editor.syringe_id == one
    assert bench.editor.hint is None
    bench.editor.set_volume_text("0.60")
    assert bench.editor.syringe_id == two
    assert [balance.left_ul for balance in bench.editor.balances] == [0, 950]


def test_a_syringe_chosen_after_the_gesture_stays_chosen(bench: Bench) -> None:
    _, two = (syringe.id for syringe in bench.editor.syringes)
    hatch(bench)
    bench.editor.set_syringe(two)
    bench.editor.set_volume_text("0.30")
    assert {share.syringe_id for each in bench.editor.selected_passes for share in each.shares} == {two}
    assert bench.editor.syringe_id == two
