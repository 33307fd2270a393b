"""Aftercare: nothing typed about one patient reaches another, nothing is lost, nothing is deleted."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QCoreApplication

from injectmap.domain.treatment_map import Side
from injectmap.ui.aftercare.moment_field import MomentField
from injectmap.ui.aftercare.reviews_card import _ReviewRow
from injectmap.ui.widgets.basics import TextLabel
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from tests.fakes import TODAY
from tests.ui.shell.test_aftercare_page import events, page

__all__ = ["page"]
LONDON = ZoneInfo("Europe/London")


def other_patient(shell):
    return next(one for one in shell.desk.search("Súilleabháin"))


def written(shell, page, title="Swelling"):
    page.events.form.what.setText(title)
    page.events.form.submit()
    return events(shell)[0]


def test_an_event_entered_in_error_stays_readable_and_is_changed_no_more(shell, page):
    written(shell, page)
    card = page.events
    card.form.mark_error.click()
    assert card.reason.isVisible()
    card.reason.accept.click()
    assert card.reason._row.problem
    card.reason.field.setPlainText("Wrong patient")
    card.reason.accept.click()
    (event,) = events(shell)
    assert event.error_reason == "Wrong patient"
    assert "Wrong patient" in card.form.in_error.full_text()
    for button in (card.form.save, card.form.close_event, card.form.mark_error):
        assert not button.isVisible()
    assert card.form.print.isVisible()
    assert not card.form.what.isEnabled()
    assert not card.entry.isVisible()


def test_a_closed_event_is_read_until_it_is_opened_again(shell, page):
    written(shell, page)
    form = page.events.form
    form.outcome.setPlainText("Gone")
    form.close_event.click()
    assert not form.what.isEnabled()
    form.close_event.click()
    assert form.what.isEnabled()
    assert events(shell)[0].outcome == "Gone"


def test_saving_the_event_leaves_a_half_typed_entry_alone(shell, page):
    written(shell, page)
    card = page.events
    card.entry.observed.setPlainText("Half typed")
    card.form.report.setText("MHRA-1")
    card.form.submit()
    assert card.entry.observed.toPlainText() == "Half typed"
    card.form.reported_to.setText("MHRA")
    card.entry.submit()
    assert card.form.reported_to.text() == "MHRA"
    (event,) = events(shell)
    assert (event.report_number, event.reported_to) == ("MHRA-1", "")
    assert event.entries[0].observed == "Half typed"
    card.form.submit()
    assert events(shell)[0].reported_to == "MHRA"


def test_an_outcome_refused_makes_no_second_event(shell, page):
    form = page.events.form
    form.what.setText("Swelling")
    form.outcome.setPlainText("x" * 10_001)
    form.submit()
    assert form._rows["title"].problem
    assert len(form.outcome.toPlainText()) == 10_001
    form.outcome.setPlainText("Gone")
    form.submit()
    (event,) = events(shell)
    assert event.outcome == "Gone"


def test_an_event_is_not_closed_over_an_entry_that_was_not_added(shell, page):
    written(shell, page)
    card = page.events
    card.form.outcome.setPlainText("Gone")
    card.entry.called.setText("Ambulance")
    card.form.close_event.click()
    assert not events(shell)[0].closed
    assert "Add this entry" in card.entry._observed_row.problem
    assert card.entry.called.text() == "Ambulance"


def test_opening_another_patient_stores_the_event_and_shows_none_of_it(shell, page):
    form = page.events.form
    form.what.setText("Blanching")
    page.reviews.note.setText("About Elin")
    page.scores.scale.setText("GAIS")
    shell.desk.open_patient(other_patient(shell))
    assert [one.title for one in events(shell)] == ["Blanching"]
    desk = shell.desk
    assert desk.services.events.of_patient(desk.acting, desk.patient.id) == ()
    shell.space.actions["aftercare_page"].trigger()
    assert not page.events._place.isVisible()
    assert page.reviews.note.text() == ""
    assert page.scores.scale.text() == ""


HOSTILE = (
    '"Quotes" \' #let x = 1; *bold* _it_ $x$ @ref <label> [x] // \\ `raw`',
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 abc",
    "\U0001f642 \U0001f1f8\U0001f1ea",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_come_back_as_typed(shell, page, text):
    written(shell, page, text)
    card = page.events
    card.entry.observed.setPlainText(text)
    card.entry.gave.setText(text)
    card.entry.submit()
    page.reviews.due.setText("1 Mar 2027")
    page.reviews.note.setText(text)
    page.reviews.plan.click()
    page.scores.scale.setText(text)
    page.scores.score.setText(text)
    page.scores.add.click()
    desk = shell.desk
    (event,) = events(shell)
    (planned,) = desk.services.aftercare.follow_ups(desk.acting, shell.elin.id)
    (score,) = desk.services.aftercare.scores(desk.acting, shell.elin.id)
    assert {event.title, event.entries[0].observed, planned.note, score.scale, score.score} == {text.strip()}


def test_a_note_too_long_is_refused_and_stays_and_control_signs_are_left_out(shell, page):
    page.reviews.due.setText("1 Mar 2027")
    page.reviews.note.setText("x" * 2_001)
    page.reviews.plan.click()
    assert page.reviews._note_row.problem
    assert len(page.reviews.note.text()) == 2_001
    assert shell.desk.services.aftercare.follow_ups(shell.desk.acting, shell.elin.id) == ()
    page.reviews.note.setText("a\x07b\x1b")
    page.reviews.plan.click()
    (planned,) = shell.desk.services.aftercare.follow_ups(shell.desk.acting, shell.elin.id)
    assert planned.note == "ab"


def test_a_score_is_corrected_beside_its_journal(shell, page):
    scores, desk = page.scores, shell.desk
    scores.scale.setText("GAIS")
    scores.score.setText("2")
    scores.add.click()
    (one,) = desk.services.aftercare.scores(desk.acting, shell.elin.id)
    from injectmap.ui.widgets.buttons import IconButton

    (pencil,) = scores.findChildren(IconButton)
    pencil.click()
    assert (scores.scale.text(), scores.score.text()) == ("GAIS", "2")
    scores.score.setText("x" * 121)
    scores.add.click()
    assert scores._rows["score"].problem
    scores.score.setText("3")
    scores.add.click()
    (corrected,) = desk.services.aftercare.scores(desk.acting, shell.elin.id)
    assert (corrected.id, corrected.score, corrected.revision) == (one.id, "3", one.revision + 1)
    assert scores.correcting is None
    assert scores.score.text() == ""


def test_a_score_changed_elsewhere_is_a_conflict_that_shows_the_newer_one(shell, page):
    from dataclasses import replace

    from injectmap.ui.widgets.buttons import IconButton

    scores, desk = page.scores, shell.desk
    scores.scale.setText("GAIS")
    scores.score.setText("2")
    scores.add.click()
    (one,) = desk.services.aftercare.scores(desk.acting, shell.elin.id)
    scores.findChildren(IconButton)[0].click()
    desk.services.aftercare.correct_score(desk.acting, replace(one, score="4"))
    scores.score.setText("3")
    scores.add.click()
    assert scores._rows["scale"].problem
    assert desk.services.aftercare.scores(desk.acting, shell.elin.id)[0].score == "4"
    assert scores.score.text() == "3"


def test_a_press_too_many_on_a_review_is_taken_back(shell, page):
    desk = shell.desk
    planned = desk.services.aftercare.plan(desk.acting, shell.elin.id, TODAY + dt.timedelta(days=9))
    page.reviews._note_done(planned)
    (done,) = desk.services.aftercare.follow_ups(desk.acting, shell.elin.id)
    page.reviews._note_undone(done)
    assert desk.services.aftercare.follow_ups(desk.acting, shell.elin.id)[0].done_on is None


def test_moments_are_the_clinics_time_and_untouched_ones_stay_exact(qtbot):
    field = MomentField()
    qtbot.addWidget(field)
    summer = int(dt.datetime(2026, 7, 1, 12, 30, 41, tzinfo=dt.UTC).timestamp() * 1000) + 7
    field.show_moment(summer, LONDON)
    assert field.time.text() == "13:30"
    assert field.at_ms() == summer
    field.time.setText("14:00")
    assert field.at_ms() == int(dt.datetime(2026, 7, 1, 13, 0, tzinfo=dt.UTC).timestamp() * 1000)
    field.day.setText("29 Mar 2026")
    field.time.setText("01:30")
    assert field.at_ms() is None


def test_a_refill_beyond_belief_is_refused(shell, page):
    written(shell, page)
    entry = page.events.entry
    entry.refill[Side.LEFT].setText("999")
    entry.submit()
    assert entry._observed_row.problem
    assert entry.refill[Side.LEFT].text() == "999"


def test_the_due_list_keeps_its_place_and_shows_nobody_of_another_clinic(shell):
    desk = shell.desk
    for days in (1, 2, 3):
        desk.services.aftercare.plan(desk.acting, shell.elin.id, TODAY + dt.timedelta(days=days))
    shell.space.actions["due_page"].trigger()
    due = shell.space.pages["due"]
    due.list.setCurrentIndex(due._rows.index(1, 0))
    due._review_current()
    assert [one.due for one in due._rows.rows] == [TODAY + dt.timedelta(days=days) for days in (1, 3)]
    assert due.list.currentIndex().row() == 1


def test_an_open_event_is_put_away_with_its_patient(shell, page):
    form = page.events.form
    form.what.setText("Blanching")
    shell.desk.close_patient()
    assert [one.title for one in events(shell)] == ["Blanching"]
    assert page.events.shown is None
    assert page.events._place.isHidden()


def test_a_refusal_moves_no_button_of_the_event(shell, page):
    form = page.events.form
    QCoreApplication.processEvents()
    before = form.save.y()
    form.submit()
    assert form._rows["title"].problem
    QCoreApplication.processEvents()
    assert form.save.y() == before
    form.what.setText("Swelling")
    form.passes.setText("99")
    form.submit()
    QCoreApplication.processEvents()
    assert form.save.y() == before


def test_a_follow_up_date_of_the_record_stands_among_the_reviews_and_is_reviewed(shell, page):
    desk, session = shell.desk, shell.desk.session_now()
    day = session.date + dt.timedelta(days=28)
    desk.take_changed(desk.services.fields.set_follow_up(desk.acting, session, day))
    page.refresh()
    (row,) = rows_of(page)
    assert row.follow_up.due == day
    said = " ".join(label.full_text() for label in row.findChildren(TextLabel))
    assert show_date(day) in said
    assert "Follow-up date of the record" in said
    row.findChild(Button).click()
    (kept,) = desk.services.aftercare.follow_ups(desk.acting, shell.elin.id)
    assert (kept.due, kept.done_on, kept.session_id) == (day, TODAY, session.id)
    (row,) = rows_of(page)
    assert row.follow_up == kept


def rows_of(page):
    widgets = [page.reviews._list.itemAt(at).widget() for at in range(page.reviews._list.count())]
    return [one for one in widgets if isinstance(one, _ReviewRow)]
