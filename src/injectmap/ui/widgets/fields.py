"""Fields that read dates, counts and volumes as they are typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.units import parse_volume, show_volume
from injectmap.ui.theme import font
from injectmap.ui.widgets.dates import DateUnreadable, read_date, read_expiry, show_date
from injectmap.ui.widgets.form import FormRow
from injectmap.words import load_words


class DateField(QLineEdit):
    """A date typed in any usual writing; it is shown back as 14 Mar 1968 while typing and rewritten on leaving."""

    read = Signal(object)
    left = Signal()

    def __init__(
        self,
        *,
        reader: Callable[[str], dt.date] = read_date,
        start: dt.date | None = None,
        unreadable: str = "",
    ) -> None:
        """`reader` turns text into a date or raises DateUnreadable; `unreadable` is the key of what is said then."""
        super().__init__(show_date(start) if start is not None else "")
        self.setMaxLength(60)
        self._reader = reader
        self._unreadable = unreadable or (
            "date.unreadable.expiry" if reader is read_expiry else "date.unreadable"
        )
        self.textChanged.connect(self._say)
        self.editingFinished.connect(self._rewrite)

    @property
    def empty(self) -> bool:
        """True if nothing was typed."""
        return not self.text().strip()

    def date(self) -> dt.date | None:
        """The date, or None if there is none that can be read."""
        try:
            return self._reader(self.text())
        except DateUnreadable:
            return None

    @property
    def wrong(self) -> str:
        """What is wrong with the text as a date, in words; an empty field is not wrong."""
        if self.empty:
            return ""
        try:
            self._reader(self.text())
        except DateUnreadable as error:
            return load_words()("date.day_first" if error.month_first else self._unreadable)
        return ""

    def set_date(self, date: dt.date | None) -> None:
        """Show a date."""
        self.setText(show_date(date) if date is not None else "")

    def show_reading_in(self, row: FormRow, hint: str) -> None:
        """Say under the field how the text is read, before anything is accepted."""

        def say(date: dt.date | None) -> None:
            said = hint
            if date is not None:
                # What already stands there need not be said again.
                same = self.text().strip() == show_date(date)
                said = "" if same else load_words()("date.read_as", date=show_date(date))
            row.show_hint(said)

        def check() -> None:
            if self.wrong:
                row.show_problem(self.wrong)

        self.read.connect(say)
        self.left.connect(check)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the field was left; another window or a menu in front is no leaving."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.left.emit()

    def _say(self) -> None:
        self.read.emit(self.date())

    def _rewrite(self) -> None:
        date = self.date()
        if date is not None and self.text() != show_date(date):
            self.setText(show_date(date))


class CountField(QWidget):
    """A small whole number with a step button on each side."""

    changed = Signal(int)

    def __init__(self, *, value: int, lowest: int, highest: int) -> None:
        super().__init__()
        words = load_words()
        self._lowest, self._highest = lowest, highest
        self._edit = QLineEdit(str(value))
        self._edit.setMaxLength(4)
        self._edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._less = QPushButton("−")
        self._more = QPushButton("+")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button, name in ((self._less, "field.less"), (self._more, "field.more")):
            button.setFixedWidth(40)
            button.setAccessibleName(words(name))
            button.setToolTip(words(name))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout.addWidget(self._less)
        layout.addWidget(self._edit)
        layout.addWidget(self._more)
        self.setFocusProxy(self._edit)
        self._less.clicked.connect(self._step_down)
        self._more.clicked.connect(self._step_up)
        self._edit.textChanged.connect(self._tell)
        self._edit.installEventFilter(self)

    def value(self) -> int | None:
        """The number, or None if what is typed is none within the limits."""
        typed = self._edit.text().strip()
        # isdecimal alone would take digits of other scripts.
        if not (typed.isascii() and typed.isdecimal()):
            return None
        number = int(typed)
        return number if self._lowest <= number <= self._highest else None

    def set_value(self, value: int) -> None:
        """Show a number."""
        self._edit.setText(str(value))

    def setAccessibleName(self, name: str) -> None:
        """The name belongs to the part that takes the keyboard."""
        super().setAccessibleName(name)
        self._edit.setAccessibleName(name)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Up and down step."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Up:
                self._step_up()
                return True
            if event.key() == Qt.Key.Key_Down:
                self._step_down()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _step_up(self) -> None:
        self._step(1)

    def _step_down(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        value = self.value()
        start = self._lowest - by if value is None else value
        self._edit.setText(str(min(self._highest, max(self._lowest, start + by))))

    def _tell(self) -> None:
        value = self.value()
        if value is not None:
            self.changed.emit(value)


class VolumeField(QLineEdit):
    """A volume in mL, typed with comma or point; it reads microlitres or refuses aloud."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(24)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(font("table_strong"))
        self.setAccessibleName(load_words()("field.volume"))
        self.textEdited.connect(self._unmark)

    def set_microlitres(self, volume: int) -> None:
        """Show a volume, all selected, so that typing replaces it."""
        self.setText(show_volume(volume))
        self.selectAll()

    def microlitres(self) -> int:
        """The volume; InputRefused as in parse_volume, and the field is marked."""
        try:
            return parse_volume(self.text())
        except InputRefused:
            self.mark(True)
            raise

    def mark(self, refused: bool) -> None:
        """Show or take away the mark of a refused volume."""
        if bool(self.property("refused")) != refused:
            self.setProperty("refused", refused)
            self.style().unpolish(self)
            self.style().polish(self)

    def _unmark(self) -> None:
        self.mark(False)
