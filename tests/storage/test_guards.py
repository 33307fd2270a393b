"""What is signed or written once stays so in the file itself, whoever asks: raw SQL from a plain connection."""

import dataclasses
import datetime as dt
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlcipher3.dbapi2 as sqlcipher

from injectmap.domain.edits import Edit, EditKind, ItemChange
from injectmap.domain.map_items import ZoneMove
from injectmap.domain.protocol import Protocol
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.domain.treatment_map import Side, SkinPoint
from injectmap.storage.columns import metadata
from injectmap.storage.opening import create_clinic
from injectmap.storage.server_opening import create_server, open_server
from injectmap.storage.triggers import TRIGGERS
from tests import builders
from tests.storage.conftest import CLINIC, DEMO, KEY, Charted, chart
from tests.support.server import Server

# What the guards say.
WHY = {
    statement.split("ABORT, '")[1].split("'")[0] for statement in TRIGGERS.values() if "ABORT" in statement
} | {"ck_amendments_reason_given"}
REFUSED = (sqlite3.DatabaseError, sqlcipher.DatabaseError, psycopg.DatabaseError)
SERVER = "server"


class Keeper:
    """The server's own keeper with no program of ours between, saying the same statements in its words."""

    def __init__(self, server: Server) -> None:
        self._raw = server.connect("guarded")

    def execute(self, statement: str, values: Any = ()) -> Any:
        # Replacing in an insert is SQLite's own: on a server the same is tried by inserting or changing.
        said = statement.replace(" OR REPLACE", "").replace("BEGIN IMMEDIATE", "BEGIN").replace("%", "%%")
        return self._raw.execute(said.replace("?", "%s").replace(":id", "%(id)s"), values)

    def close(self) -> None:
        self._raw.close()


def sign(charted: Charted, version: int = 1) -> None:
    by = charted.practitioner
    with charted.database.writing() as work:
        work.records.sign(
            SignedVersion(charted.session.id, version, "0" * 64, 1_700_000_000_000, by.id, by.name),
            SignedDocument('{"signed":true}', (("front", "<svg/>"),)),
        )
        work.commit()


def amend(charted: Charted, version: int = 2) -> None:
    by = charted.practitioner
    with charted.database.writing() as work:
        work.records.amend(
            Amendment(charted.session.id, version, "wrong lot", 1_700_000_100_000, by.id, by.name)
        )
        work.commit()


def plain(charted: Charted, key: bytes | str | None, server: Server | None = None) -> Any:
    """A connection as any tool makes it: the key at most, and none of our settings."""
    if server is not None:
        return Keeper(server)
    assert not isinstance(key, str)
    module: Any = sqlite3 if key is None else sqlcipher
    raw = module.connect(charted.database.path, isolation_level=None)
    if key is not None:
        raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    assert raw.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    assert raw.execute("PRAGMA foreign_keys").fetchone() == (0,)
    return raw


