"""Proves a whole database from its journal: the chain, every clinical table, documents, index, mark and guards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from injectmap.domain.chain_walk import ChainWalk
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind, JournalRow, SubjectKind
from injectmap.domain.proof import (
    Collector,
    FileMark,
    Finding,
    FindingCode,
    Findings,
    Head,
    Note,
    NoteCode,
    Progress,
    mark_to_json,
    no_progress,
)
from injectmap.storage.copies import check_pages
from injectmap.storage.engines import take_time
from injectmap.storage.prove_beside import check_guards, check_search, document_of, password_of
from injectmap.storage.replay import Replay, subjects_of
from injectmap.storage.replay_rows import ExpectedTable, stored_rows
from injectmap.storage.tables import chain_head, file_mark, journal

_PAGE = 200
_TELL_EVERY = 200

Row = dict[str, Any]


class StoredProof:
    """Reads one consistent state of a database and compares it with its journal; it changes nothing."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def mark(self) -> FileMark:
        """What the file was made as."""
        clinic_id, demo, created_ms, created_by = self._connection.execute(
            select(file_mark.c.clinic_id, file_mark.c.demo, file_mark.c.created_ms, file_mark.c.created_by)
        ).one()
        return FileMark(clinic_id, bool(demo), created_ms, created_by)

    def head(self) -> Head:
        """The end of the chain as stored."""
        found = self._connection.execute(select(chain_head.c.number, chain_head.c.hash)).one_or_none()
        return Head() if found is None else Head(*found)

    def hash_of(self, number: int) -> str | None:
        """The stored hash of a row; None if there is no such row."""
        return self._connection.execute(select(journal.c.hash).where(journal.c.number == number)).scalar()

    def prove(self, progress: Progress = no_progress) -> Findings:
        """Recompute the chain and replay it; `progress` is told of rows done and may raise to stop.

        StorageProblem("file_damaged") if all that was read is as it should be and a page of the file is not.
        """
        take_time(self._connection)
        try:
            found = _Proof(self._connection, progress).run()
        except SQLAlchemyError:
            # A table or a column is gone: that is not for a proof to judge row by row.
            raise StorageProblem("proof_unreadable") from None
        if found.whole:
            # Nor has it met the pages that hold no rows.
            check_pages(self._connection)
        return found


