"""The lists of the page "Safety": names of columns stand above their cells, scroll bar or none."""

import pytest
from PySide6.QtWidgets import QApplication

from injectmap.ui.trust.plain_table import Column, PlainTable, _Head


@pytest.fixture
def table(qtbot, theme) -> PlainTable:
    columns = [Column("When", 0.0), Column("Who", 0.5), Column("Where", 0.9)]
    one = PlainTable(theme, "List", columns, lambda row: ((row, ""), (row, ""), (row, "")), most=4)
    qtbot.addWidget(one)
    one.resize(800, 300)
    one.show()
    return one


@pytest.mark.parametrize("count", [1, 40])
def test_names_of_columns_stand_above_their_cells(table, count) -> None:
    table.show_rows([f"row {number}" for number in range(count)])
    QApplication.processEvents()
    bar = table.view.verticalScrollBar()
    assert bar.isVisible() == (count > 4)
    cells = table.view.visualRect(table.view.model().index(0, 0)).width()
    assert table.findChild(_Head).lefts() == [4, 4 + round(0.5 * (cells - 8)), 4 + round(0.9 * (cells - 8))]
