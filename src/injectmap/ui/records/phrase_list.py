"""The clinic's phrases of one field as a short numbered list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent

from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.lists import Index, RowDelegate, RowsModel, RowsView
from injectmap.words import load_words

_ROW, _MOST = 26, 6
_NUMBERED = 9


class _PhraseDelegate(RowDelegate):
    """The key that takes a phrase, and its words."""

    def paint_row(self, painter: QPainter, rect: QRect, row: str, index: Index) -> None:
        """Number and text on one line."""
        number = index.row() + 1
        painter.setFont(font("key"))
        painter.setPen(self.theme.colour("text3"))
        if number <= _NUMBERED:
            painter.drawText(rect.adjusted(8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(number))
        painter.setFont(font("table"))
        painter.setPen(self.theme.colour("text"))
        room = rect.adjusted(26, 0, -8, 0)
        text = metrics("table").elidedText(row, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class PhraseList(RowsView):
    """Enter or a digit takes a phrase; other letters are for typing."""

    taken = Signal(str)
    typed = Signal(str)

    def __init__(self, theme: Theme, field: str) -> None:
        super().__init__(theme, load_words()("phrases.of", field=field))
        self._rows = RowsModel(str, self, tip=str)
        self.setModel(self._rows)
        self.setItemDelegate(_PhraseDelegate(theme, _ROW, self))
        self.chosen.connect(self._take)
        self.hide()

    @property
    def offered(self) -> tuple[str, ...]:
        """The phrases."""
        return self._rows.rows

    def offer(self, phrases: Sequence[str]) -> None:
        """Offer phrases; none hides the list."""
        self._rows.show(phrases)
        self.setVisible(bool(phrases))
        self.setFixedHeight(_ROW * min(_MOST, max(1, len(phrases))) + 2)
        if phrases:
            self.setCurrentIndex(self._rows.index(0, 0))

    def _take(self, phrase: object) -> None:
        self.taken.emit(str(phrase))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are shortened to the width."""
        super().resizeEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit takes its phrase; a letter begins to type; the rest moves in the list."""
        text = event.text()
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
        elif text.isascii() and text.isdigit() and 0 < int(text) <= len(self.offered):
            self.taken.emit(self.offered[int(text) - 1])
        elif text.isprintable() and text.strip():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)
