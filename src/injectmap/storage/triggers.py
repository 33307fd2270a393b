"""Guards inside the database: what no statement, ours included, may do to the journal and to records of care.

They are dropped and made again after each migration, so this module is their only home. A row is never replaced
by another one of the same key: REPLACE deletes without asking the guards on connections other than ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from injectmap.domain.patient import ERASED
from injectmap.storage.guards import Guard, create_guards, drop_guards
from injectmap.storage.problems import FOREIGN, SIGNED
from injectmap.storage.tables import journal, syringes, treatment_sessions

_WRITE_ONCE = "{} are written once"


def _refuse(name: str, when: str, table: str, why: str, condition: str = "") -> Guard:
    return Guard(name, f"BEFORE {when}", table, condition, why=why)


_NEXT_IN_CHAIN = (
    "NOT EXISTS (SELECT 1 FROM chain_head AS head "
    "WHERE NEW.number = head.number + 1 AND NEW.previous = head.hash)"
)


def _erased(subject_id: str) -> str:
    """True once an `erase` row of the journal has named this subject."""
    return f"EXISTS (SELECT 1 FROM erased_subjects AS e WHERE e.subject_id = {subject_id})"  # noqa: S608 - ours


# All that erasure may do to a row of the journal: the chain is over the digest, and still holds.
_PAYLOAD_ERASED = " AND ".join(
    (
        # The row that says so keeps its own payload: it names what is left.
        "EXISTS (SELECT 1 FROM erased_subjects AS e WHERE e.subject_id = OLD.subject_id AND OLD.number < e.number)",
        "NEW.payload IS NULL",
        "NEW.salt IS NULL",
        *(f"NEW.{c.name} IS OLD.{c.name}" for c in journal.columns if c.name not in ("payload", "salt")),
    )
)
_ERASE_ROW = "EXISTS (SELECT 1 FROM journal AS j WHERE j.number = NEW.number AND j.kind = 'erase')"


def _of_the_file() -> Iterator[Guard]:
    """The journal grows at its head, and the file stays what it was made as."""
    yield _refuse(
        "journal_is_never_changed",
        "UPDATE",
        "journal",
        "the journal is never changed",
        f"NOT ({_PAYLOAD_ERASED})",
    )
    yield _refuse(
        "erased_subjects_are_journalled",
        "INSERT",
        "erased_subjects",
        "what is erased is journalled",
        f"NOT {_ERASE_ROW} OR {_erased('NEW.subject_id')}",
    )
    for when in ("UPDATE", "DELETE"):
        yield _refuse(
            f"erased_subjects_stay_on_{when.lower()}", when, "erased_subjects", "what is erased stays erased"
        )
    yield _refuse("journal_is_never_deleted", "DELETE", "journal", "the journal is never deleted")
    yield _refuse(
        "journal_grows_at_its_head", "INSERT", "journal", "the journal grows at its head", _NEXT_IN_CHAIN
    )
    for table, name, why in (
        ("chain_head", "chain_head_stays_one", "there is one chain"),
        ("file_mark", "file_mark_stays_one", "a file has one mark"),
    ):
        yield _refuse(name, "INSERT", table, why, _exists(table, "TRUE"))
    yield _refuse("chain_head_is_never_deleted", "DELETE", "chain_head", "there is one chain")
    yield _refuse(
        "chain_head_moves_forward",
        "UPDATE",
        "chain_head",
        "the chain moves forward",
        "NEW.number <> OLD.number + 1",
    )
    yield _refuse("file_mark_is_never_changed", "UPDATE", "file_mark", "the mark of a file is never changed")
    yield _refuse("file_mark_is_never_deleted", "DELETE", "file_mark", "the mark of a file is never deleted")


# Rows that go when their patient is erased, and the column that says whose they are.
_ERASED_WITH = {
    "record_entries": "session_id",
    "record_versions": "session_id",
    "cosignatures": "session_id",
    "amendments": "session_id",
    "follow_ups": "patient_id",
    "outcome_scores": "patient_id",
    "adverse_events": "patient_id",
}


def _kept() -> Iterator[Guard]:
    """What is marked as in error, closed or counted down to nought, and never deleted."""
    for table, why in (
        ("patients", "patients are marked as in error"),
        ("practitioners", "practitioners are kept"),
        ("treatment_sessions", "sessions are marked as in error"),
        ("syringes", "syringes are kept"),
        ("record_entries", "entries are kept"),
        ("stock_items", "stock items are kept"),
        ("follow_ups", "follow-ups are kept"),
        ("outcome_scores", "scores are kept"),
        ("adverse_events", "events are marked as in error"),
        ("accounts", "accounts are closed"),
    ):
        erased = _ERASED_WITH.get(table)
        condition = f"NOT {_erased(f'OLD.{erased}')}" if erased else ""
        yield _refuse(f"{table}_are_never_deleted", "DELETE", table, why, condition)
    for table, keys in (
        ("patients", ("id", "number")),
        ("practitioners", ("id",)),
        ("accounts", ("practitioner_id",)),
        ("treatment_sessions", ("id", "number")),
        ("stock_items", ("id",)),
        ("follow_ups", ("id",)),
        ("outcome_scores", ("id",)),
        ("adverse_events", ("id",)),
    ):
        taken = " OR ".join(f"there.{column} = NEW.{column}" for column in (*keys, "rowid"))
        why = f"{table.replace('_', ' ')} are never replaced"
        yield _refuse(
            f"{table}_are_never_replaced", "INSERT", table, why, _exists(f"{table} AS there", taken)
        )


def _same_key(key: tuple[str, ...]) -> str:
    """True if a row has the key of the new one, or its place in the file, which SQLite lets a statement name."""
    return " AND ".join(f"there.{column} = NEW.{column}" for column in key) + " OR there.rowid = NEW.rowid"


def _exists(rows: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {rows} WHERE {condition})"  # noqa: S608 - names of ours


def _signed(session_id: str) -> str:
    return _exists("treatment_sessions AS s", f"s.id = {session_id} AND s.state = 'signed'")


def _row_of_signed(table: str, key: str) -> str:
    """True if a row of this key is already there and belongs to a signed session."""
    joined = f"{table} AS there JOIN treatment_sessions AS s ON s.id = there.session_id"
    return _exists(joined, f"{key} AND s.state = 'signed'")


# A syringe outlives its patient, for stock and recall; what was typed about it does not.
_REASON_ERASED = " AND ".join(
    (
        _erased("OLD.session_id"),
        "NEW.expired_reason = ''",
        *(f"NEW.{c.name} IS OLD.{c.name}" for c in syringes.columns if c.name != "expired_reason"),
    )
)


def _frozen_with_the_record() -> Iterator[Guard]:
    """The rows of a signed session are neither added to nor changed nor taken away."""
    for table, key in (
        ("passes", ("id",)),
        ("syringes", ("id",)),
        ("map_items", ("session_id", "id")),
        ("record_entries", ("session_id", "field")),
    ):
        same = f"({_same_key(key)})"
        other = " OR ".join(
            f"NEW.{column} <> OLD.{column}" for column in dict.fromkeys((*key, "session_id", "rowid"))
        )
        into = f"{_signed('NEW.session_id')} OR {_row_of_signed(table, same)}"
        yield _refuse(f"{table}_of_a_signed_record_stay_when_adding", "INSERT", table, SIGNED, into)
        yield _refuse(
            f"{table}_of_a_signed_record_stay_when_changing",
            "UPDATE",
            table,
            SIGNED,
            _signed("OLD.session_id") + (f" AND NOT ({_REASON_ERASED})" if table == "syringes" else ""),
        )
        yield _refuse(f"{table}_keep_their_key", "UPDATE", table, "a row keeps its key", other)
        yield _refuse(
            f"{table}_of_a_signed_record_stay_when_deleting",
            "DELETE",
            table,
            SIGNED,
            f"{_signed('OLD.session_id')} AND NOT {_erased('OLD.session_id')}",
        )
    new, old = (_row_of_signed("passes", f"there.id = {row}.pass_id") for row in ("NEW", "OLD"))
    yield _refuse("pass_shares_of_a_signed_record_stay_when_adding", "INSERT", "pass_shares", SIGNED, new)
    yield _refuse(
        "pass_shares_of_a_signed_record_stay_when_changing",
        "UPDATE",
        "pass_shares",
        SIGNED,
        f"{old} OR {new}",
    )
    kept = f"{old} AND NOT " + _exists("passes AS p", f"p.id = OLD.pass_id AND {_erased('p.session_id')}")
    yield _refuse("pass_shares_of_a_signed_record_stay_when_deleting", "DELETE", "pass_shares", SIGNED, kept)


def _drawn_from_own_syringes() -> Iterator[Guard]:
    """No pass draws from a syringe of another session, and so of another patient."""
    own = "passes AS p JOIN syringes AS y ON y.session_id = p.session_id"
    foreign = "NEW.syringe_id IS NOT NULL AND NOT " + _exists(
        own, "p.id = NEW.pass_id AND y.id = NEW.syringe_id"
    )
    for when in ("INSERT", "UPDATE"):
        yield _refuse(
            f"pass_shares_are_of_own_syringes_on_{when.lower()}", when, "pass_shares", FOREIGN, foreign
        )


def _unchanged(*but: str) -> str:
    """True if an update changes no column of a treatment session other than these; revisions always may rise."""
    free = {*but, "revision"}
    same = [f"NEW.{c.name} IS OLD.{c.name}" for c in treatment_sessions.columns if c.name not in free]
    return " AND ".join([*same, "NEW.revision >= OLD.revision"])


_REASON_GIVEN = (
    "EXISTS (SELECT 1 FROM amendments AS a WHERE a.session_id = NEW.id AND a.version = NEW.version "
    "AND trim(a.reason) <> '')"
)
_DOCUMENT_STORED = (
    "EXISTS (SELECT 1 FROM record_versions AS v WHERE v.session_id = NEW.id AND v.version = NEW.version)"
)
_AMENDED = (
    f"OLD.error_reason = '' AND NEW.state = 'amending' AND NEW.version = OLD.version + 1 "
    f"AND {_unchanged('state', 'version')} AND {_REASON_GIVEN}"
)
# What the next pass would have taken goes with the passes.
_DEFAULTS = tuple(c.name for c in treatment_sessions.columns if c.name.startswith("default_"))
_TEXTS_ERASED = (
    f"{_erased('OLD.id')} AND NEW.error_reason = '{ERASED}' AND NEW.follow_up IS NULL "
    f"AND {_unchanged('error_reason', 'follow_up', *_DEFAULTS)}"
)
_MARKED_IN_ERROR = f"OLD.error_reason = '' AND NEW.error_reason <> '' AND {_unchanged('error_reason')}"


def _life_of_a_record() -> Iterator[Guard]:
    """Draft to signed, signed to amending, amending to signed: each step with what belongs to it, and no other."""
    table = "treatment_sessions"
    yield _refuse(
        "treatment_sessions_begin_as_drafts",
        "INSERT",
        table,
        "a session begins as a draft",
        "NEW.state <> 'draft' OR NEW.version <> 1",
    )
    yield _refuse(
        "treatment_sessions_keep_their_key",
        "UPDATE",
        table,
        "a session keeps its number",
        "NEW.id <> OLD.id OR NEW.number <> OLD.number OR NEW.rowid <> OLD.rowid",
    )
    yield _refuse(
        "treatment_sessions_stay_signed",
        "UPDATE",
        table,
        SIGNED,
        f"OLD.state = 'signed' AND NOT ({_AMENDED}) AND NOT ({_MARKED_IN_ERROR}) AND NOT ({_TEXTS_ERASED})",
    )
    yield _refuse(
        "treatment_sessions_are_signed_with_a_document",
        "UPDATE",
        table,
        "a record is signed with its document",
        f"OLD.state <> 'signed' AND NEW.state = 'signed' "
        f"AND NOT (OLD.error_reason = '' AND {_unchanged('state')} AND {_DOCUMENT_STORED})",
    )
    yield _refuse(
        "treatment_sessions_go_step_by_step",
        "UPDATE",
        table,
        "a record is signed before it is amended",
        "OLD.state <> 'signed' AND NEW.state <> 'signed' AND (NEW.state <> OLD.state OR NEW.version <> OLD.version)",
    )
    at_version = "NOT EXISTS (SELECT 1 FROM treatment_sessions AS s WHERE s.id = NEW.session_id AND s.error_reason = '' AND {})"
    yield _refuse(
        "record_versions_are_of_an_open_record",
        "INSERT",
        "record_versions",
        "a version is signed while its record is open",
        at_version.format("s.state <> 'signed' AND s.version = NEW.version"),
    )
    yield _refuse(
        "cosignatures_are_of_a_signed_version",
        "INSERT",
        "cosignatures",
        "only a signed version is co-signed",
        "NOT " + _exists("record_versions AS v", "v.session_id = NEW.session_id AND v.version = NEW.version"),
    )
    yield _refuse(
        "amendments_are_of_a_signed_record",
        "INSERT",
        "amendments",
        "only a signed record is amended",
        at_version.format("s.state = 'signed' AND s.version + 1 = NEW.version"),
    )


def _written_once() -> Iterator[Guard]:
    for table, key in (
        ("record_versions", ("session_id", "version")),
        ("cosignatures", ("session_id", "version")),
        ("amendments", ("session_id", "version")),
        ("protocols", ("id", "version")),
        ("stock_movements", ("id",)),
    ):
        why = _WRITE_ONCE.format(table.replace("_", " "))
        yield _refuse(f"{table}_are_never_changed", "UPDATE", table, why)
        erased = _ERASED_WITH.get(table)
        condition = f"NOT {_erased(f'OLD.{erased}')}" if erased else ""
        yield _refuse(f"{table}_are_never_deleted", "DELETE", table, why, condition)
        taken = _exists(f"{table} AS there", _same_key(key))
        yield _refuse(f"{table}_are_never_replaced", "INSERT", table, why, taken)


_SUM_OF_MOVEMENTS = "(SELECT coalesce(sum(m.units), 0) FROM stock_movements AS m WHERE m.item_id = NEW.id)"


def _stock() -> Iterator[Guard]:
    """The count of an item follows its movements, whoever writes them."""
    yield Guard(
        "stock_movements_are_counted",
        "AFTER INSERT",
        "stock_movements",
        does="UPDATE stock_items SET count = count + NEW.units WHERE id = NEW.item_id",
    )
    for when in ("INSERT", "UPDATE"):
        yield _refuse(
            f"stock_items_count_their_movements_on_{when.lower()}",
            when,
            "stock_items",
            "a count is the sum of its movements",
            f"NEW.count <> {_SUM_OF_MOVEMENTS}",
        )


GUARDS: tuple[Guard, ...] = tuple(
    guard
    for guards in (
        _of_the_file,
        _kept,
        _frozen_with_the_record,
        _drawn_from_own_syringes,
        _life_of_a_record,
        _written_once,
        _stock,
    )
    for guard in guards()
)
# As they stand in a clinic file.
TRIGGERS: dict[str, str] = {guard.name: guard.for_file() for guard in GUARDS}


def drop_triggers(connection: Connection) -> None:
    """Drop every trigger of the clinic."""
    drop_guards(connection)


def create_triggers(connection: Connection) -> None:
    """Drop every trigger of the clinic and make the declared ones."""
    drop_guards(connection)
    create_guards(connection, GUARDS)
