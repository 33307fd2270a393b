"""The clinic's phrases of one field as a short numbered list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyleOptionViewItem

from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.lists import Index, RowDelegate, RowsModel, RowsView
from injectmap.words import load_words

_PADDING, _LEFT, _RIGHT, _TALLEST = 6, 26, 8, 300
_NUMBERED = 9
_WRAP = int(Qt.TextFlag.TextWordWrap)


class _PhraseDelegate(RowDelegate):
    """The key that takes a phrase, and all its words: nobody takes what was not there to be read."""

    def height_of(self, text: str, width: int) -> int:
        """How high a phrase is in a width."""
        room = QRect(0, 0, max(60, width - _LEFT - _RIGHT), 10_000)
        return metrics("table").boundingRect(room, _WRAP, text).height() + 2 * _PADDING

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the words need."""
        view = self.parent()
        assert isinstance(view, PhraseList)
        width = view.viewport().width()
        return QSize(80, self.height_of(str(index.data(Qt.ItemDataRole.UserRole)), width))

    def paint_row(self, painter: QPainter, rect: QRect, row: str, index: Index) -> None:
        """Number and text, on as many lines as it has."""
        number = index.row() + 1
        painter.setFont(font("key"))
        painter.setPen(self.theme.colour("text3"))
        if number <= _NUMBERED:
            painter.drawText(rect.adjusted(8, _PADDING + 2, 0, 0), Qt.AlignmentFlag.AlignTop, str(number))
        painter.setFont(font("table"))
        painter.setPen(self.theme.colour("text"))
        painter.drawText(rect.adjusted(_LEFT, _PADDING, -_RIGHT, 0), _WRAP, row)


class PhraseList(RowsView):
    """Enter or a digit takes a phrase; other letters are for typing."""

    taken = Signal(str)
    typed = Signal(str)

    def __init__(self, theme: Theme, field: str) -> None:
        super().__init__(theme, load_words()("phrases.of", field=field))
        self._rows = RowsModel(str, self, tip=str)
        self.setModel(self._rows)
        self._delegate = _PhraseDelegate(theme, 0, self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(False)
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
        self._fit()
        if phrases:
            self.setCurrentIndex(self._rows.index(0, 0))

    def _take(self, phrase: object) -> None:
        self.taken.emit(str(phrase))

    def _fit(self) -> None:
        """As high as all phrases, up to where the list scrolls."""
        width = self.viewport().width()
        whole = sum(self._delegate.height_of(one, width) for one in self.offered)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if whole > _TALLEST else policy.ScrollBarAlwaysOff
        )
        self.setFixedHeight(min(_TALLEST, whole) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words break where the list ends."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.doItemsLayout()
            self._fit()

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
