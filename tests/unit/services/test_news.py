"""What others have written is told without payloads, and an edit whose answer was lost is not stored twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from injectmap.domain.acting import Role
from injectmap.domain.errors import Conflict, NotAllowed
from injectmap.domain.journal import SubjectKind
from injectmap.services import news as module
from injectmap.services.news import NewsService
from tests import builders
from tests.unit.services.record_clinic import RecordClinic


@pytest.fixture
def clinic() -> RecordClinic:
    return RecordClinic()


def drawn(clinic: RecordClinic, opened, revision: int):
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id))
    return edit, clinic.sessions.commit(clinic.acting, opened.session.id, edit, revision)


def test_nothing_new_is_one_row_of_nothing(clinic) -> None:
    opened = clinic.session()
    news = NewsService(clinic.database)
    head = news.head()
    assert head == len(clinic.database.state.journal)
    found = news.since(clinic.acting, head, session_id=opened.session.id)
    assert (found.head, found.rows, found.revision) == (head, (), None)


def test_who_wrote_about_what_is_told(clinic) -> None:
    opened = clinic.session()
    news = NewsService(clinic.database)
    head = news.head()
    _, committed = drawn(clinic, opened, opened.session.revision)
    found = news.since(clinic.acting, head, session_id=opened.session.id)
    assert found.about([opened.session.id])
    assert not found.about([opened.patient.id])
    assert found.of_kind(SubjectKind.SESSION)
    assert not found.of_kind(SubjectKind.STOCK_ITEM)
    row = found.last_about(opened.session.id)
    assert (row.practitioner_id, row.workstation) == (clinic.acting.practitioner_id, "room-1")
    assert found.revision == committed.revision
    assert found.head == committed.journal_number


def test_more_than_is_read_at_once_counts_as_everything(clinic, monkeypatch) -> None:
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)
    opened = clinic.session()
    drawn(clinic, opened, opened.session.revision)
    found = NewsService(clinic.database).since(clinic.acting, 0)
    assert not found.all_of_it
    assert found.about(["anybody"])
    assert found.head == NewsService(clinic.database).head()


def test_nobody_is_told_nothing(clinic) -> None:
    nobody = replace(clinic.acting, roles=frozenset[Role]())
    with pytest.raises(NotAllowed):
        NewsService(clinic.database).since(nobody, 0)


def test_an_edit_whose_answer_was_lost_is_proved_and_not_stored_twice(clinic) -> None:
    opened = clinic.session()
    seen = opened.session.revision
    edit, first = drawn(clinic, opened, seen)
    again = clinic.sessions.commit(clinic.acting, opened.session.id, edit, seen)
    assert again == first
    assert len(clinic.sessions.open(clinic.acting, opened.session.id).map.passes) == 1


def test_the_same_edit_of_another_workstation_is_a_conflict(clinic) -> None:
    opened = clinic.session()
    seen = opened.session.revision
    edit, _ = drawn(clinic, opened, seen)
    with pytest.raises(Conflict):
        clinic.sessions.commit(replace(clinic.acting, workstation="room-2"), opened.session.id, edit, seen)
    other = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id))
    with pytest.raises(Conflict):
        clinic.sessions.commit(clinic.acting, opened.session.id, other, seen)


def test_an_edit_that_others_built_upon_is_a_conflict(clinic) -> None:
    opened = clinic.session()
    seen = opened.session.revision
    edit, first = drawn(clinic, opened, seen)
    more = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id, order=2))
    clinic.sessions.commit(clinic.acting, opened.session.id, more, first.revision)
    with pytest.raises(Conflict):
        clinic.sessions.commit(clinic.acting, opened.session.id, edit, seen)
