"""An open clinic: its services in one place, and what opens, creates and lists clinics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from injectmap.domain.acting import Acting
from injectmap.domain.clinic_places import ClinicPlace
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.keys import ClinicLock, Unlock
from injectmap.domain.patient import Practitioner
from injectmap.domain.proof import mark_to_json
from injectmap.domain.settings import ClinicSettings, settings_to_json
from injectmap.services.accounts import AccountService
from injectmap.services.adverse_events import AdverseEventService
from injectmap.services.aftercare import AftercareService
from injectmap.services.backups import BackupService
from injectmap.services.closed_clinic import ClosedClinic
from injectmap.services.insight import InsightService
from injectmap.services.keys import ClinicKeys
from injectmap.services.news import NewsService
from injectmap.services.patients import PatientService
from injectmap.services.ports import Clock, Database, ProductCatalogue
from injectmap.services.practitioners import PractitionerService, put_practitioner
from injectmap.services.privacy import PrivacyService
from injectmap.services.proof import ProofService
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
    privacy: PrivacyService
    proof: ProofService
    products: ProductCatalogue
    protocols: ProtocolService
    # A clinic on a server has none of ours.
    backups: BackupService = field(default_factory=BackupService)
    # None where there is no key: a demonstration, or a clinic on a server.
    keys: ClinicKeys | None = None

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
            # What the file was made as stands in its first row: the mark itself is in no other.
            payload=settings_to_json(settings) | {"file": mark_to_json(work.proof.mark())},
            at_ms=clock.now_ms(),
        )
        for one in practitioners:
            put_practitioner(work, acting, one, at_ms=clock.now_ms())
        work.commit()


@dataclass(frozen=True)
class NewClinic:
    """A clinic just made, and what is shown this once."""

    services: Services
    recovery_key: str = field(repr=False)


class ClinicOpener(Protocol):
    """What the composition root gives the window; nothing heavy is imported before a method is called."""

    def demo(self) -> Services:
        """Open the demo clinic, made anew if it is not there."""
        ...

    def create(
        self, path: Path, *, name: str, practitioner: str, time_zone: str, passphrase: str, password: str = ""
    ) -> NewClinic:
        """Create an encrypted clinic file; StorageProblem("file_exists") if there is one."""
        ...

    def lock_of(self, place: ClinicPlace) -> ClinicLock:
        """What opening a clinic file asks for."""
        ...

    def open(self, place: ClinicPlace, unlock: Unlock | None = None) -> Services:
        """Open a clinic file with what was typed, or with the key kept on this computer."""
        ...

    def closed(self, path: Path, unlock: Unlock | None = None) -> ClosedClinic:
        """A clinic file that nobody has open, perhaps damaged, with its backups."""
        ...

    def set_passphrase(self, place: ClinicPlace, unlock: Unlock, passphrase: str) -> None:
        """Set another passphrase for a clinic."""
        ...

    def wait_s(self, place: ClinicPlace) -> int:
        """How long the next attempt on a clinic has to wait after wrong ones, in seconds."""
        ...

    def recent(self) -> tuple[Path, ...]:
        """Clinic files opened before that are still there, latest first."""
        ...
