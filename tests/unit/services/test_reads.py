"""Looks at records: written where the clinic wants it, once per look, and in nobody's way."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from injectmap.domain.acting import Acting, Role
from injectmap.domain.errors import NotAllowed
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.playback import from_journal
from injectmap.editing.undo import UndoHistory
from injectmap.services.records import RecordService
from tests import builders
from tests.unit.services.record_clinic import RecordClinic


class Paper:
    """Prints nothing."""

    def pdf(self, *_: object, **__: object) -> bytes:
        return b"%PDF"

    def pages(self, *_: object, **__: object) -> tuple[()]:
        return ()


@pytest.fixture
def clinic() -> RecordClinic:
    one = RecordClinic()
    one.settings.update(one.acting, replace(one.settings.current(), journal_reads=True))
    return one


def looks(clinic: RecordClinic) -> list[tuple[str, str, str]]:
    return [
        (row.practitioner_id, row.subject_id, json.loads(row.payload or "")["what"])
        for row in clinic.database.state.journal
        if row.kind is JournalKind.READ
    ]


def test_a_record_that_stays_open_is_one_look_and_another_person_another(clinic):
    one, two = clinic.session(), clinic.session()
    clinic.read(one)
    clinic.read(one)
    assert looks(clinic) == [(clinic.practitioner.id, one.session.id, "open")]
    other = replace(clinic.acting, practitioner_id=clinic.supervisor.id)
    clinic.sessions.open(other, one.session.id)
    clinic.read(two)
    clinic.read(one)
    assert [subject for _, subject, _ in looks(clinic)][1:] == [
        one.session.id,
        two.session.id,
        one.session.id,
    ]
    clinic.clock.ms += 11 * 60_000
    clinic.read(one)
    assert len(looks(clinic)) == 5


def test_nothing_is_written_unless_the_clinic_wants_it():
    clinic = RecordClinic()
    opened = clinic.session()
    rows = len(clinic.database.state.journal)
    clinic.read(opened)
    assert len(clinic.database.state.journal) == rows


def test_every_copy_that_leaves_the_program_is_a_row(clinic):
    opened = clinic.session()
    records = RecordService(clinic.database, clinic.clock, Paper())
    records.pages(clinic.acting, opened.session.id, pixels_per_inch=30)
    assert looks(clinic) == [], "the preview of the open record is the look that opened it"
    records.pages(clinic.acting, opened.session.id, pixels_per_inch=30, printed=True)
    for _ in range(2):
        records.pdf(clinic.acting, opened.session.id)
    assert [what for _, _, what in looks(clinic)] == ["print", "export", "export"]


def test_what_may_not_be_read_is_not_written_as_read(clinic):
    opened = clinic.session()
    with pytest.raises(NotAllowed):
        clinic.sessions.open(Acting("x", frozenset({Role.FRONT_DESK}), "desk"), opened.session.id)
    assert looks(clinic) == []


def test_a_clinic_open_for_reading_only_is_read_all_the_same(clinic):
    opened = clinic.session()
    clinic.database.read_only = True
    assert clinic.read(opened).session.id == opened.session.id
    assert looks(clinic) == []


def test_looks_by_others_clear_no_undo_and_change_no_playback(clinic):
    opened = clinic.charted()
    other = replace(clinic.acting, practitioner_id=clinic.supervisor.id)
    clinic.sessions.open(other, opened.session.id)
    rows = clinic.sessions.history(clinic.acting, opened.session.id)
    assert rows[-1].kind is JournalKind.READ
    history = UndoHistory.from_journal(rows, clinic.practitioner.id)
    assert len(history.done) == 2
    edits = [row for row in rows if row.kind is not JournalKind.READ]
    assert from_journal(rows).final == from_journal(edits).final == opened.map


def test_an_edit_whose_answer_was_lost_is_proved_although_somebody_looked_since(clinic):
    opened = clinic.session()
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id, microlitres=150))
    first = clinic.sessions.commit(clinic.acting, opened.session.id, edit, opened.session.revision)
    clinic.read(opened)
    again = clinic.sessions.commit(clinic.acting, opened.session.id, edit, opened.session.revision)
    assert again == first
    assert clinic.rows(SubjectKind.SESSION)[-1].kind is JournalKind.READ
