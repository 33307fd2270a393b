"""The boxes scanned for a new treatment session: one line a syringe, shown before anything is stored."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Product, fold_lot
from injectmap.services.scanning import Scan
from injectmap.services.sessions import NewSyringes
from injectmap.ui.desk import Desk
from injectmap.ui.session.scan_field import ScanField
from injectmap.ui.session.scan_text import expired, scan_line
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import IconButton
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words


class ScanList(QWidget):
    """A scan field and what was scanned with it; `changed` when a line came or went."""

    changed = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme = theme
        self._treated: dt.date | None = None
        self._chosen: Product | None = None
        self.scans: list[Scan] = []
        self.rows: list[_ScannedRow] = []
        label = TextLabel(theme, "label", "text2", load_words()("scan.label"))
        self.field = ScanField(theme, desk)
        self._hint = TextLabel(theme, "label", "text3", load_words()("scan.each"), wrap=True)
        self._differs = TextLabel(theme, "label", "error", wrap=True)
        self._differs.hide()
        layout = column(self, spacing=4)
        layout.addWidget(label)
        layout.addWidget(self.field)
        layout.addWidget(self._hint)
        self._list = column(spacing=4)
        layout.addLayout(self._list)
        layout.addWidget(self._differs)
        self.field.read.connect(self.add)

    def clear(self) -> None:
        """Begin with nothing scanned."""
        self.field.clear()
        self.scans = []
        self._show()

    def show_treated(self, date: dt.date | None) -> None:
        """Say on which day the treatment is: an expiry is looked at on that day."""
        self._treated = date
        self._show()

    def show_chosen(self, product: Product | None) -> None:
        """Say of which product a code is that is not known yet."""
        self._chosen = product
        self._show()

    def add(self, scan: Scan) -> None:
        """Add a syringe; a unit with a number of its own is one syringe only."""
        new = {one.code.identifier for one in (*self.scans, scan) if one.product is None}
        if len(new) > 1:
            self.field.show_problem(error_sentence(InputRefused("scan_second_new_code")))
            return
        same = [one for one in self.scans if scan.code.serial and _unit(one) == _unit(scan)]
        if same:
            refused = InputRefused(
                "serial_used_already", serial=scan.code.serial, number=self.scans.index(same[0]) + 1
            )
            self.field.show_problem(error_sentence(refused))
            return
        self.scans.append(scan)
        self._show()
        self.changed.emit()

    @property
    def differs(self) -> str:
        """What two boxes of one lot say differently, or nothing."""
        return self._differs.full_text() if not self._differs.isHidden() else ""

    @property
    def any_unknown(self) -> bool:
        """True if the product of a scanned code is not known yet."""
        return any(scan.product is None for scan in self.scans)

    def new_syringes(self, chosen: Product | None) -> list[NewSyringes]:
        """One for each scan; a code that is not known yet is of the product chosen, which must be there then."""
        return [
            NewSyringes(product, 1, scan.code.lot, scan.code.expiry, scan.code.serial, scan.code.raw)
            for scan in self.scans
            if (product := scan.product or chosen) is not None
        ]

    def _remove(self) -> None:
        row = self.sender()
        number = next((place for place, one in enumerate(self.rows) if one.remove is row), None)
        if number is not None:
            del self.scans[number]
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        while len(self.rows) > len(self.scans):
            gone = self.rows.pop()
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.rows) < len(self.scans):
            row = _ScannedRow(self._theme)
            row.remove.clicked.connect(self._remove)
            self.rows.append(row)
            self._list.addWidget(row)
        for number, (row, scan) in enumerate(zip(self.rows, self.scans, strict=True), start=1):
            row.show_scan(number, scan, self._chosen, self._treated)
        self._hint.setVisible(not self.scans)
        twofold = _twofold(self.scans)
        self._differs.setText(twofold)
        self._differs.setVisible(bool(twofold))


def _unit(scan: Scan) -> tuple[str, str, str]:
    return scan.code.identifier, scan.code.lot, scan.code.serial


def _twofold(scans: list[Scan]) -> str:
    """A lot has one expiry: where two boxes of it say two, one of them was misprinted or misread."""
    expiries: dict[tuple[str, str], list[dt.date]] = {}
    for code in (scan.code for scan in scans if scan.code.lot and scan.code.expiry):
        known = expiries.setdefault((code.identifier, fold_lot(code.lot)), [])
        if code.expiry is not None and code.expiry not in known:
            known.append(code.expiry)
    return "\n".join(
        load_words()("scan.two_expiries", lot=lot.upper(), dates=", ".join(map(show_date, sorted(dates))))
        for (_, lot), dates in expiries.items()
        if len(dates) > 1
    )


class _ScannedRow(QWidget):
    """One scanned syringe in words, and a button that leaves it out again."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._number = TextLabel(theme, "table_strong", "text")
        self._mark = Mark(theme, "warning", "error", 14)
        self.text = TextLabel(theme, "table", "text", wrap=True)
        self.remove = IconButton(theme, "cross", "", side=26)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)

    def show_scan(self, number: int, scan: Scan, chosen: Product | None, treated: dt.date | None) -> None:
        """Say what the box says, on the day of treatment; a product that was chosen is not said to be in the code."""
        words = load_words()
        line = scan_line(scan.code, scan.product, treated)
        if scan.product is None and chosen is not None:
            line = f"{line} {words('scan.product_chosen', product=chosen.name)}"
        past = expired(scan.code, treated)
        self._number.setText(str(number))
        self._mark.setVisible(past)
        self.text.setText(line)
        self.text.set_colour("error" if past else "text")
        self.text.setAccessibleName(words("scan.row", number=number, what=line))
        leave_out = words("scan.remove", number=number)
        self.remove.setToolTip(leave_out)
        self.remove.setAccessibleName(leave_out)
