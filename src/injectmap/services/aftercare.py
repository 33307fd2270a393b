"""Use cases around what follows a treatment: reviews, outcome scores, and who is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from injectmap.domain.acting import Acting, Right
from injectmap.domain.aftercare import Due, DueKind, FollowUp, OutcomeScore
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import NAME_LIMIT, clean_text
from injectmap.services.ports import Clock, Database, UnitOfWork

NOTE_LIMIT = 2_000
DUE_YEARS = 10


class AftercareService:
    """Follow-ups and outcome scores, each change with its journal row; a signed record does not stand against them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock

    # ---- who is due

    def due(self, acting: Acting, until: dt.date | None = None) -> tuple[Due, ...]:
        """Who is due up to a day, or up to today: open follow-ups, follow-up dates, and review intervals."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            settings = work.clinic.settings()
            last = until or self._clock.today(settings.time_zone)
            return work.aftercare.due(last, review_months=settings.review_months)

    # ---- follow-ups

    def follow_ups(self, acting: Acting, patient_id: str) -> tuple[FollowUp, ...]:
        """A patient's follow-ups by date."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.aftercare.follow_ups(patient_id)

    def follow_up_dates(self, acting: Acting, patient_id: str) -> tuple[Due, ...]:
        """Follow-up dates in a patient's records after which neither a review nor a treatment is stored."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            today = self._today(work)
            last = dt.date(today.year + DUE_YEARS + 1, 12, 31)
            found = work.aftercare.due(last, review_months=None)
        wanted = (patient_id, DueKind.FOLLOW_UP_DATE)
        return tuple(one for one in found if (one.patient_id, one.kind) == wanted)

    def plan(
        self, acting: Acting, patient_id: str, due: dt.date, *, note: str = "", session_id: str | None = None
    ) -> FollowUp:
        """Plan a review of a patient, after a treatment session or on its own."""
        acting.require(Right.EDIT_PATIENT)
        return self._put_follow_up(acting, FollowUp(new_id(), patient_id, session_id, due, note))

    def move(self, acting: Acting, follow_up: FollowUp, *, due: dt.date, note: str) -> FollowUp:
        """Change the day or the note of a planned review."""
        acting.require(Right.EDIT_PATIENT)
        return self._put_follow_up(acting, replace(follow_up, due=due, note=note))

    def reviewed(self, acting: Acting, follow_up: FollowUp, on: dt.date, note: str = "") -> FollowUp:
        """Note that a review took place; it leaves the list of those due."""
        acting.require(Right.EDIT_SESSION)
        return self._put_follow_up(acting, replace(follow_up, done_on=on, note=note or follow_up.note))

    def not_reviewed(self, acting: Acting, follow_up: FollowUp) -> FollowUp:
        """Take back that a review took place; it is planned again."""
        acting.require(Right.EDIT_SESSION)
        return self._put_follow_up(acting, replace(follow_up, done_on=None))

    def _put_follow_up(self, acting: Acting, follow_up: FollowUp) -> FollowUp:
        wanted = replace(follow_up, note=clean_text(follow_up.note, limit=NOTE_LIMIT))
        with self._database.writing() as work:
            today = self._today(work)
            if abs(wanted.due.year - today.year) > DUE_YEARS:
                raise InputRefused("follow_up_impossible")
            if wanted.done_on is not None and wanted.done_on > today:
                raise InputRefused("date_in_future")
            check_subject(work, wanted.patient_id, wanted.session_id)
            stored = work.aftercare.put_follow_up(wanted)
            self._journal(work, acting, SubjectKind.FOLLOW_UP, stored.id, follow_up_to_json(stored))
            work.commit()
        return stored

    # ---- outcome scores

    def scores(self, acting: Acting, patient_id: str) -> tuple[OutcomeScore, ...]:
        """A patient's outcome scores by date."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            return work.aftercare.scores(patient_id)

    def score(
        self,
        acting: Acting,
        patient_id: str,
        session_id: str,
        *,
        scale: str,
        score: str,
        rater: str,
        date: dt.date,
        note: str = "",
    ) -> OutcomeScore:
        """Keep a score on a named scale, as it was given."""
        acting.require(Right.EDIT_SESSION)
        return self._put_score(
            acting, OutcomeScore(new_id(), patient_id, session_id, scale, score, rater, date, note)
        )

    def correct_score(self, acting: Acting, score: OutcomeScore) -> OutcomeScore:
        """Correct a score; Conflict if it was changed since it was read."""
        acting.require(Right.EDIT_SESSION)
        return self._put_score(acting, score)

    def _put_score(self, acting: Acting, score: OutcomeScore) -> OutcomeScore:
        wanted = replace(
            score,
            scale=clean_text(score.scale, limit=NAME_LIMIT),
            score=clean_text(score.score, limit=NAME_LIMIT),
            rater=clean_text(score.rater, limit=NAME_LIMIT),
            note=clean_text(score.note, limit=NOTE_LIMIT),
        )
        if not wanted.scale or not wanted.score:
            raise InputRefused("score_empty")
        with self._database.writing() as work:
            if wanted.date > self._today(work):
                raise InputRefused("date_in_future")
            check_subject(work, wanted.patient_id, wanted.session_id)
            stored = work.aftercare.put_score(wanted)
            self._journal(work, acting, SubjectKind.OUTCOME_SCORE, stored.id, score_to_json(stored))
            work.commit()
        return stored

    def _today(self, work: UnitOfWork) -> dt.date:
        return self._clock.today(work.clinic.settings().time_zone)

    def _journal(
        self, work: UnitOfWork, acting: Acting, kind: SubjectKind, subject_id: str, payload: dict[str, Any]
    ) -> None:
        work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=kind,
            subject_id=subject_id,
            payload=payload,
            at_ms=self._clock.now_ms(),
        )


def check_subject(work: UnitOfWork, patient_id: str, session_id: str | None) -> None:
    """Refuse what is about a patient or session in error, or about another patient's session."""
    if work.patients.get(patient_id).error_reason:
        raise InputRefused("patient_in_error")
    if session_id is None:
        return
    session = work.sessions.get(session_id)
    if session.patient_id != patient_id:
        raise InputRefused("session_of_other_patient")
    if session.error_reason:
        raise InputRefused("session_in_error")


def follow_up_to_json(follow_up: FollowUp) -> dict[str, Any]:
    """Return the journal's after-image of a follow-up."""
    return {
        "id": follow_up.id,
        "patient": follow_up.patient_id,
        "session": follow_up.session_id,
        "due": follow_up.due.isoformat(),
        "note": follow_up.note,
        "done_on": follow_up.done_on.isoformat() if follow_up.done_on else None,
        "revision": follow_up.revision,
    }


def score_to_json(score: OutcomeScore) -> dict[str, Any]:
    """Return the journal's after-image of an outcome score."""
    return {
        "id": score.id,
        "patient": score.patient_id,
        "session": score.session_id,
        "scale": score.scale,
        "score": score.score,
        "rater": score.rater,
        "date": score.date.isoformat(),
        "note": score.note,
        "revision": score.revision,
    }
