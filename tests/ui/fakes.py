"""A clinic in memory behind the real services, and stand-ins for what lies outside the window."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from injectmap.domain.aftercare import AdverseEvent
from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import ClinicLock, LockState, Unlock, show_recovery_key
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Product
from injectmap.domain.record import SignedDocument
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.services.accounts import AccountService
from injectmap.services.adverse_events import AdverseEventService
from injectmap.services.aftercare import AftercareService
from injectmap.services.clinic import NewClinic, Services
from injectmap.services.insight import InsightService
from injectmap.services.news import NewsService
from injectmap.services.patients import PatientService
from injectmap.services.ports import RenderedPage
from injectmap.services.practitioners import PractitionerService
from injectmap.services.privacy import PrivacyService
from injectmap.services.privacy_ports import AccessReport, HeldBackup, RetentionList
from injectmap.services.proof import ProofService
from injectmap.services.protocols import ProtocolService
from injectmap.services.recall import RecallList, RecallService
from injectmap.services.record_fields import RecordFieldService
from injectmap.services.record_parts import NOTHING_ATTACHED, Attached
from injectmap.services.records import RecordService
from injectmap.services.scanning import ScanService
from injectmap.services.sessions import MapVersions, SessionService
from injectmap.services.settings import SettingsService
from injectmap.services.signing import SigningService
from injectmap.services.stock import StockService, take_for_session
from tests import builders
from tests.fakes import TODAY, FixedClock, MemoryDatabase, PlainPasswords
from tests.key_fakes import KeyFakes
from tests.ui.insight_fakes import FakeFigures, FakeOverTimePaper
from tests.ui.proof_fakes import FakeAnchorOutput, FakeProofMemory, FakeSignatures


class FakeCatalogue:
    def __init__(self) -> None:
        self.listed: tuple[Product, ...] = (
            builders.product(),
            replace(builders.product(product_id="other", name="Other filler", nominal_ul=1000), per_box=1),
        )

    def products(self) -> tuple[Product, ...]:
        return self.listed

    def protocols(self) -> tuple[Any, ...]:
        return ()


class FakeRecordOutput:
    """Two white pages with the count of passes in their grey, so that an old one is told from a new one."""

    def __init__(self) -> None:
        self.failing: Exception | None = None
        self.asked: list[float] = []
        self.looks: list[tuple[Paper, bool]] = []

    def pdf(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        mono: bool = False,
        attached: Attached = NOTHING_ATTACHED,
    ) -> bytes:
        if self.failing is not None:
            raise self.failing
        return b"%PDF-1.7 " + opened.session.number_text.encode()

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
        passes = len(opened.map.passes)
        return SignedDocument(f'{{"passes":{passes},"signed":{signed_at_ms}}}', (("shaded/front", "<svg/>"),))

    def event_pdf(
        self, event: AdverseEvent, opened: OpenSession, clinic: ClinicSettings, *, printed_at_ms: int
    ) -> bytes:
        return b"%PDF event " + event.title.encode()

    def pages(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        pixels_per_inch: float,
        mono: bool = False,
        attached: Attached = NOTHING_ATTACHED,
    ) -> tuple[RenderedPage, ...]:
        from PIL import Image

        if self.failing is not None:
            raise self.failing
        self.asked.append(pixels_per_inch)
        # As the real output reads it: a bare text would not do.
        self.looks.append((Paper[clinic.paper.name], mono))
        shade = 255 - len(opened.map.passes)
        size = (round(pixels_per_inch * 8.27), round(pixels_per_inch * 11.69))
        content = io.BytesIO()
        Image.new("L", size, shade).save(content, "PNG")
        return tuple(RenderedPage(content.getvalue(), 595.0, 842.0) for _ in range(2))


class FakeRecallOutput:
    """Says how many rows it was given."""

    def csv(self, found: RecallList, clinic: ClinicSettings) -> bytes:
        return f"csv {len(found.rows)}".encode()

    def pdf(self, found: RecallList, clinic: ClinicSettings) -> bytes:
        return f"%PDF recall {len(found.rows)}".encode()

    def pages(
        self, found: RecallList, clinic: ClinicSettings, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        from PIL import Image

        content = io.BytesIO()
        Image.new("L", (83, 117), 200).save(content, "PNG")
        return (RenderedPage(content.getvalue(), 595.0, 842.0),) * len(found.rows)


class FakePrivacyOutput:
    """Says how many rows it was given."""

    def retention_csv(self, found: RetentionList, clinic: ClinicSettings) -> bytes:
        return f"csv {len(found.lines)}".encode()

    def access_csv(self, report: AccessReport, clinic: ClinicSettings) -> bytes:
        return f"csv {len(report.lines)}".encode()

    def access_pdf(self, report: AccessReport, clinic: ClinicSettings) -> bytes:
        return f"%PDF access {len(report.lines)}".encode()

    def access_pages(
        self, report: AccessReport, clinic: ClinicSettings, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        from PIL import Image

        content = io.BytesIO()
        Image.new("L", (83, 117), 200).save(content, "PNG")
        return (RenderedPage(content.getvalue(), 595.0, 842.0),)


class FakeHeldBackups:
    """Backups as a test wants them."""

    def __init__(self) -> None:
        self.held: tuple[HeldBackup, ...] = ()

    def backups(self) -> tuple[HeldBackup, ...]:
        return self.held


class FakePictures:
    """Finds the codes it was told to find."""

    def __init__(self) -> None:
        self.found: tuple[str, ...] = ()
        self.seen: list[bytes] = []

    def codes(self, picture: bytes) -> tuple[str, ...]:
        self.seen.append(picture)
        return self.found


class InlineExecutor(Executor):
    """Works at once in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class FakePrompts:
    """Replies from a script and records what was asked."""

    def __init__(self) -> None:
        self.existing: Path | None = None
        self.new: Path | None = None
        self.folder: Path | None = None
        self.printers = True
        self.printer: Any = None
        self.asked: list[tuple[Any, ...]] = []

    def choose_existing_file(self, title: str, kinds: str) -> Path | None:
        self.asked.append(("existing", title))
        return self.existing

    def choose_folder(self, title: str) -> Path | None:
        self.asked.append(("folder", title))
        return self.folder

    def choose_new_file(self, title: str, suggested: Path, kinds: str) -> Path | None:
        self.asked.append(("new", suggested))
        return self.new

    def has_printer(self) -> bool:
        return self.printers

    def choose_printer(self, document: str, pages: int, *, letter: bool) -> Any:
        self.asked.append(("printer", document, pages, letter))
        return self.printer


