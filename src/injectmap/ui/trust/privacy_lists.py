"""The two lists of privacy: whose retention period is over, and who was erased with the backups that still hold them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.patient import display_name
from injectmap.domain.privacy import RetentionLine
from injectmap.services.privacy_ports import RetentionList, StillHeld
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.trust.held import held_text
from injectmap.ui.trust.plain_table import Cells, Column, PlainTable
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words, retention_text

_DUE = (("number", 0.0), ("name", 0.12), ("last_seen", 0.48), ("due", 0.76))
_GONE = (("number", 0.0), ("when", 0.14), ("who", 0.36), ("held", 0.66))


@dataclass(frozen=True, slots=True)
class PrivacyState:
    """Both lists as read in one go."""

    due: RetentionList
    gone: tuple[StillHeld, ...]


class PrivacyLists(QWidget):
    """Shows what was read; each button is about the line that is marked, whose patient's id it carries."""

    erase_wanted = Signal(str)
    open_wanted = Signal(str)
    report_wanted = Signal(str)
    csv_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        words = load_words()
        self.rule = TextLabel(theme, "table", "text2", wrap=True)
        self.due = PlainTable(
            theme,
            words("retention.title"),
            [Column(words(f"retention.csv.{name}"), begins) for name, begins in _DUE],
            self._due_cells,
        )
        self.erase = Button(theme, words("erase.begin"), icon_name="trash")
        self.open = Button(theme, words("retention.open"), icon_name="person")
        self.report = Button(theme, words("access.begin"), icon_name="page")
        self.csv = Button(theme, words("recall.csv"), icon_name="save")
        self.none_gone = TextLabel(theme, "table", "text2", words("erased.none"), wrap=True)
        self.gone = PlainTable(
            theme,
            words("erased.title"),
            [Column(words(f"erased.column.{name}"), begins) for name, begins in _GONE],
            self._gone_cells,
        )
        self.gone_report = Button(theme, words("access.begin"), icon_name="page")
        self.held = TextLabel(theme, "table", "text2", wrap=True)
        inside = column(self, spacing=10)
        inside.addWidget(TextLabel(theme, "body_strong", "text", words("retention.title")))
        inside.addWidget(self.rule)
        inside.addWidget(self.due)
        inside.addLayout(_line(self.erase, self.open, self.report, self.csv))
        self.anyone = TextLabel(theme, "table", "text2", words("retention.anyone"), wrap=True)
        inside.addWidget(self.anyone)
        inside.addWidget(Hairline(theme))
        inside.addWidget(TextLabel(theme, "body_strong", "text", words("erased.title")))
        inside.addWidget(self.none_gone)
        inside.addWidget(self.gone)
        inside.addWidget(self.held)
        inside.addLayout(_line(self.gone_report))
        self.erase.clicked.connect(lambda: self._of_due(self.erase_wanted))
        self.open.clicked.connect(lambda: self._of_due(self.open_wanted))
        self.report.clicked.connect(lambda: self._of_due(self.report_wanted))
        self.gone_report.clicked.connect(self._report_gone)
        self.csv.clicked.connect(self.csv_wanted)
        self.due.moved.connect(self._enable)
        self.gone.moved.connect(self._show_held)

    def show_state(self, state: PrivacyState) -> None:
        """Show what was read."""
        words, found = load_words(), state.due
        if found.years is None:
            self.rule.setText(words("retention.no_period"))
        else:
            rule = words("retention.rule", years=found.years)
            due = words("retention.count", count=len(found.lines)) if found.lines else words("retention.none")
            self.rule.setText(f"{due} {rule}")
        self.due.show_rows(found.lines)
        for widget in (self.due, self.erase, self.open, self.report, self.csv):
            widget.setVisible(bool(found.lines))
        self.gone.show_rows(state.gone)
        self.gone.setVisible(bool(state.gone))
        self.gone_report.setVisible(bool(state.gone))
        self.none_gone.setVisible(not state.gone)
        self._enable()
        self._show_held()

    def clear(self) -> None:
        """Nobody stays in sight."""
        self.due.show_rows(())
        self.gone.show_rows(())

    def _due_cells(self, line: RetentionLine) -> Cells:
        words, one = load_words(), line.kept
        seen = show_date(one.last_seen) if one.last_seen else words("retention.never")
        return (
            (f"{one.patient_number:05d}", ""),
            (
                display_name(one.family_name, one.given_name),
                words("retention.born", date=show_date(one.birth_date)),
            ),
            (seen, words("retention.registered", date=show_date(one.registered))),
            (show_date(line.due), words("retention.counted", what=retention_text(line, words))),
        )

    def _gone_cells(self, row: StillHeld) -> Cells:
        words, person = load_words(), row.person
        at = datetime.fromtimestamp(person.at_ms / 1000, ZoneInfo(self._desk.services.settings.time_zone))
        held = words("erased.held", count=len(row.backups)) if row.backups else words("erased.held.none")
        return (
            (f"{person.patient_number:05d}", ""),
            (show_date(at.date()), f"{at:%H:%M}"),
            (
                self._desk.practitioner_name(person.practitioner_id) or words("access.nobody"),
                words(f"erase.reason.{person.reason.value}"),
            ),
            (held, words("access.row", number=person.row_number)),
        )

    def _enable(self) -> None:
        there = self.due.current is not None
        self.erase.setEnabled(there and not self._desk.read_only)
        self.open.setEnabled(there)
        self.report.setEnabled(there)

    def _show_held(self) -> None:
        row: StillHeld | None = self.gone.current
        self.held.setText(
            held_text(row.backups, self._desk.services.settings.time_zone) if row is not None else ""
        )
        self.held.setVisible(row is not None and bool(row.backups))

    def _of_due(self, wanted: SignalInstance) -> None:
        line: RetentionLine | None = self.due.current
        if line is not None:
            wanted.emit(line.kept.patient_id)

    def _report_gone(self) -> None:
        row: StillHeld | None = self.gone.current
        if row is not None:
            self.report_wanted.emit(row.person.patient_id)


def _line(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
