"""Use cases around a treatment session: create, open, edit its map, keep its syringes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from injectmap.domain.acting import Acting, Right
from injectmap.domain.edits import Committed, Edit, edit_to_json
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, JournalRow, SubjectKind
from injectmap.domain.patient import clean_text
from injectmap.domain.product import Product, Syringe, product_to_json
from injectmap.domain.session import OpenSession, PassDefaults, TreatmentSession, check_treatment_date
from injectmap.services.patients import checked_reason
from injectmap.services.ports import Clock, Database, SessionSummary, UnitOfWork

SYRINGE_LIMIT = 12
LOT_LIMIT = 40


def session_to_json(session: TreatmentSession) -> dict[str, Any]:
    """Return the journal's after-image of a session, its map apart."""
    instrument = session.defaults.instrument
    return {
        "id": session.id,
        "number": session.number,
        "patient": session.patient_id,
        "practitioner": session.practitioner_id,
        "date": session.date.isoformat(),
        "head_version": session.head_version,
        "zones_version": session.zones_version,
        "defaults": {
            "technique": session.defaults.technique.value,
            "plane": session.defaults.plane.value,
            "instrument": [instrument.kind.value, instrument.gauge, instrument.length_um],
            "microlitres": session.defaults.microlitres,
        },
        "revision": session.revision,
        "error_reason": session.error_reason,
    }


def syringe_to_json(syringe: Syringe) -> dict[str, Any]:
    """Return the journal's after-image of a syringe with its product as described that day."""
    return {
        "id": syringe.id,
        "session": syringe.session_id,
        "number": syringe.number,
        "lot": syringe.lot,
        "expiry": syringe.expiry.isoformat() if syringe.expiry else None,
        "serial": syringe.serial,
        "product": product_to_json(syringe.product),
    }


@dataclass(frozen=True, slots=True)
class NewSyringes:
    """Syringes opened at the start: so many of one product, with the box's lot and expiry if known."""

    product: Product
    count: int
    lot: str = ""
    expiry: dt.date | None = None


@dataclass(frozen=True, slots=True)
class MapVersions:
    """The versions of the head and the zone file that maps are drawn on now."""

    head: int
    zones: int


