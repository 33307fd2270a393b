"""The form of a new treatment session: what it starts with, where Enter goes, who treats."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

F = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def begin(shell):
    shell.space.actions["new_session"].trigger()
    return shell.space.session.form


def press(qtbot, key=F.Key_Return, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def test_it_starts_in_the_scan_with_the_product_the_patient_was_given_last(shell):
    catalogue = shell.opener.catalogue
    catalogue.listed = tuple(reversed(catalogue.listed))
    form = begin(shell)
    assert form.scans.field.edit.hasFocus()
    assert form.product.currentData().id == "harmonyca"


def test_without_any_session_the_first_of_the_file_is_taken(shell):
    shell.opener.database.state.sessions.clear()
    shell.desk.open_patient(shell.elin)
    assert begin(shell).product.currentIndex() == 0


def test_enter_goes_on_and_starts_in_the_last_field_only(shell, qtbot):
    form = begin(shell)
    before = len(shell.opener.database.state.sessions)
    fields = [form.product, form.count, form.lot, form.expiry, form.instrument, form.plane, form.technique]
    for field in fields:
        press(qtbot)
        assert field.hasFocus()
    assert len(shell.opener.database.state.sessions) == before
    press(qtbot)
    assert len(shell.opener.database.state.sessions) == before + 1
    assert not shell.space.session.form_open


def test_control_and_enter_start_from_any_field(shell, qtbot):
    form = begin(shell)
    before = len(shell.opener.database.state.sessions)
    form.lot.setFocus()
    press(qtbot, modifier=CONTROL)
    assert len(shell.opener.database.state.sessions) == before + 1


def test_enter_on_cancel_cancels(shell, qtbot):
    form = begin(shell)
    before = len(shell.opener.database.state.sessions)
    form.cancel.setFocus()
    press(qtbot)
    assert not shell.space.session.form_open
    assert len(shell.opener.database.state.sessions) == before


def test_a_missing_lot_is_told_beforehand_and_is_no_error(shell, qtbot):
    form = begin(shell)
    assert form._lot_row._under.full_text() == "No lot yet: it can be added later"
    assert not form.problems()
    qtbot.keyClicks(form.lot, "H26")
    assert not form._lot_row._under.isVisible()
    form.lot.clear()
    form.submit()
    assert shell.editor.syringes[0].lot == ""


def test_an_expiry_is_read_as_on_the_box_and_refused_with_an_example(shell, qtbot):
    form = begin(shell)
    form.expiry.setFocus()
    qtbot.keyClicks(form.expiry, "02/28")
    assert form._expiry_row._under.full_text() == "Read as 29 Feb 2028"
    form.expiry.setText("soon")
    form.lot.setFocus()
    assert "02/2028" in form.problems()[0]


def test_a_practitioner_is_added_without_leaving_the_form(shell, qtbot):
    form = begin(shell)
    before = form.practitioner.currentData()
    form.practitioner.setCurrentIndex(form.practitioner.count() - 1)
    form.practitioner.activated.emit(form.practitioner.currentIndex())
    assert form.practitioner.currentData() == before
    assert form.adding.name.hasFocus()
    press(qtbot)
    assert form.adding.problem == "Type the practitioner’s name."
    qtbot.keyClicks(form.adding.name, "Dr R. Okonjo-Lind")
    press(qtbot)
    assert "already" in form.adding.problem
    form.adding.name.clear()
    qtbot.keyClicks(form.adding.name, "Dr A. Vale")
    press(qtbot)
    assert not form.adding.isVisible()
    assert form.practitioner.currentText() == "Dr A. Vale"
    form.submit()
    state = shell.opener.database.state
    assert shell.editor.session.practitioner_id == state.practitioners[-1].id
    assert shell.desk.practitioner_name(state.practitioners[-1].id) == "Dr A. Vale"
    assert any(row.subject_id == state.practitioners[-1].id for row in state.journal)


def test_adding_a_practitioner_is_called_off_alone(shell, qtbot):
    form = begin(shell)
    form.adding.begin()
    press(qtbot, F.Key_Escape)
    assert not form.adding.isVisible()
    assert shell.space.session.form_open
