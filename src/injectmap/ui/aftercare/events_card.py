"""The adverse events of a patient: the list, and the form of one of them with its timed entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from injectmap.domain.aftercare import AdverseEvent, EventEntry
from injectmap.domain.errors import Conflict, InjectmapError
from injectmap.domain.session import OpenSession
from injectmap.services.saving import write_whole
from injectmap.ui.aftercare.entry_form import EntryForm
from injectmap.ui.aftercare.event_form import EventForm
from injectmap.ui.desk import Desk
from injectmap.ui.patients.reason_form import ReasonForm
from injectmap.ui.prompts import Prompts
from injectmap.ui.records.moments import show_moment, zone_of
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# Which field of the form a refusal belongs to.
_FIELDS = {"event_title_empty": "title", "outcome_empty": "outcome", "pass_unknown": "passes"}


def entry_text(entry: EventEntry) -> str:
    """What one entry says, each kind of fact on a line of its own."""
    words, lines = load_words(), [entry.observed] if entry.observed else []
    for one in entry.refill:
        if one.tenths is not None:
            seconds = f"{one.tenths // 10}.{one.tenths % 10}"
            side = words(f"side.{one.side.value}")
            lines.append(words("events.refill.said", side=side, place=one.place, seconds=seconds).strip())
    said = ((key, getattr(entry, key)) for key in ("called", "given", "by"))
    lines += [words(f"events.{key}.said", text=text) for key, text in said if text]
    return "\n".join(lines)


class EventsCard(Card):
    """Shows all events; one is open at a time. An entry once added is never changed."""

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._desk, self._prompts = theme, desk, prompts
        self.shown: AdverseEvent | None = None
        self._opened: OpenSession | None = None
        self.new = Button(theme, words("events.new"))
        rows, entries = QWidget(), QWidget()
        self._rows, self._entries = column(rows), column(entries)
        self._none = TextLabel(theme, "body", "text2", words("events.none"), wrap=True)
        self.form = EventForm(theme)
        self._entries_title = TextLabel(theme, "table_strong", "text", words("events.entries"))
        self.entry = EntryForm(theme)
        self.reason = ReasonForm(theme)
        self.reason.hide()
        self._place = QWidget()
        place = column(self._place, spacing=14)
        for widget in (Hairline(theme), self.form, self.reason, self._entries_title, entries, self.entry):
            place.addWidget(widget)
        head = QHBoxLayout()
        head.addWidget(TextLabel(theme, "section", "text", words("events.title")))
        head.addStretch(1)
        head.addWidget(self.new)
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addLayout(head)
        for widget in (self._none, rows, self._place):
            layout.addWidget(widget)
        self._place.hide()
        self.new.clicked.connect(self.start_new)
        self.form.submitted.connect(self._submit)
        self.form.close_wanted.connect(self._close_or_reopen)
        self.form.print_wanted.connect(self._print)
        self.form.cancelled.connect(self._put_away)
        self.form.error_wanted.connect(self._ask_reason)
        self.reason.given.connect(self._mark_error)
        self.reason.cancelled.connect(self.reason.hide)
        desk.leaving.connect(self.keep)
        desk.patient_changed.connect(self._on_patient)
        self.entry.given.connect(self._add_entry)

    def refresh(self) -> None:
        """Read the events of the open patient."""
        desk, words = self._desk, load_words()
        clear_layout(self._rows)
        assert desk.patient is not None
        found, zone = desk.services.events.of_patient(desk.acting, desk.patient.id), zone_of(desk)
        self._on_patient()
        for one in found:
            state = "in_error" if one.error_reason else "closed" if one.closed else "open"
            button = QPushButton(
                words(
                    "events.row",
                    title=one.title,
                    time=show_moment(one.onset_ms, zone),
                    state=words(f"events.{state}"),
                )
            )
            button.setProperty("kind", "flat")
            button.setProperty("event", one.id)
            button.clicked.connect(self._on_row)
            self._rows.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._found = found
        self._none.setVisible(not found)
        can = desk.editor is not None and not desk.read_only
        self.new.setEnabled(can)
        self.new.setToolTip("" if can else words("score.needs_session"))
        if self.shown is not None:
            self.shown = next((one for one in found if one.id == self.shown.id), None)
            if self.shown is None:
                self._put_away()

    def _on_patient(self) -> None:
        """An open event is put away with its patient, whatever page is open."""
        opened, patient = self._opened, self._desk.patient
        if opened is not None and (patient is None or patient.id != opened.patient.id):
            self._put_away()

    def start_new(self) -> None:
        """Open the form of a new event of the open treatment session."""
        if self._desk.editor is not None and not self._desk.read_only:
            self._show(None, self._desk.opened_now())
            self.form.what.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Store what is being typed, before something else is opened."""
        desk = self._desk
        if not self._place.isVisibleTo(self) or desk.patient is None or desk.read_only:
            return
        if self.form.typed and self.form.what.text().strip():
            self.form.submit()
        if self.shown is not None and self.entry.isVisibleTo(self) and self.entry.typed:
            self.entry.submit()

    def _on_row(self) -> None:
        self.keep()
        event_id = self.sender().property("event")
        self._open(next(one for one in self._found if one.id == event_id))

    def _open(self, event: AdverseEvent) -> None:
        desk = self._desk
        self._show(event, desk.services.sessions.open(desk.acting, event.session_id))

    def _show(self, event: AdverseEvent | None, opened: OpenSession) -> None:
        desk = self._desk
        self.reason.hide()
        self.shown, self._opened = event, opened
        self._show_form()
        self._show_entries()
        self.entry.begin(desk.services.clock.now_ms(), zone_of(desk), desk.services.practitioner.name)
        self._place.show()

    def _show_form(self) -> None:
        desk = self._desk
        assert self._opened is not None
        self.form.begin(
            self._opened,
            self.shown,
            now_ms=desk.services.clock.now_ms(),
            zone=zone_of(desk),
            writable=not desk.read_only,
        )

    def _show_entries(self) -> None:
        event, zone = self.shown, zone_of(self._desk)
        clear_layout(self._entries)
        for one in event.entries if event is not None else ():
            line = QWidget()
            text = column(line, margins=(0, 6, 0, 6))
            text.addWidget(TextLabel(self._theme, "table_strong", "text", show_moment(one.at_ms, zone)))
            text.addWidget(TextLabel(self._theme, "body", "text", entry_text(one), wrap=True))
            self._entries.addWidget(line)
            self._entries.addWidget(Hairline(self._theme))
        free = event is not None and not event.closed and not event.error_reason
        self._entries_title.setVisible(event is not None)
        self.entry.setVisible(free and not self._desk.read_only)

    def _put_away(self) -> None:
        self.shown = self._opened = None
        self.reason.hide()
        self._place.hide()

    def _submit(self, fields: dict[str, Any]) -> None:
        self._store(fields)

    def _store(self, fields: dict[str, Any]) -> bool:
        desk, service = self._desk, self._desk.services.events
        assert self._opened is not None
        around = ("report_number", "reported_to", "outcome")
        inner = {key: value for key, value in fields.items() if key not in around}
        try:
            is_new = self.shown is None
            if self.shown is None:
                self.shown = service.begin(desk.acting, self._opened.session.id, **inner)
            if not is_new or any(fields[key] for key in around):
                self.shown = service.update(desk.acting, self.shown, **fields)
        except InjectmapError as error:
            self._refused(error)
            return False
        self._stored()
        return True

    def _add_entry(self, entry: EventEntry) -> None:
        assert self.shown is not None
        desk = self._desk
        try:
            self.shown = desk.services.events.add_entry(desk.acting, self.shown, entry)
        except InjectmapError as error:
            if isinstance(error, Conflict):
                self.refresh()
            self.entry.say(error_sentence(error))
            return
        # What is being typed around the entries stays.
        desk.stored()
        self.refresh()
        self._show_entries()
        self.entry.begin(desk.services.clock.now_ms(), zone_of(desk), desk.services.practitioner.name)

    def _close_or_reopen(self) -> None:
        desk, service = self._desk, self._desk.services.events
        assert self.shown is not None
        try:
            if self.shown.closed:
                self.shown = service.reopen(desk.acting, self.shown)
            else:
                fields = self.form.read()
                if fields is None or (self.form.typed and not self._store(fields)):
                    return
                if self.entry.typed:
                    self.entry.say(load_words()("events.entry_first"))
                    return
                self.shown = service.close(desk.acting, self.shown, fields["outcome"])
        except InjectmapError as error:
            self._refused(error)
            return
        self._stored()

    def _ask_reason(self) -> None:
        words = load_words()
        assert self.shown is not None
        self.reason.show()
        self.reason.begin(words("events.mark_error"), words("events.mark_error.what", title=self.shown.title))

    def _mark_error(self, reason: str) -> None:
        desk = self._desk
        assert self.shown is not None
        try:
            self.shown = desk.services.events.mark_error(desk.acting, self.shown, reason)
        except InjectmapError as error:
            self.reason.show_problem(error_sentence(error))
            return
        self.reason.hide()
        self._stored()

    def _stored(self) -> None:
        self._desk.stored()
        self.refresh()
        self._show_form()
        self._show_entries()

    def _refused(self, error: InjectmapError) -> None:
        if isinstance(error, Conflict):
            self.refresh()
        field = "onset" if "onset" in error.code or "time" in error.code else _FIELDS.get(error.code, "title")
        self.form.say(field, error_sentence(error))

    def _print(self) -> None:
        """Save the event's form as PDF where the clinician chooses."""
        words, desk, event = load_words(), self._desk, self.shown
        assert event is not None
        assert self._opened is not None
        number = self._opened.session.number_text
        suggested = Path.home() / words("events.file_name", number=number)
        path = self._prompts.choose_new_file(words("events.print"), suggested, words("preview.kind"))
        if path is None:
            return
        service, acting = desk.services.events, desk.acting

        def work(_task: Task) -> Path:
            write_whole(path, service.event_pdf(acting, event))
            return path

        desk.tasks.run(
            work, done=self._saved, failed=self._failed, owner=self, label=words("busy.saving_pdf")
        )

    def _saved(self, path: Path) -> None:
        self._desk.notice.emit(load_words()("preview.saved", path=str(path)))

    def _failed(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))
