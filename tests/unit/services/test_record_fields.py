"""Fields of a record: cleaned, timed, journalled, and never written twice for the same words."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.journal import SubjectKind, check_chain
from injectmap.domain.record import FIELD_LIMIT, RecordField
from tests.fakes import NOW_MS, TODAY
from tests.unit.services.record_clinic import RecordClinic


@pytest.fixture
def clinic() -> RecordClinic:
    return RecordClinic()


def test_a_field_is_kept_with_time_author_and_journal_row(clinic: RecordClinic) -> None:
    opened = clinic.session()
    after = clinic.fields.write(
        clinic.acting,
        opened.session,
        RecordField.CONSENT,
        " Read and signed ",
        [("form", " Form 3 "), ("time", "")],
    )
    entry = after.entries[RecordField.CONSENT]
    assert (entry.text, entry.details) == ("Read and signed", (("form", "Form 3"),))
    assert (entry.at_ms, entry.practitioner_id) == (NOW_MS, clinic.practitioner.id)
    assert after.session.revision == opened.session.revision + 1
    (row,) = clinic.rows(SubjectKind.RECORD_ENTRY)
    assert row.subject_id == opened.session.id
    assert json.loads(row.payload or "") == {
        "by": clinic.practitioner.id,
        "details": [["form", "Form 3"]],
        "field": "consent",
        "text": "Read and signed",
    }


def test_the_same_words_are_not_written_again(clinic: RecordClinic) -> None:
    opened = clinic.session()
    untouched = clinic.fields.write(clinic.acting, opened.session, RecordField.REASON, "   ")
    assert untouched.session.revision == opened.session.revision
    once = clinic.fields.write(clinic.acting, opened.session, RecordField.REASON, "Firmer")
    rows, clinic.clock.ms = len(clinic.database.state.journal), NOW_MS + 60_000
    again = clinic.fields.write(clinic.acting, once.session, RecordField.REASON, "Firmer ")
    assert again == once
    assert len(clinic.database.state.journal) == rows


def test_that_a_field_was_emptied_is_part_of_the_record(clinic: RecordClinic) -> None:
    opened = clinic.session()
    once = clinic.fields.write(clinic.acting, opened.session, RecordField.NOTES, "Typed for another")
    emptied = clinic.fields.write(clinic.acting, once.session, RecordField.NOTES, "")
    assert emptied.entries[RecordField.NOTES].text == ""
    assert len(clinic.rows(SubjectKind.RECORD_ENTRY)) == 2


def test_a_session_that_has_moved_on_is_not_overwritten(clinic: RecordClinic) -> None:
    opened = clinic.session()
    clinic.fields.write(clinic.acting, opened.session, RecordField.REASON, "First")
    with pytest.raises(Conflict, match="session_has_changed"):
        clinic.fields.write(clinic.acting, opened.session, RecordField.REASON, "Second")


def test_text_up_to_the_limit_is_taken(clinic: RecordClinic) -> None:
    opened = clinic.session()
    after = clinic.fields.write(clinic.acting, opened.session, RecordField.NOTES, "x" * FIELD_LIMIT)
    with pytest.raises(InputRefused, match="text_too_long"):
        clinic.fields.write(clinic.acting, after.session, RecordField.NOTES, "x" * (FIELD_LIMIT + 1))


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_kept_readable_and_in_the_chain(text: str) -> None:
    clinic = RecordClinic()
    opened = clinic.session()
    after = clinic.fields.write(clinic.acting, opened.session, RecordField.NOTES, text, [("form", text)])
    entry = after.entries.get(RecordField.NOTES)
    assert entry is None or (entry.text == entry.text.strip() and "\x00" not in entry.text)
    assert check_chain(clinic.database.state.journal) is None


def test_the_follow_up_date_lies_after_the_treatment(clinic: RecordClinic) -> None:
    opened = clinic.session()
    month = TODAY + dt.timedelta(days=28)
    after = clinic.fields.set_follow_up(clinic.acting, opened.session, month)
    assert after.session.follow_up == month
    assert json.loads(clinic.rows(SubjectKind.SESSION)[-1].payload or "")["follow_up"] == month.isoformat()
    assert clinic.fields.set_follow_up(clinic.acting, after.session, month) == after
    for impossible in (TODAY, TODAY - dt.timedelta(days=1), dt.date(2202, 1, 1)):
        with pytest.raises(InputRefused, match="follow_up_impossible"):
            clinic.fields.set_follow_up(clinic.acting, after.session, impossible)
    cleared = clinic.fields.set_follow_up(clinic.acting, after.session, None)
    assert cleared.session.follow_up is None
