"""Erasing a person: what goes, what stays, that the chain holds, and that no page of the file remembers."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy.exc import DatabaseError

from injectmap.domain.aftercare import AdverseEvent, EventEntry, FollowUp, OutcomeScore
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind, check_chain
from injectmap.domain.patient import ERASED_BIRTH
from injectmap.domain.privacy import ErasureReason
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.services.patients import patient_to_json
from injectmap.services.sessions import session_to_json
from injectmap.services.syringes import syringe_to_json
from injectmap.storage.erasing import erase, reapply
from injectmap.storage.opening import create_clinic
from tests import builders
from tests.storage.conftest import CLINIC, DEMO, KEY, Charted, chart

AT_MS = 1_800_000_000_000
# Words that stand nowhere but in what is erased; each is looked for in the bytes of the file.
FAMILY, GIVEN, TELEPHONE, BORN = "Quistgaardhusen", "Yngvildrun", "+46 70 555 01 99", dt.date(1951, 11, 27)
NOTES = (
    "zyxnote concern",
    "zyxnote follow-up",
    "zyxnote score",
    "zyxnote event",
    "zyxnote observed",
    "zyxnote expired",
    "zyxnote amended",
    "zyxnote document",
)
PRIVATE = (FAMILY, GIVEN, TELEPHONE, BORN.isoformat(), "zyxnote", FAMILY.lower(), GIVEN.lower())


def fill(charted: Charted) -> None:
    """All that can be known of a person: drawn, written, signed, amended, followed up, and an event."""
    by, acting, session = charted.practitioner, charted.acting, charted.session
    first = charted.syringes[0]
    named = dataclasses.replace(
        charted.patient, family_name=FAMILY, given_name=GIVEN, telephone=TELEPHONE, birth_date=BORN
    )
    with charted.database.writing() as work:
        stored = work.patients.update(named)
        put(work, acting, SubjectKind.PATIENT, stored.id, patient_to_json(stored))
        used = dataclasses.replace(first, expired_reason=NOTES[5], stock_item_id="item")
        work.stock.add(StockItem("item", first.product, first.lot, first.expiry))
        work.stock.move(StockMovement("move", "item", MovementKind.RECEIVED, 4, 1, by.id), 1)
        work.sessions.put_syringe(used)
        put(work, acting, SubjectKind.SYRINGE, used.id, syringe_to_json(used))
        entry = RecordEntry(NOTES[0], 1, by.id)
        work.records.put_entry(session.id, RecordField.CONCERN, entry)
        put(work, acting, SubjectKind.RECORD_ENTRY, session.id, {"field": "concern", "text": entry.text})
        put(work, acting, SubjectKind.SESSION, session.id, session_to_json(session))
        work.commit()
    _, _ = charted.commit(builders.add(builders.cannula_pass(syringe_id=first.id)), 1)
    with charted.database.writing() as work:
        signed = SignedVersion(session.id, 1, "0" * 64, 1, by.id, by.name)
        work.records.sign(
            signed, SignedDocument(json.dumps({"is": NOTES[7]}), (("front", f"<svg>{FAMILY}</svg>"),))
        )
        work.records.cosign(session.id, 1, CoSignature(by.id, by.name, 2))
        work.records.amend(Amendment(session.id, 2, NOTES[6], 3, by.id, by.name))
        work.records.sign(
            dataclasses.replace(signed, version=2), SignedDocument(json.dumps({"is": NOTES[7]}), ())
        )
        work.stock.move(StockMovement("used", "item", MovementKind.USED, -1, 2, by.id, "", session.id), 2)
        of = charted.patient.id, session.id
        follow_up = FollowUp("follow-up", *of, dt.date(2027, 1, 1), NOTES[1])
        work.aftercare.put_follow_up(follow_up)
        put(work, acting, SubjectKind.FOLLOW_UP, follow_up.id, {"note": follow_up.note})
        score = OutcomeScore("score", *of, "GAIS", "improved", "rater", dt.date(2026, 6, 1), NOTES[2])
        work.aftercare.put_score(score)
        put(work, acting, SubjectKind.OUTCOME_SCORE, score.id, {"note": score.note})
        event = AdverseEvent("event", *of, NOTES[3], 1, (EventEntry(1, NOTES[4]),))
        work.aftercare.put_event(event)
        put(work, acting, SubjectKind.ADVERSE_EVENT, event.id, {"title": event.title})
        work.commit()


def put(work: Any, acting: Any, kind: SubjectKind, subject_id: str, payload: Any) -> None:
    work.journal.append(
        acting,
        kind=JournalKind.PUT,
        subject_kind=kind,
        subject_id=subject_id,
        payload=payload,
        at_ms=AT_MS - 1,
    )


@pytest.fixture(params=[None, KEY], ids=["plain", "keyed"])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Charted, bytes | None]]:
    """A clinic with the person of these tests and somebody beside, who has all the same."""
    key = request.param
    charted = chart(create_clinic(tmp_path / "Full.injectmap", CLINIC if key else DEMO, key=key))
    fill(charted)
    beside = builders.patient(family_name="Beside", given_name="Stays", telephone="+46 8 000 11 22")
    session = builders.treatment_session(beside, charted.practitioner)
    unit = builders.syringe(session)
    with charted.database.writing() as work:
        work.patients.add(beside)
        put(work, charted.acting, SubjectKind.PATIENT, beside.id, patient_to_json(beside))
        work.sessions.add(session)
        work.sessions.put_syringe(unit)
        work.sessions.apply_edit(session.id, builders.add(builders.cannula_pass(syringe_id=unit.id)), 1)
        work.aftercare.put_follow_up(FollowUp("other", beside.id, session.id, dt.date(2027, 1, 1), "stays"))
        work.commit()
    yield charted, key
    charted.database.close()


def erased(charted: Charted, reason: ErasureReason = ErasureReason.PATIENTS_REQUEST) -> int:
    with charted.database.writing() as work:
        number = erase(work, charted.acting, charted.patient.id, AT_MS, reason)
        work.commit()
    return number


def bare(charted: Charted, key: bytes | None) -> Any:
    """A connection with the key at most; by the program's own library, for two in one process break locks."""
    raw = sqlcipher.connect(charted.database.path, isolation_level=None)
    if key is not None:
        raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return raw


