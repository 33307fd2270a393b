"""Erases a person: clinical rows go, a tombstone stays, and the journal keeps its digests without its contents.

What stays: the patient's number, each treatment session's number, date and practitioner, each syringe's product,
lot and volumes (a recall has to find them), stock movements, and of the journal everything but payload and salt.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, case, delete, func, insert, select, update

from injectmap.domain.acting import Acting
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import made_ms
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import ERASED, ERASED_BIRTH, Patient
from injectmap.domain.privacy import ErasedPerson, ErasureReason, JournalLine, Kept
from injectmap.domain.product import Syringe
from injectmap.domain.session import PassDefaults, TreatmentSession
from injectmap.services.patients import patient_to_json
from injectmap.services.sessions import session_to_json
from injectmap.services.syringes import syringe_to_json
from injectmap.storage.journal import StoredJournal
from injectmap.storage.patients import PATIENT_COLUMNS, StoredPatients
from injectmap.storage.record_tables import (
    adverse_events,
    amendments,
    cosignatures,
    follow_ups,
    outcome_scores,
    record_entries,
    record_versions,
)
from injectmap.storage.search import unindex_patient
from injectmap.storage.session_rows import (
    SESSION_COLUMNS,
    SYRINGE_COLUMNS,
    session_of,
    session_values,
    syringe_of,
)
from injectmap.storage.tables import (
    erased_subjects,
    journal,
    map_items,
    pass_shares,
    passes,
    patients,
    syringes,
    treatment_sessions,
)

if TYPE_CHECKING:
    from injectmap.storage.unit_of_work import StoredWork

# In this order no row goes before those that point at it.
_OF_SESSIONS: tuple[Table, ...] = (map_items, record_entries, cosignatures, amendments, record_versions)
_OF_PATIENT: tuple[Table, ...] = (follow_ups, outcome_scores, adverse_events)
# Databases take only so many values in one statement.
_AT_ONCE = 500

_TELLING = (JournalKind.READ.value, JournalKind.SIGN.value)


class StoredErasing:
    """Erases persons and tells who was erased; never undone, in the transaction of its connection."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def erase(
        self, acting: Acting, patient_id: str, at_ms: int, reason: ErasureReason = ErasureReason.RESTORED
    ) -> int:
        """Erase a person and return the number of the journal row that says so.

        InputRefused("erased_already"); StorageProblem("patient_not_found").
        """
        person = StoredPatients(self._connection).get(patient_id)
        if person.erased:
            raise InputRefused("erased_already")
        self._overwrite_deleted()
        sessions, units = self._sessions(patient_id), self._syringes(patient_id)
        subjects = self._living_subjects(patient_id)
        left = (
            _tombstone(person),
            [_bare_session(one) for one in sessions],
            [_bare_syringe(one) for one in units],
        )
        number = StoredJournal(self._connection).append(
            acting,
            kind=JournalKind.ERASE,
            subject_kind=SubjectKind.PATIENT,
            subject_id=patient_id,
            payload=_payload(*left, subjects, reason),
            at_ms=at_ms,
        )
        self._connection.execute(
            insert(erased_subjects), [{"subject_id": one, "number": number} for one in subjects]
        )
        self._forget(subjects, number)
        self._delete(patient_id, [one.id for one in sessions])
        self._leave(*left)
        return number

    def erased(self) -> tuple[ErasedPerson, ...]:
        """Everyone who was erased, the latest first."""
        said = select(erased_subjects.c.number).distinct()
        rows = self._connection.execute(
            select(
                journal.c.subject_id,
                journal.c.number,
                journal.c.at_ms,
                journal.c.practitioner_id,
                journal.c.payload,
            )
            .where(journal.c.number.in_(said), journal.c.kind == JournalKind.ERASE.value)
            .order_by(journal.c.number.desc())
        )
        return tuple(
            ErasedPerson(
                patient_id,
                data["patient"]["number"],
                number,
                at_ms,
                practitioner_id,
                ErasureReason(data.get("reason", ErasureReason.RESTORED)),
            )
            for patient_id, number, at_ms, practitioner_id, payload in rows
            for data in (json.loads(payload),)
        )

    def holds(self, patient_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of these patients of whom this database still holds data."""
        wanted = list(dict.fromkeys(patient_ids))
        found: set[str] = set()
        for some in _chunks(wanted):
            rows = self._connection.execute(
                select(patients.c.id).where(
                    patients.c.id.in_(some),
                    ~((patients.c.error_reason == ERASED) & (patients.c.family_name == "")),
                )
            )
            found.update(rows.scalars())
        return tuple(one for one in wanted if one in found)

    def kept(self, time_zone: str) -> tuple[Kept, ...]:
        """All patients but the erased, each with when they were last treated or seen; for the retention list."""
        zone = ZoneInfo(time_zone)
        rows = self._connection.execute(
            select(
                *PATIENT_COLUMNS[:5],
                patients.c.error_reason,
                *(
                    select(func.max(column))
                    .where(column.table.c.patient_id == patients.c.id, *conditions)
                    .correlate(patients)
                    .scalar_subquery()
                    for column, conditions in (
                        (treatment_sessions.c.date, [treatment_sessions.c.error_reason == ""]),
                        (follow_ups.c.done_on, []),
                        (outcome_scores.c.date, []),
                        (adverse_events.c.onset_ms, [adverse_events.c.error_reason == ""]),
                    )
                ),
            ).where(~((patients.c.error_reason == ERASED) & (patients.c.family_name == "")))
        )
        return tuple(self._kept(row, zone) for row in rows)

    def _kept(self, row: Any, zone: ZoneInfo) -> Kept:
        patient_id, number, family, given, born, error_reason, *days, onset_ms = row
        seen = [dt.date.fromisoformat(day) for day in days if day is not None]
        if onset_ms is not None:
            seen.append(dt.datetime.fromtimestamp(onset_ms / 1000, zone).date())
        registered = made_ms(patient_id) or self._first_row(patient_id)
        return Kept(
            patient_id,
            number,
            family,
            given,
            dt.date.fromisoformat(born),
            max(seen, default=None),
            dt.datetime.fromtimestamp(registered / 1000, zone).date(),
            error_reason,
        )

    def _first_row(self, patient_id: str) -> int:
        found = select(func.min(journal.c.at_ms)).where(journal.c.subject_id == patient_id)
        return self._connection.execute(found).scalar() or 0

    def subjects(self, patient_id: str) -> tuple[str, ...]:
        """The ids of all journal subjects of a patient; of an erased one those that the erase row names."""
        number = self._connection.execute(
            select(erased_subjects.c.number).where(erased_subjects.c.subject_id == patient_id)
        ).scalar()
        if number is None:
            return self._living_subjects(patient_id)
        listed = select(erased_subjects.c.subject_id).where(erased_subjects.c.number == number)
        return tuple(self._connection.execute(listed).scalars())

    def lines(self, subjects: Sequence[str]) -> tuple[JournalLine, ...]:
        """The journal rows about these subjects, oldest first, without what they hold."""
        found: list[JournalLine] = []
        for some in _chunks(subjects):
            rows = self._connection.execute(
                select(
                    journal.c.number,
                    journal.c.at_ms,
                    journal.c.practitioner_id,
                    journal.c.workstation,
                    journal.c.kind,
                    journal.c.subject_kind,
                    journal.c.subject_id,
                    case((journal.c.kind.in_(_TELLING), journal.c.payload)),
                ).where(journal.c.subject_id.in_(some))
            )
            found += map(_line_of, rows)
        return tuple(sorted(found, key=lambda line: line.number))

    def session_numbers(self, patient_id: str) -> dict[str, tuple[dt.date, int]]:
        """Date and number of each treatment session of a patient, by id; of an erased one too."""
        held = treatment_sessions
        rows = self._connection.execute(
            select(held.c.id, held.c.date, held.c.number).where(held.c.patient_id == patient_id)
        )
        return {one: (dt.date.fromisoformat(date), number) for one, date, number in rows}

    # What belongs to a person

    def _sessions(self, patient_id: str) -> list[TreatmentSession]:
        rows = self._connection.execute(
            select(*SESSION_COLUMNS)
            .where(treatment_sessions.c.patient_id == patient_id)
            .order_by(treatment_sessions.c.number)
        )
        return list(map(session_of, rows))

    def _syringes(self, patient_id: str) -> list[Syringe]:
        rows = self._connection.execute(
            select(*SYRINGE_COLUMNS)
            .join(treatment_sessions, treatment_sessions.c.id == syringes.c.session_id)
            .where(treatment_sessions.c.patient_id == patient_id)
            .order_by(treatment_sessions.c.number, syringes.c.number)
        )
        return [syringe_of(tuple(row)) for row in rows]

    def _living_subjects(self, patient_id: str) -> tuple[str, ...]:
        """Record entries, versions and amendments stand in the journal under their session's id."""
        found = [patient_id]
        of_sessions = (
            select(treatment_sessions.c.id).where(treatment_sessions.c.patient_id == patient_id),
            select(syringes.c.id)
            .join(treatment_sessions, treatment_sessions.c.id == syringes.c.session_id)
            .where(treatment_sessions.c.patient_id == patient_id),
        )
        of_patient = (select(table.c.id).where(table.c.patient_id == patient_id) for table in _OF_PATIENT)
        for statement in (*of_sessions, *of_patient):
            found += self._connection.execute(statement).scalars()
        return tuple(sorted(set(found)))

    # How it goes

    def _overwrite_deleted(self) -> None:
        """From here on the pages of this connection keep nothing that was deleted; the rest is for `compact`."""
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON")

    def _forget(self, subjects: Sequence[str], erase_row: int) -> None:
        """Take payload and salt from every earlier journal row of these subjects; their digests stay."""
        for some in _chunks(subjects):
            self._connection.execute(
                update(journal)
                .where(
                    journal.c.subject_id.in_(some),
                    journal.c.number < erase_row,
                    journal.c.payload.is_not(None),
                )
                .values(payload=None, salt=None)
            )

    def _delete(self, patient_id: str, sessions: Sequence[str]) -> None:
        for some in _chunks(sessions):
            drawn = select(passes.c.id).where(passes.c.session_id.in_(some))
            self._connection.execute(delete(pass_shares).where(pass_shares.c.pass_id.in_(drawn)))
            for table in (passes, *_OF_SESSIONS):
                self._connection.execute(delete(table).where(table.c.session_id.in_(some)))
        for table in _OF_PATIENT:
            self._connection.execute(delete(table).where(table.c.patient_id == patient_id))

    def _leave(self, person: Patient, sessions: Iterable[TreatmentSession], units: Iterable[Syringe]) -> None:
        """Write the tombstones in place of what was there."""
        for unit in units:
            self._connection.execute(
                update(syringes).where(syringes.c.id == unit.id).values(expired_reason="")
            )
        for session in sessions:
            bare = {
                k: v for k, v in session_values(session).items() if k not in ("id", "number", "patient_id")
            }
            self._connection.execute(
                update(treatment_sessions).where(treatment_sessions.c.id == session.id).values(bare)
            )
        self._connection.execute(
            update(patients)
            .where(patients.c.id == person.id)
            .values(
                family_name="",
                given_name="",
                folded_name="",
                birth_date=person.birth_date.isoformat(),
                sex="",
                telephone="",
                revision=person.revision,
                error_reason=person.error_reason,
            )
        )
        unindex_patient(self._connection, person.number)


def _line_of(row: Any) -> JournalLine:
    number, at_ms, by, workstation, kind, subject_kind, subject_id, payload = row
    said = json.loads(payload) if payload is not None else {}
    what = said.get("what", "")
    if kind == JournalKind.SIGN.value:  # of an erased person it is no longer known which
        what = "gone" if payload is None else "cosign" if "cosigned_by" in said else ""
    return JournalLine(
        number, at_ms, by, workstation, JournalKind(kind), SubjectKind(subject_kind), subject_id, what
    )


def _tombstone(person: Patient) -> Patient:
    return Patient(
        person.id, person.number, "", "", ERASED_BIRTH, revision=person.revision + 1, error_reason=ERASED
    )


def _bare_session(session: TreatmentSession) -> TreatmentSession:
    return replace(
        session, defaults=PassDefaults(), revision=session.revision + 1, error_reason=ERASED, follow_up=None
    )


def _bare_syringe(syringe: Syringe) -> Syringe:
    return replace(syringe, expired_reason="")


def _payload(
    person: Patient,
    sessions: Iterable[TreatmentSession],
    units: Iterable[Syringe],
    subjects: Iterable[str],
    reason: ErasureReason,
) -> dict[str, Any]:
    return {
        "patient": patient_to_json(person),
        "sessions": [
            session_to_json(one) | {"state": one.state.value, "version": one.version} for one in sessions
        ],
        "syringes": [syringe_to_json(one) for one in units],
        "subjects": list(subjects),
        "reason": reason.value,
    }


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def erase(
    work: StoredWork,
    acting: Acting,
    patient_id: str,
    at_ms: int,
    reason: ErasureReason = ErasureReason.RESTORED,
) -> int:
    """Erase a person in a unit of work, which the caller commits; return the journal row's number."""
    return work.erasing.erase(acting, patient_id, at_ms, reason)


def reapply(database: Any, acting: Acting, patient_ids: Iterable[str], at_ms: int) -> tuple[str, ...]:
    """Erase again, in one transaction, those of whom a restored database still holds data; return their ids.

    Nothing is left of them in the file afterwards, unless somebody was reading in it at that moment.
    """
    with database.writing() as work:
        found: tuple[str, ...] = work.erasing.holds(patient_ids)
        for one in found:
            work.erasing.erase(acting, one, at_ms, ErasureReason.RESTORED)
        if found:
            work.commit()
    if found:
        database.compact()
    return found
