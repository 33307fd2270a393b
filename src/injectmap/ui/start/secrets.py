"""Fields for what must not be read over a shoulder, and the check that two of them are alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from injectmap.domain.errors import InputRefused
from injectmap.domain.keys import PASSPHRASE_LEAST, check_passphrase
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.form import Form, FormRow, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# Above what is accepted, so that too long a text is refused aloud, not cut.
_LIMIT = 2000


def secret_field() -> QLineEdit:
    """A field whose letters are dots, kept out of the input method's memory."""
    field = text_field(limit=_LIMIT)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setInputMethodHints(
        Qt.InputMethodHint.ImhHiddenText
        | Qt.InputMethodHint.ImhNoPredictiveText
        | Qt.InputMethodHint.ImhNoAutoUppercase
        | Qt.InputMethodHint.ImhSensitiveData
    )
    return field


class ShowTyped(TickBox):
    """Shows or hides what is typed in some fields."""

    def __init__(self, theme: Theme, fields: Sequence[QLineEdit]) -> None:
        super().__init__(theme, load_words()("keys.show"))
        self._fields = fields
        self.toggled.connect(self._show)

    def _show(self, shown: bool) -> None:
        for field in self._fields:
            field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class NewPassphrase:
    """The two rows of a new passphrase in a form; the rule stands there before anything is typed."""

    def __init__(self, form: Form, *, label: str = "keys.renew") -> None:
        words = load_words()
        self.field, self.again = secret_field(), secret_field()
        self.row = form.row(
            words("keys.passphrase"), self.field, hint=words("keys.passphrase.rule", least=PASSPHRASE_LEAST)
        )
        self.again_row = form.row(words("keys.again"), self.again)
        form.beside(self.row, self.again_row)

    @property
    def rows(self) -> tuple[FormRow, FormRow]:
        """Both rows."""
        return self.row, self.again_row

    def check(self) -> bool:
        """Say what is wrong under its field; true if nothing is."""
        try:
            check_passphrase(self.field.text())
        except InputRefused as error:
            self.row.show_problem(error_sentence(error))
            return False
        if self.field.text() != self.again.text():
            self.again_row.show_problem(load_words()("keys.differ"))
            return False
        return True

    def clear(self) -> None:
        """Leave nothing of it in the window."""
        self.field.clear()
        self.again.clear()
