"""The page on which somebody signs in, or unlocks what was locked; nothing of a patient is on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from injectmap.domain.accounts import Person
from injectmap.domain.errors import InputRefused
from injectmap.ui.lock.person_row import HEIGHT, PersonRow
from injectmap.ui.start.logo import Logo
from injectmap.ui.start.secrets import ShowTyped
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Scroller, Surface, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import FormRow, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_SHOWN = 5
_TICK_MS = 1_000


@dataclass(frozen=True)
class Entrance:
    """What the page is shown for: who may come in, who sat here before, and how long each still has to wait."""

    clinic: str
    title: str
    note: str
    people: tuple[Person, ...]
    waits: Callable[[str], int] = field(repr=False)
    chosen: str = ""
    # Nobody is chosen for whoever comes: the list has the keyboard until somebody is.
    choose_first: bool = True
    # What Escape and the second button do; "" for none.
    leave: str = ""


class SignInPage(Surface):
    """People as large rows and one password; a refusal and the wait stand under the field, the seconds counting."""

    entered = Signal(str, str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "win")
        words = load_words()
        self._theme = theme
        self._entrance: Entrance | None = None
        self._rows: list[PersonRow] = []
        self._said = ""
        self.title = TextLabel(theme, "page_title", "text")
        self.clinic = TextLabel(theme, "body", "text2", elide=True)
        self.note = TextLabel(theme, "body", "text2", wrap=True)
        self._list_place = QWidget()
        self._list = column(self._list_place, spacing=2)
        self._scroller = Scroller(self._list_place)
        self.password = text_field(limit=1_000)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        # No word list of the system learns it.
        self.password.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhSensitiveData
        )
        self._row = FormRow(theme, words("sign_in.password"), self.password)
        self.show_typed = ShowTyped(theme, (self.password,))
        self.enter = Button(theme, words("sign_in.enter"), kind="primary")
        self.leave = Button(theme, words("form.cancel"))
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._count)
        self._lay_out()
        self.enter.clicked.connect(self.submit)
        self.leave.clicked.connect(self.left)
        self.password.returnPressed.connect(self.submit)
        self.password.textEdited.connect(self._on_typed)
        self.password.installEventFilter(self)
        self.setFocusProxy(self.password)

    def _lay_out(self) -> None:
        card = Card(self._theme)
        card.setFixedWidth(480)
        inner = column(card, margins=(36, 32, 36, 28), spacing=14)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Logo(self._theme, 32))
        names = column(spacing=0)
        names.addWidget(self.title)
        names.addWidget(self.clinic)
        head.addLayout(names, 1)
        inner.addLayout(head)
        inner.addWidget(self.note)
        inner.addWidget(self._scroller)
        inner.addWidget(self._row)
        inner.addWidget(self.show_typed)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.enter, 1)
        inner.addLayout(buttons)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card)
        across.addStretch(1)
        down = column(self, margins=(24, 24, 24, 24))
        down.addStretch(2)
        down.addLayout(across)
        down.addStretch(3)

    # What is shown

    def begin(self, entrance: Entrance) -> None:
        """Show who may come in; what was typed before is gone."""
        self._entrance = entrance
        self.show_typed.setChecked(False)
        self.set_busy(False)
        self.title.setText(entrance.title)
        self.clinic.setText(entrance.clinic)
        self.note.setText(entrance.note)
        self.note.setVisible(bool(entrance.note))
        self.leave.setText(entrance.leave)
        self.leave.setVisible(bool(entrance.leave))
        clear_layout(self._list)
        self._rows = []
        for person in entrance.people:
            row = PersonRow(self._theme, person)
            row.clicked.connect(self._on_row)
            row.installEventFilter(self)
            self._list.addWidget(row)
            self._rows.append(row)
        shown = min(len(self._rows), _SHOWN)
        self._scroller.setFixedHeight(shown * HEIGHT + max(0, shown - 1) * 2)
        ids = [row.person.practitioner_id for row in self._rows]
        if entrance.chosen in ids or entrance.choose_first:
            self._choose(ids.index(entrance.chosen) if entrance.chosen in ids else 0)
        else:
            self.password.clear()
            self._said = ""
            self._count()
        self.setFocusProxy(self._wants_keyboard)

    def end(self) -> None:
        """Forget what was typed and count no more."""
        self._tick.stop()
        self.show_typed.setChecked(False)
        self.password.clear()
        self._entrance = None

    @property
    def chosen(self) -> Person | None:
        """The person chosen."""
        return next((row.person for row in self._rows if row.isChecked()), None)

    @property
    def problem(self) -> str:
        """What stands under the field."""
        return self._row.problem

    def show_refusal(self, error: Exception) -> None:
        """Say why it was not let in; the field is emptied and the wait, if there is one, counted down."""
        self.set_busy(False)
        self.password.clear()
        waits = isinstance(error, InputRefused) and error.code == "sign_in_wait"
        self._said = "" if waits else error_sentence(error)
        self._count()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, sentence: str) -> None:
        """Say what stands in the way."""
        self.password.clear()
        self._said = sentence
        self._count()

    def set_busy(self, busy: bool) -> None:
        """While the password is checked nothing is typed."""
        for widget in (self.password, self.enter, self.leave, self._list_place):
            widget.setEnabled(not busy)

    def take_focus(self) -> None:
        """The keyboard goes to the password of who is chosen, or to the list."""
        self._wants_keyboard.setFocus(Qt.FocusReason.OtherFocusReason)
        chosen = next((row for row in self._rows if row.isChecked()), None)
        if chosen is not None:
            # Once the list has been laid out.
            QTimer.singleShot(0, chosen, lambda: self._scroller.ensureWidgetVisible(chosen, 0, 0))

    @property
    def _wants_keyboard(self) -> QWidget:
        return self.password if self.chosen is not None or not self._rows else self._rows[0]

    # What is done

    def submit(self) -> None:
        """Hand on who wants in with what password."""
        person = self.chosen
        if person is None or not self.enter.isEnabled():
            return
        if not self.password.text():
            self._row.show_problem(load_words()("sign_in.password_empty"))
            return
        self.set_busy(True)
        self.entered.emit(person.practitioner_id, self.password.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down choose a person while the keyboard stays with the password; in the list Enter does."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if isinstance(watched, PersonRow):
                return self._on_list_key(watched, Qt.Key(event.key()))
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step and self._rows:
                now = next((at for at, row in enumerate(self._rows) if row.isChecked()), 0)
                self._choose(max(0, min(len(self._rows) - 1, now + step)))
                return True
        return False

    def _on_list_key(self, row: PersonRow, key: Qt.Key) -> bool:
        """Up and Down go through the list, Enter or the space bar chooses."""
        at = self._rows.index(row)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if step:
            other = self._rows[max(0, min(len(self._rows) - 1, at + step))]
            other.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroller.ensureWidgetVisible(other, 0, 0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(at)
        return bool(step) or self._rows[at].isChecked()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves, where there is somewhere to go."""
        if event.key() == Qt.Key.Key_Escape and self.leave.isVisibleTo(self):
            self.left.emit()
        else:
            # Nothing typed here goes on to what lies under the page.
            event.accept()

    def _on_row(self) -> None:
        row = self.sender()
        if isinstance(row, PersonRow):
            self._choose(self._rows.index(row))

    def _choose(self, at: int) -> None:
        self._said = ""
        self.password.clear()
        if self._rows:
            self._rows[at].setChecked(True)
            self._scroller.ensureWidgetVisible(self._rows[at], 0, 0)
        self._count()
        if self.isVisible():
            # Before that the keyboard is still where something may be half typed.
            self.take_focus()

    def _on_typed(self) -> None:
        self._said = ""
        if not self._tick.isActive():
            self._row.clear_problem()

    def _count(self) -> None:
        """Say what was refused and how long it is still to be waited; the field opens when it is over."""
        person, entrance = self.chosen, self._entrance
        seconds = entrance.waits(person.practitioner_id) if entrance is not None and person else 0
        parts = [self._said] if self._said else []
        if seconds:
            parts.append(wait_text(seconds))
        self._row.show_problem(" ".join(parts)) if parts else self._row.clear_problem()
        for widget in (self.password, self.enter):
            widget.setEnabled(person is not None and not seconds)
        if seconds and not self._tick.isActive():
            self._tick.start()
        elif not seconds and self._tick.isActive():
            self._tick.stop()
            self.take_focus()


def wait_text(seconds: int) -> str:
    """How long nothing is tried, in words."""
    words = load_words()
    if seconds < 60:
        return words("sign_in.wait", seconds=seconds)
    return words("sign_in.wait_long", minutes=seconds // 60, seconds=f"{seconds % 60:02d}")