def everything(raw: Any) -> dict[str, list[Any]]:
    return {
        name: sorted(raw.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in metadata.tables
    }


def clinic(folder: Path, key: bytes | None) -> Charted:
    """A guarded clinic in a file."""
    return filled(create_clinic(folder / "guarded.injectmap", DEMO if key is None else CLINIC, key=key))


def filled(database: Any) -> Charted:
    """A session 'signed' with all that belongs to it, and an open one of the same patient with a pass of its own."""
    charted = chart(database)
    by, first = charted.practitioner, charted.syringes[0]
    item = StockItem("item", first.product, first.lot, first.expiry)
    move = ZoneMove("gonion", Side.LEFT, SkinPoint(1, 2, 3))
    charted.commit(builders.add(builders.cannula_pass(pass_id="pass", syringe_id=first.id)), 1)
    charted.commit(Edit(EditKind.MOVE_ZONE_CORNER, (), (ItemChange(None, move),)), 2)
    open_one = dataclasses.replace(builders.treatment_session(charted.patient, by), id="open")
    with charted.database.writing() as work:
        work.records.put_entry(charted.session.id, RecordField.REASON, RecordEntry("jaw line", 1, by.id))
        work.stock.add(item)
        work.stock.move(StockMovement("move", "item", MovementKind.RECEIVED, 4, 1, by.id), 1)
        work.protocols.add(Protocol("own", 1, "Own", "clinic", "us", "", {}, ()))
        work.sessions.add(open_one)
        work.sessions.put_syringe(dataclasses.replace(builders.syringe(open_one), id="open-syringe"))
        drawn = builders.cannula_pass(pass_id="open-pass", order=7, syringe_id="open-syringe")
        work.sessions.apply_edit("open", builders.add(drawn), 1)
        work.commit()
    sign(charted)
    with charted.database.writing() as work:
        work.records.cosign(charted.session.id, 1, CoSignature(by.id, by.name, 1_700_000_200_000))
        work.commit()
    return charted


@pytest.fixture(scope="module", params=[None, KEY, SERVER], ids=["plain", "keyed", "server"])
def signed(request: pytest.FixtureRequest) -> Iterator[tuple[Charted, Any]]:
    if request.param == SERVER:
        server: Server = request.getfixturevalue("server")
        charted = filled(create_server(server.create("guarded"), CLINIC))
        raw = plain(charted, SERVER, server)
        yield charted, raw
        raw.close()
        charted.database.close()
        server.drop("guarded")
        return
    with tempfile.TemporaryDirectory() as folder:
        charted = clinic(Path(folder), request.param)
        raw = plain(charted, request.param)
        yield charted, raw
        raw.close()
        charted.database.close()


# In the statements below :id is the signed session, 'open' an open one of the same patient.
OF_PASS = (
    "drawn_order, entry_id, curved, controls, points, length_um, zones, technique, plane, depth_um, instrument_kind, "
    "gauge, instrument_um, status, deposits, fulfils, deviation, reference"
)
OF_SYRINGE = (
    "product_id, product_name, product, lot, folded_lot, expiry, serial, udi, opened_volume_ul, discarded_ul, "
    "expired_reason, stock_item_id"
)
OF_SESSION = (
    "patient_id, practitioner_id, date, head_version, zones_version, default_technique, default_plane, "
    "default_instrument_kind, default_gauge, default_instrument_um, default_ul, revision, error_reason"
)
TRIED = {
    "draw a pass": f"INSERT INTO passes SELECT 'new', :id, 50, {OF_PASS.split(', ', 1)[1]} FROM passes WHERE id = 'pass'",
    "change a plane": "UPDATE passes SET plane = 'sub_smas' WHERE session_id = :id",
    "change a zone split": "UPDATE passes SET zones = 'chin left 1' WHERE id = 'pass'",
    "make a done pass a planned one": "UPDATE passes SET status = 'planned' WHERE id = 'pass'",
    "remove a pass": "DELETE FROM passes WHERE id = 'pass'",
    "replace a pass": "INSERT OR REPLACE INTO passes SELECT * FROM passes WHERE id = 'pass'",
    "take a pass over by replacing it": f"INSERT OR REPLACE INTO passes SELECT 'pass', 'open', {OF_PASS} FROM passes WHERE id = 'pass'",
    "take a pass over by its row number": f"INSERT OR REPLACE INTO passes (rowid, id, session_id, {OF_PASS}) SELECT (SELECT rowid FROM passes WHERE id = 'pass'), 'x', 'open', 99, {OF_PASS.split(', ', 1)[1]} FROM passes WHERE id = 'pass'",
    "move a pass to another session": "UPDATE passes SET session_id = 'open', drawn_order = 60 WHERE id = 'pass'",
    "move a pass into the signed session": "UPDATE passes SET session_id = :id WHERE id = 'open-pass'",
    "give a pass another's id": "UPDATE OR REPLACE passes SET id = 'pass' WHERE id = 'open-pass'",
    "give a pass another's row number": "UPDATE OR REPLACE passes SET rowid = (SELECT rowid FROM passes WHERE id = 'pass') WHERE id = 'open-pass'",
    "add a share": "INSERT INTO pass_shares SELECT pass_id, 5, syringe_id, 1 FROM pass_shares WHERE pass_id = 'pass'",
    "change a volume": "UPDATE pass_shares SET microlitres = microlitres + 1 WHERE pass_id = 'pass'",
    "name another syringe": "UPDATE pass_shares SET syringe_id = 'open-syringe' WHERE pass_id = 'pass'",
    "draw from its syringe elsewhere": "UPDATE pass_shares SET syringe_id = (SELECT id FROM syringes WHERE session_id = :id LIMIT 1) WHERE pass_id = 'open-pass'",
    "draw from a syringe of another session": "INSERT INTO pass_shares SELECT 'open-pass', 8, id, 5 FROM syringes WHERE session_id <> 'open' LIMIT 1",
    "remove a share": "DELETE FROM pass_shares WHERE pass_id = 'pass'",
    "replace a share": "INSERT OR REPLACE INTO pass_shares SELECT pass_id, position, syringe_id, 7 FROM pass_shares WHERE pass_id = 'pass'",
    "give a share another's place": "UPDATE OR REPLACE pass_shares SET pass_id = 'pass' WHERE pass_id = 'open-pass'",
    "move a share to another pass": "UPDATE pass_shares SET pass_id = 'open-pass', position = 9 WHERE pass_id = 'pass'",
    "add a map item": "INSERT INTO map_items VALUES (:id, 'x', 'zone_move', '{}')",
    "change a map item": "UPDATE map_items SET body = '{}' WHERE session_id = :id",
    "remove a map item": "DELETE FROM map_items WHERE session_id = :id",
    "move a map item away": "UPDATE map_items SET session_id = 'open' WHERE session_id = :id",
    "add a syringe": f"INSERT INTO syringes SELECT 'new', :id, 9, {OF_SYRINGE} FROM syringes WHERE id = 'open-syringe'",
    "change a lot": "UPDATE syringes SET lot = 'OTHER', folded_lot = 'other' WHERE session_id = :id",
    "discard from a syringe": "UPDATE syringes SET discarded_ul = 100 WHERE session_id = :id",
    "move a syringe away": "UPDATE syringes SET session_id = 'open', number = number + 20 WHERE session_id = :id",
    "replace a syringe": "INSERT OR REPLACE INTO syringes SELECT * FROM syringes WHERE session_id = :id",
    "take a syringe over": f"INSERT OR REPLACE INTO syringes SELECT id, 'open', number + 30, {OF_SYRINGE} FROM syringes WHERE session_id = :id",
    "delete a syringe": "DELETE FROM syringes WHERE session_id = :id",
    "write an entry": "INSERT INTO record_entries SELECT session_id, 'notes', at_ms, practitioner_id, details, body FROM record_entries WHERE session_id = :id",
    "change an entry": "UPDATE record_entries SET body = 'chin' WHERE session_id = :id",
    "replace an entry": "INSERT OR REPLACE INTO record_entries SELECT session_id, field, at_ms, practitioner_id, details, 'chin' FROM record_entries WHERE session_id = :id",
    "delete an entry": "DELETE FROM record_entries WHERE session_id = :id",
    "change the date": "UPDATE treatment_sessions SET date = '2020-01-01' WHERE id = :id",
    "change the practitioner": "UPDATE treatment_sessions SET practitioner_id = 'another' WHERE id = :id",
    "give it to another patient": "UPDATE treatment_sessions SET patient_id = 'another' WHERE id = :id",
    "change the follow-up date": "UPDATE treatment_sessions SET follow_up = '2026-12-01' WHERE id = :id",
    "turn it back into a draft": "UPDATE treatment_sessions SET state = 'draft' WHERE id = :id",
    "turn it back and the version too": "UPDATE treatment_sessions SET state = 'draft', version = 2 WHERE id = :id",
    "open it without an amendment": "UPDATE treatment_sessions SET state = 'amending', version = 2 WHERE id = :id",
    "open it at the same version": "UPDATE treatment_sessions SET state = 'amending' WHERE id = :id",
    "raise the version alone": "UPDATE treatment_sessions SET version = 2 WHERE id = :id",
    "raise the revision alone": "UPDATE treatment_sessions SET revision = revision + 1 WHERE id = :id",
    "mark in error and change the date": "UPDATE treatment_sessions SET error_reason = 'x', date = '2020-01-01' WHERE id = :id",
    "mark in error and reopen": "UPDATE treatment_sessions SET error_reason = 'x', state = 'draft' WHERE id = :id",
    "delete the session": "DELETE FROM treatment_sessions WHERE id = :id",
    "replace the session": f"INSERT OR REPLACE INTO treatment_sessions SELECT id, number, {OF_SESSION}, 'draft', 1, NULL FROM treatment_sessions WHERE id = :id",
    "replace the session by its number": f"INSERT OR REPLACE INTO treatment_sessions SELECT 'new', number, {OF_SESSION}, 'draft', 1, NULL FROM treatment_sessions WHERE id = :id",
    "give the session another id": "UPDATE treatment_sessions SET id = 'x' WHERE id = :id",
    "take its number": "UPDATE OR REPLACE treatment_sessions SET number = (SELECT number FROM treatment_sessions WHERE id = :id) WHERE id = 'open'",
    "begin a session as signed": f"INSERT INTO treatment_sessions SELECT 'new', number + 1000, {OF_SESSION}, 'signed', 1, NULL FROM treatment_sessions WHERE id = :id",
    "begin a session as amended": f"INSERT INTO treatment_sessions SELECT 'new', number + 1000, {OF_SESSION}, 'draft', 2, NULL FROM treatment_sessions WHERE id = :id",
    "sign without a document": "UPDATE treatment_sessions SET state = 'signed' WHERE id = 'open'",
    "amend a draft": "UPDATE treatment_sessions SET state = 'amending', version = 2 WHERE id = 'open'",
    "raise a draft's version": "UPDATE treatment_sessions SET version = 2 WHERE id = 'open'",
    "change a document": "UPDATE record_versions SET document = '{}'",
    "change a picture": "UPDATE record_versions SET pictures = '[]'",
    "change who signed": "UPDATE record_versions SET practitioner_name = 'Someone else'",
    "delete a document": "DELETE FROM record_versions",
    "replace a document": "INSERT OR REPLACE INTO record_versions SELECT session_id, version, digest, signed_at_ms, practitioner_id, practitioner_name, '{}', pictures FROM record_versions",
    "sign the next version unopened": "INSERT INTO record_versions SELECT session_id, 2, digest, signed_at_ms, practitioner_id, practitioner_name, '{}', pictures FROM record_versions",
    "sign ahead for a draft": "INSERT INTO record_versions SELECT 'open', 2, digest, signed_at_ms, practitioner_id, practitioner_name, '{}', pictures FROM record_versions",
    "change a co-signature": "UPDATE cosignatures SET practitioner_name = 'Someone else'",
    "delete a co-signature": "DELETE FROM cosignatures",
    "replace a co-signature": "INSERT OR REPLACE INTO cosignatures SELECT * FROM cosignatures",
    "co-sign what is not signed": "INSERT INTO cosignatures SELECT 'open', 1, practitioner_id, practitioner_name, at_ms FROM cosignatures",
    "amend without a reason": "INSERT INTO amendments SELECT session_id, 2, ' ', 1, practitioner_id, practitioner_name FROM record_versions",
    "amend two versions on": "INSERT INTO amendments SELECT session_id, 3, 'why', 1, practitioner_id, practitioner_name FROM record_versions",
    "amend what is not signed": "INSERT INTO amendments SELECT 'open', 2, 'why', 1, practitioner_id, practitioner_name FROM record_versions",
    "replace a patient": "INSERT OR REPLACE INTO patients SELECT id, number, 'X', 'Y', 'x y', birth_date, sex, telephone, 1, '' FROM patients",
    "replace a patient by the number": "INSERT OR REPLACE INTO patients SELECT 'x', number, 'X', 'Y', 'x y', birth_date, sex, telephone, 1, '' FROM patients",
    "replace a practitioner": "INSERT OR REPLACE INTO practitioners SELECT id, 'X', '', '' FROM practitioners",
    "replace an item": "INSERT OR REPLACE INTO stock_items SELECT id, product_id, product_name, product, 'L', 'l', expiry, serial, udi, count, 1 FROM stock_items",
    "replace a document by its row number": "INSERT OR REPLACE INTO record_versions (rowid, session_id, version, digest, signed_at_ms, practitioner_id, practitioner_name, document, pictures) SELECT rowid, 'open', 1, digest, signed_at_ms, practitioner_id, practitioner_name, '{}', pictures FROM record_versions",
    "take a session's row number": "UPDATE OR REPLACE treatment_sessions SET rowid = (SELECT rowid FROM treatment_sessions WHERE id = :id) WHERE id = 'open'",
    "change a movement": "UPDATE stock_movements SET units = 9",
    "delete a movement": "DELETE FROM stock_movements",
    "replace a movement": "INSERT OR REPLACE INTO stock_movements SELECT number, id, item_id, kind, 9, at_ms, practitioner_id, reason, session_id FROM stock_movements",
    "replace a movement by its id": "INSERT OR REPLACE INTO stock_movements (id, item_id, kind, units, at_ms, practitioner_id, reason) SELECT id, item_id, kind, 9, at_ms, practitioner_id, reason FROM stock_movements",
    "set a count": "UPDATE stock_items SET count = 100",
    "begin an item with a count": "INSERT INTO stock_items SELECT 'other', product_id, product_name, product, 'L', 'l', expiry, serial, udi, 5, 1 FROM stock_items",
    "delete an item": "DELETE FROM stock_items",
    "change a protocol": "UPDATE protocols SET body = '{}'",
    "delete a protocol": "DELETE FROM protocols",
    "replace a protocol": "INSERT OR REPLACE INTO protocols SELECT id, version, name, '{}' FROM protocols",
}  # fmt: skip


@pytest.mark.parametrize("tried", TRIED)
def test_raw_sql_is_refused(signed, tried):
    charted, raw = signed
    if isinstance(raw, Keeper) and "rowid" in TRIED[tried]:
        # Nothing that a statement can name there: that it is refused at all is enough.
        with pytest.raises(psycopg.errors.UndefinedColumn):
            raw.execute(TRIED[tried], {"id": charted.session.id} if ":id" in TRIED[tried] else ())
        return
    before = everything(raw)
    values: Any = {"id": charted.session.id} if ":id" in TRIED[tried] else ()
    raw.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(REFUSED) as refused:
            raw.execute(TRIED[tried], values)
    finally:
        raw.execute("ROLLBACK")
    # A guard said so, not a slip of the statement itself.
    assert any(why in str(refused.value) for why in WHY)
    assert everything(raw) == before


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Charted]:
    charted = clinic(tmp_path, KEY)
    yield charted
    charted.database.close()


