"""Stored follow-ups, outcome scores and adverse events, and the list of who is due."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from injectmap.domain.aftercare import AdverseEvent, CapillaryRefill, Due, EventEntry, FollowUp, OutcomeScore
from injectmap.domain.errors import Conflict
from injectmap.domain.treatment_map import Side
from injectmap.storage.due import due_list
from injectmap.storage.packing import pack_date, unpack_date
from injectmap.storage.record_tables import adverse_events, follow_ups, outcome_scores


class StoredAftercare:
    """What follows a treatment; each row names the revision that a change must have seen."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def follow_ups(self, patient_id: str) -> tuple[FollowUp, ...]:
        """A patient's follow-ups by date."""
        found = select(follow_ups).where(follow_ups.c.patient_id == patient_id)
        rows = self._connection.execute(found.order_by(follow_ups.c.due, follow_ups.c.id))
        return tuple(
            FollowUp(one, patient, session, dt.date.fromisoformat(due), note, unpack_date(done_on), revision)
            for one, patient, session, due, note, done_on, revision in rows
        )

    def put_follow_up(self, follow_up: FollowUp) -> FollowUp:
        """Store a new (revision 1) or changed follow-up; Conflict if the revision is not the latest."""
        values = follow_up_values(follow_up)
        self._put(follow_ups, follow_up.id, follow_up.revision, values, "follow_up_has_changed")
        return next(one for one in self.follow_ups(follow_up.patient_id) if one.id == follow_up.id)

    def due(self, until: dt.date, *, review_months: int | None) -> tuple[Due, ...]:
        """Who is due up to a day, by day and name, in at most three statements."""
        return due_list(self._connection, until, review_months)

    def scores(self, patient_id: str) -> tuple[OutcomeScore, ...]:
        """A patient's outcome scores by date."""
        found = select(outcome_scores).where(outcome_scores.c.patient_id == patient_id)
        rows = self._connection.execute(found.order_by(outcome_scores.c.date, outcome_scores.c.id))
        return tuple(
            OutcomeScore(one, patient, session, scale, score, rater, dt.date.fromisoformat(date), *rest)
            for one, patient, session, scale, score, rater, date, *rest in rows
        )

    def put_score(self, score: OutcomeScore) -> OutcomeScore:
        """Store a new or changed score; Conflict if the revision is not the latest."""
        values = score_values(score)
        self._put(outcome_scores, score.id, score.revision, values, "score_has_changed")
        return next(one for one in self.scores(score.patient_id) if one.id == score.id)

    def events(self, patient_id: str) -> tuple[AdverseEvent, ...]:
        """A patient's adverse events, latest first."""
        found = select(adverse_events).where(adverse_events.c.patient_id == patient_id)
        rows = self._connection.execute(
            found.order_by(adverse_events.c.onset_ms.desc(), adverse_events.c.id.desc())
        )
        return tuple(map(_event_of, rows))

    def put_event(self, event: AdverseEvent) -> AdverseEvent:
        """Store a new or changed event; Conflict if the revision is not the latest."""
        values = event_values(event)
        self._put(adverse_events, event.id, event.revision, values, "event_has_changed")
        return next(one for one in self.events(event.patient_id) if one.id == event.id)

    def _put(self, table: Table, row_id: str, revision: int, values: dict[str, Any], changed: str) -> None:
        """Write a row at the revision that was seen, or a new one; a row never moves to another patient."""
        stored = self._connection.execute(
            select(table.c.revision, table.c.patient_id).where(table.c.id == row_id)
        ).one_or_none()
        if stored is None:
            if revision != 1:
                raise Conflict(changed)
            self._connection.execute(insert(table).values(values | {"id": row_id, "revision": 1}))
            return
        if tuple(stored) != (revision, values["patient_id"]):
            raise Conflict(changed)
        self._connection.execute(
            update(table).where(table.c.id == row_id).values(values | {"revision": revision + 1})
        )


def follow_up_values(follow_up: FollowUp) -> dict[str, Any]:
    """Return what a follow-up's row holds beside its id and revision."""
    return {
        "patient_id": follow_up.patient_id,
        "session_id": follow_up.session_id,
        "due": follow_up.due.isoformat(),
        "note": follow_up.note,
        "done_on": pack_date(follow_up.done_on),
    }


def score_values(score: OutcomeScore) -> dict[str, Any]:
    """Return what a score's row holds beside its id and revision."""
    return {
        "patient_id": score.patient_id,
        "session_id": score.session_id,
        "scale": score.scale,
        "score": score.score,
        "rater": score.rater,
        "date": score.date.isoformat(),
        "note": score.note,
    }


def event_values(event: AdverseEvent) -> dict[str, Any]:
    """Return what an event's row holds beside its id and revision."""
    return {
        "patient_id": event.patient_id,
        "session_id": event.session_id,
        "title": event.title,
        "onset_ms": event.onset_ms,
        "entries": _text([_entry_values(one) for one in event.entries]),
        "syringe_ids": _text(event.syringe_ids),
        "pass_ids": _text(event.pass_ids),
        "report_number": event.report_number,
        "reported_to": event.reported_to,
        "outcome": event.outcome,
        "closed": int(event.closed),
        "error_reason": event.error_reason,
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _entry_values(entry: EventEntry) -> list[Any]:
    refill = [[one.side.value, one.place, one.tenths] for one in entry.refill]
    return [entry.at_ms, entry.observed, refill, entry.called, entry.given, entry.by]


def _entry_of(values: list[Any]) -> EventEntry:
    at_ms, observed, refill, called, given, by = values
    places = tuple(CapillaryRefill(Side(side), place, tenths) for side, place, tenths in refill)
    return EventEntry(at_ms, observed, places, called, given, by)


def _event_of(row: Any) -> AdverseEvent:
    one, patient, session, title, onset_ms, entries, syringe_ids, pass_ids, *rest = row
    report_number, reported_to, outcome, closed, revision, error_reason = rest
    return AdverseEvent(
        one,
        patient,
        session,
        title,
        onset_ms,
        tuple(map(_entry_of, json.loads(entries))),
        tuple(json.loads(syringe_ids)),
        tuple(json.loads(pass_ids)),
        report_number,
        reported_to,
        outcome,
        closed == 1,
        revision,
        error_reason,
    )
