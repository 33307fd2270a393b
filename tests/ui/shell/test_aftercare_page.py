import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from injectmap.domain.treatment_map import Side
from injectmap.ui.aftercare.entry_form import read_tenths
from injectmap.ui.aftercare.event_form import read_numbers
from injectmap.ui.aftercare.moment_field import read_time
from tests.fakes import TODAY


@pytest.fixture
def page(shell):
    shell.space.actions["new_event"].trigger()
    return shell.space.pages["aftercare"]


def events(shell):
    return shell.desk.services.events.of_patient(shell.desk.acting, shell.elin.id)


def test_an_adverse_event_is_written_minute_by_minute(shell, page):
    form = page.events.form
    form.what.setText("Blanching, right cheek")
    form.passes.setText("1-2, 4")
    next(iter(form._boxes.values())).setChecked(True)
    form.submit()
    (event,) = events(shell)
    numbers = shell.editor.map.numbers
    assert sorted(numbers[one] for one in event.pass_ids) == [1, 2, 4]
    assert event.syringe_ids == (shell.editor.syringes[0].id,)
    entry = page.events.entry
    entry.observed.setPlainText("White patch")
    entry.refill[Side.RIGHT].setText("4")
    entry.refill[Side.LEFT].setText("1,5")
    entry.called.setText("Emergency department")
    entry.submit()
    (event,) = events(shell)
    (line,) = event.entries
    assert [(one.side, one.tenths) for one in line.refill] == [(Side.RIGHT, 40), (Side.LEFT, 15)]
    assert line.called == "Emergency department"
    form.outcome.setPlainText("Resolved")
    form.close_event.click()
    assert events(shell)[0].closed
    assert not page.events.entry.isVisible()
    form.close_event.click()
    assert not events(shell)[0].closed


def test_what_cannot_be_read_is_told_at_its_field(shell, page):
    form = page.events.form
    form.submit()
    assert "Type what happened" in form._rows["title"].problem
    form.what.setText("Swelling")
    form.passes.setText("99")
    form.submit()
    assert "numbers of passes" in form._rows["passes"].problem
    form.passes.clear()
    form.onset.time.setText("25:00")
    form.submit()
    assert "14:32" in form._rows["onset"].problem
    assert events(shell) == ()
    form.onset.time.setText("10:00")
    form.submit()
    entry = page.events.entry
    entry.refill[Side.LEFT].setText("quick")
    entry.submit()
    assert "seconds" in entry._refill_rows[Side.LEFT].problem
    entry.refill[Side.LEFT].clear()
    entry.submit()
    assert "Type what was seen" in entry._observed_row.problem


@pytest.mark.parametrize(
    ("text", "time"),
    [("14:32", (14, 32)), ("1432", (14, 32)), ("9.05", (9, 5)), ("24:00", None), ("١٤:٣٢", None)],
)
def test_times(text, time):
    assert read_time(text) == (dt.time(*time) if time else None)


def test_seconds_and_numbers():
    assert [read_tenths(text) for text in ("", "2", "1,8", "12.3")] == [None, 20, 18, 123]
    for text in ("1.25", "-1", "٣", "fast"):
        with pytest.raises(ValueError, match=r".*"):
            read_tenths(text)
    assert read_numbers("1-3, 7, 7") == [1, 2, 3, 7]
    assert read_numbers(" ") == []
    for text in ("3-1", "a", "1;2"):
        with pytest.raises(ValueError, match=r".*"):
            read_numbers(text)


def test_reviews_and_scores_are_kept_and_told_when_wrong(shell, page):
    reviews, scores = page.reviews, page.scores
    reviews.plan.click()
    assert "Type a date" in reviews._due_row.problem
    reviews.due.setText("1 Mar 2027")
    reviews.note.setText("Photographs")
    reviews.plan.click()
    (planned,) = shell.desk.services.aftercare.follow_ups(shell.desk.acting, shell.elin.id)
    assert (planned.due, planned.note, planned.done_on) == (dt.date(2027, 3, 1), "Photographs", None)
    reviews._note_done(planned)
    (done,) = shell.desk.services.aftercare.follow_ups(shell.desk.acting, shell.elin.id)
    assert done.done_on == TODAY
    scores.add.click()
    assert "scale" in scores._rows["scale"].problem
    scores.scale.setText("GAIS")
    scores.score.setText("2")
    scores.add.click()
    (score,) = shell.desk.services.aftercare.scores(shell.desk.acting, shell.elin.id)
    assert (score.scale, score.score, score.rater) == ("GAIS", "2", "Dr R. Okonjo-Lind")


def test_who_is_due_is_opened_and_reviewed_by_the_keyboard(shell):
    desk = shell.desk
    desk.services.aftercare.plan(desk.acting, shell.elin.id, TODAY - dt.timedelta(days=3))
    desk.close_patient()
    shell.space.actions["due_page"].trigger()
    page = shell.space.pages["due"]
    (line,) = page._rows.rows
    assert line.patient_name == "Vasterholm, Elin"
    assert page.list.hasFocus()
    QTest.keyClick(page.list, Qt.Key.Key_R)
    assert page._rows.rows == ()
    assert "Nobody is due" in page._none.full_text()
    desk.services.aftercare.plan(desk.acting, shell.elin.id, TODAY + dt.timedelta(days=20))
    page.refresh()
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert desk.patient.id == shell.elin.id
    assert shell.space.pages.current == "patient"
