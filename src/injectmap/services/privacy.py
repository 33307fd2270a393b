"""Use cases around privacy: who is due for erasure, erasing a person, and who looked at or changed a record."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import Patient
from injectmap.domain.privacy import (
    CHOSEN_REASONS,
    AccessLine,
    ErasedPerson,
    ErasureReason,
    JournalLine,
    LedgerEntry,
    RetentionLine,
    retention_due,
)
from injectmap.domain.session import record_number
from injectmap.domain.settings import ClinicSettings
from injectmap.services.ports import Clock, Database, RenderedPage, UnitOfWork
from injectmap.services.privacy_ports import (
    AccessReport,
    HeldBackup,
    HeldBackups,
    Ledger,
    PrivacyOutput,
    RetentionList,
    StillHeld,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BeforeErasing:
    """What is said before somebody is erased: who, how much goes, how much stays, and which backups hold it."""

    patient: Patient
    sessions: int
    signed: int
    units: int
    events: int
    backups: tuple[HeldBackup, ...]
    # On the clinic's retention list: else a period that is over is no reason.
    due: bool = False


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure has done.

    `compacted` is False if the file could not be written anew; what was deleted is overwritten at the next
    erasure or when the file is closed. `ledger_kept` is False if the ledger beside the file could not be written.
    """

    person: ErasedPerson
    compacted: bool
    ledger_kept: bool
    backups: tuple[HeldBackup, ...]


