"""Who is due for a review: planned reviews, follow-up dates of records, and the clinic's review interval."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.aftercare import Due
from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.icons import paint_icon
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.form import choice_field
from injectmap.ui.widgets.lists import CommandedView, Index, RowDelegate, RowsModel, RowsView
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_ROW = 52
# Where the columns begin, in shares of the width: day, patient, why, telephone.
_COLUMNS = (0.0, 0.16, 0.5, 0.8)
_NAMES = ("due", "patient", "why", "telephone")
_SIDE = 32
SPANS_DAYS = (0, 30, 90, 365)


def say_due(one: Due) -> str:
    """One line for screen readers."""
    words = load_words()
    return ", ".join((show_date(one.due), one.patient_name, words(f"due.{one.kind.value}"), one.telephone))


class _DueDelegate(RowDelegate):
    """Day, patient, reason and telephone; a day that has passed says so in words."""

    def __init__(self, theme: Theme, height: int, parent: RowsView) -> None:
        super().__init__(theme, height, parent)
        self.today = dt.date.max

    def paint_row(self, painter: QPainter, rect: QRect, row: Due, index: Index) -> None:
        words = load_words()
        past = row.due < self.today
        under = words("due.past", days=(self.today - row.due).days) if past else ""
        treated = words("due.treated", date=show_date(row.session_date)) if row.session_date else ""
        cells = (
            (show_date(row.due), under),
            (row.patient_name, words("patient.number", number=f"{row.patient_number:05d}")),
            (words(f"due.{row.kind.value}"), treated),
            (row.telephone, ""),
        )
        left, width = rect.left() + _SIDE, rect.width() - 2 * _SIDE
        for place, (text, small) in enumerate(cells):
            x = left + round(_COLUMNS[place] * width)
            end = _COLUMNS[place + 1] if place + 1 < len(_COLUMNS) else 1.0
            room = left + round(end * width) - x - 16
            self._paint(painter, QPointF(x, rect.top() + 22), text, "body", "text", room)
            self._paint(painter, QPointF(x, rect.top() + 40), small, "label", "text2", room)
        if past:
            at = QPointF(rect.left() + 18, rect.top() + 17)
            paint_icon(painter, "calendar", at, self.theme.colour("text2"), 14)
        painter.fillRect(rect.left() + _SIDE, rect.bottom(), width, 1, self.theme.colour("line"))

    def _paint(self, painter: QPainter, at: QPointF, text: str, role: str, colour: str, room: int) -> None:
        painter.setFont(font(role))
        painter.setPen(self.theme.colour(colour))
        painter.drawText(at, metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, room))


class _DueHeader(QWidget):
    """The names of the columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(28)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        words, painter, width = load_words(), QPainter(self), self.width() - 2 * _SIDE
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        for name, share in zip(_NAMES, _COLUMNS, strict=True):
            painter.drawText(QPointF(_SIDE + round(share * width), 18), words(f"due.column.{name}"))
        painter.fillRect(_SIDE, self.height() - 1, width, 1, self._theme.colour("line2"))


