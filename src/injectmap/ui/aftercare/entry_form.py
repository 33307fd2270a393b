"""One timed line of an adverse event, typed: seen, capillary refill of both sides, called, given."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.aftercare import CapillaryRefill, EventEntry
from injectmap.domain.treatment_map import Side
from injectmap.ui.aftercare.moment_field import MomentField
from injectmap.ui.records.entry_editors import TextBox
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, FormRow, text_field
from injectmap.words import load_words

_SECONDS = re.compile(r"(\d{1,3})(?:[.,](\d))?")


def read_tenths(typed: str) -> int | None:
    """Read seconds such as 2 or 1,8 as tenths; None for nothing typed, ValueError for what is no such figure."""
    text = typed.strip()
    if not text:
        return None
    found = _SECONDS.fullmatch(text) if text.isascii() else None
    if found is None:
        raise ValueError("seconds with at most one decimal")
    return int(found.group(1)) * 10 + int(found.group(2) or 0)


class EntryForm(QWidget):
    """Gives a whole entry, or says under the field what cannot be read."""

    given = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self.moment = MomentField()
        self.observed = TextBox(words("events.observed"), lines=2)
        self.place = text_field()
        self.refill = {side: text_field() for side in (Side.RIGHT, Side.LEFT)}
        self.called, self.gave, self.by = (text_field() for _ in range(3))
        self.add = Button(theme, words("events.add_entry"), kind="primary")
        refill = QWidget()
        line = QHBoxLayout(refill)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self._refill_rows = {}
        for side, field in self.refill.items():
            row = FormRow(theme, words(f"events.refill.{side.value}"), field, steady=True)
            self._refill_rows[side] = row
            line.addWidget(row)
        self._form = Form(theme, steady=True)
        self._moment_row = self._form.row(words("events.at"), self.moment)
        self._observed_row = self._form.row(words("events.observed"), self.observed)
        self._form.row(words("events.refill.place"), self.place)
        self._form.add(refill)
        self._form.row(words("events.called"), self.called)
        self._form.row(words("events.given"), self.gave)
        self._form.row(words("events.by"), self.by)
        layout = column(self, spacing=12)
        layout.addWidget(self._form)
        layout.addWidget(self.add)
        self.add.clicked.connect(self.submit)
        self.observed.done.connect(self.submit)

    @property
    def typed(self) -> bool:
        """True if something was typed that is not added yet."""
        texts = (self.place, self.called, self.gave, *self.refill.values())
        return any(field.text().strip() for field in texts) or bool(self.observed.toPlainText().strip())

    def begin(self, now_ms: int, zone: ZoneInfo, by: str) -> None:
        """An empty entry of this minute."""
        self.moment.show_moment(now_ms, zone)
        self.observed.take("")
        for field in (self.place, self.called, self.gave, *self.refill.values()):
            field.clear()
        self.by.setText(by)
        self.clear_problems()

    def clear_problems(self) -> None:
        """Take all problems away."""
        self._form.clear_problems()
        for row in self._refill_rows.values():
            row.clear_problem()

    def say(self, sentence: str) -> None:
        """Say why it was refused; what was typed stays."""
        self._observed_row.show_problem(sentence)

    def submit(self) -> None:
        """Give the entry, if every field can be read."""
        self.clear_problems()
        at_ms, words = self.moment.at_ms(), load_words()
        if at_ms is None:
            self._moment_row.show_problem(words("moment.unreadable"))
            return
        refill = []
        for side, field in self.refill.items():
            try:
                tenths = read_tenths(field.text())
            except ValueError:
                self._refill_rows[side].show_problem(words("events.refill.unreadable"))
                return
            if tenths is not None:
                refill.append(CapillaryRefill(side, self.place.text(), tenths))
        self.given.emit(
            EventEntry(
                at_ms,
                self.observed.toPlainText(),
                tuple(refill),
                self.called.text(),
                self.gave.text(),
                self.by.text(),
            )
        )
