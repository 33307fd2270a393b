import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from injectmap.domain.errors import StorageProblem

F = Qt.Key


def names(shell):
    return [patient.family_name for patient in shell.space.side.column.found.model.rows]


def type_patient(shell, qtbot, *, family="Lindqvist", given="Åsa", birth="14.3.1968"):
    form = shell.space.side.column.form
    form.family.setText(family)
    form.given.setText(given)
    form.birth.setText(birth)
    return form


def test_search_finds_while_typing_and_enter_opens(make_shell, qtbot):
    shell = make_shell(patient=False)
    column = shell.space.side.column
    assert column.search.hasFocus()
    qtbot.keyClicks(column.search, "sulle")
    assert names(shell) == []
    column.search.clear()
    qtbot.keyClicks(column.search, "suill")
    assert names(shell) == ["Ó Súilleabháin"]
    qtbot.keyClick(column.search, F.Key_Return)
    assert shell.desk.patient.family_name == "Ó Súilleabháin"
    assert column.search.text() == ""
    assert column.header.name.full_text() == "Ó Súilleabháin, Niamh"
    assert column.header.born.full_text() == "born 30 Jan 1971 (55) · female"
    assert column.header.number.full_text() == "No. 00418"


def test_arrows_choose_among_those_found(make_shell, qtbot):
    shell = make_shell(patient=False)
    search = shell.space.side.column.search
    qtbot.keyClicks(search, "0041")
    assert len(names(shell)) == 2
    first = shell.space.side.column.found.current()
    qtbot.keyClick(search, F.Key_Down)
    second = shell.space.side.column.found.current()
    assert first != second
    qtbot.keyClick(search, F.Key_Return)
    assert shell.desk.patient == second


def test_enter_with_nothing_typed_opens_nobody(make_shell, qtbot):
    shell = make_shell(patient=False)
    qtbot.keyClick(shell.space.side.column.search, F.Key_Return)
    assert shell.desk.patient is None


def test_enter_adds_a_patient_that_nobody_fits(make_shell, qtbot):
    shell = make_shell(patient=False)
    column = shell.space.side.column
    qtbot.keyClicks(column.search, "vax")
    assert "No patient found for ‘vax’" in column.found._nobody.full_text()
    qtbot.keyClick(column.search, F.Key_Return)
    assert column.form.isVisible()
    assert column.form.family.text() == "vax"
    assert column.form.family.hasFocus()


