"""Paints the rows of the table of passes and holds the volume being typed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from injectmap.domain.treatment_map import PassStatus
from injectmap.domain.units import needs_confirming, show_volume
from injectmap.ui.session.looks import paint_swatch
from injectmap.ui.session.pass_model import RIGHT_ALIGNED, Column, Index, PassRow, SideRow
from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.fields import VolumeField
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.ui.session.pass_table import PassTable

ROW_HEIGHT = 26
# A second line under a row that has more to say.
SECOND_LINE = 16
WIDTHS = {
    Column.NUMBER: 31,
    Column.FROM: 32,
    Column.PLANE: 62,
    Column.LENGTH: 24,
    Column.SYRINGE: 28,
    Column.VOLUME: 52,
}
# The width of the zone column's text beside a scroll bar.
ZONE_TEXT = 84
# Inner room at the left and right of each column's text.
_PADS = {
    Column.NUMBER: (2, 3),
    Column.ZONE: (5, 1),
    Column.FROM: (4, 0),
    Column.PLANE: (2, 0),
    Column.LENGTH: (0, 1),
    Column.SYRINGE: (2, 3),
    Column.VOLUME: (0, 16),
}


_STILL_HERE = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class PassHeader(QHeaderView):
    """Column names in label type on the panel, without the style's bevels."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self.setSectionsClickable(False)
        self.setFixedHeight(24)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        painter.fillRect(rect, self._theme.colour("panel"))
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        painter.drawText(_cell_box(rect, section), _flags(section), text)
        painter.restore()


class PassDelegate(QStyledItemDelegate):
    """Paints rows and holds the volume being typed; a refused volume stays in its field."""

    def __init__(self, theme: Theme, table: PassTable) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(20, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, SideRow):
            self._paint_side(painter, rect, row)
        elif isinstance(row, PassRow):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._paint_pass(painter, rect, row, index.column(), selected=selected, hovered=hovered)
            if index.column() == Column.VOLUME and (second := self._table.lines_of(row)[1]):
                self._paint_second(painter, rect, second)
        painter.restore()

    def _paint_side(self, painter: QPainter, rect: QRect, row: SideRow) -> None:
        words, theme = load_words(), self._theme
        painter.fillRect(rect, theme.colour("win"))
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), theme.colour("line"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
        painter.setPen(theme.colour("text"))
        painter.setFont(font("label_strong"))
        vertical = Qt.AlignmentFlag.AlignVCenter
        number = WIDTHS[Column.NUMBER]
        badge = QRect(rect.left(), rect.top(), number - _PADS[Column.NUMBER][1], rect.height())
        painter.drawText(badge, Qt.AlignmentFlag.AlignRight | vertical, words(f"side.{row.side}.badge"))
        painter.setPen(theme.colour("text2"))
        painter.setFont(font("table"))
        name = QRect(rect.left() + number + _PADS[Column.ZONE][0], rect.top(), 130, rect.height())
        painter.drawText(name, vertical, words(f"side.{row.side}"))
        painter.setFont(font("label"))
        count = words("session.pass") if row.count == 1 else words("session.passes", count=row.count)
        right = rect.right() + 1 - WIDTHS[Column.VOLUME] - _PADS[Column.SYRINGE][1]
        box = QRect(right - 90, rect.top(), 90, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | vertical, count)
        painter.setPen(theme.colour("text"))
        painter.setFont(font("table_strong"))
        box = rect.adjusted(0, 0, -_PADS[Column.VOLUME][1], 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | vertical, show_volume(row.microlitres))

    def _paint_pass(
        self, painter: QPainter, rect: QRect, row: PassRow, column: int, *, selected: bool, hovered: bool
    ) -> None:
        theme = self._theme
        # Smoothed, cells that begin between two pixels would show seams.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if selected:
            painter.fillRect(rect, theme.colour("accentbg"))
        elif hovered:
            painter.fillRect(rect, theme.mixed("panel", "accentbg", 0.5))
        if selected and column == Column.NUMBER:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("sel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, rect = rect, QRect(rect.left(), rect.top(), rect.width(), ROW_HEIGHT)
        box = _cell_box(rect, column)
        strong = column in (Column.NUMBER, Column.VOLUME)
        quiet = column in (Column.FROM, Column.PLANE, Column.SYRINGE)
        if column == Column.ZONE:
            paint_swatch(painter, QRectF(box.left(), rect.center().y() - 6.5, 8, 14), row.zones)
            box = box.adjusted(14, 0, 0, 0)
        if column == Column.VOLUME and row.one.id == self._table.primary and selected:
            ring = QRectF(rect).adjusted(4, 2.5, -9.5, -2.5)
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(ring, 4, 4)
        role = "table_strong" if strong else "table"
        if row.one.status is not PassStatus.DONE:
            # What does not count is not set in the weight of what does.
            role, quiet = "table", True
        painter.setFont(font(role))
        painter.setPen(theme.colour("text2" if quiet else "text"))
        text = self._table.lines_of(row)[0] if column == Column.ZONE else row.cells[column]
        text = metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _flags(column), text)
        if self._table.hasFocus() and self._table.currentIndex().row() == self._table.row_of(row) and strong:
            self._paint_keyboard(painter, whole, column)

    def _paint_second(self, painter: QPainter, rect: QRect, text: str) -> None:
        """What did not fit into the columns; painted last, it runs under all of them."""
        left = WIDTHS[Column.NUMBER] + _PADS[Column.ZONE][0] + 14
        box = QRect(left, rect.top() + ROW_HEIGHT - 4, rect.right() - 8 - left, SECOND_LINE)
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        shown = metrics("label").elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_keyboard(self, painter: QPainter, rect: QRect, column: int) -> None:
        """The row under the keyboard has a ring about the whole of it."""
        if column == Column.VOLUME:
            model = self._table.pass_model
            first = self._table.visualRect(model.index(self._table.currentIndex().row(), 0))
            paint_focus_ring(painter, self._theme, first.united(rect), 2)

    # Typing a volume

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = VolumeField(parent)
        field.setStyleSheet("padding: 0 6px; border-radius: 4px; min-height: 0;")
        self._table.volume_opened.emit()
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, VolumeField) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.left() - 4, rect.top(), rect.width() - 4, ROW_HEIGHT)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter accepts, Escape restores, leaving accepts all but a bare whole number.

        After Enter a refusal keeps the field open with what was typed; who goes on elsewhere leaves the refused
        text and its reason behind.
        """
        if not isinstance(editor, VolumeField):
            return super().eventFilter(editor, event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                if self._accept(editor):
                    self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._table.pass_model.refused.emit("")
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() not in _STILL_HERE:
                if editor.isModified() and needs_confirming(editor.text()):
                    self._table.not_taken.emit(editor.text())
                elif not self._accept(editor):
                    self._table.pass_model.refused.emit("")
                self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            return False
        return super().eventFilter(editor, event)

    def _accept(self, editor: VolumeField) -> bool:
        index = self._table.indexAt(editor.geometry().center())
        if not editor.isModified() or not index.isValid():
            return True
        if self._table.pass_model.set_volume(index.row(), editor.text()):
            editor.setModified(False)
            return True
        editor.mark(True)
        return False


def _cell_box(rect: QRect, column: int) -> QRect:
    left, right = _PADS[Column(column)]
    return rect.adjusted(left, 0, -right, 0)


def _flags(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
