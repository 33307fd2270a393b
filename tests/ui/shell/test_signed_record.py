"""A signed record is changed by nothing in the window, whatever door is tried, and says so."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from injectmap.domain.errors import InjectmapError
from injectmap.domain.record import RecordField, RecordState
from injectmap.domain.settings import Requirement
from tests.ui.shell.test_review import KEY, press, review

__all__ = ["review"]


@pytest.fixture
def signed(shell, review, qtbot):
    """The record's page of a record that was just signed."""
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1, KEY.Key_Return):
        press(key)
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shell.editor.session.state is RecordState.SIGNED)
    return review


def stored(shell):
    return shell.desk.services.sessions.open(shell.desk.acting, shell.editor.session.id)


def test_it_says_that_it_is_signed_wherever_it_is_open(shell, signed, qtbot):
    assert signed._title.full_text() == "Signed record"
    assert "signed" in signed._life.full_text()
    assert shell.space.top.sign.text() == "Signed record"
    assert signed.preview.print.accessibleName() == "Print"
    shell.space.pages.show_chart()
    before = shell.space.side.column.before
    qtbot.waitUntil(lambda: before.whole.text().startswith("Signed"))
    signed.signature.reason.setPlainText("Wrong volume")
    signed.signature.amend.click()
    assert shell.space.top.sign.text() == "Review and sign"
    shell.space.actions["record"].trigger()
    assert signed._title.full_text() == "Amend and sign"
    assert "Version 2 is being written" in signed._life.full_text()


def test_no_key_or_field_of_the_window_changes_it(shell, signed, qtbot):
    before, rows = stored(shell), len(shell.opener.database.state.journal)
    for line in (*Requirement, RecordField.NOTES):
        signed.review.open_line(line)
        assert signed.review.open_key is None
    row = signed.balance.rows[0]
    assert not row.discarded.isVisible()
    assert row.discarded.isReadOnly()
    assert not signed.balance.discard.isVisible()
    press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    shell.space.pages.show_chart()
    view = shell.window.chart.view
    shell.editor.select([shell.editor.map.passes[0].id])
    for key in (
        KEY.Key_Delete,
        KEY.Key_Backspace,
        KEY.Key_X,
        KEY.Key_5,
        KEY.Key_Return,
        KEY.Key_Left,
        KEY.Key_B,
    ):
        QTest.keyClick(view, key)
    QTest.keyClick(view, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, KEY.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert stored(shell) == before
    assert len(shell.opener.database.state.journal) == rows


def test_every_service_behind_the_window_refuses_it(shell, signed):
    desk, services, before = shell.desk, shell.desk.services, stored(shell)
    session, syringe = desk.session_now(), shell.editor.syringes[0]
    deeds = (
        lambda: services.fields.write(desk.acting, session, RecordField.NOTES, "x", ()),
        lambda: services.fields.set_follow_up(desk.acting, session, None),
        lambda: services.sessions.update_syringe(desk.acting, session, replace(syringe, lot="OTHER")),
        lambda: services.sessions.discard_rest(desk.acting, session),
        lambda: services.sessions.set_details(
            desk.acting, session, date=session.date, practitioner_id=services.practitioners[1].id
        ),
        lambda: services.signing.sign(desk.acting, session.id, session.revision),
    )
    for deed in deeds:
        with pytest.raises(InjectmapError):
            deed()
    assert stored(shell) == before


def test_signing_what_another_room_has_signed_tells_so_and_shows_it(shell, review):
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1, KEY.Key_Return):
        press(key)
    desk = shell.desk
    session = desk.session_now()
    desk.services.signing.sign(desk.acting, session.id, session.revision)
    review.sign()
    assert review.signature._problem.full_text()
    assert shell.editor.session.state is RecordState.SIGNED
    assert shell.editor.read_only
    assert len(stored(shell).versions) == 1


def test_words_typed_while_another_room_signs_are_refused_and_stay_in_sight(shell, review):
    for key in (KEY.Key_Return, KEY.Key_Return, KEY.Key_1, KEY.Key_Return):
        press(key)
    desk = shell.desk
    review.review.open_line(RecordField.NOTES)
    box = review.review._editors[RecordField.NOTES].box
    box.setPlainText("Too late")
    session = desk.session_now()
    desk.services.signing.sign(desk.acting, session.id, session.revision)
    press(KEY.Key_Return)
    assert review.review.rows[RecordField.NOTES].problem.full_text()
    assert box.toPlainText() == "Too late"
    assert RecordField.NOTES not in stored(shell).entries


def test_the_pages_stay_in_sight_while_newer_ones_are_made(shell, signed, qtbot):
    preview = signed.preview
    qtbot.waitUntil(lambda: preview._stack.currentWidget() is preview.pages)
    asked = len(shell.opener.output.asked)
    signed.signature.cosign.click()
    assert preview._stack.currentWidget() is preview.pages
    qtbot.waitUntil(lambda: len(shell.opener.output.asked) > asked)


def test_what_is_written_in_a_line_of_a_signed_record_opens_to_be_read(shell, signed):
    review, risks, reason = (
        signed.review,
        *(signed.review.rows[one] for one in (Requirement.RISKS, Requirement.REASON)),
    )
    assert risks.button.opens
    assert not review.rows[Requirement.ASYMMETRY].button.opens, "nothing is written there"
    QTest.mouseClick(risks.button, Qt.MouseButton.LeftButton)
    assert risks.text.isVisible()
    assert risks.text.full_text() == "Bruising was discussed."
    assert all(not editor.isVisible() for editor in review._editors.values())
    QTest.mouseClick(reason.button, Qt.MouseButton.LeftButton)
    assert reason.text.full_text() == "Wishes a firmer jawline."
    assert not risks.is_open
    QTest.mouseClick(reason.button, Qt.MouseButton.LeftButton)
    assert not reason.is_open
    review.open_line(Requirement.CONSENT)
    said = review.rows[Requirement.CONSENT].text.full_text()
    assert "Form: Form 3" in said
    assert "Given by: the patient" in said


def test_a_line_open_to_be_read_closes_when_the_record_is_amended_and_can_be_written_then(shell, signed):
    review = signed.review
    review.open_line(Requirement.RISKS)
    signed.signature.reason.setPlainText("Wrong volume")
    signed.signature.amend.click()
    shell.space.actions["record"].trigger()
    row = review.rows[Requirement.RISKS]
    assert not row.is_open
    review.open_line(Requirement.RISKS)
    assert review.open_key is Requirement.RISKS
    assert review._editors[RecordField.RISKS].isVisible()
    assert not row.text.isVisible()
