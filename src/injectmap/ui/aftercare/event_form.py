"""What stands around the entries of an adverse event: what, since when, which syringes and passes, the report."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.aftercare import AdverseEvent
from injectmap.domain.session import OpenSession
from injectmap.ui.aftercare.moment_field import MomentField
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.records.entry_editors import TextBox
from injectmap.ui.session.syringe_row import lot_line
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, text_field
from injectmap.words import load_words

_RANGE = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")


def read_numbers(typed: str) -> list[int]:
    """Read pass numbers such as 1-3, 7; ValueError for anything else."""
    numbers: list[int] = []
    for part in filter(None, (part.strip() for part in typed.split(","))):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise ValueError(part)
        first = int(found.group(1))
        last = int(found.group(2) or first)
        if last < first:
            raise ValueError(part)
        numbers.extend(range(first, last + 1))
    return list(dict.fromkeys(numbers))


class EventForm(QWidget):
    """Shows one event or a new one; `submitted` carries its fields, checked by the service.

    A closed event is read until it is opened again, one entered in error for good.
    """

    submitted = Signal(object)
    close_wanted = Signal()
    error_wanted = Signal()
    print_wanted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._theme = theme
        self._opened: OpenSession | None = None
        self._boxes: dict[str, TickBox] = {}
        self.what = text_field()
        self.onset = MomentField()
        self.passes = text_field()
        self.report, self.reported_to = text_field(), text_field()
        self.outcome = TextBox(words("events.outcome"), lines=2)
        syringes = QWidget()
        self._syringes = column(syringes, spacing=4)
        self.save = Button(theme, words("events.save"), kind="primary")
        self.close_event = Button(theme, words("events.close"))
        self.mark_error = Button(theme, words("events.mark_error"), kind="flat")
        self.in_error = TextLabel(theme, "body_strong", "error", wrap=True)
        self._began: dict[str, Any] | None = None
        self.print = Button(theme, words("events.print"), icon_name="printer")
        self.cancel = Button(theme, words("form.cancel"), kind="flat")
        self._form = Form(theme, steady=True)
        self._rows = {
            "title": self._form.row(words("events.what"), self.what),
            "onset": self._form.row(words("events.onset"), self.onset),
        }
        self._form.add(TextLabel(theme, "label", "text2", words("events.syringes")))
        self._form.add(syringes)
        self._rows["passes"] = self._form.row(
            words("events.passes"), self.passes, hint=words("events.passes.hint")
        )
        self._form.row(words("events.reported_to"), self.reported_to)
        self._form.row(words("events.report"), self.report)
        self._rows["outcome"] = self._form.row(words("events.outcome"), self.outcome)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.save, self.close_event, self.print, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = column(self, spacing=12)
        layout.addWidget(self.in_error)
        layout.addWidget(self._form)
        layout.addLayout(buttons)
        layout.addWidget(self.mark_error, 0, Qt.AlignmentFlag.AlignLeft)
        self.save.clicked.connect(self.submit)
        self.close_event.clicked.connect(self.close_wanted)
        self.mark_error.clicked.connect(self.error_wanted)
        self.print.clicked.connect(self.print_wanted)
        self.cancel.clicked.connect(self.cancelled)

    def begin(
        self, opened: OpenSession, event: AdverseEvent | None, *, now_ms: int, zone: ZoneInfo, writable: bool
    ) -> None:
        """Show an event of a treatment session; None begins a new one."""
        self._opened = opened
        clear_layout(self._syringes)
        self._boxes = {}
        for one in opened.syringes:
            said = load_words()("events.syringe", number=one.number, product=one.product.name)
            box = TickBox(self._theme, f"{said} · {lot_line(one, None)}")
            box.setChecked(event is not None and one.id in event.syringe_ids)
            self._boxes[one.id] = box
            self._syringes.addWidget(box)
        self.what.setText(event.title if event is not None else "")
        self.onset.show_moment(event.onset_ms if event is not None else now_ms, zone)
        numbers = opened.map.numbers
        concerned = sorted(numbers[one] for one in event.pass_ids if one in numbers) if event else []
        self.passes.setText(", ".join(map(str, concerned)))
        self.report.setText(event.report_number if event is not None else "")
        self.reported_to.setText(event.reported_to if event is not None else "")
        self.outcome.take(event.outcome if event is not None else "")
        self._form.clear_problems()
        words = load_words()
        closed = event is not None and event.closed
        error = event.error_reason if event is not None else ""
        free = writable and not error
        self.in_error.setText(words("events.error_reason", reason=error) if error else "")
        self.in_error.setVisible(bool(error))
        self._form.setEnabled(free and not closed)
        self.close_event.setVisible(free and event is not None)
        self.close_event.setText(words("events.reopen" if closed else "events.close"))
        self.print.setVisible(event is not None)
        self.save.setVisible(free and not closed)
        self.mark_error.setVisible(free and event is not None)
        self.cancel.setText(words("form.cancel" if event is None else "events.put_away"))
        self._began = self._fields()

    @property
    def typed(self) -> bool:
        """True if something was changed that is not stored."""
        return self.save.isVisibleTo(self) and self._fields() != self._began

    def say(self, field: str, sentence: str) -> None:
        """Say under a field why it was refused."""
        self._rows.get(field, self._rows["title"]).show_problem(sentence)

    def submit(self) -> None:
        """Give the fields, if all can be read."""
        fields = self.read()
        if fields is not None:
            self.submitted.emit(fields)

    def read(self) -> dict[str, Any] | None:
        """The fields; None with the problem shown if one cannot be read."""
        self._form.clear_problems()
        words, fields = load_words(), self._fields()
        if fields["onset_ms"] is None:
            self.say("onset", words("moment.unreadable"))
        elif fields["pass_ids"] is None:
            self.say("passes", words("events.passes.unreadable"))
        else:
            return fields
        return None

    def _fields(self) -> dict[str, Any]:
        """The fields as they stand, None for what cannot be read."""
        assert self._opened is not None
        by_number = {number: pass_id for pass_id, number in self._opened.map.numbers.items()}
        pass_ids: list[str] | None
        try:
            pass_ids = [by_number[number] for number in read_numbers(self.passes.text())]
        except (ValueError, KeyError):
            pass_ids = None
        return {
            "title": self.what.text(),
            "onset_ms": self.onset.at_ms(),
            "syringe_ids": [key for key, box in self._boxes.items() if box.isChecked()],
            "pass_ids": pass_ids,
            "report_number": self.report.text(),
            "reported_to": self.reported_to.text(),
            "outcome": self.outcome.toPlainText(),
        }
