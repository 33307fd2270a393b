"""The foot of the patient column: a new patient can be added whoever is open."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import KeyCap, Surface
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words


class NewPatientFoot(Surface):
    """A quiet button with its key."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "panel", edges="top")
        words = load_words()
        self.add = Button(theme, words("patients.new"), kind="flat", icon_name="plus")
        self.add.setToolTip(words("patients.new.tip"))
        self.add.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 12, 8)
        layout.addWidget(self.add)
        layout.addStretch(1)
        layout.addWidget(KeyCap(theme, words("key.new_patient")))
