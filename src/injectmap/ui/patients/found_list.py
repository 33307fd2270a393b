"""The patients found while typing, or seen lately."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from injectmap.domain.patient import Patient
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.lists import Index, RowDelegate, RowsModel, RowsView
from injectmap.ui.widgets.people import name_of, standing_of
from injectmap.words import load_words


def say_patient(patient: Patient) -> str:
    """Name, birth date and number in one sentence."""
    words = load_words()
    if patient.erased:
        return f"{name_of(patient)}, {words('patient.number', number=patient.number_text)}"
    line = words(
        "patient.line",
        name=patient.display_name,
        born=show_date(patient.birth_date),
        number=patient.number_text,
    )
    return f"{line}, {words('patient.in_error').lower()}" if patient.error_reason else line


class _FoundDelegate(RowDelegate):
    """Name above, birth date and number below; one entered in error is struck through and says so."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A line more for one entered in error."""
        size = super().sizeHint(option, index)
        return size + QSize(0, 16) if index.data(Qt.ItemDataRole.UserRole).error_reason else size

    def paint_row(self, painter: QPainter, rect: QRect, row: Patient, index: Index) -> None:
        words = load_words()
        box = rect.adjusted(16, 6, -12, -6)
        name_font = font("table_strong")
        name_font.setStrikeOut(bool(row.error_reason) and not row.erased)
        painter.setFont(name_font)
        painter.setPen(self.theme.colour("text2" if row.error_reason else "text"))
        name = metrics("table_strong").elidedText(name_of(row), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(font("label"))
        painter.setPen(self.theme.colour("text2"))
        if row.erased:
            below = words("patient.number", number=row.number_text)
        else:
            below = words("patient.born_number", born=show_date(row.birth_date), number=row.number_text)
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        if row.error_reason:
            painter.drawText(box.adjusted(0, 0, 0, -16), bottom, below)
            painter.setFont(font("label_strong"))
            below = standing_of(row)
        painter.drawText(box, bottom, below)


class FoundList(QWidget):
    """Shows patients to choose from; when nobody fits it says so."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._heading = TextLabel(theme, "label", "text2", words("patients.recent"))
        self.model = RowsModel(say_patient, self, tip=say_patient)
        self.view = RowsView(theme, words("patients.list"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(_FoundDelegate(theme, 48, self.view))
        self.view.setUniformItemSizes(False)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nobody = TextLabel(theme, "body", "text2", wrap=True)
        self._nobody.setContentsMargins(16, 4, 16, 4)
        self._heading.setContentsMargins(16, 4, 16, 4)
        self._reading = TextLabel(theme, "label", "text2", wrap=True)
        self._reading.setContentsMargins(16, 0, 16, 4)
        layout = column(self, margins=(0, 4, 0, 0), spacing=4)
        layout.addWidget(self._reading)
        layout.addWidget(self._heading)
        layout.addWidget(self._nobody)
        layout.addWidget(self.view, 1)
        self.view.chosen.connect(self.chosen)

    def show_recent(self, patients: Sequence[Patient], *, any_registered: bool) -> None:
        """Show patients seen lately; none is marked, so that Enter opens nobody by chance."""
        words = load_words()
        self._reading.hide()
        self._heading.setText(words("patients.recent"))
        self._heading.setVisible(bool(patients))
        self._nobody.setText(words("patients.none_recent" if any_registered else "patients.none_yet"))
        self._nobody.setVisible(not patients)
        self.model.show(patients)
        self.view.setCurrentIndex(QModelIndex())

    def show_nothing(self) -> None:
        """No clinic is open, so there is nobody to say anything about."""
        self._reading.hide()
        self._heading.hide()
        self._nobody.hide()
        self.model.show(())

    def show_found(self, typed: str, patients: Sequence[Patient], *, reading: str = "") -> None:
        """Show who fits, and how a date was read; the first is marked, so that Enter opens it."""
        words = load_words()
        self._reading.setText(words("patients.read_as", date=reading))
        self._reading.setVisible(bool(reading))
        count = len(patients)
        self._heading.setText(
            words("patients.found_one") if count == 1 else words("patients.found", count=count)
        )
        self._heading.setVisible(bool(patients))
        self._nobody.setText(words("patients.nobody", typed=typed))
        self._nobody.setVisible(not patients)
        self.model.show(patients)
        if patients:
            self.view.setCurrentIndex(self.model.index(0, 0))

    def current(self) -> Patient | None:
        """The marked patient."""
        row = self.view.currentIndex().data(Qt.ItemDataRole.UserRole)
        return row if isinstance(row, Patient) else None
