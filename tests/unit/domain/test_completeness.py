"""The list before signing: what is there, what is missing, and what a clinic may leave out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from injectmap.domain.completeness import ORDER, Line, LineState, completeness, missing, required_counts
from injectmap.domain.map_items import Measurement, MeasurementKind
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ALWAYS_REQUIRED, ClinicSettings, Requirement
from injectmap.domain.treatment_map import PassStatus, Plane, Share, TreatmentMap
from injectmap.words import line_text, load_words
from tests import builders

AT = int(dt.datetime(2026, 3, 14, 14, 5, tzinfo=dt.UTC).timestamp() * 1000)
CLINIC = ClinicSettings("Harbour Clinic")
ALL = replace(CLINIC, required=frozenset(Requirement))


def entry(text: str = "", *details: tuple[str, str]) -> RecordEntry:
    return RecordEntry(text, AT, "p", details)


def balanced() -> OpenSession:
    """Eight passes of 0.15 mL from two syringes of 1.25 mL, the rest discarded."""
    opened = builders.open_session()
    return replace(opened, syringes=tuple(replace(one, discarded_ul=650) for one in opened.syringes))


def complete() -> OpenSession:
    fields = dict.fromkeys(RecordField, entry("Said in words\nand more"))
    fields[RecordField.CONSENT] = entry("", ("form", "Form version 3"), ("given_by", "the patient"))
    opened = balanced()
    return replace(opened, entries=fields, session=replace(opened.session, follow_up=dt.date(2026, 4, 14)))


def line(opened: OpenSession, requirement: Requirement, settings: ClinicSettings = ALL) -> Line:
    return next(one for one in completeness(opened, settings) if one.requirement is requirement)


def said(one: Line) -> str:
    return line_text(one, load_words(), "Europe/London")


def test_every_requirement_has_one_line_in_a_fixed_order() -> None:
    lines = completeness(complete(), ALL)
    assert [one.requirement for one in lines] == list(ORDER)
    assert set(ORDER) == set(Requirement)
    assert missing(lines) == ()
    assert required_counts(lines, ALL) == (len(Requirement), len(Requirement))
    assert all(said(one) for one in lines)


def test_every_line_has_its_words_whatever_it_says() -> None:
    words = load_words()
    for opened in (complete(), balanced(), builders.open_session(), builders.open_session(count=0)):
        for settings in (CLINIC, ALL, replace(CLINIC, required=frozenset())):
            for one in completeness(opened, settings):
                assert words(f"requirement.{one.requirement.value}")
                assert "{" not in said(one)


def test_the_lines_say_what_the_picture_shows() -> None:
    opened = complete()
    assert said(line(opened, Requirement.CONSENT)) == "Form version 3, given by the patient, 14:05"
    assert said(line(opened, Requirement.REASON)) == "Said in words, 14:05"
    assert said(line(opened, Requirement.RISKS)) == "Recorded 14:05"
    assert said(line(opened, Requirement.HISTORY)) == "Reviewed 14:05"
    assert said(line(opened, Requirement.PLANE)) == "8 of 8, subdermal"
    assert said(line(opened, Requirement.VOLUME)) == "8 of 8"
    assert said(line(opened, Requirement.LOT)) == "2 of 2"
    assert said(line(opened, Requirement.BALANCE)) == "1.20 injected + 1.30 discarded = 2.50 mL opened"
    assert said(line(opened, Requirement.FOLLOW_UP)) == "14 Apr 2026"
    scanned = replace(opened, syringes=tuple(replace(one, udi="(01)0") for one in opened.syringes))
    assert said(line(scanned, Requirement.LOT)) == "2 of 2, scanned"


def test_what_the_clinic_does_not_require_is_optional_and_never_stands_against_signing() -> None:
    opened = replace(complete(), entries={})
    lines = completeness(opened, CLINIC)
    states = {one.requirement: one.state for one in lines}
    assert states[Requirement.CONSENT] is LineState.MISSING
    assert states[Requirement.PHOTOGRAPHS] is LineState.OPTIONAL
    assert missing(lines) == (Requirement.CONSENT, Requirement.REASON, Requirement.RISKS)
    assert required_counts(lines, CLINIC) == (6, 9)
    assert said(line(opened, Requirement.PHOTOGRAPHS, CLINIC)) == "Not recorded. Optional in this clinic"


def test_no_clinic_can_switch_off_what_a_record_needs() -> None:
    nothing = replace(CLINIC, required=frozenset())
    opened = builders.open_session()
    assert Requirement.BALANCE in missing(completeness(opened, nothing))
    lotless = replace(opened, syringes=tuple(replace(one, lot="") for one in opened.syringes))
    assert Requirement.LOT in missing(completeness(lotless, nothing))
    assert Requirement.BALANCE in ALWAYS_REQUIRED


@pytest.mark.parametrize(
    ("given", "met"),
    [
        (entry(), False),
        (entry("", ("form", "Form 3")), False),
        (entry("", ("given_by", "the patient")), False),
        (entry("Given by word of mouth by the patient"), True),
        (entry("", ("form", "Form 3"), ("given_by", "the mother")), True),
    ],
)
def test_consent_needs_what_and_who(given: RecordEntry, met: bool) -> None:
    opened = replace(complete(), entries={RecordField.CONSENT: given})
    one = line(opened, Requirement.CONSENT)
    assert one.done is met
    assert said(one)


def test_an_emptied_field_is_not_written() -> None:
    opened = replace(complete(), entries={RecordField.REASON: entry("")})
    assert line(opened, Requirement.REASON).state is LineState.MISSING


def test_preparation_and_anaesthesia_are_both_needed() -> None:
    only = replace(complete(), entries={RecordField.PREPARATION: entry("Chlorhexidine")})
    assert not line(only, Requirement.PREPARATION).done
    assert "anaesthesia not" in said(line(only, Requirement.PREPARATION))


def test_balance_is_asked_of_each_syringe_not_of_the_sum() -> None:
    opened = balanced()
    first, second = opened.syringes
    crossed = replace(opened, syringes=(replace(first, discarded_ul=640), replace(second, discarded_ul=660)))
    one = line(crossed, Requirement.BALANCE)
    assert not one.done
    assert said(one) == "Syringe 1: 0.01 mL not yet accounted for"
    over = replace(opened, syringes=(replace(first, discarded_ul=700), second))
    assert said(line(over, Requirement.BALANCE)) == "Syringe 1: 0.05 mL more than was opened"


def test_a_review_without_injection_needs_no_syringe() -> None:
    empty = replace(complete(), map=TreatmentMap(), syringes=())
    assert missing(completeness(empty, ALL)) == ()
    assert said(line(empty, Requirement.VOLUME)) == "No passes: a review without injection"
    opened_but_unused = replace(complete(), map=TreatmentMap())
    assert missing(completeness(opened_but_unused, ALL)) == (Requirement.BALANCE,)


def test_passes_without_a_syringe_are_missing() -> None:
    opened = complete()
    first, *rest = opened.map.passes
    unknown = replace(first, shares=(Share("elsewhere", 150),))
    mapped = replace(opened, map=TreatmentMap((unknown, *rest)))
    one = line(mapped, Requirement.VOLUME)
    assert (one.done, said(one)) == (False, "7 of 8")
    assert not line(replace(opened, syringes=()), Requirement.LOT).done


def test_the_plan_does_not_count_and_copied_passes_wait_for_confirmation() -> None:
    opened = complete()
    *kept, last = opened.map.passes
    planned = replace(last, status=PassStatus.PLANNED, shares=())
    assert said(line(replace(opened, map=TreatmentMap((*kept, planned))), Requirement.PLANE)).startswith(
        "7 of 7"
    )
    copied = replace(last, status=PassStatus.UNCONFIRMED, reference="pass:before")
    waiting = replace(opened, map=TreatmentMap((*kept, copied)))
    assert not line(waiting, Requirement.CONFIRMED).done
    assert said(line(waiting, Requirement.CONFIRMED)) == "1 still to be confirmed or removed"
    confirmed = replace(opened, map=TreatmentMap((*kept, replace(copied, status=PassStatus.DONE))))
    assert said(line(confirmed, Requirement.CONFIRMED)) == "1 of 1 confirmed"


def test_several_planes_are_counted() -> None:
    opened = complete()
    *kept, last = opened.map.passes
    mixed = replace(opened, map=TreatmentMap((*kept, replace(last, plane=Plane.SUPRAPERIOSTEAL))))
    assert said(line(mixed, Requirement.PLANE)) == "8 of 8, 2 planes"


def test_an_expired_unit_needs_its_reason() -> None:
    opened = complete()
    first, second = opened.syringes
    expired = replace(first, expiry=opened.session.date - dt.timedelta(days=1))
    on_the_day = replace(second, expiry=opened.session.date)
    bare = replace(opened, syringes=(expired, on_the_day))
    assert missing(completeness(bare, CLINIC)) == (Requirement.EXPIRY,)
    assert (
        said(line(bare, Requirement.EXPIRY)) == "Syringe 1 expired 13 Mar 2026: type the reason for its use"
    )
    excused = replace(opened, syringes=(replace(expired, expired_reason="Only unit"), on_the_day))
    assert said(line(excused, Requirement.EXPIRY)) == "Syringe 1, expired 13 Mar 2026: Only unit"


def test_a_mark_on_the_map_says_the_asymmetry_too() -> None:
    opened = replace(complete(), entries={})
    assert not line(opened, Requirement.ASYMMETRY).done
    path = opened.map.passes[0].path
    marks = tuple(Measurement(f"m{kind}", kind, path, 9_000) for kind in MeasurementKind)
    drawn = replace(opened, map=replace(opened.map, items=marks))
    assert said(line(drawn, Requirement.ASYMMETRY)) == "1 measured on the map"
