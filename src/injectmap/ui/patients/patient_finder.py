"""Finds another patient from a page that stands without the patient column."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.domain.patient import Patient
from injectmap.ui.desk import Desk
from injectmap.ui.patients.found_list import FoundList
from injectmap.ui.patients.typed import typed_details
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import column
from injectmap.ui.widgets.search_field import SearchField
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class PatientFinder(QWidget):
    """A search field; while something is typed, those who fit below it, in place of what stands there."""

    searching = Signal(bool)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self.field = SearchField(theme, words("patients.find"), words("key.search"))
        self.found = FoundList(theme)
        self.found.hide()
        top = column(margins=(12, 12, 12, 8))
        top.addWidget(self.field)
        layout = column(self)
        layout.addLayout(top)
        layout.addWidget(self.found, 1)
        self.field.textChanged.connect(self._on_typed)
        self.field.moved.connect(self.found.view.move_by)
        self.field.chosen.connect(self._on_entered)
        self.field.left.connect(self.field.clear)
        self.found.chosen.connect(self._open)
        self._on_typed("")

    def focus(self) -> None:
        """Put the keyboard in the field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _on_typed(self, typed: str) -> None:
        looking = bool(typed.strip()) and self._desk.has_clinic
        if looking:
            try:
                reading = typed_details(typed, self._desk.today).readings
                self.found.show_found(typed.strip(), self._desk.search(typed), reading=reading)
            except InjectmapError as error:
                self._desk.problem.emit(error_sentence(error))
                looking = False
        self.found.setVisible(looking)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Preferred, policy.Expanding if looking else policy.Fixed)
        self.searching.emit(looking)

    def _on_entered(self) -> None:
        patient = self.found.current()
        if self.found.isVisible() and patient is not None:
            self._open(patient)

    def _open(self, patient: Patient) -> None:
        self.field.clear()
        self._desk.open_patient(patient)
