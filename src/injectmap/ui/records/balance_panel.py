"""What became of the syringes of the open record: each one, their sums, and one press that discards every rest."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.domain.product import Syringe
from injectmap.domain.units import show_volume
from injectmap.ui.desk import Desk
from injectmap.ui.records.balance_row import FIGURES, INDENT, BalanceRow, figure_grid
from injectmap.ui.session.syringe_row import lot_line
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words


class BalancePanel(QWidget):
    """Follows the open treatment session; `balanced` when nothing is left unaccounted for, `done` after Enter."""

    balanced = Signal()
    done = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._desk = theme, desk
        self.rows: list[BalanceRow] = []
        self._none = TextLabel(theme, "body", "text2", words("balance.none"), wrap=True)
        self._none.setContentsMargins(0, 8, 0, 0)
        self.discard = Button(theme, words("balance.discard_rest"))
        self._mark = Mark(theme)
        self._said = TextLabel(theme, "body", "ok", wrap=True)
        sums = QHBoxLayout()
        sums.setContentsMargins(INDENT, 8, 0, 0)
        sums.setSpacing(8)
        sums.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        sums.addWidget(self._said, 1)
        sums.addWidget(self.discard)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.setContentsMargins(0, 0, 0, 6)
        head.addWidget(TextLabel(theme, "table_strong", "text", words("balance.title")))
        head.addWidget(TextLabel(theme, "table", "text2", words("balance.unit")))
        head.addStretch(1)
        body = QWidget()
        self._list = column(body)
        self._sum = QWidget()
        self._figures = self._build_sum()
        layout = column(self)
        layout.addLayout(head)
        layout.addWidget(Hairline(theme))
        for widget in (self._none, body, self._sum):
            layout.addWidget(widget)
        layout.addLayout(sums)
        self.discard.clicked.connect(self.discard_rest)

    def _build_sum(self) -> dict[str, TextLabel]:
        words, grid = load_words(), figure_grid()
        grid.setContentsMargins(INDENT, 10, 0, 4)
        figures = {}
        for place, key in enumerate(FIGURES):
            grid.addWidget(TextLabel(self._theme, "label", "text2", words(f"balance.{key}")), 0, place)
            figures[key] = TextLabel(self._theme, "view_name", "text")
            grid.addWidget(figures[key], 1, place)
        # The one figure that may be typed stands behind a frame in the rows above.
        figures["discarded"].setContentsMargins(12, 0, 0, 0)
        self._sum.setLayout(grid)
        return figures

    def show_session(self) -> None:
        """Show the syringes of the open session."""
        editor, words = self._desk.editor, load_words()
        balances = editor.balances if editor is not None else ()
        writable = editor is not None and not editor.read_only and not self._desk.read_only
        while len(self.rows) < len(balances):
            row = BalanceRow(self._theme)
            row.stored.connect(self._store)
            row.done.connect(self._go_on)
            self.rows.append(row)
            self._list.addWidget(row)
        while len(self.rows) > len(balances):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        date = editor.session.date if editor is not None else None
        for row, one in zip(self.rows, balances, strict=True):
            expired = date is not None and one.syringe.expired_on(date)
            row.show_balance(one, expired=expired, writable=writable, lot=lot_line(one.syringe, date))
        self._none.setVisible(not balances)
        self._sum.setVisible(len(balances) > 1)
        open_ul = sum(one.left_ul for one in balances)
        sums = {
            "injected": show_volume(sum(one.injected_ul for one in balances)),
            "discarded": show_volume(sum(one.syringe.discarded_ul for one in balances)),
            "opened": show_volume(sum(one.syringe.opened_ul for one in balances)),
            "rest": show_volume(open_ul),
        }
        for key, label in self._figures.items():
            label.setText(sums[key])
            label.setAccessibleName(words("balance.sum_of", what=words(f"balance.{key}"), volume=sums[key]))
        even = all(one.balanced for one in balances)
        self._mark.show_mark("tick" if even else "info", "ok" if even else "text2")
        self._mark.setVisible(bool(balances))
        self._said.set_colour("ok" if even else "text2")
        said = "balance.even" if even else "balance.over" if open_ul < 0 else "balance.open"
        sums["rest"] = show_volume(abs(open_ul))
        self._said.setText(words(said, **sums) if balances else "")
        self.discard.setVisible(writable and any(one.left_ul > 0 for one in balances))

    def keep(self) -> bool:
        """Store what is being typed; False if something was refused, and the keyboard goes there."""
        for row in self.rows:
            if not row.keep():
                row.discarded.setFocus(Qt.FocusReason.OtherFocusReason)
                return False
        return True

    def take_focus(self) -> None:
        """The press that balances, where there is a rest; else the first field that is missing something."""
        if (unsaid := self._unsaid) is not None:
            unsaid.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.discard.isVisible():
            self.discard.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.rows:
            self.rows[0].discarded.setFocus(Qt.FocusReason.OtherFocusReason)
            self.rows[0].discarded.selectAll()

    @property
    def _unsaid(self) -> BalanceRow | None:
        """The first row of an expired unit whose reason is not written."""
        return next((row for row in self.rows if row.lacks_reason), None)

    def discard_rest(self) -> None:
        """Record the rest of every syringe as discarded."""
        desk = self._desk
        if not self.keep():
            return
        try:
            desk.refuse_if_unsaved()
            desk.take_changed(desk.services.sessions.discard_rest(desk.acting, desk.session_now()))
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            return
        self.balanced.emit()

    def _store(self, syringe: Syringe) -> None:
        row, desk = self.sender(), self._desk
        assert isinstance(row, BalanceRow)
        if desk.editor is None or all(one.id != syringe.id for one in desk.editor.syringes):
            return
        was_open = not self._even
        try:
            desk.update_syringe(syringe)
        except InjectmapError as error:
            row.say(error_sentence(error))
            return
        row.take(syringe)
        if was_open and self._even:
            self.balanced.emit()

    @property
    def _even(self) -> bool:
        editor = self._desk.editor
        return editor is not None and all(one.balanced for one in editor.balances)

    def _go_on(self) -> None:
        """Enter under a reason leads to the next one that is missing, and from the last one on."""
        if (unsaid := self._unsaid) is not None:
            unsaid.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.done.emit()
