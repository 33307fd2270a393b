"""A list in columns, each row with a first and a smaller second line, for the cards of the page "Safety"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import column
from injectmap.ui.widgets.lists import CommandedView, Index, RowDelegate, RowsModel, RowsView

_ROW, _HEAD, _PAD, _GAP = 44, 26, 4, 12

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name as shown, and the share of the width at which it begins."""

    name: str
    begins: float


class PlainTable(QWidget):
    """Shows rows whatever their number; the one under the keyboard is `current`, and Enter or a click chooses it."""

    chosen = Signal(object)
    moved = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[Column],
        cells: Callable[[Any], Cells],
        *,
        most: int = 6,
    ) -> None:
        """`cells` gives the two lines of each column; `most` rows are in sight before the list scrolls."""
        super().__init__()
        self._most, self._cells = most, cells
        self._rows = RowsModel(self._say, self, tip=self._say)
        self.view = CommandedView(theme, name)
        self.view.setModel(self._rows)
        self.view.setItemDelegate(_Delegate(theme, self.view, columns, cells))
        layout = column(self)
        layout.addWidget(_Head(theme, columns, self.view))
        layout.addWidget(self.view)
        self.view.chosen.connect(self.chosen)
        self.view.selectionModel().currentChanged.connect(self.moved)

    @property
    def rows(self) -> tuple[Any, ...]:
        """What is shown."""
        return self._rows.rows

    @property
    def current(self) -> Any | None:
        """The row under the keyboard."""
        row = self.view.currentIndex().row()
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows; the first is marked."""
        self._rows.show(rows)
        self.view.setFixedHeight(_ROW * max(1, min(len(rows), self._most)) + 2)
        if rows:
            self.view.setCurrentIndex(self._rows.index(0, 0))
        self.moved.emit()

    def _say(self, row: Any) -> str:
        return ", ".join(text for cell in self._cells(row) for text in cell if text)


class _Delegate(RowDelegate):
    def __init__(
        self, theme: Theme, view: RowsView, columns: Sequence[Column], cells: Callable[[Any], Cells]
    ) -> None:
        super().__init__(theme, _ROW, view)
        self._columns, self._cells = columns, cells

    def paint_row(self, painter: QPainter, rect: QRect, row: Any, index: Index) -> None:
        for (left, room), (first, second) in zip(_places(rect, self._columns), self._cells(row), strict=True):
            middle = rect.top() + (18 if second else 27)
            self._paint(painter, QPointF(left, middle), first, "table", "text", room)
            self._paint(painter, QPointF(left, rect.top() + 35), second, "label", "text2", room)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self.theme.colour("line"))

    def _paint(self, painter: QPainter, at: QPointF, text: str, role: str, colour: str, room: int) -> None:
        painter.setFont(font(role))
        painter.setPen(self.theme.colour(colour))
        painter.drawText(at, metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, room))


class _Head(QWidget):
    """The names of the columns, above what is left of the list beside its scroll bar."""

    def __init__(self, theme: Theme, columns: Sequence[Column], view: RowsView) -> None:
        super().__init__()
        self._theme, self._columns, self._view = theme, columns, view
        self.setFixedHeight(_HEAD)
        theme.changed.connect(self.update)
        view.verticalScrollBar().rangeChanged.connect(self.update)

    def lefts(self) -> list[int]:
        """Where the names begin."""
        room = QRect(0, 0, self._view.viewport().width(), self.height())
        return [left for left, _ in _places(room, self._columns)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        for left, one in zip(self.lefts(), self._columns, strict=True):
            painter.drawText(QPointF(left, 16), one.name)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line2"))


def _places(rect: QRect, columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Left edge and room of each column."""
    width = rect.width() - 2 * _PAD
    ends = [one.begins for one in columns[1:]] + [1.0]
    return [
        (rect.left() + _PAD + round(one.begins * width), round((end - one.begins) * width) - _GAP)
        for one, end in zip(columns, ends, strict=True)
    ]
