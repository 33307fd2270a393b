"""The form of a new treatment session."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.patient import Practitioner
from injectmap.domain.session import DEFAULT_INSTRUMENT, PassDefaults, check_treatment_date
from injectmap.domain.treatment_map import Instrument, InstrumentKind, Plane, Technique
from injectmap.domain.units import show_volume
from injectmap.services.sessions import NewSyringes
from injectmap.ui.desk import Desk
from injectmap.ui.plan.start_from import StartFromLast
from injectmap.ui.session.looks import instrument_text
from injectmap.ui.session.practitioner_line import PractitionerLine
from injectmap.ui.session.scan_list import ScanList
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, Scroller, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import read_date, read_expiry
from injectmap.ui.widgets.fields import CountField, DateField
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# Sizes that are sold and that published sources name; any other can be set on the chart (clinical reference, 1 and 2).
INSTRUMENTS = (
    DEFAULT_INSTRUMENT,
    Instrument(InstrumentKind.CANNULA, 22, 70_000),
    Instrument(InstrumentKind.CANNULA, 23, 50_000),
    Instrument(InstrumentKind.CANNULA, 25, 38_000),
    Instrument(InstrumentKind.CANNULA, 25, 50_000),
    Instrument(InstrumentKind.NEEDLE, 27, 13_000),
    Instrument(InstrumentKind.NEEDLE, 30, 13_000),
)
_ADD = "add"


class SessionForm(QWidget):
    """Starts a treatment session of the open patient; `started` once it is stored and open."""

    started = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk, self._chosen = desk, ""
        # Whether the product of a code is asked for, the product to begin with, a box typed beside those scanned.
        self._asked, self._usual, self._by_hand = False, 0, False
        body = QWidget()
        self._title = TextLabel(theme, "section", "text", words("session.form.title"))
        self._for = TextLabel(theme, "table", "text2", wrap=True)
        self._form = Form(theme)
        self.practitioner = choice_field(theme, [])
        self.adding = PractitionerLine(theme, desk)
        self.date = DateField(reader=self._read_date)
        self.scans = ScanList(theme, desk)
        self.product = choice_field(theme, [])
        self.count = CountField(value=1, lowest=1, highest=12)
        self.lot = text_field()
        self.expiry = DateField(reader=read_expiry)
        self.expiry.setPlaceholderText(words("syringe.field.expiry.example"))
        self.instrument = choice_field(theme, [(instrument_text(one), one) for one in INSTRUMENTS])
        self.plane = choice_field(theme, [(words(f"plane.{one}"), one) for one in Plane], Plane.SUBDERMAL)
        self.technique = choice_field(theme, [(words(f"technique.{one}"), one) for one in Technique])
        self._practitioner_row = self._form.row(words("session.field.practitioner"), self.practitioner)
        self._form.add(self.adding)
        self._date_row = self._form.row(words("session.field.date"), self.date)
        self.date.show_reading_in(self._date_row, "")
        self.from_last = StartFromLast(theme, desk)
        self._form.add(self.from_last)
        self._form.add(self.scans)
        self._product_row = self._form.row(words("session.field.product"), self.product)
        self._count_row = self._form.row(words("session.field.count"), self.count)
        self._lot_row = self._form.row(words("syringe.field.lot"), self.lot)
        self._expiry_row = self._form.row(words("syringe.field.expiry"), self.expiry)
        self.expiry.show_reading_in(self._expiry_row, "")
        self._form.add(Hairline(theme))
        self._form.add(TextLabel(theme, "table_strong", "text", words("session.field.defaults")))
        self._form.row(words("session.field.instrument"), self.instrument)
        self._form.row(words("session.field.plane"), self.plane)
        self._form.row(words("session.field.technique"), self.technique)
        self.accept = Button(theme, words("session.start"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        inner = column(body, margins=(16, 4, 16, 16), spacing=10)
        inner.addWidget(self._form)
        inner.addStretch(1)
        head = column(margins=(16, 12, 16, 8), spacing=2)
        head.addWidget(self._title)
        head.addWidget(self._for)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 10, 16, 14)
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        problem = column(margins=(16, 8, 16, 0))
        problem.addWidget(self._problem)
        layout = column(self)
        layout.addLayout(head)
        layout.addWidget(Scroller(body), 1)
        layout.addWidget(Hairline(theme))
        layout.addLayout(problem)
        layout.addLayout(buttons)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)
        self.product.currentIndexChanged.connect(self._on_product)
        self.lot.textChanged.connect(self._on_lot)
        self.scans.changed.connect(self._on_scans)
        self.scans.field.unreadable.connect(self._on_unreadable)
        self.date.read.connect(self.scans.show_treated)
        self.practitioner.activated.connect(self._on_practitioner)
        self.adding.added.connect(self._on_added)
        self.adding.left.connect(self._on_adding_left)

    def begin(self) -> None:
        """Start with today, the acting practitioner and the product this patient, or the last one, was given."""
        desk, words = self._desk, load_words()
        patient = desk.patient
        self._for.setText(words("session.form.for", name=patient.display_name) if patient else "")
        self._list_practitioners(desk.acting.practitioner_id)
        self.adding.hide()
        self.date.set_date(desk.today)
        self.from_last.begin()
        usual = desk.services.sessions.usual_product(desk.acting, patient.id) if patient else None
        self._asked, self._usual, self._by_hand = False, 0, False
        self.scans.clear()
        self.product.clear()
        for product in desk.products():
            text = words("session.product", name=product.name, nominal=show_volume(product.nominal_ul))
            self.product.addItem(text, product)
            if product.id == usual:
                self._usual = self.product.count() - 1
        self.product.setCurrentIndex(self._usual)
        self._on_product()
        self.scans.show_treated(desk.today)
        self.lot.clear()
        self.expiry.set_date(None)
        self._on_scans()
        self._on_lot()
        self.instrument.setCurrentIndex(0)
        self.plane.setCurrentIndex(self.plane.findData(Plane.SUBDERMAL))
        self.technique.setCurrentIndex(0)
        self._form.clear_problems()
        self._problem.hide()
        self.scans.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check, store, open; a refusal stands under its field and everything typed stays."""
        self._form.clear_problems()
        self._problem.hide()
        # A code that was typed and not yet read is part of what is submitted.
        typed = self.scans.field.edit.text()
        if typed.strip():
            self.take_scan(typed)
            if self.scans.field.problem:
                self.scans.field.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if not self._sound():
            self._form.focus_problem()
            return
        date = self.date.date()
        assert date is not None
        try:
            self._desk.create_session(
                date=date,
                practitioner_id=self.practitioner.currentData(),
                syringes=self._syringes(),
                defaults=PassDefaults(
                    Technique(self.technique.currentData()),
                    Plane(self.plane.currentData()),
                    self.instrument.currentData(),
                ),
            )
        except InputRefused as refused:
            self._place(refused)
            self._form.focus_problem()
            return
        except InjectmapError as error:
            self._problem.setText(error_sentence(error))
            self._problem.show()
            return
        self.from_last.copy()
        self.started.emit()

    def _syringes(self) -> list[NewSyringes]:
        """What was scanned, and what was typed of one box where that was asked for."""
        product = self.product.currentData()
        scanned = self.scans.new_syringes(product)
        if not self._typed:
            return scanned
        count = self.count.value()
        assert count is not None
        return [*scanned, NewSyringes(product, count, self.lot.text(), self.expiry.date())]

    @property
    def _typed(self) -> bool:
        """True if the fields of a typed box count: with nothing scanned, or once they say something."""
        if not self.scans.scans:
            return True
        return self._by_hand and bool(self.lot.text().strip() or not self.expiry.empty)

    def take_scan(self, text: str) -> None:
        """Read a code that was scanned anywhere in the window."""
        self.scans.field.take_text(text)

    def problems(self) -> list[str]:
        """The problems shown."""
        rows = (self._practitioner_row, self._date_row, self._product_row, self._count_row)
        shown = [row.problem for row in (*rows, self._lot_row, self._expiry_row) if row.problem]
        return [*shown, self._problem.full_text()] if not self._problem.isHidden() else shown

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off; Enter goes on to the next field and starts in the last, with Ctrl in any."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submit()
            elif self.scans.field.edit.hasFocus():
                following = self.instrument if self._product_row.isHidden() else self.product
                following.setFocus(Qt.FocusReason.OtherFocusReason)
            elif not self._form.go_on():
                self.submit()
        else:
            super().keyPressEvent(event)

    def _read_date(self, typed: str) -> dt.date:
        return read_date(typed, self._desk.today if self._desk.has_clinic else None)

    def _sound(self) -> bool:
        words = load_words()
        date = self.date.date()
        patient = self._desk.patient
        if date is None:
            self._date_row.show_problem(self.date.wrong or words("date.unreadable"))
        elif patient is not None:
            try:
                check_treatment_date(date, birth_date=patient.birth_date, today=self._desk.today)
            except InputRefused as refused:
                self._date_row.show_problem(error_sentence(refused))
        if self.practitioner.currentData() is None:
            self._practitioner_row.show_problem(words("session.practitioner_missing"))
        if self.product.currentData() is None and not self._product_row.isHidden():
            asked = "scan.product_unanswered" if self._asked else "session.product_missing"
            self._product_row.show_problem(words(asked))
        if not self._typed:
            return not self.problems()
        if self.count.value() is None:
            self._count_row.show_problem(words("session.count_wrong"))
        if self.expiry.wrong:
            self._expiry_row.show_problem(self.expiry.wrong)
        return not self.problems()

    def _place(self, refused: InputRefused) -> None:
        by_code = {"treatment_date": self._date_row, "treatment_before": self._date_row}
        row = next((row for start, row in by_code.items() if refused.code.startswith(start)), None)
        if row is None and not self._typed:
            self.scans.field.show_problem(error_sentence(refused))
            return
        if row is None:
            row = self._count_row if refused.code.startswith("syringe_count") else self._lot_row
        row.show_problem(error_sentence(refused))

    def _list_practitioners(self, chosen: str) -> None:
        words = load_words()
        self.practitioner.clear()
        for one in self._desk.services.practitioners:
            self.practitioner.addItem(one.name, one.id)
        if self._desk.acting.may(Right.ADMINISTER):
            self.practitioner.addItem(words("session.practitioner.add"), _ADD)
        self.practitioner.setCurrentIndex(max(0, self.practitioner.findData(chosen)))
        self._chosen = self.practitioner.currentData()

    def _on_practitioner(self) -> None:
        """The entry that adds one is never the one who treats."""
        if self.practitioner.currentData() == _ADD:
            self.practitioner.setCurrentIndex(self.practitioner.findData(self._chosen))
            self.adding.begin()
        else:
            self._chosen = self.practitioner.currentData()

    def _on_added(self, one: Practitioner) -> None:
        self._list_practitioners(one.id)
        self._on_adding_left()

    def _on_adding_left(self) -> None:
        self.adding.hide()
        self.practitioner.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_lot(self) -> None:
        said = "scan.by_hand" if self._by_hand else "syringe.lot_later"
        self._lot_row.show_hint("" if self.lot.text().strip() else load_words()(said))

    def _on_scans(self) -> None:
        """What a box says is not typed; its product is asked for where the code is not known, and never preset."""
        scanned, unknown, words = bool(self.scans.scans), self.scans.any_unknown, load_words()
        # A lot that was typed before the scan is not dropped.
        self._by_hand = scanned and (self._by_hand or bool(self.lot.text().strip()) or not self.expiry.empty)
        for row in (self._count_row, self._lot_row, self._expiry_row):
            row.setVisible(not scanned or self._by_hand)
            row.clear_problem()
        self._product_row.setVisible(not scanned or self._by_hand or unknown)
        self._product_row.show_hint(words("scan.product_unknown") if unknown else "")
        self._on_lot()
        if unknown is not self._asked:
            self._asked = unknown
            self.product.setCurrentIndex(-1 if unknown else self._usual)
            if unknown:
                self.product.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_unreadable(self) -> None:
        """A box whose code is damaged can be typed beside those that were scanned."""
        if self.scans.scans and not self._by_hand:
            self._by_hand = True
            self.count.set_value(1)
            self._on_scans()

    def _on_product(self) -> None:
        product = self.product.currentData()
        self.scans.show_chosen(product)
        self._product_row.clear_problem()
        if product is not None and not self.scans.scans:
            self.count.set_value(max(1, product.per_box))
