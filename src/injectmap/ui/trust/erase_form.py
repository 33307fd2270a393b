"""Erasing a person, asked twice: what goes and what stays is said, a reason is chosen, the number is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

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
    """Carries the typed number and the chosen reason in `confirmed`; the service checks both."""

    confirmed = Signal(str, object)
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._title = TextLabel(theme, "section", "text", wrap=True)
        self._who = TextLabel(theme, "body_strong", "text", wrap=True)
        self.goes = TextLabel(theme, "body", "text", wrap=True)
        self.stays = TextLabel(theme, "body", "text", wrap=True)
        self.backups = TextLabel(theme, "body", "text", wrap=True)
        choices: list[tuple[str, object]] = [(words("erase.choose"), None)]
        choices += [(words(f"erase.reason.{one.value}"), one) for one in CHOSEN_REASONS]
        self.reason = choice_field(theme, choices)
        self.number = text_field(limit=40)
        form = Form(theme, steady=True)
        self._reason_row = form.row(words("erase.reason"), self.reason)
        self._number_row = form.row(words("erase.number"), self.number)
        form.setMaximumWidth(420)
        self.accept = Button(theme, words("erase.accept"), icon_name="trash")
        self.cancel = Button(theme, words("form.cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.accept)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        layout = column(self, spacing=10)
        for widget in (self._title, self._who, self.goes, self.stays, self.backups):
            layout.addWidget(widget)
        layout.addWidget(TextLabel(theme, "body_strong", "text", words("erase.for_good"), wrap=True))
        layout.addWidget(form)
        layout.addLayout(buttons)
        self.accept.clicked.connect(self._confirm)
        self.cancel.clicked.connect(self.cancelled)
        self.number.returnPressed.connect(self._confirm)
        self.reason.activated.connect(self._reason_row.clear_problem)

    def begin(self, before: BeforeErasing, time_zone: str) -> None:
        """Ask about one person; times are shown in the clinic's zone."""
        words, patient = load_words(), before.patient
        self._title.setText(words("erase.title", number=patient.number_text))
        self._who.setText(
            words(
                "patient.line",
                name=patient.display_name,
                born=show_date(patient.birth_date),
                number=patient.number_text,
            )
        )
        self.goes.setText(
            words("erase.goes", sessions=before.sessions, signed=before.signed, events=before.events)
        )
        self.stays.setText(words("erase.stays", units=before.units))
        held = before.backups
        self.backups.setText(held_text(held, time_zone) if held else words("erase.no_backups"))
        self.reason.setCurrentIndex(0)
        self.number.clear()
        self._reason_row.clear_problem()
        self._number_row.clear_problem()
        self.set_busy(False)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, error: InjectmapError) -> None:
        """Say why it was refused, where it was typed."""
        row = self._reason_row if error.code == "erase_reason_missing" else self._number_row
        row.show_problem(error_sentence(error))
        self.set_busy(False)
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        """Nothing is pressed twice while it is under way."""
        for widget in (self.accept, self.cancel, self.reason, self.number):
            widget.setEnabled(not busy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _confirm(self) -> None:
        chosen = self.reason.currentData()
        if chosen is None:
            self.show_problem(InputRefused("erase_reason_missing"))
            return
        # A list's data comes back as plain text.
        self.confirmed.emit(self.number.text(), ErasureReason(chosen))