class SessionService:
    """Treatment sessions change only here, each change with its journal row in the same transaction.

    It is the editor's sink: an edit that `commit` has returned from is on the disk.
    """

    def __init__(self, database: Database, clock: Clock, versions: MapVersions, time_zone: str) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._versions = versions
        self._time_zone = time_zone

    def today(self) -> dt.date:
        """The date in the clinic."""
        return self._clock.today(self._time_zone)

    def of_patient(self, acting: Acting, patient_id: str) -> tuple[SessionSummary, ...]:
        """The patient's time line, latest first."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.sessions.of_patient(patient_id)

    def usual_product(self, acting: Acting, patient_id: str) -> str | None:
        """The id of the product of the patient's latest session, else of the clinic's; None without either."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            own = (one.id for one in work.sessions.of_patient(patient_id) if not one.error_reason)
            for session_id in filter(None, (next(own, None), work.sessions.latest())):
                syringes = work.sessions.open(session_id).syringes
                if syringes:
                    return syringes[0].product.id
        return None

    def create(
        self,
        acting: Acting,
        *,
        patient_id: str,
        practitioner_id: str,
        date: dt.date,
        syringes: Sequence[NewSyringes] = (),
        defaults: PassDefaults | None = None,
    ) -> OpenSession:
        """Start a treatment session; InputRefused for an impossible date or count, or a patient in error."""
        acting.require(Right.EDIT_SESSION)
        now = self._clock.now_ms()
        if not 0 <= sum(new.count for new in syringes) <= SYRINGE_LIMIT:
            raise InputRefused("syringe_count_impossible", limit=SYRINGE_LIMIT)
        with self._database.writing() as work:
            patient = work.patients.get(patient_id)
            if patient.error_reason:
                raise InputRefused("patient_in_error")
            check_treatment_date(date, birth_date=patient.birth_date, today=self.today())
            session = TreatmentSession(
                id=new_id(now),
                number=work.sessions.next_number(),
                patient_id=patient_id,
                practitioner_id=practitioner_id,
                date=date,
                head_version=self._versions.head,
                zones_version=self._versions.zones,
                defaults=defaults or PassDefaults(),
            )
            work.sessions.add(session)
            self._journal_session(work, acting, session)
            number = 0
            for new in syringes:
                for _ in range(new.count):
                    number += 1
                    self._put_syringe(
                        work,
                        acting,
                        self._checked(
                            Syringe(new_id(), session.id, number, new.product, new.lot, new.expiry)
                        ),
                    )
            opened = work.sessions.open(session.id)
            work.commit()
        return opened

    def open(self, acting: Acting, session_id: str) -> OpenSession:
        """Read a session with all that its chart and record need."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.sessions.open(session_id)

    def history(self, acting: Acting, session_id: str) -> tuple[JournalRow, ...]:
        """The session's journal rows, oldest first."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.journal.of_subject(SubjectKind.SESSION, session_id)

    def commit(
        self, acting: Acting, session_id: str, edit: Edit, revision: int, undoes: int | None = None
    ) -> Committed:
        """Store an edit and its journal row in one transaction."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            new_revision = work.sessions.apply_edit(session_id, edit, revision)
            number = work.journal.append(
                acting,
                kind=JournalKind.EDIT,
                subject_kind=SubjectKind.SESSION,
                subject_id=session_id,
                payload=edit_to_json(edit),
                at_ms=self._clock.now_ms(),
                undoes=undoes,
            )
            work.commit()
        return Committed(new_revision, number)

    def set_details(
        self, acting: Acting, session: TreatmentSession, *, date: dt.date, practitioner_id: str
    ) -> OpenSession:
        """Correct the date or the practitioner."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            patient = work.patients.get(session.patient_id)
            check_treatment_date(date, birth_date=patient.birth_date, today=self.today())
            changed = replace(session, date=date, practitioner_id=practitioner_id)
            return self._update(work, acting, changed)

    def mark_error(self, acting: Acting, session: TreatmentSession, reason: str) -> OpenSession:
        """Mark a session as entered in error; it stays readable and is never changed again."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            return self._update(work, acting, replace(session, error_reason=checked_reason(reason)))

    def add_syringe(
        self,
        acting: Acting,
        session: TreatmentSession,
        *,
        product: Product,
        lot: str = "",
        expiry: dt.date | None = None,
        serial: str = "",
    ) -> OpenSession:
        """Open another syringe; it takes the next number."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            number = len(work.sessions.open(session.id).syringes) + 1
            if number > SYRINGE_LIMIT:
                raise InputRefused("syringe_count_impossible", limit=SYRINGE_LIMIT)
            syringe = Syringe(new_id(), session.id, number, product, lot, expiry, serial)
            self._put_syringe(work, acting, self._checked(syringe))
            return self._update(work, acting, session)

    def update_syringe(self, acting: Acting, session: TreatmentSession, syringe: Syringe) -> OpenSession:
        """Correct a syringe's lot, expiry or serial."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            self._put_syringe(work, acting, self._checked(syringe))
            return self._update(work, acting, session)

    @staticmethod
    def _checked(syringe: Syringe) -> Syringe:
        return replace(
            syringe,
            lot=clean_text(syringe.lot, limit=LOT_LIMIT),
            serial=clean_text(syringe.serial, limit=LOT_LIMIT),
        )

    def _update(self, work: UnitOfWork, acting: Acting, session: TreatmentSession) -> OpenSession:
        stored = work.sessions.update(session)
        self._journal_session(work, acting, stored)
        opened = work.sessions.open(session.id)
        if opened.patient.error_reason:
            raise InputRefused("patient_in_error")
        work.commit()
        return opened

    def _put_syringe(self, work: UnitOfWork, acting: Acting, syringe: Syringe) -> None:
        work.sessions.put_syringe(syringe)
        work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.SYRINGE,
            subject_id=syringe.id,
            payload=syringe_to_json(syringe),
            at_ms=self._clock.now_ms(),
        )

    def _journal_session(self, work: UnitOfWork, acting: Acting, session: TreatmentSession) -> None:
        work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.SESSION,
            subject_id=session.id,
            payload=session_to_json(session),
            at_ms=self._clock.now_ms(),
        )
