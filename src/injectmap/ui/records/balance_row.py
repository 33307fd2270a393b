"""One syringe of the balance: opened, injected, discarded and rest, and the reason for using an expired unit."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Syringe
from injectmap.domain.totals import SyringeBalance
from injectmap.domain.units import parse_volume, show_volume
from injectmap.ui.session.syringe_row import paint_syringe
from injectmap.ui.theme import Theme, font
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.form import FormRow, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# Columns of the four figures, alike for each syringe and for the sum.
FIGURES = ("opened", "injected", "discarded", "rest")
INDENT = 34
_DISCARDED = 2
_FIELD = 76
_NONE = re.compile(r"0*[.,]?0*")


def read_discarded(typed: str) -> int:
    """Read a discarded volume; nothing typed and 0 mean none. InputRefused as in parse_volume."""
    text = typed.strip()
    if not text or (text.strip(".,") and _NONE.fullmatch(text)):
        return 0
    return parse_volume(text)


def figure_grid() -> QGridLayout:
    """An empty grid for the four figures."""
    grid = QGridLayout()
    grid.setContentsMargins(INDENT, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    for place in range(len(FIGURES)):
        grid.setColumnStretch(place, 1)
        grid.setColumnMinimumWidth(place, _FIELD if place == _DISCARDED else 42)
    return grid


class _Drawn(QWidget):
    """The number in a round badge and the syringe as drawn on the chart."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._balance: SyringeBalance | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_balance(self, balance: SyringeBalance) -> None:
        self._balance = balance
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._balance is None:
            return
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        badge = QRectF(0, 5, 24, 24)
        painter.setPen(QPen(theme.colour("line2"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawEllipse(badge.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(theme.colour("text"))
        painter.setFont(font("label_strong"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(self._balance.syringe.number))
        box = QRectF(INDENT + 10, 2, self.width() - INDENT - 10, 30)
        paint_syringe(painter, theme, box, self._balance)


class BalanceRow(QWidget):
    """One syringe with its four figures; leaving a field or Enter gives what is typed, Escape brings back what is stored.

    What was typed stays until it is stored, called off, or another syringe is shown.
    """

    stored = Signal(object)
    done = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._syringe: Syringe | None = None
        self._drawn = _Drawn(theme)
        self._lot = TextLabel(theme, "label", "text2", wrap=True)
        self._lot.setContentsMargins(INDENT, 0, 0, 0)
        self.discarded = text_field()
        self.discarded.setFixedWidth(_FIELD)
        self.discarded.setFont(font("view_name"))
        self._figures = {key: TextLabel(theme, "view_name", "text") for key in FIGURES if key != "discarded"}
        grid = figure_grid()
        for place, key in enumerate(FIGURES):
            # Figures stand under their labels as the one in the field does, behind its frame.
            label = TextLabel(theme, "label", "text2", words(f"balance.{key}"))
            field: QWidget = self.discarded if key == "discarded" else self._figures[key]
            grid.addWidget(label, 0, place)
            grid.addWidget(field, 1, place)
        self._kept = TextLabel(theme, "view_name", "text")
        self._kept.setContentsMargins(12, 0, 0, 0)
        grid.addWidget(self._kept, 1, FIGURES.index("discarded"))
        self.reason = text_field()
        self._reason_row = FormRow(theme, words("balance.expired_reason"), self.reason)
        self._reason_row.setContentsMargins(INDENT, 4, 0, 0)
        self._kept_reason = TextLabel(theme, "table", "text", wrap=True)
        self._kept_reason.setContentsMargins(INDENT, 4, 0, 0)
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.setContentsMargins(INDENT, 0, 0, 0)
        self._problem.hide()
        layout = column(self, margins=(0, 10, 0, 12), spacing=6)
        layout.addWidget(self._drawn)
        layout.addWidget(self._lot)
        layout.addLayout(grid)
        layout.addWidget(self._reason_row)
        layout.addWidget(self._kept_reason)
        layout.addWidget(self._problem)
        layout.addSpacing(4)
        layout.addWidget(Hairline(theme))
        for edit in (self.discarded, self.reason):
            edit.editingFinished.connect(self.keep)
            edit.textEdited.connect(self._unsay)
        self.discarded.returnPressed.connect(self._keep_and_mark)
        self.reason.returnPressed.connect(self._keep_and_go_on)

    def show_balance(self, balance: SyringeBalance, *, expired: bool, writable: bool, lot: str) -> None:
        """Show a syringe; what is being typed about it stays."""
        another = self._syringe is None or balance.syringe.id != self._syringe.id
        syringe = self._syringe = balance.syringe
        words = load_words()
        name = words("balance.of", number=syringe.number)
        self._drawn.show_balance(balance)
        self._lot.setText(lot)
        self._lot.set_colour("error" if expired else "text2")
        self._figures["opened"].setText(show_volume(syringe.opened_ul))
        self._figures["injected"].setText(show_volume(balance.injected_ul))
        self._figures["rest"].setText(show_volume(balance.left_ul))
        self.discarded.setAccessibleName(f"{name}, {words('balance.discarded')}, {words('balance.unit')}")
        self.reason.setAccessibleName(f"{name}, {words('balance.expired_reason')}")
        for field in (self.discarded, self.reason):
            field.setReadOnly(not writable)
        # What can no longer be typed does not look as if it could.
        self.discarded.setVisible(writable)
        self._kept.setVisible(not writable)
        if another or not self.modified or not writable:
            self._show_stored()
        self._reason_row.setVisible(expired and writable)
        self._kept_reason.setVisible(expired and not writable and bool(syringe.expired_reason))

    @property
    def lacks_reason(self) -> bool:
        """True while an expired unit's reason is to be typed."""
        return not self._reason_row.isHidden() and not self.reason.text().strip()

    @property
    def modified(self) -> bool:
        """True while something typed is not stored."""
        return self.discarded.isModified() or self.reason.isModified()

    def keep(self) -> bool:
        """Give what is typed; False if it cannot be read or was refused, which stands under it."""
        syringe = self._syringe
        if syringe is None or not self.modified:
            return True
        try:
            discarded_ul = read_discarded(self.discarded.text())
        except InputRefused as refused:
            self.say(error_sentence(refused))
            return False
        changed = replace(syringe, discarded_ul=discarded_ul, expired_reason=self.reason.text().strip())
        if changed == syringe:
            self._show_stored()
            return True
        self.stored.emit(changed)
        return not self.modified

    def _keep_and_mark(self) -> None:
        """What is typed after Enter takes the place of the figure, it is not added to it."""
        if self.keep() and self.discarded.hasFocus():
            self.discarded.selectAll()

    def _keep_and_go_on(self) -> None:
        if self.keep():
            self.done.emit()

    def take(self, syringe: Syringe) -> None:
        """What was typed is stored."""
        self._syringe = syringe
        self._show_stored()

    def say(self, sentence: str) -> None:
        """Say why it was refused; what was typed stays."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _unsay(self) -> None:
        self.say("")

    def _show_stored(self) -> None:
        assert self._syringe is not None
        self.discarded.setText(show_volume(self._syringe.discarded_ul))
        self._kept.setText(self.discarded.text())
        self.reason.setText(self._syringe.expired_reason)
        said = load_words()("balance.expired_reason")
        self._kept_reason.setText(f"{said}: {self._syringe.expired_reason}")
        self.discarded.setModified(False)
        self.reason.setModified(False)
        self.say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what is stored."""
        if event.key() == Qt.Key.Key_Escape and self.modified:
            self._show_stored()
        else:
            super().keyPressEvent(event)
