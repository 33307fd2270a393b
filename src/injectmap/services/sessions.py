"""Use cases around a treatment session: create, open, edit its map, keep its syringes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from injectmap.domain.acting import Acting, Right
from injectmap.domain.edits import Committed, Edit, edit_to_json
from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, JournalRow, SubjectKind, canonical_json
from injectmap.domain.product import Product, Syringe
from injectmap.domain.session import (
    OpenSession,
    PassDefaults,
    TreatmentSession,
    check_treatment_date,
    check_writable,
)
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.services.patients import checked_reason
from injectmap.services.ports import Clock, Database, SessionSummary, UnitOfWork
from injectmap.services.reads import Reads
from injectmap.services.syringes import SYRINGE_LIMIT, check_serials, checked_syringe, rests, syringe_to_json


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
        "follow_up": session.follow_up.isoformat() if session.follow_up else None,
    }


@dataclass(frozen=True, slots=True)
class NewSyringes:
    """Syringes opened at the start: so many of one product, with what the box says if it is known.

    A serial number is one unit's own.
    """

    product: Product
    count: int
    lot: str = ""
    expiry: dt.date | None = None
    serial: str = ""
    udi: str = ""


@dataclass(frozen=True, slots=True)
class MapVersions:
    """The versions of the head and the zone file that maps are drawn on now."""

    head: int
    zones: int


def _stored_already(
    work: UnitOfWork, acting: Acting, session_id: str, edit: Edit, revision: int
) -> Committed | None:
    """The proof of an edit that was stored although its answer was lost with the connection; None if it was not."""
    now = work.sessions.get(session_id).revision
    looks = JournalKind.READ
    rows = [row for row in work.journal.of_subject(SubjectKind.SESSION, session_id) if row.kind is not looks]
    if now != revision + 1 or not rows:
        return None
    last, wanted = rows[-1], canonical_json(edit_to_json(edit))
    same = (last.practitioner_id, last.workstation) == (acting.practitioner_id, acting.workstation)
    if last.kind is JournalKind.EDIT and same and last.payload == wanted:
        return Committed(now, last.number)
    return None


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
        self._reads = Reads(database, clock)

    def today(self) -> dt.date:
        """The date in the clinic."""
        return self._clock.today(self._time_zone)

    def of_patient(self, acting: Acting, patient_id: str) -> tuple[SessionSummary, ...]:
        """The patient's time line, latest first."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            return work.sessions.of_patient(patient_id)

    def usual_product(self, acting: Acting, patient_id: str) -> str | None:
        """The id of the product of the patient's latest session, else of the clinic's; None without either."""
        acting.require(Right.READ_RECORD)
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
            for syringe in self._new_syringes(session.id, syringes):
                self._put_syringe(work, acting, syringe)
            opened = work.sessions.open(session.id)
            work.commit()
        return opened

    def open(self, acting: Acting, session_id: str) -> OpenSession:
        """Read a session with all that its chart and record need; a look at a record, where these are written."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            opened = work.sessions.open(session_id)
            wanted = self._reads.wanted(work)
        if wanted:
            self._reads.note(acting, SubjectKind.SESSION, session_id, "open")
        return opened

    def map_of(self, acting: Acting, session_id: str) -> TreatmentMap:
        """The map of another session of the patient in hand, for a small picture or beside the one that is open."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            return work.sessions.open(session_id).map

    def history(self, acting: Acting, session_id: str) -> tuple[JournalRow, ...]:
        """The session's journal rows, oldest first."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            return work.journal.of_subject(SubjectKind.SESSION, session_id)

    def commit(
        self, acting: Acting, session_id: str, edit: Edit, revision: int, undoes: int | None = None
    ) -> Committed:
        """Store an edit and its journal row in one transaction."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            try:
                new_revision = work.sessions.apply_edit(session_id, edit, revision)
            except Conflict:
                stored = _stored_already(work, acting, session_id, edit, revision)
                if stored is None:
                    raise
                return stored
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
            if date != session.date:
                # A date that stands is not questioned by a clock that was set back.
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
        udi: str = "",
        opened_volume_ul: int | None = None,
        expired_reason: str = "",
    ) -> OpenSession:
        """Open another syringe; it takes the next number."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            opened = work.sessions.open(session.id)
            check_writable(opened)
            if len(opened.syringes) >= SYRINGE_LIMIT:
                raise InputRefused("syringe_count_impossible", limit=SYRINGE_LIMIT)
            number = max((one.number for one in opened.syringes), default=0) + 1
            syringe = Syringe(
                new_id(),
                session.id,
                number,
                product,
                lot,
                expiry,
                serial,
                udi,
                opened_volume_ul,
                expired_reason=expired_reason,
            )
            self._put_checked(work, acting, opened, syringe)
            return self._update(work, acting, session)

    def update_syringe(self, acting: Acting, session: TreatmentSession, syringe: Syringe) -> OpenSession:
        """Correct anything of a syringe, its product included, while the record may be written."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            opened = work.sessions.open(session.id)
            check_writable(opened)
            before = next((one for one in opened.syringes if one.id == syringe.id), None)
            if before is None:
                raise InputRefused("syringe_unknown")
            kept = replace(syringe, session_id=session.id, number=before.number)
            self._put_checked(work, acting, opened, kept)
            return self._update(work, acting, session)

    def discard_rest(self, acting: Acting, session: TreatmentSession) -> OpenSession:
        """Discard what is left in every syringe; InputRefused("nothing_to_discard") if nothing is."""
        acting.require(Right.EDIT_SESSION)
        with self._database.writing() as work:
            opened = work.sessions.open(session.id)
            check_writable(opened)
            left = rests(opened)
            if not left:
                raise InputRefused("nothing_to_discard")
            for one in left:
                discarded = one.syringe.discarded_ul + one.left_ul
                self._put_syringe(work, acting, replace(one.syringe, discarded_ul=discarded))
            return self._update(work, acting, session)

    def _new_syringes(self, session_id: str, wanted: Sequence[NewSyringes]) -> Sequence[Syringe]:
        made: list[Syringe] = []
        for new in wanted:
            if new.serial and new.count > 1:
                raise InputRefused("serial_of_one_unit")
            for _ in range(new.count):
                number = len(made) + 1
                syringe = Syringe(
                    new_id(), session_id, number, new.product, new.lot, new.expiry, new.serial, new.udi
                )
                checked = checked_syringe(syringe, TreatmentMap(), today=self.today())
                check_serials(made, checked)
                made.append(checked)
        return made

    def _put_checked(self, work: UnitOfWork, acting: Acting, opened: OpenSession, syringe: Syringe) -> None:
        checked = checked_syringe(syringe, opened.map, today=self.today())
        check_serials(opened.syringes, checked)
        self._put_syringe(work, acting, checked)

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
