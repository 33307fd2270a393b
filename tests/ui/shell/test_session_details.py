import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind
from injectmap.ui.hints import hints_now

F = Qt.Key


@pytest.fixture
def form(shell):
    shell.space.actions["session_details"].trigger()
    return shell.space.session.details


def stored(shell):
    return shell.opener.database.state.sessions[shell.editor.session.id]


def test_the_column_says_when_who_and_which_record(shell):
    line = shell.space.session.line
    assert line.isVisible()
    assert line.date.full_text() == "22 Nov 2026"
    assert line.practitioner.full_text() == "Dr R. Okonjo-Lind"
    assert line.number.full_text() == "Record 2026-00002"


def test_the_pencil_opens_the_form_with_what_is_stored(shell, qtbot):
    qtbot.mouseClick(shell.space.session.line.correct, Qt.MouseButton.LeftButton)
    form = shell.space.session.details
    assert form.isVisible()
    assert form.date.text() == "22 Nov 2026"
    assert form.practitioner.currentText() == "Dr R. Okonjo-Lind"
    assert form.date.hasFocus()
    assert form._of.full_text() == "Record 2026-00002, Vasterholm, Elin"
    assert not shell.space.chart.view.isEnabled()
    assert shell.space.session.form_hints[0] == ("Enter", "hint.correct")


def test_a_correction_is_stored_journalled_and_shown_everywhere(shell, form, qtbot):
    form.practitioner.setCurrentIndex(form.practitioner.findText("M. Sandahl RN"))
    form.date.setText("3.5.2024")
    qtbot.keyClick(form.date, F.Key_Return)
    other = shell.opener.database.state.practitioners[1]
    assert (stored(shell).date, stored(shell).practitioner_id) == (dt.date(2024, 5, 3), other.id)
    last = shell.opener.database.state.journal[-1]
    assert (last.kind, last.subject_id) == (JournalKind.PUT, shell.editor.session.id)
    assert not shell.space.session.form_open
    assert shell.space.chart.view.isEnabled()
    line = shell.space.session.line
    assert (line.date.full_text(), line.practitioner.full_text()) == ("3 May 2024", "M. Sandahl RN")
    assert line.number.full_text() == "Record 2024-00002"
    # The time line is put in order, and the corrected session stays open.
    assert [one.date.year for one in shell.desk.sessions] == [2025, 2024]
    assert shell.desk.sessions[1].practitioner_name == "M. Sandahl RN"
    assert shell.space.side.column.time_line.view.open_id == shell.desk.sessions[1].id


def test_editing_goes_on_after_a_correction(shell, form):
    form.date.setText("3.5.2024")
    form.submit()
    shell.editor.select([shell.editor.map.passes[0].id])
    shell.editor.remove_selected()
    assert shell.editor.failed is None
    assert len(shell.editor.map.passes) == 7
    assert stored(shell).revision == shell.editor.revision
    shell.editor.undo()
    assert len(shell.editor.map.passes) == 8


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.1.2030", "The treatment date lies in the future. A record is made of what was done."),
        ("1.1.1960", "The treatment date lies before the patient’s birth. Check both dates."),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_refusal_stands_under_the_date_and_nothing_is_stored(shell, form, typed, said):
    commits = shell.opener.database.commits
    form.date.setText(typed)
    form.submit()
    assert form._date_row.problem
    assert said in (None, form._date_row.problem)
    assert form.problems() == [form._date_row.problem]
    assert form.date.text() == typed
    assert shell.space.session.form_open
    assert shell.opener.database.commits == commits


def test_escape_leaves_everything_as_it_was(shell, form, qtbot):
    commits = shell.opener.database.commits
    form.date.setText("3.5.2024")
    qtbot.keyClick(form.date, F.Key_Escape)
    assert not shell.space.session.form_open
    assert shell.space.chart.view.isEnabled()
    assert stored(shell).date == dt.date(2026, 11, 22)
    assert shell.opener.database.commits == commits
    shell.space.actions["session_details"].trigger()
    assert form.date.text() == "22 Nov 2026"


def test_the_same_again_is_no_correction(shell, form):
    commits = shell.opener.database.commits
    form.submit()
    assert not shell.space.session.form_open
    assert shell.opener.database.commits == commits


def test_a_conflict_shows_the_newer_state_and_the_next_try_starts_from_it(shell, form):
    state = shell.opener.database.state
    session = stored(shell)
    state.sessions[session.id] = replace(session, date=dt.date(2026, 11, 20), revision=session.revision + 1)
    form.date.setText("3.5.2024")
    form.submit()
    (said,) = form.problems()
    assert said.startswith("This treatment session was changed elsewhere meanwhile. The newer state is shown")
    assert form.date.text() == "20 Nov 2026"
    assert stored(shell).date == dt.date(2026, 11, 20)
    assert shell.desk.sessions[0].date == dt.date(2026, 11, 20)
    form.date.setText("3.5.2024")
    form.submit()
    assert stored(shell).date == dt.date(2024, 5, 3)
    assert not shell.space.session.form_open


def test_what_cannot_be_stored_is_said_in_the_form(shell, form):
    shell.opener.database.failing = StorageProblem("disk_full")
    form.date.setText("3.5.2024")
    form.submit()
    assert len(form.problems()) == 1
    assert form.date.text() == "3.5.2024"
    shell.opener.database.failing = None
    form.submit()
    assert stored(shell).date == dt.date(2024, 5, 3)


def test_an_unsaved_pass_is_not_lost_to_a_correction(shell, form):
    shell.opener.database.failing = StorageProblem("disk_full")
    shell.editor.select([shell.editor.map.passes[0].id])
    shell.editor.remove_selected()
    shell.opener.database.failing = None
    form.date.setText("3.5.2024")
    form.submit()
    assert form.problems() == ["One change is not saved yet. Retry or discard it on the chart, then go on."]
    assert shell.editor.failed is not None


def test_another_session_puts_the_form_away(shell, form):
    shell.desk.open_session(shell.desk.sessions[1].id)
    assert not shell.space.session.form_open
    assert shell.space.session.line.date.full_text() == "6 May 2025"


def test_a_session_in_error_and_a_clinic_for_reading_cannot_be_corrected(shell):
    shell.desk.mark_session_in_error("wrong patient")
    assert not shell.space.session.line.correct.isEnabled()
    shell.space.actions["session_details"].trigger()
    assert not shell.space.session.form_open
    shell.desk.open_session(shell.desk.sessions[1].id)
    assert shell.space.session.line.correct.isEnabled()
    shell.opener.database.read_only = True
    shell.desk.reload_session()
    assert not shell.space.session.line.correct.isEnabled()


def test_the_menu_offers_it(shell):
    assert shell.space.actions["session_details"] in shell.space.top.menu.actions()


def test_the_foot_speaks_of_the_form_only_while_it_is_open(shell, form, qtbot):
    before = hints_now(shell.desk, form=())
    assert shell.space.footer._shown[0][0] == "Enter"
    qtbot.keyClick(form.date, F.Key_Escape)
    assert shell.space.footer._shown == before
