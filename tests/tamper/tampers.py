"""Changes made past the program, by somebody with the key and a plain connection: each kind on each table.

`run_tampers` makes them all, each on a copy of its own, and counts those that were found in the right place.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from injectmap.domain.journal import GENESIS, JournalKind, JournalRow, SubjectKind, payload_digest, row_hash
from injectmap.domain.proof import FindingCode, Findings
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import open_clinic
from injectmap.storage.packing import pack_pictures, unpack_pictures
from injectmap.storage.tables import clinical_tables, journal

Place = Callable[[Findings], bool]


@dataclass(frozen=True)
class Tamper:
    """One change: what it is called, what it does, and what a proof has to say of it."""

    name: str
    do: Callable[[Any], Place]


# ---- clinical tables

TABLES = {table.name: table for table in clinical_tables()}
# Of these there is one row.
SINGLE = ("clinic",)
_CHOICES = {
    "technique": ("fanning", "bolus"),
    "default_technique": ("fanning", "bolus"),
    "plane": ("supra_smas", "sub_smas"),
    "default_plane": ("supra_smas", "sub_smas"),
    "instrument_kind": ("needle", "cannula"),
    "default_instrument_kind": ("needle", "cannula"),
    "status": ("unconfirmed", "done"),
    "state": ("draft", "signed"),
    "paper": ("us-letter", "a4"),
    "field": ("history", "photographs"),
    "roles": ("administrator", "trainer"),
}
_KINDS = {"stock_movements": ("counted", "received"), "map_items": ("measurement", "zone_move")}
_DATES = ("date", "birth_date", "expiry", "follow_up", "due", "done_on")


def _other(table: str, column: str, value: Any) -> Any:
    """Another value that looks as good."""
    choices = _KINDS.get(table, ()) if column == "kind" else _CHOICES.get(column, ())
    if choices:
        return choices[1] if value == choices[0] else choices[0]
    if column == "pictures":
        return pack_pictures(tuple((name, f"{svg} ") for name, svg in unpack_pictures(value)))
    if column in _DATES:
        return "2026-11-21" if value != "2026-11-21" else "2026-11-20"
    if value is None:
        return (
            "0190f000-0000-7000-8000-000000000001" if column.endswith("_id") or column == "fulfils" else 1000
        )
    if isinstance(value, int):
        return 1 - value if column in ("closed", "active", "curved") else value + 1000
    if isinstance(value, bytes):
        return value[:4] + bytes([value[4] ^ 1]) + value[5:]
    return _other_text(value)


def _other_text(value: str) -> str:
    digit = re.search(r"[0-9]", value)
    if digit is not None:
        at = digit.start()
        return f"{value[:at]}{(int(value[at]) + 1) % 10}{value[at + 1 :]}"
    return f"{value[:-1]}{'y' if value[-1:] != 'y' else 'z'}" if value else "another"


def _names(table: str) -> list[str]:
    return [column.name for column in TABLES[table].columns]


def _keys(table: str) -> list[str]:
    # What a proof names a row by: of a movement its id, its number is only its place.
    return ["id"] if table == "stock_movements" else [one.name for one in TABLES[table].primary_key.columns]


def _rows(raw: Any, table: str) -> list[dict[str, Any]]:
    names, keys = _names(table), _keys(table)
    found = raw.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(keys)}")
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _key(table: str, row: dict[str, Any]) -> str:
    return " ".join(str(row[name]) for name in _keys(table))


def _delete(raw: Any, table: str, row: dict[str, Any]) -> None:
    keys = _keys(table)
    condition = " AND ".join(f"{name} = ?" for name in keys)
    done = raw.execute(f"DELETE FROM {table} WHERE {condition}", [row[name] for name in keys])
    assert done.rowcount == 1


def _insert(raw: Any, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def _says(code: FindingCode, table: str, key: str, column: str = "") -> Place:
    def said(found: Findings) -> bool:
        return any(
            (one.code, one.table, one.key) == (code, table, key) and column in ("", one.column)
            for one in found.findings
        )

    return said


def _changed(table: str, column: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        row = _rows(raw, table)[0]
        after = row | {column: _other(table, column, row[column])}
        assert after != row
        _delete(raw, table, row)
        _insert(raw, table, after)
        if column in _keys(table):
            return _both(
                _says(FindingCode.TABLE_ROW_MISSING, table, _key(table, row)),
                _says(FindingCode.TABLE_ROW_ADDED, table, _key(table, after)),
            )
        if column in ("document", "pictures"):
            return _says(FindingCode.DOCUMENT_CHANGED, table, _key(table, row), "document")
        return _says(FindingCode.TABLE_ROW_CHANGED, table, _key(table, row), column)

    return do


def _both(*places: Place) -> Place:
    return lambda found: all(one(found) for one in places)


def _row_deleted(table: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        row = _rows(raw, table)[-1]
        _delete(raw, table, row)
        return _says(FindingCode.TABLE_ROW_MISSING, table, _key(table, row))

    return do


def _row_inserted(table: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        row = _rows(raw, table)[-1]
        for name in dict.fromkeys((*_keys(table), "number", "drawn_order", "serial")):
            if name in row:
                row[name] = _other(table, name, row[name])
        _insert(raw, table, row)
        return _says(FindingCode.TABLE_ROW_ADDED, table, _key(table, row))

    return do


def _rows_swapped(table: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        first, *_, last = _rows(raw, table)
        keys = _keys(table)
        for row in (first, last):
            _delete(raw, table, row)
        for row, other in ((first, last), (last, first)):
            _insert(raw, table, other | {name: row[name] for name in keys})
        return _both(
            *(_says(FindingCode.TABLE_ROW_CHANGED, table, _key(table, row)) for row in (first, last))
        )

    return do


def table_tampers() -> Iterator[Tamper]:
    for table in TABLES:
        for column in _names(table):
            yield Tamper(f"{table}.{column} changed", _changed(table, column))
        yield Tamper(f"{table} row deleted", _row_deleted(table))
        yield Tamper(f"{table} row inserted", _row_inserted(table))
        if table not in SINGLE:
            yield Tamper(f"{table} rows swapped", _rows_swapped(table))


# ---- the journal

_JOURNAL = [column.name for column in journal.columns]


def chain(raw: Any) -> list[JournalRow]:
    found = raw.execute(f"SELECT {', '.join(_JOURNAL)} FROM journal ORDER BY number").fetchall()
    return [JournalRow(*row[:4], SubjectKind(row[4]), row[5], JournalKind(row[6]), *row[7:]) for row in found]


def write_chain(raw: Any, rows: list[JournalRow]) -> None:
    """Put other rows in the journal's place, as they are."""
    raw.execute("DELETE FROM journal")
    raw.executemany(
        f"INSERT INTO journal ({', '.join(_JOURNAL)}) VALUES ({', '.join('?' * len(_JOURNAL))})",
        [
            tuple(str(v) if name in ("subject_kind", "kind") else v for name, v in _columns(row))
            for row in rows
        ],
    )


