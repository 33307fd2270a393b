"""Review and sign, driven by the keyboard as a clinician would."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.errors import StorageProblem
from injectmap.domain.record import RecordField, RecordState
from injectmap.domain.settings import Phrase, Requirement

KEY = Qt.Key


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    """A key goes to whatever has the keyboard."""
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)


@pytest.fixture
def review(shell, qtbot):
    """The record's page of a draft, in a clinic with a consent form and two phrases."""
    service = shell.desk.services.settings_service
    service.update(
        shell.desk.acting,
        replace(
            service.current(),
            consent_form="Form 3",
            phrases=(
                Phrase(RecordField.REASON, "Wishes a firmer jawline."),
                Phrase(RecordField.RISKS, "Bruising was discussed."),
                Phrase(RecordField.RISKS, "Occlusion was discussed."),
            ),
        ),
    )
    shell.space.actions["record"].trigger()
    return shell.space.pages["record"]


def entries(shell):
    return shell.desk.editor.opened.entries


def test_the_whole_review_takes_a_key_for_each_thing_that_is_missing(shell, review, qtbot):
    assert review.review.open_key is Requirement.CONSENT
    press(KEY.Key_Return)
    assert entries(shell)[RecordField.CONSENT].detail("form") == "Form 3"
    assert entries(shell)[RecordField.CONSENT].detail("given_by") == "the patient"
    assert review.review.open_key is Requirement.REASON
    press(KEY.Key_Return)
    assert entries(shell)[RecordField.REASON].text == "Wishes a firmer jawline."
    assert review.review.open_key is Requirement.RISKS
    press(KEY.Key_2)
    assert entries(shell)[RecordField.RISKS].text == "Occlusion was discussed."
    assert review.balance.discard.hasFocus()
    press(KEY.Key_Return)
    assert all(one.balanced for one in shell.editor.balances)
    assert review.review.missing == ()
    assert review.hasFocus()
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)
    assert shell.editor.read_only
    assert "Version 1 signed by Dr R. Okonjo-Lind" in review.signature._signatures.full_text()
    assert not review.signature.sign.isVisible()
    assert shell.desk.sessions[0].state is RecordState.SIGNED


def test_nothing_is_signed_while_something_is_missing(shell, review):
    assert not review.signature.sign.isEnabled()
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert shell.editor.session.state is RecordState.DRAFT
    assert "still missing" in review.signature._problem.full_text()


