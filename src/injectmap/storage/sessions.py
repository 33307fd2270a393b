"""Stored treatment sessions: read whole in three statements, changed edit by edit while they are open."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.forms import reads
from injectmap.domain.patient import Practitioner
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordState
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.treatment_map import PassStatus, TreatmentMap
from injectmap.services.ports import SessionSummary
from injectmap.storage.engines import json_list, put, whole_sum
from injectmap.storage.item_rows import items_of
from injectmap.storage.pass_rows import READ_PASSES, passes_of, write_changes
from injectmap.storage.patients import PATIENT_COLUMNS, patient_of
from injectmap.storage.problems import is_clash
from injectmap.storage.session_rows import (
    READ_SESSION,
    SESSION_COLUMNS,
    SYRINGE_COLUMNS,
    entries_of,
    session_of,
    session_values,
    syringe_of,
    syringe_values,
    versions_of,
)
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import pass_shares, passes, practitioners, syringes, treatment_sessions

_sessions = treatment_sessions

_GET = Prepared(select(*SESSION_COLUMNS).where(_sessions.c.id == bindparam("session_id")))
_READ_SYRINGES = Prepared(
    select(*SYRINGE_COLUMNS)
    .where(syringes.c.session_id == bindparam("session_id"))
    .order_by(syringes.c.number)
)
_RAISE_REVISION = Prepared(
    update(_sessions)
    .where(
        _sessions.c.id == bindparam("session_id"),
        _sessions.c.revision == bindparam("seen"),
        _sessions.c.error_reason == literal_column("''"),
        _sessions.c.state != literal_column(f"'{RecordState.SIGNED.value}'"),
    )
    .values(revision=_sessions.c.revision + literal_column("1"))
)

_DONE = passes.c.status == literal_column(f"'{PassStatus.DONE.value}'")

_PLANNED = passes.c.status == literal_column(f"'{PassStatus.PLANNED.value}'")


def _summaries() -> Prepared:
    """The time line of a patient in one statement, each figure from its own index."""
    done, planned = (
        select(func.count()).where(passes.c.session_id == _sessions.c.id, one).scalar_subquery()
        for one in (_DONE, _PLANNED)
    )
    volume = (
        select(func.coalesce(whole_sum(pass_shares.c.microlitres), literal_column("0")))
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
    names = select(json_list(in_order.c.product_name)).scalar_subquery()
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
            _sessions.c.state,
            _sessions.c.version,
            planned,
        )
        .join(practitioners, practitioners.c.id == _sessions.c.practitioner_id)
        .where(_sessions.c.patient_id == bindparam("patient_id"))
        .order_by(_sessions.c.date.desc(), _sessions.c.number.desc())
    )


_SUMMARIES = _summaries()


def check_open(session: TreatmentSession) -> None:
    """Refuse to change what was entered in error or is signed."""
    if session.error_reason:
        raise InputRefused("session_in_error")
    if session.state is RecordState.SIGNED:
        raise InputRefused("session_signed")


class StoredSessions:
    """Treatment sessions with their syringes and maps; never deleted, changed only while open and at a known revision."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    @reads("session")
    def get(self, session_id: str) -> TreatmentSession:
        """One session; StorageProblem if there is none."""
        row = _GET(self._connection, {"session_id": session_id}).one_or_none()
        if row is None:
            raise StorageProblem("session_not_found")
        return session_of(row)

    @reads("session")
    def open(self, session_id: str) -> OpenSession:
        """A session with all that its chart and record need, in exactly three statements."""
        wanted = {"session_id": session_id}
        found = READ_SESSION.rows(self._connection, wanted)
        if not found:
            raise StorageProblem("session_not_found")
        *row, items, entries, signed, amended = found[0]
        own, of_patient = len(SESSION_COLUMNS), len(SESSION_COLUMNS) + len(PATIENT_COLUMNS)
        session, patient = session_of(row[:own]), patient_of(row[own:of_patient])
        if patient.erased:
            raise InputRefused("patient_erased", number=patient.number_text)
        versions, amendments = versions_of(session_id, signed, amended)
        return OpenSession(
            session=session,
            patient=patient,
            practitioner=Practitioner(*row[of_patient:]),
            syringes=tuple(map(syringe_of, _READ_SYRINGES.rows(self._connection, wanted))),
            map=TreatmentMap(passes_of(READ_PASSES.rows(self._connection, wanted)), items_of(items)),
            entries=entries_of(entries),
            versions=versions,
            amendment=amendments.get(session.version) if session.state is RecordState.AMENDING else None,
        )

    def add(self, session: TreatmentSession) -> None:
        """Store a new session; it begins as a draft."""
        begun = {"state": session.state.value, "version": session.version}
        self._connection.execute(insert(_sessions).values(session_values(session) | begun))

    def update(self, session: TreatmentSession) -> TreatmentSession:
        """Store changed fields at the revision they were read at; return it with the next revision.

        State and version stay as stored: signing and amending change them. Of a signed session only that it was
        entered in error can be stored.
        """
        stored = self.get(session.id)
        if stored.revision != session.revision:
            raise Conflict("session_has_changed")
        if stored.error_reason or not session.error_reason:
            check_open(stored)
        values: dict[str, Any] = {"error_reason": session.error_reason}
        if stored.state is not RecordState.SIGNED:
            values = session_values(session)
        self._connection.execute(
            update(_sessions)
            .where(_sessions.c.id == session.id)
            .values(values | {"revision": session.revision + 1})
        )
        return self.get(session.id)

    def next_number(self) -> int:
        """The next unused record number."""
        return int(self._connection.execute(select(func.max(_sessions.c.number))).scalar() or 0) + 1

    @reads("session")
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
                RecordState(state),
                version,
                planned,
            )
            for (
                session_id,
                number,
                date,
                practitioner_name,
                names,
                microlitres,
                count,
                error_reason,
                state,
                version,
                planned,
            ) in _SUMMARIES(self._connection, {"patient_id": patient_id})
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

    def put_syringe(self, syringe: Syringe) -> None:
        """Store a new or changed syringe; a known one stays in its session."""
        check_open(self.get(syringe.session_id))
        values = syringe_values(syringe)
        values["session_id"] = syringe.session_id
        own = syringes.c.session_id == syringe.session_id
        if put(self._connection, syringes, {"id": syringe.id}, values, where=own) != 1:
            raise Conflict("syringe_of_other_session")

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        """Write an edit's passes and items and raise the session's revision.

        Conflict if `revision` is not the latest or a pass is not there as the edit expects; InputRefused if the
        session was entered in error or is signed.
        """
        raised = _RAISE_REVISION(self._connection, {"session_id": session_id, "seen": revision})
        if raised.rowcount != 1:
            stored = self.get(session_id)
            if stored.revision == revision:
                check_open(stored)
            raise Conflict("session_has_changed")
        try:
            write_changes(self._connection, session_id, edit)
        except IntegrityError as error:
            if is_clash(error.orig):
                raise Conflict("map_has_changed") from error
            raise
        return revision + 1