def _columns(row: JournalRow) -> list[tuple[str, Any]]:
    return [(name, getattr(row, name)) for name in _JOURNAL]


def move_head(raw: Any, row: JournalRow) -> None:
    raw.execute("UPDATE chain_head SET number = ?, hash = ?", (row.number, row.hash))


def rechained(rows: list[JournalRow]) -> list[JournalRow]:
    """The same rows with a chain that holds, as somebody makes it who knows the form."""
    made: list[JournalRow] = []
    previous = GENESIS
    for number, row in enumerate(rows, 1):
        digest = row.payload_digest if row.payload is None else payload_digest(row.salt or "", row.payload)
        one = replace(row, number=number, previous=previous, payload_digest=digest)
        one = replace(one, hash=row_hash(one))
        made.append(one)
        previous = one.hash
    return made


def _first(code: FindingCode, row: int) -> Place:
    def said(found: Findings) -> bool:
        first = found.first_broken
        return first is not None and (first.code, first.row) == (code, row)

    return said


def _row_lost(which: Callable[[int], int], *, numbered_anew: bool = False) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        rows = chain(raw)
        lost = which(len(rows))
        kept = [row for row in rows if row.number != lost]
        if numbered_anew:
            kept = [replace(row, number=number) for number, row in enumerate(kept, 1)]
        write_chain(raw, kept)
        return _first(FindingCode.ROW_MISSING, lost)

    return do


