"""A chain that was recomputed or cut off holds by itself; an anchor kept outside shows it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from injectmap.domain.anchors import Anchor, anchor_from_text, anchor_to_text, public_key_from_text
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind, canonical_json, payload_digest
from injectmap.domain.proof import FindingCode, Findings
from injectmap.services.proof import prove, take_anchor
from injectmap.storage.opening import open_clinic
from injectmap.system.signatures import KeyFiles
from tests.fakes import FixedClock
from tests.tamper.full_clinic import KEY, make_full_clinic
from tests.tamper.tampers import chain, move_head, rechained, spoil, write_chain

CODES = FindingCode


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("anchors") / "Harbour.injectmap"
    make_full_clinic(path)
    return path


@pytest.fixture
def copy(clinic, tmp_path) -> Path:
    return Path(shutil.copy(clinic, tmp_path / "Harbour.injectmap"))


def anchor_of(path: Path, key_file: Path | None = None) -> Anchor:
    database = open_clinic(path, key=KEY, read_only=True)
    try:
        return take_anchor(database, FixedClock(), KeyFiles(), key_file=key_file)
    finally:
        database.close()


def against(path: Path, anchor: Anchor | None, public_key: str = "") -> Findings:
    database = open_clinic(path, key=KEY, read_only=True)
    try:
        return prove(database, KeyFiles(), anchor=anchor, public_key=public_key)
    finally:
        database.close()


def codes(found: Findings) -> list[FindingCode]:
    return [one.code for one in found.findings]


def faulty(found: Findings) -> FindingCode | None:
    """Why the anchor proves nothing; the clinic itself is whole, and nothing was compared."""
    assert found.whole
    assert found.anchored is None
    return None if found.faulty_anchor is None else found.faulty_anchor.code


def rename_in_table_and_journal(raw) -> None:
    """A patient's telephone number changed everywhere, with all digests made anew."""
    rows = chain(raw)
    at, row = next(
        (at, one)
        for at, one in enumerate(rows)
        if one.subject_kind is SubjectKind.PATIENT and one.payload is not None
    )
    data = json.loads(row.payload) | {"telephone": "+46 11 111"}
    payload = canonical_json(data)
    digest = payload_digest(row.salt or "", payload)
    rows[at] = replace(row, payload=payload, payload_digest=digest)
    made = rechained(rows)
    write_chain(raw, made)
    move_head(raw, made[-1])
    raw.execute("UPDATE patients SET telephone = '+46 11 111' WHERE id = ?", (row.subject_id,))


def test_a_recomputed_chain_is_found_by_an_anchor_only(clinic, copy):
    anchor = anchor_of(clinic)
    spoil(copy, KEY, rename_in_table_and_journal)
    assert against(copy, None).whole
    found = against(copy, anchor)
    assert codes(found) == [CODES.ANCHOR_HASH_DIFFERS]
    assert found.anchored is None
    assert found.findings[0].row == anchor.number


def test_a_chain_cut_off_with_its_records_is_found_by_an_anchor_only(clinic, copy):
    anchor = anchor_of(clinic)

    def cut(raw):
        rows = chain(raw)
        # The last rows are an entry and the accounts before it.
        first = next(row.number for row in rows if row.subject_kind is SubjectKind.ACCOUNT)
        write_chain(raw, rows[: first - 1])
        move_head(raw, rows[first - 2])
        raw.execute("DELETE FROM accounts")

    spoil(copy, KEY, cut)
    assert against(copy, None).whole
    found = against(copy, anchor)
    assert codes(found) == [CODES.ANCHOR_ROW_MISSING]
    assert found.anchored is None


def test_an_anchored_row_says_nothing_of_a_chain_that_does_not_hold(clinic, copy):
    anchor = anchor_of(clinic)
    spoil(copy, KEY, lambda raw: raw.execute("DELETE FROM journal WHERE number = 2"))
    found = against(copy, anchor)
    assert CODES.ROW_MISSING in codes(found)
    assert found.anchored is None


def test_rows_added_since_are_no_fault(clinic, copy):
    anchor = anchor_of(clinic)
    database = open_clinic(copy, key=KEY)
    from tests import builders

    with database.writing() as work:
        acting = builders.acting_as(work.practitioners.all()[0])
        work.journal.append(
            acting,
            kind=JournalKind.READ,
            subject_kind=SubjectKind.CLINIC,
            subject_id="clinic",
            payload={},
            at_ms=1,
        )
        work.commit()
    database.close()
    found = against(copy, anchor)
    assert found.whole
    assert found.anchored == anchor.number
    assert [(one.code.value, one.row) for one in found.notes] == [("clock_set_back", anchor.number + 1)]


