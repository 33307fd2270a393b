import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView

from injectmap.domain.treatment_map import Plane, Side, Technique
from injectmap.ui.session.pass_model import Column, PassRow, PassTableModel, SideRow
from injectmap.ui.widgets.fields import VolumeField

F = Qt.Key


@pytest.fixture
def table(shell):
    return shell.space.session.table


def cells(table, column):
    return [row.cells[column] for row in table.pass_model.rows if isinstance(row, PassRow)]


def open_field(table):
    fields = [field for field in table.viewport().findChildren(VolumeField) if field.isVisible()]
    return fields[0] if fields else None


def test_the_model_is_sound(shell, qtmodeltester):
    model = PassTableModel()
    qtmodeltester.check(model)
    model.show_editor(shell.editor)
    qtmodeltester.check(model)


def test_passes_stand_under_the_patients_sides_with_their_sums(table):
    rows = table.pass_model.rows
    sides = [(i, row) for i, row in enumerate(rows) if isinstance(row, SideRow)]
    assert [(i, row.side, row.count, row.microlitres) for i, row in sides] == [
        (0, Side.LEFT, 4, 600),
        (5, Side.RIGHT, 4, 600),
    ]
    assert table.pass_model.index(0, 0).data() == "Patient’s left, 4 passes, 0.60 mL"
    assert cells(table, Column.NUMBER) == list("12345678")
    assert cells(table, Column.FROM) == ["A", "B", "B", "C"] * 2
    assert cells(table, Column.SYRINGE) == ["1"] * 4 + ["2"] * 4
    assert cells(table, Column.PLANE) == ["subdermal"] * 8
    assert cells(table, Column.VOLUME) == ["0.15"] * 8
    assert cells(table, Column.ZONE)[3] == "Border + angle"


def test_a_row_says_everything_to_a_screen_reader(table):
    index = table.pass_model.index(4, Column.VOLUME)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Volume in mL 0.15"
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith(
        "Pass 4, Patient’s left: Mandibular border 19 mm 0.075 mL, Mandibular angle 19 mm 0.075 mL. From C"
    )
    assert "linear, retrograde, subdermal, Cannula 22G × 50 mm, 0.15 mL." in tip


def test_selecting_on_the_head_marks_the_row(shell, table):
    one = shell.editor.map.passes[5]
    shell.editor.select([one.id])
    rows = {index.row() for index in table.selectionModel().selectedIndexes()}
    assert rows == {7}
    assert table.primary == one.id
    shell.editor.select([])
    assert not table.selectionModel().hasSelection()


def test_selecting_rows_selects_on_the_head(shell, table):
    model = table.selectionModel()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    model.select(table.pass_model.index(1, 0), flags)
    model.select(table.pass_model.index(3, 0), flags)
    passes = shell.editor.map.passes
    assert shell.editor.selection == {passes[0].id, passes[2].id}


def test_headings_cannot_be_selected(shell, table):
    table.selectAll()
    assert shell.editor.selection == frozenset(shell.editor.map.by_id)
    assert table.pass_model.flags(table.pass_model.index(0, 0)) == Qt.ItemFlag.NoItemFlags


def test_arrows_step_over_the_headings(shell, table, qtbot):
    shell.editor.select([shell.editor.map.passes[3].id])
    table.setFocus()
    qtbot.keyClick(table, F.Key_Down)
    assert shell.editor.primary == shell.editor.map.passes[4].id
    qtbot.keyClick(table, F.Key_Up)
    assert shell.editor.primary == shell.editor.map.passes[3].id


@pytest.mark.parametrize("typed", ["0,2", "0.2", ".2"])
def test_typing_in_a_row_sets_its_volume(shell, table, qtbot, typed):
    shell.editor.select([shell.editor.map.passes[0].id])
    table.setFocus()
    qtbot.keyClicks(table, typed[0])
    field = open_field(table)
    qtbot.keyClicks(field, typed[1:])
    qtbot.keyClick(field, F.Key_Return)
    assert shell.editor.map.passes[0].microlitres == 200
    assert cells(table, Column.VOLUME)[0] == "0.20"
    assert table.pass_model.rows[0].microlitres == 650
    qtbot.waitUntil(lambda: open_field(table) is None)


def test_a_refused_volume_stays_in_its_field_and_says_why(shell, table, qtbot):
    shell.editor.select([shell.editor.map.passes[0].id])
    table.setFocus()
    qtbot.keyClicks(table, "9")
    field = open_field(table)
    qtbot.keyClick(field, F.Key_Return)
    assert field.isVisible()
    assert field.text() == "9"
    assert field.property("refused")
    assert "Syringe 1 does not hold that much: 8.20 mL more" in shell.space.session._refusal.full_text()
    assert shell.editor.map.passes[0].microlitres == 150
    field.selectAll()
    qtbot.keyClicks(field, "1.2.3")
    qtbot.keyClick(field, F.Key_Return)
    assert "is not a volume" in shell.space.session._refusal.full_text()
    qtbot.keyClick(field, F.Key_Escape)
    assert shell.editor.map.passes[0].microlitres == 150
    assert not shell.space.session._refusal.isVisible()


