"""The left side of the window: the patient column, or its icons where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from injectmap.ui.desk import Desk
from injectmap.ui.patients.column import PatientColumn
from injectmap.ui.patients.header import born_line
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.ui.widgets.buttons import IconButton
from injectmap.ui.widgets.people import name_of
from injectmap.words import load_words

RAIL = 52


class IdentityLine(Surface):
    """Name, birth date and number in one line, for when the patient column is folded: they never leave the screen."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel", edges="bottom")
        self._desk = desk
        self.name = TextLabel(theme, "body_strong", "text")
        self.details = TextLabel(theme, "table", "text2", elide=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 5, 16, 6)
        layout.setSpacing(12)
        layout.addWidget(self.name)
        layout.addWidget(self.details, 1)
        desk.patient_changed.connect(self.follow)
        self.hide()

    def follow(self) -> None:
        """Show the patient on the desk."""
        patient = self._desk.patient
        if patient is not None:
            number = load_words()("patient.number", number=patient.number_text)
            parts = [born_line(patient, self._desk.today), number]
            if patient.error_reason and not patient.erased:
                parts.insert(0, load_words()("patient.in_error"))
            self.name.setText(name_of(patient))
            self.details.setText(" · ".join(parts))


class PatientRail(Surface):
    """The folded column: what it holds, as icons."""

    unfold_wanted = Signal()
    search_wanted = Signal()
    new_patient_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "panel", edges="right")
        words = load_words()
        self.setFixedWidth(RAIL)
        layout = column(self, margins=(6, 10, 7, 10), spacing=8)
        for name, key, signal in (
            ("chevron_right", "side.unfold", self.unfold_wanted),
            ("search", "patients.find", self.search_wanted),
            ("person", "patients.new", self.new_patient_wanted),
        ):
            button = IconButton(theme, name, words(key), side=38)
            button.clicked.connect(signal)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)


class PatientSide(Surface):
    """Folds to icons first when the window is narrow; asking for the column unfolds it until the chart is wanted."""

    folded_changed = Signal(bool)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel")
        self.column = PatientColumn(theme, desk)
        self.rail = PatientRail(theme)
        self._narrow = False
        self._asked = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addWidget(self.column)
        self.rail.unfold_wanted.connect(self.unfold)
        self.rail.search_wanted.connect(self.search)
        self.rail.new_patient_wanted.connect(self.new_patient)
        self.column.chart_wanted.connect(self.fold_back)
        self._apply()

    @property
    def folded(self) -> bool:
        """True while only the icons are shown."""
        return self._narrow and not self._asked

    def set_narrow(self, narrow: bool) -> None:
        """Tell whether there is room for the column."""
        if narrow != self._narrow:
            self._narrow, self._asked = narrow, False
            self._apply()

    def unfold(self) -> None:
        """Show the column although there is little room."""
        self._asked = True
        self._apply()

    def fold_back(self) -> None:
        """The column has served."""
        if self._asked:
            self._asked = False
            self._apply()

    def search(self) -> None:
        """Unfold if need be and search."""
        self.unfold()
        self.column.focus_search()

    def new_patient(self) -> None:
        """Unfold if need be and open the form."""
        self.unfold()
        self.column.start_new_patient()

    def _apply(self) -> None:
        self.rail.setVisible(self.folded)
        self.column.setVisible(not self.folded)
        self.folded_changed.emit(self.folded)
