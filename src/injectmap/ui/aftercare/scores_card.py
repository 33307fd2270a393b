"""Outcome scores as they were given: the scale's name, the score, who rated and when; nothing is compared."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from injectmap.domain.aftercare import OutcomeScore
from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class ScoresCard(Card):
    """Lists the scores of the open patient and takes another for the open treatment session."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._desk = theme, desk
        rows = QWidget()
        self._list = column(rows)
        self._none = TextLabel(theme, "body", "text2", words("score.none"), wrap=True)
        self._first = TextLabel(theme, "table", "text2", words("score.needs_session"), wrap=True)
        self.scale, self.score, self.rater = (
            text_field(limit=200),
            text_field(limit=200),
            text_field(limit=200),
        )
        self.date = DateField()
        self.note = text_field(limit=3000)
        self.add = Button(theme, words("score.add"))
        self._form = Form(theme)
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
        self._form.add(self.add)
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("score.title")))
        for widget in (self._none, rows, self._first, self._form):
            layout.addWidget(widget)
        self.add.clicked.connect(self._add)
        self.note.returnPressed.connect(self._add)

    def refresh(self) -> None:
        """Read the scores of the open patient."""
        desk = self._desk
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        assert desk.patient is not None
        found = desk.services.aftercare.scores(desk.acting, desk.patient.id)
        for one in found:
            self._list.addWidget(self._row(one))
            self._list.addWidget(Hairline(self._theme))
        self._none.setVisible(not found)
        can = desk.editor is not None and not desk.read_only
        self._form.setVisible(can)
        self._first.setVisible(not can and not desk.read_only)
        if can and self.date.empty:
            self.date.set_date(desk.today)
            self.rater.setText(desk.services.practitioner.name)

    def _row(self, one: OutcomeScore) -> QWidget:
        words, row = load_words(), QWidget()
        layout = column(row, margins=(0, 6, 0, 6))
        layout.addWidget(TextLabel(self._theme, "body", "text", f"{one.scale}: {one.score}", wrap=True))
        said = words("score.said", rater=one.rater, date=show_date(one.date))
        layout.addWidget(TextLabel(self._theme, "label", "text2", said, wrap=True))
        if one.note:
            layout.addWidget(TextLabel(self._theme, "table", "text", one.note, wrap=True))
        return row

    def _add(self) -> None:
        desk, day = self._desk, self.date.date()
        assert desk.patient is not None
        assert desk.editor is not None
        if day is None:
            self._rows["date"].show_problem(self.date.wrong or load_words()("review.due_missing"))
            return
        try:
            desk.services.aftercare.score(
                desk.acting,
                desk.patient.id,
                desk.editor.session.id,
                scale=self.scale.text(),
                score=self.score.text(),
                rater=self.rater.text(),
                date=day,
                note=self.note.text(),
            )
        except InjectmapError as error:
            row = "date" if error.code.startswith("date") else "scale"
            self._rows[row].show_problem(error_sentence(error))
            return
        for field in (self.scale, self.score, self.note):
            field.clear()
        self._form.clear_problems()
        desk.stored()
        self.refresh()