def state_of(charted: Charted) -> tuple[str, int]:
    with charted.database.reading() as work:
        session = work.sessions.get(charted.session.id)
    return session.state.value, session.version


def test_an_open_amendment_may_be_edited_and_signed_and_is_then_shut(own):
    amend(own)
    raw = plain(own, KEY)
    raw.execute("UPDATE syringes SET discarded_ul = 3 WHERE session_id = ?", (own.session.id,))
    raw.execute("UPDATE passes SET plane = 'sub_smas' WHERE id = 'pass'")
    with pytest.raises(REFUSED, match="signed with its document"):
        raw.execute("UPDATE treatment_sessions SET state = 'signed' WHERE id = ?", (own.session.id,))
    with pytest.raises(REFUSED, match="signed before it is amended"):
        raw.execute("UPDATE treatment_sessions SET state = 'draft' WHERE id = ?", (own.session.id,))
    with pytest.raises(REFUSED, match="signed before it is amended"):
        raw.execute("UPDATE treatment_sessions SET version = 3 WHERE id = ?", (own.session.id,))
    sign(own, 2)
    assert state_of(own) == ("signed", 2)
    with pytest.raises(REFUSED, match="only amended"):
        raw.execute("UPDATE passes SET plane = 'subdermal' WHERE id = 'pass'")
    raw.close()