class DuePage(Surface):
    """A list that the clinic asked for: Enter opens the patient, R records that the review took place."""

    chart_wanted = Signal()
    page_wanted = Signal(str)
    hints = (("Enter", "hint.due_open"), ("R", "hint.due_reviewed"), ("Esc", "hint.back"))

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        words = load_words()
        self._desk = desk
        self._task: Task | None = None
        self._clinic: object = None
        self._count = TextLabel(theme, "body", "text2")
        spans: list[tuple[str, object]] = [(words(f"due.span.{days}"), days) for days in SPANS_DAYS]
        self.span = choice_field(theme, spans, 30)
        self.span.setAccessibleName(words("due.span"))
        self.reviewed = Button(theme, words("due.reviewed"))
        self.open = Button(theme, words("due.open"), kind="primary")
        self._rows = RowsModel(say_due, self)
        self.list = CommandedView(theme, words("due.title"))
        self.list.setModel(self._rows)
        self._delegate = _DueDelegate(theme, _ROW, self.list)
        self.list.setItemDelegate(self._delegate)
        self._header = _DueHeader(theme)
        self._none = TextLabel(theme, "body", "text2", wrap=True)
        self._none.setContentsMargins(32, 16, 32, 0)
        head = QHBoxLayout()
        head.setContentsMargins(32, 24, 32, 12)
        head.setSpacing(12)
        head.addWidget(TextLabel(theme, "page_title", "text", words("due.title")))
        head.addWidget(self._count)
        head.addStretch(1)
        for widget in (self.span, self.reviewed, self.open):
            head.addWidget(widget)
        layout = column(self)
        layout.addLayout(head)
        layout.addWidget(self._none)
        layout.addWidget(self._header)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        self.span.activated.connect(self.refresh)
        self.list.chosen.connect(self._open)
        self.open.clicked.connect(self._open_current)
        self.reviewed.clicked.connect(self._review_current)
        self.list.selectionModel().currentChanged.connect(self._enable)

    def refresh(self) -> None:
        """Read the list anew in the worker; what is shown stays until the new one is there."""
        desk = self._desk
        today = desk.today
        until = today + dt.timedelta(days=int(self.span.currentData()))
        service, acting = desk.services.aftercare, desk.acting
        if self._task is not None:
            self._task.cancel()
        if self._clinic is not desk.services:
            # Nobody of another clinic stays in sight.
            self._clinic = desk.services
            self._rows.show(())
            self.list.hide()
        if not self._rows.rows:
            self._none.setText(load_words()("due.reading"))
            self._none.show()
        self._count.setText("")

        def work(_task: Task) -> tuple[Due, ...]:
            return service.due(acting, until)

        def done(found: tuple[Due, ...]) -> None:
            self._show(found, today, until)

        self._task = desk.tasks.run(
            work, done=done, failed=self._failed, owner=self, label=load_words()("busy.due")
        )

    def _failed(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))
        self._none.setVisible(False)

    def _show(self, found: tuple[Due, ...], today: dt.date, until: dt.date) -> None:
        words, had_focus = load_words(), self.list.hasFocus() or self.span.hasFocus()
        place, before = self.list.currentIndex().row(), self._current
        self._delegate.today = today
        self._rows.show(found)
        self._count.setText(words("due.count", count=len(found)) if found else "")
        self._none.setText(words("due.none", date=show_date(until)))
        self._none.setVisible(not found)
        self.list.setVisible(bool(found))
        self._header.setVisible(bool(found))
        if found:
            # Where the list was left: the same line, or the one that moved up to its place.
            row = next(
                (n for n, one in enumerate(found) if one == before), max(0, min(place, len(found) - 1))
            )
            self.list.setCurrentIndex(self._rows.index(row, 0))
        if had_focus:
            self.take_focus()
        self._enable()

    def take_focus(self) -> None:
        """The list, as soon as it is there."""
        (self.list if self._rows.rows else self.span).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _current(self) -> Due | None:
        row = self.list.currentIndex().row()
        return self._rows.rows[row] if 0 <= row < len(self._rows.rows) else None

    def _enable(self) -> None:
        there = self._current is not None
        self.open.setEnabled(there)
        self.reviewed.setEnabled(there and not self._desk.read_only)

    def _open_current(self) -> None:
        if self._current is not None:
            self._open(self._current)

    def _open(self, one: Due) -> None:
        desk = self._desk
        try:
            patient = desk.services.patients.get(desk.acting, one.patient_id)
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            return
        desk.open_patient(patient)
        self.page_wanted.emit("patient")

    def _review_current(self) -> None:
        """Record that the review took place today; the line leaves the list."""
        one, desk = self._current, self._desk
        if one is None or desk.read_only:
            return
        service = desk.services.aftercare
        try:
            planned = next(
                (f for f in service.follow_ups(desk.acting, one.patient_id) if f.id == one.follow_up_id), None
            )
            if planned is None:
                planned = service.plan(
                    desk.acting, one.patient_id, due=one.due, note="", session_id=one.session_id
                )
            service.reviewed(desk.acting, planned, desk.today)
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            return
        desk.stored()
        desk.notice.emit(load_words()("due.was_reviewed", name=one.patient_name))
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """R reviews, Escape goes back."""
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            self._review_current()
        elif event.key() == Qt.Key.Key_Escape:
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)
