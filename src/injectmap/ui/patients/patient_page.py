"""The open patient over time: sessions on a line of time, volume by zone, dose map, and what is recorded."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QWidget

from injectmap.domain.units import show_volume
from injectmap.services.insight import InsightFigure, OverTime, Pixels, ScreenSize
from injectmap.ui.desk import Desk
from injectmap.ui.insight.figure_view import FigureView
from injectmap.ui.insight.save_menu import fill_menu, save_button
from injectmap.ui.insight.sums_table import SumsTable
from injectmap.ui.patients.over_time_files import OverTimeFiles
from injectmap.ui.patients.patient_facts import PatientFacts, facts_of
from injectmap.ui.patients.session_strip import SessionStrip, since_line
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, Surface, TextLabel, column
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_MARGIN, _GAP = 28, 28
# The dose map's share of the width, and its height for that: two heads side by side and their scale below.
_DOSE_SHARE = 0.47
_HEAD_RATIO, _SCALE, _TALLEST = 186 / 142, 64, 470


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
        self._read: object = None
        self._build(theme)
        desk.patient_changed.connect(self._on_changed)
        desk.sessions_changed.connect(self._on_changed)
        desk.session_changed.connect(self._on_changed)
        self._show_patient()

    # How it is built

    def _build(self, theme: Theme) -> None:
        words = load_words()
        self.facts = PatientFacts(theme, self._export_menu(), self._summary_menu())
        self.strip = SessionStrip(theme, self._desk)
        self.since = TextLabel(theme, "body", "text2")
        self.volume = FigureView(theme, words("insight.volume.title"))
        self.dose = FigureView(theme, words("insight.dose.title"))
        self.dose_what = TextLabel(theme, "body", "text2")
        self.sums = SumsTable(theme)
        self.empty = TextLabel(theme, "body", "text2", wrap=True)
        self.figures = self._figures(theme)
        self._content = QWidget()
        layout = column(self._content, margins=(_MARGIN, 18, _MARGIN, 20))
        layout.addLayout(_heading(theme, words("sessions.title"), self.since))
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
        self.volume.wanted.connect(partial(self._draw, self.volume, InsightFigure.VOLUME))
        self.dose.wanted.connect(partial(self._draw, self.dose, InsightFigure.DOSE))

    def _figures(self, theme: Theme) -> QWidget:
        """Chart and map side by side, the sums under the chart."""
        words = load_words()
        self.save_volume = save_button(theme, InsightFigure.VOLUME, self.files.save_figure, self)
        self.save_dose = save_button(theme, InsightFigure.DOSE, self.files.save_figure, self)
        what = TextLabel(theme, "body", "text2", words("insight.volume.what"))
        left, right = column(), column()
        left.addLayout(_heading(theme, words("insight.volume.title"), what, self.save_volume))
        left.addSpacing(6)
        left.addWidget(self.volume)
        left.addSpacing(10)
        left.addWidget(self.sums)
        left.addStretch(1)
        right.addLayout(_heading(theme, words("insight.dose.title"), self.dose_what, self.save_dose))
        right.addSpacing(6)
        right.addWidget(self.dose)
        right.addStretch(1)
        both = QWidget()
        across = QHBoxLayout(both)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(_GAP)
        across.addLayout(left, round(100 * (1 - _DOSE_SHARE)))
        across.addLayout(right, round(100 * _DOSE_SHARE))
        self._beside = left
        return both

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The figures keep the shape of two heads side by side."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self.facts.width() - 2 * _MARGIN - _GAP
        width = room * _DOSE_SHARE
        height = min(_TALLEST, round((width - 8) / 2 * _HEAD_RATIO) + _SCALE)
        self.dose.setFixedHeight(max(220, height))
        self.volume.setFixedHeight(max(220, height - 34))

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

        self._reading = desk.tasks.run(
            work, done=self._take, failed=self._not_read, owner=self, label=load_words()("insight.busy")
        )

    def _take(self, over_time: OverTime | None) -> None:
        """Show what was read."""
        self._reading = None
        self._over_time = self.files.over_time = over_time
        treated = over_time is not None and bool(over_time.treated)
        self.figures.setVisible(treated)
        self.facts.summary.setEnabled(over_time is not None and bool(over_time.sessions))
        self.facts.export.setEnabled(treated)
        if over_time is None:
            self.facts.show_facts(())
            return
        self.facts.show_facts(facts_of(over_time, over_time.clinic.time_zone))
        balance = over_time.balance
        self.sums.show_balance(balance)
        self.dose_what.setText(load_words()("insight.dose.what", ml=show_volume(balance.both_ul)))
        data = (over_time.patient.id, over_time.version) if treated else None
        self.volume.show_data(data)
        self.dose.show_data(data)

    def _not_read(self, error: Exception) -> None:
        self._read = None
        self._take(None)
        self._desk.problem.emit(error_sentence(error))

    # Figures

    def _draw(self, view: FigureView, figure: InsightFigure, size: ScreenSize) -> None:
        over_time = self._over_time
        if over_time is None:
            return
        insight, acting = self._desk.services.insight, self._desk.acting
        data = (over_time.patient.id, over_time.version)

        def work(task: Task) -> tuple[Pixels, str]:
            picture = insight.picture(acting, figure, over_time, size)
            task.check()
            return picture, insight.says(figure, over_time)

        def done(made: tuple[Pixels, str]) -> None:
            view.take(data, size, *made)

        def failed(error: Exception) -> None:
            view.failed()
            self._desk.problem.emit(error_sentence(error))

        # The first figure of all imports much: the window must not stand still for it.
        self._desk.tasks.run(
            work, done=done, failed=failed, owner=view, label=load_words()("insight.busy"), quiet=True
        )

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


def _heading(theme: Theme, title: str, *beside: QWidget) -> QLayout:
    """A section's title with a quiet word beside it, and whatever belongs at its right end."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(TextLabel(theme, "section", "text", title), 0, Qt.AlignmentFlag.AlignBottom)
    row.addWidget(beside[0], 0, Qt.AlignmentFlag.AlignBottom)
    row.addStretch(1)
    for one in beside[1:]:
        row.addWidget(one, 0, Qt.AlignmentFlag.AlignBottom)
    return row
