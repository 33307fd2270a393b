"""A small clinic with rows in every clinical table, two at least where there can be two, made by the use cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from injectmap.domain.acting import Role
from injectmap.domain.aftercare import CapillaryRefill, EventEntry
from injectmap.domain.edits import Edit, EditKind, ItemChange
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.map_items import AppliedProtocol, Measurement, MeasurementKind, ZoneMove
from injectmap.domain.patient import PatientDetails
from injectmap.domain.privacy import ErasureReason
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass, protocol_to_json
from injectmap.domain.record import RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import Deposit, PassStatus, Plane, Share, Side, Technique
from injectmap.services.accounts import AccountService
from injectmap.services.adverse_events import AdverseEventService
from injectmap.services.aftercare import AftercareService
from injectmap.services.clinic import found
from injectmap.services.patients import PatientService
from injectmap.services.record_fields import RecordFieldService
from injectmap.services.sessions import MapVersions, NewSyringes, SessionService
from injectmap.services.settings import SettingsService
from injectmap.services.signing import SigningService
from injectmap.services.stock import StockService, take_for_session
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.opening import create_clinic
from tests import builders
from tests.fakes import TODAY, FixedClock
from tests.unit.services.record_clinic import PlainOutput

KEY = bytes(range(32))
ZONE = "Europe/Stockholm"
EXPIRY = dt.date(2027, 8, 31)


class QuickPasswords:
    """Stands for Argon2, whose slowness would be all that is measured here."""

    def hash(self, password: str) -> str:
        return f"$argon2id$quick${password[::-1]}"

    def matches(self, password_hash: str, password: str) -> bool:
        return password_hash == self.hash(password)

    def unlike(self, password: str) -> None:
        return None

    def is_dated(self, password_hash: str) -> bool:
        return False


class _Clock(FixedClock):
    """A second goes by between any two rows."""

    def now_ms(self) -> int:
        self.ms += 1000
        return self.ms


class FullClinic:
    """Makes the clinic step by step over an open database."""

    def __init__(self, database: ClinicDatabase, settings: ClinicSettings) -> None:
        self.database, self.clock = database, _Clock()
        self.first = builders.practitioner(name="Dr Miriam Okafor")
        self.second = builders.practitioner(name="Sr Tom O'Brien", profession="Nurse")
        self.acting = builders.acting_as(self.first)
        clock = self.clock
        found(database, clock, settings, [self.first, self.second], self.acting)
        self.patients = PatientService(database, clock)
        self.sessions = SessionService(database, clock, MapVersions(1, 1), ZONE)
        self.fields = RecordFieldService(database, clock)
        self.signing = SigningService(database, clock, PlainOutput(), take_for_session)
        self.aftercare = AftercareService(database, clock)
        self.events = AdverseEventService(database, clock, PlainOutput())
        self.stock = StockService(database, clock, ZONE)
        self.accounts = AccountService(database, clock, QuickPasswords(), "room-1")
        self.settings = SettingsService(database, clock)

    def fill(self) -> None:
        self.settings.update(self.acting, replace(self.settings.current(), low_stock=3))
        for lot in ("H26C118", "H26B094"):
            self.stock.receive(self.acting, product=builders.product(), units=5, lot=lot, expiry=EXPIRY)
        item = self.stock.lines(self.acting)[0].item
        self.stock.adjust(self.acting, item, -1, "fell on the floor")
        for version in (1, 2):
            self._save_protocol(version)
        for family_name, lot in (("Lindqvist", "H26C118"), ("Ó Súilleabháin", "H26B094")):
            session_id = self._treat(family_name, lot)
            self._follow(session_id)
            self._sign_twice(session_id)
        self._erased()
        # From now on people sign in, and nobody signs for another.
        self.accounts.open_account(self.acting, self.first.id, frozenset(Role), "a long enough password")
        self.accounts.open_account(
            self.acting, self.second.id, frozenset({Role.PRACTITIONER}), "another long password"
        )
        self.accounts.sign_in(self.first.id, "a long enough password")

    def _save_protocol(self, version: int) -> None:
        one = ProtocolPass(
            "lobe", Anchor("gonion_left", (1.0, 2.5, 0.0)), Technique.LINEAR_RETROGRADE, Plane.SUBDERMAL
        )
        protocol = Protocol(
            "clinic-c", version, "Our C-shape", "clinic_protocol", "Own", "", {"lobe": Anchor("")}, (one,)
        )
        with self.database.writing() as work:
            work.protocols.add(protocol)
            work.journal.append(
                self.acting,
                kind=JournalKind.PUT,
                subject_kind=SubjectKind.PROTOCOL,
                subject_id=protocol.id,
                payload=protocol_to_json(protocol),
                at_ms=self.clock.now_ms(),
            )
            work.commit()

    def patient(self, family_name: str) -> str:
        details = PatientDetails.checked(
            family_name=family_name,
            given_name="Åsa",
            birth_date=dt.date(1968, 3, 14),
            telephone="+46 00 000",
            today=TODAY,
        )
        return self.patients.create(self.acting, details).id

    def opened(self, session_id: str) -> OpenSession:
        return self.sessions.open(self.acting, session_id)

    def commit(self, session_id: str, edit: Edit) -> None:
        self.sessions.commit(self.acting, session_id, edit, self.opened(session_id).session.revision)

    def _treat(self, family_name: str, lot: str) -> str:
        opened = self.sessions.create(
            self.acting,
            patient_id=self.patient(family_name),
            practitioner_id=self.first.id,
            date=TODAY,
            syringes=[NewSyringes(builders.product(), 2, lot, EXPIRY)],
        )
        session_id = opened.session.id
        first, second = opened.syringes
        whole = builders.cannula_pass(order=1, syringe_id=first.id, microlitres=150, depth_um=3000)
        shared = builders.cannula_pass(
            order=2, shares=(Share(first.id, 100), Share(second.id, 50)), side=Side.RIGHT
        )
        for one in (whole, shared):
            self.commit(session_id, builders.add(one))
        dotted = replace(shared, deposits=(Deposit(1000, 150, "preauricular", Side.RIGHT),))
        self.commit(session_id, builders.change(EditKind.SET_DEPOSITS, shared, dotted))
        planned = builders.cannula_pass(order=3, shares=(Share("", 80),), status=PassStatus.PLANNED)
        self.commit(session_id, builders.add(planned))
        measured = Measurement(new_id(), next(iter(MeasurementKind)), whole.path, 9000, "before")
        corner = ZoneMove("gonion", Side.LEFT, builders.skin_point(builders.GONION))
        laid = AppliedProtocol("clinic-c", 2, "Our C-shape", "clinic_protocol", "Own", "0" * 64, Side.LEFT)
        items = tuple(ItemChange(None, one) for one in (measured, corner, laid))
        self.commit(session_id, Edit(EditKind.MEASURE, (), items))
        self.sessions.discard_rest(self.acting, self.opened(session_id).session)
        for field, text, details in (
            (RecordField.REASON, "Firmer jawline", ()),
            (RecordField.RISKS, "Discussed", ()),
            (RecordField.CONSENT, "", (("form", "Form 3"), ("given_by", "the patient"))),
        ):
            self.fields.write(self.acting, self.opened(session_id).session, field, text, details)
        self.fields.set_follow_up(self.acting, self.opened(session_id).session, TODAY + dt.timedelta(days=28))
        return session_id

    def _follow(self, session_id: str) -> None:
        opened = self.opened(session_id)
        patient_id = opened.patient.id
        planned = self.aftercare.plan(
            self.acting, patient_id, TODAY + dt.timedelta(days=14), note="call", session_id=session_id
        )
        self.aftercare.move(self.acting, planned, due=planned.due, note="call at noon")
        for value in ("1", "2"):
            self.aftercare.score(
                self.acting, patient_id, session_id, scale="GAIS", score=value, rater="MO", date=TODAY
            )
        event = self.events.begin(
            self.acting,
            session_id,
            title="Blanching",
            onset_ms=self.clock.now_ms(),
            syringe_ids=[opened.syringes[0].id],
            pass_ids=[opened.map.passes[0].id],
        )
        entry = EventEntry(
            self.clock.now_ms(), "pale", (CapillaryRefill(Side.LEFT, "cheek", 35),), "Dr B", "warmth", "MO"
        )
        self.events.add_entry(self.acting, event, entry)

    def _sign_twice(self, session_id: str) -> None:
        for reason in ("Volume misread", ""):
            self.signing.sign(self.acting, session_id, self.opened(session_id).session.revision)
            version = self.opened(session_id).session.version
            self.signing.cosign(self.acting, session_id, version, self.second.id)
            if reason:
                self.signing.amend(self.acting, session_id, reason)
                self.fields.write(self.acting, self.opened(session_id).session, RecordField.NOTES, reason)

    def _erased(self) -> None:
        """Somebody with rows everywhere, of whom only a tombstone is left."""
        session_id = self._treat("Vanished", "H26B094")
        self._follow(session_id)
        self._sign_twice(session_id)
        with self.database.writing() as work:
            work.erasing.erase(
                self.acting,
                self.opened(session_id).patient.id,
                self.clock.now_ms(),
                next(iter(ErasureReason)),
            )
            work.commit()


def make_full_clinic(path: Path, *, key: bytes | None = KEY) -> None:
    """Make the clinic in a new file and close it."""
    settings = ClinicSettings("Harbour Clinic", time_zone=ZONE, demo=key is None)
    database = create_clinic(path, settings, key=key)
    try:
        FullClinic(database, settings).fill()
    finally:
        database.close()
