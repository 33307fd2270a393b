"""Stored treatment sessions: read whole in three statements, changed edit by edit."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.patient import Practitioner
from injectmap.domain.product import Syringe
from injectmap.domain.session import OpenSession, PassDefaults, TreatmentSession
from injectmap.domain.treatment_map import (
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Technique,
    TreatmentMap,
)
from injectmap.services.ports import SessionSummary
from injectmap.storage.packing import pack_date, pack_product, unpack_date, unpack_product
from injectmap.storage.pass_rows import READ_PASSES, passes_of, write_changes
from injectmap.storage.patients import PATIENT_COLUMNS, patient_of
from injectmap.storage.problems import is_clash
from injectmap.storage.recall import Recalled, recall
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import (
    pass_shares,
    passes,
    patients,
    practitioners,
    syringes,
    treatment_sessions,
)

_sessions = treatment_sessions
_SESSION_COLUMNS = tuple(_sessions.columns)
_SYRINGE_COLUMNS = (
    syringes.c.id,
    syringes.c.session_id,
    syringes.c.number,
    syringes.c.product,
    syringes.c.lot,
    syringes.c.expiry,
    syringes.c.serial,
)

_GET = Prepared(select(*_SESSION_COLUMNS).where(_sessions.c.id == bindparam("session_id")))
_READ_SESSION = Prepared(
    select(*_SESSION_COLUMNS, *PATIENT_COLUMNS, *practitioners.columns)
    .join(patients, patients.c.id == _sessions.c.patient_id)
    .join(practitioners, practitioners.c.id == _sessions.c.practitioner_id)
    .where(_sessions.c.id == bindparam("session_id"))
)
_READ_SYRINGES = Prepared(
    select(*_SYRINGE_COLUMNS)
    .where(syringes.c.session_id == bindparam("session_id"))
    .order_by(syringes.c.number)
)
_RAISE_REVISION = Prepared(
    update(_sessions)
    .where(
        _sessions.c.id == bindparam("session_id"),
        _sessions.c.revision == bindparam("seen"),
        _sessions.c.error_reason == literal_column("''"),
    )
    .values(revision=_sessions.c.revision + literal_column("1"))
)

_DONE = passes.c.status == literal_column(f"'{PassStatus.DONE.value}'")


def _summaries() -> Prepared:
    """The time line of a patient in one statement, each figure from its own index."""
    done = select(func.count()).where(passes.c.session_id == _sessions.c.id, _DONE).scalar_subquery()
    volume = (
        select(func.coalesce(func.sum(pass_shares.c.microlitres), literal_column("0")))
        .select_from(passes.join(pass_shares, pass_shares.c.pass_id == passes.c.id))
        .where(passes.c.session_id == _sessions.c.id, _DONE)
        .scalar_subquery()
    )
    in_order = (
        select(syringes.c.product_name)
        .where(syringes.c.session_id == _sessions.c.id)
        .order_by(syringes.c.number)
        .correlate(_sessions)
        .subquery()
    )
    names = select(func.json_group_array(in_order.c.product_name)).scalar_subquery()
    return Prepared(
        select(
            _sessions.c.id,
            _sessions.c.number,
            _sessions.c.date,
            practitioners.c.name,
            names,
            volume,
            done,
            _sessions.c.error_reason,
        )
        .join(practitioners, practitioners.c.id == _sessions.c.practitioner_id)
        .where(_sessions.c.patient_id == bindparam("patient_id"))
        .order_by(_sessions.c.date.desc(), _sessions.c.number.desc())
    )


_SUMMARIES = _summaries()


class StoredSessions:
    """Treatment sessions with their syringes and maps; never deleted, and changed only at a known revision."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def get(self, session_id: str) -> TreatmentSession:
        """One session; StorageProblem if there is none."""
        row = _GET(self._connection, {"session_id": session_id}).one_or_none()
        if row is None:
            raise StorageProblem("session_not_found")
        return _session_of(row)

    def open(self, session_id: str) -> OpenSession:
        """A session with patient, practitioner, syringes and map, in exactly three statements."""
        wanted = {"session_id": session_id}
        found = _READ_SESSION.rows(self._connection, wanted)
        if not found:
            raise StorageProblem("session_not_found")
        row = found[0]
        own, of_patient = len(_SESSION_COLUMNS), len(_SESSION_COLUMNS) + len(PATIENT_COLUMNS)
        return OpenSession(
            session=_session_of(row[:own]),
            patient=patient_of(row[own:of_patient]),
            practitioner=Practitioner(*row[of_patient:]),
            syringes=tuple(map(_syringe_of, _READ_SYRINGES.rows(self._connection, wanted))),
            map=TreatmentMap(passes_of(READ_PASSES.rows(self._connection, wanted))),
        )

    def add(self, session: TreatmentSession) -> None:
        """Store a new session."""
        self._connection.execute(insert(_sessions).values(_session_values(session)))

    def update(self, session: TreatmentSession) -> TreatmentSession:
        """Store changed fields at the revision they were read at; return it with the next revision."""
        values = _session_values(session) | {"revision": session.revision + 1}
        changed = self._connection.execute(
            update(_sessions)
            .where(_sessions.c.id == session.id, _sessions.c.revision == session.revision)
            .values(values)
        )
        if changed.rowcount != 1:
            self.get(session.id)
            raise Conflict("session_has_changed")
        return self.get(session.id)

    def next_number(self) -> int:
        """The next unused record number."""
        return int(self._connection.execute(select(func.max(_sessions.c.number))).scalar() or 0) + 1

    def of_patient(self, patient_id: str) -> tuple[SessionSummary, ...]:
        """The patient's sessions, latest first, in one statement."""
        return tuple(
            SessionSummary(
                session_id,
                number,
                dt.date.fromisoformat(date),
                practitioner_name,
                tuple(dict.fromkeys(json.loads(names))),
                microlitres,
                count,
                error_reason,
            )
            for session_id, number, date, practitioner_name, names, microlitres, count, error_reason in _SUMMARIES(
                self._connection, {"patient_id": patient_id}
            )
        )

    def latest(self) -> str | None:
        """The id of the latest treatment session not in error, by treatment date."""
        return self._connection.execute(
            select(_sessions.c.id)
            .where(_sessions.c.error_reason == "")
            .order_by(_sessions.c.date.desc(), _sessions.c.number.desc())
            .limit(1)
        ).scalar()

    def by_number(self, number: int) -> str | None:
        """The id of the session with a record number."""
        return self._connection.execute(select(_sessions.c.id).where(_sessions.c.number == number)).scalar()

    def recall(self, lot: str) -> tuple[Recalled, ...]:
        """Every syringe of a lot with its patient, in one statement."""
        return recall(self._connection, lot)

    def put_syringe(self, syringe: Syringe) -> None:
        """Store a new or changed syringe; a known one stays in its session."""
        if self.get(syringe.session_id).error_reason:
            raise InputRefused("session_in_error")
        values = {
            "number": syringe.number,
            "product_id": syringe.product.id,
            "product_name": syringe.product.name,
            "product": pack_product(syringe.product),
            "lot": syringe.lot,
            "expiry": pack_date(syringe.expiry),
            "serial": syringe.serial,
        }
        put = sqlite_insert(syringes).values(id=syringe.id, session_id=syringe.session_id, **values)
        written = self._connection.execute(
            put.on_conflict_do_update(
                index_elements=[syringes.c.id], set_=values, where=syringes.c.session_id == syringe.session_id
            )
        )
        if written.rowcount != 1:
            raise Conflict("syringe_of_other_session")

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        """Write an edit's passes and raise the session's revision.

        Conflict if `revision` is not the latest or a pass is not there as the edit expects; InputRefused if the
        session was entered in error.
        """
        raised = _RAISE_REVISION(self._connection, {"session_id": session_id, "seen": revision})
        if raised.rowcount != 1:
            if self.get(session_id).revision != revision:
                raise Conflict("session_has_changed")
            raise InputRefused("session_in_error")
        try:
            write_changes(self._connection, session_id, edit)
        except IntegrityError as error:
            if is_clash(error.orig):
                raise Conflict("map_has_changed") from error
            raise
        return revision + 1


