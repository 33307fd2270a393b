"""What is proved beside the journal's own tables: signed documents, passwords, the search index and the guards."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from injectmap.domain.errors import InjectmapError
from injectmap.domain.patient import Patient
from injectmap.domain.proof import Finding, FindingCode
from injectmap.domain.record import SignedDocument, document_digest
from injectmap.storage.engines import is_server
from injectmap.storage.packing import unpack_pictures
from injectmap.storage.tables import patient_name_parts, patients

Row = dict[str, Any]


def password_of(values: Row) -> Row:
    """An account with the digest of its hash in the hash's place, as the journal has it."""
    from injectmap.domain.accounts import hash_digest

    return values | {"password_hash": hash_digest(values["password_hash"])}


def document_of(values: Row) -> bool:
    """True if a stored document and its pictures have the digest that stands beside them."""
    document = values["document"]
    # The digest is over composed letters: the same text in other letters would have it too.
    if not unicodedata.is_normalized("NFC", document):
        return False
    try:
        pictures = unpack_pictures(values["pictures"])
        return bool(document_digest(SignedDocument(document, pictures)) == values["digest"])
    except (InjectmapError, ValueError, TypeError):
        return False


def check_guards(connection: Connection) -> Iterator[Finding]:
    """Compare the guards that there are with those declared."""
    declared, found = _declared_guards(connection), _found_guards(connection)
    for name in sorted(declared.keys() - found.keys()):
        yield Finding(FindingCode.GUARD_MISSING, key=name)
    for name in sorted(found.keys() - declared.keys()):
        yield Finding(FindingCode.GUARD_ADDED, key=name)
    for name in sorted(declared.keys() & found.keys()):
        if declared[name] != found[name]:
            yield Finding(FindingCode.GUARD_CHANGED, key=name)


def _declared_guards(connection: Connection) -> dict[str, str]:
    from injectmap.storage.guards import declared_on_server
    from injectmap.storage.triggers import GUARDS, TRIGGERS

    return declared_on_server(connection, GUARDS) if is_server(connection) else dict(TRIGGERS)


def _found_guards(connection: Connection) -> dict[str, str]:
    if is_server(connection):
        from injectmap.storage.guards import found_on_server

        return found_on_server(connection)
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row[0]: row[1] for row in rows}


def check_search(connection: Connection) -> Iterator[Finding]:
    """Compare the words by which patients are found with their names; keys are patient numbers, never words."""
    wanted = _wanted_words(connection)
    stored: dict[int, set[str]] = {}
    for part, number in connection.execute(
        select(patient_name_parts.c.part, patient_name_parts.c.patient_number)
    ):
        stored.setdefault(number, set()).add(part)
    for number in sorted(stored.keys() | wanted.keys()):
        if stored.get(number, set()) != set(wanted.get(number, ())):
            yield Finding(FindingCode.INDEX_WRONG, table="patient_name_parts", key=str(number))
    if not is_server(connection):
        yield from _check_trigrams(connection, wanted)


def _wanted_words(connection: Connection) -> dict[int, list[str]]:
    from injectmap.storage.search import indexed_words

    # The names alone: of a row that was spoilt nothing else need be readable.
    found = connection.execute(select(patients.c.number, patients.c.family_name, patients.c.given_name))
    return {row[0]: indexed_words(Patient("", *row, dt.date.min)) for row in found}


def _check_trigrams(connection: Connection, wanted: dict[int, list[str]]) -> Iterator[Finding]:
    """The full-text index holds no words, only trigrams: their number and their order tell the whole text."""
    found = connection.exec_driver_sql("SELECT id, sz FROM patient_search_docsize")
    sizes: dict[int, bytes] = {row[0]: row[1] for row in found}
    for number in sorted(sizes.keys() | wanted.keys()):
        text = " ".join(wanted.get(number, ()))
        size = _varint(sizes.get(number, b""))
        # Of an erased person there is no entry.
        whole = size == max(0, len(text) - 2) or (size < 0 and not text)
        if whole and len(text) > 2:
            held = connection.exec_driver_sql(
                "SELECT 1 FROM patient_search WHERE rowid = ? AND patient_search MATCH ?",
                (number, f'"{text}"'),
            )
            whole = held.first() is not None
        if not whole:
            yield Finding(FindingCode.INDEX_WRONG, table="patient_search", key=str(number))


def _varint(packed: bytes) -> int:
    """SQLite's number of seven bits a byte, the highest first; -1 for none."""
    if not packed:
        return -1
    value = 0
    for byte in packed:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value
    return -1
