"""The stored journal: rows are appended at the one chain head, inside the transaction they describe."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from injectmap.domain.acting import Acting
from injectmap.domain.errors import StorageProblem
from injectmap.domain.forms import reads
from injectmap.domain.journal import (
    JournalHeading,
    JournalKind,
    JournalRow,
    SubjectKind,
    canonical_json,
    make_row,
)
from injectmap.storage.engines import take_time
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import chain_head, journal

_HEAD = Prepared(select(chain_head.c.number, chain_head.c.hash))
_APPEND = Prepared(insert(journal), [column.name for column in journal.columns])
_ADVANCE = Prepared(
    update(chain_head).values(number=bindparam("number"), hash=bindparam("hash")), ["number", "hash"]
)
_HEADING = (
    journal.c.number,
    journal.c.at_ms,
    journal.c.practitioner_id,
    journal.c.workstation,
    journal.c.subject_kind,
    journal.c.subject_id,
    journal.c.kind,
)
_ALL = select(journal).order_by(journal.c.number)


class StoredJournal:
    """The chain of one database; only ever appended to."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection
        # The row appended last in this transaction; 0 before the first.
        self.last = 0

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
        """Append a row; the caller's transaction holds the write lock, so no other row can come between."""
        head = _HEAD(self._connection).one_or_none()
        if head is None:
            raise StorageProblem("file_damaged")
        row = make_row(
            number=head[0] + 1,
            at_ms=at_ms,
            practitioner_id=acting.practitioner_id,
            workstation=acting.workstation,
            subject_kind=subject_kind,
            subject_id=subject_id,
            kind=kind,
            payload=canonical_json(payload),
            salt=secrets.token_hex(16),
            previous=head[1],
            undoes=undoes,
        )
        _APPEND(
            self._connection,
            {
                "number": row.number,
                "at_ms": row.at_ms,
                "practitioner_id": row.practitioner_id,
                "workstation": row.workstation,
                "subject_kind": row.subject_kind.value,
                "subject_id": row.subject_id,
                "kind": row.kind.value,
                "undoes": row.undoes,
                "payload": row.payload,
                "salt": row.salt,
                "payload_digest": row.payload_digest,
                "previous": row.previous,
                "hash": row.hash,
            },
        )
        _ADVANCE(self._connection, {"number": row.number, "hash": row.hash})
        self.last = row.number
        return row.number

    @reads("journal")
    def of_subject(self, subject_kind: SubjectKind, subject_id: str) -> tuple[JournalRow, ...]:
        """Rows about one subject, oldest first."""
        found = self._connection.execute(
            _ALL.where(journal.c.subject_kind == subject_kind.value, journal.c.subject_id == subject_id)
        )
        return tuple(map(_journal_row, found))

    def head(self) -> int:
        """The number of the last row."""
        return int(_HEAD(self._connection).one()[0])

    @reads("journal")
    def rows_after(self, number: int, *, limit: int) -> tuple[JournalHeading, ...]:
        """What was written after a row, oldest first, without payloads."""
        found = self._connection.execute(
            select(*_HEADING).where(journal.c.number > number).order_by(journal.c.number).limit(limit)
        )
        return tuple(
            JournalHeading(row[0], row[1], row[2], row[3], SubjectKind(row[4]), row[5], JournalKind(row[6]))
            for row in found
        )

    @reads("journal")
    def all(self) -> tuple[JournalRow, ...]:
        """The whole chain, oldest first."""
        take_time(self._connection)
        return tuple(map(_journal_row, self._connection.execute(_ALL)))


def _journal_row(row: Row[*tuple[Any, ...]]) -> JournalRow:
    number, at_ms, practitioner_id, workstation, subject_kind, subject_id, kind, *rest = row
    return JournalRow(
        number,
        at_ms,
        practitioner_id,
        workstation,
        SubjectKind(subject_kind),
        subject_id,
        JournalKind(kind),
        *rest,
    )
