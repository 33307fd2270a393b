"""A page of the window."""

from __future__ import annotations

from PySide6.QtCore import Signal

from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Surface


class StockPage(Surface):
    """Nothing is shown yet."""

    chart_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        self._desk, self._prompts = desk, prompts
