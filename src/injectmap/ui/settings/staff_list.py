"""The practitioners of the clinic, and one line to add another."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from injectmap.ui.desk import Desk
from injectmap.ui.session.practitioner_line import PractitionerLine
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words


class StaffList(QWidget):
    """Names with professions; none is ever taken away, for records name them."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme, self._desk = theme, desk
        self._rows = QWidget()
        self._list = column(self._rows, spacing=6)
        self.line = PractitionerLine(theme, desk)
        self.add = Button(theme, load_words()("settings.staff.add"), kind="flat", icon_name="plus")
        layout = column(self, spacing=10)
        layout.addWidget(self._rows)
        layout.addWidget(self.line)
        layout.addWidget(self.add)
        self.add.clicked.connect(self._begin)
        self.line.added.connect(self._over)
        self.line.left.connect(self._over)

    def refresh(self) -> None:
        """Show who is stored now."""
        clear_layout(self._list)
        for one in self._desk.services.practitioners:
            said = " · ".join(part for part in (one.name, one.profession, one.register_number) if part)
            self._list.addWidget(TextLabel(self._theme, "body", "text", said, wrap=True))
            self._list.addWidget(Hairline(self._theme))

    def _begin(self) -> None:
        self.add.hide()
        self.line.begin()

    def _over(self) -> None:
        self.line.hide()
        self.add.show()
        self.refresh()