def test_a_new_patient_is_registered_and_opened(shell, qtbot):
    qtbot.keyClick(
        shell.window, F.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    form = type_patient(shell, qtbot)
    assert "Read as 14 Mar 1968" in form._birth_row._under.full_text()
    qtbot.keyClick(form.birth, F.Key_Return)
    assert shell.desk.patient.display_name == "Lindqvist, Åsa"
    assert shell.desk.patient.birth_date == dt.date(1968, 3, 14)
    assert shell.desk.editor is None
    assert not form.isVisible()
    empty = shell.space.side.column.time_line.empty
    assert empty.isVisible()
    assert "Ctrl+N" in empty.full_text()


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(shell, qtbot):
    column = shell.space.side.column
    column.start_new_patient()
    form = type_patient(shell, qtbot, family="  ", birth="14.3.1968")
    form.submit()
    assert form.problems() == ["Type the family name."]
    assert form.family.hasFocus()
    type_patient(shell, qtbot, birth="14.3.2031").submit()
    assert form.problems() == ["The birth date lies in the future. Check day, month and year."]
    type_patient(shell, qtbot, birth="March").submit()
    assert "is not a date" in form.problems()[0]
    type_patient(shell, qtbot, birth="").submit()
    assert "Type the birth date" in form.problems()[0]
    type_patient(shell, qtbot, family="x" * 500).submit()
    assert form.problems() == ["That is longer than 120 characters. Shorten it."]
    assert len(form.family.text()) == 500
    assert form.given.text() == "Åsa"
    assert len(shell.opener.database.state.patients) == 2


def test_a_likely_duplicate_is_shown_before_anything_is_made(shell, qtbot):
    column = shell.space.side.column
    column.start_new_patient()
    form = type_patient(shell, qtbot, family="Elin", given="VASTERHOLM", birth="1968-03-14")
    form.submit()
    assert form.duplicates_shown() == (shell.elin,)
    assert len(shell.opener.database.state.patients) == 2
    assert form.accept.text() == "Add as another patient"
    assert form.accept.property("kind") == ""
    assert form._same.findChild(type(form.accept)).property("kind") == "primary"
    form.submit()
    assert len(shell.opener.database.state.patients) == 3


def test_a_likely_duplicate_can_be_opened_instead(make_shell, qtbot):
    shell = make_shell(patient=False)
    column = shell.space.side.column
    column.start_new_patient()
    form = type_patient(shell, qtbot, family="Vasterholm", given="Elin", birth="14 Mar 1968")
    form.submit()
    button = next(b for b in form._same.findChildren(type(form.accept)) if b.text() == "Open this patient")
    button.click()
    assert shell.desk.patient == shell.elin
    assert len(shell.opener.database.state.patients) == 2


def test_changed_details_ask_again_about_duplicates(shell, qtbot):
    column = shell.space.side.column
    column.start_new_patient()
    form = type_patient(shell, qtbot, family="Vasterholm", given="Elin", birth="14 Mar 1968")
    form.submit()
    form.given.clear()
    qtbot.keyClicks(form.given, "Elina")
    assert form.duplicates_shown() == ()
    assert form.accept.text() == "Add patient"


def test_a_failed_save_keeps_the_form(shell, qtbot):
    column = shell.space.side.column
    column.start_new_patient()
    form = type_patient(shell, qtbot)
    shell.opener.database.failing = StorageProblem("disk_full")
    form.submit()
    assert "The disk is full" in form.problems()[0]
    assert form.family.text() == "Lindqvist"
    shell.opener.database.failing = None
    form.submit()
    assert shell.desk.patient.family_name == "Lindqvist"


def test_details_are_corrected(shell):
    column = shell.space.side.column
    column.header.edit_wanted.emit()
    form = column.form
    assert form.family.text() == "Vasterholm"
    form.family.setText("Vasterholm-Åberg")
    form.submit()
    assert column.header.name.full_text() == "Vasterholm-Åberg, Elin"
    assert shell.desk.editor.patient.family_name == "Vasterholm-Åberg"


def test_details_changed_elsewhere_meanwhile_are_not_overwritten(shell):
    column = shell.space.side.column
    column.header.edit_wanted.emit()
    column.form.family.setText("Overwritten")
    state = shell.opener.database.state
    state.patients[shell.elin.id] = replace(shell.elin, family_name="Elsewhere", revision=2)
    column.form.submit()
    assert state.patients[shell.elin.id].family_name == "Elsewhere"
    assert "changed elsewhere" in column.form.problems()[0]
    assert column.form.family.text() == "Overwritten"
    assert column.header.name.full_text() == "Elsewhere, Elin"


def test_entered_in_error_needs_a_reason_and_deletes_nothing(shell):
    column = shell.space.side.column
    column.header.error_wanted.emit()
    assert column.reason.isVisible()
    column.reason.accept.click()
    assert shell.desk.patient is not None
    column.reason.field.setPlainText("Entered twice")
    column.reason.accept.click()
    assert shell.opener.database.state.patients[shell.elin.id].error_reason == "Entered twice"
    assert not column.reason.isVisible()
    assert column.header.in_error.full_text() == "Entered in error: Entered twice"
    assert shell.editor.read_only
    assert not column.time_line.new.isEnabled()
    assert [a.text() for a in column.header.menu_button.menu().actions() if a.isVisible()] == [
        "Close patient"
    ]
    column.header.edit_wanted.emit()
    assert column._form is None
    shell.space.actions["new_session"].trigger()
    assert "can no longer be changed" in shell.space.banner.text
    shell.desk.close_patient()
    column.search.setText("vasterholm")
    assert [one.error_reason for one in column.found.model.rows] == ["Entered twice"]
    assert "entered in error" in column.found.model.index(0, 0).data()


def test_nobody_seen_lately_is_not_nobody_at_all(make_shell):
    shell = make_shell(patient=False)
    for one in list(shell.opener.database.state.patients.values()):
        shell.desk.services.patients.mark_error(shell.desk.acting, one, "x")
    shell.desk.close_patient()
    column = shell.space.side.column
    assert column.found._nobody.full_text().startswith("Nobody seen lately.")
    column.search.setText("zzz")
    assert column.found._nobody.full_text().startswith("No patient found")


@pytest.mark.parametrize(
    ("typed", "family", "given", "birth"),
    [
        ("vas", "vas", "", ""),
        ("Vale, Ann Marie", "Vale", "Ann Marie", ""),
        ("Vale Ann", "Vale", "Ann", ""),
        ("24.12.58", "", "", "24 Dec 1958"),
        ("Vale 14031968", "Vale", "", "14 Mar 1968"),
        ("00417", "", "", ""),
    ],
)
def test_what_was_searched_goes_into_the_form_and_the_open_patient_fades(shell, typed, family, given, birth):
    column = shell.space.side.column
    assert column.foot.add.isVisible()
    assert not column.header.muted
    column.search.setText(typed)
    assert column.header.muted
    column.foot.add.click()
    form = column.form
    assert (form.family.text(), form.given.text(), form.birth.text()) == (family, given, birth)
    assert column.header.muted
    form.cancelled.emit()
    assert not column.header.muted
    column.header.edit_wanted.emit()
    assert not column.header.muted


def test_a_typed_birth_date_is_shown_as_read_while_searching(shell):
    column = shell.space.side.column
    column.search.setText("14/03/68")
    assert column.found._reading.full_text() == "Birth date read as 14 Mar 1968"
    assert names(shell) == ["Vasterholm"]
    column.search.setText("03/04/1968")
    assert column.found._reading.full_text() == "Birth date read as 3 Apr 1968 or 4 Mar 1968"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("3/14/1968", "The day comes first"), ("14.3.2031", "in the future"), ("soon", "such as 14 Mar 1968")],
)
def test_a_wrong_birth_date_is_told_on_leaving_the_field(shell, qtbot, typed, said):
    shell.space.side.column.start_new_patient()
    form = shell.space.side.column.form
    before = form.accept.mapTo(form, form.accept.rect().topLeft())
    form.birth.setFocus()
    qtbot.keyClicks(form.birth, typed)
    assert not form.problems()
    form.telephone.setFocus()
    assert said in form.problems()[0]
    assert form.accept.mapTo(form, form.accept.rect().topLeft()) == before


