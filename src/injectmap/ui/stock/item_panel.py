"""What happened to one stock item, latest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from injectmap.domain.stock import StockItem, StockMovement
from injectmap.ui.stock.stock_rows import show_count
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, TextLabel, column
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words


class ItemPanel(QWidget):
    """The movements of the item chosen in the list, with who is known by practitioner name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = TextLabel(theme, "section", "text", wrap=True)
        self._what = TextLabel(theme, "table", "text2", wrap=True)
        self._choose = TextLabel(theme, "body", "text2", load_words()("stock.choose"), wrap=True)
        self._heading = TextLabel(theme, "table_strong", "text", load_words()("stock.history"))
        body = QWidget()
        self._list = column(body, spacing=10)
        self._list.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.lines: list[TextLabel] = []
        layout = column(self, spacing=8)
        for widget in (self._choose, self._title, self._what, self._heading):
            layout.addWidget(widget)
        layout.addWidget(Scroller(body), 1)

    def show_nothing(self, *, any_items: bool) -> None:
        """No item is chosen."""
        self._choose.setVisible(any_items)
        for widget in (self._title, self._what, self._heading):
            widget.hide()
        self._fill(())

    def show_item(self, item: StockItem, movements: Sequence[StockMovement], names: dict[str, str]) -> None:
        """Show an item and its movements; `names` are practitioners' names by id."""
        words = load_words()
        self._choose.hide()
        self._title.setText(item.product.name)
        parts = [words("syringe.lot", lot=item.lot)]
        if item.expiry is not None:
            parts.append(words("syringe.expiry", date=show_date(item.expiry)))
        if item.serial:
            parts.append(words("syringe.serial", serial=item.serial))
        self._what.setText(" · ".join(parts))
        for widget in (self._title, self._what, self._heading):
            widget.show()
        self._fill([_text(one, names) for one in reversed(movements)])

    def _fill(self, texts: Sequence[str]) -> None:
        while len(self.lines) > len(texts):
            gone = self.lines.pop()
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.lines) < len(texts):
            label = TextLabel(self._theme, "table", "text", wrap=True)
            self.lines.append(label)
            self._list.addWidget(label)
        for label, text in zip(self.lines, texts, strict=True):
            label.setText(text)


def _text(movement: StockMovement, names: dict[str, str]) -> str:
    words = load_words()
    at = dt.datetime.fromtimestamp(movement.at_ms / 1000, tz=dt.UTC).astimezone()
    sign = "+" if movement.units > 0 else ""
    units = f"{sign}{show_count(movement.units)}" if movement.units else "0"
    first = f"{units} {words(f'stock.movement.{movement.kind.value}')}"
    who = names.get(movement.practitioner_id, "")
    second = ", ".join(part for part in (f"{show_date(at.date())}, {at:%H:%M}", who, movement.reason) if part)
    return f"{first}\n{second}"
