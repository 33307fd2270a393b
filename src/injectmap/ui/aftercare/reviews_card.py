"""A patient's reviews: what is planned, what took place, and one line to plan another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.aftercare import Due, FollowUp
from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.records.entry_editors import read_coming_date
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class _ReviewRow(QWidget):
    """One review, planned or a follow-up date of a record; it can be noted as taken place."""

    done = Signal(object)
    undone = Signal(object)

    def __init__(self, theme: Theme, one: FollowUp | Due, *, writable: bool) -> None:
        super().__init__()
        words = load_words()
        self.follow_up = one
        taken = isinstance(one, FollowUp) and one.done_on is not None
        note = one.note if isinstance(one, FollowUp) else ""
        said = _said(one)
        text = column(spacing=0)
        text.addWidget(TextLabel(theme, "body", "text", show_date(one.due)))
        text.addWidget(TextLabel(theme, "label", "text2", said))
        if note:
            text.addWidget(TextLabel(theme, "table", "text", note, wrap=True))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.addLayout(text, 1)
        if writable:
            button = Button(
                theme,
                words("review.note_undone" if taken else "review.note_done"),
                kind="flat" if taken else "",
            )
            button.clicked.connect(self._tell)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def _tell(self) -> None:
        one = self.follow_up
        taken = isinstance(one, FollowUp) and one.done_on is not None
        (self.undone if taken else self.done).emit(one)


def _said(one: FollowUp | Due) -> str:
    """Whether it took place, or where the date is written."""
    words = load_words()
    if isinstance(one, Due):
        treated = words("due.treated", date=show_date(one.session_date)) if one.session_date else ""
        return " · ".join(filter(None, (words(f"due.{one.kind.value}"), treated)))
    return words("review.done", date=show_date(one.done_on)) if one.done_on else words("review.planned")


class ReviewsCard(Card):
    """Shows and plans reviews; each press is stored at once."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._desk = theme, desk
        self._of = ""
        rows = QWidget()
        self._list = column(rows)
        self._none = TextLabel(theme, "body", "text2", words("review.none"), wrap=True)
        self.due = DateField(reader=read_coming_date)
        self.note = text_field()
        self.plan = Button(theme, words("review.plan"))
        self._form = Form(theme, steady=True)
        self._due_row = self._form.row(words("review.due"), self.due)
        self._note_row = self._form.row(words("review.note"), self.note)
        self.due.show_reading_in(self._due_row, "")
        self._form.add(self.plan)
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("review.reviews")))
        for widget in (self._none, rows, self._form):
            layout.addWidget(widget)
        self.plan.clicked.connect(self._plan)
        self.note.returnPressed.connect(self._plan)

    def refresh(self) -> None:
        """Read the reviews of the open patient."""
        desk = self._desk
        clear_layout(self._list)
        assert desk.patient is not None
        if desk.patient.id != self._of:
            # What was typed about one patient is not offered for another.
            self._of = desk.patient.id
            self.due.clear()
            self.note.clear()
            self._form.clear_problems()
        service = desk.services.aftercare
        planned = service.follow_ups(desk.acting, desk.patient.id)
        written = service.follow_up_dates(desk.acting, desk.patient.id)
        found: list[FollowUp | Due] = sorted([*planned, *written], key=lambda one: one.due)
        for one in found:
            row = _ReviewRow(self._theme, one, writable=not desk.read_only)
            row.done.connect(self._note_done)
            row.undone.connect(self._note_undone)
            self._list.addWidget(row)
            self._list.addWidget(Hairline(self._theme))
        self._none.setVisible(not found)
        self._form.setVisible(not desk.read_only)

    def _plan(self) -> None:
        day, desk = self.due.date(), self._desk
        assert desk.patient is not None
        if day is None:
            self._due_row.show_problem(self.due.wrong or load_words()("review.due_missing"))
            return
        session = desk.editor.session.id if desk.editor is not None else None
        try:
            desk.services.aftercare.plan(
                desk.acting, desk.patient.id, day, note=self.note.text(), session_id=session
            )
        except InjectmapError as error:
            row = self._note_row if error.code.startswith("text") else self._due_row
            row.show_problem(error_sentence(error))
            return
        self.due.clear()
        self.note.clear()
        self._form.clear_problems()
        desk.stored()
        self.refresh()

    def _note_done(self, one: FollowUp | Due) -> None:
        desk, service = self._desk, self._desk.services.aftercare

        def deed() -> None:
            planned = one
            if isinstance(planned, Due):
                planned = service.plan(desk.acting, one.patient_id, one.due, session_id=one.session_id)
            service.reviewed(desk.acting, planned, desk.today)

        self._store(deed)

    def _note_undone(self, one: FollowUp) -> None:
        """A press too many: the review is planned again."""
        self._store(lambda: self._desk.services.aftercare.not_reviewed(self._desk.acting, one))

    def _store(self, deed: Callable[[], object]) -> None:
        desk = self._desk
        try:
            deed()
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
        else:
            desk.stored()
        self.refresh()