def everything(charted: Charted, key: bytes | None) -> dict[str, list[tuple[Any, ...]]]:
    raw = bare(charted, key)
    names = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'patient_search%'"
    ).fetchall()
    rows = {name: sorted(raw.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for (name,) in names}
    raw.close()
    return rows


PAGE, RESERVED, WAL_HEAD, FRAME_HEAD = 4096, 80, 32, 24


def decrypted(page: bytes, key: bytes, *, first: bool) -> bytes:
    """One page of a keyed file as SQLCipher 4 writes it: AES-256-CBC, its IV in the reserved end of the page."""
    begin = 16 if first else 0
    algorithm = Cipher(algorithms.AES(key), modes.CBC(page[PAGE - RESERVED : PAGE - RESERVED + 16]))
    unlocked = algorithm.decryptor()
    return unlocked.update(page[begin : PAGE - RESERVED]) + unlocked.finalize()


def pages(path: Path, key: bytes | None) -> bytes:
    """Every page of a file and its log as it lies there, free ones too; those of a keyed file decrypted."""
    log = path.with_name(f"{path.name}-wal")
    main, logged = path.read_bytes(), log.read_bytes() if log.exists() else b""
    if key is None:
        return main + logged
    found = [decrypted(main[at : at + PAGE], key, first=at == 0) for at in range(0, len(main), PAGE)]
    for at in range(WAL_HEAD, len(logged), FRAME_HEAD + PAGE):
        number = int.from_bytes(logged[at : at + 4], "big")
        page = logged[at + FRAME_HEAD : at + FRAME_HEAD + PAGE]
        found.append(decrypted(page, key, first=number == 1))
    assert b"CREATE TABLE patients" in b"".join(found)
    return b"".join(found)


def test_before_the_erasure_the_words_are_in_the_file_and_afterwards_nowhere(
    full: tuple[Charted, bytes | None],
):
    charted, key = full
    charted.database.compact()
    before = pages(charted.database.path, key)
    assert all(word.encode() in before for word in PRIVATE)
    assert all(note.encode() in before for note in NOTES)
    erased(charted)
    assert charted.database.compact()
    after = pages(charted.database.path, key)
    assert [word for word in (*PRIVATE, *NOTES) if word.encode() in after] == []
    assert b"+46 8 000 11 22" in after
    with charted.database.reading() as work:
        assert [one.given_name for one in work.patients.search("bes", limit=3)] == ["Stays"]
        assert [one.given_name for one in work.patients.search("esid", limit=3)] == ["Stays"]


def test_trigrams_of_the_name_are_not_left_in_the_search_index(full: tuple[Charted, bytes | None]):
    charted, key = full
    erased(charted)
    charted.database.compact()
    raw = bare(charted, key)
    raw.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'patient_search', 'row')")
    terms = {term for (term,) in raw.execute("SELECT term FROM terms")}
    raw.close()
    assert "bes" in terms
    assert "qui" not in terms
    assert "yng" not in terms


