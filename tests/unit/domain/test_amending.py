"""What an amendment changed: edits taken back, and every difference named by what it was."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.amending import (
    Change,
    ChangeCode,
    Contents,
    CornersValue,
    PathValue,
    changes,
    map_before,
    moved_um,
)
from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange
from injectmap.domain.errors import Conflict
from injectmap.domain.map_items import Measurement, MeasurementKind, ZoneMove
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.domain.treatment_map import (
    CannulaPass,
    Deposit,
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Share,
    Side,
    SkinPoint,
    Technique,
    TreatmentMap,
)
from tests import builders

C = ChangeCode
DAY = dt.date(2026, 3, 14)


@st.composite
def amended_maps(draw: st.DrawFn) -> tuple[TreatmentMap, TreatmentMap, tuple[Edit, ...]]:
    before = builders.c_shape("syringe-1", "syringe-2", count=draw(st.integers(0, 5)))
    now, edits = before, []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["add", "remove", "volume", "corner"]))
        if kind == "corner":
            move = ZoneMove(draw(st.sampled_from("ab")), Side.LEFT, SkinPoint(draw(st.integers(0, 9)), 0, 0))
            edit = Edit(EditKind.MOVE_ZONE_CORNER, (), (ItemChange(now.item_by_id.get(move.id), move),))
        elif kind == "add" or not now.passes:
            edit = builders.add(builders.cannula_pass(order=now.next_order))
        else:
            one = draw(st.sampled_from(now.passes))
            volume = (Share("syringe-1", draw(st.integers(1, 900))),)
            after = None if kind == "remove" else replace(one, shares=volume)
            edit = Edit(EditKind.SET_VOLUME, (PassChange(one, after),))
        now = edit.apply(now)
        edits.append(edit)
    return before, now, tuple(edits)


@given(amended_maps())
def test_edits_taken_back_lead_to_what_was_signed(
    case: tuple[TreatmentMap, TreatmentMap, tuple[Edit, ...]],
) -> None:
    before, now, edits = case
    assert map_before(now, edits) == before
    found = changes(_of(before), _of(now))
    assert bool(found) == (before != now)
    added = [one for one in found if one.code is C.PASS_ADDED]
    assert len(added) == len(now.by_id.keys() - before.by_id.keys())
    removed = [one for one in found if one.code is C.PASS_REMOVED]
    assert len(removed) == len(before.by_id.keys() - now.by_id.keys())


def test_edits_that_do_not_lead_here_are_a_conflict() -> None:
    with pytest.raises(Conflict):
        map_before(TreatmentMap(), [builders.add(builders.cannula_pass())])


def _of(drawn: TreatmentMap, **more: object) -> Contents:
    return replace(Contents(drawn, (), DAY, "practitioner-1"), **more)  # type: ignore[arg-type]


ONE = builders.cannula_pass(order=1, side=Side.RIGHT, microlitres=150)
WHERE = {"number": 1, "side": Side.RIGHT, "planned": False}
NEEDLE = Instrument(InstrumentKind.NEEDLE, 27, 13_000)
SPOT = (Deposit(4_000, 50, "preauricular", Side.RIGHT),)


@pytest.mark.parametrize(
    ("later", "code", "was", "now"),
    [
        (replace(ONE, shares=(Share("syringe-1", 140),)), C.PASS_VOLUME, 150, 140),
        (
            replace(ONE, plane=Plane.SUPRA_SMAS),
            C.PASS_PLANE,
            (Plane.SUBDERMAL, None),
            (Plane.SUPRA_SMAS, None),
        ),
        (replace(ONE, depth_um=3000), C.PASS_PLANE, (Plane.SUBDERMAL, None), (Plane.SUBDERMAL, 3000)),
        (replace(ONE, technique=Technique.FANNING), C.PASS_TECHNIQUE, ONE.technique, Technique.FANNING),
        (replace(ONE, instrument=NEEDLE), C.PASS_INSTRUMENT, ONE.instrument, NEEDLE),
        (replace(ONE, deposits=SPOT), C.PASS_DEPOSITS, (), SPOT),
        (replace(ONE, status=PassStatus.UNCONFIRMED), C.PASS_STATUS, PassStatus.DONE, PassStatus.UNCONFIRMED),
        (replace(ONE, deviation="Resistance"), C.PASS_DEVIATION, "", "Resistance"),
        (replace(ONE, reference="pass:x"), C.PASS_OTHER, None, None),
    ],
)
def test_each_field_of_a_pass_is_named(
    later: CannulaPass, code: ChangeCode, was: object, now: object
) -> None:
    found = changes(_of(TreatmentMap((ONE,))), _of(TreatmentMap((later,))))
    assert found == (Change(code, WHERE, was, now),)


def test_a_syringe_is_named_by_its_number_and_several_with_their_volumes() -> None:
    opened = builders.open_session()
    first, second = opened.syringes
    one = builders.cannula_pass(syringe_id=first.id, microlitres=100)
    both = replace(one, shares=(Share(first.id, 40), Share(second.id, 60)))
    before, after = (_of(TreatmentMap((made,)), syringes=opened.syringes) for made in (one, both))
    (found,) = changes(before, after)
    assert (found.code, found.was, found.now) == (C.PASS_SYRINGE, ((1, None),), ((1, 40), (2, 60)))


def test_a_moved_pass_says_by_how_much() -> None:
    x, y, z = builders.PREAURICULAR_TOP
    later = replace(ONE, path=builders.cannula_pass(side=Side.RIGHT, tip=(x, y + 4.0, z)).path)
    (found,) = changes(_of(TreatmentMap((ONE,))), _of(TreatmentMap((later,))))
    assert found.code is C.PASS_PATH
    assert found.was == PathValue(ONE.path.length_um)
    assert found.now == PathValue(later.path.length_um, 4_000)
    assert moved_um(ONE.path, ONE.path) == 0


def test_what_is_left_is_numbered_anew_and_named_by_the_numbers_it_had() -> None:
    before = builders.c_shape("a", "b", count=5)
    after = TreatmentMap(before.passes[1:])
    removed, numbers = changes(_of(before), _of(after))
    assert (removed.code, removed.subject["number"], removed.was) == (C.PASS_REMOVED, 1, 150)
    assert (numbers.code, numbers.was, numbers.now) == (C.NUMBERS, (2, 3, 4, 5), (1, 2, 3, 4))
    volume = replace(before.passes[4], shares=(Share("b", 10),))
    found = changes(_of(before), _of(TreatmentMap((*before.passes[1:4], volume))))
    changed = next(one for one in found if one.code is C.PASS_VOLUME)
    assert changed.subject == {"number": 5, "side": Side.RIGHT, "planned": False}


def test_zones_and_measurements_are_differences_too() -> None:
    left = ZoneMove("jowl", Side.LEFT, SkinPoint(0, 0, 0))
    again = replace(left, place=SkinPoint(0, 3_000, 0))
    ruler = Measurement("m1", MeasurementKind.MEASURE, ONE.path, 20_000)
    found = changes(_of(TreatmentMap((), (left,))), _of(TreatmentMap((), (again, ruler))))
    assert found == (
        Change(C.ZONE_OUTLINES, {"side": Side.LEFT}, CornersValue(1), CornersValue(1, 3_000)),
        Change(C.ITEM, {}, None, ruler),
    )


def test_syringes_are_compared_field_by_field() -> None:
    session = builders.open_session().session
    one = builders.syringe(session)
    later = replace(
        one,
        lot="X1",
        expiry=None,
        serial="7",
        opened_volume_ul=1000,
        discarded_ul=50,
        expired_reason="r",
        udi="u",
    )
    extra = builders.syringe(session, number=2)
    found = changes(_of(TreatmentMap(), syringes=(one,)), _of(TreatmentMap(), syringes=(later, extra)))
    assert [(each.code.value, each.was, each.now) for each in found[:-1]] == [
        ("syringe_lot", "L24A017", "X1"),
        ("syringe_expiry", one.expiry, None),
        ("syringe_serial", "", "7"),
        ("syringe_udi", "", "u"),
        ("syringe_opened", 1250, 1000),
        ("syringe_discarded", 0, 50),
        ("syringe_expired_reason", "", "r"),
    ]
    assert all(each.subject == {"number": 1} for each in found[:-1])
    assert found[-1] == Change(C.SYRINGE_ADDED, {"number": 2}, None, extra)
    renamed = replace(one, product=builders.product(name="Other"))
    (product,) = changes(_of(TreatmentMap(), syringes=(one,)), _of(TreatmentMap(), syringes=(renamed,)))
    assert (product.code, product.was, product.now) == (C.SYRINGE_PRODUCT, "HArmonyCa", "Other")


def test_what_is_written_and_the_visit_itself() -> None:
    reason = RecordEntry("Firmer jawline", 1, "p")
    before = _of(
        TreatmentMap(), entries={RecordField.REASON: reason, RecordField.NOTES: RecordEntry("", 1, "p")}
    )
    same_again = _of(
        TreatmentMap(), entries={RecordField.REASON: replace(reason, at_ms=9, practitioner_id="q")}
    )
    assert changes(before, same_again) == ()
    after = replace(
        before,
        date=DAY + dt.timedelta(1),
        practitioner_id="other",
        follow_up=DAY + dt.timedelta(30),
        entries={},
    )
    assert changes(before, after) == (
        Change(C.DATE, {}, DAY, DAY + dt.timedelta(1)),
        Change(C.PRACTITIONER, {}, "practitioner-1", "other"),
        Change(C.FOLLOW_UP, {}, None, DAY + dt.timedelta(30)),
        Change(C.ENTRY, {"field": RecordField.REASON}, reason, None),
    )