def test_enter_in_the_sex_goes_on(shell, qtbot):
    shell.space.side.column.start_new_patient()
    form = shell.space.side.column.form
    form.sex.setFocus()
    qtbot.keyClick(form.sex, F.Key_Return)
    assert form.telephone.hasFocus()


def test_enter_on_the_focused_button_marks_in_error(shell, qtbot):
    column = shell.space.side.column
    column.header.error_wanted.emit()
    assert "stays findable" in column.reason._what.full_text()
    column.reason.field.setPlainText("twice")
    column.reason.accept.setFocus()
    qtbot.keyClick(column.reason.accept, F.Key_Return)
    assert shell.desk.patient.error_reason == "twice"


@pytest.mark.parametrize(
    ("family", "given", "cut"),
    [
        ("Vasterholm", "Elin", False),
        ("Nowak-Żelazna Featherstonehaugh", "Agnieszka Maria", False),
        ("Wolfeschlegelsteinhausenbergerdorff" * 3, "Maria Immaculata", True),
        ("x" * 120, "y" * 120, True),
    ],
)
def test_a_long_name_takes_three_lines_at_most_and_keeps_the_given_name(theme, qtbot, family, given, cut):
    from injectmap.ui.widgets.name_label import NameLabel

    label = NameLabel(theme)
    qtbot.addWidget(label)
    label.resize(185, 60)
    label.show_name(family, given)
    lines = label.text().split("\n")
    assert len(lines) <= 3
    assert given[:4] in lines[-1]
    assert not any(line.startswith(",") for line in lines)
    assert all(label.fontMetrics().horizontalAdvance(line) <= 186 for line in lines)
    assert label.height() >= label.fontMetrics().lineSpacing() * len(lines)
    assert bool(label.toolTip()) == cut
    assert label.full_text() == f"{family}, {given}"


