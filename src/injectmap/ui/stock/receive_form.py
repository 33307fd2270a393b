"""The form that puts units on the shelf: scanned one after the other, or typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.box_code import BoxCode, CodeKind
from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.services.scanning import Scan
from injectmap.services.stock import UNIT_LIMIT
from injectmap.ui.desk import Desk
from injectmap.ui.session.scan_field import ScanField
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import read_expiry
from injectmap.ui.widgets.fields import CountField, DateField
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class ReceiveForm(QWidget):
    """Shows what a box says before it counts; another scan of the same box adds one unit.

    A scan of another box puts the one shown on the shelf first, so that a delivery is scanned box by box.
    """

    received = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._shown: BoxCode | None = None
        self.scan = ScanField(theme, desk)
        self._form = Form(theme)
        self.product = choice_field(theme, [])
        self.lot = text_field()
        self.serial = text_field()
        self.expiry = DateField(reader=read_expiry)
        self.expiry.setPlaceholderText(words("syringe.field.expiry.example"))
        self.units = CountField(value=1, lowest=1, highest=UNIT_LIMIT)
        self._product_row = self._form.row(words("session.field.product"), self.product)
        self._lot_row = self._form.row(words("syringe.field.lot"), self.lot)
        self._serial_row = self._form.row(words("syringe.field.serial"), self.serial)
        self._form.beside(self._lot_row, self._serial_row)
        self._expiry_row = self._form.row(words("syringe.field.expiry"), self.expiry)
        self.expiry.show_reading_in(self._expiry_row, "")
        self._units_row = self._form.row(words("stock.receive.units"), self.units)
        self.accept = Button(theme, words("stock.receive.accept"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        layout = column(self, spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("stock.receive.title")))
        layout.addWidget(self.scan)
        layout.addWidget(TextLabel(theme, "label", "text3", words("stock.receive.hint"), wrap=True))
        layout.addWidget(self._form)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.scan.read.connect(self.take)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)

    def begin(self) -> None:
        """Start empty."""
        self._shown = None
        self.product.clear()
        for product in self._desk.products():
            self.product.addItem(product.name, product)
        self.scan.clear()
        self._fill(BoxCode(CodeKind.GS1, ""), known=True)
        self.product.setCurrentIndex(0)
        self.scan.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, scan: Scan) -> None:
        """Show what a box says, or count one more of the box shown."""
        code = scan.code
        if self._shown is not None and _same(self._shown, code):
            if code.serial:
                refused = InputRefused("serial_in_stock", serial=code.serial)
                self.scan.show_problem(error_sentence(refused))
            else:
                self.units.set_value(min(UNIT_LIMIT, (self.units.value() or 0) + 1))
            return
        product = scan.product
        if self._shown is not None:
            if not self._store():
                return
            # The box put away may have been the first of this code.
            product = self._desk.services.scans.product_of(self._desk.acting, code)
        self._shown = code
        self._fill(code, known=product is not None)
        if product is not None:
            for place in range(self.product.count()):
                if self.product.itemData(place).id == product.id:
                    self.product.setCurrentIndex(place)
        target = self.units if product is not None else self.product
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Put what is shown on the shelf, and wait for the next box."""
        typed = self.scan.edit.text()
        if typed.strip():
            self.scan.take_text(typed)
            if self.scan.problem:
                return
        if self._store():
            self.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on and stores in the last field, with Ctrl in any; Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            scanned = self._shown is not None
            if scanned or event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self._form.go_on():
                self.submit()
        else:
            super().keyPressEvent(event)

    def problems(self) -> list[str]:
        """The problems shown."""
        rows = (self._product_row, self._lot_row, self._serial_row, self._expiry_row, self._units_row)
        return [row.problem for row in rows if row.problem] + (
            [self.scan.problem] if self.scan.problem else []
        )

    def _store(self) -> bool:
        words = load_words()
        self._form.clear_problems()
        product, units = self.product.currentData(), self.units.value()
        if product is None:
            self._product_row.show_problem(words("session.product_missing"))
        if units is None:
            self._units_row.show_problem(
                error_sentence(InputRefused("stock_units_impossible", limit=UNIT_LIMIT))
            )
        if self.expiry.wrong:
            self._expiry_row.show_problem(self.expiry.wrong)
        if self.problems():
            self._form.focus_problem()
            return False
        try:
            item = self._desk.services.stock.receive(
                self._desk.acting,
                product=product,
                units=units or 0,
                lot=self.lot.text(),
                expiry=self.expiry.date(),
                serial=self.serial.text(),
                udi=self._shown.raw if self._shown is not None else "",
            )
        except InputRefused as refused:
            self._place(refused)
            return False
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return False
        self._shown = None
        said = words("stock.received", units=units, product=item.product.name, lot=item.lot)
        self._desk.stored()
        self._desk.notice.emit(said)
        self.received.emit()
        return True

    def _place(self, refused: InputRefused) -> None:
        rows = {
            "expiry_impossible": self._expiry_row,
            "serial_of_one_unit": self._units_row,
            "serial_in_stock": self._serial_row,
            "stock_units_impossible": self._units_row,
        }
        row = rows.get(refused.code, self._lot_row)
        too_long = refused.code == "text_too_long"
        if too_long and len(self.serial.text()) > len(self.lot.text()):
            row = self._serial_row
        row.show_problem(error_sentence(refused))
        self._form.focus_problem()

    def _fill(self, code: BoxCode, *, known: bool) -> None:
        self.lot.setText(code.lot)
        self.serial.setText(code.serial)
        self.expiry.set_date(code.expiry)
        self.units.set_value(1)
        self._form.clear_problems()
        if not known:
            # Which product it is, is chosen: never taken over from the box before.
            self.product.setCurrentIndex(-1)
        self._product_row.show_hint("" if known else load_words()("scan.product_unknown"))


def _same(one: BoxCode, other: BoxCode) -> bool:
    return (one.identifier, one.lot, one.expiry, one.serial) == (
        other.identifier,
        other.lot,
        other.expiry,
        other.serial,
    )