def test_one_person_goes_and_nobody_else_is_touched(full: tuple[Charted, bytes | None]):
    charted, key = full
    before = everything(charted, key)
    number = erased(charted)
    after = everything(charted, key)
    with charted.database.reading() as work:
        person = work.patients.get(charted.patient.id)
        assert person.erased
        assert person.birth_date == ERASED_BIRTH
        assert not person.folded_name
        assert (person.number, person.revision) == (charted.patient.number, 3)
        assert check_chain(work.journal.all()) is None
        assert work.erasing.erased()[0].row_number == number
        assert work.erasing.erased()[0].reason is ErasureReason.PATIENTS_REQUEST
    for table in (
        "record_entries",
        "record_versions",
        "cosignatures",
        "amendments",
        "outcome_scores",
        "adverse_events",
    ):
        assert len(before[table]) > 0
        assert after[table] == []
    assert len(after["passes"]) == len(after["pass_shares"]) == len(after["follow_ups"]) == 1
    for table in ("stock_items", "stock_movements", "practitioners", "clinic", "accounts", "protocols"):
        assert after[table] == before[table]
    # Syringes keep all but what was typed of them; sessions their number, date, practitioner, state and version.
    assert len(after["syringes"]) == len(before["syringes"])
    changed = [(a, b) for a, b in zip(before["syringes"], after["syringes"], strict=True) if a != b]
    assert [{x for x in a if x not in b} for a, b in changed] == [{NOTES[5]}]
    mine = next(row for row in after["treatment_sessions"] if row[0] == charted.session.id)
    was = next(row for row in before["treatment_sessions"] if row[0] == charted.session.id)
    assert mine[:5] == was[:5]
    assert mine[-3:-1] == was[-3:-1] == ("signed", 2)
    # Everybody else's rows are as they were: what is gone or changed is the person's own.
    own = {
        charted.patient.id,
        charted.session.id,
        charted.patient.number,
        *(one.id for one in charted.syringes),
    }
    own |= {row[0] for row in before["passes"] if charted.session.id in row}
    for table in before.keys() - {"journal", "chain_head", "erased_subjects"}:
        assert [row for row in before[table] if row not in after[table] and not own & set(row)] == [], table


def test_the_row_names_all_that_is_left_and_all_that_went(full: tuple[Charted, bytes | None]):
    charted, _ = full
    number = erased(charted)
    with charted.database.reading() as work:
        rows = work.journal.all()
        stored = work.patients.get(charted.patient.id)
        session = work.sessions.get(charted.session.id)
        subjects = work.erasing.subjects(charted.patient.id)
    said = json.loads(rows[number - 1].payload or "")
    assert said["patient"] == patient_to_json(stored)
    assert said["sessions"] == [session_to_json(session) | {"state": "signed", "version": 2}]
    assert [one["expired_reason"] for one in said["syringes"]] == ["", ""]
    assert sorted(said["subjects"]) == sorted(subjects)
    assert {charted.patient.id, session.id, "follow-up", "score", "event"} < set(subjects)
    assert {one.id for one in charted.syringes} < set(subjects)
    for row in rows:
        if row.subject_id in subjects and row.number != number:
            assert row.payload is None
            assert row.salt is None
        else:
            assert row.payload is not None
            assert row.salt is not None


