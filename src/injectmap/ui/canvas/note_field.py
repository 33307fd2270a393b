"""A line at the foot of the canvas for a few words: of a baseline asymmetry, or why a pass deviates."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from injectmap.ui.canvas.card import Card
from injectmap.ui.theme import Theme, font
from injectmap.words import Words

_WIDTH = 440
_LONGEST = 200


class NoteField(Card):
    """Enter gives the words to who asked, Escape drops the question."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it hidden."""
        super().__init__(theme, words("asymmetry.title"), parent)
        self._words = words
        self._take: Callable[[str], bool] | None = None
        self.kind = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        self._label = QLabel(words("asymmetry.title"), self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setFont(font("table_strong"))
        self.field = QLineEdit(self)
        self.field.setAccessibleName(words("asymmetry.field"))
        self.field.setPlaceholderText(words("asymmetry.placeholder"))
        self.field.setMaxLength(_LONGEST)
        self.keep = QPushButton(words("asymmetry.keep"), self)
        self.keep.setProperty("kind", "primary")
        row.addWidget(self._label)
        row.addWidget(self.field, 1)
        row.addWidget(self.keep)
        self.field.returnPressed.connect(self._accept)
        self.keep.clicked.connect(self._accept)
        self.setFixedSize(_WIDTH, 52)
        self.hide()

    def ask(self, take: Callable[[str], bool], kind: str = "asymmetry", said: str = "") -> None:
        """Ask for words of a kind, beginning with what was said before; `take` keeps them and says if it could."""
        self._take, self.kind = take, kind
        self._label.setText(self._words(f"{kind}.title"))
        self.setAccessibleName(self._words(f"{kind}.title"))
        self.field.setAccessibleName(self._words(f"{kind}.field"))
        self.field.setPlaceholderText(self._words(f"{kind}.placeholder"))
        self.keep.setText(self._words(f"{kind}.keep"))
        self.field.setText(said)
        self.field.selectAll()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Close it and give the keyboard back to the canvas."""
        self._take, self.kind = None, ""
        if self.isVisible():
            if (canvas := self.parentWidget()) is not None:
                canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()

    def _accept(self) -> None:
        if self._take is not None and self._take(self.field.text().strip()):
            self.put_away()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            event.accept()
