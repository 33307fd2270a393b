"""The people of the clinic with their roles, and the form of one of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.accounts import Person
from injectmap.ui.desk import Desk
from injectmap.ui.lock.person_row import roles_text
from injectmap.ui.settings.person_form import PersonForm
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words


class PeopleCard(Card):
    """Nobody is ever taken off the list, for records name them; an account is closed."""

    # What is to be in sight: the form's last button, or the row of who was just stored.
    sight_wanted = Signal(QWidget)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._desk = theme, desk
        self._none = TextLabel(theme, "table", "text2", words("settings.people.none"), wrap=True)
        self._rows = QWidget()
        self._list = column(self._rows, spacing=8)
        self.form = PersonForm(theme, desk)
        self.add = Button(theme, words("settings.people.add"), kind="flat", icon_name="plus")
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("settings.people")))
        layout.addWidget(TextLabel(theme, "table", "text2", words("settings.people.note"), wrap=True))
        layout.addWidget(self._none)
        layout.addWidget(self._rows)
        layout.addWidget(self.form)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add.clicked.connect(self._on_add)
        self.form.stored.connect(self._over)
        self.form.left.connect(self._left)
        self._wanted = ""
        self.buttons: dict[str, Button] = {}

    def refresh(self) -> None:
        """Show who is stored now."""
        desk = self._desk
        people = desk.services.accounts.people()
        self._none.setVisible(not any(one.lets_in for one in people))
        clear_layout(self._list)
        self.buttons = {}
        for one in people:
            self._list.addLayout(self._line(one))
            self._list.addWidget(Hairline(self._theme))

    def _line(self, one: Person) -> QHBoxLayout:
        words = load_words()
        you = one.practitioner_id == self._desk.acting.practitioner_id
        name = f"{one.name} ({words('settings.people.you')})" if you else one.name
        standing = roles_text(one.roles) if one.has_account else words("settings.people.no_account")
        if one.has_account and not one.active:
            standing = f"{standing} · {words('settings.people.closed')}"
        texts = column(spacing=0)
        texts.addWidget(TextLabel(self._theme, "body", "text", name, elide=True))
        said = " · ".join(part for part in (one.profession, one.register_number, standing) if part)
        texts.addWidget(TextLabel(self._theme, "label", "text2", said, wrap=True))
        button = Button(
            self._theme, words("settings.people.edit" if one.has_account else "settings.people.give")
        )
        button.setProperty("person", one.practitioner_id)
        button.clicked.connect(self._on_edit)
        self.buttons[one.practitioner_id] = button
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addLayout(texts, 1)
        line.addWidget(button)
        return line

    def _on_add(self) -> None:
        self._begin(None)

    def _on_edit(self) -> None:
        wanted = self.sender().property("person")
        people = self._desk.services.accounts.people()
        self._begin(next(one for one in people if one.practitioner_id == wanted))

    def _begin(self, person: Person | None) -> None:
        self.add.hide()
        self._rows.hide()
        self._none.hide()
        self._wanted = person.practitioner_id if person is not None else ""
        self.form.begin(person)
        self.sight_wanted.emit(self.form.store)

    def _left(self) -> None:
        self._over(self._wanted)

    def _over(self, person_id: str) -> None:
        """The list again; the keyboard goes to the row of the person, or to the button that adds one."""
        self.form.hide()
        self._rows.show()
        self.add.show()
        self.refresh()
        button = self.buttons.get(person_id, self.add)
        # Made just now: a layout shows it later, and what is not shown takes no keyboard.
        button.show()
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sight_wanted.emit(button)