def test_who_is_erased_is_erased_once_and_nothing_of_them_opens(full: tuple[Charted, bytes | None]):
    charted, _ = full
    erased(charted)
    with charted.database.writing() as work:
        with pytest.raises(InputRefused, match="erased_already"):
            erase(work, charted.acting, charted.patient.id, AT_MS)
        with pytest.raises(StorageProblem, match="patient_not_found"):
            erase(work, charted.acting, "nobody", AT_MS)
        with pytest.raises(InputRefused, match="patient_erased"):
            work.sessions.open(charted.session.id)
        with pytest.raises(InputRefused, match="session_in_error"):
            work.records.put_entry(charted.session.id, RecordField.REASON, RecordEntry("again", 1, "x"))


def test_a_failed_erasure_leaves_everything_as_it_was(full: tuple[Charted, bytes | None]):
    charted, key = full
    before = everything(charted, key)
    with charted.database.writing() as work:
        erase(work, charted.acting, charted.patient.id, AT_MS)
    assert everything(charted, key) == before


def test_search_meets_a_tombstone_by_its_number_alone(full: tuple[Charted, bytes | None]):
    charted, _ = full
    erased(charted)
    with charted.database.reading() as work:
        assert work.patients.search(FAMILY, limit=9) == ()
        assert work.patients.search("qui", limit=9) == ()
        assert work.patients.search(BORN.isoformat(), limit=9) == ()
        assert [one.id for one in work.patients.search(f"{charted.patient.number}", limit=9)][:1] == [
            charted.patient.id
        ]
        assert charted.patient.id not in [one.id for one in work.patients.recent(limit=9)]
        assert work.patients.same_person("", ERASED_BIRTH) == () or not work.patients.same_person(
            FAMILY, BORN
        )


def test_lists_meet_a_tombstone_calmly(full: tuple[Charted, bytes | None]):
    charted, _ = full
    erased(charted)
    with charted.database.reading() as work:
        found = [one for one in work.stock.recall("L24A017") if one.patient_id == charted.patient.id]
        assert [(one.state, one.erased, one.patient_name, one.microlitres) for one in found] == [
            ("erased", True, "", 0)
        ]
        assert [
            one.erased for one in work.stock.recall("L24A017") if one.patient_id != charted.patient.id
        ] == [False]
        assert charted.patient.id not in {
            one.patient_id for one in work.aftercare.due(dt.date(2040, 1, 1), review_months=1)
        }
        (summary,) = work.sessions.of_patient(charted.patient.id)
        assert (summary.pass_count, summary.error_reason) == (0, "erased")
        assert [one.reason for one in work.stock.movements("item")] == ["", ""]
        assert charted.patient.id not in {one.patient_id for one in work.erasing.kept("Europe/Stockholm")}
        assert work.sessions.latest() != charted.session.id


# What the guards open for, and for nothing else.

NEVER = [
    "UPDATE journal SET payload = '{}' WHERE number = 1",
    "UPDATE journal SET payload = NULL, salt = NULL, at_ms = 1 WHERE number = 1",
    "UPDATE journal SET payload = NULL, salt = NULL WHERE number = :erase",
    "UPDATE journal SET payload = NULL, salt = NULL WHERE subject_id = :beside",
    "UPDATE journal SET payload = 'x', salt = 'y' WHERE subject_id = :patient",
    "DELETE FROM journal WHERE number = 1",
    "INSERT INTO erased_subjects VALUES (:beside, 1)",
    "UPDATE erased_subjects SET number = 1",
    "DELETE FROM erased_subjects",
    "DELETE FROM patients WHERE id = :patient",
    "DELETE FROM treatment_sessions WHERE id = :session",
    "DELETE FROM syringes",
    "DELETE FROM stock_movements",
    "DELETE FROM follow_ups WHERE id = 'other'",
    "UPDATE treatment_sessions SET date = '2020-01-01' WHERE id = :session",
    "UPDATE treatment_sessions SET error_reason = 'a name' WHERE id = :session",
    "UPDATE treatment_sessions SET follow_up = '2030-01-01' WHERE id = :session",
    "UPDATE treatment_sessions SET state = 'draft' WHERE id = :session",
    "UPDATE syringes SET lot = 'X' WHERE session_id = :session",
    "UPDATE syringes SET expired_reason = 'a name' WHERE session_id = :session",
]


