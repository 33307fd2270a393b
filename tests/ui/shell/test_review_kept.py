"""What is typed in a record is stored in that record, and what was not said is never written."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.record import RecordField
from injectmap.domain.settings import Requirement
from injectmap.ui.records.balance_row import read_discarded
from tests.ui.shell.test_review import KEY, entries, press, review

__all__ = ["review"]


def typed(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)


def stored(shell, session_id):
    services = shell.desk.services
    return services.sessions.open(shell.desk.acting, session_id).entries


def test_consent_is_not_recorded_by_looking_at_its_line(shell, review):
    assert review.review.open_key is Requirement.CONSENT
    press(KEY.Key_Escape)
    assert RecordField.CONSENT not in entries(shell)
    review.review.open_line(Requirement.CONSENT)
    review.review.open_line(Requirement.REASON)
    assert RecordField.CONSENT not in entries(shell)
    assert Requirement.CONSENT in review.review.missing


def test_remarks_on_consent_wait_for_the_press_and_do_not_become_consent(shell, review):
    mine, other = shell.editor.session.id, shell.desk.sessions[1].id
    editor = review.review._editors[RecordField.CONSENT]
    editor.remarks.setFocus()
    typed("Interpreter present")
    review.review.open_line(Requirement.REASON)
    assert review.review.open_key is Requirement.CONSENT
    assert "Consent given" in review.review.rows[Requirement.CONSENT].problem.full_text()
    shell.desk.open_session(other)
    assert RecordField.CONSENT not in stored(shell, mine)
    assert RecordField.CONSENT not in stored(shell, other)
    shell.desk.open_session(mine)
    review.review.open_line(Requirement.CONSENT)
    assert editor.remarks.toPlainText() == "Interpreter present"
    assert RecordField.CONSENT not in entries(shell)
    editor.give.click()
    assert entries(shell)[RecordField.CONSENT].text == "Interpreter present"
    assert entries(shell)[RecordField.CONSENT].detail("given_by") == "the patient"


def test_what_was_stored_elsewhere_is_shown_and_not_overwritten(shell, review):
    desk, services = shell.desk, shell.desk.services
    review.review.open_line(RecordField.NOTES)
    desk.take_changed(
        services.fields.write(desk.acting, desk.session_now(), RecordField.NOTES, "From room 2", ())
    )
    assert review.review._editors[RecordField.NOTES].box.toPlainText() == "From room 2"
    review.review.open_line(Requirement.REASON)
    assert entries(shell)[RecordField.NOTES].text == "From room 2"


def test_consent_by_a_representative_names_them_and_the_time(shell, review):
    editor = review.review._editors[RecordField.CONSENT]
    assert not editor.who.isVisible()
    editor.given_by.setCurrentIndex(1)
    assert editor.who.isVisible()
    editor.who.setFocus()
    typed("Anna Vasterholm, mother")
    editor.time.setFocus()
    typed("20 Nov 2026, 17:10")
    press(KEY.Key_Return)
    entry = entries(shell)[RecordField.CONSENT]
    assert entry.detail("given_by") == "a legal representative: Anna Vasterholm, mother"
    assert entry.detail("time") == "20 Nov 2026, 17:10"
    review.review.open_line(Requirement.CONSENT)
    assert editor.who.text() == "Anna Vasterholm, mother"
    press(KEY.Key_Escape)
    assert entries(shell)[RecordField.CONSENT] == entry


def test_answers_in_words_are_never_replaced_unasked(shell, review):
    by = shell.desk.acting.practitioner_id
    details = (("given_by", "the court"), ("form", "Order 7"))
    services, desk = shell.desk.services, shell.desk
    for which, pairs in (
        (RecordField.CONSENT, details),
        (RecordField.HISTORY, (("allergy", "lidocaine, mild"), ("dental", "yes"))),
    ):
        desk.take_changed(services.fields.write(desk.acting, desk.session_now(), which, "", pairs))
    before = {key: entries(shell)[key] for key in (RecordField.CONSENT, RecordField.HISTORY)}
    for line in (Requirement.CONSENT, Requirement.HISTORY, Requirement.CONSENT):
        review.review.open_line(line)
        assert review.review.close_line()
    assert {key: entries(shell)[key] for key in before} == before
    assert before[RecordField.CONSENT].practitioner_id == by


def test_a_leaflet_is_not_given_by_looking_at_its_line(shell, review):
    service = shell.desk.services.settings_service
    from dataclasses import replace

    service.update(shell.desk.acting, replace(service.current(), aftercare_leaflet="Leaflet 2"))
    review.review.open_line(Requirement.AFTERCARE)
    editor = review.review._editors[RecordField.AFTERCARE]
    assert editor.leaflet.text() == "Leaflet 2"
    review.review.close_line()
    assert RecordField.AFTERCARE not in entries(shell)
    review.review.open_line(Requirement.AFTERCARE)
    press(KEY.Key_Return)
    assert entries(shell)[RecordField.AFTERCARE].detail("leaflet") == "Leaflet 2"


def test_words_typed_in_one_record_never_reach_another(shell, review):
    mine, other = shell.editor.session.id, shell.desk.sessions[1].id
    review.review.open_line(RecordField.NOTES)
    typed("About today")
    shell.desk.open_session(other)
    assert review.review.open_key is not RecordField.NOTES
    assert stored(shell, mine)[RecordField.NOTES].text == "About today"
    assert RecordField.NOTES not in stored(shell, other)
    review.review._editors[RecordField.NOTES].box.paused.emit()
    assert RecordField.NOTES not in stored(shell, other)


def test_words_refused_wait_for_their_own_record(shell, review):
    mine, other = shell.editor.session.id, shell.desk.sessions[1].id
    review.review.open_line(RecordField.NOTES)
    box = review.review._editors[RecordField.NOTES].box
    box.setPlainText("x" * 10_001)
    shell.desk.open_session(other)
    review.review.open_line(RecordField.NOTES)
    assert box.toPlainText() == ""
    shell.desk.open_session(mine)
    review.review.open_line(RecordField.NOTES)
    assert len(box.toPlainText()) == 10_001
    assert "not stored yet" in review.review.rows[RecordField.NOTES].problem.full_text()


def test_a_refused_line_stays_open_and_stops_the_signature(shell, review):
    review.review.open_line(RecordField.NOTES)
    box = review.review._editors[RecordField.NOTES].box
    box.setPlainText("x" * 10_001)
    review.sign()
    assert review.review.open_key is RecordField.NOTES
    review.review.open_line(Requirement.REASON)
    assert review.review.open_key is RecordField.NOTES
    assert len(box.toPlainText()) == 10_001
    box.setFocus()
    press(KEY.Key_Escape)
    assert review.review.open_key is None


def test_closing_the_window_keeps_what_was_typed_last(shell, review):
    mine, desk = shell.editor.session.id, shell.desk
    review.review.open_line(RecordField.NOTES)
    typed("Last words")
    desk.leaving.emit()
    assert stored(shell, mine)[RecordField.NOTES].text == "Last words"


def test_a_discarded_volume_typed_for_one_patient_is_not_shown_for_another(shell, review):
    row = review.balance.rows[0]
    row.discarded.setFocus()
    row.discarded.selectAll()
    typed("9")
    press(KEY.Key_Return)
    assert row._problem.full_text()
    review.refresh()
    assert row.discarded.text() == "9"
    shell.desk.open_session(shell.desk.sessions[1].id)
    row = review.balance.rows[0]
    assert row.discarded.text() == "0.00"
    assert not row._problem.isVisible()


@pytest.mark.parametrize(
    ("text", "ul"), [("", 0), ("0", 0), ("0,00", 0), (".0", 0), ("0,12", 120), ("0.125", 125)]
)
def test_discarded_volumes(text, ul):
    assert read_discarded(text) == ul


@pytest.mark.parametrize(
    "text", ["1.000,5", ".", ",", "0.0.0", "-0.1", "0.1 mL", "0.1234", "½", "1e-1", "0\u202e.1", "1" * 60]
)
def test_what_is_no_volume_is_refused_in_words_and_stays(shell, review, text):
    row = review.balance.rows[0]
    row.discarded.setFocus()
    row.discarded.clear()
    row.discarded.insert(text)
    row.discarded.setModified(True)
    QTest.keyClick(row.discarded, Qt.Key.Key_Return)
    assert row._problem.full_text()
    assert row.discarded.text() == text
    assert shell.editor.syringes[0].discarded_ul == 0
    QTest.keyClick(row.discarded, Qt.Key.Key_Escape)
    assert row.discarded.text() == "0.00"


def test_a_follow_up_of_two_figures_lies_ahead(shell, review):
    review.review.open_line(Requirement.FOLLOW_UP)
    review.review._follow_up.field.setText("1.3.27")
    press(KEY.Key_Return)
    assert shell.editor.session.follow_up.isoformat() == "2027-03-01"


def test_lines_open_and_close_with_the_mouse(shell, review):
    for key in (Requirement.REACTIONS, RecordField.NOTES, Requirement.REACTIONS):
        QTest.mouseClick(review.review.rows[key].button, Qt.MouseButton.LeftButton)
        assert [one for one, row in review.review.rows.items() if row.is_open] == [key]
    QTest.mouseClick(review.review.rows[Requirement.REACTIONS].button, Qt.MouseButton.LeftButton)
    assert review.review.open_key is None
    QTest.mouseClick(review.review.rows[Requirement.BALANCE].button, Qt.MouseButton.LeftButton)
    assert review.review.open_key is None
    QTest.mouseClick(review.review.rows[Requirement.PLANE].button, Qt.MouseButton.LeftButton)
    assert shell.space.pages.current == "chart"


def test_the_open_line_is_whole_in_sight(shell, review, qtbot):
    scroller = review.review._scroller
    for key in (Requirement.FOLLOW_UP, Requirement.HISTORY, RecordField.NOTES):
        review.review.open_line(key)
        row = review.review.rows[key]

        def whole(row=row):
            top = scroller.verticalScrollBar().value()
            end = top + scroller.viewport().height()
            assert top <= row.y()
            assert row.y() + min(row.height(), scroller.viewport().height()) <= end

        qtbot.waitUntil(whole)


@pytest.mark.parametrize("size", [(1440, 900), (1280, 800), (1100, 700)])
def test_nothing_of_the_columns_is_cut_off(shell, review, qtbot, size):
    shell.window.resize(*size)
    qtbot.waitUntil(lambda: shell.window.width() == size[0])
    review.review.open_line(RecordField.NOTES)
    from injectmap.ui.widgets.basics import Scroller

    for scroller in review.findChildren(Scroller):
        body = scroller.widget()
        qtbot.waitUntil(lambda body=body, scroller=scroller: body.width() <= scroller.viewport().width())
    box = review.review._editors[RecordField.NOTES].box
    lines = box.viewport().height() / box.fontMetrics().lineSpacing()
    assert 3 <= lines < 4
    assert box.verticalScrollBar().maximum() == 0
