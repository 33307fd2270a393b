"""The clinic's stock: what is on the shelf, and who was treated from a recalled lot."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.stock.recall_view import RecallView
from injectmap.ui.stock.shelf import Shelf
from injectmap.ui.stock.tab_button import TabButton
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.words import load_words


class StockPage(Surface):
    """Two tabs; a scan on the first receives a box, on the second it asks for its lot."""

    chart_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        words = load_words()
        self._desk, self._prompts = desk, prompts
        self.shelf = Shelf(theme, desk)
        self.shelf.receiving.scan.ask_picture = self._ask_picture
        self.recalls = RecallView(theme, desk, prompts)
        self.tabs = {
            self.shelf: TabButton(theme, words("stock.tab.items")),
            self.recalls: TabButton(theme, words("stock.tab.recall")),
        }
        self._stack = QStackedWidget()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(TextLabel(theme, "page_title", "text", words("stock.title")))
        head.addSpacing(16)
        for view, button in self.tabs.items():
            self._stack.addWidget(view)
            head.addWidget(button)
        head.addStretch(1)
        layout = column(self, margins=(32, 24, 32, 24), spacing=16)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self.tabs[self.shelf].clicked.connect(self.show_shelf)
        self.tabs[self.recalls].clicked.connect(self.recall)
        desk.clinic_changed.connect(self._on_clinic)
        self._choose(self.shelf)

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys of the tab that is shown."""
        back = ("Esc", "hint.stock.back")
        if self._stack.currentWidget() is self.recalls:
            return (("Enter", "recall.find"), back)
        if not self.shelf.writable:
            return (back,)
        return (("Ins", "hint.stock.receive"), ("A", "hint.stock.adjust"), ("C", "hint.stock.count"), back)

    def refresh(self) -> None:
        """Read the list anew; called whenever the page is shown."""
        self.shelf.refresh()

    def take_focus(self) -> None:
        """Give the keyboard to the tab that is shown."""
        view = self._stack.currentWidget()
        if view is self.recalls:
            self.recalls.take_focus()
        else:
            self.shelf.take_focus()

    def show_shelf(self) -> None:
        """The list of lots."""
        self._choose(self.shelf)
        # The keys at the foot are the tab's.
        self.page_wanted.emit("stock")

    def receive(self) -> None:
        """Open the form for new units."""
        self._choose(self.shelf)
        self.shelf.start_receiving()

    def recall(self) -> None:
        """Ask for a recalled lot."""
        self._choose(self.recalls)
        self.page_wanted.emit("stock")

    def take_scan(self, text: str) -> None:
        """A code scanned anywhere in the window while this page is shown."""
        if self._stack.currentWidget() is self.recalls:
            self.recalls.take_scan(text)
        else:
            self.shelf.take_scan(text)

    def choose_picture(self) -> None:
        """Read a picture of a box to receive."""
        self._choose(self.shelf)
        self.shelf.choose_picture()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the chart."""
        if event.key() == Qt.Key.Key_Escape:
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _choose(self, view: Shelf | RecallView) -> None:
        self._stack.setCurrentWidget(view)
        for one, button in self.tabs.items():
            button.setChecked(one is view)
        self.take_focus()

    def _on_clinic(self) -> None:
        """What was found belongs to the clinic before."""
        self.recalls.forget()
        self._choose(self.shelf)

    def _ask_picture(self) -> Path | None:
        words = load_words()
        return self._prompts.choose_existing_file(words("scan.picture.title"), words("scan.picture.kinds"))
