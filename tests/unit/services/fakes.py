"""A clinic in memory that fulfils the ports, rolls back like the real one, and counts what was committed."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any, Self

from injectmap.domain.acting import Acting
from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.journal import GENESIS, JournalKind, JournalRow, SubjectKind, canonical_json, make_row
from injectmap.domain.patient import Patient, Practitioner, fold_name
from injectmap.domain.product import Syringe
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.services.ports import SessionSummary


class FakeClock:
    """Stands still until told to move."""

    def __init__(self, today: dt.date = dt.date(2026, 11, 22)) -> None:
        self.day = today
        self.ms = 1_795_300_000_000

    def now_ms(self) -> int:
        return self.ms

    def today(self, time_zone: str) -> dt.date:
        return self.day


@dataclass
class State:
    """Everything that a transaction may change."""

    patients: dict[str, Patient] = field(default_factory=dict)
    practitioners: dict[str, Practitioner] = field(default_factory=dict)
    sessions: dict[str, TreatmentSession] = field(default_factory=dict)
    syringes: dict[str, Syringe] = field(default_factory=dict)
    maps: dict[str, TreatmentMap] = field(default_factory=dict)
    rows: list[JournalRow] = field(default_factory=list)


class FakePatients:
    def __init__(self, state: State) -> None:
        self.state = state

    def get(self, patient_id: str) -> Patient:
        if patient_id not in self.state.patients:
            raise StorageProblem("patient_not_found")
        return self.state.patients[patient_id]

    def add(self, patient: Patient) -> None:
        self.state.patients[patient.id] = patient

    def update(self, patient: Patient) -> Patient:
        if self.get(patient.id).revision != patient.revision:
            raise Conflict("patient_has_changed")
        self.state.patients[patient.id] = replace(patient, revision=patient.revision + 1)
        return self.state.patients[patient.id]

    def next_number(self) -> int:
        return max((one.number for one in self.state.patients.values()), default=0) + 1

    def search(self, typed: str, *, limit: int) -> tuple[Patient, ...]:
        found = [
            p
            for p in self.state.patients.values()
            if fold_name(typed) in p.folded_name and not p.error_reason
        ]
        return tuple(found[:limit])

    def recent(self, *, limit: int) -> tuple[Patient, ...]:
        return tuple(p for p in self.state.patients.values() if not p.error_reason)[:limit]

    def same_person(self, folded_name: str, birth_date: dt.date) -> tuple[Patient, ...]:
        return tuple(
            p
            for p in self.state.patients.values()
            if sorted(p.folded_name.split()) == sorted(folded_name.split()) and p.birth_date == birth_date
        )


class FakeSessions:
    def __init__(self, state: State) -> None:
        self.state = state

    def get(self, session_id: str) -> TreatmentSession:
        if session_id not in self.state.sessions:
            raise StorageProblem("session_not_found")
        return self.state.sessions[session_id]

    def open(self, session_id: str) -> OpenSession:
        session = self.get(session_id)
        syringes = sorted(
            (s for s in self.state.syringes.values() if s.session_id == session_id), key=lambda s: s.number
        )
        return OpenSession(
            session,
            self.state.patients[session.patient_id],
            self.state.practitioners[session.practitioner_id],
            tuple(syringes),
            self.state.maps.get(session_id, TreatmentMap()),
        )

    def add(self, session: TreatmentSession) -> None:
        self.state.sessions[session.id] = session

    def update(self, session: TreatmentSession) -> TreatmentSession:
        stored = self.get(session.id)
        if stored.revision != session.revision:
            raise Conflict("session_has_changed")
        if stored.error_reason:
            raise InputRefused("session_in_error")
        self.state.sessions[session.id] = replace(session, revision=session.revision + 1)
        return self.state.sessions[session.id]

    def next_number(self) -> int:
        return max((one.number for one in self.state.sessions.values()), default=0) + 1

    def of_patient(self, patient_id: str) -> tuple[SessionSummary, ...]:
        return tuple(
            SessionSummary(s.id, s.number, s.date, "", (), 0, 0, s.error_reason)
            for s in sorted(self.state.sessions.values(), key=lambda s: s.date, reverse=True)
            if s.patient_id == patient_id
        )

    def latest(self) -> str | None:
        found = [s for s in self.state.sessions.values() if not s.error_reason]
        return max(found, key=lambda s: (s.date, s.number)).id if found else None

    def by_number(self, number: int) -> str | None:
        return next((s.id for s in self.state.sessions.values() if s.number == number), None)

    def put_syringe(self, syringe: Syringe) -> None:
        self.state.syringes[syringe.id] = syringe

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        session = self.update(replace(self.get(session_id), revision=revision))
        self.state.maps[session_id] = edit.apply(self.state.maps.get(session_id, TreatmentMap()))
        return session.revision


class FakePractitioners:
    def __init__(self, state: State) -> None:
        self.state = state

    def all(self) -> tuple[Practitioner, ...]:
        return tuple(sorted(self.state.practitioners.values(), key=lambda one: one.name))

    def add(self, practitioner: Practitioner) -> None:
        self.state.practitioners[practitioner.id] = practitioner


class FakeJournal:
    def __init__(self, state: State) -> None:
        self.state = state

    def append(
        self,
        acting: Acting,
        *,
        kind: JournalKind,
        subject_kind: SubjectKind,
        subject_id: str,
        payload: Any,
        at_ms: int,
        undoes: int | None = None,
    ) -> int:
        rows = self.state.rows
        rows.append(
            make_row(
                number=len(rows) + 1,
                at_ms=at_ms,
                practitioner_id=acting.practitioner_id,
                workstation=acting.workstation,
                subject_kind=subject_kind,
                subject_id=subject_id,
                kind=kind,
                payload=canonical_json(payload),
                salt="00",
                previous=rows[-1].hash if rows else GENESIS,
                undoes=undoes,
            )
        )
        return len(rows)

    def of_subject(self, subject_kind: SubjectKind, subject_id: str) -> tuple[JournalRow, ...]:
        return tuple(
            row for row in self.state.rows if (row.subject_kind, row.subject_id) == (subject_kind, subject_id)
        )

    def all(self) -> tuple[JournalRow, ...]:
        return tuple(self.state.rows)


class FakeClinic:
    def __init__(self, database: FakeDatabase) -> None:
        self.database = database

    def settings(self) -> ClinicSettings:
        return self.database.stored_settings

    def put(self, settings: ClinicSettings) -> None:
        self.database.stored_settings = settings


class FakeUnitOfWork:
    def __init__(self, database: FakeDatabase) -> None:
        self.database = database
        self.state = copy.deepcopy(database.state)
        self.patients = FakePatients(self.state)
        self.sessions = FakeSessions(self.state)
        self.practitioners = FakePractitioners(self.state)
        self.journal = FakeJournal(self.state)
        self.clinic = FakeClinic(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def commit(self) -> None:
        if self.database.fails_with is not None:
            raise self.database.fails_with
        self.database.state = self.state
        self.database.commits += 1


class FakeDatabase:
    """A clinic file that is not one."""

    name = "fake"
    read_only = False

    def __init__(self) -> None:
        self.state = State()
        self.stored_settings = ClinicSettings("Fake clinic", demo=True)
        self.commits = 0
        self.fails_with: StorageProblem | None = None

    def writing(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self)

    def reading(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self)

    def close(self) -> None:
        return None