def test_signing_changes_nothing_but_the_state(own):
    amend(own)
    raw = plain(own, KEY)
    raw.execute("BEGIN")
    raw.execute(
        "INSERT INTO record_versions SELECT session_id, 2, digest, 1, practitioner_id, practitioner_name, '{}', '[]' "
        "FROM record_versions"
    )
    with pytest.raises(REFUSED, match="signed with its document"):
        raw.execute(
            "UPDATE treatment_sessions SET state = 'signed', date = '2020-01-01' WHERE id = ?",
            (own.session.id,),
        )
    raw.execute("UPDATE treatment_sessions SET state = 'signed' WHERE id = ?", (own.session.id,))
    raw.execute("ROLLBACK")
    raw.close()


def test_a_signed_session_is_marked_in_error_once_and_never_opened_again(own):
    raw = plain(own, KEY)
    raw.execute(
        "UPDATE treatment_sessions SET error_reason = 'wrong patient' WHERE id = ?", (own.session.id,)
    )
    for statement in (
        "UPDATE treatment_sessions SET error_reason = '' WHERE id = ?",
        "UPDATE treatment_sessions SET error_reason = 'another' WHERE id = ?",
        "INSERT INTO amendments SELECT id, 2, 'why', 1, practitioner_id, 'x' FROM treatment_sessions WHERE id = ?",
    ):
        with pytest.raises(REFUSED):
            raw.execute(statement, (own.session.id,))
    raw.close()
    assert state_of(own) == ("signed", 1)