def test_guards_open_for_what_is_erased_and_nothing_else(full: tuple[Charted, bytes | None]):
    charted, key = full
    number = erased(charted)
    with charted.database.reading() as work:
        beside = next(one.id for one in work.patients.recent(limit=5))
    values = {"erase": number, "beside": beside, "patient": charted.patient.id, "session": charted.session.id}
    before = everything(charted, key)
    raw = bare(charted, key)
    passed = []
    for statement in NEVER:
        try:
            raw.execute(statement, {k: v for k, v in values.items() if f":{k}" in statement})
        except sqlcipher.DatabaseError:
            continue
        passed.append(statement)
    raw.close()
    assert passed == []
    assert everything(charted, key) == before


def test_a_restored_database_erases_again_whom_it_still_holds(full: tuple[Charted, bytes | None]):
    charted, key = full
    charted.database.compact()
    again = reapply(
        charted.database, charted.acting, [charted.patient.id, "never there", charted.patient.id], AT_MS
    )
    assert again == (charted.patient.id,)
    assert FAMILY.encode() not in pages(charted.database.path, key)
    assert reapply(charted.database, charted.acting, [charted.patient.id], AT_MS) == ()
    with charted.database.reading() as work:
        assert check_chain(work.journal.all()) is None
        assert [one.reason for one in work.erasing.erased()] == [ErasureReason.RESTORED]


def test_somebody_reading_delays_what_is_cut_off_the_log_and_that_is_said(full: tuple[Charted, bytes | None]):
    charted, key = full
    with charted.database.reading() as work:
        work.patients.next_number()
        erased(charted)
        assert not charted.database.compact()
    charted.database.close()
    assert FAMILY.encode() not in pages(charted.database.path, key)


# The same on both engines: what the file's own tests look at page by page, here as rows.


def test_a_file_and_a_server_erase_alike(charted: Charted):
    fill(charted)
    number = erased(charted)
    session_id, patient_id = charted.session.id, charted.patient.id
    with charted.database.reading() as work:
        assert check_chain(work.journal.all()) is None
        person = work.patients.get(patient_id)
        assert person.erased
        subjects = set(work.erasing.subjects(patient_id))
        assert {session_id, "follow-up", "score", "event"} < subjects
        kept = {row.number for row in work.journal.all() if row.subject_id in subjects and row.payload}
        assert kept == {number}
        for found in (
            work.aftercare.events(patient_id),
            work.aftercare.scores(patient_id),
            work.aftercare.follow_ups(patient_id),
            work.patients.search(FAMILY, limit=5),
            work.patients.search("zyx", limit=5),
        ):
            assert found == ()
        assert [one.id for one in work.patients.search(f"{person.number}", limit=5)][:1] == [patient_id]
        assert [row.state for row in work.stock.recall("L24A017")] == ["erased"]
        assert work.erasing.holds([patient_id]) == ()
        assert work.erasing.kept("Europe/Stockholm") == ()
        assert [line.kind for line in work.erasing.lines(sorted(subjects))][-1] is JournalKind.ERASE
        with pytest.raises(InputRefused, match="patient_erased"):
            work.sessions.open(session_id)
    for statement in (
        f"UPDATE journal SET payload = 'x' WHERE number = {number - 1}",
        f"UPDATE journal SET payload = NULL, salt = NULL WHERE number = {number}",
        "DELETE FROM erased_subjects",
        "DELETE FROM patients",
        f"UPDATE treatment_sessions SET error_reason = 'a name' WHERE id = '{session_id}'",
        f"UPDATE syringes SET lot = 'X' WHERE session_id = '{session_id}'",
    ):
        with charted.database.writing() as work, pytest.raises((DatabaseError, StorageProblem)):
            work.patients._connection.exec_driver_sql(statement)
