"""What is recorded about the patient beside the maps: the last word of each field, with its date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from injectmap.domain.record import HistoryFlag, RecordEntry, RecordField
from injectmap.ui.desk import Desk
from injectmap.ui.patients.header import born_line
from injectmap.ui.patients.patient_finder import PatientFinder
from injectmap.ui.patients.privacy_menu import add_privacy
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, Scroller, Surface, TextLabel, column
from injectmap.ui.widgets.buttons import Button, IconButton
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.name_label import NameLabel
from injectmap.ui.widgets.people import show_name
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.patient import Patient
    from injectmap.services.over_time import OverTime, SessionInTime

WIDTH = 264
# More of a long text is in its tooltip, and all of it in the record.
_LONGEST = 280


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: its name, what stands in it, when that was written."""

    label: str
    value: str = ""
    note: str = ""


def facts_of(over_time: OverTime, time_zone: str) -> tuple[Fact, ...]:
    """The facts in the order in which they are asked for; what was never recorded has no value."""
    words = load_words()
    zone = ZoneInfo(time_zone)
    return (
        Fact(words("patient.field.telephone"), over_time.patient.telephone),
        _written(over_time, RecordField.HISTORY, words("insight.fact.history"), zone),
        _written(over_time, RecordField.CONSENT, words("field.consent"), zone),
        _written(over_time, RecordField.REASON, words("field.reason"), zone),
        _asymmetry(over_time, zone),
        _next_review(over_time),
    )


def _written(over_time: OverTime, field: RecordField, label: str, zone: ZoneInfo) -> Fact:
    found = over_time.last_written(field)
    if found is None:
        return Fact(label)
    entry, session = found
    details = {RecordField.HISTORY: _history, RecordField.CONSENT: _consent}.get(field)
    parts = [details(entry) if details is not None else "", entry.text]
    return Fact(label, "\n".join(part for part in parts if part), _when(entry, session, zone))


def _history(entry: RecordEntry) -> str:
    """The flags that were answered: those with yes or words first, each as answered; then the noes together."""
    words = load_words()
    named, noes = [], []
    answers = dict(entry.details)
    for flag in HistoryFlag:
        answer = answers.get(flag.value, "")
        name = words(f"history.{flag.value}")
        if answer == "no":
            noes.append(name[:1].lower() + name[1:])
        elif answer == "yes":
            named.append(name)
        elif answer:
            named.append(f"{name}: {answer}")
    if noes:
        named.append(words("insight.fact.noes", flags=", ".join(noes)))
    return "\n".join(named)


def _consent(entry: RecordEntry) -> str:
    words = load_words()
    by = entry.detail("given_by")
    key = f"consent.by.{by}"
    parts = [entry.detail("form"), words("insight.fact.given_by", who=words(key) if words.has(key) else by)]
    return ", ".join(part for part in (parts if by else parts[:1]) if part)


def _asymmetry(over_time: OverTime, zone: ZoneInfo) -> Fact:
    """The clinician's words, and what was measured on the map of the latest session that has any."""
    from injectmap.domain.map_items import MeasurementKind
    from injectmap.domain.units import show_length

    words = load_words()
    fact = _written(over_time, RecordField.ASYMMETRY, words("field.asymmetry"), zone)
    for session in reversed(over_time.sessions):
        marks = [one for one in session.map.measurements if one.kind is MeasurementKind.ASYMMETRY]
        if marks:
            lines = [
                words("insight.fact.marked", note=one.note, mm=show_length(one.path.length_um)).strip()
                for one in marks
            ]
            value = "\n".join([*([fact.value] if fact.value else []), *lines])
            note = fact.note or words("insight.fact.on_map", date=show_date(session.date))
            return Fact(fact.label, value, note)
    return fact


def _next_review(over_time: OverTime) -> Fact:
    """The next review that is planned, with its note."""
    label, found = load_words()("insight.fact.review"), over_time.next_review
    if found is None:
        return Fact(label)
    due, note = found
    return Fact(label, show_date(due), note)


