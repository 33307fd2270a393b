"""A clinic in memory with one charted session, and the services around a record's life over it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from injectmap.domain.acting import Acting, Role
from injectmap.domain.aftercare import AdverseEvent
from injectmap.domain.journal import JournalRow, SubjectKind
from injectmap.domain.patient import PatientDetails, Practitioner
from injectmap.domain.record import RecordField, SignedDocument, SignedVersion
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.services.adverse_events import AdverseEventService
from injectmap.services.aftercare import AftercareService
from injectmap.services.patients import PatientService
from injectmap.services.ports import UnitOfWork
from injectmap.services.record_fields import RecordFieldService
from injectmap.services.record_parts import Attached
from injectmap.services.sessions import MapVersions, NewSyringes, SessionService
from injectmap.services.settings import SettingsService
from injectmap.services.signing import SigningService
from tests import builders
from tests.fakes import TODAY, FixedClock, MemoryDatabase


class PlainOutput:
    """A document that says how many passes there are and what stands under reason."""

    def __init__(self) -> None:
        self.attached: list[Attached] = []
        self.failing: Exception | None = None

    def signed_document(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        signer: Practitioner,
        *,
        signed_at_ms: int,
        attached: Attached,
    ) -> SignedDocument:
        if self.failing is not None:
            raise self.failing
        self.attached.append(attached)
        reason = opened.entries[RecordField.REASON].text
        text = f'{{"passes":{len(opened.map.passes)},"reason":"{reason}","signer":"{signer.name}"}}'
        return SignedDocument(text, (("shaded/front", "<svg/>"),))

    def event_pdf(
        self, event: AdverseEvent, opened: OpenSession, clinic: ClinicSettings, *, printed_at_ms: int
    ) -> bytes:
        return f"{event.title} {event.revision}".encode()


class RecordClinic:
    """One patient, two practitioners, one session with two passes."""

    def __init__(self) -> None:
        self.database, self.clock, self.output = MemoryDatabase(), FixedClock(), PlainOutput()
        self.practitioner = builders.practitioner(name="Dr Miriam Okafor")
        self.supervisor = builders.practitioner(name="Dr Ines Berg")
        self.database.state.practitioners = (self.practitioner, self.supervisor)
        self.acting = builders.acting_as(self.practitioner)
        self.taken: list[tuple[int, int]] = []
        database, clock = self.database, self.clock
        self.patients = PatientService(database, clock)
        self.sessions = SessionService(database, clock, MapVersions(1, 1), "Europe/London")
        self.fields = RecordFieldService(database, clock)
        self.signing = SigningService(database, clock, self.output, self.take)
        self.aftercare = AftercareService(database, clock)
        self.events = AdverseEventService(database, clock, self.output)
        self.settings = SettingsService(database, clock)

    def take(self, work: UnitOfWork, acting: Acting, opened: OpenSession, at_ms: int) -> None:
        """Stands for stock: notes the version and how many syringes were taken."""
        self.taken.append((opened.session.version, len(opened.syringes)))

    @property
    def desk(self) -> Acting:
        """Somebody whose rights a test takes away."""
        return Acting(self.practitioner.id, frozenset({Role.FRONT_DESK}), "desk")

    def patient(self, family_name: str = "Vale") -> str:
        details = PatientDetails.checked(
            family_name=family_name, given_name="Ann", birth_date=dt.date(1968, 3, 14), today=TODAY
        )
        return self.patients.create(self.acting, details).id

    def session(self, *, syringes: int = 1, date: dt.date = TODAY) -> OpenSession:
        return self.sessions.create(
            self.acting,
            patient_id=self.patient(),
            practitioner_id=self.practitioner.id,
            date=date,
            syringes=[NewSyringes(builders.product(), syringes, "H26C118", dt.date(2027, 8, 31))]
            if syringes
            else [],
        )

    def charted(self) -> OpenSession:
        """A session with two passes of 0.15 mL, not yet ready to be signed."""
        opened = self.session()
        revision = opened.session.revision
        for order in (1, 2):
            one = builders.cannula_pass(order=order, syringe_id=opened.syringes[0].id, microlitres=150)
            edit = builders.add(one)
            revision = self.sessions.commit(self.acting, opened.session.id, edit, revision).revision
        return self.read(opened)

    def ready(self) -> OpenSession:
        """The same with all that the clinic requires."""
        opened = self.charted()
        rest = replace(opened.syringes[0], discarded_ul=950)
        opened = self.sessions.update_syringe(self.acting, opened.session, rest)
        texts = {
            RecordField.REASON: ("Firmer jawline", ()),
            RecordField.RISKS: ("Discussed", ()),
            RecordField.CONSENT: ("", (("form", "Form 3"), ("given_by", "the patient"))),
        }
        for field, (text, details) in texts.items():
            opened = self.fields.write(self.acting, opened.session, field, text, details)
        return opened

    def signed(self) -> tuple[OpenSession, SignedVersion]:
        opened = self.ready()
        version = self.signing.sign(self.acting, opened.session.id, opened.session.revision)
        return self.read(opened), version

    def read(self, opened: OpenSession) -> OpenSession:
        return self.sessions.open(self.acting, opened.session.id)

    def rows(self, kind: SubjectKind) -> list[JournalRow]:
        return [row for row in self.database.state.journal if row.subject_kind is kind]
