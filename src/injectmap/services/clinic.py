"""An open clinic: its services in one place, and what opens, creates and lists clinics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from injectmap.domain.acting import Acting
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import Practitioner
from injectmap.domain.settings import ClinicSettings, settings_to_json
from injectmap.services.accounts import AccountService
from injectmap.services.adverse_events import AdverseEventService
from injectmap.services.aftercare import AftercareService
from injectmap.services.insight import InsightService
from injectmap.services.news import NewsService
from injectmap.services.patients import PatientService
from injectmap.services.ports import Clock, Database, ProductCatalogue
from injectmap.services.practitioners import PractitionerService, put_practitioner
from injectmap.services.protocols import ProtocolService
from injectmap.services.recall import RecallService
from injectmap.services.record_fields import RecordFieldService
from injectmap.services.records import RecordService
from injectmap.services.scanning import ScanService
from injectmap.services.sessions import SessionService
from injectmap.services.settings import SettingsService
from injectmap.services.signing import SigningService
from injectmap.services.stock import StockService


@dataclass(frozen=True)
class Services:
    """Everything the window and the command line may ask of one open clinic."""

    database: Database
    clock: Clock
    settings: ClinicSettings
    acting: Acting
    accounts: AccountService
    staff: PractitionerService
    patients: PatientService
    sessions: SessionService
    records: RecordService
    fields: RecordFieldService
    signing: SigningService
    aftercare: AftercareService
    events: AdverseEventService
    settings_service: SettingsService
    stock: StockService
    recall: RecallService
    scans: ScanService
    insight: InsightService
    news: NewsService
    products: ProductCatalogue
    protocols: ProtocolService

    @property
    def practitioners(self) -> tuple[Practitioner, ...]:
        """All practitioners by name, as stored now."""
        return self.staff.all()

    @property
    def practitioner(self) -> Practitioner:
        """The practitioner acting; one without a name while nobody has signed in."""
        found = (one for one in self.practitioners if one.id == self.acting.practitioner_id)
        return next(found, Practitioner("", ""))

    def close(self) -> None:
        """Release the clinic's file."""
        self.database.close()


def found(
    database: Database,
    clock: Clock,
    settings: ClinicSettings,
    practitioners: Sequence[Practitioner],
    acting: Acting,
) -> None:
    """Begin the journal of a new clinic: its settings and its practitioners."""
    with database.writing() as work:
        work.journal.append(
            acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.CLINIC,
            subject_id="clinic",
            payload=settings_to_json(settings),
            at_ms=clock.now_ms(),
        )
        for one in practitioners:
            put_practitioner(work, acting, one, at_ms=clock.now_ms())
        work.commit()


class ClinicOpener(Protocol):
    """What the composition root gives the window; nothing heavy is imported before a method is called."""

    def demo(self) -> Services:
        """Open the demo clinic, made anew if it is not there."""
        ...

    def create(self, path: Path, *, name: str, practitioner: str, time_zone: str) -> Services:
        """Create a clinic file; StorageProblem("file_exists") if there is one."""
        ...

    def open(self, path: Path) -> Services:
        """Open a clinic file."""
        ...

    def recent(self) -> tuple[Path, ...]:
        """Clinic files opened before that are still there, latest first."""
        ...
