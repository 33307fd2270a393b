"""Inline forms: a label over each field, its hint or its problem under it, all named for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import Theme, metrics
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.tips import plain_tip


class FormRow(QWidget):
    """One field of a form; a problem stands under the field that caused it and what was typed stays."""

    def __init__(
        self, theme: Theme, label: str, field: QWidget, *, hint: str = "", steady: bool = False
    ) -> None:
        """Tie label and field together; `hint` is shown until there is a problem.

        A steady row keeps a line free for either, so that what follows does not move under the pointer.
        """
        super().__init__()
        self._steady = steady
        self.field = field
        self._hint = hint
        self._label = TextLabel(theme, "label", "text2", label)
        self._label.setBuddy(field)
        self._under = TextLabel(theme, "label", "text3", hint, wrap=True)
        self._under.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._under.setMinimumHeight(metrics("label").height() if steady else 0)
        self._under.setVisible(bool(hint) or steady)
        field.setAccessibleName(label)
        field.setAccessibleDescription(hint)
        layout = column(self, spacing=4)
        layout.addWidget(self._label)
        layout.addWidget(field)
        layout.addWidget(self._under)
        if isinstance(field, QLineEdit):
            field.textEdited.connect(self.clear_problem)

    @property
    def problem(self) -> str:
        """The problem shown, or nothing."""
        return self._under.full_text() if self.field.property("refused") else ""

    def show_label(self, label: str) -> None:
        """Name the field anew."""
        self._label.setText(label)
        self.field.setAccessibleName(label)

    def show_hint(self, hint: str) -> None:
        """Say something helpful under the field, such as how a date was read."""
        self._hint = hint
        # A problem stands until the clinician types: rewriting a date must not take it away.
        if not self.problem:
            self.clear_problem()

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong under the field."""
        self._mark(True)
        self._under.set_colour("error")
        self._under.setText(sentence)
        self._under.show()
        self.field.setAccessibleDescription(sentence)

    def clear_problem(self) -> None:
        """Back to the hint."""
        self._mark(False)
        self._under.set_colour("text3")
        self._under.setText(self._hint)
        self._under.setVisible(bool(self._hint) or self._steady)
        self.field.setAccessibleDescription(self._hint)

    def _mark(self, refused: bool) -> None:
        if bool(self.field.property("refused")) != refused:
            self.field.setProperty("refused", refused)
            style = self.field.style()
            style.unpolish(self.field)
            style.polish(self.field)


class Form(QWidget):
    """Rows one under the other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, steady: bool = False) -> None:
        super().__init__(parent)
        self._theme, self._steady = theme, steady
        self._rows: list[FormRow] = []
        self._layout: QVBoxLayout = column(self, spacing=8 if steady else 12)

    def row(self, label: str, field: QWidget, *, hint: str = "") -> FormRow:
        """Add a field."""
        row = FormRow(self._theme, label, field, hint=hint, steady=self._steady)
        self._rows.append(row)
        self._layout.addWidget(row)
        return row

    def add(self, widget: QWidget) -> None:
        """Add something that is no field."""
        self._layout.addWidget(widget)

    def beside(self, *rows: FormRow) -> None:
        """Put rows that were added one after the other on one line, each as wide."""
        line = QHBoxLayout()
        line.setSpacing(12)
        place = self._layout.indexOf(rows[0])
        for row in rows:
            self._layout.removeWidget(row)
            line.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        self._layout.insertLayout(place, line)

    def clear_problems(self) -> None:
        """Take all problems away, before checking again."""
        for row in self._rows:
            row.clear_problem()

    def focus_problem(self) -> None:
        """Put the keyboard on the first field with a problem."""
        for row in self._rows:
            if row.problem:
                self._focus(row)
                return

    def go_on(self) -> bool:
        """Put the keyboard on the field after the one that has it; False if it is in the last."""
        focus = QApplication.focusWidget()
        rows = [row for row in self._rows if row.isVisible()]
        for place, row in enumerate(rows):
            if focus is not None and row.isAncestorOf(focus):
                if row is rows[-1]:
                    return False
                self._focus(rows[place + 1])
        return True

    def _focus(self, row: FormRow) -> None:
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(row.field, QLineEdit):
            row.field.selectAll()
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(row)


def text_field(*, limit: int = 32_767, placeholder: str = "") -> QLineEdit:
    """A one-line field. Its limit is above what is accepted, so that too long a text is refused aloud, not cut."""
    field = QLineEdit()
    field.setMaxLength(limit)
    field.setPlaceholderText(placeholder)
    return field


def choice_field(theme: Theme, choices: list[tuple[str, object]], chosen: object = None) -> QComboBox:
    """A field to choose one of (text, value); the wheel does not change it while the form scrolls."""
    field = _CalmComboBox(theme)
    field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    field.setMinimumContentsLength(8)
    for text, value in choices:
        field.addItem(text, value)
        field.setItemData(field.count() - 1, plain_tip(text), Qt.ItemDataRole.ToolTipRole)
        if chosen is not None and value == chosen:
            field.setCurrentIndex(field.count() - 1)
    return field


class _CalmComboBox(QComboBox):
    """Ignores the wheel unless its list is open: scrolling a form must never change a plane."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        centre = QPointF(self.width() - 16, self.height() / 2)
        paint_icon(QPainter(self), "chevron_down", centre, self._theme.colour("text2"), 16)
