"""A digit meant as a key never becomes a volume: what was typed and left behind without Enter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.ui.canvas.chart_actions import ACTIONS
from injectmap.ui.session.pass_model import Column
from injectmap.ui.session.pass_table import PassTable
from injectmap.ui.widgets.fields import VolumeField
from tests.ui.canvas.conftest import ARCH, CHEEK, EAR, RAMUS, Chart

ALT = Qt.KeyboardModifier.AltModifier
NOT_TAKEN = "1 was not taken as a volume: type it and press Enter to give 1.00 mL."


def volumes(chart: Chart) -> list[int]:
    return [one.microlitres for one in chart.editor.map.passes]


def drawn_and_asked(chart: Chart) -> VolumeField:
    """A pass drawn by hand: its volume has the keyboard."""
    chart.drag(EAR, RAMUS)
    chart.rest()
    field = chart.column.inline.field
    assert field.hasFocus()
    return field


def test_a_digit_meant_as_a_view_key_is_no_volume(chart: Chart) -> None:
    field = drawn_and_asked(chart)
    (stored,) = volumes(chart)
    QTest.keyClick(field, Qt.Key.Key_1)
    assert field.text() == "1"
    chart.drag(EAR, ARCH)
    chart.rest()
    assert volumes(chart) == [stored, stored]
    notice = chart.column.notice
    assert notice.isVisible()
    assert notice.sentence.text() == NOT_TAKEN


@pytest.mark.parametrize(("typed", "stored"), [("0.15", 150), (",2", 200), (".2", 200), ("1.0", 1000)])
def test_a_volume_with_a_decimal_mark_is_taken_on_leaving(chart: Chart, typed: str, stored: int) -> None:
    QTest.keyClicks(drawn_and_asked(chart), typed)
    chart.click(CHEEK)
    chart.rest()
    assert volumes(chart)[0] == stored
    assert not chart.column.notice.isVisible()


def test_enter_takes_a_whole_number(chart: Chart) -> None:
    field = drawn_and_asked(chart)
    QTest.keyClick(field, Qt.Key.Key_1)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert volumes(chart) == [1000]
    assert not chart.column.notice.isVisible()


def test_alt_and_a_digit_show_a_view_while_a_volume_is_typed(chart: Chart) -> None:
    field = drawn_and_asked(chart)
    (stored,) = volumes(chart)
    QTest.keyClick(field, Qt.Key.Key_4, ALT)
    assert chart.editor.view_id == "left_oblique"
    QTest.keyClicks(field, "0.1")
    QTest.keyClick(field, Qt.Key.Key_5, ALT)
    assert field.text() == "0.1"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.keyClick(field, Qt.Key.Key_1)
    QTest.keyClick(field, Qt.Key.Key_1, ALT)
    chart.rest()
    # The other side does not show the pass: its volume is closed, and the digit is not taken.
    assert chart.editor.view_id == "right_lateral"
    assert not chart.column.inline.isVisible()
    assert volumes(chart) == [stored]
    assert chart.column.notice.sentence.text() == NOT_TAKEN


def test_the_keys_that_always_work_are_those_of_the_views() -> None:
    always = {one.id: one.always for one in ACTIONS if one.always}
    assert list(always.values()) == [f"Alt+{number}" for number in range(1, 6)]
    assert all(one.startswith("view.") for one in always)
    assert not set(always.values()) & {key for one in ACTIONS for key in one.keys}


def test_the_header_takes_a_whole_number_by_enter_only(chart: Chart) -> None:
    for tip in (ARCH, RAMUS):
        chart.draw(EAR, tip)
    chart.editor.select(chart.editor.map.by_id)
    before = volumes(chart)
    volume = chart.column.header.volume
    QTest.keyClick(chart.view, Qt.Key.Key_1)
    assert volume.hasFocus()
    chart.click(CHEEK)
    chart.rest()
    assert volumes(chart) == before
    assert chart.column.notice.sentence.text() == NOT_TAKEN
    chart.editor.select(chart.editor.map.by_id)
    QTest.keyClick(chart.view, Qt.Key.Key_1)
    QTest.keyClick(volume, Qt.Key.Key_Return)
    assert volumes(chart) == [1000, 1000]


def test_the_table_takes_a_whole_number_by_enter_only(qtbot, theme, chart: Chart) -> None:
    first, second = chart.draw(EAR, ARCH), chart.draw(EAR, RAMUS)
    table = PassTable(theme, chart.column.bridge)
    qtbot.addWidget(table)
    table.resize(344, 400)
    table.show()
    table.activateWindow()
    left: list[str] = []
    table.not_taken.connect(left.append)
    for typed, key, stored in (("1", None, 100), (".3", None, 300), ("1", Qt.Key.Key_Return, 1000)):
        row = table.pass_model.row_of(first)
        chart.editor.select([first])
        table.setFocus()
        QApplication.processEvents()
        QTest.keyClicks(table, typed[0])
        field = table.viewport().findChild(VolumeField)
        QTest.keyClicks(field, typed[1:])
        if key is None:
            other = table.visualRect(table.pass_model.index(table.pass_model.row_of(second), Column.ZONE))
            table.setFocus(Qt.FocusReason.MouseFocusReason)
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=other.center())
        else:
            QTest.keyClick(field, key)
        QApplication.processEvents()
        assert row is not None
        assert chart.editor.map.by_id[first].microlitres == stored, typed
        assert chart.editor.map.by_id[second].microlitres == 100
    assert left == ["1"]


def test_digits_are_views_while_what_is_selected_is_not_in_sight(chart: Chart) -> None:
    one = chart.draw(EAR, ARCH)
    chart.editor.select([one])
    chart.editor.mirror_selection()
    before = volumes(chart)
    assert chart.editor.selection
    assert one not in chart.editor.selection
    QTest.keyClick(chart.view, Qt.Key.Key_4)
    assert chart.editor.view_id == "left_oblique"
    QTest.keyClick(chart.view, Qt.Key.Key_1)
    assert chart.editor.view_id == "right_lateral"
    # Now they are seen.
    QTest.keyClicks(chart.view, "0")
    QTest.keyClicks(chart.column.inline.field, ".2")
    assert chart.column.inline.field.text() == "0.2"
    assert volumes(chart) == before


def test_a_refused_volume_is_told_to_who_goes_on_drawing(chart: Chart) -> None:
    field = drawn_and_asked(chart)
    (stored,) = volumes(chart)
    QTest.keyClicks(field, "12.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert chart.column.inline.isVisible()
    chart.drag(EAR, ARCH)
    chart.rest()
    assert volumes(chart)[0] == stored
    assert chart.column.notice.sentence.text().startswith("“12.5” was not taken. ")


def test_enter_and_escape_in_the_header_give_the_keyboard_to_the_chart(chart: Chart) -> None:
    for tip in (ARCH, RAMUS):
        chart.draw(EAR, tip)
    chart.editor.select(chart.editor.map.by_id)
    volume = chart.column.header.volume
    QTest.keyClicks(chart.view, "0")
    QTest.keyClicks(volume, ".3")
    QTest.keyClick(volume, Qt.Key.Key_Return)
    assert volumes(chart) == [300, 300]
    assert chart.view.hasFocus()
    QTest.keyClicks(chart.view, "0")
    QTest.keyClick(volume, Qt.Key.Key_Escape)
    assert chart.view.hasFocus()
    assert volumes(chart) == [300, 300]
