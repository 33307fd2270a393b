"""What the use cases need from outside, as protocols that storage, output and system fulfil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from injectmap.domain.acting import Acting
from injectmap.domain.edits import Edit
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalHeading, JournalKind, JournalRow, SubjectKind
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Product, Syringe
from injectmap.domain.protocol import Protocol as TreatmentProtocol
from injectmap.domain.record import RecordState
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.settings import ClinicSettings
from injectmap.services.account_ports import Accounts
from injectmap.services.more_ports import AftercareBook, ProtocolShelf, RecordBook, StockRoom
from injectmap.services.privacy_ports import ErasingBook
from injectmap.services.proof_ports import ProofBook
from injectmap.services.record_parts import NOTHING_ATTACHED, Attached


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        ...

    def today(self, time_zone: str) -> dt.date:
        """The local date in an IANA time zone."""
        ...


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of a patient's time line; volumes count done passes."""

    id: str
    number: int
    date: dt.date
    practitioner_name: str
    product_names: tuple[str, ...]
    microlitres: int
    pass_count: int
    error_reason: str
    state: RecordState = RecordState.DRAFT
    version: int = 1
    planned_count: int = 0


class Patients(Protocol):
    """Stored patients."""

    def get(self, patient_id: str) -> Patient:
        """One patient; StorageProblem("patient_not_found") if there is none."""
        ...

    def add(self, patient: Patient) -> None:
        """Store a new patient."""
        ...

    def update(self, patient: Patient) -> Patient:
        """Store changed fields if `patient.revision` is still the latest; return it with the next revision."""
        ...

    def next_number(self) -> int:
        """The next unused patient number."""
        ...

    def search(self, typed: str, *, limit: int) -> tuple[Patient, ...]:
        """Patients whose folded name parts, birth date (any usual writing) or number fit; those in error come last."""
        ...

    def recent(self, *, limit: int) -> tuple[Patient, ...]:
        """Patients with the latest treatment sessions, then the latest registered."""
        ...

    def same_person(self, folded_name: str, birth_date: dt.date) -> tuple[Patient, ...]:
        """Patients with this folded name (in either order of the parts) and birth date; in error last."""
        ...


class Sessions(Protocol):
    """Stored treatment sessions with their syringes and maps."""

    def get(self, session_id: str) -> TreatmentSession:
        """One session; StorageProblem("session_not_found") if there is none."""
        ...

    def open(self, session_id: str) -> OpenSession:
        """A session with patient, practitioner, syringes and map, in exactly three statements."""
        ...

    def add(self, session: TreatmentSession) -> None:
        """Store a new session."""
        ...

    def update(self, session: TreatmentSession) -> TreatmentSession:
        """Store changed fields if `session.revision` is still the latest; return it with the next revision."""
        ...

    def next_number(self) -> int:
        """The next unused record number."""
        ...

    def of_patient(self, patient_id: str) -> tuple[SessionSummary, ...]:
        """The patient's sessions, latest first, in one statement."""
        ...

    def latest(self) -> str | None:
        """The id of the latest treatment session not in error, by treatment date."""
        ...

    def by_number(self, number: int) -> str | None:
        """The id of the session with a record number."""
        ...

    def put_syringe(self, syringe: Syringe) -> None:
        """Store a new or changed syringe."""
        ...

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        """Write an edit's passes and raise the session's revision; Conflict if `revision` is not the latest."""
        ...


class Practitioners(Protocol):
    """Stored practitioners."""

    def all(self) -> tuple[Practitioner, ...]:
        """All practitioners by name."""
        ...

    def add(self, practitioner: Practitioner) -> None:
        """Store a new practitioner."""
        ...


class Journal(Protocol):
    """The append-only chain."""

    def append(
        self,
        acting: Acting,
        *,
        kind: JournalKind,
        subject_kind: SubjectKind,
        subject_id: str,
        payload: Any,
        at_ms: int,
        undoes: int | None = None,
    ) -> int:
        """Append a row at the head of the chain and return its number; `payload` has a canonical JSON form."""
        ...

    def of_subject(self, subject_kind: SubjectKind, subject_id: str) -> tuple[JournalRow, ...]:
        """Rows about one subject, oldest first."""
        ...

    def head(self) -> int:
        """The number of the last row, 0 before the first."""
        ...

    def rows_after(self, number: int, *, limit: int) -> tuple[JournalHeading, ...]:
        """What was written after a row, oldest first, without payloads."""
        ...

    def all(self) -> tuple[JournalRow, ...]:
        """The whole chain, oldest first."""
        ...


