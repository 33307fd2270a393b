"""The form of a new clinic: its name, its first practitioner, its file, and what opens it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from injectmap.domain.accounts import PASSWORD_LEAST, checked_password
from injectmap.domain.errors import InputRefused
from injectmap.domain.keys import check_apart
from injectmap.ui.prompts import Prompts
from injectmap.ui.start.secrets import NewPassphrase, ShowTyped, secret_field
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, FormRow, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

CLINIC_SUFFIX = ".injectmap"


@dataclass(frozen=True)
class ClinicToMake:
    """What was typed for a new clinic."""

    path: Path
    name: str
    practitioner: str
    passphrase: str = field(repr=False)
    password: str = field(repr=False)


class NewClinicForm(QWidget):
    """Asks for what a clinic needs; its file is never overwritten, and what was typed stays until it is made."""

    accepted = Signal(object)
    cancelled = Signal()

    def __init__(self, theme: Theme, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._prompts = prompts
        self._form = Form(theme, steady=True)
        self.name = text_field(limit=120)
        self.practitioner = text_field(limit=120)
        self.file = text_field()
        self._name_row = self._form.row(words("start.field.name"), self.name)
        self._practitioner_row = self._form.row(words("start.field.practitioner"), self.practitioner)
        self._form.beside(self._name_row, self._practitioner_row)
        self._file_row = self._form.row(words("start.field.file"), self.file)
        self.choose = Button(theme, words("start.choose"), kind="flat")
        self.choose.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._form.add(self.choose)
        self._form.add(self._heading(theme, "start.passphrase.title", "start.passphrase.what"))
        self.passphrase = NewPassphrase(self._form, label="keys.passphrase")
        self._form.add(self._heading(theme, "start.password.title", "start.password.what"))
        self.practitioner_password, self.password_again = secret_field(), secret_field()
        self._password_row = self._form.row(
            words("start.password"),
            self.practitioner_password,
            hint=words("start.password.rule", least=PASSWORD_LEAST),
        )
        self._again_row = self._form.row(words("keys.again"), self.password_again)
        self._form.beside(self._password_row, self._again_row)
        self.show_typed = ShowTyped(theme, self._fields()[3:])
        self.accept = Button(theme, words("start.create"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.cancel)
        row.addWidget(self.accept, 1)
        layout = column(self, spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("start.new.title")))
        layout.addWidget(self._form)
        layout.addWidget(self.show_typed)
        layout.addLayout(row)
        self.name.textEdited.connect(self._suggest)
        self.choose.clicked.connect(self._choose)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)
        for one in self._fields():
            one.returnPressed.connect(self.submit)
        self.file.textChanged.connect(self._file_row.clear_problem)
        self._suggested = ""

    @staticmethod
    def _heading(theme: Theme, title: str, what: str) -> QWidget:
        words, part = load_words(), QWidget()
        layout = column(part, margins=(0, 8, 0, 0), spacing=2)
        layout.addWidget(TextLabel(theme, "body_strong", "text", words(title)))
        layout.addWidget(TextLabel(theme, "table", "text2", words(what), wrap=True))
        return part

    def submit(self) -> None:
        """Check and hand on."""
        words = load_words()
        self._form.clear_problems()
        if not self.name.text().strip():
            self._name_row.show_problem(words("start.name_empty"))
        if not self.practitioner.text().strip():
            self._practitioner_row.show_problem(words("start.practitioner_empty"))
        if not self.file.text().strip():
            self._file_row.show_problem(words("start.file_empty"))
        self.passphrase.check()
        self._check_password()
        if self.problems():
            self._form.focus_problem()
            return
        path = Path(self.file.text().strip()).expanduser()
        if not path.suffix:
            path = path.with_suffix(CLINIC_SUFFIX)
        self.accepted.emit(
            ClinicToMake(
                path,
                self.name.text().strip(),
                self.practitioner.text().strip(),
                self.passphrase.field.text(),
                self.practitioner_password.text(),
            )
        )

    def problems(self) -> list[str]:
        """The problems shown."""
        return [row.problem for row in self._rows() if row.problem]

    def forget(self) -> None:
        """Empty the form once its clinic is made."""
        for one in self._fields():
            one.clear()
        self._form.clear_problems()
        self.show_typed.setChecked(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _rows(self) -> tuple[FormRow, ...]:
        names = (self._name_row, self._practitioner_row, self._file_row)
        return (*names, *self.passphrase.rows, self._password_row, self._again_row)

    def _fields(self) -> tuple[QLineEdit, ...]:
        passphrase = (self.passphrase.field, self.passphrase.again)
        password = (self.practitioner_password, self.password_again)
        return (self.name, self.practitioner, self.file, *passphrase, *password)

    def _check_password(self) -> None:
        try:
            checked_password(self.practitioner_password.text())
        except InputRefused as error:
            self._password_row.show_problem(error_sentence(error))
            return
        if self.practitioner_password.text() != self.password_again.text():
            self._again_row.show_problem(load_words()("keys.differ"))
            return
        try:
            check_apart(self.passphrase.field.text(), self.practitioner_password.text())
        except InputRefused as error:
            self._password_row.show_problem(error_sentence(error))

    def _suggest(self) -> None:
        """Until a file is chosen, suggest one by the clinic's name."""
        if self.file.text() in ("", self._suggested):
            safe = "".join(c if c.isalnum() or c in " -" else "" for c in self.name.text()).strip()
            self._suggested = str(Path.home() / f"{safe}{CLINIC_SUFFIX}") if safe else ""
            self.file.setText(self._suggested)

    def _choose(self) -> None:
        words = load_words()
        start = Path(self.file.text() or str(Path.home() / f"{words('start.file_name')}{CLINIC_SUFFIX}"))
        path = self._prompts.choose_new_file(words("start.choose.title"), start, words("start.kind"))
        if path is not None:
            self.file.setText(str(path))
