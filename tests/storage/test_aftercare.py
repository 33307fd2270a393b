"""Stored follow-ups, scores and adverse events, and who is due; the memory clinic says the same."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from injectmap.domain.aftercare import (
    AdverseEvent,
    CapillaryRefill,
    DueKind,
    EventEntry,
    FollowUp,
    OutcomeScore,
)
from injectmap.domain.dates import add_months
from injectmap.domain.errors import Conflict
from injectmap.domain.patient import Patient
from injectmap.domain.session import TreatmentSession
from injectmap.domain.treatment_map import PassStatus, Side
from tests import builders
from tests.storage.conftest import Charted, listening

DAY = dt.date(2026, 11, 22)


def follow_up(charted: Charted) -> FollowUp:
    return FollowUp("f", charted.patient.id, charted.session.id, DAY, 'photographs, "both" sides')


def score(charted: Charted) -> OutcomeScore:
    return OutcomeScore(
        "s", charted.patient.id, charted.session.id, "GAIS", "much improved", "patient", DAY, "by telephone"
    )


def event(charted: Charted) -> AdverseEvent:
    return AdverseEvent(
        "e",
        charted.patient.id,
        charted.session.id,
        "Blanching, left jaw",
        1_795_000_000_000,
        (
            EventEntry(
                1_795_000_000_000,
                'pale, "mottled" שלום 🙂',
                (CapillaryRefill(Side.LEFT, "chin", 42), CapillaryRefill(Side.RIGHT, "chin", None)),
                "Dr Two",
                "warm compress",
                "Dr One",
            ),
            EventEntry(1_795_000_300_000),
        ),
        (charted.syringes[0].id,),
        ("pass-1", "pass-2"),
        "MHRA 1/2",
        "MHRA",
        "resolved",
    )


Put = Callable[[Any, Any], Any]
KINDS = {
    "follow-up": (follow_up, "put_follow_up", "follow_ups", {"done_on": DAY}, "follow_up_has_changed"),
    "score": (score, "put_score", "scores", {"score": "improved"}, "score_has_changed"),
    "event": (event, "put_event", "events", {"closed": True, "error_reason": "x"}, "event_has_changed"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_change_names_the_revision_it_saw(either, kind):
    make, put, read, change, code = KINDS[kind]
    first = make(either)
    with either.database.writing() as work:
        with pytest.raises(Conflict, match=code):
            getattr(work.aftercare, put)(dataclasses.replace(first, revision=2))
        assert getattr(work.aftercare, put)(first) == first
        changed = dataclasses.replace(first, **change)
        stored = getattr(work.aftercare, put)(changed)
        assert stored == dataclasses.replace(changed, revision=2)
        with pytest.raises(Conflict, match=code):
            getattr(work.aftercare, put)(changed)
        with pytest.raises(Conflict, match=code):
            getattr(work.aftercare, put)(dataclasses.replace(stored, patient_id="another"))
        work.commit()
    with either.database.reading() as work:
        assert getattr(work.aftercare, read)(either.patient.id) == (stored,)
        assert getattr(work.aftercare, read)("another") == ()


def test_each_list_has_its_order(either):
    days = [DAY, DAY - dt.timedelta(9), DAY + dt.timedelta(9)]
    with either.database.writing() as work:
        for number, day in enumerate(days):
            work.aftercare.put_follow_up(dataclasses.replace(follow_up(either), id=f"f{number}", due=day))
            work.aftercare.put_score(dataclasses.replace(score(either), id=f"s{number}", date=day))
            at = event(either).onset_ms + (day - DAY).days
            work.aftercare.put_event(dataclasses.replace(event(either), id=f"e{number}", onset_ms=at))
        work.commit()
    with either.database.reading() as work:
        assert [one.id for one in work.aftercare.follow_ups(either.patient.id)] == ["f1", "f0", "f2"]
        assert [one.id for one in work.aftercare.scores(either.patient.id)] == ["s1", "s0", "s2"]
        assert [one.id for one in work.aftercare.events(either.patient.id)] == ["e2", "e0", "e1"]


def treat(
    charted: Charted, patient: Patient, date: dt.date, *, status: PassStatus = PassStatus.DONE, **fields: Any
) -> TreatmentSession:
    """Store a treatment of one pass."""
    session = dataclasses.replace(
        builders.treatment_session(patient, charted.practitioner, date=date), **fields
    )
    syringe = builders.syringe(session)
    with charted.database.writing() as work:
        if patient.id != charted.patient.id and not work.sessions.of_patient(patient.id):
            work.patients.add(patient)
        work.sessions.add(session)
        work.sessions.put_syringe(syringe) if not session.error_reason else None
        if not session.error_reason:
            drawn = builders.cannula_pass(syringe_id=syringe.id, status=status)
            work.sessions.apply_edit(session.id, builders.add(drawn), 1)
        work.commit()
    return session


def due(charted: Charted, until: dt.date, months: int | None = None) -> list[tuple[DueKind, str, str]]:
    with charted.database.reading() as work:
        return [
            (one.kind, one.due.isoformat(), one.patient_name.split(",")[0])
            for one in work.aftercare.due(until, review_months=months)
        ]


def test_open_follow_ups_are_due_and_done_ones_are_not(either):
    planned = follow_up(either)
    with either.database.writing() as work:
        work.aftercare.put_follow_up(planned)
        work.aftercare.put_follow_up(
            FollowUp("free", either.patient.id, None, DAY - dt.timedelta(3), "a call")
        )
        work.aftercare.put_follow_up(dataclasses.replace(planned, id="done", done_on=DAY))
        work.commit()
    assert due(either, DAY - dt.timedelta(1)) == [(DueKind.PLANNED, "2026-11-19", "Lindqvist")]
    with either.database.reading() as work:
        free, one = work.aftercare.due(DAY, review_months=None)
    assert (one.follow_up_id, one.session_id, one.session_date) == (
        "f",
        either.session.id,
        either.session.date,
    )
    assert (one.patient_id, one.patient_number) == (either.patient.id, either.patient.number)
    assert (free.follow_up_id, free.session_id, free.session_date) == ("free", None, None)


def test_a_follow_up_date_is_due_until_it_is_met(either):
    day = dt.date(2026, 6, 1)
    anna, bea, cia, dora = (builders.patient(family_name=name) for name in ("Anna", "Bea", "Cia", "Dora"))
    for patient in (anna, bea, cia, dora):
        session = treat(either, patient, dt.date(2026, 5, 1), follow_up=day)
        if patient is bea:
            entered = FollowUp("b", bea.id, session.id, day)
        if patient is cia:
            earlier = FollowUp("c", cia.id, session.id, dt.date(2026, 5, 3), done_on=dt.date(2026, 5, 3))
    treat(either, dora, dt.date(2026, 6, 1))
    assert due(either, dt.date(2026, 5, 31)) == []
    with either.database.writing() as work:
        work.aftercare.put_follow_up(entered)
        earlier = work.aftercare.put_follow_up(earlier)
        work.commit()
    # What was entered for the day is listed once; a look before the day does not meet it; a later treatment does.
    assert due(either, day) == [
        (DueKind.FOLLOW_UP_DATE, "2026-06-01", "Anna"),
        (DueKind.PLANNED, "2026-06-01", "Bea"),
        (DueKind.FOLLOW_UP_DATE, "2026-06-01", "Cia"),
    ]
    with either.database.writing() as work:
        work.aftercare.put_follow_up(dataclasses.replace(earlier, done_on=dt.date(2026, 6, 2)))
        work.aftercare.put_follow_up(dataclasses.replace(entered, done_on=day))
        work.commit()
    assert due(either, day) == [(DueKind.FOLLOW_UP_DATE, "2026-06-01", "Anna")]


def test_a_review_is_due_so_many_months_after_the_last_treatment(either):
    anna, bea, cia, dora = (builders.patient(family_name=name) for name in ("Anna", "Bea", "Cia", "Dora"))
    treat(either, anna, dt.date(2024, 1, 1))
    treat(either, anna, dt.date(2024, 8, 31))
    # Only planned, or entered in error: neither is a treatment.
    treat(either, anna, dt.date(2025, 1, 1), status=PassStatus.PLANNED)
    treat(either, anna, dt.date(2025, 1, 2), error_reason="wrong patient")
    last = treat(either, bea, dt.date(2024, 8, 30))
    treat(either, cia, dt.date(2024, 8, 29), status=PassStatus.PLANNED)
    treat(either, dora, dt.date(2024, 8, 28), error_reason="wrong patient")
    expected = [
        (DueKind.REVIEW_INTERVAL, "2026-02-28", "Anna"),
        (DueKind.REVIEW_INTERVAL, "2026-02-28", "Bea"),
    ]
    assert due(either, dt.date(2026, 2, 28), 18) == expected
    assert due(either, dt.date(2026, 2, 27), 18) == []
    assert due(either, dt.date(2026, 2, 28), None) == []
    with either.database.writing() as work:
        review = work.aftercare.put_follow_up(
            FollowUp("early", bea.id, last.id, dt.date(2026, 2, 27), done_on=dt.date(2026, 2, 27))
        )
        work.commit()
    assert due(either, dt.date(2026, 2, 28), 18) == expected
    with either.database.writing() as work:
        work.aftercare.put_follow_up(dataclasses.replace(review, done_on=dt.date(2026, 3, 1)))
        work.commit()
    assert due(either, dt.date(2026, 3, 1), 18) == expected[:1]


def test_patients_in_error_are_not_due(either):
    treat(either, either.patient, dt.date(2024, 1, 1), follow_up=dt.date(2026, 4, 1))
    with either.database.writing() as work:
        work.aftercare.put_follow_up(follow_up(either))
        work.commit()
    assert len(due(either, DAY, 6)) == 3
    with either.database.writing() as work:
        work.patients.update(dataclasses.replace(either.patient, error_reason="entered twice"))
        work.commit()
    assert due(either, DAY, 6) == []


def test_the_list_takes_three_statements(charted):
    treat(charted, charted.patient, dt.date(2024, 1, 1), follow_up=dt.date(2026, 4, 1))
    with charted.database.reading() as work, listening(work) as said:
        assert len(work.aftercare.due(DAY, review_months=18)) == 2
    assert len(said) == 3


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-08-31", 18, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -13, "2024-12-15"),
    ],
)
def test_months_end_where_the_month_does(day, months, expected):
    assert add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)
