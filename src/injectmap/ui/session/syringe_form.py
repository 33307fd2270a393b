"""All that is recorded of a syringe, typed or scanned inline."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.product import Product, Syringe
from injectmap.domain.totals import SyringeBalance
from injectmap.domain.units import parse_volume, show_volume
from injectmap.services.scanning import Scan
from injectmap.ui.desk import Desk
from injectmap.ui.session.scan_field import ScanField
from injectmap.ui.session.syringe_work import open_syringe
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import read_expiry
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_NOUGHT = re.compile(r"0*[.,]?0*")


def read_volume(typed: str) -> int:
    """A volume in mL as microlitres, nought too; InputRefused as in parse_volume."""
    text = typed.strip()
    return 0 if not text or _NOUGHT.fullmatch(text) else parse_volume(text)


class SyringeForm(QWidget):
    """Edits a syringe of the open session, or opens one more; a new one takes over the last one's product and lot."""

    finished = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._syringe: Syringe | None = None
        self._udi = ""
        self._nominal_ul = 0
        self._title = TextLabel(theme, "table_strong", wrap=True)
        self.scan = ScanField(theme, desk)
        self._form = Form(theme)
        self.product = choice_field(theme, [])
        self.lot = text_field()
        self.expiry = DateField(reader=read_expiry)
        self.expiry.setPlaceholderText(words("syringe.field.expiry.example"))
        self.expired_reason = text_field()
        self.serial = text_field()
        self.opened = text_field()
        self.discarded = text_field()
        self._product_row = self._form.row(words("session.field.product"), self.product)
        self._lot_row = self._form.row(words("syringe.field.lot"), self.lot)
        self._serial_row = self._form.row(words("syringe.field.serial"), self.serial)
        self._form.beside(self._lot_row, self._serial_row)
        self._expiry_row = self._form.row(words("syringe.field.expiry"), self.expiry)
        self.expiry.show_reading_in(self._expiry_row, "")
        self._reason_row = self._form.row(
            words("syringe.field.expired_reason"),
            self.expired_reason,
            hint=words("syringe.field.expired_reason.hint"),
        )
        self._opened_row = self._form.row(words("syringe.field.opened"), self.opened)
        self._discarded_row = self._form.row(words("syringe.field.discarded"), self.discarded)
        self._form.beside(self._opened_row, self._discarded_row)
        self._figures = TextLabel(theme, "label", "text2", wrap=True)
        self._code = TextLabel(theme, "label", "text2", wrap=True)
        self.accept = Button(theme, "", kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        self.unopened = Button(theme, words("syringe.was_not_opened"), kind="flat")
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        layout = column(self, margins=(16, 10, 16, 14), spacing=10)
        layout.addWidget(self._title)
        layout.addWidget(self.scan)
        layout.addWidget(self._form)
        layout.addWidget(self._figures)
        layout.addWidget(self._code)
        layout.addLayout(buttons)
        layout.addWidget(self.unopened, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.finished)
        self.unopened.clicked.connect(self._turn)
        self.scan.read.connect(self.take)
        self.expiry.read.connect(self._ask_reason)
        self.product.currentIndexChanged.connect(self._on_product)
        for field in (self.lot, self.expiry, self.expired_reason, self.serial, self.opened, self.discarded):
            field.returnPressed.connect(self.submit)

    def edit(self, balance: SyringeBalance) -> None:
        """Change what is recorded of a syringe."""
        words, syringe = load_words(), balance.syringe
        self._syringe = syringe
        self._title.setText(words("syringe.form.edit", number=syringe.number, product=syringe.product.name))
        self.accept.setText(words("syringe.save"))
        self._list_products(syringe.product)
        self._fill(syringe)
        self._figures.setText(
            words(
                "syringe.figures",
                injected=show_volume(balance.injected_ul),
                rest=show_volume(balance.left_ul),
            )
        )
        self._figures.show()
        self._discarded_row.show()
        self.unopened.setText(words("syringe.was_not_opened" if syringe.opened_ul else "syringe.was_opened"))
        self.unopened.setToolTip(words("syringe.was_not_opened.tip"))
        self.unopened.setVisible(not balance.injected_ul)

    def begin(self, last: Syringe | None) -> None:
        """Open one more syringe, from the same box unless typed or scanned otherwise."""
        words = load_words()
        self._syringe = None
        self._title.setText(words("syringe.form.new"))
        self.accept.setText(words("syringe.add"))
        self._list_products(last.product if last is not None else None)
        product = self.product.currentData()
        self._fill(
            replace(last, serial="", opened_volume_ul=None, discarded_ul=0, expired_reason="", udi="")
            if last is not None
            else Syringe("", "", 0, product)
        )
        for widget in (self._figures, self._discarded_row, self.unopened):
            widget.hide()

    def take(self, scan: Scan) -> None:
        """Fill the fields with what a box says; a field it says nothing about is emptied, for it is of another box."""
        code = scan.code
        if scan.product is not None:
            self._choose(scan.product)
        else:
            # Which product it is, is answered: never taken over from the syringe before.
            self.product.setCurrentIndex(-1)
        self._product_row.show_hint("" if scan.product else load_words()("scan.product_unknown"))
        self.lot.setText(code.lot)
        self.expiry.set_date(code.expiry)
        self.serial.setText(code.serial)
        self._show_code(code.raw)
        self._form.clear_problems()
        (self.lot if scan.product else self.product).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check and store; a refusal stands under its field."""
        typed = self.scan.edit.text()
        if typed.strip():
            self.scan.take_text(typed)
            if self.scan.problem:
                return
        self._form.clear_problems()
        expiry = self.expiry.date()
        if expiry is None and not self.expiry.empty:
            self._expiry_row.show_problem(load_words()("date.unreadable"))
            self._form.focus_problem()
            return
        try:
            opened = self._volume(self.opened)
            discarded = self._volume(self.discarded)
        except InputRefused:
            self._form.focus_problem()
            return
        product = self.product.currentData()
        if not isinstance(product, Product):
            self._product_row.show_problem(load_words()("scan.product_unanswered"))
            self._form.focus_problem()
            return
        before = self._syringe or Syringe("", "", 0, product)
        self._store(
            replace(
                before,
                product=product,
                lot=self.lot.text(),
                expiry=expiry,
                serial=self.serial.text(),
                udi=self._udi,
                opened_volume_ul=None if opened == product.nominal_ul else opened,
                discarded_ul=discarded,
                expired_reason=self.expired_reason.text() if not self._reason_row.isHidden() else "",
            )
        )

    def _turn(self) -> None:
        """A syringe entered in error was never opened; or it was after all."""
        assert self._syringe is not None
        if self._syringe.opened_ul:
            self._store(replace(self._syringe, opened_volume_ul=0, discarded_ul=0))
        else:
            self._store(replace(self._syringe, opened_volume_ul=None))

    def _store(self, syringe: Syringe) -> None:
        try:
            if self._syringe is not None:
                self._desk.update_syringe(syringe)
            else:
                open_syringe(self._desk, syringe)
        except InputRefused as refused:
            self._show_refusal(refused)
            return
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self.finished.emit()

    def _volume(self, field: QLineEdit) -> int:
        row = self._opened_row if field is self.opened else self._discarded_row
        try:
            return read_volume(field.text())
        except InputRefused as refused:
            row.show_problem(error_sentence(refused))
            raise

    def _show_refusal(self, refused: InputRefused) -> None:
        """Under each field that is too long, or the one that is meant; anything else under the product."""
        sentence, limit = error_sentence(refused), refused.params.get("limit")
        rows = {
            "opened_above_nominal": self._opened_row,
            "opened_below_injected": self._opened_row,
            "discarded_above_rest": self._discarded_row,
            "expiry_impossible": self._expiry_row,
            "serial_used_already": self._serial_row,
        }
        if refused.code == "text_too_long" and isinstance(limit, int):
            fields = (
                (self.lot, self._lot_row),
                (self.serial, self._serial_row),
                (self.expired_reason, self._reason_row),
            )
            for field, row in fields:
                if len(field.text().strip()) > limit:
                    row.show_problem(sentence)
        else:
            other = self._lot_row if self._syringe is not None else self._product_row
            rows.get(refused.code, other).show_problem(sentence)
        self._form.focus_problem()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter stores, in the choice of a product too; Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.finished.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _list_products(self, chosen: Product | None) -> None:
        """The products file; the syringe's own product stands first if the file has it no more, or otherwise."""
        self.product.clear()
        listed = self._desk.products()
        if chosen is not None and chosen not in listed:
            listed = (chosen, *(one for one in listed if one.id != chosen.id))
        for product in listed:
            self.product.addItem(product.name, product)
        if chosen is not None:
            self._choose(chosen)
        self._product_row.show_hint("")

    def _choose(self, product: Product) -> None:
        for place in range(self.product.count()):
            if self.product.itemData(place).id == product.id:
                self.product.setCurrentIndex(place)

    def _fill(self, syringe: Syringe) -> None:
        self.scan.clear()
        self.lot.setText(syringe.lot)
        self.expiry.set_date(syringe.expiry)
        self.serial.setText(syringe.serial)
        self.expired_reason.setText(syringe.expired_reason)
        self.opened.setText(show_volume(syringe.opened_ul))
        self.discarded.setText(show_volume(syringe.discarded_ul))
        self._show_code(syringe.udi)
        self._ask_reason()
        self._form.clear_problems()
        self.lot.setFocus(Qt.FocusReason.OtherFocusReason)
        self.lot.selectAll()

    def _on_product(self) -> None:
        """A whole syringe stays a whole one when its product is corrected."""
        product = self.product.currentData()
        if not isinstance(product, Product):
            return
        if self.opened.text() == show_volume(self._nominal_ul):
            self.opened.setText(show_volume(product.nominal_ul))
        self._nominal_ul = product.nominal_ul

    def _show_code(self, udi: str) -> None:
        words = load_words()
        self._udi = udi
        self._code.setText(f"{words('syringe.field.udi')}: {udi or words('syringe.udi.none')}")

    def _ask_reason(self) -> None:
        """The reason is asked for where the expiry lies before the treatment."""
        editor, expiry = self._desk.editor, self.expiry.date()
        past = editor is not None and expiry is not None and expiry < editor.session.date
        self._reason_row.setVisible(past)
