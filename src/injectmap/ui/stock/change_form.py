"""The forms that change a count: adjust it by so many with a reason, or set it to what was counted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import Conflict, InjectmapError, InputRefused
from injectmap.domain.stock import StockItem
from injectmap.services.stock import UNIT_LIMIT
from injectmap.ui.desk import Desk
from injectmap.ui.stock.stock_rows import show_count
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class ChangeForm(QWidget):
    """Adjusts or counts one item; what was typed stays when it is refused."""

    changed = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._item: StockItem | None = None
        self._counting = False
        self._title = TextLabel(theme, "section", "text", wrap=True)
        self._form = Form(theme)
        self.by = text_field(limit=12, placeholder=words("stock.adjust.by.example"))
        self.counted = text_field(limit=12)
        self.reason = text_field()
        self._by_row = self._form.row(words("stock.adjust.by"), self.by)
        self._counted_row = self._form.row(words("stock.count.counted"), self.counted)
        self._reason_row = self._form.row(words("stock.adjust.reason"), self.reason)
        self.accept = Button(theme, "", kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        layout = column(self, spacing=12)
        layout.addWidget(self._title)
        layout.addWidget(self._form)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)

    def begin(self, item: StockItem, *, counting: bool) -> None:
        """Ask for a count, or for a change with its reason."""
        words = load_words()
        self._item, self._counting = item, counting
        what = "count" if counting else "adjust"
        self._title.setText(words(f"stock.{what}.title", product=item.product.name, lot=item.lot))
        self.accept.setText(words(f"stock.{what}.accept"))
        for field in (self.by, self.counted, self.reason):
            field.clear()
        for row in (self._by_row, self._counted_row):
            row.show_hint(words("stock.count.was", count=show_count(item.count)))
        self._by_row.setVisible(not counting)
        self._reason_row.setVisible(not counting)
        self._counted_row.setVisible(counting)
        self._form.clear_problems()
        (self.counted if counting else self.by).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check and store."""
        self._form.clear_problems()
        item, stock, acting = self._item, self._desk.services.stock, self._desk.acting
        assert item is not None
        try:
            if self._counting:
                stock.count(acting, item, self._read(signed=False))
            else:
                stock.adjust(acting, item, self._read(signed=True), self.reason.text())
        except InputRefused as refused:
            ours = refused.code in ("reason_empty", "text_too_long")
            figure = self._counted_row if self._counting else self._by_row
            (self._reason_row if ours else figure).show_problem(error_sentence(refused))
            self._form.focus_problem()
            return
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            if isinstance(error, Conflict):
                self.changed.emit()
            return
        self._desk.stored()
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on and stores in the last field; Escape calls it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self._form.go_on():
                self.submit()
        else:
            super().keyPressEvent(event)

    def _read(self, *, signed: bool) -> int:
        field = self.by if signed else self.counted
        typed = field.text().strip().replace("−", "-")
        figures = typed.lstrip("+-") if signed and typed[:1] in ("+", "-") else typed
        code = "stock_change_impossible" if signed else "stock_units_impossible"
        if not (figures.isascii() and figures.isdecimal()) or len(typed) - len(figures) > 1:
            raise InputRefused(code, limit=UNIT_LIMIT)
        return -int(figures) if typed.startswith("-") else int(figures)
