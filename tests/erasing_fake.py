"""Erasing in the memory clinic of tests: the same tombstones as in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from injectmap.domain.acting import Acting
from injectmap.domain.errors import InputRefused
from injectmap.domain.journal import GENESIS, JournalKind, SubjectKind, canonical_json, make_row
from injectmap.domain.patient import ERASED, ERASED_BIRTH, Patient
from injectmap.domain.privacy import ErasedPerson, ErasureReason, JournalLine, Kept
from injectmap.domain.session import PassDefaults

REGISTERED = dt.date(2015, 1, 1)


class MemoryErasing:
    """Works on the state of a unit; `erased_people` and `erased_ids` of the state say who is gone."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def erase(
        self, acting: Acting, patient_id: str, at_ms: int, reason: ErasureReason = ErasureReason.RESTORED
    ) -> int:
        state = self._state
        person: Patient = state.patients[patient_id]
        if person.erased:
            raise InputRefused("erased_already")
        subjects, rows = self.subjects(patient_id), state.journal
        sessions = [one.id for one in state.sessions.values() if one.patient_id == patient_id]
        row = make_row(
            number=len(rows) + 1,
            at_ms=at_ms,
            practitioner_id=acting.practitioner_id,
            workstation=acting.workstation,
            subject_kind=SubjectKind.PATIENT,
            subject_id=patient_id,
            kind=JournalKind.ERASE,
            payload=canonical_json({"subjects": list(subjects)}),
            salt="salt",
            previous=rows[-1].hash if rows else GENESIS,
        )
        bare = (replace(one, payload=None, salt=None) if one.subject_id in subjects else one for one in rows)
        state.journal = (*bare, row)
        for kept in (state.maps, state.entries):
            for one in sessions:
                kept.pop(one, None)
        for dated in (state.versions, state.documents, state.amendments):
            for key in [key for key in dated if key[0] in sessions]:
                del dated[key]
        for of_patient in (state.follow_ups, state.scores, state.events):
            for key in [key for key, one in of_patient.items() if one.patient_id == patient_id]:
                del of_patient[key]
        for one in sessions:
            session = state.sessions[one]
            state.sessions[one] = replace(
                session,
                defaults=PassDefaults(),
                revision=session.revision + 1,
                error_reason=ERASED,
                follow_up=None,
            )
        state.patients[patient_id] = Patient(
            patient_id, person.number, "", "", ERASED_BIRTH, revision=person.revision + 1, error_reason=ERASED
        )
        said = ErasedPerson(patient_id, person.number, row.number, at_ms, acting.practitioner_id, reason)
        state.erased_people = (said, *state.erased_people)
        state.erased_ids = {**state.erased_ids, patient_id: subjects}
        return row.number

    def erased(self) -> tuple[ErasedPerson, ...]:
        return tuple(self._state.erased_people)

    def holds(self, patient_ids: Iterable[str]) -> tuple[str, ...]:
        known = self._state.patients
        return tuple(one for one in patient_ids if one in known and not known[one].erased)

    def kept(self, time_zone: str) -> tuple[Kept, ...]:
        found = []
        for one in self._state.patients.values():
            own = [
                session.date
                for session in self._state.sessions.values()
                if session.patient_id == one.id and not session.error_reason
            ]
            if not one.erased:
                names = one.family_name, one.given_name
                found.append(
                    Kept(
                        one.id,
                        one.number,
                        *names,
                        one.birth_date,
                        max(own, default=None),
                        REGISTERED,
                        one.error_reason,
                    )
                )
        return tuple(found)

    def subjects(self, patient_id: str) -> tuple[str, ...]:
        state = self._state
        if patient_id in state.erased_ids:
            return tuple(state.erased_ids[patient_id])
        sessions = {one.id for one in state.sessions.values() if one.patient_id == patient_id}
        units = {one.id for one in state.syringes.values() if one.session_id in sessions}
        others = {
            one.id
            for kept in (state.follow_ups, state.scores, state.events)
            for one in kept.values()
            if one.patient_id == patient_id
        }
        return tuple(sorted({patient_id} | sessions | units | others))

    def lines(self, subjects: Sequence[str]) -> tuple[JournalLine, ...]:
        return tuple(
            JournalLine(
                row.number,
                row.at_ms,
                row.practitioner_id,
                row.workstation,
                row.kind,
                row.subject_kind,
                row.subject_id,
            )
            for row in self._state.journal
            if row.subject_id in subjects
        )

    def session_numbers(self, patient_id: str) -> dict[str, tuple[dt.date, int]]:
        found = (one for one in self._state.sessions.values() if one.patient_id == patient_id)
        return {one.id: (one.date, one.number) for one in found}
