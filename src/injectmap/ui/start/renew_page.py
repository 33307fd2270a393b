"""After the recovery key has opened a clinic: a new passphrase, now or later."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.ui.start.secrets import NewPassphrase, ShowTyped
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form
from injectmap.words import load_words


class RenewPage(QWidget):
    """Emits the new passphrase, or that it is to be set later."""

    renewed = Signal(str)
    later = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._about = TextLabel(theme, "body", "text2", wrap=True)
        self._form = Form(theme, steady=True)
        self.passphrase = NewPassphrase(self._form)
        self.show_typed = ShowTyped(theme, (self.passphrase.field, self.passphrase.again))
        self.accept = Button(theme, words("keys.set"), kind="primary")
        self.skip = Button(theme, words("keys.later"))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.skip)
        row.addWidget(self.accept, 1)
        layout = column(self, spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("keys.renew")))
        layout.addWidget(self._about)
        layout.addWidget(self._form)
        layout.addWidget(self.show_typed)
        layout.addLayout(row)
        self.accept.clicked.connect(self.submit)
        self.skip.clicked.connect(self.later)
        for one in (self.passphrase.field, self.passphrase.again):
            one.returnPressed.connect(self.submit)

    def ask(self, *, has_passphrase: bool) -> None:
        """Begin; where there is no passphrase, say what that means."""
        self.passphrase.clear()
        self._form.clear_problems()
        self.show_typed.setChecked(False)
        self._about.setText(load_words()("keys.renew.what" if has_passphrase else "keys.renew.none"))
        self.passphrase.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed stays on a page that is left."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.passphrase.clear()

    def submit(self) -> None:
        """Check and hand on."""
        self._form.clear_problems()
        if self.passphrase.check():
            self.renewed.emit(self.passphrase.field.text())
        else:
            self._form.focus_problem()
