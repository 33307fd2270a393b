"""Outcome scores as they were given: the scale's name, the score, who rated and when; nothing is compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.aftercare import OutcomeScore
from injectmap.domain.errors import Conflict, InjectmapError
from injectmap.domain.patient import NAME_LIMIT
from injectmap.services.aftercare import NOTE_LIMIT
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button, IconButton
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class ScoresCard(Card):
    """Lists the scores of the open patient, takes another for the open treatment session, and corrects one."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._desk = theme, desk
        rows = QWidget()
        self._list = column(rows)
        self._none = TextLabel(theme, "body", "text2", words("score.none"), wrap=True)
        self._first = TextLabel(theme, "table", "text2", words("score.needs_session"), wrap=True)
        self.scale, self.score, self.rater = (text_field(), text_field(), text_field())
        self.date = DateField()
        self.note = text_field()
        self.add = Button(theme, words("score.add"))
        self.cancel = Button(theme, words("form.cancel"), kind="flat")
        self.correcting: OutcomeScore | None = None
        self._of: tuple[str, str] | None = None
        self._form = Form(theme, steady=True)
        self._rows = {
            key: self._form.row(words(f"score.{key}"), field)
            for key, field in (
                ("scale", self.scale),
                ("score", self.score),
                ("rater", self.rater),
                ("date", self.date),
                ("note", self.note),
            )
        }
        self.date.show_reading_in(self._rows["date"], "")
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.add, 1)
        line.addWidget(self.cancel)
        self.cancel.hide()
        self._form.add(buttons)
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("score.title")))
        for widget in (self._none, rows, self._first, self._form):
            layout.addWidget(widget)
        self.add.clicked.connect(self._add)
        self.cancel.clicked.connect(self._begin)
        self.note.returnPressed.connect(self._add)

    def refresh(self) -> None:
        """Read the scores of the open patient."""
        desk = self._desk
        clear_layout(self._list)
        assert desk.patient is not None
        found = desk.services.aftercare.scores(desk.acting, desk.patient.id)
        for one in found:
            self._list.addWidget(self._row(one))
            self._list.addWidget(Hairline(self._theme))
        self._none.setVisible(not found)
        can = desk.editor is not None and not desk.read_only
        self._form.setVisible(can or self.correcting is not None)
        self._first.setVisible(not can and not desk.read_only)
        subject = (desk.patient.id, desk.editor.session.id if desk.editor is not None else "")
        if subject != self._of:
            # What was typed about one treatment is not offered for another.
            self._of = subject
            self._begin()

    def _begin(self) -> None:
        """An empty form of today, or of the clinician's own."""
        self.correcting = None
        for field in (self.scale, self.score, self.note):
            field.clear()
        self.date.set_date(self._desk.today)
        self.rater.setText(self._desk.services.practitioner.name)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._form.clear_problems()
        self.add.setText(load_words()("score.correct" if self.correcting is not None else "score.add"))
        self.cancel.setVisible(self.correcting is not None)

    def _correct(self) -> None:
        button = self.sender()
        assert button is not None
        one = button.property("score")
        assert isinstance(one, OutcomeScore)
        self.correcting = one
        texts = (
            (self.scale, one.scale),
            (self.score, one.score),
            (self.rater, one.rater),
            (self.note, one.note),
        )
        for field, text in texts:
            field.setText(text)
        self.date.set_date(one.date)
        self._show_buttons()
        self._form.show()
        self.score.setFocus(Qt.FocusReason.OtherFocusReason)
        self.score.selectAll()

    def _row(self, one: OutcomeScore) -> QWidget:
        words, row = load_words(), QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 6, 0, 6)
        layout = column()
        across.addLayout(layout, 1)
        if not self._desk.read_only:
            pencil = IconButton(self._theme, "pencil", words("score.correct_this", scale=one.scale))
            pencil.setProperty("score", one)
            pencil.clicked.connect(self._correct)
            across.addWidget(pencil, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(TextLabel(self._theme, "body", "text", f"{one.scale}: {one.score}", wrap=True))
        said = words("score.said", rater=one.rater, date=show_date(one.date))
        layout.addWidget(TextLabel(self._theme, "label", "text2", said, wrap=True))
        if one.note:
            layout.addWidget(TextLabel(self._theme, "table", "text", one.note, wrap=True))
        return row

    def _add(self) -> None:
        desk, day = self._desk, self.date.date()
        assert desk.patient is not None
        if day is None:
            self._rows["date"].show_problem(self.date.wrong or load_words()("review.due_missing"))
            return
        fields: dict[str, Any] = {
            "scale": self.scale.text(),
            "score": self.score.text(),
            "rater": self.rater.text(),
            "date": day,
            "note": self.note.text(),
        }
        service = desk.services.aftercare
        try:
            if self.correcting is not None:
                service.correct_score(desk.acting, replace(self.correcting, **fields))
            elif desk.editor is not None:
                service.score(desk.acting, desk.patient.id, desk.editor.session.id, **fields)
        except InjectmapError as error:
            self._refused(error)
            return
        desk.stored()
        self._begin()
        self.refresh()

    def _refused(self, error: InjectmapError) -> None:
        """Say it under its field; after a conflict the newer state is listed, and the correction begins anew from it."""
        if isinstance(error, Conflict):
            self.correcting = None
            self._show_buttons()
            self.refresh()
        limits = {"scale": NAME_LIMIT, "score": NAME_LIMIT, "rater": NAME_LIMIT, "note": NOTE_LIMIT}
        long = [key for key, limit in limits.items() if len(getattr(self, key).text()) > limit]
        row = "date" if error.code.startswith("date") else "scale"
        if error.code == "score_empty" and self.scale.text().strip():
            row = "score"
        elif error.code.startswith("text") and long:
            row = long[0]
        self._rows[row].show_problem(error_sentence(error))