def test_only_the_typed_row_changes_when_several_are_selected(shell, table, qtbot):
    shell.editor.select([one.id for one in shell.editor.map.passes[:3]])
    assert table.pass_model.set_volume(2, "0.3")
    assert [one.microlitres for one in shell.editor.map.passes[:3]] == [150, 300, 150]


def test_delete_removes_the_selected_passes_and_undo_brings_them_back(shell, table, qtbot):
    shell.editor.select([one.id for one in shell.editor.map.passes[:2]])
    table.setFocus()
    qtbot.keyClick(table, F.Key_Delete)
    assert len(cells(table, Column.NUMBER)) == 6
    shell.editor.undo()
    assert len(cells(table, Column.NUMBER)) == 8


def test_totals_stand_right_before_left_and_add_up(shell):
    table = shell.space.session.totals.table
    assert [row[1] for row in table.rows][:2] == ["Preauricular", "Lateral zygomatic arch"]
    assert all(row[2] == row[3] for row in table.rows)
    assert shell.space.session.totals.sums.figures == ["0.60", "0.60", "1.20"]
    shell.editor.select([one.id for one in shell.editor.map.passes if one.side is Side.RIGHT])
    shell.editor.remove_selected()
    assert all(row[2] == "–" for row in table.rows)
    assert shell.space.session.totals.sums.figures == ["–", "0.60", "0.60"]
    assert "right –, left 0.60, both 0.60 mL" in shell.space.session.totals.sums.accessibleName()


def test_syringes_empty_in_words(shell):
    panel = shell.space.session.syringes
    assert [row.accessibleName() for row in panel.rows] == [
        "Syringe 1, HArmonyCa, 0.65 mL left, 0.60 of 1.25 mL injected, lot H26C118 · exp 30 Sep 2027.",
        "Syringe 2, HArmonyCa, 0.65 mL left, 0.60 of 1.25 mL injected, lot H26C118 · exp 30 Sep 2027. in use",
    ]
    shell.editor.select([shell.editor.map.passes[0].id])
    shell.editor.set_volume_text("0.25")
    assert "0.55 mL left, 0.70 of 1.25" in panel.rows[0].accessibleName()


def test_choosing_a_syringe_is_for_the_next_pass_alone(shell, qtbot):
    before = shell.editor.map
    shell.editor.select([before.passes[-1].id])
    qtbot.mouseClick(shell.space.session.syringes.rows[0], Qt.MouseButton.LeftButton)
    assert shell.editor.syringe_id == shell.editor.syringes[0].id
    assert shell.editor.map == before


def test_lot_and_expiry_are_corrected_inline(shell, qtbot):
    panel = shell.space.session.syringes
    shell.editor.set_syringe(shell.editor.syringes[0].id) if not shell.editor.selection else None
    panel.edit.click()
    assert panel.form.isVisible()
    panel.form.lot.setText("H26Z001")
    panel.form.expiry.setText("08/2028")
    panel.form.submit()
    first = shell.editor.syringes[0]
    assert (first.lot, first.expiry) == ("H26Z001", dt.date(2028, 8, 31))
    assert not panel.form.isVisible()
    assert "lot H26Z001 · exp 31 Aug 2028" in panel.rows[0].accessibleName()
    assert panel.common.full_text() == ""


def test_an_unreadable_expiry_stays_to_be_mended(shell):
    panel = shell.space.session.syringes
    panel.edit.click()
    panel.form.expiry.setText("someday")
    panel.form.submit()
    assert panel.form.isVisible()
    assert "is not a date" in panel.form._expiry_row.problem
    panel.form.expiry.setText("Aug 2028")
    panel.form.lot.setText("x" * 60)
    panel.form.submit()
    assert "longer than 40 characters" in panel.form._lot_row.problem


def test_one_more_syringe_takes_over_the_lot(shell):
    panel = shell.space.session.syringes
    shell.space.actions["add_syringe"].trigger()
    assert panel.form.lot.text() == "H26C118"
    panel.form.submit()
    assert len(shell.editor.syringes) == 3
    assert len(panel.rows) == 3


def fill(form, **texts):
    for name, text in texts.items():
        getattr(form, name).setText(text)


