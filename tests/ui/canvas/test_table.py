"""The table of passes beside the canvas: order by drag and keys, states, boluses, what stands under a row."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest

from injectmap.domain.treatment_map import PassStatus, Side
from injectmap.ui.session import pass_order
from injectmap.ui.session.pass_model import Column, PassRow
from injectmap.ui.session.pass_table import PassTable
from tests.ui.canvas.conftest import ARCH, ARCH_LOW, CHEEK, EAR, RAMUS, Chart

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def table(qtbot, theme, chart: Chart) -> PassTable:
    one = PassTable(theme, chart.column.bridge)
    qtbot.addWidget(one)
    one.resize(344, 400)
    one.show()
    return one


def ids(chart: Chart) -> list[str]:
    return [one.id for one in chart.editor.map.passes]


def rows(table: PassTable) -> list[PassRow]:
    return [row for row in table.pass_model.rows if isinstance(row, PassRow)]


def test_alt_and_arrows_move_rows_in_one_edit(chart: Chart, table: PassTable) -> None:
    first, second, third = (chart.draw(EAR, tip) for tip in (ARCH, ARCH_LOW, RAMUS))
    chart.editor.select([third])
    done = len(chart.sink.edits)
    QTest.keyClick(table, Qt.Key.Key_Up, ALT)
    assert ids(chart) == [first, third, second]
    assert len(chart.sink.edits) == done + 1
    assert chart.editor.selection == {third}
    QTest.keyClick(table, Qt.Key.Key_Up, ALT)
    QTest.keyClick(table, Qt.Key.Key_Up, ALT)
    assert ids(chart) == [third, first, second]
    for _ in range(3):
        QTest.keyClick(table, Qt.Key.Key_Down, ALT)
    assert ids(chart) == [first, second, third]
    assert [row.cells[Column.NUMBER] for row in rows(table)] == ["1", "2", "3"]


def test_rows_are_dragged_between_rows(chart: Chart, table: PassTable) -> None:
    first, second, third = (chart.draw(EAR, tip) for tip in (ARCH, ARCH_LOW, RAMUS))
    model = table.pass_model
    index = model.index(model.row_of(third), 0)
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData([index, model.index(model.row_of(third), 1)])
    assert pass_order.unpacked(data) == [third]
    # Nothing of the treatment leaves with a drag.
    assert data.formats() == [pass_order.MIME]
    move = Qt.DropAction.MoveAction
    assert model.dropMimeData(data, move, model.row_of(first), 0, QModelIndex()) is False
    assert ids(chart) == [third, first, second]
    model.dropMimeData(model.mimeData([model.index(model.row_of(third), 0)]), move, 4, 0, QModelIndex())
    assert ids(chart) == [first, second, third]


def test_a_row_dropped_at_the_end_of_its_side_stays_before_the_other_side(chart: Chart, table) -> None:
    first, second = chart.draw(EAR, ARCH), chart.draw(EAR, RAMUS)
    chart.editor.select([first])
    chart.editor.mirror_selection()
    mirrored = ids(chart)[2]
    model = table.pass_model
    end_of_side = model.row_of(second) + 1
    data = model.mimeData([model.index(model.row_of(first), 0)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, end_of_side, 0, QModelIndex())
    assert ids(chart) == [second, first, mirrored]


def test_states_boluses_deposits_and_splits_are_said_in_words(chart: Chart, table: PassTable) -> None:
    one = chart.draw(EAR, RAMUS, microlitres=140)
    other = chart.draw(EAR, ARCH)
    chart.editor.set_deposits(one, [("8", "0.04")])
    chart.editor.split_shares(one, [(s.id, 70) for s in chart.editor.syringes])
    chart.editor.choose_tool("bolus")
    chart.click(CHEEK)
    chart.editor.set_planning(True)
    chart.editor.choose_tool("cannula_pass")
    chart.drag(EAR, ARCH_LOW)
    seconds = {row.one.id: table.lines_of(row)[1] for row in rows(table)}
    bolus = next(row for row in rows(table) if row.one.is_point)
    planned = next(row for row in rows(table) if row.one.status is PassStatus.PLANNED)
    assert "syringes 1 0.07 + 2 0.07 · deposits 8 mm 0.04" in seconds[one]
    assert bolus.cells[Column.LENGTH] == "–"
    assert bolus.cells[Column.FROM] == ""
    assert "bolus" in seconds[bolus.one.id]
    assert bolus.zones
    assert "bolus, Buccal, subdermal" in bolus.tip
    assert seconds[planned.one.id].startswith("planned") or "· planned" in seconds[planned.one.id]
    assert planned.cells[Column.SYRINGE] == ""
    assert table.pass_model.row_of(other) is not None
    table.grab()


def test_where_a_row_goes() -> None:
    from tests.unit.chart.maps import c_shape_map

    passes = c_shape_map().passes
    left = [one for one in passes if one.side is Side.LEFT]
    a, b, c = (one.id for one in left[:3])
    assert pass_order.stepped(left, {a}, -1) == (None, False)
    assert pass_order.stepped(left, {b}, -1) == (a, True)
    assert pass_order.stepped(left, {a, b}, 1) == (left[3].id, True)
    assert pass_order.stepped(left, {left[-1].id}, 1) == (None, False)
    assert pass_order.stepped(left, {left[-2].id}, 1) == (None, True)
    assert pass_order.before(passes, {a}, left[-1], None) == passes[len(left)].id
    assert pass_order.before(passes, {a}, left[1], left[2]) == c
    assert pass_order.before(passes, {a}, left[0], left[0]) == b
    assert replace(left[0]).id == a


def test_rows_stay_under_the_hand_when_the_table_grows(chart: Chart, table: PassTable) -> None:
    for _ in range(4):
        for tip in (ARCH, ARCH_LOW, RAMUS):
            chart.draw(EAR, tip, microlitres=20)
    table.resize(344, 180)
    QTest.qWait(20)
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = table.pass_model.index(table.pass_model.rowCount() - 1, 0)
    before = table.visualRect(last).top()
    table.resize(344, 220)
    QTest.qWait(20)
    assert table.visualRect(last).top() == before
    # Scrolled by hand, the room under the last row is given back.
    bar.setValue(bar.value() - 60)
    table.resize(344, 222)
    QTest.qWait(20)
    bar.setValue(bar.maximum())
    assert table.visualRect(last).bottom() >= table.viewport().height() - 3
