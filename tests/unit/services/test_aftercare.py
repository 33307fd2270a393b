"""What follows a treatment: reviews, scores, adverse events, and who is due."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from injectmap.domain.acting import RIGHTS, Right, Role
from injectmap.domain.aftercare import CapillaryRefill, DueKind, EventEntry
from injectmap.domain.errors import Conflict, InputRefused, NotAllowed
from injectmap.domain.journal import SubjectKind
from injectmap.domain.places import Side
from tests.fakes import NOW_MS, TODAY
from tests.unit.services.record_clinic import RecordClinic

MINUTE = 60_000


@pytest.fixture
def clinic() -> RecordClinic:
    return RecordClinic()


def test_a_planned_review_is_due_until_it_took_place(clinic: RecordClinic) -> None:
    patient_id = clinic.patient()
    due = TODAY + dt.timedelta(days=14)
    planned = clinic.aftercare.plan(clinic.acting, patient_id, due, note=" Two weeks ")
    assert planned.note == "Two weeks"
    assert clinic.aftercare.due(clinic.acting) == ()
    (line,) = clinic.aftercare.due(clinic.acting, due)
    assert (line.kind, line.patient_id, line.follow_up_id) == (DueKind.PLANNED, patient_id, planned.id)
    moved = clinic.aftercare.move(clinic.acting, planned, due=TODAY, note="Earlier")
    with pytest.raises(Conflict):
        clinic.aftercare.move(clinic.acting, planned, due=due, note="")
    done = clinic.aftercare.reviewed(clinic.acting, moved, TODAY)
    assert (done.done_on, done.note) == (TODAY, "Earlier")
    assert clinic.aftercare.due(clinic.acting, due) == ()
    assert len(clinic.rows(SubjectKind.FOLLOW_UP)) == 3
    with pytest.raises(InputRefused, match="date_in_future"):
        clinic.aftercare.reviewed(clinic.acting, done, TODAY + dt.timedelta(days=1))
    with pytest.raises(InputRefused, match="follow_up_impossible"):
        clinic.aftercare.plan(clinic.acting, patient_id, dt.date(2206, 1, 1))


def test_the_clinics_review_interval_puts_patients_on_the_list(clinic: RecordClinic) -> None:
    clinic.charted()
    in_18_months = dt.date(2028, 5, 22)
    assert [one.kind for one in clinic.aftercare.due(clinic.acting, in_18_months)] == [
        DueKind.REVIEW_INTERVAL
    ]
    clinic.settings.update(clinic.acting, replace(clinic.settings.current(), review_months=None))
    assert clinic.aftercare.due(clinic.acting, in_18_months) == ()


def test_a_score_is_kept_as_given(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    given = {"scale": "GAIS", "score": "2", "rater": "Patient", "date": TODAY}
    score = clinic.aftercare.score(clinic.acting, opened.patient.id, opened.session.id, **given)
    assert clinic.aftercare.scores(clinic.acting, opened.patient.id) == (score,)
    corrected = clinic.aftercare.correct_score(clinic.acting, replace(score, score="3"))
    assert (corrected.score, corrected.revision) == ("3", 2)
    assert json.loads(clinic.rows(SubjectKind.OUTCOME_SCORE)[-1].payload or "")["score"] == "3"
    for wrong, code in (
        ({"score": " "}, "score_empty"),
        ({"date": TODAY + dt.timedelta(days=1)}, "date_in_future"),
    ):
        with pytest.raises(InputRefused, match=code):
            clinic.aftercare.score(clinic.acting, opened.patient.id, opened.session.id, **{**given, **wrong})
    other = clinic.patient("Other")
    with pytest.raises(InputRefused, match="session_of_other_patient"):
        clinic.aftercare.score(clinic.acting, other, opened.session.id, **given)


def test_an_adverse_event_is_written_although_the_record_is_signed(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    refill = (CapillaryRefill(Side.LEFT, "Cheek", 40), CapillaryRefill(Side.RIGHT, "Cheek", None))
    event = clinic.events.begin(
        clinic.acting,
        opened.session.id,
        title=" Blanching ",
        onset_ms=NOW_MS - 9 * MINUTE,
        entry=EventEntry(NOW_MS - 8 * MINUTE, "Pale patch", refill, by="Nurse"),
        syringe_ids=[opened.syringes[0].id],
        pass_ids=[opened.map.passes[0].id],
    )
    assert (event.title, event.patient_id) == ("Blanching", opened.patient.id)
    event = clinic.events.add_entry(clinic.acting, event, EventEntry(NOW_MS, given="Massage"))
    event = clinic.events.add_entry(clinic.acting, event, EventEntry(NOW_MS - 9 * MINUTE, called="Dr Berg"))
    assert [one.called or one.observed or one.given for one in event.entries] == [
        "Dr Berg",
        "Pale patch",
        "Massage",
    ]
    event = clinic.events.update(
        clinic.acting,
        event,
        title=event.title,
        onset_ms=event.onset_ms,
        syringe_ids=event.syringe_ids,
        pass_ids=event.pass_ids,
        report_number="YC-1",
        reported_to="MHRA",
    )
    with pytest.raises(InputRefused, match="outcome_empty"):
        clinic.events.close(clinic.acting, event, " ")
    closed = clinic.events.close(clinic.acting, event, "Colour returned")
    with pytest.raises(InputRefused, match="event_closed"):
        clinic.events.add_entry(clinic.acting, closed, EventEntry(NOW_MS, "More"))
    again = clinic.events.reopen(clinic.acting, closed)
    later = clinic.events.add_entry(clinic.acting, again, EventEntry(NOW_MS, "Well"))
    assert len(later.entries) == 4
    assert clinic.events.of_patient(clinic.acting, opened.patient.id) == (later,)
    rows = clinic.rows(SubjectKind.ADVERSE_EVENT)
    assert len(rows) == 7
    last = json.loads(rows[-1].payload or "")
    assert last["entries"][1]["refill"] == [["left", "Cheek", 40], ["right", "Cheek", None]]
    assert (last["report_number"], last["outcome"]) == ("YC-1", "Colour returned")
    assert clinic.events.event_pdf(clinic.acting, event) == f"Blanching {later.revision}".encode()
    with pytest.raises(Conflict):
        clinic.events.add_entry(clinic.acting, again, EventEntry(NOW_MS, "Typed beside it"))


def test_an_event_in_error_is_never_changed_again(clinic: RecordClinic) -> None:
    opened = clinic.charted()
    event = clinic.events.begin(clinic.acting, opened.session.id, title="Bruise", onset_ms=NOW_MS)
    with pytest.raises(InputRefused, match="reason_empty"):
        clinic.events.mark_error(clinic.acting, event, "")
    marked = clinic.events.mark_error(clinic.acting, event, "Other patient")
    for change in (
        lambda: clinic.events.add_entry(clinic.acting, marked, EventEntry(NOW_MS, "x")),
        lambda: clinic.events.close(clinic.acting, marked, "x"),
        lambda: clinic.events.reopen(clinic.acting, marked),
        # Even for one who still holds the event as it was.
        lambda: clinic.events.close(clinic.acting, event, "x"),
    ):
        with pytest.raises(InputRefused, match="event_in_error"):
            change()


def test_what_cannot_be_is_refused(clinic: RecordClinic) -> None:
    opened = clinic.charted()
    usual = {"title": "Bruise", "onset_ms": NOW_MS}
    for wrong, code in (
        ({"title": " "}, "event_title_empty"),
        ({"onset_ms": NOW_MS + MINUTE}, "time_in_future"),
        ({"onset_ms": NOW_MS - 30 * 86_400_000}, "onset_before_treatment"),
        ({"syringe_ids": ["elsewhere"]}, "syringe_unknown"),
        ({"pass_ids": ["elsewhere"]}, "pass_unknown"),
        ({"entry": EventEntry(NOW_MS)}, "entry_empty"),
        ({"entry": EventEntry(NOW_MS + MINUTE, "x")}, "time_in_future"),
        ({"entry": EventEntry(NOW_MS, "x", (CapillaryRefill(Side.LEFT, "Cheek", -1),))}, "refill_impossible"),
    ):
        with pytest.raises(InputRefused, match=code):
            clinic.events.begin(clinic.acting, opened.session.id, **{**usual, **wrong})  # type: ignore[arg-type]
    assert clinic.rows(SubjectKind.ADVERSE_EVENT) == []


def test_rights_are_asked(clinic: RecordClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = clinic.charted()
    event = clinic.events.begin(clinic.acting, opened.session.id, title="Bruise", onset_ms=NOW_MS)
    monkeypatch.setitem(RIGHTS, Role.FRONT_DESK, frozenset({Right.READ}))
    for forbidden in (
        lambda: clinic.aftercare.plan(clinic.desk, opened.patient.id, TODAY),
        lambda: clinic.events.begin(clinic.desk, opened.session.id, title="x", onset_ms=NOW_MS),
        lambda: clinic.events.close(clinic.desk, event, "x"),
        lambda: clinic.events.event_pdf(clinic.desk, event),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert clinic.aftercare.due(clinic.desk) == ()
