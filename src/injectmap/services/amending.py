"""What was changed since a record was signed last, read from the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from injectmap.domain.amending import Change, Contents, changes, contents_of, map_before
from injectmap.domain.edits import edit_from_json
from injectmap.domain.errors import Conflict
from injectmap.domain.forms import parse_json
from injectmap.domain.journal import JournalKind, JournalRow, SubjectKind
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.domain.session import OpenSession
from injectmap.services.ports import UnitOfWork
from injectmap.services.syringes import syringe_from_json


def changes_since_signed(work: UnitOfWork, opened: OpenSession) -> tuple[Change, ...] | None:
    """What the amendment that is being written changed; None if the journal no longer tells."""
    try:
        before = _as_signed(work, opened)
    except Conflict:  # Edits that were erased, or that do not lead to this map.
        return None
    return None if before is None else changes(before, contents_of(opened))


def _as_signed(work: UnitOfWork, opened: OpenSession) -> Contents | None:
    session_id = opened.session.id
    signed = _signing_row(work.journal.of_subject(SubjectKind.RECORD_VERSION, session_id), opened)
    if signed is None:
        return None
    rows = work.journal.of_subject(SubjectKind.SESSION, session_id)
    edits = [row for row in rows if row.kind is JournalKind.EDIT and row.number > signed]
    if any(row.payload is None for row in edits):
        return None
    drawn = map_before(
        opened.map, [edit_from_json(parse_json(row.payload or "", "journal")) for row in edits]
    )
    syringes = tuple(
        one for now in opened.syringes if (one := _syringe_as_signed(work, now, signed)) is not None
    )
    entries = {}
    for data in _before(work.journal.of_subject(SubjectKind.RECORD_ENTRY, session_id), signed):
        details = tuple((key, text) for key, text in data["details"])
        entries[RecordField(data["field"])] = RecordEntry(data["text"], 0, data["by"], details)
    before = Contents(
        drawn,
        syringes,
        opened.session.date,
        opened.session.practitioner_id,
        opened.session.follow_up,
        entries,
    )
    latest = _last_before(rows, signed)
    return before if latest is None else _visit(before, latest)


def _signing_row(rows: Iterable[JournalRow], opened: OpenSession) -> int | None:
    """The row of the version before; a co-signature, which may come later, does not count."""
    number = None
    for row in rows:
        data = parse_json(row.payload, "journal") if row.payload is not None else {}
        if data.get("version") == opened.session.version - 1 and "cosigned_by" not in data:
            number = row.number
    return number


def _before(rows: Iterable[JournalRow], signed: int) -> Iterator[dict[str, Any]]:
    """What was put before a row, oldest first."""
    for row in rows:
        if row.kind is JournalKind.PUT and row.number < signed and row.payload is not None:
            yield parse_json(row.payload, "journal")


def _last_before(rows: Iterable[JournalRow], signed: int) -> dict[str, Any] | None:
    return next(reversed([*_before(rows, signed)]), None)


def _syringe_as_signed(work: UnitOfWork, now: Syringe, signed: int) -> Syringe | None:
    latest = _last_before(work.journal.of_subject(SubjectKind.SYRINGE, now.id), signed)
    return None if latest is None else syringe_from_json(latest)


def _visit(before: Contents, data: dict[str, Any]) -> Contents:
    follow_up = data.get("follow_up")
    return replace(
        before,
        date=dt.date.fromisoformat(data["date"]),
        practitioner_id=data["practitioner"],
        follow_up=dt.date.fromisoformat(follow_up) if follow_up else None,
    )