def _row_put_in(*, sound: bool) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        rows = chain(raw)
        at = len(rows) // 2
        fresh = replace(rows[at - 1], number=at + 1, previous=rows[at - 1].hash)
        if sound:
            fresh = replace(fresh, hash=row_hash(fresh))
        later = [replace(row, number=row.number + 1) for row in rows[at:]]
        write_chain(raw, [*rows[:at], fresh, *later])
        raw.execute("UPDATE chain_head SET number = number + 1")
        return _first(FindingCode.ROW_INSERTED, at + 1)

    return do


def _row_added_behind(raw: Any) -> Place:
    rows = chain(raw)
    fresh = replace(rows[-1], number=len(rows) + 1, previous=rows[-1].hash)
    write_chain(raw, [*rows, replace(fresh, hash=row_hash(fresh))])
    return _first(FindingCode.ROW_INSERTED, len(rows) + 1)


def _rows_exchanged(first: int, second: int) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        rows = chain(raw)
        one, other = rows[first - 1], rows[second - 1]
        rows[first - 1], rows[second - 1] = replace(other, number=first), replace(one, number=second)
        write_chain(raw, rows)
        return _first(FindingCode.ROW_REORDERED, first)

    return do


def _column_changed(column: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        rows = chain(raw)
        row = next(one for one in rows if one.kind is JournalKind.EDIT and one.payload)
        value = getattr(row, column)
        match column:
            case "kind":
                other: Any = "put"
            case "subject_kind":
                other = "syringe"
            case "undoes":
                other = 3
            case "number":
                other = row.number + 1000
            case _:
                other = value + 1000 if isinstance(value, int) else _other_text(value)
        raw.execute(f"UPDATE journal SET {column} = ? WHERE number = ?", (other, row.number))
        if column == "number":
            return _first(FindingCode.ROW_MISSING, row.number)
        payload = column in ("payload", "salt")
        return _first(FindingCode.PAYLOAD_CHANGED if payload else FindingCode.ROW_CHANGED, row.number)

    return do


def _payload_nulled(raw: Any) -> Place:
    row = next(one for one in chain(raw) if one.kind is JournalKind.EDIT and one.payload)
    raw.execute("UPDATE journal SET payload = NULL, salt = NULL WHERE number = ?", (row.number,))
    return _first(FindingCode.PAYLOAD_MISSING, row.number)


def _payload_of_erased(raw: Any) -> Place:
    """Somebody erased is written back into a row that had lost its payload."""
    row = next(one for one in chain(raw) if one.payload is None)
    raw.execute("UPDATE journal SET payload = '{}', salt = 'a' WHERE number = ?", (row.number,))
    return _first(FindingCode.PAYLOAD_CHANGED, row.number)


def _resalted(raw: Any) -> Place:
    """A changed payload with a digest of its own, but the old hash."""
    row = next(one for one in chain(raw) if one.kind is JournalKind.EDIT and one.payload)
    payload, salt = _other_text(row.payload or ""), "f" * 32
    raw.execute(
        "UPDATE journal SET payload = ?, salt = ?, payload_digest = ? WHERE number = ?",
        (payload, salt, payload_digest(salt, payload), row.number),
    )
    return _first(FindingCode.ROW_CHANGED, row.number)


def _row_made_anew(raw: Any) -> Place:
    """A changed row whose own hash is right, but not the link of the next."""
    rows = chain(raw)
    row = next(one for one in rows if one.kind is JournalKind.EDIT and one.payload)
    payload = _other_text(row.payload or "")
    changed = replace(row, payload=payload, payload_digest=payload_digest(row.salt or "", payload))
    rows[row.number - 1] = replace(changed, hash=row_hash(changed))
    write_chain(raw, rows)
    return lambda found: any(
        (one.code, one.row) == (FindingCode.LINK_BROKEN, row.number + 1) for one in found.findings
    )


def _tail_cut(raw: Any) -> Place:
    """The last rows gone and the head moved back: the tables still hold what those rows said."""
    rows = chain(raw)
    signed = max(row.number for row in rows if row.kind is JournalKind.SIGN and row.payload)
    write_chain(raw, rows[: signed - 1])
    move_head(raw, rows[signed - 2])
    return lambda found: any(
        one.table == "cosignatures" or one.table == "record_versions" for one in found.findings
    )


def _head_moved(column: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        last = chain(raw)[-1]
        if column == "number":
            raw.execute("UPDATE chain_head SET number = number - 1")
            return _first(FindingCode.HEAD_WRONG, last.number - 1)
        raw.execute("UPDATE chain_head SET hash = ?", (_other_text(last.hash),))
        return _first(FindingCode.HEAD_WRONG, last.number)

    return do


def _head_lost(raw: Any) -> Place:
    raw.execute("DELETE FROM chain_head")
    return lambda found: any(one.code is FindingCode.HEAD_WRONG for one in found.findings)


def journal_tampers() -> Iterator[Tamper]:
    for name, which in (("first", lambda n: 1), ("middle", lambda n: n // 2), ("last", lambda n: n)):
        yield Tamper(f"journal {name} row deleted", _row_lost(which))
    yield Tamper(
        "journal row deleted and the rest numbered anew", _row_lost(lambda n: n // 2, numbered_anew=True)
    )
    yield Tamper("journal row inserted", _row_put_in(sound=False))
    yield Tamper("journal row inserted with a hash that holds", _row_put_in(sound=True))
    yield Tamper("journal row added behind the head", _row_added_behind)
    yield Tamper("journal rows exchanged", _rows_exchanged(10, 20))
    yield Tamper("journal neighbours exchanged", _rows_exchanged(10, 11))
    for column in _JOURNAL:
        yield Tamper(f"journal.{column} changed", _column_changed(column))
    yield Tamper("journal payload nulled", _payload_nulled)
    yield Tamper("journal payload of an erased person", _payload_of_erased)
    yield Tamper("journal payload salted anew", _resalted)
    yield Tamper("journal row made anew", _row_made_anew)
    yield Tamper("journal tail cut and the head moved back", _tail_cut)
    yield Tamper("chain_head.number changed", _head_moved("number"))
    yield Tamper("chain_head.hash changed", _head_moved("hash"))
    yield Tamper("chain_head row deleted", _head_lost)


# ---- what stands beside


def _mark_changed(column: str) -> Callable[[Any], Place]:
    def do(raw: Any) -> Place:
        (value,) = raw.execute(f"SELECT {column} FROM file_mark").fetchone()
        other = 1 - value if column == "demo" else _other("file_mark", column, value)
        raw.execute(f"UPDATE file_mark SET {column} = ?", (other,))
        return lambda found: any(
            (one.code, one.column) == (FindingCode.MARK_CHANGED, column) for one in found.findings
        )

    return do


def _unerased(raw: Any) -> Place:
    (subject,) = raw.execute("SELECT subject_id FROM erased_subjects ORDER BY subject_id").fetchone()
    raw.execute("DELETE FROM erased_subjects WHERE subject_id = ?", (subject,))
    return _says(FindingCode.TABLE_ROW_MISSING, "erased_subjects", subject)


def _falsely_erased(raw: Any) -> Place:
    """A payload taken away as if its patient had been erased."""
    row = next(one for one in chain(raw) if one.subject_kind is SubjectKind.PATIENT and one.payload)
    raw.execute("INSERT INTO erased_subjects VALUES (?, ?)", (row.subject_id, len(chain(raw))))
    raw.execute("UPDATE journal SET payload = NULL, salt = NULL WHERE number = ?", (row.number,))
    return _both(
        _says(FindingCode.TABLE_ROW_ADDED, "erased_subjects", row.subject_id),
        _first(FindingCode.PAYLOAD_MISSING, row.number),
    )


def _index_part(raw: Any) -> Place:
    raw.execute("UPDATE patient_name_parts SET part = 'nobody' WHERE part = 'lindqvist'")
    return _says(FindingCode.INDEX_WRONG, "patient_name_parts", "1")


def _index_text(raw: Any) -> Place:
    raw.execute("DELETE FROM patient_search WHERE rowid = 1")
    raw.execute("INSERT INTO patient_search (rowid, folded) VALUES (1, 'lindqvist xsa')")
    return _says(FindingCode.INDEX_WRONG, "patient_search", "1")


def _guard_gone(raw: Any) -> Place:
    raw.execute("DROP TRIGGER journal_is_never_changed")
    return lambda found: any(
        (one.code, one.key) == (FindingCode.GUARD_MISSING, "journal_is_never_changed")
        for one in found.findings
    )


def _guard_hollow(raw: Any) -> Place:
    raw.execute("DROP TRIGGER journal_is_never_changed")
    raw.execute("CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal WHEN 0 BEGIN SELECT 1; END")
    return lambda found: any(one.code is FindingCode.GUARD_CHANGED for one in found.findings)


def _guard_added(raw: Any) -> Place:
    raw.execute("CREATE TRIGGER helpful AFTER INSERT ON passes BEGIN DELETE FROM pass_shares; END")
    return lambda found: any(
        (one.code, one.key) == (FindingCode.GUARD_ADDED, "helpful") for one in found.findings
    )


def other_tampers() -> Iterator[Tamper]:
    for column in ("clinic_id", "demo", "created_ms", "created_by"):
        yield Tamper(f"file_mark.{column} changed", _mark_changed(column))
    yield Tamper("erased_subjects row deleted", _unerased)
    yield Tamper("erased_subjects row inserted", _falsely_erased)
    yield Tamper("patient_name_parts changed", _index_part)
    yield Tamper("patient_search changed", _index_text)


def guard_tampers() -> Iterator[Tamper]:
    yield Tamper("guard dropped", _guard_gone)
    yield Tamper("guard made hollow", _guard_hollow)
    yield Tamper("guard added", _guard_added)


TAMPERS = {one.name: one for one in (*table_tampers(), *journal_tampers(), *other_tampers())}
GUARD_TAMPERS = {one.name: one for one in guard_tampers()}


# ---- making them


def spoil(path: Path, key: bytes | None, do: Callable[[Any], Place], *, guards: bool = True) -> Place:
    """Do it through a plain connection, past the guards, which stand again afterwards."""
    raw = connect(path, key, Mode.WRITE)
    try:
        raw.execute("PRAGMA foreign_keys = OFF")
        # Whoever does this need not wait for the disk, and hundreds of tests need not either.
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        stood = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        raw.execute("BEGIN IMMEDIATE")
        if guards:
            for name, _ in stood:
                raw.execute(f"DROP TRIGGER {name}")
        place = do(raw)
        if guards:
            for _, statement in stood:
                raw.execute(statement)
        raw.execute("COMMIT")
    finally:
        raw.close()
    return place


def proved(path: Path, key: bytes | None) -> Findings:
    database = open_clinic(path, key=key, read_only=True)
    try:
        with database.reading() as work:
            return work.proof.prove()
    finally:
        database.close()


def found_by_proof(
    clinic: Path, key: bytes | None, tamper: Tamper, *, guards: bool = True
) -> tuple[bool, Findings]:
    """Do it on a copy and prove that; True if the proof says what and where."""
    copy = clinic.with_name(f"{hashlib.sha256(tamper.name.encode()).hexdigest()[:16]}.injectmap")
    shutil.copy(clinic, copy)
    try:
        place = spoil(copy, key, tamper.do, guards=guards)
        findings = proved(copy, key)
        return place(findings), findings
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()


def run_tampers(folder: Path | None = None) -> tuple[int, int]:
    """Make every tamper on a copy of a full clinic; return how many there were and how many were found."""
    import tempfile

    from tests.tamper.full_clinic import KEY, make_full_clinic

    with tempfile.TemporaryDirectory() as own:
        clinic = (folder or Path(own)) / "Harbour.injectmap"
        make_full_clinic(clinic)
        if not proved(clinic, KEY).whole:
            raise RuntimeError("the clinic that is to be spoilt is not whole")
        plain = [found_by_proof(clinic, KEY, one)[0] for one in TAMPERS.values()]
        guards = [found_by_proof(clinic, KEY, one, guards=False)[0] for one in GUARD_TAMPERS.values()]
    return len(plain) + len(guards), sum(plain) + sum(guards)
