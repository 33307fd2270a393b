"""What a restore would change, in counts and words, and the question whether it shall be."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from injectmap.domain.backups import COUNTED, Comparison
from injectmap.ui.theme import Theme
from injectmap.ui.trust.backup_texts import moment_text
from injectmap.ui.widgets.basics import Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import comparison_lines, load_words


class ComparisonView(QWidget):
    """Shows one comparison; nothing is restored but on its own button, which is never the one in focus."""

    confirmed = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._theme = theme
        self.title = TextLabel(theme, "body_strong", "text", wrap=True)
        self._problem = TextLabel(theme, "body", "error", words("backup.compare.unreadable"), wrap=True)
        table = QWidget()
        table.setMaximumWidth(460)
        self._grid = QGridLayout(table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        lines = QWidget()
        self._lines = column(lines, spacing=4)
        self.restore = Button(theme, words("backup.restore.do"))
        self.cancel = Button(theme, words("backup.restore.cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.restore)
        buttons.addStretch(1)
        self._kept = TextLabel(theme, "table", "text2", words("backup.restore.kept"), wrap=True)
        layout = column(self, spacing=10)
        for widget in (Hairline(theme), self.title, self._problem, table, lines, self._kept):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.restore.clicked.connect(self.confirmed)
        self.cancel.clicked.connect(self.cancelled)

    def show_comparison(self, found: Comparison, title: str, zone: str) -> None:
        """Show what would change; times are the clinic's."""
        words = load_words()
        self.title.setText(title)
        self._problem.setVisible(bool(found.problem))
        self._fill(found)
        clear_layout(self._lines)
        said = comparison_lines(found, words, partial(moment_text, zone=zone))
        if found.same:
            said.append(words("backup.restore.same"))
        for line in said:
            self._lines.addWidget(TextLabel(self._theme, "body", "text", line, wrap=True))
        self.restore.setEnabled(not found.same)
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def said(self) -> list[str]:
        """The sentences shown."""
        items = (self._lines.itemAt(i) for i in range(self._lines.count()))
        widgets = (one.widget() for one in items if one is not None)
        return [one.full_text() for one in widgets if isinstance(one, TextLabel)]

    def cell(self, row: int, column_number: int) -> str:
        """What stands in the table."""
        item = self._grid.itemAtPosition(row, column_number)
        widget = item.widget() if item is not None else None
        return widget.full_text() if isinstance(widget, TextLabel) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves everything as it is."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _fill(self, found: Comparison) -> None:
        words = load_words()
        clear_layout(self._grid)
        for number, key in ((1, "now"), (2, "then")):
            self._put(0, number, words(f"backup.compare.{key}"), "label", "text2")
        for row, name in enumerate(COUNTED, 1):
            now = found.present.counts.get(name) if found.present is not None else None
            then = found.backup.counts[name]
            differs = now != then
            self._put(row, 0, words(f"backup.count.{name}"), "table", "text")
            said = words("backup.compare.unread") if now is None else f"{now}"
            role = "table_strong" if differs else "table"
            self._put(row, 1, said, role, "text")
            self._put(row, 2, f"{then}", role, "text")

    def _put(self, row: int, number: int, text: str, role: str, colour: str) -> None:
        align = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(TextLabel(self._theme, role, colour, text), row, number, align)
