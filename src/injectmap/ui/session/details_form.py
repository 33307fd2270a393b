"""The form that corrects the date and the practitioner of the open treatment session."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import Conflict, InjectmapError, InputRefused
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, choice_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class DetailsForm(QWidget):
    """Starts from what is stored; `corrected` once the correction is stored and shown."""

    corrected = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._of = TextLabel(theme, "table", "text2", wrap=True)
        self._form = Form(theme)
        self.practitioner = choice_field(theme, [])
        self.date = DateField()
        self._practitioner_row = self._form.row(words("session.field.practitioner"), self.practitioner)
        self._date_row = self._form.row(words("session.field.date"), self.date)
        self.date.show_reading_in(self._date_row, "")
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        self.accept = Button(theme, words("session.details.accept"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        head = column(margins=(16, 12, 16, 8), spacing=2)
        head.addWidget(TextLabel(theme, "section", "text", words("session.details.title"), wrap=True))
        head.addWidget(self._of)
        body = column(margins=(16, 4, 16, 16))
        body.addWidget(self._form)
        problem = column(margins=(16, 8, 16, 0))
        problem.addWidget(self._problem)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 10, 16, 14)
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        layout = column(self)
        layout.addLayout(head)
        layout.addLayout(body)
        layout.addStretch(1)
        layout.addWidget(Hairline(theme))
        layout.addLayout(problem)
        layout.addLayout(buttons)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)

    def begin(self) -> None:
        """Show what is stored."""
        editor, patient = self._desk.editor, self._desk.patient
        assert editor is not None
        assert patient is not None
        session = editor.session
        self._of.setText(
            load_words()("session.details.of", number=session.number_text, name=patient.display_name)
        )
        self.practitioner.clear()
        for one in self._desk.services.practitioners:
            self.practitioner.addItem(one.name, one.id)
        self.practitioner.setCurrentIndex(self.practitioner.findData(session.practitioner_id))
        self.date.set_date(session.date)
        self._form.clear_problems()
        self._problem.hide()

    def submit(self) -> None:
        """Store; a refusal stands under its field and what was typed stays."""
        self._form.clear_problems()
        self._problem.hide()
        editor, date, practitioner_id = self._desk.editor, self.date.date(), self.practitioner.currentData()
        assert editor is not None
        if date is None:
            self._date_row.show_problem(load_words()("date.unreadable"))
        if practitioner_id is None:
            self._practitioner_row.show_problem(load_words()("session.practitioner_missing"))
        if date is None or practitioner_id is None:
            self._form.focus_problem()
            return
        if (date, practitioner_id) == (editor.session.date, editor.session.practitioner_id):
            self.corrected.emit()
            return
        try:
            self._desk.correct_session(date=date, practitioner_id=practitioner_id)
        except Conflict as error:
            # The newer state has been read: correcting starts from it.
            self.begin()
            self._say(error)
        except InputRefused as refused:
            self._place(refused)
        except InjectmapError as error:
            self._say(error)
        else:
            self.corrected.emit()

    def problems(self) -> list[str]:
        """The problems shown."""
        shown = [row.problem for row in (self._practitioner_row, self._date_row) if row.problem]
        return [*shown, self._problem.full_text()] if not self._problem.isHidden() else shown

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off; Enter stores, from whatever field it comes up."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _place(self, refused: InputRefused) -> None:
        if refused.code.startswith("treatment_"):
            self._date_row.show_problem(error_sentence(refused))
            self._form.focus_problem()
        else:
            self._say(refused)

    def _say(self, error: InjectmapError) -> None:
        self._problem.setText(error_sentence(error))
        self._problem.show()
