"""Who is open: name, birth date, number, always on screen."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QMenu, QToolButton, QWidget

from injectmap.domain.patient import Patient
from injectmap.ui.patients.privacy_menu import add_privacy
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import IconButton
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.name_label import NameLabel
from injectmap.ui.widgets.people import show_name
from injectmap.words import load_words

# Plainly not the one looked for, and still readable: name, birth date and number never leave the screen.
_FADED = 0.75


def born_line(patient: Patient, today: dt.date) -> str:
    """Birth date with the age, and the sex if known."""
    words = load_words()
    if patient.erased:
        return words("erased.what")
    line = words("patient.born_age", born=show_date(patient.birth_date), age=patient.age_on(today))
    if not patient.sex:
        return line
    key = f"patient.sex.{patient.sex}"
    return f"{line} · {words(key).lower() if words.has(key) else patient.sex}"


class PatientHeader(QWidget):
    """Name, birth date with age, sex and number; a small menu for what is done seldom."""

    edit_wanted = Signal()
    error_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self.name = NameLabel(theme)
        self.born = TextLabel(theme, "table", "text2", wrap=True)
        self.number = TextLabel(theme, "table", "text2")
        self.menu_button = IconButton(theme, "chevron_down", words("patient.menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.in_error = TextLabel(theme, "table_strong", "error", wrap=True)
        self.in_error.hide()
        self._changing: list[QAction] = []
        self._faded = QGraphicsOpacityEffect(self)
        self._faded.setOpacity(_FADED)
        self._faded.setEnabled(False)
        self.setGraphicsEffect(self._faded)
        menu = QMenu(self)
        for key, signal in (
            ("patient.menu.edit", self.edit_wanted),
            ("patient.menu.close", self.close_wanted),
            ("patient.menu.error", self.error_wanted),
        ):
            action = QAction(words(key), menu)
            action.triggered.connect(signal)
            menu.addAction(action)
            if signal is not self.close_wanted:
                self._changing.append(action)
        add_privacy(menu, self)
        self.menu_button.setMenu(menu)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.name, 1)
        row.addWidget(self.menu_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self, margins=(16, 8, 8, 14), spacing=2)
        layout.addLayout(row)
        layout.addWidget(self.born)
        layout.addWidget(self.number)
        layout.addWidget(self.in_error)

    def show_patient(self, patient: Patient, today: dt.date, *, read_only: bool) -> None:
        """Show a patient; what cannot be changed offers nothing that would."""
        words = load_words()
        show_name(self.name, patient)
        self.setProperty("erased", patient.erased)
        self.born.setText(born_line(patient, today))
        self.number.setText(words("patient.number", number=patient.number_text))
        self.in_error.setText(words("patient.in_error_why", reason=patient.error_reason))
        self.in_error.setVisible(bool(patient.error_reason) and not patient.erased)
        for action in self._changing:
            action.setVisible(not read_only)

    @property
    def muted(self) -> bool:
        """True while somebody else is looked for or typed in."""
        return self._faded.isEnabled()

    def set_muted(self, muted: bool) -> None:
        """Fade, so that the open patient is not taken for the one looked for."""
        self._faded.setEnabled(muted)
        self.menu_button.setEnabled(not muted)
