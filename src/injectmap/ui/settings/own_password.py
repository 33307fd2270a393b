"""One's own password, changed with the present one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class OwnPasswordCard(Card):
    """Whoever signed in changes the password here, whatever the role."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._desk = desk
        self._form = Form(theme)
        self.old, self.new, self.again = (text_field(limit=1_000) for _ in range(3))
        self._rows = {}
        for name, field in (("old", self.old), ("new", self.new), ("again", self.again)):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            self._rows[name] = self._form.row(words(f"own.{name}"), field)
            field.textEdited.connect(self._on_typed)
            field.returnPressed.connect(self.submit)
        self.said = TextLabel(theme, "label", "ok")
        self.change = Button(theme, words("own.change"))
        foot = QHBoxLayout()
        foot.addWidget(self.change)
        foot.addWidget(self.said, 1)
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("settings.own")))
        layout.addWidget(self._form)
        layout.addLayout(foot)
        self.change.clicked.connect(self._on_change)
        self._form.hide()

    def minimumSizeHint(self) -> QSize:
        return QSize(260, super().minimumSizeHint().height())

    def refresh(self) -> None:
        """Show the card to who has a password."""
        desk = self._desk
        self.setVisible(desk.services.accounts.has_password(desk.acting.practitioner_id))
        self.setEnabled(not desk.read_only)

    @property
    def problems(self) -> list[str]:
        """What was refused."""
        return [row.problem for row in self._rows.values() if row.problem]

    def _on_change(self) -> None:
        """The first press opens the fields, the next one changes."""
        if not self._form.isHidden():
            self.submit()
            return
        self.said.setText("")
        self._form.show()
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Change it; what was refused stands at its field."""
        words, desk = load_words(), self._desk
        self._form.clear_problems()
        if self.new.text() != self.again.text():
            self._rows["again"].show_problem(words("own.differs"))
            return
        try:
            desk.services.accounts.change_password(desk.acting, self.old.text(), self.new.text())
        except InjectmapError as error:
            row = "old" if error.code.startswith("sign_in") else "new"
            self._rows[row].show_problem(error_sentence(error))
            return
        for field in (self.old, self.new, self.again):
            field.clear()
        self._form.hide()
        self.said.setText(words("own.changed"))
        desk.stored()

    def _on_typed(self) -> None:
        self.said.setText("")
        self._form.clear_problems()
