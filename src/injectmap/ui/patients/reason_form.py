"""The reason for marking something as entered in error: inline, kept, never deleting."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import FormRow
from injectmap.words import load_words


class ReasonForm(QWidget):
    """Asks for a reason; `given` carries it as typed, the service checks it."""

    given = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._title = TextLabel(theme, "section", "text", wrap=True)
        self._what = TextLabel(theme, "table", "text2", wrap=True)
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(96)
        self._row = FormRow(theme, words("error_mark.reason"), self.field, steady=True)
        self.accept = Button(theme, words("error_mark.accept"))
        self.cancel = Button(theme, words("form.cancel"))
        layout = column(self, margins=(16, 0, 16, 16), spacing=12)
        layout.addWidget(Hairline(theme))
        for widget in (self._title, self._what, self._row, self.accept, self.cancel):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.accept.clicked.connect(self._give)
        self.cancel.clicked.connect(self.cancelled)
        self.field.textChanged.connect(self._row.clear_problem)

    def begin(self, title: str, what: str) -> None:
        """Ask about one thing."""
        self._title.setText(title)
        self._what.setText(what)
        self.field.clear()
        self._row.clear_problem()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, sentence: str) -> None:
        """Say why it was refused; the reason stays."""
        self._row.show_problem(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        self.given.emit(self.field.toPlainText())
