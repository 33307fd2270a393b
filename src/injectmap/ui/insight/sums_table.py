"""All treatment sessions together: right beside left and their difference, as plain figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from injectmap.domain.units import show_length, show_volume
from injectmap.services.over_time import Balance
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel
from injectmap.words import load_words

MINUS = "−"


NONE = "–"


def signed_volume(microlitres: int) -> str:
    """A difference in mL with its sign; a dash for none."""
    sign = "+" if microlitres > 0 else MINUS
    return f"{sign}{show_volume(abs(microlitres))}" if microlitres else NONE


def signed_length(micrometres: int) -> str:
    """A difference in whole mm with its sign; a dash for none."""
    shown = show_length(abs(micrometres))
    sign = "+" if micrometres > 0 else MINUS
    return f"{sign}{shown}" if shown != "0" else NONE


class FigureTable(QWidget):
    """A small table: a first column of names, then columns of figures aligned on the right."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(22)
        self._grid.setVerticalSpacing(2)
        self._labels: list[TextLabel] = []

    def show_rows(self, heads: list[str], rows: list[list[str]], *, strong_last: bool = False) -> None:
        """Show other rows; the last row may be a sum."""
        for label in self._labels:
            self._grid.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._labels = []
        for column, text in enumerate(heads):
            self._put(0, column, TextLabel(self._theme, "label", "text2", text))
        for number, row in enumerate(rows, 1):
            strong = strong_last and number == len(rows)
            for column, text in enumerate(row):
                role = "table_strong" if strong or (column and not strong_last) else "table"
                colour = "text" if column or strong else "text2"
                self._put(number, column, TextLabel(self._theme, role, colour, text))
        self._grid.setColumnStretch(len(heads), 1)
        said = ["; ".join(f"{head} {cell}" for head, cell in zip(heads, row, strict=True)) for row in rows]
        self.setAccessibleName(f"{self._name}. {'. '.join(said)}")

    def _put(self, row: int, column: int, label: TextLabel) -> None:
        side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)
        self._labels.append(label)

    @property
    def texts(self) -> list[str]:
        """All that is shown, row by row."""
        return [label.full_text() for label in self._labels]


class SumsTable(FigureTable):
    """All sessions: mL and mm, right, left, both, and right minus left."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, load_words()("insight.sums"))

    def show_balance(self, balance: Balance) -> None:
        """Show the sums."""
        words = load_words()
        heads = [words(f"insight.sums.{key}") for key in ("all", "right", "left", "both", "difference")]
        self.show_rows(
            heads,
            [
                [
                    words("insight.sums.ml"),
                    show_volume(balance.right_ul),
                    show_volume(balance.left_ul),
                    show_volume(balance.both_ul),
                    signed_volume(balance.difference_ul),
                ],
                [
                    words("insight.sums.mm"),
                    show_length(balance.right_um),
                    show_length(balance.left_um),
                    show_length(balance.right_um + balance.left_um),
                    signed_length(balance.difference_um),
                ],
            ],
        )
