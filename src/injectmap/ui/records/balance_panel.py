"""What became of each syringe: opened, injected, discarded, rest; the discarded volume is typed here."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.product import Syringe
from injectmap.domain.totals import SyringeBalance
from injectmap.domain.units import parse_volume, show_volume
from injectmap.ui.desk import Desk
from injectmap.ui.session.syringe_row import lot_line, paint_syringe
from injectmap.ui.theme import Theme, font
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import FormRow, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words


def read_discarded(typed: str) -> int:
    """Read a discarded volume; nothing typed and 0 mean none. InputRefused as in parse_volume."""
    text = typed.strip()
    return 0 if not text.replace(",", ".").strip("0.") else parse_volume(text)


class _Drawn(QWidget):
    """The syringe as drawn on the chart."""

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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_syringe(painter, self._theme, QRectF(8, 2, self.width() - 16, 30), self._balance)


class BalanceRow(QWidget):
    """One syringe with its four figures; Enter in the discarded volume stores it."""

    stored = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._theme = theme
        self._syringe: Syringe | None = None
        self._number = TextLabel(theme, "table_strong", "text")
        self._drawn = _Drawn(theme)
        self._lot = TextLabel(theme, "label", "text2", wrap=True)
        self.discarded = text_field(limit=24)
        self.discarded.setFixedWidth(76)
        self.discarded.setFont(font("view_name"))
        self.discarded.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._figures = {key: TextLabel(theme, "view_name", "text") for key in ("opened", "injected", "rest")}
        grid = QGridLayout()
        grid.setContentsMargins(28, 0, 0, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(2)
        for place, key in enumerate(("opened", "injected", "discarded", "rest")):
            grid.addWidget(TextLabel(theme, "label", "text2", words(f"balance.{key}")), 0, place)
            field: QWidget = self.discarded if key == "discarded" else self._figures[key]
            grid.addWidget(field, 1, place)
        grid.setColumnStretch(4, 1)
        self.reason = text_field(limit=600)
        self._reason_row = FormRow(theme, words("balance.expired_reason"), self.reason)
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._number)
        top.addWidget(self._drawn, 1)
        layout = column(self, margins=(0, 8, 0, 10), spacing=6)
        layout.addLayout(top)
        layout.addWidget(self._lot)
        layout.addLayout(grid)
        layout.addWidget(self._reason_row)
        layout.addWidget(self._problem)
        layout.addWidget(Hairline(theme))
        self._lot.setContentsMargins(28, 0, 0, 0)
        self._reason_row.setContentsMargins(28, 4, 0, 0)
        for edit in (self.discarded, self.reason):
            edit.editingFinished.connect(self._store)
            edit.textEdited.connect(self._unsay)

    def show_balance(self, balance: SyringeBalance, *, expired: bool, writable: bool, lot: str) -> None:
        """Show a syringe; what is being typed stays."""
        syringe = self._syringe = balance.syringe
        name = load_words()("balance.of", number=syringe.number)
        self._number.setText(str(syringe.number))
        self._drawn.show_balance(balance)
        self._lot.setText(lot)
        self._lot.set_colour("error" if expired else "text2")
        self._figures["opened"].setText(show_volume(syringe.opened_ul))
        self._figures["injected"].setText(show_volume(balance.injected_ul))
        self._figures["rest"].setText(show_volume(balance.left_ul))
        self.discarded.setAccessibleName(f"{name}, {load_words()('balance.discarded')}")
        self.reason.setAccessibleName(f"{name}, {load_words()('balance.expired_reason')}")
        for field, text in (
            (self.discarded, show_volume(syringe.discarded_ul)),
            (self.reason, syringe.expired_reason),
        ):
            field.setReadOnly(not writable)
            if not field.isModified():
                field.setText(text)
        self._reason_row.setVisible(expired)

    def say(self, sentence: str) -> None:
        """Say why it was refused; what was typed stays."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _unsay(self) -> None:
        self.say("")

    def _store(self) -> None:
        syringe, edit = self._syringe, self.sender()
        if syringe is None or not isinstance(edit, QLineEdit) or not edit.isModified():
            return
        try:
            changed = replace(
                syringe,
                discarded_ul=read_discarded(self.discarded.text()),
                expired_reason=self.reason.text().strip(),
            )
        except InputRefused as refused:
            self.say(error_sentence(refused))
            return
        self.discarded.setModified(False)
        self.reason.setModified(False)
        self.stored.emit(changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what is stored."""
        if event.key() == Qt.Key.Key_Escape and (self.discarded.isModified() or self.reason.isModified()):
            assert self._syringe is not None
            self.discarded.setText(show_volume(self._syringe.discarded_ul))
            self.reason.setText(self._syringe.expired_reason)
            self.say("")
        else:
            super().keyPressEvent(event)


class BalancePanel(QWidget):
    """All syringes of the open session, their sums, and one press that discards every rest."""

    balanced = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._desk = theme, desk
        self.rows: list[BalanceRow] = []
        self._none = TextLabel(theme, "body", "text2", words("balance.none"), wrap=True)
        self.discard = Button(theme, words("balance.discard_rest"))
        self._mark = Mark(theme)
        self._said = TextLabel(theme, "body", "ok", wrap=True)
        sums = QHBoxLayout()
        sums.setContentsMargins(28, 8, 0, 0)
        sums.setSpacing(8)
        sums.addWidget(self._mark)
        sums.addWidget(self._said, 1)
        sums.addWidget(self.discard)
        head = QHBoxLayout()
        head.addWidget(TextLabel(theme, "table_strong", "text", words("balance.title")))
        head.addWidget(TextLabel(theme, "table", "text2", words("balance.unit")))
        head.addStretch(1)
        body = QWidget()
        self._list = column(body)
        layout = column(self, spacing=2)
        layout.addLayout(head)
        layout.addWidget(Hairline(theme))
        layout.addWidget(self._none)
        layout.addWidget(body)
        layout.addLayout(sums)
        self.discard.clicked.connect(self.discard_rest)

    def show_session(self) -> None:
        """Show the syringes of the open session."""
        editor, words = self._desk.editor, load_words()
        balances = editor.balances if editor is not None else ()
        writable = editor is not None and not editor.read_only and not self._desk.read_only
        while len(self.rows) < len(balances):
            row = BalanceRow(self._theme)
            row.stored.connect(self._store)
            self.rows.append(row)
            self._list.addWidget(row)
        while len(self.rows) > len(balances):
            self.rows.pop().deleteLater()
        date = editor.session.date if editor is not None else None
        for row, one in zip(self.rows, balances, strict=True):
            expired = date is not None and one.syringe.expired_on(date)
            row.show_balance(one, expired=expired, writable=writable, lot=lot_line(one.syringe, date))
        self._none.setVisible(not balances)
        open_ul = sum(one.left_ul for one in balances)
        sums = {
            "injected": show_volume(sum(one.injected_ul for one in balances)),
            "discarded": show_volume(sum(one.syringe.discarded_ul for one in balances)),
            "opened": show_volume(sum(one.syringe.opened_ul for one in balances)),
            "rest": show_volume(abs(open_ul)),
        }
        even = all(one.balanced for one in balances)
        self._mark.show_mark("tick" if even else "info", "ok" if even else "text2")
        self._mark.setVisible(bool(balances))
        self._said.set_colour("ok" if even else "text2")
        self._said.setText(words("balance.even" if even else "balance.open", **sums) if balances else "")
        self.discard.setVisible(writable and any(one.left_ul > 0 for one in balances))

    def take_focus(self) -> None:
        """The press that balances, where there is a rest; else the first field that is missing something."""
        unsaid = next((row for row in self.rows if row.reason.isVisible() and not row.reason.text()), None)
        if unsaid is not None:
            unsaid.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.discard.isVisible():
            self.discard.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.rows:
            self.rows[0].discarded.setFocus(Qt.FocusReason.OtherFocusReason)
            self.rows[0].discarded.selectAll()

    def discard_rest(self) -> None:
        """Record the rest of every syringe as discarded."""
        desk = self._desk
        try:
            desk.refuse_if_unsaved()
            desk.take_changed(desk.services.sessions.discard_rest(desk.acting, desk.session_now()))
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            return
        self.balanced.emit()

    def _store(self, syringe: Syringe) -> None:
        row = self.sender()
        assert isinstance(row, BalanceRow)
        try:
            self._desk.update_syringe(syringe)
        except InjectmapError as error:
            row.say(error_sentence(error))
            return
        if all(one.balanced for one in self._desk.editor.balances if self._desk.editor):  # type: ignore[union-attr]
            self.balanced.emit()
