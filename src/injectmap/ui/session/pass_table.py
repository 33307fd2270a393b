"""The table of passes: one selection with the canvas, volumes typed in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from injectmap.domain.errors import InputRefused
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.session.pass_delegate import (
    ROW_HEIGHT,
    SECOND_LINE,
    WIDTHS,
    ZONE_TEXT,
    PassDelegate,
    PassHeader,
)
from injectmap.ui.session.pass_model import Column, PassRow, PassTableModel, SideRow
from injectmap.ui.theme import Theme, metrics
from injectmap.ui.widgets.fields import VolumeField
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class PassTable(QTableView):
    """Shows the passes; selecting here selects on the head and the other way round."""

    refused = Signal(str)
    chart_wanted = Signal()
    volume_opened = Signal()
    not_taken = Signal(str)

    def __init__(self, theme: Theme, bridge: EditorBridge) -> None:
        super().__init__()
        self._theme, self._bridge = theme, bridge
        self._following = False
        self._counted = 0
        self.primary: str | None = None
        self.pass_model = PassTableModel(self)
        self.setModel(self.pass_model)
        self.setItemDelegate(PassDelegate(theme, self))
        self._set_up()
        self.pass_model.refused.connect(self.refused)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.selectionModel().currentChanged.connect(self._on_selected)
        bridge.changed.connect(self._on_changed)
        theme.changed.connect(self.viewport().update)
        self._on_changed(frozenset({"map", "selection"}))

    def _set_up(self) -> None:
        self.setAccessibleName(load_words()("passes.title"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setStyleSheet("QScrollBar:vertical { width: 9px; }")
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = PassHeader(self._theme)
        self.setHorizontalHeader(header)
        header.setMinimumSectionSize(20)
        for column in Column:
            header.setSectionResizeMode(
                column,
                QHeaderView.ResizeMode.Stretch if column is Column.ZONE else QHeaderView.ResizeMode.Fixed,
            )
            if column in WIDTHS:
                self.setColumnWidth(column, WIDTHS[column])

    def row_of(self, row: PassRow) -> int | None:
        """Where a row stands."""
        return self.pass_model.row_of(row.one.id)

    def type_volume(self, row: int, first: str = "") -> None:
        """Open the volume of a row for typing, beginning with a character."""
        index = self.pass_model.index(row, Column.VOLUME)
        self.setCurrentIndex(index)
        self.edit(index)
        field = self.viewport().findChild(VolumeField)
        if isinstance(field, VolumeField) and first:
            field.setText(first)
            field.setModified(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits type the volume, Delete removes, Enter opens the volume, Escape goes back to the head."""
        editor = self._bridge.editor
        row = self.currentIndex().row()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if editor is None:
            super().keyPressEvent(event)
        elif plain and event.text() and event.text() in "0123456789.," and self.pass_model.pass_id(row):
            if not editor.read_only:
                self.type_volume(row, event.text())
        elif plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(editor)
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.pass_model.pass_id(row) and not editor.read_only:
                self.type_volume(row)
        elif event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in _STEPS:
            self.pass_model.move_by_step(self._selected_ids(), _STEPS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape:
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _selected_ids(self) -> list[str]:
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        return [found for row in rows if (found := self.pass_model.pass_id(row)) is not None]

    def _remove(self, editor: MapEditor) -> None:
        try:
            editor.remove_selected()
        except InputRefused as refused:
            self.refused.emit(error_sentence(refused))

    # One selection with the editor

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if not aspects & {"map", "selection", "syringes"}:
            return
        editor = self._bridge.editor
        self._following = True
        try:
            if aspects & {"map", "syringes"}:
                if self.pass_model.show_editor(editor):
                    self._span_sides()
                self._fit_rows()
            if "selection" in aspects:
                self.refused.emit("")
            self._show_selection(editor)
        finally:
            self._following = False

    def _span_sides(self) -> None:
        self.clearSpans()
        for number, row in enumerate(self.pass_model.rows):
            if isinstance(row, SideRow):
                self.setSpan(number, 0, 1, len(Column))

    def lines_of(self, row: PassRow) -> tuple[str, str]:
        """What stands in the zone column, and under the row: zones that do not fit, and what else there is to say."""
        zones, more = row.cells[Column.ZONE], ""
        if metrics("table").horizontalAdvance(zones) > ZONE_TEXT:
            first, _, rest = zones.partition(" + ")
            zones, more = (f"{first} +", rest) if rest else (first, "")
        return zones, " · ".join(part for part in (more, *row.second) if part)

    def _fit_rows(self) -> None:
        for number, row in enumerate(self.pass_model.rows):
            tall = isinstance(row, PassRow) and bool(self.lines_of(row)[1])
            height = ROW_HEIGHT + (SECOND_LINE if tall else 0)
            if self.rowHeight(number) != height:
                self.setRowHeight(number, height)

    def updateGeometries(self) -> None:
        """The table grew because something under it went: the rows stay under the hand, until it scrolls or rows go."""
        bar, count = self.verticalScrollBar(), self.pass_model.rowCount()
        at, same = bar.value(), count == self._counted
        self._counted = count
        super().updateGeometries()
        if same and at > bar.maximum():
            bar.setMaximum(at)
            bar.setValue(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A sentence came under the table: the row that it speaks of stays in sight."""
        super().resizeEvent(event)
        if self.state() == QAbstractItemView.State.EditingState:
            self.scrollTo(self.currentIndex())

    def _show_selection(self, editor: MapEditor | None) -> None:
        primary = editor.primary if editor is not None else None
        chosen = QItemSelection()
        last = len(Column) - 1
        for row in self.pass_model.rows_of_passes(editor.selection if editor is not None else ()):
            chosen.select(self.pass_model.index(row, 0), self.pass_model.index(row, last))
        model = self.selectionModel()
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row_number = self.pass_model.row_of(primary) if primary is not None else None
        if row_number is not None:
            if self.currentIndex().row() != row_number:
                model.setCurrentIndex(
                    self.pass_model.index(row_number, Column.VOLUME),
                    QItemSelectionModel.SelectionFlag.NoUpdate,
                )
            if primary != self.primary:
                self.scrollTo(self.pass_model.index(row_number, 0))
        else:
            model.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.primary = primary
        self.viewport().update()

    def _on_selected(self) -> None:
        editor = self._bridge.editor
        if self._following or editor is None:
            return
        ids = self._selected_ids()
        current = self.pass_model.pass_id(self.currentIndex().row())
        editor.select(ids, primary=current)
