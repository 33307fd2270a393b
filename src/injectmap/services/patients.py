"""Use cases around the person treated: find, register, correct, mark as entered in error."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import Patient, PatientDetails, clean_text, fold_name
from injectmap.services.ports import Clock, Database, UnitOfWork

REASON_LIMIT = 500


def patient_to_json(patient: Patient) -> dict[str, Any]:
    """Return the journal's after-image of a patient."""
    return {
        "id": patient.id,
        "number": patient.number,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "telephone": patient.telephone,
        "revision": patient.revision,
        "error_reason": patient.error_reason,
    }


def checked_reason(text: str) -> str:
    """Return the typed reason for marking something as entered in error; it may not be empty."""
    reason = clean_text(text, limit=REASON_LIMIT)
    if not reason:
        raise InputRefused("reason_empty")
    return reason


class PatientService:
    """Patients are found, registered and corrected here, each change with its journal row."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock

    def search(self, acting: Acting, typed: str, *, limit: int = 20) -> tuple[Patient, ...]:
        """Find as the name, birth date or number is typed; nothing typed gives the latest seen."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            if not fold_name(typed):
                return work.patients.recent(limit=limit)
            return work.patients.search(typed, limit=limit)

    def any_registered(self, acting: Acting) -> bool:
        """True if a patient was ever registered, be it in error."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.patients.next_number() > 1

    def recent(self, acting: Acting, *, limit: int = 20) -> tuple[Patient, ...]:
        """The patients seen last."""
        return self.search(acting, "", limit=limit)

    def get(self, acting: Acting, patient_id: str) -> Patient:
        """One patient."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.patients.get(patient_id)

    def likely_duplicates(self, acting: Acting, details: PatientDetails) -> tuple[Patient, ...]:
        """Patients who are probably the same person, by folded name and birth date; those in error come last."""
        acting.require(Right.READ)
        folded = fold_name(f"{details.family_name} {details.given_name}")
        with self._database.reading() as work:
            return work.patients.same_person(folded, details.birth_date)

    def checked_details(self, *, today: dt.date, **fields: Any) -> PatientDetails:
        """Clean and check typed fields; InputRefused as in PatientDetails.checked."""
        return PatientDetails.checked(today=today, **fields)

    def create(self, acting: Acting, details: PatientDetails) -> Patient:
        """Register a patient under the next number."""
        acting.require(Right.EDIT_PATIENT)
        with self._database.writing() as work:
            patient = Patient(
                id=new_id(self._clock.now_ms()),
                number=work.patients.next_number(),
                family_name=details.family_name,
                given_name=details.given_name,
                birth_date=details.birth_date,
                sex=details.sex,
                telephone=details.telephone,
            )
            work.patients.add(patient)
            self._journal(work, acting, patient)
            work.commit()
        return patient

    def update(self, acting: Acting, patient: Patient, details: PatientDetails) -> Patient:
        """Correct a patient's details; Conflict if they were changed meanwhile, InputRefused if in error."""
        acting.require(Right.EDIT_PATIENT)
        changed = replace(
            patient,
            family_name=details.family_name,
            given_name=details.given_name,
            birth_date=details.birth_date,
            sex=details.sex,
            telephone=details.telephone,
        )
        return self._put(acting, changed)

    def mark_error(self, acting: Acting, patient: Patient, reason: str) -> Patient:
        """Mark a patient as entered in error; the entry stays findable and can no longer be changed."""
        acting.require(Right.EDIT_PATIENT)
        return self._put(acting, replace(patient, error_reason=checked_reason(reason)))

    def _put(self, acting: Acting, changed: Patient) -> Patient:
        with self._database.writing() as work:
            if work.patients.get(changed.id).error_reason:
                raise InputRefused("patient_in_error")
            stored = work.patients.update(changed)
            self._journal(work, acting, stored)
            work.commit()
        return stored

    def _journal(self, work: UnitOfWork, acting: Acting, patient: Patient) -> None:
        work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.PATIENT,
            subject_id=patient.id,
            payload=patient_to_json(patient),
            at_ms=self._clock.now_ms(),
        )
