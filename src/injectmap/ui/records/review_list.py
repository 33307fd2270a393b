"""The completeness list of the open record, with an editor under each line that is written in a field."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.completeness import Line, LineState, missing, required_counts
from injectmap.domain.errors import InjectmapError
from injectmap.domain.record import RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, Requirement
from injectmap.ui.desk import Desk
from injectmap.ui.records import entry_editors as editors
from injectmap.ui.records import record_deeds
from injectmap.ui.records.field_editors import FieldEditors
from injectmap.ui.records.review_row import ReviewRow
from injectmap.ui.records.written_text import WrittenLines
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, TextLabel, column
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import line_text, load_words

# Which fields a line is written in; lines without any are about the map or the syringes.
FIELDS: dict[Requirement, tuple[RecordField, ...]] = {
    Requirement.CONSENT: (RecordField.CONSENT,),
    Requirement.REASON: (RecordField.REASON,),
    Requirement.RISKS: (RecordField.RISKS,),
    Requirement.HISTORY: (RecordField.HISTORY,),
    Requirement.PREPARATION: (RecordField.PREPARATION, RecordField.ANAESTHESIA),
    Requirement.REACTIONS: (RecordField.REACTIONS,),
    Requirement.AFTERCARE: (RecordField.AFTERCARE,),
    Requirement.ASYMMETRY: (RecordField.ASYMMETRY,),
    Requirement.PHOTOGRAPHS: (RecordField.PHOTOGRAPHS,),
}
OF_SYRINGES = frozenset({Requirement.LOT, Requirement.BALANCE, Requirement.EXPIRY})
# Written in the record although no clinic can require it.
ALSO = (RecordField.CONCERN, RecordField.NOTES)

Key = Requirement | RecordField


class ReviewList(QWidget):
    """Shows what is there and what is missing, and writes the fields; one line is open at a time."""

    syringes_wanted = Signal()
    chart_wanted = Signal()
    all_there = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._desk = theme, desk
        self._lines: tuple[Line, ...] = ()
        self._editors = FieldEditors(theme)
        self._follow_up: editors.FollowUpEditor | None = None
        self._session_id = ""
        self._count = TextLabel(theme, "table", "text2")
        self.rows: dict[Key, ReviewRow] = {
            **{one: ReviewRow(theme, words(f"requirement.{one.value}")) for one in Requirement},
            **{one: ReviewRow(theme, words(f"field.{one.value}")) for one in ALSO},
        }
        self._written = WrittenLines(self.rows, self._fields)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 6)
        head.addWidget(TextLabel(theme, "table_strong", "text", words("complete.title")))
        head.addStretch(1)
        head.addWidget(self._count)
        body = QWidget()
        self._body = column(body)
        for row in self.rows.values():
            self._body.addWidget(row)
            row.pressed.connect(self._on_pressed)
        self._body.addWidget(TextLabel(theme, "label", "text2", words("complete.set_by_clinic")))
        self._body.addStretch(1)
        self._scroller = Scroller(body)
        layout = column(self)
        layout.addLayout(head)
        layout.addWidget(self._scroller, 1)

    # Showing

    def show_lines(self, opened: OpenSession, settings: ClinicSettings, lines: tuple[Line, ...]) -> None:
        """Show the list in its order, and keep an open line open; a line of another record is closed."""
        if opened.session.id != self._session_id:
            self._leave()
        self._written.follow(opened, stays=opened.session.id == self._session_id and not self._writable)
        self._session_id, self._lines = opened.session.id, lines
        for which in self._fields(self.open_key) if self.open_key is not None else ():
            self._editors.take_news(which, opened.entries.get(which))
        words, zone = load_words(), settings.time_zone
        for place, line in enumerate(lines):
            row = self.rows[line.requirement]
            row.button.show_line(line.state, line_text(line, words, zone))
            if self._body.indexOf(row) != place:
                self._body.removeWidget(row)
                self._body.insertWidget(place, row)
        for which in ALSO:
            entry = opened.entries.get(which)
            there = entry is not None and bool(entry.text)
            said = (
                entry.text.split("\n", 1)[0]
                if entry is not None and there
                else words("complete.not_recorded")
            )
            self.rows[which].button.show_line(LineState.DONE if there else LineState.OPTIONAL, said)
        for key, row in self.rows.items():
            # A signed record is read: what is written opens, what leads to the chart or the syringes leads there.
            led = not (self._fields(key) or key is Requirement.FOLLOW_UP)
            row.button.opens = self._writable or led or bool(self._written.text(key, opened))
            row.button.update()
        done, of = required_counts(lines, settings)
        self._count.setText(words("complete.count_required", done=done, of=of))

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """What stands against signing."""
        return missing(self._lines)

    @property
    def open_key(self) -> Key | None:
        """The line that is open to be written."""
        return next((key for key, row in self.rows.items() if row.is_open and not row.is_reading), None)

    # Opening

    def open_missing(self) -> None:
        """Open the first line that is missing; with none, say that all is there."""
        if lacking := self.missing:
            self.open_line(lacking[0])
        else:
            self.close_line()
            self.all_there.emit()

    def open_line(self, key: Key) -> None:
        """Open one line and put the keyboard in it; lines about map or syringes lead there."""
        row, bar = self.rows[key], self._scroller.verticalScrollBar()
        stood = row.y() - bar.value()
        if not self.close_line():
            return
        self._written.stop()
        if key in OF_SYRINGES:
            self.syringes_wanted.emit()
            return
        fields = self._fields(key)
        if not self._writable or (not fields and key is not Requirement.FOLLOW_UP):
            row.set_open(False)
            if self._desk.editor is not None and not self._writable:
                self._written.show(key, self._desk.editor.opened)
                self._hold_in_sight(row, stood)
            row.button.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroller.ensureWidgetVisible(row)
            return
        first: editors.EntryEditor
        if key is Requirement.FOLLOW_UP:
            first = self._begin_follow_up()
        else:
            first, *_ = [self._begin(key, which) for which in fields]
        row.set_open(True)
        first.take_focus()
        self._hold_in_sight(row, stood)

    def close_line(self) -> bool:
        """Close the open line once what was typed in it is stored; False if that was refused, and the line stays."""
        key = self.open_key
        if key is None:
            return True
        if not self._keep(key):
            self._scroller.ensureWidgetVisible(self.rows[key])
            return False
        self.rows[key].set_open(False)
        return True

    def keep(self) -> None:
        """Store what is being typed, before something else is opened."""
        if self.open_key is not None:
            self._keep(self.open_key)

    def _leave(self) -> None:
        """Close the line of a record that is no longer open; what could not be stored waits for its record."""
        key = self.open_key
        if key is None:
            return
        for which in self._fields(key):
            self._editors.set_aside(which, self._session_id)
        self.rows[key].set_open(False)

    def _hold_in_sight(self, row: ReviewRow, stood: int) -> None:
        """Leave the row where it stood as far as it then shows whole; the line closed above it must not pull it away."""

        def settle() -> None:
            bar, height = self._scroller.verticalScrollBar(), self._scroller.viewport().height()
            top, end = row.y(), row.y() + row.height()
            value = max(top - max(0, stood), end - height)
            bar.setValue(min(value, top))

        # Once the layout has given the opened line its height.
        QTimer.singleShot(0, row, settle)

    @staticmethod
    def _fields(key: Key) -> tuple[RecordField, ...]:
        return (key,) if isinstance(key, RecordField) else FIELDS.get(key, ())

    @property
    def _writable(self) -> bool:
        editor = self._desk.editor
        return editor is not None and not editor.read_only and not self._desk.read_only

    def _begin(self, key: Key, which: RecordField) -> editors.EntryEditor:
        editor = self._editors.get(which)
        if editor is None:
            editor = self._editors.make(which)
            editor.setProperty("line", key.value)
            editor.kept.connect(self._on_kept)
            editor.done.connect(self._on_done)
            self.rows[key].hold(editor)
        assert self._desk.editor is not None
        entry, settings = self._desk.editor.opened.entries.get(which), self._desk.services.settings_service
        if self._editors.begin(which, self._session_id, entry, settings.current()):
            self.rows[key].say(load_words()("review.set_aside"))
        return editor

    def _begin_follow_up(self) -> editors.FollowUpEditor:
        if self._follow_up is None:
            self._follow_up = editors.FollowUpEditor(self._theme)
            self._follow_up.done.connect(self._on_done)
            self.rows[Requirement.FOLLOW_UP].hold(self._follow_up)
        assert self._desk.editor is not None
        session = self._desk.editor.session
        self._follow_up.show_day(session.date, session.follow_up)
        return self._follow_up

    # Writing

    def _on_pressed(self) -> None:
        row = self.sender()
        key = next(one for one, other in self.rows.items() if other is row)
        if self.open_key is key:
            self.close_line()
        elif self.rows[key].is_reading:
            self._written.stop()
        elif key in (Requirement.PLANE, Requirement.VOLUME, Requirement.CONFIRMED):
            self.rows[key].set_open(False)
            self.chart_wanted.emit()
        else:
            self.open_line(key)

    def _on_kept(self) -> None:
        if self._is_here:
            self.keep()

    @property
    def _is_here(self) -> bool:
        """True while the record that the lines show is the one that is open."""
        editor = self._desk.editor
        return editor is not None and editor.session.id == self._session_id

    def _on_done(self) -> None:
        """Store, and go on to the next line that is missing, or to the second field of this one."""
        key, editor = self.open_key, self.sender()
        if isinstance(editor, editors.EntryEditor):
            editor.accept()
        if key is None or not self._keep(key):
            return
        both = [self._editors[which] for which in self._fields(key)]
        if editor in both and both.index(editor) + 1 < len(both):
            both[both.index(editor) + 1].take_focus()
            return
        self.rows[key].set_open(False)
        self.open_missing()

    def _keep(self, key: Key) -> bool:
        """Store what the line's editors hold; False if it was refused, which is said under the line."""
        row, desk = self.rows[key], self._desk
        if not self._is_here:
            return False
        try:
            if key is Requirement.FOLLOW_UP:
                assert self._follow_up is not None
                if self._follow_up.field.wrong:
                    self._follow_up.day()
                    return False
                record_deeds.set_follow_up(desk, self._follow_up.day())
            else:
                for which in self._fields(key):
                    editor = self._editors[which]
                    if unsaid := editor.unsaid():
                        row.say(load_words()(unsaid))
                        return False
                    # What was only looked at is not written: it may have been changed elsewhere since.
                    if (held := self._editors.changed(which)) is not None:
                        record_deeds.write(desk, which, *held)
                        self._editors.stored(which, held)
        except InjectmapError as error:
            row.say(error_sentence(error))
            return False
        row.say("")
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the open line; up and down go from line to line."""
        keys = [key for key, row in self.rows.items() if row.isVisible()]
        focused = next((key for key in keys if self.rows[key].button.hasFocus()), None)
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_Escape and (key := self.open_key) is not None:
            # What was refused once is let go of with a second Escape.
            refused = bool(self.rows[key].problem.full_text())
            if not self.close_line() and refused:
                self.rows[key].set_open(False)
            if self.open_key is None:
                self.rows[key].button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif step and focused is not None:
            ranked = sorted(keys, key=lambda one: self.rows[one].y())
            at = max(0, min(len(ranked) - 1, ranked.index(focused) + step))
            self.rows[ranked[at]].button.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroller.ensureWidgetVisible(self.rows[ranked[at]])
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and focused is not None
            and not event.modifiers()
        ):
            self.rows[focused].button.click()
        else:
            super().keyPressEvent(event)
