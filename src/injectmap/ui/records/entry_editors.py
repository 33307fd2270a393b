"""What stands in one field of the record, typed or chosen: one editor for each kind of field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QWidget

from injectmap.domain.record import HistoryFlag, RecordEntry
from injectmap.ui.records.phrase_list import PhraseList
from injectmap.ui.theme import Theme, metrics
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import read_date
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

Details = tuple[tuple[str, str], ...]
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
IDLE_MS = 1000
# Marks the words of a record that are not among the choices offered.
_OWN = Qt.ItemDataRole.UserRole + 1


def set_lines(box: QPlainTextEdit, lines: int) -> None:
    """Make a box as high as so many lines; the theme's own least height would win over a fixed one."""
    # With the document's margin above and below: a box of one line must not scroll.
    height = lines * metrics("body").lineSpacing() + 2 * round(box.document().documentMargin()) + 2
    box.setStyleSheet(f"QPlainTextEdit {{ min-height: {height}px; max-height: {height}px; }}")


class TextBox(QPlainTextEdit):
    """Words over several lines: Enter is done, Shift and Enter a new line, and a pause keeps what is there."""

    done = Signal()
    paused = Signal()

    def __init__(self, name: str, *, lines: int = 3) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        set_lines(self, lines)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.paused)
        self.textChanged.connect(self._start)

    def take(self, text: str) -> None:
        """Show a text; this is no typing."""
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self._idle.stop()
        cursor = self.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is done."""
        if event.key() in _ENTER and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self._idle.stop()
            self.done.emit()
        elif event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving keeps what is there; another window in front is no leaving."""
        super().focusOutEvent(event)
        if self._idle.isActive() and event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self._idle.stop()
            self.paused.emit()

    def _start(self) -> None:
        self._idle.start(IDLE_MS)


def choose(field: QComboBox, stored: str) -> None:
    """Choose what is stored; words that are none of the choices are shown as they stand and never replaced unasked."""
    while field.count() and field.itemData(field.count() - 1, _OWN):
        field.removeItem(field.count() - 1)
    if field.findData(stored) < 0:
        field.addItem(stored, stored)
        field.setItemData(field.count() - 1, True, _OWN)
        field.setItemData(field.count() - 1, plain_tip(stored), Qt.ItemDataRole.ToolTipRole)
    field.setCurrentIndex(field.findData(stored))


class EntryEditor(QWidget):
    """Edits one field. `kept` asks to store what is there and `done` to store it and go on."""

    kept = Signal()
    done = Signal()

    def begin(self, entry: RecordEntry | None) -> None:
        """Show what stands in the field."""
        raise NotImplementedError

    def text(self) -> str:
        """The words."""
        return ""

    def details(self) -> Details:
        """The named details."""
        return ()

    def accept(self) -> None:
        """What is shown is meant: the clinician has pressed Enter or the button."""

    def unsaid(self) -> str:
        """Why what is typed cannot be stored by merely leaving, as the key of a sentence; nothing if it can."""
        return ""

    def draft(self) -> tuple[str, Details]:
        """All that is typed, stored or not."""
        return self.text(), self.details()

    def restore(self, text: str, details: Details) -> None:
        """Show a draft again, over what is stored."""
        self.begin(RecordEntry(text, 0, "", details))

    def take_focus(self) -> None:
        """Put the keyboard where it is wanted first."""
        raise NotImplementedError


class PhraseEditor(EntryEditor):
    """Words, with the clinic's own phrases above: Enter or a digit takes a phrase, anything else is typed."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.phrases = PhraseList(theme, name)
        self.box = TextBox(name)
        layout = column(self, spacing=8)
        layout.addWidget(self.phrases)
        layout.addWidget(self.box)
        self.phrases.taken.connect(self._take_phrase)
        self.phrases.typed.connect(self._type)
        self.box.done.connect(self.done)
        self.box.paused.connect(self.kept)

    def offer(self, phrases: Sequence[str]) -> None:
        """Offer the clinic's phrases."""
        self.phrases.offer(phrases)

    def begin(self, entry: RecordEntry | None) -> None:
        """Show the words."""
        self.box.take(entry.text if entry is not None else "")

    def text(self) -> str:
        """The words."""
        return self.box.toPlainText()

    def take_focus(self) -> None:
        """The phrases while nothing is written yet, else the words."""
        first = self.phrases if self.phrases.offered and not self.text().strip() else self.box
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_phrase(self, phrase: str) -> None:
        before = self.text().rstrip()
        self.box.take(f"{before}\n{phrase}" if before else phrase)
        self.done.emit()

    def _type(self, letters: str) -> None:
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.box.insertPlainText(letters)


