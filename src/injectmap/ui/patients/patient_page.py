"""The open patient over time: sessions on a line of time, volume by zone, dose map, and what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from injectmap.services.insight import InsightFigure
from injectmap.services.over_time import OverTime
from injectmap.ui.desk import Desk
from injectmap.ui.insight.figures_panel import FiguresPanel, heading
from injectmap.ui.insight.save_menu import fill_menu
from injectmap.ui.patients.over_time_files import OverTimeFiles
from injectmap.ui.patients.patient_facts import PatientFacts, facts_of
from injectmap.ui.patients.session_strip import SessionStrip, since_line
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, Surface, TextLabel, column
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_MARGIN = 28


class PatientPage(Surface):
    """Reads the patient's sessions in the worker when it is shown and when they change, and has the figures drawn there.

    What is shown of the numbers, the figures, the files and the print is always one state of the database.
    """

    chart_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        self._desk = desk
        self.files = OverTimeFiles(desk, prompts, self)
        self._over_time: OverTime | None = None
        self._reading: Task | None = None
        self._awaited: list[Callable[[], None]] = []
        # The state that was asked for last, and the one that is shown.
        self._read: object = None
        self._shown: object = None
        self._build(theme)
        desk.patient_changed.connect(self._on_changed)
        desk.sessions_changed.connect(self._on_changed)
        desk.session_changed.connect(self._on_changed)
        self._show_patient()

    # How it is built

    def _build(self, theme: Theme) -> None:
        words = load_words()
        self.facts = PatientFacts(theme, self._desk, self._export_menu(), self._summary_menu())
        self.strip = SessionStrip(theme, self._desk)
        self.since = TextLabel(theme, "body", "text2")
        self.empty = TextLabel(theme, "body", "text2", wrap=True)
        self.figures = FiguresPanel(theme, self._desk, self.files.save_figure)
        self._content = QWidget()
        layout = column(self._content, margins=(_MARGIN, 18, _MARGIN, 20))
        layout.addLayout(heading(theme, words("sessions.title"), self.since))
        layout.addSpacing(4)
        layout.addWidget(self.empty)
        layout.addWidget(self.strip)
        layout.addSpacing(22)
        layout.addWidget(self.figures)
        layout.addStretch(1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.facts)
        self._scroller = Scroller(self._content)
        across.addWidget(self._scroller, 1)
        self.facts.new_session_wanted.connect(partial(self._run_action, "new_session"))
        self.strip.chosen.connect(self._open)

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        for figure in InsightFigure:
            fill_menu(menu, figure, self.files.save_figure, named=True)
        return menu

    def _summary_menu(self) -> QMenu:
        menu = QMenu(self)
        for key, slot in (
            ("insight.summary.pdf", self.files.save_summary),
            ("insight.summary.print", self.files.print_summary),
        ):
            action = QAction(load_words()(key), menu)
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    # What the window asks for

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys of use here."""
        return (
            ("Enter", "insight.hint.open"),
            ("← →", "insight.hint.next"),
            ("Ctrl N", "insight.hint.new"),
            ("Esc", "hint.back"),
        )

    def focus_search(self) -> None:
        """The keyboard goes to the field that finds a patient."""
        self.facts.finder.focus()

    def save_summary(self) -> None:
        """Save the page over time as PDF, once the sessions have been read."""
        self._when_read(self.files.save_summary)

    def print_summary(self) -> None:
        """Print the page over time, once the sessions have been read."""
        self._when_read(self.files.print_summary)

    def _when_read(self, what: Callable[[], None]) -> None:
        if self._over_time is not None and self._shown == self._state():
            what()
        else:
            self._awaited = [what]

    def take_focus(self) -> None:
        """The keyboard goes to the sessions."""
        if self.strip.cards:
            self.strip.take_focus()
        else:
            self.facts.new_session.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show the stored state; nothing is read again that is known."""
        self._show_patient()
        self._read_over_time()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the chart."""
        if event.key() == Qt.Key.Key_Escape:
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """What is looked at is up to date."""
        super().showEvent(event)
        self.refresh()

    # Following the desk

    def _on_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show_patient(self) -> None:
        """What needs no reading: who it is and the sessions."""
        desk, words = self._desk, load_words()
        patient = desk.patient
        if patient is None:
            self._take(None)
            self.strip.show_sessions((), None)
            return
        self.facts.show_patient(patient, desk.today)
        self.facts.new_session.setEnabled(not (desk.read_only or patient.error_reason))
        if self._over_time is not None and self._over_time.patient.id != patient.id:
            self._take(None)
        editor = desk.editor
        self.strip.show_sessions(desk.sessions, editor.session.id if editor is not None else None)
        self.since.setText(since_line(desk.sessions))
        self.empty.setVisible(not desk.sessions)
        changeable = not (desk.read_only or patient.error_reason)
        self.empty.setText(words("sessions.none" if changeable else "sessions.none_in_error"))

    def _state(self) -> object:
        """Tells one stored state from another without reading it."""
        desk = self._desk
        editor = desk.editor
        now = (editor.session.id, editor.revision) if editor is not None else None
        return desk.patient, desk.sessions, now

    def _read_over_time(self) -> None:
        desk = self._desk
        patient, state = desk.patient, self._state()
        if patient is None or not desk.has_clinic or state == self._read:
            return
        if self._reading is not None:
            self._reading.cancel()
        self._read = state
        insight, acting, patient_id = desk.services.insight, desk.acting, patient.id

        def work(_task: Task) -> OverTime:
            return insight.over_time(acting, patient_id)

        def done(over_time: OverTime) -> None:
            self._shown = state
            self._take(over_time)

        self._reading = desk.tasks.run(
            work, done=done, failed=self._not_read, owner=self, label=load_words()("insight.busy")
        )

    def _take(self, over_time: OverTime | None) -> None:
        """Show what was read."""
        self._reading = None
        self._over_time = self.files.over_time = over_time
        self.facts.summary.setEnabled(over_time is not None and bool(over_time.sessions))
        self.facts.export.setEnabled(over_time is not None and bool(over_time.treated))
        known = over_time is not None and not over_time.patient.erased
        self.facts.show_facts(
            facts_of(over_time, over_time.clinic.time_zone) if over_time is not None and known else ()
        )
        self._show_figures()
        awaited, self._awaited = self._awaited, []
        for one in awaited if over_time is not None else ():
            one()

    def _show_figures(self) -> None:
        editor = self._desk.editor
        self.figures.show_over_time(self._over_time, editor.session.id if editor is not None else None)

    def _not_read(self, error: Exception) -> None:
        self._read = None
        self._take(None)
        self._desk.problem.emit(error_sentence(error))

    # Going elsewhere

    def _open(self, session_id: str) -> None:
        """Open a session on the chart; the one in hand stays if that fails."""
        desk = self._desk
        editor = desk.editor
        if editor is None or editor.session.id != session_id:
            desk.open_session(session_id)
        if desk.editor is not None and desk.editor.session.id == session_id:
            self.chart_wanted.emit()

    def _run_action(self, action_id: str, *_: object) -> None:
        """Do what the window's action of this name does."""
        action = self.window().findChild(QAction, action_id)
        if action is not None:
            action.trigger()
