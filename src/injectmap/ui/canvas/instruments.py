"""The cannulas and needles offered by name, and the small form for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.treatment_map import Instrument, InstrumentKind
from injectmap.ui.theme import RADIUS_CARD, Theme, font
from injectmap.words import Words

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

# Sizes as sold (clinical reference, section 6, "Cannula lengths sold" and "Needles"); gauge, mm.
CANNULAS: Final = ((21, 50), (22, 50), (22, 70), (23, 50), (25, 38), (25, 50), (27, 25), (27, 38))
NEEDLES: Final = ((25, 25), (27, 13), (27, 19), (30, 13))


def offered() -> list[Instrument]:
    """The lists as instruments, cannulas first."""
    kinds = ((InstrumentKind.CANNULA, CANNULAS), (InstrumentKind.NEEDLE, NEEDLES))
    return [Instrument(kind, gauge, mm * 1000) for kind, sizes in kinds for gauge, mm in sizes]


def instrument_text(instrument: Instrument, words: Words) -> str:
    """The instrument as it is written: kind, gauge and length."""
    mm = f"{instrument.length_um / 1000:g}"
    return words(f"instrument.{instrument.kind.value}", gauge=instrument.gauge, mm=mm)


class InstrumentForm(QWidget):
    """A form below its field for an instrument that the list does not have; Escape closes it."""

    chosen = Signal(object)

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        """Build it closed."""
        super().__init__(parent, Qt.WindowType.Popup)
        self._words, self._theme = words, theme
        self.setAccessibleName(words("instrument.form"))
        self.setObjectName("instrument_form")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        title = QLabel(words("instrument.form"), self)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(font("table_strong"))
        column.addWidget(title)
        form = QFormLayout()
        form.setSpacing(8)
        self.kind = QComboBox(self)
        for kind in InstrumentKind:
            self.kind.addItem(words(f"instrument.kind.{kind.value}"), kind)
        self.gauge, self.length = QLineEdit(self), QLineEdit(self)
        for key, field in (("kind", self.kind), ("gauge", self.gauge), ("length", self.length)):
            label = words(f"instrument.{key}")
            field.setAccessibleName(label)
            form.addRow(label, field)
        column.addLayout(form)
        self.problem = QLabel(self)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setFont(font("label"))
        self.problem.hide()
        column.addWidget(self.problem)
        self.use = QPushButton(words("instrument.use"), self)
        self.use.setProperty("kind", "primary")
        self.use.clicked.connect(self._take)
        column.addWidget(self.use)
        for field in (self.gauge, self.length):
            field.returnPressed.connect(self._take)
        self.setFixedWidth(280)

    def open_below(self, field: QWidget, instrument: Instrument) -> None:
        """Show the form with an instrument to start from."""
        chrome = self._theme.chrome
        self.setStyleSheet(
            f"#instrument_form{{background:{chrome.raised};border:1px solid {chrome.line2};"
            f"border-radius:{RADIUS_CARD}px}} QLabel{{color:{chrome.text}}}"
        )
        self.problem.setStyleSheet(f"color:{chrome.error}")
        self.kind.setCurrentIndex(self.kind.findData(instrument.kind))
        self.gauge.setText(str(instrument.gauge))
        self.length.setText(f"{instrument.length_um / 1000:g}")
        self.problem.hide()
        self.adjustSize()
        self.move(field.mapToGlobal(QPoint(0, field.height())))
        self.show()
        self.gauge.setFocus(Qt.FocusReason.PopupFocusReason)
        self.gauge.selectAll()

    def _take(self) -> None:
        try:
            instrument = self._typed()
        except InputRefused as refused:
            self.problem.setText(self._words(f"error.{refused.code}", **refused.params))
            self.problem.show()
            self.adjustSize()
            return
        self.hide()
        self.chosen.emit(instrument)

    def _typed(self) -> Instrument:
        try:
            gauge = int(self.gauge.text().strip().rstrip("Gg"))
            length_um = round(float(self.length.text().strip().replace(",", ".")) * 1000)
        except ValueError as wrong:
            raise InputRefused("instrument_impossible") from wrong
        return Instrument(InstrumentKind(self.kind.currentData()), gauge, length_um)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