def test_a_new_session_is_started_inline_and_opened(shell, qtbot):
    qtbot.keyClick(shell.window, F.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = shell.space.session.form
    assert form.isVisible()
    assert form.scans.field.edit.hasFocus()
    assert form.date.text() == "22 Nov 2026"
    assert form.practitioner.currentText() == "Dr R. Okonjo-Lind"
    assert form.instrument.currentText() == "Cannula 22G × 50 mm"
    assert form.count.value() == 2
    fill(form, lot="H26C200", expiry="2027-08", date="20.11.2026")
    form.plane.setCurrentIndex(form.plane.findData(Plane.SUPRA_SMAS))
    qtbot.keyClick(form.expiry, F.Key_Return, Qt.KeyboardModifier.ControlModifier)
    session = shell.editor.session
    assert session.date == dt.date(2026, 11, 20)
    assert session.defaults.plane is Plane.SUPRA_SMAS
    assert [(s.number, s.lot, s.expiry) for s in shell.editor.syringes] == [
        (1, "H26C200", dt.date(2027, 8, 31)),
        (2, "H26C200", dt.date(2027, 8, 31)),
    ]
    assert not shell.space.session.form_open
    assert shell.space.session._none.isVisible()
    assert len(shell.space.side.column.time_line.model.rows) == 3


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"date": "23.11.2026"}, "The treatment date lies in the future"),
        ({"date": "1.1.1960"}, "lies before the patient’s birth"),
        ({"date": "tomorrow"}, "That is not a date"),
        ({"date": ""}, "That is not a date"),
        ({"expiry": "x"}, "That is not a date"),
        ({"lot": "L" * 100}, "longer than 40 characters"),
    ],
)
def test_a_session_that_cannot_be_is_refused_at_its_field(shell, texts, said):
    shell.space.session.start_new_session()
    form = shell.space.session.form
    fill(form, **texts)
    form.submit()
    assert any(said in problem for problem in form.problems())
    assert form.isVisible()
    assert all(getattr(form, name).text() == text for name, text in texts.items())
    assert len(shell.opener.database.state.sessions) == 2


def test_a_count_of_syringes_that_is_none(shell):
    shell.space.session.start_new_session()
    form = shell.space.session.form
    form.count._edit.setText("13")
    form.submit()
    assert form.problems() == ["Type a whole number from 1 to 12."]


def test_escape_leaves_the_form(shell, qtbot):
    shell.space.session.start_new_session()
    qtbot.keyClick(shell.space.session.form.lot, F.Key_Escape)
    assert not shell.space.session.form_open


def test_another_product_suggests_its_box(shell):
    shell.space.session.start_new_session()
    form = shell.space.session.form
    form.product.setCurrentIndex(1)
    assert form.count.value() == 1


def test_rows_are_large_enough(table):
    assert all(table.rowHeight(row) >= 26 for row in range(len(table.pass_model.rows)))
    assert table.selectionBehavior() == QAbstractItemView.SelectionBehavior.SelectRows


@pytest.mark.parametrize("size", [(1440, 900), (1280, 800)])
def test_the_form_of_a_syringe_has_room(shell, qtbot, size):
    shell.window.resize(*size)
    column = shell.space.session
    column.syringes.start_new()
    form = column.syringes.form
    form.serial.setText("x" * 300)
    form.submit()
    assert form._serial_row.problem
    assert not form._lot_row.problem
    QCoreApplication.processEvents()
    for field in (form.product, form.lot, form.expiry, form.serial, form.accept):
        assert field.height() >= field.sizeHint().height()
    bottom = form.accept.mapTo(column, form.accept.rect().bottomLeft()).y()
    assert bottom < column.height()
    assert not column.totals.isVisible()
    qtbot.keyClick(form, F.Key_Escape)
    assert column.totals.isVisible()


def test_an_expired_syringe_says_so(shell):
    one = shell.editor.syringes[0]
    shell.desk.update_syringe(replace(one, expiry=dt.date(2020, 8, 31)))
    rows = shell.space.session.syringes.rows
    assert "expired 31 Aug 2020" in rows[0].accessibleName()
    assert "expired" not in rows[1].accessibleName()


def test_an_unusual_technique_stands_under_its_row(shell, table):
    one = shell.editor.map.passes[1]
    shell.editor.select([one.id])
    shell.editor.set_technique(Technique.FANNING)
    rows = [row for row in table.pass_model.rows if isinstance(row, PassRow)]
    assert [bool(row.second) for row in rows] == [row.one.id == one.id for row in rows]
    assert "fanning" in table.lines_of(rows[1])[1]
    assert shell.space.session._common.full_text().startswith("mostly ")


def test_who_goes_on_leaves_the_refused_volume_behind(shell, table, qtbot):
    first, other = shell.editor.map.passes[:2]
    shell.editor.select([first.id])
    table.setFocus()
    qtbot.keyClicks(table, "x9"[1:])
    qtbot.keyClicks(open_field(table), "999")
    qtbot.keyClick(open_field(table), F.Key_Return)
    assert not shell.space.session._refusal.isHidden()
    table.setFocus()
    shell.editor.select([other.id])
    qtbot.waitUntil(lambda: open_field(table) is None)
    assert shell.space.session._refusal.isHidden()
    assert shell.editor.map.by_id[first.id].microlitres == 150
