"""The form of a new patient, or of an open patient's details; a likely duplicate is shown before anything is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.patient import Patient, PatientDetails, check_birth_date
from injectmap.ui.patients.found_list import say_patient
from injectmap.ui.patients.typed import TypedDetails
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, Scroller, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import read_date
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, FormRow, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

SEXES = ("", "female", "male", "other")


class PatientForm(QWidget):
    """Types in a person. `accepted` carries PatientDetails once they are sound and no likely duplicate is unseen.

    What is typed stays until it is accepted or called off.
    """

    accepted = Signal(object)
    existing_chosen = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        today: Callable[[], dt.date],
        duplicates: Callable[[PatientDetails], Sequence[Patient]],
    ) -> None:
        """`duplicates` finds patients who may be the same person."""
        super().__init__()
        words = load_words()
        self._theme, self._today, self._duplicates = theme, today, duplicates
        self._editing: Patient | None = None
        self._seen: PatientDetails | None = None
        body = QWidget()
        self._title = TextLabel(theme, "section", "text")
        self._form = Form(theme)
        self.family = text_field()
        self.given = text_field()
        self.birth = DateField(
            reader=lambda typed: read_date(typed, self._today()), unreadable="date.unreadable.birth"
        )
        self.birth.setPlaceholderText(words("patient.field.birth.example"))
        self.sex: QComboBox = choice_field(
            theme, [(words(f"patient.sex.{sex or 'none'}"), sex) for sex in SEXES]
        )
        self.telephone = text_field()
        self._family_row = self._form.row(words("patient.field.family"), self.family)
        self._given_row = self._form.row(words("patient.field.given"), self.given)
        self._birth_row = self._form.row(
            words("patient.field.birth"), self.birth, hint=words("patient.field.birth.hint")
        )
        self.birth.show_reading_in(self._birth_row, words("patient.field.birth.hint"))
        self._sex_row = self._form.row(words("patient.field.sex"), self.sex)
        self._telephone_row = self._form.row(words("patient.field.telephone"), self.telephone)
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        self._same = _LikelyDuplicates(theme)
        self._same.hide()
        self.accept = Button(theme, "", kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        layout = column(body, margins=(16, 12, 16, 16), spacing=12)
        layout.addWidget(self._title)
        layout.addWidget(self._form)
        layout.addWidget(self._same)
        layout.addStretch(1)
        # At the foot the buttons stay where they are, whatever is said above them.
        foot = column(margins=(16, 10, 16, 14), spacing=8)
        foot.addWidget(self._problem)
        foot.addWidget(self.accept)
        foot.addWidget(self.cancel)
        self._scroller = Scroller(body)
        outer = column(self)
        outer.addWidget(Hairline(theme))
        outer.addWidget(self._scroller, 1)
        outer.addWidget(Hairline(theme))
        outer.addLayout(foot)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)
        self._same.chosen.connect(self.existing_chosen)
        self.birth.left.connect(self._check_birth)
        for field in (self.family, self.given, self.birth, self.telephone):
            field.returnPressed.connect(self.submit)
            field.textEdited.connect(self._changed)

    def begin(self, typed: TypedDetails) -> None:
        """Start a new patient, with what was searched for."""
        self._fill(None, typed.family, typed.given, typed.birth, "", "")

    def edit(self, patient: Patient) -> None:
        """Change a patient's details."""
        self._fill(
            patient,
            patient.family_name,
            patient.given_name,
            patient.birth_date,
            patient.sex,
            patient.telephone,
        )

    @property
    def editing(self) -> Patient | None:
        """The patient whose details are changed, or None for a new one."""
        return self._editing

    def problems(self) -> list[str]:
        """The problems shown."""
        rows = (self._family_row, self._given_row, self._birth_row, self._sex_row, self._telephone_row)
        shown = [row.problem for row in rows if row.problem]
        return [*shown, self._problem.full_text()] if not self._problem.isHidden() else shown

    def duplicates_shown(self) -> tuple[Patient, ...]:
        """The likely duplicates shown."""
        return self._same.patients if not self._same.isHidden() else ()

    def show_problem(self, sentence: str) -> None:
        """Say what went wrong in making it; everything typed stays."""
        self._problem.setText(sentence)
        self._problem.show()

    def submit(self) -> None:
        """Check, show likely duplicates once, and hand the details on."""
        self._form.clear_problems()
        self._problem.hide()
        details = self._checked()
        if details is None:
            self._form.focus_problem()
            return
        if details != self._seen:
            try:
                same = [
                    p for p in self._duplicates(details) if self._editing is None or p.id != self._editing.id
                ]
            except InjectmapError as error:
                self.show_problem(error_sentence(error))
                return
            self._seen = details
            if same:
                self._label_accept(anyway=True)
                # Enter now opens the one that is there: a second Enter must not make a double.
                self._same.show_patients(same)
                QTimer.singleShot(0, self._same, self._show_same)
                return
        self._seen = None
        self.accepted.emit(details)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off; Enter goes on from the choice of the sex, which has none of its own."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.sex.hasFocus():
            self._form.go_on()
        else:
            super().keyPressEvent(event)

    def _show_same(self) -> None:
        self._scroller.ensureWidgetVisible(self._same)

    def _check_birth(self) -> None:
        """Say on leaving the field what is impossible; one that was left empty is not yet wrong."""
        birth = self.birth.date()
        if birth is not None:
            try:
                check_birth_date(birth, today=self._today())
            except InputRefused as refused:
                self._birth_row.show_problem(error_sentence(refused))

    def _checked(self) -> PatientDetails | None:
        birth = self.birth.date()
        if self.birth.wrong:
            self._birth_row.show_problem(self.birth.wrong)
        try:
            details = PatientDetails.checked(
                family_name=self.family.text(),
                given_name=self.given.text(),
                birth_date=birth,
                today=self._today(),
                sex=str(self.sex.currentData() or ""),
                telephone=self.telephone.text(),
            )
        except InputRefused as refused:
            row = self._row_of(refused)
            if not row.problem:
                row.show_problem(error_sentence(refused))
            return None
        return None if self._birth_row.problem else details

    def _row_of(self, refused: InputRefused) -> FormRow:
        if refused.code.startswith("birth_date"):
            return self._birth_row
        if refused.code == "text_too_long":
            fields: list[tuple[QLineEdit, FormRow]] = [
                (self.family, self._family_row),
                (self.given, self._given_row),
                (self.telephone, self._telephone_row),
            ]
            return max(fields, key=lambda pair: len(pair[0].text()))[1]
        return self._family_row

    def _fill(
        self,
        editing: Patient | None,
        family: str,
        given: str,
        birth: dt.date | None,
        sex: str,
        telephone: str,
    ) -> None:
        words = load_words()
        self._editing = editing
        self._title.setText(words("patient.form.edit") if editing else words("patient.form.new"))
        self.family.setText(family)
        self.given.setText(given)
        self.birth.set_date(birth)
        index = self.sex.findData(sex)
        if index < 0:
            self.sex.addItem(sex, sex)
            index = self.sex.count() - 1
        self.sex.setCurrentIndex(index)
        self.telephone.setText(telephone)
        self._form.clear_problems()
        self._problem.hide()
        self._changed()
        self.family.setFocus(Qt.FocusReason.OtherFocusReason)
        self.family.end(False)

    def _changed(self) -> None:
        """Other details are other people: what was shown as a duplicate no longer counts as seen."""
        self._seen = None
        self._same.hide()
        self._label_accept(anyway=False)

    def _label_accept(self, *, anyway: bool) -> None:
        key = "patient.save" if self._editing else "patient.create"
        self.accept.setText(load_words()(f"{key}_anyway" if anyway else key))
        # Opening the one that is there is what is most likely meant.
        self.accept.set_kind("" if anyway else "primary")


class _LikelyDuplicates(QWidget):
    """Who is probably the same person, each with a button that opens that patient instead."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.patients: tuple[Patient, ...] = ()
        self._layout = column(self, spacing=8)

    def show_patients(self, patients: Sequence[Patient]) -> None:
        """Show them with the reason."""
        clear_layout(self._layout)
        words = load_words()
        self.patients = tuple(patients)
        self._layout.addWidget(Hairline(self._theme))
        self._layout.addWidget(
            TextLabel(self._theme, "body_strong", "text", words("patient.same"), wrap=True)
        )
        for patient in self.patients:
            self._layout.addWidget(TextLabel(self._theme, "table", "text2", say_patient(patient), wrap=True))
            meant = patient is self.patients[0] and not patient.error_reason
            button = Button(self._theme, words("patient.open_this"), kind="primary" if meant else "")
            button.setAccessibleDescription(say_patient(patient))
            button.setProperty("patient_id", patient.id)
            button.clicked.connect(self._choose)
            button.setAutoDefault(True)
            self._layout.addWidget(button)
        self.show()
        first = self.findChild(Button)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self) -> None:
        wanted = self.sender().property("patient_id")
        for patient in self.patients:
            if patient.id == wanted:
                self.chosen.emit(patient)
                return