def test_an_anchor_of_another_clinic(clinic):
    other = replace(anchor_of(clinic), clinic_id="0190f000-0000-7000-8000-000000000009")
    assert faulty(against(clinic, other)) is CODES.ANCHOR_OTHER_CLINIC


class TestSigned:
    @pytest.fixture
    def key_file(self, tmp_path) -> Path:
        path = tmp_path / "clinic.pem"
        KeyFiles().make_key(path)
        return path

    def test_the_key_file_is_its_owners_alone_and_never_replaced(self, key_file):
        assert key_file.stat().st_mode & 0o777 == 0o600
        with pytest.raises(StorageProblem, match="file_exists"):
            KeyFiles().make_key(key_file)

    def test_the_signature_holds_and_says_whose_it_is(self, clinic, key_file):
        anchor = anchor_of(clinic, key_file)
        assert against(clinic, anchor, anchor.public_key).findings == ()
        noted = [one.code.value for one in against(clinic, anchor).notes]
        assert noted == ["signed_by_unknown_key"]

    @pytest.mark.parametrize(
        "change",
        [{"hash": "0" * 64}, {"number": 7}, {"at_ms": 5}, {"program": "9.9"}, {"signature": "0" * 128}],
        ids=lambda one: next(iter(one)),
    )
    def test_whatever_is_changed_in_it_is_found(self, clinic, key_file, change):
        anchor = replace(anchor_of(clinic, key_file), **change)
        assert faulty(against(clinic, anchor, anchor.public_key)) is CODES.ANCHOR_SIGNATURE_WRONG
        assert faulty(against(clinic, anchor)) is CODES.ANCHOR_SIGNATURE_WRONG

    def test_another_key_or_none(self, clinic, key_file, tmp_path):
        known = anchor_of(clinic, key_file).public_key
        KeyFiles().make_key(tmp_path / "other.pem")
        other = anchor_of(clinic, tmp_path / "other.pem")
        assert faulty(against(clinic, other, known)) is CODES.ANCHOR_OTHER_KEY
        assert faulty(against(clinic, anchor_of(clinic), known)) is CODES.ANCHOR_NOT_SIGNED

    def test_what_is_no_key(self, clinic, tmp_path):
        wrong = tmp_path / "wrong.pem"
        wrong.write_text("no key")
        with pytest.raises(InputRefused, match="signing_key_unreadable"):
            anchor_of(clinic, wrong)


def text_of(**changed) -> bytes:
    data = json.loads(anchor_to_text(Anchor("0190f000", 3, "a" * 64, 5, "1.0")))
    return json.dumps({key: value for key, value in (data | changed).items() if value is not ...}).encode()


class TestForm:
    def test_there_and_back(self):
        plain = Anchor("0190f000", 3, "a" * 64, 5, "1.0")
        signed = replace(plain, public_key="b" * 64, signature="c" * 128)
        for one in (plain, signed):
            assert anchor_from_text(anchor_to_text(one).encode()) == one

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b"\xff",
            text_of(row=0),
            text_of(row=True),
            text_of(row=1.0),
            text_of(row=2**60),
            text_of(hash="A" * 64),
            text_of(hash="a" * 63),
            text_of(clinic=""),
            text_of(clinic="a b"),
            text_of(program="<script>"),
            text_of(injectmap_anchor=2),
            text_of(more=1),
            text_of(at_ms=...),
            text_of(signature="c" * 128),
            text_of(public_key="", signature=""),
            text_of() + b" " * 5000,
            b'{"row":1,"row":1}',
        ],
    )
    def test_what_is_no_anchor(self, content):
        with pytest.raises(InputRefused, match="anchor_unreadable"):
            anchor_from_text(content)

    @given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
    @settings(max_examples=200)
    def test_nothing_else_comes_out(self, content):
        with pytest.raises(InputRefused):
            anchor_from_text(content)

    def test_public_keys_as_people_write_them(self):
        assert public_key_from_text(" AB" * 32) == "ab" * 32
        for wrong in ("", "ab", "g" * 64):
            with pytest.raises(InputRefused):
                public_key_from_text(wrong)
