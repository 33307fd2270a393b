"""Stored patients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, literal_column, select, update

from injectmap.domain.errors import Conflict, StorageProblem
from injectmap.domain.forms import reads
from injectmap.domain.patient import Patient, fold_name
from injectmap.storage.search import find_numbers, index_patient
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import patients, treatment_sessions

PATIENT_COLUMNS = (
    patients.c.id,
    patients.c.number,
    patients.c.family_name,
    patients.c.given_name,
    patients.c.birth_date,
    patients.c.sex,
    patients.c.telephone,
    patients.c.revision,
    patients.c.error_reason,
)


@lru_cache(maxsize=64)
def _found(count: int) -> Prepared:
    """The statement that reads so many patients by their numbers; a list shows few, so there are few of these."""
    places: list[ColumnElement[int]] = [bindparam(f"number_{place}") for place in range(count)]
    return Prepared(
        select(*PATIENT_COLUMNS)
        .where(patients.c.number.in_(places))
        .order_by(patients.c.error_reason != literal_column("''"), patients.c.folded_name, patients.c.number)
    )


class StoredPatients:
    """People treated, each in the search index."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def get(self, patient_id: str) -> Patient:
        """One patient; StorageProblem if there is none."""
        row = self._connection.execute(
            select(*PATIENT_COLUMNS).where(patients.c.id == patient_id)
        ).one_or_none()
        if row is None:
            raise StorageProblem("patient_not_found")
        return patient_of(row)

    def add(self, patient: Patient) -> None:
        """Store a new patient."""
        self._connection.execute(insert(patients).values(patient_values(patient)))
        index_patient(self._connection, patient)

    def update(self, patient: Patient) -> Patient:
        """Store changed fields at the revision they were read at; return it with the next revision."""
        stored = self.get(patient.id)
        if stored.revision != patient.revision:
            raise Conflict("patient_has_changed")
        if stored.number != patient.number:
            raise ValueError("a patient keeps the number")
        self._connection.execute(
            update(patients)
            .where(patients.c.id == patient.id)
            .values(patient_values(patient) | {"revision": patient.revision + 1})
        )
        changed = self.get(patient.id)
        index_patient(self._connection, changed)
        return changed

    def next_number(self) -> int:
        """The next unused patient number."""
        return int(self._connection.execute(select(func.max(patients.c.number))).scalar() or 0) + 1

    def search(self, typed: str, *, limit: int) -> tuple[Patient, ...]:
        """Patients whose names, birth date or number fit every word typed, by name; those in error come last."""
        numbers = find_numbers(self._connection, typed, limit=limit)
        if not numbers:
            return ()
        named = {f"number_{place}": number for place, number in enumerate(numbers)}
        return tuple(map(patient_of, _found(len(numbers)).rows(self._connection, named)))

    def recent(self, *, limit: int) -> tuple[Patient, ...]:
        """Patients with the latest treatment sessions, then the latest registered."""
        treated = self._treated(limit)
        found = {one.id: one for one in self._by_id(treated)}
        latest = tuple(found[patient_id] for patient_id in treated)
        if len(latest) == limit:
            return latest
        # Ids rise with time, so they tell who was registered last.
        others = self._connection.execute(
            select(*PATIENT_COLUMNS)
            .where(patients.c.error_reason == "", patients.c.id.not_in(treated))
            .order_by(patients.c.id.desc())
            .limit(limit - len(latest))
        )
        return latest + tuple(map(patient_of, others))

    def _treated(self, limit: int) -> list[str]:
        """The patients of the latest sessions; walks the index on the date backwards, where grouping would read all."""
        held = treatment_sessions
        asked = limit
        while True:
            rows = self._connection.execute(
                select(held.c.patient_id)
                .join(patients, patients.c.id == held.c.patient_id)
                .where(held.c.error_reason == "", patients.c.error_reason == "")
                .order_by(held.c.date.desc(), held.c.number.desc())
                .limit(asked)
            )
            latest = rows.scalars().all()
            treated = list(dict.fromkeys(latest))
            if len(treated) >= limit or len(latest) < asked:
                return treated[:limit]
            # Some came more than once.
            asked *= 4

    def same_person(self, folded_name: str, birth_date: dt.date) -> tuple[Patient, ...]:
        """Patients with this birth date and the same folded words in their names; those in error come last."""
        words = sorted(fold_name(folded_name).split())
        born = self._connection.execute(
            select(*PATIENT_COLUMNS)
            .where(patients.c.birth_date == birth_date.isoformat())
            .order_by(patients.c.error_reason != "", patients.c.number)
        )
        return tuple(one for one in map(patient_of, born) if sorted(one.folded_name.split()) == words)

    def _by_id(self, ids: Iterable[str]) -> tuple[Patient, ...]:
        rows = self._connection.execute(select(*PATIENT_COLUMNS).where(patients.c.id.in_(list(ids))))
        return tuple(map(patient_of, rows))


@reads("patient")
def patient_of(row: Any) -> Patient:
    """Return the patient of a row with PATIENT_COLUMNS."""
    patient_id, number, family, given, birth_date, sex, telephone, revision, error_reason = row
    return Patient(
        patient_id,
        number,
        family,
        given,
        dt.date.fromisoformat(birth_date),
        sex,
        telephone,
        revision,
        error_reason,
    )


def patient_values(patient: Patient) -> dict[str, Any]:
    """Return what a patient's row holds."""
    return {
        "id": patient.id,
        "number": patient.number,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "folded_name": patient.folded_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "telephone": patient.telephone,
        "revision": patient.revision,
        "error_reason": patient.error_reason,
    }