def test_sessions_stand_on_the_time_line_latest_first(shell):
    line = shell.space.side.column.time_line
    assert [one.date for one in line.model.rows] == [dt.date(2026, 11, 22), dt.date(2025, 5, 6)]
    assert line.view.open_id == shell.editor.session.id
    assert "22 Nov 2026, HArmonyCa · 1.20 mL, 8 passes" in line.model.index(0, 0).data()
    line.view.chosen.emit(line.model.rows[1])
    assert shell.editor.session.date == dt.date(2025, 5, 6)
    assert line.view.open_id == shell.editor.session.id


def test_the_time_line_follows_the_map(shell, qtbot):
    line = shell.space.side.column.time_line
    shell.editor.select([shell.editor.map.passes[0].id])
    shell.editor.remove_selected()
    qtbot.waitUntil(lambda: line.model.rows[0].pass_count == 7)


def test_a_session_in_error_stays_and_cannot_be_changed(shell, qtbot):
    shell.space.actions["session_error"].trigger()
    reason = shell.space.side.column.reason
    reason.field.setPlainText("Wrong patient")
    reason.accept.click()
    line = shell.space.side.column.time_line
    assert line.model.rows[0].error_reason == "Wrong patient"
    assert "Entered in error: Wrong patient" in line.model.index(0, 0).data()
    assert shell.editor.read_only
    column = shell.space.session
    assert column._in_error.full_text() == "Entered in error: Wrong patient"
    assert column._in_error.isVisible()
    assert not column.syringes.edit.isEnabled()
    shell.editor.select([shell.editor.map.passes[0].id])
    qtbot.keyClick(column.table, F.Key_Delete)
    assert "can no longer be changed" in column._refusal.full_text()
    qtbot.keyClicks(column.table, "5")
    assert len(shell.editor.map.passes) == 8


def test_another_patient_never_keeps_the_session_of_the_one_before(shell):
    other = next(p for p in shell.opener.database.state.patients.values() if p.id != shell.elin.id)
    shell.space.session.start_new_session()
    shell.desk.open_patient(other)
    assert shell.editor is None
    assert not shell.space.session.form_open
    assert shell.space.session.nothing.isVisible()


def test_name_birth_date_and_number_stay_on_screen_when_the_column_folds(shell, qtbot):
    window = shell.space
    assert window.side.column.header.name.isVisible()
    assert not window.identity.isVisible()
    shell.window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.side.folded)
    assert not window.side.column.isVisible()
    assert window.identity.isVisible()
    said = f"{window.identity.name.full_text()} {window.identity.details.full_text()}"
    assert said == "Vasterholm, Elin born 14 Mar 1968 (58) · female · No. 00417"
    window.actions["find_patient"].trigger()
    assert window.side.column.isVisible()
    qtbot.keyClicks(window.side.column.search, "niamh")
    qtbot.keyClick(window.side.column.search, F.Key_Return)
    assert window.side.folded
    assert window.identity.name.full_text() == "Ó Súilleabháin, Niamh"
