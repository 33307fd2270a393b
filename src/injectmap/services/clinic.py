"""An open clinic: its services in one place, and what opens, creates and lists clinics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from injectmap.domain.acting import Acting
from injectmap.domain.patient import Practitioner
from injectmap.domain.settings import ClinicSettings
from injectmap.services.patients import PatientService
from injectmap.services.ports import Clock, Database, ProductCatalogue, ProtocolCatalogue
from injectmap.services.records import RecordService
from injectmap.services.sessions import SessionService


@dataclass(frozen=True)
class Services:
    """Everything the window and the command line may ask of one open clinic."""

    database: Database
    clock: Clock
    settings: ClinicSettings
    acting: Acting
    practitioners: tuple[Practitioner, ...]
    patients: PatientService
    sessions: SessionService
    records: RecordService
    products: ProductCatalogue
    protocols: ProtocolCatalogue

    @property
    def practitioner(self) -> Practitioner:
        """The practitioner acting."""
        return next(one for one in self.practitioners if one.id == self.acting.practitioner_id)

    def close(self) -> None:
        """Release the clinic's file."""
        self.database.close()


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
