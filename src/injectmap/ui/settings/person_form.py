"""One person's roles and password, stored together; what each role may do stands beside its box."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from injectmap.domain.accounts import Person
from injectmap.domain.acting import Role
from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.start.secrets import ShowTyped
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class PersonForm(QWidget):
    """Adds a person, gives one who is known a password, or changes one's roles; a refusal stands at its field."""

    # The id of the person, so that the keyboard can go on there.
    stored = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._person: Person | None = None
        self.title = TextLabel(theme, "body_strong", "text")
        self._form = Form(theme)
        self.name = text_field(limit=120)
        self.profession = text_field(limit=120)
        self.roles = {role: TickBox(theme, _capital(words(f"role.{role.value}"))) for role in Role}
        boxes = QWidget()
        down = column(boxes)
        for role, box in self.roles.items():
            down.addWidget(box)
            said = TextLabel(theme, "label", "text2", words(f"role.{role.value}.may"), wrap=True)
            said.setContentsMargins(28, 0, 0, 10)
            box.setAccessibleDescription(words(f"role.{role.value}.may"))
            down.addWidget(said)
        self.password = text_field(limit=1_000)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._name_row = self._form.row(words("people.name"), self.name)
        self._profession_row = self._form.row(words("people.profession"), self.profession)
        self._roles_row = self._form.row(words("people.roles"), boxes)
        self._password_row = self._form.row(
            words("people.password"), self.password, hint=words("people.password.hint")
        )
        self.show_typed = ShowTyped(theme, (self.password,))
        self.store = Button(theme, words("people.save"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        self.close_account = Button(theme, words("people.close"), kind="flat")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.store)
        buttons.addStretch(1)
        buttons.addWidget(self.close_account)
        layout = column(self, spacing=10)
        layout.addWidget(self.title)
        layout.addWidget(self._form)
        layout.addWidget(self.show_typed)
        layout.addLayout(buttons)
        self.store.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.left)
        self.close_account.clicked.connect(self._close_or_open)
        for box in self.roles.values():
            box.toggled.connect(self._roles_row.clear_problem)
        self.hide()

    @property
    def problems(self) -> list[str]:
        """What was refused."""
        rows = (self._name_row, self._roles_row, self._password_row)
        return [row.problem for row in rows if row.problem]

    def begin(self, person: Person | None) -> None:
        """Open the form for a person, or for a new one."""
        words, self._person = load_words(), person
        self._form.clear_problems()
        self.show_typed.setChecked(False)
        self.title.setText(person.name if person is not None else words("settings.people.add"))
        for field in (self.name, self.profession, self.password):
            field.clear()
        self._name_row.setVisible(person is None)
        self._profession_row.setVisible(person is None)
        # Whoever comes first administers: without that nobody could let the others in.
        first = not self._desk.services.accounts.asked_for()
        # Nobody is given a role unasked.
        given = person.roles if person is not None and person.has_account else frozenset()
        for role, box in self.roles.items():
            box.setChecked(role in given or (first and person is not None))
        known = person is not None and person.has_account
        self._password_row.show_label(words("people.new_password" if known else "people.password"))
        self._password_row.show_hint(
            words("people.password.hint" if person is not None else "people.password.none")
        )
        self.close_account.setVisible(known)
        closed = person is not None and known and not person.active
        self.close_account.setText(words("people.reopen" if closed else "people.close"))
        self.show()
        first_field = self.name if person is None else self.roles[Role.PRACTITIONER]
        first_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Store; what was refused stands at its field and what was typed stays."""
        desk, person = self._desk, self._person
        accounts, password = desk.services.accounts, self.password.text()
        roles = frozenset(role for role, box in self.roles.items() if box.isChecked())
        self._form.clear_problems()
        try:
            if person is None and not password:
                added = desk.services.staff.add(desk.acting, self.name.text(), self.profession.text()).id
            elif person is None:
                name, profession = self.name.text(), self.profession.text()
                added = accounts.add_person(desk.acting, name, profession, roles, password).id
            elif not person.has_account:
                accounts.open_account(desk.acting, person.practitioner_id, roles, password)
            else:
                accounts.set_roles(desk.acting, person.practitioner_id, roles)
                if password:
                    accounts.reset_password(desk.acting, person.practitioner_id, password)
        except InjectmapError as error:
            self._refuse(error)
            return
        self._done(person.practitioner_id if person is not None else added)

    def _close_or_open(self) -> None:
        desk, person = self._desk, self._person
        assert person is not None
        change = desk.services.accounts.close if person.active else desk.services.accounts.reopen
        try:
            change(desk.acting, person.practitioner_id)
        except InjectmapError as error:
            self._refuse(error)
            return
        self._done(person.practitioner_id)

    def _done(self, person_id: str) -> None:
        self.password.clear()
        desk = self._desk
        desk.stored()
        # From now on who acts may have a password to come back with.
        desk.acting_changed.emit()
        desk.settings_changed.emit()
        self.stored.emit(person_id)

    def _refuse(self, error: InjectmapError) -> None:
        rows = {"password": self._password_row, "practitioner": self._name_row, "text": self._name_row}
        row = rows.get(error.code.partition("_")[0], self._roles_row)
        row.show_problem(error_sentence(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter stores, Escape leaves; neither reaches the page."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
