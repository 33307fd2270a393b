"""A clinic in memory that fulfils the services' ports and rolls back like the real one. No Qt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from injectmap.domain.acting import Acting
from injectmap.domain.dates import take_dates
from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict, InjectmapError, InputRefused, StorageProblem
from injectmap.domain.journal import GENESIS, JournalRow, canonical_json, make_row
from injectmap.domain.patient import Patient, Practitioner, fold_name
from injectmap.domain.product import Syringe
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.totals import done_passes
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.services.ports import SessionSummary

TODAY = dt.date(2026, 11, 22)
NOW_MS = int(dt.datetime(2026, 11, 22, 14, 32, tzinfo=dt.UTC).timestamp() * 1000)


class FixedClock:
    def __init__(self) -> None:
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def today(self, time_zone: str) -> dt.date:
        return TODAY


@dataclass
class State:
    patients: dict[str, Patient] = field(default_factory=dict)
    sessions: dict[str, TreatmentSession] = field(default_factory=dict)
    maps: dict[str, TreatmentMap] = field(default_factory=dict)
    syringes: dict[str, Syringe] = field(default_factory=dict)
    practitioners: tuple[Practitioner, ...] = ()
    journal: tuple[JournalRow, ...] = ()

    def copy(self) -> State:
        return State(
            dict(self.patients),
            dict(self.sessions),
            dict(self.maps),
            dict(self.syringes),
            self.practitioners,
            self.journal,
        )


class MemoryDatabase:
    """One state; a writing unit works on a copy. `failing` is raised by the next commits while it is set."""

    def __init__(self) -> None:
        self.state = State()
        self.name = "Memory"
        self.read_only = False
        self.read_only_reason: StorageProblem | None = None
        self.failing: InjectmapError | None = None
        self.closed = False
        self.commits = 0

    def writing(self) -> MemoryUnit:
        if self.read_only:
            raise StorageProblem("file_read_only")
        return MemoryUnit(self, self.state.copy())

    def reading(self) -> MemoryUnit:
        return MemoryUnit(self, self.state)

    def close(self) -> None:
        self.closed = True


class MemoryUnit:
    def __init__(self, database: MemoryDatabase, state: State) -> None:
        self._database, self.state = database, state
        self.patients = MemoryPatients(state)
        self.sessions = MemorySessions(state)
        self.practitioners = MemoryPractitioners(state)
        self.journal = MemoryJournal(state)

    def __enter__(self) -> MemoryUnit:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def commit(self) -> None:
        if self._database.failing is not None:
            raise self._database.failing
        self._database.state = self.state
        self._database.commits += 1


class MemoryPatients:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, patient_id: str) -> Patient:
        if patient_id not in self._state.patients:
            raise StorageProblem("patient_not_found")
        return self._state.patients[patient_id]

    def add(self, patient: Patient) -> None:
        self._state.patients[patient.id] = patient

    def update(self, patient: Patient) -> Patient:
        if self.get(patient.id).revision != patient.revision:
            raise Conflict("patient_has_changed")
        stored = replace(patient, revision=patient.revision + 1)
        self._state.patients[patient.id] = stored
        return stored

    def next_number(self) -> int:
        return max((one.number for one in self._state.patients.values()), default=0) + 1

    def search(self, typed: str, *, limit: int) -> tuple[Patient, ...]:
        rest, dates = take_dates(typed, today=TODAY)
        parts = fold_name(rest).split()
        found = [
            one
            for one in self._state.patients.values()
            if all(part in f"{one.folded_name} {one.number_text} {one.birth_date}" for part in parts)
            and all(any(r.first <= one.birth_date <= r.last for r in readings) for readings in dates)
        ]
        return tuple(sorted(found, key=lambda one: (bool(one.error_reason), one.folded_name))[:limit])

    def recent(self, *, limit: int) -> tuple[Patient, ...]:
        latest = {s.patient_id: s.date for s in sorted(self._state.sessions.values(), key=lambda s: s.date)}
        found = [one for one in self._state.patients.values() if not one.error_reason]
        found.sort(key=lambda one: (latest.get(one.id, dt.date.min), one.number), reverse=True)
        return tuple(found[:limit])

    def same_person(self, folded_name: str, birth_date: dt.date) -> tuple[Patient, ...]:
        wanted = sorted(folded_name.split())
        same = [
            one
            for one in self._state.patients.values()
            if one.birth_date == birth_date and sorted(one.folded_name.split()) == wanted
        ]
        return tuple(sorted(same, key=lambda one: bool(one.error_reason)))


class MemorySessions:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, session_id: str) -> TreatmentSession:
        if session_id not in self._state.sessions:
            raise StorageProblem("session_not_found")
        return self._state.sessions[session_id]

    def open(self, session_id: str) -> OpenSession:
        session, state = self.get(session_id), self._state
        syringes = sorted(
            (one for one in state.syringes.values() if one.session_id == session_id),
            key=lambda one: one.number,
        )
        by = next(one for one in state.practitioners if one.id == session.practitioner_id)
        drawn = state.maps.get(session_id, TreatmentMap())
        return OpenSession(session, state.patients[session.patient_id], by, tuple(syringes), drawn)

    def add(self, session: TreatmentSession) -> None:
        self._state.sessions[session.id] = session

    def update(self, session: TreatmentSession) -> TreatmentSession:
        before = self.get(session.id)
        if before.revision != session.revision:
            raise Conflict("session_has_changed")
        if before.error_reason:
            raise InputRefused("session_in_error")
        stored = replace(session, revision=session.revision + 1)
        self._state.sessions[session.id] = stored
        return stored

    def next_number(self) -> int:
        return max((one.number for one in self._state.sessions.values()), default=0) + 1

    def of_patient(self, patient_id: str) -> tuple[SessionSummary, ...]:
        found = [one for one in self._state.sessions.values() if one.patient_id == patient_id]
        found.sort(key=lambda one: (one.date, one.number), reverse=True)
        return tuple(self._summary(one) for one in found)

    def _summary(self, session: TreatmentSession) -> SessionSummary:
        opened = self.open(session.id)
        done = list(done_passes(opened.map))
        return SessionSummary(
            session.id,
            session.number,
            session.date,
            opened.practitioner.name,
            tuple(dict.fromkeys(one.product.name for one in opened.syringes)),
            sum(one.microlitres for one in done),
            len(done),
            session.error_reason,
        )

    def latest(self) -> str | None:
        found = [one for one in self._state.sessions.values() if not one.error_reason]
        return max(found, key=lambda one: one.date).id if found else None

    def by_number(self, number: int) -> str | None:
        return next((one.id for one in self._state.sessions.values() if one.number == number), None)

    def put_syringe(self, syringe: Syringe) -> None:
        self._state.syringes[syringe.id] = syringe

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        session = self.update(replace(self.get(session_id), revision=revision))
        self._state.maps[session_id] = edit.apply(self._state.maps.get(session_id, TreatmentMap()))
        return session.revision


class MemoryPractitioners:
    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> tuple[Practitioner, ...]:
        return self._state.practitioners

    def add(self, practitioner: Practitioner) -> None:
        self._state.practitioners = (*self._state.practitioners, practitioner)


class MemoryJournal:
    def __init__(self, state: State) -> None:
        self._state = state

    def append(self, acting: Acting, *, payload: Any, undoes: int | None = None, **columns: Any) -> int:
        rows = self._state.journal
        row = make_row(
            number=len(rows) + 1,
            practitioner_id=acting.practitioner_id,
            workstation=acting.workstation,
            payload=canonical_json(payload),
            salt="salt",
            previous=rows[-1].hash if rows else GENESIS,
            undoes=undoes,
            **columns,
        )
        self._state.journal = (*rows, row)
        return row.number

    def of_subject(self, subject_kind: Any, subject_id: str) -> tuple[JournalRow, ...]:
        return tuple(
            row
            for row in self._state.journal
            if row.subject_kind == subject_kind and row.subject_id == subject_id
        )

    def all(self) -> tuple[JournalRow, ...]:
        return self._state.journal
