"""The pages of the window: which there are, when they are of use, and each built when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from injectmap.domain.acting import Right
from injectmap.ui.actions import When

if TYPE_CHECKING:
    from injectmap.ui.desk import Desk
    from injectmap.ui.main_window import MainWindow
    from injectmap.ui.prompts import Prompts

CHART = "chart"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page: `page.<id>` is its name; `when` says what must be open; one without a tab is reached by its action.

    It is shown only to who has the `right`. `side` tells whether the patient column stands beside it; a page without names the patient itself.
    """

    id: str
    built_by: str
    when: When
    tab: bool = True
    side: bool = True
    right: Right | None = None


PAGES: tuple[PageSpec, ...] = (
    PageSpec(CHART, "", When.CLINIC),
    PageSpec(
        "patient",
        "injectmap.ui.patients.patient_page:PatientPage",
        When.PATIENT,
        side=False,
        right=Right.READ_RECORD,
    ),
    PageSpec(
        "record",
        "injectmap.ui.records.record_page:RecordPage",
        When.SESSION,
        side=False,
        right=Right.READ_RECORD,
    ),
    PageSpec("aftercare", "injectmap.ui.aftercare.aftercare_page:AftercarePage", When.PATIENT, tab=False),
    PageSpec("due", "injectmap.ui.aftercare.due_page:DuePage", When.CLINIC, side=False),
    PageSpec("stock", "injectmap.ui.stock.stock_page:StockPage", When.CLINIC, side=False),
    PageSpec("safety", "injectmap.ui.trust.trust_page:TrustPage", When.CLINIC, tab=False, side=False),
    PageSpec(
        "settings", "injectmap.ui.settings.settings_page:SettingsPage", When.CLINIC, tab=False, side=False
    ),
)
BY_ID = {spec.id: spec for spec in PAGES}


class Pages(QObject):
    """Shows one page at a time in the middle of the window.

    A page is a widget made as `Page(theme, desk, prompts)`. It may have a method `refresh`, called whenever it is
    shown, a method `take_focus`, a property `hints`, and the signals `chart_wanted` and `page_wanted`.
    """

    shown = Signal(str)

    def __init__(self, window: MainWindow, desk: Desk, prompts: Prompts) -> None:
        """Begin with the chart, which the window has already."""
        super().__init__(window)
        self._window, self._desk, self._prompts = window, desk, prompts
        self._built: dict[str, QWidget] = {}
        self._open: frozenset[When] = frozenset({When.ALWAYS})
        self._may: Callable[[Right], bool] = lambda _: True
        self.current = CHART

    def __getitem__(self, page_id: str) -> Any:
        """The page, built now if it has not been wanted before."""
        page = self._built.get(page_id)
        if page is None:
            module, _, name = BY_ID[page_id].built_by.partition(":")
            page = getattr(import_module(module), name)(self._window.theme, self._desk, self._prompts)
            assert isinstance(page, QWidget)
            self._built[page_id] = page
            for signal, slot in (("chart_wanted", self.show_chart), ("page_wanted", self.show)):
                if hasattr(page, signal):
                    getattr(page, signal).connect(slot)
        return page

    def built(self) -> Iterator[QWidget]:
        """The pages that were wanted so far."""
        yield from self._built.values()

    def allow(self, open_now: frozenset[When], may: Callable[[Right], bool]) -> None:
        """Say what is open, and for whom; a page that has lost its subject gives way to the chart."""
        self._open, self._may = open_now, may
        if not self.usable(self.current):
            self.show_chart()
        elif self.current == CHART:
            self._window.show_page(self._instead_of_chart)

    def usable(self, page_id: str) -> bool:
        """True if what the page is about is open, and may be seen."""
        spec = BY_ID[page_id]
        allowed = spec.right is None or self._may(spec.right)
        return page_id == CHART or (spec.when in self._open and allowed)

    def show_chart(self) -> None:
        """Show the chart."""
        self.show(CHART)

    def show(self, page_id: str) -> bool:
        """Show a page; False if there is nothing to show on it now."""
        if not self.usable(page_id):
            return False
        self.current = page_id
        page = None if page_id == CHART else self[page_id]
        self._window.show_page(page or self._instead_of_chart)
        # What stands beside the page comes or goes first, so that it is filled at its own size.
        self.shown.emit(page_id)
        if page is not None and hasattr(page, "refresh"):
            page.refresh()
        return True

    @cached_property
    def quiet(self) -> QWidget:
        """What stands in place of the chart for who may see none: nothing there could be done."""
        from injectmap.ui.quiet_page import QuietPage

        return QuietPage(self._window.theme)

    @property
    def _instead_of_chart(self) -> QWidget | None:
        return None if self._may(Right.READ_RECORD) else self.quiet

    def focus(self) -> None:
        """Give the keyboard to what is shown."""
        if self.current == CHART and self._instead_of_chart is not None:
            self.quiet.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.current == CHART:
            self._window.chart.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        page = self[self.current]
        if hasattr(page, "take_focus"):
            page.take_focus()
        else:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys of the shown page and the words for what they do; none of the chart's."""
        if self.current == CHART:
            return ()
        return tuple(getattr(self[self.current], "hints", ()))
