"""The journal's form and its chain of hashes: canonical JSON, digests, and the check of a whole chain."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64

# Unicode's control characters but tab and newline, and halves of surrogate pairs.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class JournalKind(StrEnum):
    """What a row records."""

    EDIT = "edit"
    PUT = "put"
    REMOVE = "remove"
    READ = "read"
    SIGN = "sign"
    ERASE = "erase"
    # A practitioner signed in, or did not get in.
    ENTER = "enter"
    REFUSE = "refuse"
    # A backup took the place of what was there; the payload names the head that was left behind.
    RESTORE = "restore"


class SubjectKind(StrEnum):
    """What a row is about."""

    CLINIC = "clinic"
    PRACTITIONER = "practitioner"
    ACCOUNT = "account"
    PATIENT = "patient"
    SESSION = "treatment_session"
    SYRINGE = "syringe"
    RECORD_ENTRY = "record_entry"
    RECORD_VERSION = "record_version"
    AMENDMENT = "amendment"
    STOCK_ITEM = "stock_item"
    PROTOCOL = "protocol"
    ADVERSE_EVENT = "adverse_event"
    FOLLOW_UP = "follow_up"
    OUTCOME_SCORE = "outcome_score"


def _checked(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if _CONTROLS.search(value):
            raise ValueError("control character in journal text")
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("journal keys are strings")
        return {_checked(key): _checked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        if set(map(type, value)) <= {int}:  # the points of a path: thousands of numbers, looked at in one go
            return list(value)
        return [_checked(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no journal form")


def canonical_json(value: Any) -> str:
    """Return the one text of a value: sorted keys, no spaces, NFC strings; floats and controls are refused."""
    return json.dumps(
        _checked(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def payload_digest(salt: str, payload: str) -> str:
    """Return the SHA-256 that stands for a payload in the chain, so that the payload can be erased alone."""
    return hashlib.sha256((salt + payload).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One append-only row; `hash` covers every column but payload and salt, and `previous` links the chain."""

    number: int
    at_ms: int
    practitioner_id: str
    workstation: str
    subject_kind: SubjectKind
    subject_id: str
    kind: JournalKind
    undoes: int | None
    payload: str | None
    salt: str | None
    payload_digest: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class JournalHeading:
    """Who wrote about what, without what was written."""

    number: int
    at_ms: int
    practitioner_id: str
    workstation: str
    subject_kind: SubjectKind
    subject_id: str
    kind: JournalKind


def row_hash(row: JournalRow) -> str:
    """Return the hash of a row: all its columns but payload, salt and the hash itself, in canonical form."""
    columns = [
        row.number,
        row.at_ms,
        row.practitioner_id,
        row.workstation,
        row.subject_kind.value,
        row.subject_id,
        row.kind.value,
        row.undoes,
        row.payload_digest,
        row.previous,
    ]
    return hashlib.sha256(canonical_json(columns).encode()).hexdigest()


def make_row(
    *,
    number: int,
    at_ms: int,
    practitioner_id: str,
    workstation: str,
    subject_kind: SubjectKind,
    subject_id: str,
    kind: JournalKind,
    payload: str,
    salt: str,
    previous: str,
    undoes: int | None = None,
) -> JournalRow:
    """Build the next row of a chain."""
    digest = payload_digest(salt, payload)
    row = JournalRow(
        number,
        at_ms,
        practitioner_id,
        workstation,
        subject_kind,
        subject_id,
        kind,
        undoes,
        payload,
        salt,
        digest,
        previous,
        hash="",
    )
    return replace(row, hash=row_hash(row))


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first row at which a chain does not hold, and why (a code)."""

    number: int
    reason: str


def check_chain(rows: Iterable[JournalRow], *, after: int = 0, previous: str = GENESIS) -> BrokenLink | None:
    """Recompute a whole chain from its first row, or what follows a row whose hash is given; None if it holds."""
    expected = after + 1
    for row in rows:
        if row.number != expected:
            return BrokenLink(expected, "row_missing")
        if row.previous != previous:
            return BrokenLink(row.number, "link_broken")
        if row_hash(row) != row.hash:
            return BrokenLink(row.number, "row_changed")
        if row.payload is not None and payload_digest(row.salt or "", row.payload) != row.payload_digest:
            return BrokenLink(row.number, "payload_changed")
        previous, expected = row.hash, expected + 1
    return None