def test_typing_over_the_phrases_writes_own_words(shell, review):
    review.review.open_line(Requirement.REASON)
    QTest.keyClicks(QApplication.focusWidget(), "O")
    QTest.keyClicks(QApplication.focusWidget(), "wn words")
    press(KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(QApplication.focusWidget(), "second line")
    press(KEY.Key_Return)
    assert entries(shell)[RecordField.REASON].text == "Own words\nsecond line"


def test_what_is_typed_is_kept_after_a_pause_and_on_closing(shell, review, qtbot):
    review.review.open_line(RecordField.NOTES)
    QTest.keyClicks(QApplication.focusWidget(), "Half a sentence")
    editor = review.review._editors[RecordField.NOTES]
    editor.box.paused.emit()
    assert entries(shell)[RecordField.NOTES].text == "Half a sentence"
    assert editor.box.toPlainText() == "Half a sentence"
    QTest.keyClicks(QApplication.focusWidget(), ", whole")
    press(KEY.Key_Escape)
    assert entries(shell)[RecordField.NOTES].text == "Half a sentence, whole"
    assert review.review.open_key is None


def test_a_refusal_stands_under_its_line_and_loses_nothing(shell, review):
    review.review.open_line(Requirement.REACTIONS)
    editor = review.review._editors[RecordField.REACTIONS]
    editor.box.setPlainText("x" * 10_001)
    press(KEY.Key_Return)
    row = review.review.rows[Requirement.REACTIONS]
    assert "longer than" in row.problem.full_text()
    assert len(editor.box.toPlainText()) == 10_001
    assert RecordField.REACTIONS not in entries(shell)


def test_a_failing_disk_is_told_and_the_words_stay(shell, review):
    review.review.open_line(RecordField.NOTES)
    QTest.keyClicks(QApplication.focusWidget(), "Kept")
    shell.opener.database.failing = StorageProblem("disk_full")
    press(KEY.Key_Return)
    assert review.review.rows[RecordField.NOTES].problem.full_text()
    shell.opener.database.failing = None
    press(KEY.Key_Return)
    assert entries(shell)[RecordField.NOTES].text == "Kept"


def test_history_is_answered_at_once_or_flag_by_flag(shell, review):
    review.review.open_line(Requirement.HISTORY)
    editor = review.review._editors[RecordField.HISTORY]
    allergy, *_ = editor.flags.values()
    allergy.setCurrentIndex(allergy.findData("yes"))
    editor.all_no.click()
    answers = dict(entries(shell)[RecordField.HISTORY].details)
    assert answers["allergy"] == "yes"
    assert set(answers.values()) == {"yes", "no"}


def test_a_follow_up_is_set_in_weeks_and_an_impossible_one_refused(shell, review):
    review.review.open_line(Requirement.FOLLOW_UP)
    follow_up = review.review._follow_up
    follow_up.field.setText("1 Jan 2001")
    press(KEY.Key_Return)
    assert "Check the year" in review.review.rows[Requirement.FOLLOW_UP].problem.full_text()
    follow_up.field.setText("no date")
    press(KEY.Key_Return)
    assert shell.editor.session.follow_up is None
    button = next(b for b in follow_up.children() if b.property("weeks") == 4)
    button.click()
    assert (shell.editor.session.follow_up - shell.editor.session.date).days == 28


def test_a_discarded_volume_above_the_rest_is_refused_in_words(shell, review):
    row = review.balance.rows[0]
    row.discarded.setFocus()
    row.discarded.selectAll()
    QTest.keyClicks(row.discarded, "9")
    press(KEY.Key_Return)
    assert row._problem.full_text()
    assert row.discarded.text() == "9"
    assert shell.editor.syringes[0].discarded_ul == 0


def test_a_signed_record_is_cosigned_and_amended(shell, review, qtbot):
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1, KEY.Key_Return):
        press(key)
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)
    signature = review.signature
    assert signature.by.currentText() == "M. Sandahl RN"
    signature.cosign.click()
    assert "Co-signed by M. Sandahl RN" in signature._signatures.full_text()
    assert not signature._cosign_row.isVisible()
    signature.amend.click()
    assert signature._reason_row.problem
    signature.reason.setPlainText("Wrong volume in pass 3")
    signature.amend.click()
    assert shell.editor.session.state is RecordState.AMENDING
    assert not shell.editor.read_only
    assert shell.space.pages.current == "chart"
    shell.space.actions["record"].trigger()
    assert "Wrong volume in pass 3" in signature._said.full_text()
    review.sign()
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)
    assert [one.version for one in shell.editor.opened.versions] == [1, 2]


def test_a_conflict_while_signing_shows_the_newer_state(shell, review, qtbot):
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1, KEY.Key_Return):
        press(key)
    state = shell.opener.database.state
    session_id = shell.editor.session.id
    state.sessions[session_id] = replace(
        state.sessions[session_id], revision=state.sessions[session_id].revision + 1
    )
    review.sign()
    assert shell.editor.session.state is RecordState.DRAFT
    assert review.signature._problem.full_text()
    review.sign()
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)


def test_what_is_missing_stands_beside_the_chart_and_leads_to_its_line(shell, qtbot):
    before = shell.space.side.column.before
    qtbot.waitUntil(before.isVisible)
    assert before._count.full_text() == "5 of 9"
    shown = [line for line in before._lines if not line.isHidden()]
    assert [line.line.requirement for line in shown][:3] == [
        Requirement.CONSENT,
        Requirement.REASON,
        Requirement.RISKS,
    ]
    shown[1].click()
    assert shell.space.pages.current == "record"
    assert shell.space.pages["record"].review.open_key is Requirement.REASON