def test_a_count_follows_movements_written_by_anyone(own):
    raw = plain(own, KEY)
    raw.execute(
        "INSERT INTO stock_movements (id, item_id, kind, units, at_ms, practitioner_id, reason) "
        "VALUES ('raw', 'item', 'adjusted', -6, 1, ?, '')",
        (own.practitioner.id,),
    )
    raw.close()
    with own.database.reading() as work:
        assert work.stock.get("item").count == -2 == sum(one.units for one in work.stock.movements("item"))


def test_our_own_writing_is_refused_by_name_before_the_guards_are_asked(own):
    syringe = dataclasses.replace(own.syringes[0], lot="OTHER")
    drawn = builders.cannula_pass(order=80, syringe_id=syringe.id)
    with own.database.reading() as work:
        session = work.sessions.get(own.session.id)
    later = dataclasses.replace(session, date=dt.date(2026, 3, 15))
    from injectmap.domain.errors import InputRefused

    for attempt in (
        lambda work: work.sessions.apply_edit(session.id, builders.add(drawn), session.revision),
        lambda work: work.sessions.update(later),
        lambda work: work.sessions.put_syringe(syringe),
        lambda work: work.records.put_entry(
            session.id, RecordField.NOTES, RecordEntry("x", 1, own.practitioner.id)
        ),
    ):
        with pytest.raises(InputRefused, match="session_signed"), own.database.writing() as work:
            attempt(work)


def test_no_pass_draws_from_a_syringe_of_another_session(own):
    from injectmap.domain.errors import Conflict

    drawn = builders.cannula_pass(order=70, syringe_id=own.syringes[0].id)
    with pytest.raises(Conflict, match="map_has_changed"), own.database.writing() as work:
        work.sessions.apply_edit("open", builders.add(drawn), 2)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_a_server_never_empties_a_table(server, emptied, table):
    with (
        server.connect("harbour") as raw,
        pytest.raises(psycopg.errors.CheckViolation, match="a table is never emptied"),
    ):
        raw.execute(f"TRUNCATE {table} CASCADE")


def test_a_table_of_the_same_name_does_not_blind_a_guard(server, emptied):
    database = open_server(emptied)
    charted = chart(database)
    sign(charted)
    with server.connect("harbour") as raw:
        # Found before the clinic's own by whoever does not say where to look.
        raw.execute(
            "CREATE TEMPORARY TABLE treatment_sessions AS SELECT * FROM treatment_sessions WHERE FALSE"
        )
        with pytest.raises(psycopg.errors.CheckViolation, match="only amended"):
            raw.execute("UPDATE syringes SET lot = 'OTHER'")
    database.close()
