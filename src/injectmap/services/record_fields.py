"""Use cases around what is written in a record beside its map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import clean_text
from injectmap.domain.record import FIELD_LIMIT, RecordEntry, RecordField
from injectmap.domain.session import OpenSession, TreatmentSession, check_writable
from injectmap.services.ports import Clock, Database, UnitOfWork
from injectmap.services.sessions import session_to_json

DETAIL_LIMIT = 500
DETAIL_COUNT = 40
FOLLOW_UP_YEARS = 10


class RecordFieldService:
    """The fields of a record change only here, each with its time, its author and its journal row.

    Every write names the session as it was read: Conflict if it was changed since.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock

    def write(
        self,
        acting: Acting,
        session: TreatmentSession,
        field: RecordField,
        text: str,
        details: Sequence[tuple[str, str]] = (),
    ) -> OpenSession:
        """Write a field; what stands there already, word for word, is not written again."""
        acting.require(Right.EDIT_SESSION)
        entry = RecordEntry(
            clean_text(text, limit=FIELD_LIMIT),
            self._clock.now_ms(),
            acting.practitioner_id,
            _cleaned(details),
        )
        with self._database.writing() as work:
            opened = self._read(work, session)
            before = opened.entries.get(field, RecordEntry("", 0, ""))
            if (before.text, before.details) == (entry.text, entry.details):
                return opened
            work.records.put_entry(session.id, field, entry)
            work.sessions.update(opened.session)
            work.journal.append(
                acting,
                kind=JournalKind.PUT,
                subject_kind=SubjectKind.RECORD_ENTRY,
                subject_id=session.id,
                payload={
                    "field": field.value,
                    "text": entry.text,
                    "details": [list(pair) for pair in entry.details],
                    "by": entry.practitioner_id,
                },
                at_ms=entry.at_ms,
            )
            return self._stored(work, session.id)

    def set_follow_up(self, acting: Acting, session: TreatmentSession, day: dt.date | None) -> OpenSession:
        """Set or clear the follow-up date; it lies after the treatment, within ten years."""
        acting.require(Right.EDIT_SESSION)
        if day is not None and not session.date < day <= _years_after(session.date, FOLLOW_UP_YEARS):
            raise InputRefused("follow_up_impossible")
        with self._database.writing() as work:
            opened = self._read(work, session)
            if opened.session.follow_up == day:
                return opened
            stored = work.sessions.update(replace(opened.session, follow_up=day))
            work.journal.append(
                acting,
                kind=JournalKind.PUT,
                subject_kind=SubjectKind.SESSION,
                subject_id=session.id,
                payload=session_to_json(stored),
                at_ms=self._clock.now_ms(),
            )
            return self._stored(work, session.id)

    @staticmethod
    def _read(work: UnitOfWork, session: TreatmentSession) -> OpenSession:
        """The session as stored; refused if it may not be written or has changed since it was read."""
        opened = work.sessions.open(session.id)
        check_writable(opened)
        if opened.session.revision != session.revision:
            raise Conflict("session_has_changed")
        return opened

    @staticmethod
    def _stored(work: UnitOfWork, session_id: str) -> OpenSession:
        opened = work.sessions.open(session_id)
        work.commit()
        return opened


def _cleaned(details: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Details with cleaned texts, the empty ones left out; each key once."""
    if len(details) > DETAIL_COUNT:
        raise InputRefused("text_too_long", limit=DETAIL_COUNT)
    cleaned = {key: clean_text(text, limit=DETAIL_LIMIT) for key, text in details}
    return tuple((key, text) for key, text in cleaned.items() if text)


def _years_after(day: dt.date, years: int) -> dt.date:
    # 29 February has its anniversary on the 28th.
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
