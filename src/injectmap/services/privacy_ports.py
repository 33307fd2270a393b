"""What the use cases around privacy need from storage and output."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from injectmap.domain.acting import Acting
from injectmap.domain.patient import Patient
from injectmap.domain.privacy import (
    AccessLine,
    ErasedPerson,
    ErasureReason,
    JournalLine,
    Kept,
    LedgerEntry,
    RetentionLine,
)
from injectmap.domain.settings import ClinicSettings

if TYPE_CHECKING:
    from injectmap.services.ports import RenderedPage


class ErasingBook(Protocol):
    """Erases persons and tells who was erased."""

    def erase(self, acting: Acting, patient_id: str, at_ms: int, reason: ErasureReason) -> int:
        """Erase a person; the number of the journal row that says so. InputRefused("erased_already")."""
        ...

    def erased(self) -> tuple[ErasedPerson, ...]:
        """Everyone who was erased, the latest first."""
        ...

    def holds(self, patient_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of these patients of whom this database still holds data."""
        ...

    def kept(self, time_zone: str) -> tuple[Kept, ...]:
        """All patients but the erased, each with when they were last treated or seen."""
        ...

    def subjects(self, patient_id: str) -> tuple[str, ...]:
        """The ids of all journal subjects of a patient, erased or not."""
        ...

    def lines(self, subjects: Sequence[str]) -> tuple[JournalLine, ...]:
        """The journal rows about these subjects, oldest first, without what they hold."""
        ...

    def session_numbers(self, patient_id: str) -> dict[str, tuple[dt.date, int]]:
        """Date and number of each treatment session of a patient, by id."""
        ...


class Ledger(Protocol):
    """The list of the erased that lies beside the clinic file."""

    def read(self) -> tuple[LedgerEntry, ...]:
        """What stands in it; nothing without one. StorageProblem("ledger_unreadable") for a damaged one."""
        ...

    def write(self, entries: Iterable[LedgerEntry]) -> None:
        """Put a whole new ledger in place; OSError where that cannot be."""
        ...


@dataclass(frozen=True, slots=True)
class HeldBackup:
    """A copy that still holds somebody: the name of its file, when it was made, and the last row in it.

    `row` is None for a copy of a damaged file, which nobody can read; `folder` is where it lies.
    """

    name: str
    at_ms: int
    row: int | None
    folder: str = ""

    @property
    def path(self) -> str:
        """The file with its folder."""
        return str(Path(self.folder) / self.name)


class HeldBackups(Protocol):
    """The backups of this clinic that can be seen now."""

    def backups(self) -> tuple[HeldBackup, ...]:
        """All that are in reach, the latest first."""
        ...


@dataclass(frozen=True, slots=True)
class StillHeld:
    """An erased person with the backups in reach that still hold them."""

    person: ErasedPerson
    backups: tuple[HeldBackup, ...]


@dataclass(frozen=True, slots=True)
class RetentionList:
    """Who is due on a day; `years` is None where the clinic keeps no such list."""

    years: int | None
    today: dt.date
    lines: tuple[RetentionLine, ...]
    at_ms: int


@dataclass(frozen=True, slots=True)
class AccessReport:
    """Who looked at, wrote, signed or erased what of one patient.

    Of an erased person `erased` says when and by whom, and `backups` which in reach still hold them.

    `reads_kept` tells whether the clinic journals reading: without it nobody's reading is in the list. `reads_from_ms`
    is when that began, where it did not always.
    """

    patient: Patient
    lines: tuple[AccessLine, ...]
    at_ms: int
    reads_kept: bool
    erased: ErasedPerson | None = None
    backups: tuple[HeldBackup, ...] = ()
    reads_from_ms: int | None = None


class PrivacyOutput(Protocol):
    """Makes lists of privacy that can leave the program."""

    def retention_csv(self, found: RetentionList, clinic: ClinicSettings) -> bytes:
        """A table as CSV for a spreadsheet: UTF-8 with a byte order mark."""
        ...

    def access_csv(self, report: AccessReport, clinic: ClinicSettings) -> bytes:
        """The report as CSV."""
        ...

    def access_pdf(self, report: AccessReport, clinic: ClinicSettings) -> bytes:
        """The report as PDF."""
        ...

    def access_pages(
        self, report: AccessReport, clinic: ClinicSettings, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """Its pages as pictures, for a printer."""
        ...
