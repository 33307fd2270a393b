"""The right column: the treatment session, syringes, passes, totals; the session's forms take its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from injectmap.ui.desk import Desk
from injectmap.ui.plan.plan_panel import PlanPanel
from injectmap.ui.session.difference_panel import DifferencePanel
from injectmap.ui.session.pass_model import how_text, usual_how
from injectmap.ui.session.pass_table import PassTable
from injectmap.ui.session.session_line import SessionLine
from injectmap.ui.session.syringe_panel import SyringePanel
from injectmap.ui.session.totals_panel import TotalsPanel
from injectmap.ui.theme import RIGHT_COLUMN, Theme
from injectmap.ui.widgets.basics import Hairline, Surface, TextLabel, column
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.ui.session.details_form import DetailsForm
    from injectmap.ui.session.scan_field import AskPicture
    from injectmap.ui.session.session_form import SessionForm


class SessionColumn(Surface):
    """Follows the open treatment session."""

    chart_wanted = Signal()
    form_shown = Signal(bool)
    volume_opened = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel", edges="left")
        words = load_words()
        self._desk = desk
        self.setFixedWidth(RIGHT_COLUMN)
        self.line = SessionLine(theme, desk)
        self.syringes = SyringePanel(theme, desk)
        self.table = PassTable(theme, desk.bridge)
        self.totals = TotalsPanel(theme, desk.bridge)
        self.difference = DifferencePanel(theme, desk.bridge)
        self.plan = PlanPanel(theme, desk)
        self.difference.unfolded.connect(self.totals.setHidden)
        self._theme = theme
        self._form: SessionForm | None = None
        self._details: DetailsForm | None = None
        self._title = TextLabel(theme, "table_strong", "text", words("passes.title"))
        self._count = TextLabel(theme, "table", "text2")
        self._common = TextLabel(theme, "label", "text2", elide=True)
        self._common.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._none = TextLabel(theme, "body", "text2", words("passes.none"), wrap=True)
        self._none.setContentsMargins(16, 4, 16, 4)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._refusal = TextLabel(theme, "label", "error", wrap=True)
        self._refusal.setContentsMargins(16, 4, 16, 4)
        self._refusal.hide()
        self._in_error = TextLabel(theme, "table_strong", "error", wrap=True)
        self._in_error.setContentsMargins(16, 10, 16, 4)
        self._in_error.hide()
        self.nothing = TextLabel(theme, "body", "text2", wrap=True)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._panel = self._build_panel(theme)
        self._stack = QStackedWidget()
        for widget in (self.nothing, self._panel):
            self._stack.addWidget(widget)
        layout = column(self, margins=(1, 0, 0, 0))
        layout.addWidget(self._stack)
        self.table.refused.connect(self._show_refusal)
        self.table.chart_wanted.connect(self.chart_wanted)
        self.plan.chart_wanted.connect(self.chart_wanted)
        self.syringes.chart_wanted.connect(self.chart_wanted)
        self.syringes.form_shown.connect(self._make_room)
        self.table.volume_opened.connect(self.volume_opened)
        self.line.correct_wanted.connect(self.start_correction)
        desk.session_changed.connect(self._show_home)
        desk.clinic_changed.connect(self._show_home)
        desk.bridge.changed.connect(self._on_changed)
        self._show_home()

    def _build_panel(self, theme: Theme) -> QWidget:
        panel = QWidget()
        head_place = QWidget()
        head = QHBoxLayout(head_place)
        head.setContentsMargins(16, 10, 16, 2)
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addWidget(self._common, 1)
        layout = column(panel)
        layout.addWidget(self.line)
        layout.addWidget(Hairline(theme))
        layout.addWidget(self._in_error)
        layout.addWidget(self.syringes)
        # Everything below gives way to the form of a syringe.
        self._below = QWidget()
        below = column(self._below)
        below.addWidget(Hairline(theme))
        below.addWidget(head_place)
        below.addWidget(self._none)
        below.addWidget(self.plan.start, 1)
        below.addWidget(self.table, 1)
        below.addWidget(self._refusal)
        below.addWidget(self.plan)
        # The totals give way in turn to what differs from the plan, as long as it is looked at.
        sums_place = QWidget()
        sums = column(sums_place)
        sums.addWidget(Hairline(theme))
        sums.addWidget(self.totals)
        sums.addWidget(self.difference)
        self.plan.opened.connect(sums_place.setHidden)
        below.addWidget(sums_place)
        layout.addWidget(self._below, 1)
        layout.addStretch(0)
        return panel

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The totals take up to half of the height."""
        super().resizeEvent(event)
        self.totals.set_room(event.size().height() // 2)

    def _make_room(self, form_shown: bool) -> None:
        self._below.setVisible(not form_shown)
        layout = self._panel.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretchFactor(self.syringes, 1 if form_shown else 0)

    @property
    def form(self) -> SessionForm:
        """The form of a new treatment session, built when it is first wanted."""
        if self._form is None:
            from injectmap.ui.session.session_form import SessionForm

            self._form = SessionForm(self._theme, self._desk)
            self._form.scans.field.ask_picture = self.syringes.ask_picture
            self._form.started.connect(self._on_form_over)
            self._form.cancelled.connect(self._on_form_over)
            self._stack.addWidget(self._form)
        return self._form

    @property
    def details(self) -> DetailsForm:
        """The form of a correction, built when it is first wanted."""
        if self._details is None:
            from injectmap.ui.session.details_form import DetailsForm

            self._details = DetailsForm(self._theme, self._desk)
            self._details.corrected.connect(self._on_form_over)
            self._details.cancelled.connect(self._on_form_over)
            self._stack.addWidget(self._details)
        return self._details

    def start_new_session(self) -> None:
        """Open the form of a new treatment session."""
        if self._desk.patient is None or self._desk.read_only:
            return
        self.form.begin()
        self._stack.setCurrentWidget(self.form)
        self.form_shown.emit(True)
        self.form.scans.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def start_correction(self) -> None:
        """Open the form that corrects date and practitioner."""
        editor = self._desk.editor
        if editor is None or editor.read_only or self._desk.read_only:
            return
        self.details.begin()
        self._stack.setCurrentWidget(self.details)
        self.form_shown.emit(True)
        self.details.date.setFocus(Qt.FocusReason.OtherFocusReason)
        self.details.date.selectAll()

    def show_form(self, form: QWidget, first: QWidget) -> None:
        """Let another form take the column's place, with the keyboard in its first field, until `end_form`."""
        if self._stack.indexOf(form) < 0:
            self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
        self.form_shown.emit(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def end_form(self) -> None:
        """The column is the session's again, and the keyboard the chart's."""
        self._on_form_over()

    @property
    def form_open(self) -> bool:
        """True while a form has taken the column's place."""
        return self._stack.currentWidget() not in (self.nothing, self._panel)

    @property
    def form_hints(self) -> tuple[tuple[str, str], ...]:
        """The keys of the open form and the words for what they do."""
        if not self.form_open:
            return ()
        if own := getattr(self._stack.currentWidget(), "hints", ()):
            return tuple(own)
        if self._stack.currentWidget() is self._details:
            return ("Enter", "hint.correct"), ("Esc", "hint.uncorrected")
        return ("Enter", "hint.next_field"), ("Ctrl Enter", "hint.start"), ("Esc", "hint.cancel")

    def take_pictures(self, ask: AskPicture) -> None:
        """Take what asks for a picture of a box."""
        self.syringes.ask_picture = ask

    @property
    def takes_scans(self) -> bool:
        """True while the form of a new treatment session is open: a scan adds a syringe to it."""
        return self._form is not None and self._stack.currentWidget() is self._form

    def take_scan(self, text: str) -> None:
        """A scan goes into the open form, or opens one more syringe of the open session."""
        if self.takes_scans:
            self.form.take_scan(text)
        else:
            self.syringes.take_text(text)

    def choose_picture(self) -> None:
        """Read a picture of a box, where a scan would go."""
        if self.takes_scans:
            self.form.scans.field.choose_picture()
        elif self.syringes.editable:
            if not self.syringes.form_open:
                self.syringes.start_new()
            self.syringes.form.scan.choose_picture()

    def _on_form_over(self) -> None:
        self._show_home()
        self.chart_wanted.emit()

    def _show_home(self) -> None:
        words, desk = load_words(), self._desk
        self._show_refusal("")
        if desk.editor is not None:
            self._show_counts()
            self._stack.setCurrentWidget(self._panel)
        else:
            key = "session.nothing" if desk.patient is not None else "session.nobody"
            if desk.has_clinic and not desk.reads_records:
                key = "sessions.not_seen"
            self.nothing.setText(words(key) if desk.has_clinic else "")
            self._stack.setCurrentWidget(self.nothing)
        # Told last: who listens looks at what is shown now.
        self.form_shown.emit(False)

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "syringes"}:
            self._show_counts()

    def _show_counts(self) -> None:
        editor = self._desk.editor
        passes = editor.map.passes if editor is not None else ()
        self._count.setText(_counted(passes))
        reason = editor.session.error_reason if editor is not None else ""
        self._in_error.setText(load_words()("session.read_only", reason=reason))
        self._in_error.setVisible(bool(reason))
        drawable = editor is not None and not editor.read_only
        self._none.setText(load_words()("passes.none" if drawable else "session.passes.none"))
        self._none.setVisible(not passes)
        self.table.setVisible(bool(passes))
        # What is true of most passes is said once above the table, and of the others under their rows.
        usual = usual_how(passes)
        hows = {(one.technique, one.instrument) for one in passes}
        said = how_text(usual) if usual is not None else ""
        self._common.setText(said if len(hows) < 2 else load_words()("passes.mostly", how=said))

    def _show_refusal(self, sentence: str) -> None:
        self._refusal.setText(sentence)
        self._refusal.setVisible(bool(sentence))


def _counted(passes: Sequence[CannulaPass]) -> str:
    """How many passes there are, the planned ones apart; nothing without any."""
    planned = sum(one.is_planned for one in passes)
    there, words = len(passes) - planned, load_words()
    parts = [str(there) if there else "", words("passes.planned", count=planned) if planned else ""]
    return " · ".join(filter(None, parts))