def _session_of(row: Row[*tuple[Any, ...]] | tuple[Any, ...]) -> TreatmentSession:
    (
        session_id,
        number,
        patient_id,
        practitioner_id,
        date,
        head_version,
        zones_version,
        technique,
        plane,
        kind,
        gauge,
        instrument_um,
        microlitres,
        revision,
        error_reason,
    ) = row
    return TreatmentSession(
        session_id,
        number,
        patient_id,
        practitioner_id,
        dt.date.fromisoformat(date),
        head_version,
        zones_version,
        PassDefaults(
            Technique(technique),
            Plane(plane),
            Instrument(InstrumentKind(kind), gauge, instrument_um),
            microlitres,
        ),
        revision,
        error_reason,
    )


def _session_values(session: TreatmentSession) -> dict[str, Any]:
    defaults = session.defaults
    return {
        "id": session.id,
        "number": session.number,
        "patient_id": session.patient_id,
        "practitioner_id": session.practitioner_id,
        "date": session.date.isoformat(),
        "head_version": session.head_version,
        "zones_version": session.zones_version,
        "default_technique": defaults.technique.value,
        "default_plane": defaults.plane.value,
        "default_instrument_kind": defaults.instrument.kind.value,
        "default_gauge": defaults.instrument.gauge,
        "default_instrument_um": defaults.instrument.length_um,
        "default_ul": defaults.microlitres,
        "revision": session.revision,
        "error_reason": session.error_reason,
    }


def _syringe_of(row: tuple[Any, ...]) -> Syringe:
    syringe_id, session_id, number, product, lot, expiry, serial = row
    return Syringe(syringe_id, session_id, number, unpack_product(product), lot, unpack_date(expiry), serial)
