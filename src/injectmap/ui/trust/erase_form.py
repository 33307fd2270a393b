"""Erasing a person, asked on two pages: what goes, why and the number; then who it is once more, and a password."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.privacy import CHOSEN_REASONS, ErasureReason
from injectmap.services.privacy import BeforeErasing
from injectmap.ui.theme import Theme
from injectmap.ui.trust.held import held_text
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class EraseForm(QWidget):
    """Carries the typed number, the chosen reason and the password in `confirmed`; the services check all three.

    Enter goes on nowhere: whoever only presses it erases nobody.
    """

    confirmed = Signal(str, object, str)
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._before: BeforeErasing | None = None
        self._title = TextLabel(theme, "section", "text", wrap=True)
        self._who = TextLabel(theme, "body_strong", "text", wrap=True)
        self.goes = TextLabel(theme, "body", "text", wrap=True)
        self.stays = TextLabel(theme, "body", "text", wrap=True)
        self.backups = TextLabel(theme, "body", "text", wrap=True)
        self.reason = choice_field(theme, [])
        self.number = text_field(limit=40)
        self.next = Button(theme, words("erase.next"))
        self.cancel = Button(theme, words("form.cancel"))
        self.again = TextLabel(theme, "body_strong", "text", wrap=True)
        self.summary = TextLabel(theme, "body", "text", wrap=True)
        self.password = text_field(limit=1_000)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.accept = Button(theme, words("erase.accept"), icon_name="trash")
        self.back = Button(theme, words("erase.back"))
        layout = column(self, spacing=10)
        layout.addWidget(self._title)
        self.first, self.second = QWidget(), QWidget()
        self._lay_out_first(theme)
        self._lay_out_second(theme)
        layout.addWidget(self.first)
        layout.addWidget(self.second)
        self.next.clicked.connect(self._go_on)
        self.back.clicked.connect(self._go_back)
        self.accept.clicked.connect(self._confirm)
        self.cancel.clicked.connect(self.cancelled)
        self.reason.activated.connect(self._reason_row.clear_problem)
        self.number.textEdited.connect(self._number_row.clear_problem)
        self.password.textEdited.connect(self._password_row.clear_problem)

    def _lay_out_first(self, theme: Theme) -> None:
        words, form = load_words(), Form(theme, steady=True)
        self._reason_row = form.row(words("erase.reason"), self.reason)
        self._number_row = form.row(words("erase.number"), self.number)
        form.setMaximumWidth(420)
        layout = column(self.first, spacing=10)
        for widget in (self._who, self.goes, self.stays, self.backups):
            layout.addWidget(widget)
        layout.addWidget(form)
        _add_line(layout, self.next, self.cancel)

    def _lay_out_second(self, theme: Theme) -> None:
        words, form = load_words(), Form(theme, steady=True)
        self._password_row = form.row(words("erase.password"), self.password)
        form.setMaximumWidth(420)
        layout = column(self.second, spacing=10)
        for widget in (self.again, self.summary):
            layout.addWidget(widget)
        layout.addWidget(TextLabel(theme, "body_strong", "text", words("erase.for_good"), wrap=True))
        layout.addWidget(form)
        # What leads back stands first: a hand that goes on pressing meets it.
        _add_line(layout, self.back, self.accept)

    def begin(self, before: BeforeErasing, time_zone: str, *, password: bool) -> None:
        """Ask about one person; times are shown in the clinic's zone. `password` is asked where people sign in."""
        words, patient = load_words(), before.patient
        self._before = before
        self._title.setText(words("erase.title", number=patient.number_text))
        who = words(
            "patient.line",
            name=patient.display_name,
            born=show_date(patient.birth_date),
            number=patient.number_text,
        )
        self._who.setText(who)
        self.goes.setText(
            words("erase.goes", sessions=before.sessions, signed=before.signed, events=before.events)
        )
        self.stays.setText(words("erase.stays", units=before.units))
        held = before.backups
        self.backups.setText(held_text(held, time_zone) if held else words("erase.no_backups"))
        self.again.setText(words("erase.again", who=who))
        self.summary.setText(
            words("erase.summary", sessions=before.sessions, signed=before.signed, events=before.events)
        )
        self._offer_reasons(due=before.due)
        self.number.clear()
        self.password.clear()
        self._password_row.setVisible(password)
        for row in (self._reason_row, self._number_row, self._password_row):
            row.clear_problem()
        self.set_busy(False)
        self._go_back()

    def _offer_reasons(self, *, due: bool) -> None:
        """A retention period is a reason only for who is on its list."""
        words = load_words()
        self.reason.clear()
        self.reason.addItem(words("erase.choose"), None)
        for one in CHOSEN_REASONS:
            if due or one is not ErasureReason.RETENTION_OVER:
                self.reason.addItem(words(f"erase.reason.{one.value}"), one)
        self.reason.setCurrentIndex(0)

    def show_problem(self, error: InjectmapError) -> None:
        """Say why it was refused, where it was typed."""
        self.set_busy(False)
        if error.code in ("erase_reason_missing", "erase_not_due"):
            row = self._reason_row
        else:
            row = self._number_row if error.code == "erase_number_other" else self._password_row
        on_first = row is not self._password_row
        self.first.setVisible(on_first)
        self.second.setVisible(not on_first)
        if not on_first:
            self.password.clear()
        row.show_problem(error_sentence(error))
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        """Nothing is pressed twice while it is under way."""
        for widget in (self.first, self.second):
            widget.setEnabled(not busy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _go_on(self) -> None:
        before = self._before
        if before is None:
            return
        if self.reason.currentData() is None:
            self.show_problem(InputRefused("erase_reason_missing"))
            return
        number = before.patient.number_text
        if self.number.text().strip() != number:
            self.show_problem(InputRefused("erase_number_other", number=number))
            return
        self.first.hide()
        self.second.show()
        first = self.back if self._password_row.isHidden() else self.password
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_back(self) -> None:
        self.password.clear()
        self.second.hide()
        self.first.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self) -> None:
        # A list's data comes back as plain text.
        reason = ErasureReason(self.reason.currentData())
        self.confirmed.emit(self.number.text(), reason, self.password.text())


def _add_line(layout: QVBoxLayout, *widgets: QWidget) -> None:
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    layout.addLayout(line)