class FakeClosed:
    """A clinic that does not open, without a backup."""

    def last_good(self) -> Any:
        return None


class FakeOpener:
    """Opens clinics in memory; `refusals` gives the fault of opening a path."""

    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.clock = FixedClock()
        self.catalogue = FakeCatalogue()
        self.passwords = PlainPasswords()
        self.output = FakeRecordOutput()
        self.figures = FakeFigures()
        self.held_backups = FakeHeldBackups()
        self.pictures = FakePictures()
        self.settings = ClinicSettings("Test clinic", demo=True)
        self.refusals: dict[Path, Exception] = {}
        self.created: list[tuple[Path, str, str, str, str]] = []
        self.keys = KeyFakes()
        self.recent_paths: tuple[Path, ...] = ()
        self.dark: bool | None = None
        self.broke_off = False
        one = builders.practitioner(name="Dr R. Okonjo-Lind")
        other = builders.practitioner(name="M. Sandahl RN")
        self.database.state.practitioners = (one, other)
        self.acting = builders.acting_as(one)

    def keep_dark(self, dark: bool) -> None:
        self.dark = dark

    def open_log(self) -> bool:
        return self.broke_off

    def close_log(self) -> None:
        pass

    def prepare(self) -> None:
        from injectmap.atlas import load_atlas

        load_atlas()

    def demo(self) -> Services:
        return self.services()

    def create(
        self, path: Path, *, name: str, practitioner: str, time_zone: str, passphrase: str, password: str = ""
    ) -> NewClinic:
        if path in self.refusals:
            raise self.refusals[path]
        key = self.keys.lock(path, passphrase)
        self.created.append((path, name, practitioner, time_zone, password))
        return NewClinic(self._keyed(path), show_recovery_key(key))

    def lock_of(self, path: Path) -> ClinicLock:
        if path in self.keys.locked:
            return self.keys.room.lock_of(path)
        return ClinicLock(LockState.OPEN)

    def open(self, path: Path, unlock: Unlock | None = None) -> Services:
        if path in self.refusals:
            raise self.refusals[path]
        if path in self.keys.locked:
            clinic_id, key = self.keys.locked[path]
            self._unlock(path, unlock)
            if unlock is not None and unlock.keep:
                self.keys.keyring.keep(clinic_id, key)
        return self._keyed(path)

    def closed(self, path: Path, unlock: Any = None) -> FakeClosed:
        return FakeClosed()

    def set_passphrase(self, path: Path, unlock: Unlock, passphrase: str) -> None:
        self._unlock(path, unlock)
        self.keys.room.set_passphrase(path, *self.keys.locked[path], passphrase)

    def wait_s(self, path: Path) -> int:
        return self.keys.room.wait_s(path)

    def _unlock(self, path: Path, unlock: Unlock | None) -> None:
        room = self.keys.room
        key = room.kept_key(path) if unlock is None else room.unlock(path, unlock)
        if key is None or unlock is None:
            assert key is not None
        elif key != self.keys.locked[path][1]:
            raise room.refused(path, unlock, key, StorageProblem("file_damaged", name=path.stem))

    def _keyed(self, path: Path) -> Services:
        return replace(self.services(), keys=self.keys.of(path))

    def recent(self) -> tuple[Path, ...]:
        return self.recent_paths

    def make_editor(self, services: Services, opened: OpenSession) -> Any:
        from injectmap.atlas import load_atlas
        from injectmap.editing.editor import MapEditor

        history = services.sessions.history(services.acting, opened.session.id)
        return MapEditor(opened, load_atlas(), services.sessions, services.acting, history)

    def services(self) -> Services:
        database, clock = self.database, self.clock
        return Services(
            database=database,
            clock=clock,
            settings=self.settings,
            acting=self.acting,
            accounts=AccountService(database, clock, self.passwords, "room-1"),
            staff=PractitionerService(database, clock),
            patients=PatientService(database, clock),
            sessions=SessionService(database, clock, MapVersions(1, 1), "Europe/London"),
            records=RecordService(database, clock, self.output),
            fields=RecordFieldService(database, clock),
            signing=SigningService(database, clock, self.output, take_for_session),
            aftercare=AftercareService(database, clock),
            events=AdverseEventService(database, clock, self.output),
            settings_service=SettingsService(database, clock),
            stock=StockService(database, clock, "Europe/London"),
            recall=RecallService(database, clock, FakeRecallOutput()),
            scans=ScanService(database, self.catalogue, self.pictures, clock, "Europe/London"),
            insight=InsightService(database, clock, self.figures, FakeOverTimePaper()),
            news=NewsService(database),
            proof=ProofService(database, clock, FakeSignatures(), FakeAnchorOutput(), FakeProofMemory()),
            privacy=PrivacyService(database, clock, FakePrivacyOutput(), None, self.held_backups),
            products=self.catalogue,
            protocols=ProtocolService(database, clock, self.catalogue),
        )

    def put_patient(self, **fields: Any) -> Patient:
        one = replace(
            builders.patient(**fields), number=len(self.database.state.patients) + fields.pop("start", 417)
        )
        self.database.state.patients[one.id] = one
        return one

    def put_session(
        self, of: Patient, *, date: dt.date = TODAY, count: int = 8, microlitres: int = 150
    ) -> TreatmentSession:
        """A stored session with two syringes and a C-shape of `count` passes on both sides."""
        state = self.database.state
        session = builders.treatment_session(
            of, state.practitioners[0], date=date, number=len(state.sessions) + 1
        )
        state.sessions[session.id] = session
        syringes = [builders.syringe(session, number=n, lot="H26C118") for n in (1, 2)]
        for one in syringes:
            state.syringes[one.id] = one
        state.maps[session.id] = builders.c_shape(*syringes, microlitres=microlitres, count=count)
        return session
