"""One line to add a practitioner while a form is typed in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class PractitionerLine(QWidget):
    """Name and profession; `added` carries the practitioner once stored, `left` that it was called off."""

    added = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self.name = text_field(placeholder=words("session.practitioner.name"))
        self.name.setAccessibleName(words("session.practitioner.name"))
        self.profession = text_field(placeholder=words("session.practitioner.profession"))
        self.profession.setAccessibleName(words("session.practitioner.profession"))
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self.accept = Button(theme, words("session.practitioner.accept"))
        self.cancel = Button(theme, words("form.cancel"), kind="flat")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.accept)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        layout = column(self, spacing=6)
        layout.addWidget(self.name)
        layout.addWidget(self.profession)
        layout.addWidget(self._problem)
        layout.addLayout(buttons)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.left)
        self.hide()

    @property
    def problem(self) -> str:
        """The problem shown."""
        return self._problem.full_text() if not self._problem.isHidden() else ""

    def begin(self) -> None:
        """Open the line, empty."""
        self.name.clear()
        self.profession.clear()
        self._problem.hide()
        self.show()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Store; a refusal stands under the line and what was typed stays."""
        desk = self._desk
        try:
            one = desk.services.staff.add(desk.acting, self.name.text(), self.profession.text())
        except InjectmapError as error:
            self._problem.setText(error_sentence(error))
            self._problem.show()
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.added.emit(one)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds, Escape leaves the line; neither reaches the form."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)
