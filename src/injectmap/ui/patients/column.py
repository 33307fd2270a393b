"""The left column: search, the open patient, the treatment sessions; forms take its place, never a dialog."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.errors import Conflict, InjectmapError
from injectmap.domain.patient import Patient, PatientDetails
from injectmap.services.ports import SessionSummary
from injectmap.ui.desk import Desk
from injectmap.ui.patients.foot import NewPatientFoot
from injectmap.ui.patients.found_list import FoundList, say_patient
from injectmap.ui.patients.header import PatientHeader
from injectmap.ui.patients.time_line import TimeLine
from injectmap.ui.patients.typed import TypedDetails, typed_details
from injectmap.ui.plan.compare_foot import CompareFoot
from injectmap.ui.records.before_signing import BeforeSigning
from injectmap.ui.theme import LEFT_COLUMN, Theme
from injectmap.ui.widgets.basics import Hairline, Surface, column
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.search_field import SearchField
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.ui.patients.patient_form import PatientForm
    from injectmap.ui.patients.reason_form import ReasonForm


class PatientColumn(Surface):
    """Shows the patient on the desk; while something is typed in the search field, those who fit."""

    new_session_wanted = Signal()
    chart_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel", edges="right")
        words = load_words()
        self._desk = desk
        self._marking = ""
        self.setFixedWidth(LEFT_COLUMN)
        self.search = SearchField(theme, words("patients.find"), words("key.search"))
        self.found = FoundList(theme)
        self.header = PatientHeader(theme)
        self.time_line = TimeLine(theme)
        self._theme = theme
        self._form: PatientForm | None = None
        self._reason: ReasonForm | None = None
        self._patient_page = QWidget()
        page = column(self._patient_page)
        page.addWidget(Hairline(theme))
        page.addWidget(self.time_line, 1)
        self.before = BeforeSigning(theme, desk)
        page.addWidget(self.before)
        self.compare = CompareFoot(theme, desk)
        page.addWidget(self.compare)
        self._stack = QStackedWidget()
        for widget in (self.found, self._patient_page):
            self._stack.addWidget(widget)
        top = column(margins=(12, 12, 12, 8))
        top.addWidget(self.search)
        layout = column(self, margins=(0, 0, 1, 0))
        layout.addLayout(top)
        layout.addWidget(self.header)
        layout.addWidget(self._stack, 1)
        self.foot = NewPatientFoot(theme)
        layout.addWidget(self.foot)
        self._stack.currentChanged.connect(self._on_page)
        self._connect()
        self._show_home()

    def _connect(self) -> None:
        desk = self._desk
        self.search.textChanged.connect(self._on_typed)
        self.search.moved.connect(self.found.view.move_by)
        self.search.chosen.connect(self._on_entered)
        self.search.left.connect(self._on_left)
        self.found.chosen.connect(self._open)
        self.foot.add.clicked.connect(self.start_new_patient)
        self.header.edit_wanted.connect(self._start_edit)
        self.header.error_wanted.connect(self._start_patient_error)
        self.header.close_wanted.connect(desk.close_patient)
        self.time_line.chosen.connect(self._open_session)
        self.time_line.new_wanted.connect(self.new_session_wanted)
        desk.clinic_changed.connect(self._on_clinic)
        desk.patient_changed.connect(self._on_patient)
        desk.sessions_changed.connect(self._on_sessions)
        desk.session_changed.connect(self._on_sessions)

    @property
    def form(self) -> PatientForm:
        """The form of a patient, built when it is first wanted."""
        if self._form is None:
            from injectmap.ui.patients.patient_form import PatientForm

            self._form = PatientForm(self._theme, today=self._today, duplicates=self._desk.likely_duplicates)
            self._form.accepted.connect(self._on_accepted)
            self._form.existing_chosen.connect(self._open)
            self._form.cancelled.connect(self._show_home)
            self._stack.addWidget(self._form)
        return self._form

    @property
    def reason(self) -> ReasonForm:
        """The form of a reason, built when it is first wanted."""
        if self._reason is None:
            from injectmap.ui.patients.reason_form import ReasonForm

            self._reason = ReasonForm(self._theme)
            self._reason.given.connect(self._on_reason)
            self._reason.cancelled.connect(self._show_home)
            self._stack.addWidget(self._reason)
        return self._reason

    # What the window asks for

    def focus_search(self) -> None:
        """Put the keyboard in the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @property
    def busy(self) -> bool:
        """True while something is typed here that the keyboard must not be taken from."""
        shown = self._stack.currentWidget()
        return shown not in (self.found, self._patient_page) or bool(self.search.text())

    def start_new_patient(self) -> None:
        """Open the form of a new patient, with what was typed in the search."""
        if not self._registers():
            return
        self.form.begin(self._typed_details())
        self._stack.setCurrentWidget(self.form)
        self._on_page()
        self.form.family.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed_details(self) -> TypedDetails:
        return typed_details(self.search.text(), self._desk.today)

    def start_session_error(self) -> None:
        """Ask why the open treatment session was entered in error."""
        editor = self._desk.editor
        if editor is None or editor.read_only:
            return
        self._marking = "session"
        words = load_words()
        self.reason.begin(
            words("error_mark.session"), words("error_mark.session.what", date=show_date(editor.session.date))
        )
        self._stack.setCurrentWidget(self.reason)

    # Searching

    def _on_typed(self, typed: str) -> None:
        if not self._desk.has_clinic:
            return
        if not typed.strip():
            self._show_home()
            return
        try:
            reading = self._typed_details().readings
            self.found.show_found(typed.strip(), self._desk.search(typed), reading=reading)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self._stack.setCurrentWidget(self.found)
        self._on_page()

    def _on_entered(self) -> None:
        patient = self.found.current()
        if self._stack.currentWidget() is not self.found:
            return
        if patient is not None:
            self._open(patient)
        elif self.search.text().strip():
            self.start_new_patient()

    def _on_left(self) -> None:
        if self.search.text():
            self.search.clear()
        else:
            self.chart_wanted.emit()

    def _open(self, patient: Patient) -> None:
        self._desk.open_patient(patient)
        self.search.clear()
        self._show_home()
        self.chart_wanted.emit()

    def _open_session(self, summary: SessionSummary) -> None:
        editor = self._desk.editor
        if editor is None or editor.session.id != summary.id:
            self._desk.open_session(summary.id)
        self.chart_wanted.emit()

    # Forms

    def _start_edit(self) -> None:
        if self._desk.patient is not None and self._may_change():
            self.form.edit(self._desk.patient)
            self._stack.setCurrentWidget(self.form)
            self.form.family.setFocus(Qt.FocusReason.OtherFocusReason)

    def _start_patient_error(self) -> None:
        patient = self._desk.patient
        if patient is None or not self._may_change():
            return
        self._marking = "patient"
        words = load_words()
        self.reason.begin(
            words("error_mark.patient"), words("error_mark.patient.what", patient=say_patient(patient))
        )
        self._stack.setCurrentWidget(self.reason)

    def _on_accepted(self, details: PatientDetails) -> None:
        try:
            if self.form.editing is None:
                self._desk.create_patient(details)
            else:
                self._desk.update_patient(details)
        except Conflict as error:
            patient = self._desk.patient
            if patient is not None:
                self._desk.open_patient(patient)
            self.form.show_problem(error_sentence(error))
            self._stack.setCurrentWidget(self.form)
            return
        except InjectmapError as error:
            self.form.show_problem(error_sentence(error))
            return
        self.search.clear()
        self._show_home()
        self.chart_wanted.emit()

    def _on_reason(self, reason: str) -> None:
        try:
            if self._marking == "session":
                self._desk.mark_session_in_error(reason)
            else:
                self._desk.mark_patient_in_error(reason)
        except InjectmapError as error:
            self.reason.show_problem(error_sentence(error))
            return
        self._show_home()

    # Following the desk

    def _today(self) -> dt.date:
        return self._desk.today

    def _on_clinic(self) -> None:
        self.search.clear()
        self._show_home()

    def _on_patient(self) -> None:
        if self._form is None or self._stack.currentWidget() is not self._form:
            self._show_home()
        else:
            self._show_header()

    def _on_sessions(self) -> None:
        editor = self._desk.editor
        self.time_line.show_sessions(self._desk.sessions, editor.session.id if editor is not None else None)

    def _may_change(self) -> bool:
        """True if the open patient can be changed."""
        patient = self._desk.patient
        return patient is not None and not patient.error_reason and self._registers()

    def _registers(self) -> bool:
        """True if who acts may register and correct patients now."""
        desk = self._desk
        return not desk.nobody and not desk.read_only and desk.acting.may(Right.EDIT_PATIENT)

    def _on_page(self) -> None:
        """Who is open is faded while somebody else is looked for or typed in."""
        shown = self._stack.currentWidget()
        new = self._form is not None and shown is self._form and self._form.editing is None
        self.header.set_muted(new or shown is self.found)
        self.foot.setVisible(shown in (self.found, self._patient_page) and self._desk.has_clinic)

    def _show_header(self) -> None:
        patient = self._desk.patient
        self.header.setVisible(patient is not None)
        if patient is not None:
            self.header.show_patient(patient, self._desk.today, read_only=not self._may_change())

    def _show_home(self) -> None:
        """The open patient, or those seen lately."""
        self._show_header()
        seen = self._desk.reads_records or not self._desk.has_clinic
        self.time_line.show_changeable(self._may_change() and self._desk.draws, seen=seen)
        self.foot.add.setEnabled(self._registers())
        if self._desk.patient is not None:
            self._stack.setCurrentWidget(self._patient_page)
            self._on_page()
            return
        if self._desk.has_clinic:
            try:
                services = self._desk.services.patients
                self.found.show_recent(
                    self._desk.recent_patients(), any_registered=services.any_registered(self._desk.acting)
                )
            except InjectmapError as error:
                self._desk.problem.emit(error_sentence(error))
        else:
            self.found.show_nothing()
        self._stack.setCurrentWidget(self.found)
        self._on_page()
