"""How a treatment session differs from the one before it: mL and mm by zone, later minus earlier."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from injectmap.services.over_time import SessionChange
from injectmap.ui.insight.sums_table import FigureTable, signed_length, signed_volume
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words


class DifferenceTable(QWidget):
    """A heading that names both sessions over a small table; nothing while there is only one session."""

    def __init__(self, theme: Theme, zone_name: Callable[[str], str]) -> None:
        super().__init__()
        self._zone_name = zone_name
        self.title = TextLabel(theme, "table_strong", "text", wrap=True)
        self.table = FigureTable(theme, load_words()("insight.change"))
        layout = column(self, spacing=4)
        layout.addWidget(self.title)
        layout.addWidget(self.table)
        self.hide()

    def show_difference(self, change: SessionChange | None) -> None:
        """Show another difference."""
        self.setVisible(change is not None)
        if change is None:
            return
        words = load_words()
        self.title.setText(
            words(
                "insight.change.title",
                date=show_date(change.after.date),
                before=show_date(change.before.date),
            )
        )
        heads = [words(f"insight.change.{key}") for key in ("zone", "right", "left", "both", "mm")]
        rows = [
            [
                self._zone_name(one.zone),
                signed_volume(one.right_ul),
                signed_volume(one.left_ul),
                signed_volume(one.both_ul),
                signed_length(one.length_um),
            ]
            for one in change.zones
        ]
        rows.append(
            [
                words("insight.change.all"),
                signed_volume(change.right_ul),
                signed_volume(change.left_ul),
                signed_volume(change.right_ul + change.left_ul),
                signed_length(change.length_um),
            ]
        )
        self.table.show_rows(heads, rows, strong_last=True)