class Clinic(Protocol):
    """The clinic's own settings."""

    def settings(self) -> ClinicSettings:
        """The stored settings."""
        ...

    def put(self, settings: ClinicSettings) -> None:
        """Store settings."""
        ...


class UnitOfWork(Protocol):
    """One transaction: rolls back on leaving unless `commit` was called."""

    @property
    def patients(self) -> Patients:
        """Stored patients."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Stored treatment sessions."""
        ...

    @property
    def practitioners(self) -> Practitioners:
        """Stored practitioners."""
        ...

    @property
    def journal(self) -> Journal:
        """The chain."""
        ...

    @property
    def clinic(self) -> Clinic:
        """The clinic itself."""
        ...

    @property
    def records(self) -> RecordBook:
        """What is written in records, and their signed versions."""
        ...

    @property
    def stock(self) -> StockRoom:
        """Units in stock."""
        ...

    @property
    def protocols(self) -> ProtocolShelf:
        """The clinic's own protocols."""
        ...

    @property
    def aftercare(self) -> AftercareBook:
        """Follow-ups, scores and adverse events."""
        ...

    @property
    def proof(self) -> ProofBook:
        """The chain and what is compared with it."""
        ...

    @property
    def accounts(self) -> Accounts:
        """How people get in."""
        ...

    @property
    def erasing(self) -> ErasingBook:
        """Persons who were erased, and erasing them."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back what was not committed."""
        ...

    def commit(self) -> None:
        """Make the work durable."""
        ...


class Database(Protocol):
    """One open clinic file."""

    @property
    def name(self) -> str:
        """The file's name for the eye."""
        ...

    @property
    def read_only(self) -> bool:
        """True if nothing can be written."""
        ...

    @property
    def read_only_reason(self) -> StorageProblem | None:
        """Why nothing can be written, unless reading was asked for."""
        ...

    @property
    def shared(self) -> bool:
        """True if somebody else may be writing in it while we have it open."""
        ...

    def writing(self) -> UnitOfWork:
        """A unit of work that takes the write lock at once (BEGIN IMMEDIATE)."""
        ...

    def reading(self) -> UnitOfWork:
        """A unit of work for reading one consistent state."""
        ...

    @property
    def damaged(self) -> bool:
        """True once a part of the file was found damaged; it is only read then."""
        ...

    def check_whole(self, keep_going: Callable[[], None] | None = None) -> None:
        """Read the whole file; StorageProblem("file_is_damaged"). A server looks after its own pages."""
        ...

    def mark_damaged(self) -> StorageProblem:
        """Only read from now on; return what is to be said."""
        ...

    def compact(self) -> bool:
        """Leave nothing in the file that was deleted; False if that has to wait until it is closed."""
        ...

    def close(self) -> None:
        """Checkpoint and release the file; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """One page of a document as a picture for the preview and the printer."""

    png: bytes
    width_pt: float
    height_pt: float


class RecordOutput(Protocol):
    """Makes the treatment record of an open session: drawn while it is written, as stored once it is signed."""

    def pdf(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        mono: bool = False,
        attached: Attached = NOTHING_ATTACHED,
    ) -> bytes:
        """The record as PDF/A-2a and PDF/UA-1; a letter that no font has prints as its name in brackets."""
        ...

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
        """The same pages as pictures."""
        ...


class ProductCatalogue(Protocol):
    """The products file."""

    def products(self) -> tuple[Product, ...]:
        """All products, as shipped and as edited by the clinic."""
        ...


class ProtocolCatalogue(Protocol):
    """The protocol files."""

    def protocols(self) -> tuple[TreatmentProtocol, ...]:
        """All protocols."""
        ...