class HistoryEditor(EntryEditor):
    """Each flag asked is answered with no, yes or words; what was not asked stays empty."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        answers: list[tuple[str, object]] = [
            (words("history.not_asked"), ""),
            (words("answer.no"), "no"),
            (words("answer.yes"), "yes"),
        ]
        self.flags = {}
        layout = column(self, spacing=6)
        for flag in HistoryFlag:
            field = choice_field(theme, answers)
            name = words(f"history.{flag.value}")
            field.setAccessibleName(name)
            field.setFixedWidth(116)
            self.flags[flag] = field
            line = QHBoxLayout()
            line.addWidget(TextLabel(theme, "table", "text", name, wrap=True), 1)
            line.addWidget(field)
            layout.addLayout(line)
        self.all_no = Button(theme, words("history.all_no"), kind="primary", icon_name="tick")
        self.box = TextBox(words("history.remarks"), lines=2)
        self.box.setPlaceholderText(words("history.remarks"))
        layout.addWidget(self.box)
        layout.addWidget(self.all_no)
        self.all_no.clicked.connect(self._answer_rest)
        self.box.done.connect(self.done)

    def begin(self, entry: RecordEntry | None) -> None:
        """Show the answers."""
        for flag, field in self.flags.items():
            choose(field, entry.detail(flag.value) if entry is not None else "")
        self.box.take(entry.text if entry is not None else "")

    def text(self) -> str:
        """The remarks."""
        return self.box.toPlainText()

    def details(self) -> Details:
        """The answers."""
        return tuple((flag.value, str(field.currentData())) for flag, field in self.flags.items())

    def take_focus(self) -> None:
        """The button that answers the rest with no."""
        self.all_no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answer_rest(self) -> None:
        for field in self.flags.values():
            if not field.currentData():
                field.setCurrentIndex(field.findData("no"))
        self.done.emit()


class LeafletEditor(PhraseEditor):
    """Which leaflet was given, and what was said."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        words = load_words()
        self._usual = self._stored = ""
        self._given = False
        self.leaflet = text_field()
        self.give = Button(theme, words("aftercare.give"), kind="primary", icon_name="tick")
        form = Form(theme)
        form.row(words("aftercare.leaflet"), self.leaflet)
        layout = self.layout()
        assert layout is not None
        layout.removeWidget(self.box)
        layout.addWidget(form)
        layout.addWidget(self.box)
        layout.addWidget(self.give)
        self.give.clicked.connect(self.done)
        self.leaflet.returnPressed.connect(self.done)

    def offer_leaflet(self, usual: str) -> None:
        """Begin with the clinic's usual leaflet."""
        self._usual = usual

    def begin(self, entry: RecordEntry | None) -> None:
        """Show leaflet and words."""
        super().begin(entry)
        self._given = False
        self._stored = entry.detail("leaflet") if entry is not None else ""
        self.leaflet.setText(self._stored or self._usual)

    def details(self) -> Details:
        """The leaflet; the clinic's usual one is no leaflet given before it was said so."""
        meant = self._given or self.leaflet.isModified()
        return (("leaflet", self.leaflet.text().strip() if meant else self._stored),)

    def accept(self) -> None:
        """The leaflet shown was given."""
        self._given = True

    def take_focus(self) -> None:
        """The button where the leaflet is known."""
        if self.leaflet.text().strip():
            self.give.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().take_focus()


def read_coming_date(typed: str) -> dt.date:
    """Read the day of a review: of two figures for the year it takes the one within the next ten years."""
    today = dt.datetime.now().astimezone().date()
    return read_date(typed, today + dt.timedelta(days=3652))


class FollowUpEditor(EntryEditor):
    """The day of the review: typed, or so many weeks after the treatment."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._treated = dt.date.min
        self.field = DateField(reader=read_coming_date)
        self.field.setAccessibleName(words("follow_up.date"))
        self.row = Form(theme)
        self.date_row = self.row.row(words("follow_up.date"), self.field)
        self.field.show_reading_in(self.date_row, "")
        weeks = QHBoxLayout()
        weeks.setSpacing(6)
        for count in (2, 4, 12):
            button = Button(theme, words("follow_up.weeks", count=count))
            button.setProperty("weeks", count)
            button.clicked.connect(self._in_weeks)
            weeks.addWidget(button)
        weeks.addStretch(1)
        layout = column(self, spacing=8)
        layout.addWidget(self.row)
        layout.addLayout(weeks)
        self.field.returnPressed.connect(self.done)

    def show_day(self, treated: dt.date, day: dt.date | None) -> None:
        """Show the day that is set."""
        self._treated = treated
        self.field.set_date(day)

    def begin(self, entry: RecordEntry | None) -> None:
        """The day comes from the session, not from an entry."""

    def day(self) -> dt.date | None:
        """The day typed; None for none, with the problem shown if it cannot be read."""
        if self.field.wrong:
            self.date_row.show_problem(self.field.wrong)
        return self.field.date()

    def take_focus(self) -> None:
        """The date."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def _in_weeks(self) -> None:
        button = self.sender()
        assert button is not None
        self.field.set_date(self._treated + dt.timedelta(weeks=int(button.property("weeks"))))
        self.done.emit()