class PrivacyService:
    """Nobody is erased but by a person who typed the patient's number and chose a reason; nothing goes by itself."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        output: PrivacyOutput,
        ledger: Ledger | None = None,
        backups: HeldBackups | None = None,
    ) -> None:
        """Work on an open clinic; without a ledger its erased are known to the database alone."""
        self._database = database
        self._clock = clock
        self._output = output
        self._ledger = ledger
        self._backups = backups

    # ---- retention

    def retention(self, acting: Acting) -> RetentionList:
        """Who is due by the clinic's retention period; nobody where it has none."""
        acting.require(Right.KEEP_PRIVATE)
        with self._database.reading() as work:
            settings = work.clinic.settings()
            lines = self._due_lines(work, settings)
        today = self._clock.today(settings.time_zone)
        return RetentionList(settings.retention_years, today, lines, self._clock.now_ms())

    def retention_csv(self, acting: Acting, found: RetentionList) -> bytes:
        """The list as CSV."""
        acting.require(Right.KEEP_PRIVATE)
        return self._output.retention_csv(found, self._settings())

    def _due_lines(self, work: UnitOfWork, settings: ClinicSettings) -> tuple[RetentionLine, ...]:
        years, zone = settings.retention_years, settings.time_zone
        if years is None:
            return ()
        return retention_due(work.erasing.kept(zone), years, self._clock.today(zone))

    def _due(self, work: UnitOfWork) -> frozenset[str]:
        lines = self._due_lines(work, work.clinic.settings())
        return frozenset(line.kept.patient_id for line in lines)

    def _is_due(self, patient_id: str) -> bool:
        with self._database.reading() as work:
            return patient_id in self._due(work)

    # ---- erasing

    def before_erasing(self, acting: Acting, patient_id: str) -> BeforeErasing:
        """What erasing this patient means; InputRefused("erased_already")."""
        acting.require(Right.KEEP_PRIVATE)
        with self._database.reading() as work:
            patient = work.patients.get(patient_id)
            if patient.erased:
                raise InputRefused("erased_already")
            sessions = work.sessions.of_patient(patient_id)
            opened = [work.sessions.open(one.id) for one in sessions]
            events = work.aftercare.events(patient_id)
            lines = work.erasing.lines(work.erasing.subjects(patient_id))
        return BeforeErasing(
            patient,
            len(sessions),
            sum(bool(one.versions) for one in opened),
            sum(len(one.syringes) for one in opened),
            len(events),
            self._holding(_first(lines), self._head() + 1, self._clock.now_ms()),
            due=self._is_due(patient_id),
        )

    def erase(self, acting: Acting, patient_id: str, *, number: str, reason: ErasureReason | None) -> Erasure:
        """Erase a person whose patient number was typed to confirm it.

        InputRefused("erase_number_other") unless it is typed as it is shown, ("erase_reason_missing"), ("erase_not_due")
        for a retention period that is not over, ("erased_already").
        """
        acting.require(Right.KEEP_PRIVATE)
        if reason not in CHOSEN_REASONS:
            raise InputRefused("erase_reason_missing")
        with self._database.writing() as work:
            patient = work.patients.get(patient_id)
            if patient.erased:
                raise InputRefused("erased_already")
            # Noughts and all: a figure alone is typed too easily.
            if number.strip() != patient.number_text:
                raise InputRefused("erase_number_other", number=patient.number_text)
            if reason is ErasureReason.RETENTION_OVER and patient_id not in self._due(work):
                raise InputRefused("erase_not_due")
            work.erasing.erase(acting, patient_id, self._clock.now_ms(), reason)
            person = _of(work.erasing.erased(), patient_id)
            lines = work.erasing.lines(work.erasing.subjects(patient_id))
            work.commit()
        assert person is not None
        return Erasure(
            person,
            self._compact(),
            self._keep_ledger(),
            self._holding(_first(lines), person.row_number, person.at_ms),
        )

    def erased(self, acting: Acting) -> tuple[ErasedPerson, ...]:
        """Everyone who was erased, the latest first."""
        acting.require(Right.KEEP_PRIVATE)
        with self._database.reading() as work:
            return work.erasing.erased()

    def still_held(self, acting: Acting) -> tuple[StillHeld, ...]:
        """Everyone who was erased, the latest first, each with the backups in reach that still hold them."""
        acting.require(Right.KEEP_PRIVATE)
        with self._database.reading() as work:
            people = work.erasing.erased()
            lines = work.erasing.lines([one.patient_id for one in people])
        known_from: dict[str, int] = {}
        for line in lines:
            known_from.setdefault(line.subject_id, line.number)
        backups = self._backups.backups() if self._backups is not None else ()
        return tuple(
            StillHeld(one, _holding(backups, known_from.get(one.patient_id, 1), one.row_number, one.at_ms))
            for one in people
        )

    def _holding(self, first_row: int, erase_row: int, erase_ms: int) -> tuple[HeldBackup, ...]:
        found = self._backups.backups() if self._backups is not None else ()
        return _holding(found, first_row, erase_row, erase_ms)

    def _compact(self) -> bool:
        try:
            return self._database.compact()
        except StorageProblem as problem:
            # The person is erased; only what the file's free pages held is not overwritten yet.
            _log.warning("the file was not written anew after an erasure: %s", problem.code)
            return False

    def _keep_ledger(self) -> bool:
        if self._ledger is None:
            return True
        with self._database.reading() as work:
            now = [LedgerEntry(one.patient_id, one.row_number, one.at_ms) for one in work.erasing.erased()]
        try:
            before = self._ledger.read()
        except StorageProblem as problem:
            # What the database says is written anew; ids that only the damaged one knew are lost, and that is said.
            _log.warning("the ledger of the erased was not read: %s", problem.code)
            before = ()
        try:
            self._ledger.write(_joined(before, now))
        except OSError as error:
            _log.warning("the ledger of the erased was not written: %s", type(error).__name__)
            return False
        return True

    # ---- who looked, who changed

    def access_report(self, acting: Acting, patient_id: str) -> AccessReport:
        """All that the journal says about a patient, oldest first; of an erased one ids and times alone."""
        acting.require(Right.KEEP_PRIVATE)
        with self._database.reading() as work:
            patient = work.patients.get(patient_id)
            lines = work.erasing.lines(work.erasing.subjects(patient_id))
            names = {one.id: one.name for one in work.practitioners.all()}
            subjects = _subject_texts(work, patient_id)
            reads_kept = work.clinic.settings().journal_reads
            reads_from_ms = _reads_from(work) if reads_kept else None
            erased = _of(work.erasing.erased(), patient_id) if patient.erased else None
        return AccessReport(
            patient,
            tuple(
                AccessLine(row, names.get(row.practitioner_id, ""), subjects.get(row.subject_id, ""))
                for row in lines
            ),
            self._clock.now_ms(),
            reads_kept,
            erased,
            self._holding(_first(lines), erased.row_number, erased.at_ms) if erased is not None else (),
            reads_from_ms,
        )

    def find(self, acting: Acting, typed: str) -> Patient:
        """The patient of a number such as 00007; StorageProblem("patient_not_found")."""
        acting.require(Right.KEEP_PRIVATE)
        with self._database.reading() as work:
            for one in work.patients.search(typed, limit=20):
                if _is_number(typed, one):
                    return work.patients.get(one.id)
        raise StorageProblem("patient_not_found")

    def access_csv(self, acting: Acting, report: AccessReport) -> bytes:
        """The report as CSV."""
        acting.require(Right.KEEP_PRIVATE)
        return self._output.access_csv(report, self._settings())

    def access_pdf(self, acting: Acting, report: AccessReport) -> bytes:
        """The report as PDF."""
        acting.require(Right.KEEP_PRIVATE)
        return self._output.access_pdf(report, self._settings())

    def access_pages(
        self, acting: Acting, report: AccessReport, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The report's pages as pictures."""
        acting.require(Right.KEEP_PRIVATE)
        return self._output.access_pages(report, self._settings(), pixels_per_inch=pixels_per_inch)

    def _settings(self) -> ClinicSettings:
        with self._database.reading() as work:
            return work.clinic.settings()

    def _head(self) -> int:
        with self._database.reading() as work:
            return work.journal.head()


def _is_number(typed: str, patient: Patient) -> bool:
    figures = typed.strip()
    return figures.isascii() and figures.isdecimal() and len(figures) < 19 and int(figures) == patient.number


def _holding(
    backups: Iterable[HeldBackup], first_row: int, erase_row: int, erase_ms: int
) -> tuple[HeldBackup, ...]:
    """A backup holds somebody if it ends after the first row about them and before the row of the erasure.

    One that nobody can read may, if it was put aside before.
    """
    return tuple(
        one
        for one in backups
        if (one.at_ms <= erase_ms if one.row is None else first_row <= one.row < erase_row)
    )


def _reads_from(work: UnitOfWork) -> int | None:
    """When looking began to be journalled, for the time that lasts until now; None if it always was."""
    since: int | None = None
    was = True
    for row in work.journal.of_subject(SubjectKind.CLINIC, "clinic"):
        if row.kind is not JournalKind.PUT or row.payload is None:
            continue
        kept = bool(json.loads(row.payload).get("journal_reads", False))
        if kept and not was:
            since = row.at_ms
        was = kept
    return since


def _of(erased: Iterable[ErasedPerson], patient_id: str) -> ErasedPerson | None:
    return next((one for one in erased if one.patient_id == patient_id), None)


def _first(lines: Iterable[JournalLine]) -> int:
    """The first row about somebody; a backup that ends before it never knew them."""
    return min((line.number for line in lines), default=1)


def _joined(before: Iterable[LedgerEntry], now: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Both lists; of a person in both the latest row, for a restored database erases them again."""
    found = {one.patient_id: one for one in before}
    return list((found | {one.patient_id: one for one in now}).values())


def _subject_texts(work: UnitOfWork, patient_id: str) -> dict[str, str]:
    numbers = work.erasing.session_numbers(patient_id)
    return {one: record_number(date, number) for one, (date, number) in numbers.items()}
