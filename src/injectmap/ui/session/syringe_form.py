"""Lot, expiry and serial number of a syringe, typed inline."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.product import Product, Syringe
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import read_expiry
from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class SyringeForm(QWidget):
    """Edits a syringe of the open session, or opens one more; a new one takes over the last one's lot."""

    finished = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._syringe: Syringe | None = None
        self._title = TextLabel(theme, "table_strong")
        self._form = Form(theme)
        self.product = choice_field(theme, [])
        self.lot = text_field()
        self.expiry = DateField(reader=read_expiry)
        self.expiry.setPlaceholderText(words("syringe.field.expiry.example"))
        self.serial = text_field()
        self._product_row = self._form.row(words("session.field.product"), self.product)
        self._lot_row = self._form.row(words("syringe.field.lot"), self.lot)
        self._expiry_row = self._form.row(words("syringe.field.expiry"), self.expiry)
        self.expiry.show_reading_in(self._expiry_row, "")
        self._serial_row = self._form.row(words("syringe.field.serial"), self.serial)
        self.accept = Button(theme, "", kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        layout = column(self, margins=(16, 10, 16, 14), spacing=10)
        layout.addWidget(self._title)
        layout.addWidget(self._form)
        layout.addLayout(buttons)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.finished)
        for field in (self.lot, self.expiry, self.serial):
            field.returnPressed.connect(self.submit)

    def edit(self, syringe: Syringe) -> None:
        """Change a syringe's details; its product stays."""
        words = load_words()
        self._syringe = syringe
        self._title.setText(words("syringe.form.edit", number=syringe.number, product=syringe.product.name))
        self._product_row.hide()
        self.accept.setText(words("syringe.save"))
        self._fill(syringe.lot, syringe.expiry, syringe.serial)

    def begin(self, last: Syringe | None) -> None:
        """Open one more syringe, from the same box unless typed otherwise."""
        words = load_words()
        self._syringe = None
        self._title.setText(words("syringe.form.new"))
        self.product.clear()
        for product in self._desk.products():
            self.product.addItem(product.name, product)
            if last is not None and product.id == last.product.id:
                self.product.setCurrentIndex(self.product.count() - 1)
        self._product_row.show()
        self.accept.setText(words("syringe.add"))
        self._fill(last.lot if last else "", last.expiry if last else None, "")

    def submit(self) -> None:
        """Check and store; a refusal stands under its field."""
        self._form.clear_problems()
        expiry = self.expiry.date()
        if expiry is None and not self.expiry.empty:
            self._expiry_row.show_problem(load_words()("date.unreadable"))
            self._form.focus_problem()
            return
        try:
            if self._syringe is not None:
                self._desk.update_syringe(
                    replace(self._syringe, lot=self.lot.text(), expiry=expiry, serial=self.serial.text())
                )
            else:
                product = self.product.currentData()
                assert isinstance(product, Product)
                self._desk.add_syringe(product, self.lot.text(), expiry, self.serial.text())
        except InputRefused as refused:
            self._show_refusal(refused)
            return
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self.finished.emit()

    def _show_refusal(self, refused: InputRefused) -> None:
        """Under each field that is too long; anything else under the product, which says how many there may be."""
        sentence, limit = error_sentence(refused), refused.params.get("limit")
        if refused.code == "text_too_long" and isinstance(limit, int):
            for field, row in ((self.lot, self._lot_row), (self.serial, self._serial_row)):
                if len(field.text().strip()) > limit:
                    row.show_problem(sentence)
        else:
            row = self._lot_row if self._syringe is not None else self._product_row
            row.show_problem(sentence)
        self._form.focus_problem()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def _fill(self, lot: str, expiry: dt.date | None, serial: str) -> None:
        self.lot.setText(lot)
        self.expiry.set_date(expiry)
        self.serial.setText(serial)
        self._form.clear_problems()
        self.lot.setFocus(Qt.FocusReason.OtherFocusReason)
        self.lot.selectAll()
