"""What proving the journal finds: each finding by code and place, never a person's name or words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from injectmap.domain.journal import GENESIS


class FindingCode(StrEnum):
    """What is wrong at one place."""

    # The chain itself.
    ROW_MISSING = "row_missing"
    ROW_REORDERED = "row_reordered"
    ROW_INSERTED = "row_inserted"
    ROW_CHANGED = "row_changed"
    LINK_BROKEN = "link_broken"
    HEAD_WRONG = "head_wrong"
    # What a row says.
    PAYLOAD_CHANGED = "payload_changed"
    PAYLOAD_MISSING = "payload_missing"
    PAYLOAD_KEPT = "payload_kept"
    PAYLOAD_UNREADABLE = "payload_unreadable"
    DOES_NOT_FOLLOW = "does_not_follow"
    # The tables beside what the journal says of them.
    TABLE_ROW_MISSING = "table_row_missing"
    TABLE_ROW_ADDED = "table_row_added"
    TABLE_ROW_CHANGED = "table_row_changed"
    DOCUMENT_CHANGED = "document_changed"
    INDEX_WRONG = "index_wrong"
    MARK_CHANGED = "mark_changed"
    GUARD_MISSING = "guard_missing"
    GUARD_CHANGED = "guard_changed"
    GUARD_ADDED = "guard_added"
    # Against an anchor that was kept outside.
    ANCHOR_OTHER_CLINIC = "anchor_other_clinic"
    ANCHOR_ROW_MISSING = "anchor_row_missing"
    ANCHOR_HASH_DIFFERS = "anchor_hash_differs"
    ANCHOR_NOT_SIGNED = "anchor_not_signed"
    ANCHOR_SIGNATURE_WRONG = "anchor_signature_wrong"
    ANCHOR_OTHER_KEY = "anchor_other_key"


CHAIN_CODES = frozenset(
    {
        FindingCode.ROW_MISSING,
        FindingCode.ROW_REORDERED,
        FindingCode.ROW_INSERTED,
        FindingCode.ROW_CHANGED,
        FindingCode.LINK_BROKEN,
        FindingCode.HEAD_WRONG,
        FindingCode.PAYLOAD_CHANGED,
        FindingCode.PAYLOAD_MISSING,
        FindingCode.PAYLOAD_KEPT,
        FindingCode.PAYLOAD_UNREADABLE,
        FindingCode.DOES_NOT_FOLLOW,
    }
)

_IDENTIFIER = re.compile(r"[0-9A-Za-z_:@.\-]{1,80}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: a row of the journal, or a row of a table with the journal row that says otherwise.

    `to_row` ends a run of missing rows, or is where a misplaced row belongs.
    """

    code: FindingCode
    row: int | None = None
    to_row: int | None = None
    table: str = ""
    key: str = ""
    column: str = ""


def key_text(parts: tuple[object, ...]) -> str:
    """Write the key of a row; what is no identifier of ours, and might be anything, is not repeated."""
    texts = map(str, parts)
    return " ".join(one if _IDENTIFIER.fullmatch(one) else "?" for one in texts)


class NoteCode(StrEnum):
    """What is told beside the findings; nothing of it is a fault of the file."""

    CLOCK_SET_BACK = "clock_set_back"
    MARK_NOT_JOURNALLED = "mark_not_journalled"
    SIGNED_BY_UNKNOWN_KEY = "signed_by_unknown_key"


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `row` is the first journal row it is about, `count` how many there are."""

    code: NoteCode
    row: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class FileMark:
    """What a file was made as; never changed."""

    clinic_id: str
    demo: bool
    created_ms: int
    created_by: str


def mark_to_json(mark: FileMark) -> dict[str, Any]:
    """Return the journal form of a file's mark."""
    return {
        "clinic_id": mark.clinic_id,
        "demo": mark.demo,
        "created_ms": mark.created_ms,
        "created_by": mark.created_by,
    }


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last row and its hash."""

    number: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Findings:
    """The outcome of a proof: how far it looked, what it found and what it notes.

    `findings` are at most as many as can be read; `more` were found beyond them. `anchored` is the row up to which the
    chain is the one of an anchor kept outside; None unless that comparison held. `faulty_anchor` says why the anchor
    that was given proves nothing: then nothing was compared with it.
    """

    head: Head
    rows: int
    table_rows: int
    findings: tuple[Finding, ...] = ()
    more: int = 0
    notes: tuple[Note, ...] = ()
    anchored: int | None = None
    faulty_anchor: Finding | None = None
    erased: int = 0

    @property
    def whole(self) -> bool:
        """True if nothing was found in the clinic, whatever an anchor was worth."""
        return not self.findings

    @property
    def differs_from_anchor(self) -> bool:
        """True if the clinic is not what a sound anchor says."""
        return any(one.code in _DIFFERS for one in self.findings)

    @property
    def first_broken(self) -> Finding | None:
        """The first fault of the chain, by its row."""
        broken = [one for one in self.findings if one.code in CHAIN_CODES and one.row is not None]
        return min(broken, key=lambda one: one.row or 0, default=None)


_DIFFERS = (FindingCode.ANCHOR_ROW_MISSING, FindingCode.ANCHOR_HASH_DIFFERS)


class Collector:
    """Gathers findings up to a number that can be read, and counts the rest."""

    def __init__(self, limit: int = 1_000) -> None:
        """Begin with none."""
        self._limit = limit
        self.findings: list[Finding] = []
        self.more = 0

    def add(self, finding: Finding) -> None:
        """Keep a finding, or count it."""
        if len(self.findings) < self._limit:
            self.findings.append(finding)
        else:
            self.more += 1


# Called with rows looked at and rows in all; it may raise to stop.
Progress = Callable[[int, int], None]


def no_progress(_done: int, _whole: int) -> None:
    """Tell nobody."""