class _Proof:
    """One run."""

    def __init__(self, connection: Connection, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress
        self._found = Collector()
        self._notes: list[Note] = []
        self._rows = self._count(journal)
        self._whole = self._rows
        self._done = 0

    def run(self) -> Findings:
        erased = self._erased()
        replay = Replay(erased)
        self._whole += sum(self._count(one.table) for one in replay.tables.values())
        head = self._chain(replay)
        table_rows = self._tables(replay)
        self._mark(replay.file)
        for finding in (*check_guards(self._connection), *check_search(self._connection)):
            self._found.add(finding)
        self._progress(self._whole, self._whole)
        return Findings(
            head,
            self._rows,
            table_rows,
            tuple(self._found.findings),
            self._found.more,
            tuple(self._notes),
            erased=len(erased),
        )

    def _count(self, table: Any) -> int:
        return int(self._connection.execute(select(func.count()).select_from(table)).scalar_one())

    def _tell(self) -> None:
        self._done += 1
        if self._done % _TELL_EVERY == 0:
            self._progress(min(self._done, self._whole), self._whole)

    # ---- the chain

    def _erased(self) -> dict[str, int]:
        """The subjects that `erase` rows name, each with the number of its last one."""
        rows = self._connection.execute(
            select(journal.c.number, journal.c.payload)
            .where(journal.c.kind == JournalKind.ERASE.value)
            .order_by(journal.c.number)
        )
        return {one: number for number, payload in rows for one in subjects_of(payload or "")}

    def _chain(self, replay: Replay) -> Head:
        walk = ChainWalk(self._rows)
        known = 0
        late: list[int] = []
        at_ms = 0
        last = Head()
        for values in self._journal():
            row = _row_of(values)
            if row is None:
                walk.skip(values["number"], values["hash"])
            else:
                walk.step(row)
                if row.at_ms < at_ms:
                    late.append(row.number)
                at_ms = row.at_ms
                if (finding := replay.take(row)) is not None and not _said(walk, row.number):
                    walk.findings.append(finding)
            last = Head(values["number"], values["hash"])
            known = self._hand_over(walk, known)
            self._tell()
        stored = self._connection.execute(select(chain_head.c.number, chain_head.c.hash)).one_or_none()
        head = None if stored is None else Head(*stored)
        at_head = None if head is None else StoredProof(self._connection).hash_of(head.number)
        walk.end(head, at_head)
        self._hand_over(walk, known, everything=True)
        if late:
            self._notes.append(Note(NoteCode.CLOCK_SET_BACK, late[0], len(late)))
        return last

    def _hand_over(self, walk: ChainWalk, known: int, *, everything: bool = False) -> int:
        """Take over what the walk has found, but its last, which the next row may still explain."""
        sure = len(walk.findings) if everything else max(0, len(walk.findings) - 2)
        for finding in walk.findings[known:sure]:
            self._found.add(finding)
        return max(known, sure)

    def _journal(self) -> Iterator[Row]:
        """The rows in order, page after page."""
        names = [column.name for column in journal.columns]
        page = select(journal).order_by(journal.c.number).limit(_PAGE)
        last: int | None = None
        while True:
            rows = self._connection.execute(
                page if last is None else page.where(journal.c.number > last)
            ).all()
            for row in rows:
                yield dict(zip(names, row, strict=True))
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    # ---- the tables

    def _tables(self, replay: Replay) -> int:
        """Compare every table both ways; return how many rows were looked at."""
        looked = 0
        for name, expected in replay.tables.items():
            looked += self._compare(expected, _READ.get(name))
        looked += self._compare(replay.erased_subjects, None)
        return looked

    def _compare(self, expected: ExpectedTable, read: Callable[[Row], Row] | None) -> int:
        looked = 0
        names = _COLUMNS.get(expected.table.name, expected.columns)
        for values in stored_rows(self._connection, expected.table, names):
            looked += 1
            for finding in expected.compare(values if read is None else read(values)):
                self._found.add(finding)
            if expected.table.name == "record_versions" and not document_of(values):
                self._found.add(_document_changed(values))
            self._tell()
        for finding in expected.left_over():
            self._found.add(finding)
        return looked

    def _mark(self, journalled: Any) -> None:
        """Compare the mark with what the first row of the journal says; older clinics have no such word."""
        mark = StoredProof(self._connection).mark()
        if not isinstance(journalled, dict):
            # Where the first row is gone or spoilt, that is said, and not what it may have held.
            if self._rows and not any(one.row == 1 for one in self._found.findings):
                self._notes.append(Note(NoteCode.MARK_NOT_JOURNALLED))
            return
        for column, value in mark_to_json(mark).items():
            if journalled.get(column) != value:
                self._found.add(Finding(FindingCode.MARK_CHANGED, 1, table="file_mark", column=column))


def _document_changed(values: Row) -> Finding:
    key = f"{values['session_id']} {values['version']}"
    return Finding(FindingCode.DOCUMENT_CHANGED, None, None, "record_versions", key, "document")


def _said(walk: ChainWalk, number: int) -> bool:
    """True if the walk has just found a fault in this row: that it does not follow is no news then."""
    return bool(walk.findings) and walk.findings[-1].row == number


def _row_of(values: Row) -> JournalRow | None:
    """The row of its columns; None for kinds that there are not."""
    try:
        return JournalRow(
            **values
            | {"subject_kind": SubjectKind(values["subject_kind"]), "kind": JournalKind(values["kind"])}
        )
    except ValueError:
        return None


_READ: dict[str, Callable[[Row], Row]] = {"accounts": password_of}
_COLUMNS: dict[str, tuple[str, ...]] = {
    "record_versions": (
        "session_id",
        "version",
        "digest",
        "signed_at_ms",
        "practitioner_id",
        "practitioner_name",
        "document",
        "pictures",
    )
}
