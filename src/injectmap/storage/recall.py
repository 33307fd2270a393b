"""Who was treated from a lot: the question a maker's recall asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, literal_column, select

from injectmap.domain.treatment_map import PassStatus
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import pass_shares, passes, patients, syringes, treatment_sessions


@dataclass(frozen=True, slots=True)
class Recalled:
    """One syringe of the lot, with what was injected from it; `error_reason` is the session's."""

    patient_id: str
    patient_number: int
    family_name: str
    given_name: str
    session_id: str
    session_number: int
    date: dt.date
    syringe_number: int
    product_name: str
    microlitres: int
    error_reason: str


_injected = (
    select(func.coalesce(func.sum(pass_shares.c.microlitres), literal_column("0")))
    .select_from(pass_shares.join(passes, passes.c.id == pass_shares.c.pass_id))
    .where(
        pass_shares.c.syringe_id == syringes.c.id,
        passes.c.status == literal_column(f"'{PassStatus.DONE.value}'"),
    )
    .correlate(syringes)
    .scalar_subquery()
)

RECALL = Prepared(
    select(
        patients.c.id,
        patients.c.number,
        patients.c.family_name,
        patients.c.given_name,
        treatment_sessions.c.id,
        treatment_sessions.c.number,
        treatment_sessions.c.date,
        syringes.c.number,
        syringes.c.product_name,
        _injected,
        treatment_sessions.c.error_reason,
    )
    .select_from(syringes)
    .join(treatment_sessions, treatment_sessions.c.id == syringes.c.session_id)
    .join(patients, patients.c.id == treatment_sessions.c.patient_id)
    .where(syringes.c.lot == bindparam("lot"))
    .order_by(patients.c.folded_name, treatment_sessions.c.date, syringes.c.number)
)


def recall(connection: Connection, lot: str) -> tuple[Recalled, ...]:
    """Every syringe with this lot, by patient and date, in one statement."""
    return tuple(
        Recalled(patient, number, family, given, session, record, dt.date.fromisoformat(date), *rest)
        for patient, number, family, given, session, record, date, *rest in RECALL(connection, {"lot": lot})
    )
