"""Keys of the review: Enter stores and goes on, and nothing typed reaches what was chosen before."""

import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.record import RecordState
from injectmap.domain.settings import Requirement
from tests.fakes import TODAY
from tests.ui.shell.test_review import KEY, press, review

__all__ = ["review"]


@pytest.fixture
def expired(shell, review, qtbot):
    """The review of a record whose two syringes were expired on the day of treatment."""
    for one in shell.editor.syringes:
        shell.desk.update_syringe(replace(one, expiry=TODAY - dt.timedelta(days=150)))
    # The rows are laid out before anything is typed.
    qtbot.waitUntil(review.balance.rows[-1].reason.isVisible)
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1):
        press(key)
    return review


def typed(text):
    QTest.keyClicks(QApplication.focusWidget(), text)


def reasons(shell):
    return [one.expired_reason for one in shell.editor.syringes]


def test_enter_under_a_reason_stores_it_and_goes_to_the_next_that_is_missing(shell, expired):
    first, second = expired.balance.rows
    assert first.reason.hasFocus()
    typed("No other unit in house")
    press(KEY.Key_Return)
    assert reasons(shell) == ["No other unit in house", ""]
    assert second.reason.hasFocus()
    typed("Same box")
    press(KEY.Key_Return)
    assert reasons(shell) == ["No other unit in house", "Same box"]
    assert expired.balance.discard.hasFocus()
    press(KEY.Key_Return)
    assert expired.review.missing == ()
    assert expired.hasFocus()


def test_enter_without_a_reason_stays_where_one_is_missing(shell, expired):
    press(KEY.Key_Return)
    assert expired.balance.rows[0].reason.hasFocus()
    assert reasons(shell) == ["", ""]


def test_storing_a_reason_of_balanced_syringes_takes_the_keyboard_nowhere(shell, expired):
    expired.balance.discard_rest()
    first, second = expired.balance.rows
    first.reason.setFocus()
    typed("No other unit")
    QTest.keyClick(first.reason, KEY.Key_Tab)
    assert reasons(shell)[0] == "No other unit"
    second.reason.setFocus()
    typed("Same box")
    second.reason.clearFocus()
    assert reasons(shell) == ["No other unit", "Same box"]
    assert expired.review.open_key is None
    assert not expired.signature.sign.hasFocus()


def test_a_volume_typed_after_enter_takes_the_place_of_the_first(shell, expired):
    field = expired.balance.rows[0].discarded
    field.setFocus()
    field.selectAll()
    typed("0.1")
    press(KEY.Key_Return)
    assert shell.editor.syringes[0].discarded_ul == 100
    assert field.hasFocus()
    typed("0.2")
    press(KEY.Key_Return)
    assert shell.editor.syringes[0].discarded_ul == 200


def test_a_signed_record_shows_a_reason_as_text_and_no_field(shell, expired, qtbot):
    sign(shell, expired, qtbot)
    for row in expired.balance.rows:
        assert not row.discarded.isVisible()
        assert not row.reason.isVisible()
        assert "No other unit" in row._kept_reason.full_text()
        assert row._kept_reason.isVisible()


def test_nothing_stays_selected_over_a_signature_an_amendment_and_opening(shell, expired, qtbot):
    shell.editor.select([one.id for one in shell.editor.map.passes[:2]])
    sign(shell, expired, qtbot)
    assert not shell.editor.selection
    assert shell.editor.primary is None
    shell.editor.select([one.id for one in shell.editor.map.passes[:2]])
    expired.signature.reason.setPlainText("Wrong volume")
    expired.signature.amend.click()
    assert shell.editor.session.state is RecordState.AMENDING
    assert not shell.editor.selection
    before = shell.editor.map
    QTest.keyClick(shell.window.chart.view, KEY.Key_9)
    QTest.keyClick(shell.window.chart.view, KEY.Key_Return)
    assert shell.editor.map == before
    shell.desk.open_session(shell.editor.session.id)
    assert not shell.editor.selection


def test_a_consent_of_another_day_says_its_day(shell, review):
    desk = shell.desk
    earlier = desk.session_now().date - dt.timedelta(days=2)
    desk.correct_session(date=earlier, practitioner_id=desk.session_now().practitioner_id)
    review.review.open_line(Requirement.CONSENT)
    press(KEY.Key_Return)
    said = review.review.rows[Requirement.CONSENT].button.under
    assert f"{TODAY.day} " in said
    assert str(TODAY.year) in said


def sign(shell, review, qtbot):
    for row in review.balance.rows:
        row.reason.setFocus()
        typed("No other unit")
        press(KEY.Key_Return)
    if review.balance.discard.isVisible():
        review.balance.discard.click()
    QTest.keyClick(review, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)


def test_no_sentence_typed_after_the_rest_was_discarded_signs(shell, review, qtbot):
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1):
        press(key)
    assert review.balance.discard.hasFocus()
    press(KEY.Key_Return)
    assert review.signature.sign.isEnabled()
    for letter in "Advised to rest. ":
        QTest.keyClick(shell.window.windowHandle(), letter)
    QTest.keyClick(shell.window.windowHandle(), KEY.Key_Return)
    QTest.keyClick(shell.window.windowHandle(), KEY.Key_Enter)
    assert shell.editor.session.state is RecordState.DRAFT
    assert not shell.editor.opened.versions
    assert shell.space.pages.current == "record"


def test_signing_and_amending_take_a_click_or_ctrl_and_enter(shell, review, qtbot):
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1, KEY.Key_Return):
        press(key)
    sign, amend, cosign = review.signature.sign, review.signature.amend, review.signature.cosign
    sign.setFocus()
    for key in (KEY.Key_Space, KEY.Key_Return, KEY.Key_Enter, KEY.Key_Select):
        press(key)
    assert sign.hasFocus()
    assert shell.editor.session.state is RecordState.DRAFT
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)
    cosign.setFocus()
    for key in (KEY.Key_Space, KEY.Key_Return):
        press(key)
    assert shell.editor.opened.versions[-1].cosignature is None
    review.signature.reason.setPlainText("Wrong volume")
    amend.setFocus()
    for key in (KEY.Key_Space, KEY.Key_Return):
        press(key)
    assert shell.editor.session.state is RecordState.SIGNED
    QTest.mouseClick(amend, Qt.MouseButton.LeftButton)
    assert shell.editor.session.state is RecordState.AMENDING
