"""Lists drawn row by row in the theme's colours, over a model that also speaks to screen readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from injectmap.ui.theme import Theme, paint_focus_ring
from injectmap.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractListModel):
    """A list of values, each said in one sentence; the value itself is the user role."""

    def __init__(
        self,
        say: Callable[[Any], str],
        parent: QObject | None = None,
        *,
        tip: Callable[[Any], str] | None = None,
    ) -> None:
        """`tip` gives the tooltip of a value, if there is more to say than is shown."""
        super().__init__(parent)
        self._say, self._tip = say, tip
        self._rows: tuple[Any, ...] = ()

    @property
    def rows(self) -> tuple[Any, ...]:
        """The values shown."""
        return self._rows

    def show(self, rows: Sequence[Any]) -> None:
        """Show other values."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Rows at the top, none below."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The sentence or the value."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._say(row)
        if role == Qt.ItemDataRole.ToolTipRole and self._tip is not None:
            return plain_tip(self._tip(row))
        return row if role == Qt.ItemDataRole.UserRole else None


class RowDelegate(QStyledItemDelegate):
    """Paints a row's ground; a subclass paints what stands on it in `paint_row`."""

    def __init__(self, theme: Theme, height: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme, self._height = theme, height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are as high."""
        return QSize(80, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground by state, the content, the ring of the keyboard."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        rect = option.rect
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self.theme.colour("accentbg"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self.theme.mixed("panel", "accentbg", 0.5))
        self.paint_row(painter, rect, index.data(Qt.ItemDataRole.UserRole), index)
        if state & QStyle.StateFlag.State_HasFocus:
            paint_focus_ring(painter, self.theme, rect, 2)
        painter.restore()

    def paint_row(self, painter: QPainter, rect: Any, row: Any, index: Index) -> None:
        """Draw one row."""
        raise NotImplementedError


class RowsView(QListView):
    """A flat list; a click or Enter chooses."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the row under the keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex())
            return
        super().keyPressEvent(event)

    def move_by(self, step: int) -> None:
        """Move the mark from outside, such as from the search field."""
        count = self.model().rowCount() if self.model() is not None else 0
        if count:
            row = max(0, min(count - 1, self.currentIndex().row() + step))
            self.setCurrentIndex(self.model().index(row, 0))

    def _choose(self, index: Index) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if row is not None:
            self.chosen.emit(row)


class CommandedView(RowsView):
    """Leaves letters, Escape and Insert to the page around it: they are commands there, not a search."""

    def keyboardSearch(self, search: str) -> None:
        """There is none."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass commands on."""
        if event.text().isalpha() or event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Insert):
            event.ignore()
        else:
            super().keyPressEvent(event)
