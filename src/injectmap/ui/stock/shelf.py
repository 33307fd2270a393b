"""What is on the shelf: the list of lots, and beside it what happens to one of them."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.services.stock import StockLine
from injectmap.ui.desk import Desk
from injectmap.ui.stock.change_form import ChangeForm
from injectmap.ui.stock.item_panel import ItemPanel
from injectmap.ui.stock.receive_form import ReceiveForm
from injectmap.ui.stock.stock_rows import StockDelegate, StockHeader, StockView, say_line
from injectmap.ui.theme import RIGHT_COLUMN, Theme
from injectmap.ui.widgets.basics import Card, Scroller, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import choice_field
from injectmap.ui.widgets.lists import RowsModel
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class Filter(StrEnum):
    """Which lots are listed."""

    ALL = "all"
    EXPIRING = "expiring"
    LOW = "low"
    USED_UP = "used_up"


def shown(line: StockLine, which: Filter) -> bool:
    """True if a line belongs in the list asked for."""
    match which:
        case Filter.ALL:
            return line.item.count != 0
        case Filter.EXPIRING:
            return line.item.count > 0 and (line.expired or line.expires_soon)
        case Filter.LOW:
            return line.low
        case Filter.USED_UP:
            return True


class Shelf(QWidget):
    """Receives, adjusts and counts; the list keeps its place and the lot that was chosen."""

    back_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._lines: tuple[StockLine, ...] = ()
        self.filter = choice_field(theme, [(words(f"stock.filter.{one.value}"), one) for one in Filter])
        self.filter.setMinimumContentsLength(12)
        self.receive = Button(theme, words("stock.receive"), kind="primary", icon_name="plus")
        self.adjust = Button(theme, words("stock.adjust"))
        self.count = Button(theme, words("stock.count"))
        self.list = StockView(theme, words("stock.title"))
        self._model = RowsModel(say_line, self, tip=say_line)
        self.list.setModel(self._model)
        self.list.setItemDelegate(StockDelegate(theme, self.list))
        self._header = StockHeader(theme)
        self.none = TextLabel(theme, "body", "text2", wrap=True)
        self.none.setContentsMargins(16, 12, 16, 0)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.history = ItemPanel(theme)
        self.receiving = ReceiveForm(theme, desk)
        self.changing = ChangeForm(theme, desk)
        self._stack = QStackedWidget()
        self._receiving_place = Scroller(self.receiving)
        for widget in (self.history, self._receiving_place, self.changing):
            self._stack.addWidget(widget)
        self._build(theme)
        self.filter.activated.connect(self._show)
        self.receive.clicked.connect(self.start_receiving)
        self.adjust.clicked.connect(self._start_adjusting)
        self.count.clicked.connect(self._start_counting)
        self.list.selectionModel().currentChanged.connect(self._on_chosen)
        self.receiving.received.connect(self.refresh)
        self.receiving.cancelled.connect(self._show_history)
        self.changing.changed.connect(self._on_changed)
        self.changing.cancelled.connect(self._show_history)

    def _build(self, theme: Theme) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(10)
        tools.addWidget(self.receive)
        tools.addWidget(self.adjust)
        tools.addWidget(self.count)
        tools.addStretch(1)
        tools.addWidget(self.filter)
        table = Card(theme, border="line")
        inside = column(table, margins=(1, 4, 1, 4))
        inside.addWidget(self._header)
        inside.addWidget(self.none, 1)
        inside.addWidget(self.list, 1)
        left = column(spacing=12)
        left.addLayout(tools)
        left.addWidget(table, 1)
        beside = Card(theme, border="line")
        beside.setFixedWidth(RIGHT_COLUMN)
        column(beside, margins=(20, 16, 20, 16)).addWidget(self._stack)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(beside)

    @property
    def chosen(self) -> StockLine | None:
        """The line under the keyboard."""
        line = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        return line if isinstance(line, StockLine) else None

    @property
    def writable(self) -> bool:
        """True if counts may be changed."""
        return self._desk.has_clinic and not self._desk.read_only

    def refresh(self) -> None:
        """Read the list anew."""
        try:
            self._lines = self._desk.services.stock.lines(self._desk.acting)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            self._lines = ()
        self._show()

    def take_focus(self) -> None:
        """Give the keyboard to the list, or to the form that is open."""
        current = self._stack.currentWidget()
        if current is self._receiving_place:
            self.receiving.scan.setFocus(Qt.FocusReason.OtherFocusReason)
        elif current is self.history:
            # Without a lot there is nothing to do but receive the first.
            target = self.list if self._model.rows else self.receive
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def start_receiving(self) -> None:
        """Open the form for new units."""
        if not self.writable:
            return
        try:
            self.receiving.begin()
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self._stack.setCurrentWidget(self._receiving_place)
        self.receiving.scan.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_scan(self, text: str) -> None:
        """A box scanned while the stock is looked at is one to receive."""
        if not self.writable:
            return
        if self._stack.currentWidget() is not self._receiving_place:
            self.start_receiving()
        self.receiving.scan.take_text(text)

    def choose_picture(self) -> None:
        """Read a picture of a box to receive."""
        self.start_receiving()
        self.receiving.scan.choose_picture()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ins receives, A adjusts, C counts."""
        if event.key() == Qt.Key.Key_Insert:
            self.start_receiving()
        elif event.key() == Qt.Key.Key_A and not event.modifiers():
            self._start_adjusting()
        elif event.key() == Qt.Key.Key_C and not event.modifiers():
            self._start_counting()
        else:
            super().keyPressEvent(event)

    def _start_adjusting(self) -> None:
        self._start_changing(counting=False)

    def _start_counting(self) -> None:
        self._start_changing(counting=True)

    def _start_changing(self, *, counting: bool) -> None:
        line = self.chosen
        if line is not None and self.writable:
            self._stack.setCurrentWidget(self.changing)
            self.changing.begin(line.item, counting=counting)

    def _on_changed(self) -> None:
        self.refresh()
        self._show_history()

    def _show_history(self) -> None:
        self._stack.setCurrentWidget(self.history)
        self._on_chosen()
        self.take_focus()

    def _show(self) -> None:
        words, which = load_words(), Filter(self.filter.currentData())
        settings = self._desk.services.settings
        blanks = {"days": settings.expiry_notice_days, "count": settings.low_stock}
        self.filter.setToolTip(words(f"stock.filter.{which.value}.tip", **blanks))
        before = self.chosen
        rows = [line for line in self._lines if shown(line, which)]
        self._model.show(rows)
        key = "stock.none" if which in (Filter.ALL, Filter.USED_UP) else f"stock.none.{which.value}"
        self.none.setText(words(key, **blanks))
        self.none.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self._header.setVisible(bool(rows))
        kept = before.item.id if before is not None else ""
        place = next((n for n, line in enumerate(rows) if line.item.id == kept), 0)
        if rows:
            self.list.setCurrentIndex(self._model.index(place, 0))
        self._on_chosen()

    def _on_chosen(self) -> None:
        line = self.chosen
        self.receive.setEnabled(self.writable)
        for button in (self.adjust, self.count):
            button.setEnabled(self.writable and line is not None)
        if line is None:
            self.history.show_nothing(any_items=bool(self._model.rows))
            return
        desk = self._desk
        try:
            moved = desk.services.stock.movements(desk.acting, line.item.id)
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            moved = ()
        names = {one.id: one.name for one in desk.services.practitioners}
        self.history.show_item(line.item, moved, names)
