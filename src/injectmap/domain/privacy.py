"""Retention, erasure and who looked at or changed a patient's data: the rules, without any I/O."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind

ADULT_YEARS = 18
LEDGER_FORM = "injectmap-erased"
LEDGER_VERSION = 1
# No clinic erases so many people, and no file of that many lines is read by mistake.
LEDGER_LIMIT = 100_000
LEDGER_BYTES = 32 * 1024 * 1024
_ID_LIMIT = 64
_LATEST_MS = 253_402_300_799_999


class ErasureReason(StrEnum):
    """Why a person was erased; no words of the clinic's own, so that none can name anybody."""

    RETENTION_OVER = "retention_over"
    PATIENTS_REQUEST = "patients_request"
    COURT_ORDER = "court_order"
    ENTERED_IN_ERROR = "entered_in_error"
    # Erased before, and back with a backup that was older: never chosen by a person.
    RESTORED = "restored"


CHOSEN_REASONS = tuple(one for one in ErasureReason if one is not ErasureReason.RESTORED)


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """That somebody was erased: the tombstone's numbers, the journal row that says so, when and by whom."""

    patient_id: str
    patient_number: int
    row_number: int
    at_ms: int
    practitioner_id: str
    reason: ErasureReason


@dataclass(frozen=True, slots=True)
class Kept:
    """A patient as retention looks at one: when last treated or seen (None: never), when registered."""

    patient_id: str
    patient_number: int
    family_name: str
    given_name: str
    birth_date: dt.date
    last_seen: dt.date | None
    registered: dt.date
    error_reason: str = ""


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """A patient whose retention period is over: since when, and from which day it was counted."""

    kept: Kept
    counted_from: dt.date
    due: dt.date

    @property
    def from_18(self) -> bool:
        """True if the period was counted from the 18th birthday."""
        last = self.kept.last_seen or self.kept.registered
        return self.counted_from > last


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day some years later; 29 February becomes 1 March, so that no period ends a day early."""
    year = day.year + years
    if year > dt.MAXYEAR:
        return dt.date.max
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def counted_from(kept: Kept) -> dt.date:
    """From which day the period runs: when last seen, else the registration; never before the 18th birthday."""
    last = kept.last_seen or kept.registered
    return max(last, years_after(kept.birth_date, ADULT_YEARS))


def retention_due(people: Iterable[Kept], years: int, today: dt.date) -> tuple[RetentionLine, ...]:
    """Those whose period of so many years is over on a day, the longest over first."""
    lines = (
        RetentionLine(one, start, years_after(start, years))
        for one in people
        for start in (counted_from(one),)
    )
    found = [line for line in lines if line.due <= today]
    return tuple(sorted(found, key=lambda line: (line.due, line.kept.patient_number)))


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A journal row as an access report needs it: who did what when, and nothing of what was written.

    `what` tells how a record was looked at, for rows that say so: open, over_time, print or export; and of a signature
    that it was a co-signature (cosign) or that it is no longer known (gone).
    """

    number: int
    at_ms: int
    practitioner_id: str
    workstation: str
    kind: JournalKind
    subject_kind: SubjectKind
    subject_id: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One row of an access report; `subject` is the record number of a session, or the number of a syringe."""

    row: JournalLine
    practitioner: str
    subject: str


# The ledger of the erased, kept beside the clinic file: what a restored older backup has to forget again.


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One erased person in the ledger; ids and numbers, never a name."""

    patient_id: str
    row_number: int
    at_ms: int


def ledger_text(entries: Iterable[LedgerEntry]) -> str:
    """Return the ledger as JSON text, ordered by row."""
    listed = [
        {"patient": one.patient_id, "row": one.row_number, "at_ms": one.at_ms}
        for one in sorted(entries, key=lambda one: (one.row_number, one.patient_id))
    ]
    return json.dumps({"form": LEDGER_FORM, "version": LEDGER_VERSION, "erased": listed}, indent=1) + "\n"


def parse_ledger(data: bytes) -> tuple[LedgerEntry, ...]:
    """Read a ledger strictly; StorageProblem("ledger_unreadable") for anything but one of ours."""
    if len(data) > LEDGER_BYTES:
        raise StorageProblem("ledger_unreadable")
    try:
        parsed = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise StorageProblem("ledger_unreadable") from None
    if not isinstance(parsed, dict) or parsed.keys() != {"form", "version", "erased"}:
        raise StorageProblem("ledger_unreadable")
    if (
        parsed["form"] != LEDGER_FORM
        or parsed["version"] != LEDGER_VERSION
        or type(parsed["version"]) is not int
    ):
        raise StorageProblem("ledger_unreadable")
    listed = parsed["erased"]
    if not isinstance(listed, list) or len(listed) > LEDGER_LIMIT:
        raise StorageProblem("ledger_unreadable")
    entries = tuple(map(_ledger_entry, listed))
    if len({one.patient_id for one in entries}) != len(entries):
        raise StorageProblem("ledger_unreadable")
    return entries


def _ledger_entry(value: Any) -> LedgerEntry:
    if not isinstance(value, Mapping) or value.keys() != {"patient", "row", "at_ms"}:
        raise StorageProblem("ledger_unreadable")
    patient, row, at_ms = value["patient"], value["row"], value["at_ms"]
    id_like = (
        isinstance(patient, str)
        and 0 < len(patient) <= _ID_LIMIT
        and patient.isascii()
        and patient.isprintable()
    )
    numbers = type(row) is int and type(at_ms) is int and 1 <= row < 2**63 and 0 <= at_ms <= _LATEST_MS
    if not (id_like and numbers):
        raise StorageProblem("ledger_unreadable")
    return LedgerEntry(patient, row, at_ms)
