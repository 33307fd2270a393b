"""Use cases around an adverse event: begin it, add what happened when, close it, print it; nothing is judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from injectmap.domain.acting import Acting, Right
from injectmap.domain.aftercare import AdverseEvent, CapillaryRefill, EventEntry
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import NAME_LIMIT, clean_text
from injectmap.domain.session import OpenSession
from injectmap.services.aftercare import check_subject
from injectmap.services.patients import checked_reason
from injectmap.services.ports import Clock, Database, UnitOfWork
from injectmap.services.reads import Reads
from injectmap.services.record_parts import EventOutput

TEXT_LIMIT = 10_000
ENTRY_LIMIT = 500
LONGEST_REFILL = 600  # tenths of a second


class AdverseEventService:
    """Adverse events change only here, each change with its journal row, whether the record is signed or not.

    An entry once added is never changed; a closed event is opened again before anything is added.
    """

    def __init__(self, database: Database, clock: Clock, output: EventOutput) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._output = output
        self._reads = Reads(database, clock)

    def of_patient(self, acting: Acting, patient_id: str) -> tuple[AdverseEvent, ...]:
        """A patient's adverse events, latest first, those in error too."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            return work.aftercare.events(patient_id)

    def begin(
        self,
        acting: Acting,
        session_id: str,
        *,
        title: str,
        onset_ms: int,
        entry: EventEntry | None = None,
        syringe_ids: Sequence[str] = (),
        pass_ids: Sequence[str] = (),
    ) -> AdverseEvent:
        """Begin the form of an event of a treatment session, with its first entry if there is one yet."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            opened = work.sessions.open(session_id)
            event = AdverseEvent(
                new_id(),
                opened.patient.id,
                session_id,
                title,
                onset_ms,
                (self._entry(entry),) if entry is not None else (),
                tuple(syringe_ids),
                tuple(pass_ids),
            )
            return self._put(work, acting, event)

    def add_entry(self, acting: Acting, event: AdverseEvent, entry: EventEntry) -> AdverseEvent:
        """Add a timed entry; entries stand in the order of their times."""
        acting.require(Right.EDIT_SESSION)
        if len(event.entries) >= ENTRY_LIMIT:
            raise InputRefused("too_many_entries", limit=ENTRY_LIMIT)
        entries = tuple(sorted((*event.entries, self._entry(entry)), key=lambda one: one.at_ms))
        return self._change(acting, replace(event, entries=entries))

    def update(
        self,
        acting: Acting,
        event: AdverseEvent,
        *,
        title: str,
        onset_ms: int,
        syringe_ids: Sequence[str],
        pass_ids: Sequence[str],
        report_number: str = "",
        reported_to: str = "",
        outcome: str = "",
    ) -> AdverseEvent:
        """Correct what stands around the entries."""
        acting.require(Right.EDIT_SESSION)
        changed = replace(
            event,
            title=title,
            onset_ms=onset_ms,
            syringe_ids=tuple(syringe_ids),
            pass_ids=tuple(pass_ids),
            report_number=report_number,
            reported_to=reported_to,
            outcome=outcome,
        )
        return self._change(acting, changed)

    def close(self, acting: Acting, event: AdverseEvent, outcome: str) -> AdverseEvent:
        """Close an event with its outcome."""
        acting.require(Right.EDIT_SESSION)
        if not clean_text(outcome, limit=TEXT_LIMIT):
            raise InputRefused("outcome_empty")
        return self._change(acting, replace(event, outcome=outcome, closed=True))

    def reopen(self, acting: Acting, event: AdverseEvent) -> AdverseEvent:
        """Open a closed event again."""
        acting.require(Right.EDIT_SESSION)
        return self._change(acting, replace(event, closed=False), closed_too=True)

    def mark_error(self, acting: Acting, event: AdverseEvent, reason: str) -> AdverseEvent:
        """Mark an event as entered in error; it stays readable and is never changed again."""
        acting.require(Right.EDIT_SESSION)
        return self._change(acting, replace(event, error_reason=checked_reason(reason)), closed_too=True)

    def event_pdf(self, acting: Acting, event: AdverseEvent) -> bytes:
        """The event's form as PDF, as stored."""
        acting.require(Right.PRINT_RECORD)
        with self._database.reading() as work:
            stored = _stored(work, event)
            opened = work.sessions.open(stored.session_id)
            settings = work.clinic.settings()
            wanted = self._reads.wanted(work)
        if wanted:
            self._reads.note(acting, SubjectKind.ADVERSE_EVENT, stored.id, "export")
        return self._output.event_pdf(stored, opened, settings, printed_at_ms=self._clock.now_ms())

    def _change(self, acting: Acting, changed: AdverseEvent, *, closed_too: bool = False) -> AdverseEvent:
        with self._database.writing() as work:
            before = _stored(work, changed)
            if before.error_reason:
                raise InputRefused("event_in_error")
            if before.closed and not closed_too:
                raise InputRefused("event_closed")
            return self._put(work, acting, changed)

    def _put(self, work: UnitOfWork, acting: Acting, event: AdverseEvent) -> AdverseEvent:
        check_subject(work, event.patient_id, event.session_id)
        opened = work.sessions.open(event.session_id)
        wanted = replace(
            event,
            title=clean_text(event.title, limit=NAME_LIMIT),
            report_number=clean_text(event.report_number, limit=NAME_LIMIT),
            reported_to=clean_text(event.reported_to, limit=NAME_LIMIT),
            outcome=clean_text(event.outcome, limit=TEXT_LIMIT),
        )
        self._check(wanted, opened, work.clinic.settings().time_zone)
        stored = work.aftercare.put_event(wanted)
        work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.ADVERSE_EVENT,
            subject_id=stored.id,
            payload=event_to_json(stored),
            at_ms=self._clock.now_ms(),
        )
        work.commit()
        return stored

    def _check(self, event: AdverseEvent, opened: OpenSession, time_zone: str) -> None:
        if not event.title:
            raise InputRefused("event_title_empty")
        self._check_time(event.onset_ms)
        onset = dt.datetime.fromtimestamp(event.onset_ms / 1000, ZoneInfo(time_zone)).date()
        if onset < opened.session.date:
            raise InputRefused("onset_before_treatment")
        if not set(event.syringe_ids) <= {one.id for one in opened.syringes}:
            raise InputRefused("syringe_unknown")
        if not set(event.pass_ids) <= opened.map.by_id.keys():
            raise InputRefused("pass_unknown")

    def _check_time(self, at_ms: int) -> None:
        if at_ms > self._clock.now_ms():
            raise InputRefused("time_in_future")

    def _entry(self, entry: EventEntry) -> EventEntry:
        """An entry cleaned; InputRefused for an empty one, one in the future, or a refill that cannot be."""
        cleaned = replace(
            entry,
            observed=clean_text(entry.observed, limit=TEXT_LIMIT),
            called=clean_text(entry.called, limit=TEXT_LIMIT),
            given=clean_text(entry.given, limit=TEXT_LIMIT),
            by=clean_text(entry.by, limit=NAME_LIMIT),
            refill=tuple(replace(one, place=clean_text(one.place, limit=NAME_LIMIT)) for one in entry.refill),
        )
        self._check_time(cleaned.at_ms)
        if any(one.tenths is not None and not 0 <= one.tenths <= LONGEST_REFILL for one in cleaned.refill):
            raise InputRefused("refill_impossible", most=LONGEST_REFILL // 10)
        if not (cleaned.observed or cleaned.called or cleaned.given or cleaned.refill):
            raise InputRefused("entry_empty")
        return cleaned


def _stored(work: UnitOfWork, event: AdverseEvent) -> AdverseEvent:
    for one in work.aftercare.events(event.patient_id):
        if one.id == event.id:
            return one
    raise StorageProblem("event_not_found")


def event_to_json(event: AdverseEvent) -> dict[str, Any]:
    """Return the journal's after-image of an adverse event."""
    return {
        "id": event.id,
        "patient": event.patient_id,
        "session": event.session_id,
        "title": event.title,
        "onset_ms": event.onset_ms,
        "entries": [_entry_to_json(one) for one in event.entries],
        "syringes": list(event.syringe_ids),
        "passes": list(event.pass_ids),
        "report_number": event.report_number,
        "reported_to": event.reported_to,
        "outcome": event.outcome,
        "closed": event.closed,
        "revision": event.revision,
        "error_reason": event.error_reason,
    }


def _entry_to_json(entry: EventEntry) -> dict[str, Any]:
    def refill(one: CapillaryRefill) -> list[Any]:
        return [one.side.value, one.place, one.tenths]

    return {
        "at_ms": entry.at_ms,
        "observed": entry.observed,
        "refill": [refill(one) for one in entry.refill],
        "called": entry.called,
        "given": entry.given,
        "by": entry.by,
    }