def _when(entry: RecordEntry, session: SessionInTime, zone: ZoneInfo) -> str:
    at = dt.datetime.fromtimestamp(entry.at_ms / 1000, zone)
    written = f"{show_date(at.date())}, {at:%H:%M}"
    if at.date() == session.date:
        return written
    return load_words()("insight.fact.written_for", when=written, date=show_date(session.date))


class _FactRow(QWidget):
    """A label over its value over its note."""

    def __init__(self, theme: Theme, fact: Fact) -> None:
        super().__init__()
        words = load_words()
        value = fact.value or words("insight.fact.none")
        shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST].rstrip()} …"
        text = TextLabel(theme, "body", "text" if fact.value else "text2", shown, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if shown is not value:
            text.setToolTip(plain_tip(value))
        layout = column(self, margins=(16, 9, 16, 10), spacing=1)
        layout.addWidget(TextLabel(theme, "label", "text2", fact.label))
        layout.addWidget(text)
        if fact.note:
            layout.addWidget(TextLabel(theme, "label", "text2", fact.note, wrap=True))


class PatientFacts(Surface):
    """Name, birth date and number on top, then the facts, and what can be done about the patient at the foot."""

    new_session_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk, export: QMenu, summary: QMenu) -> None:
        """`export` and `summary` are the menus of the two buttons at the foot."""
        super().__init__(theme, "panel", edges="right")
        words = load_words()
        self.setFixedWidth(WIDTH)
        self.shown: tuple[Fact, ...] = ()
        self.name = NameLabel(theme)
        self.born = TextLabel(theme, "table", "text2", wrap=True)
        self.number = TextLabel(theme, "table", "text2")
        self.finder = PatientFinder(theme, desk)
        self._rows = QWidget()
        self._down = column(self._rows)
        self._down.addStretch(1)
        self.new_session = Button(
            theme, words("sessions.new.name"), kind="primary", icon_name="plus", parent=self
        )
        self.summary = Button(theme, words("insight.summary"), icon_name="printer", parent=self)
        self.export = Button(theme, words("insight.export"), parent=self)
        self.summary.setMenu(summary)
        self.export.setMenu(export)
        self.menu_button = IconButton(theme, "chevron_down", words("patient.menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        add_privacy(menu, self)
        self.menu_button.setMenu(menu)
        named = QHBoxLayout()
        named.addWidget(self.name, 1)
        named.addWidget(self.menu_button, 0, Qt.AlignmentFlag.AlignTop)
        head = column(margins=(16, 6, 8, 12), spacing=2)
        head.addLayout(named)
        head.addWidget(self.born)
        head.addWidget(self.number)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.summary, 3)
        buttons.addWidget(self.export, 2)
        foot = column(margins=(16, 10, 16, 12), spacing=8)
        foot.addWidget(self.new_session)
        foot.addLayout(buttons)
        about = QWidget()
        down = column(about)
        down.addLayout(head)
        down.addWidget(Hairline(theme))
        down.addWidget(Scroller(self._rows), 1)
        down.addWidget(Hairline(theme))
        down.addLayout(foot)
        layout = column(self, margins=(0, 0, 1, 0))
        layout.addWidget(self.finder, 0)
        layout.addWidget(about, 1)
        self.finder.searching.connect(about.setHidden)
        self.new_session.clicked.connect(self.new_session_wanted)

    def show_patient(self, patient: Patient, today: dt.date) -> None:
        """Show who it is."""
        show_name(self.name, patient)
        self.setProperty("erased", patient.erased)
        self.born.setText(born_line(patient, today))
        self.number.setText(load_words()("patient.number", number=patient.number_text))

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Show what is recorded."""
        if facts == self.shown:
            return
        self.shown = facts
        while self._down.count() > 1:
            item = self._down.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, fact in enumerate(facts):
            if place:
                self._down.insertWidget(self._down.count() - 1, Hairline(self._theme))
            self._down.insertWidget(self._down.count() - 1, _FactRow(self._theme, fact))
