"""The window: the head first, and places kept free for the panels that follow once it has been painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.chart_column import ChartColumn
from injectmap.ui.theme import FOOTER, LEFT_COLUMN, RIGHT_COLUMN, TOP_BAR, Theme
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.ui.widgets.status_line import Banner

SMALLEST = QSize(1100, 680)
# As wide as two sentences need.
_SAID_WIDTH = 760
FIRST_SIZE = QSize(1440, 900)
_BANNER_MOVES = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest, QEvent.Type.Resize)


class MainWindow(QMainWindow):
    """Lays the panels out and shows one page at a time.

    Until `furnish` it holds the chart alone, between empty places of the right size: nothing moves when the
    panels come.
    """

    width_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        """Build what the first paint needs and no more."""
        super().__init__()
        words = load_words()
        self.theme = theme
        self.bridge = EditorBridge(self)
        self.atlas_source: Callable[[], Atlas | None] | None = None
        self.closing: Callable[[], bool] | None = None
        # The system ends the program: what would keep the window is stored as far as it can be.
        self.must_close = self.is_closing = False
        self._cover: QWidget | None = None
        self._banner: Banner | None = None
        self.chart = ChartColumn(self.bridge, self._atlas, words, theme)
        self._places = {
            "top": _place(height=TOP_BAR),
            "banner": _place(height=0),
            "side": _place(width=LEFT_COLUMN),
            "identity": _place(height=0),
            "session": _place(width=RIGHT_COLUMN),
            "footer": _place(height=FOOTER),
        }
        self._chart_page = QWidget()
        self._across = _row(self._chart_page)
        self._across.addWidget(self.chart, 1)
        self._across.addWidget(self._places["session"])
        self._pages = QStackedWidget()
        self._pages.addWidget(self._chart_page)
        middle = QWidget()
        self._middle = _column(middle)
        self._middle.addWidget(self._places["identity"])
        self._middle.addWidget(self._pages, 1)
        self._work = QWidget()
        self._row = _row(self._work)
        self._row.addWidget(self._places["side"])
        self._row.addWidget(middle, 1)
        self._whole = QStackedWidget()
        self._whole.addWidget(self._work)
        self.paper = QWidget()
        self._down = _column(self.paper)
        self._down.addWidget(self._places["top"])
        self._down.addWidget(self._places["banner"])
        self._down.addWidget(self._whole, 1)
        self._down.addWidget(self._places["footer"])
        self.setCentralWidget(self.paper)
        self.setWindowTitle(words("app.name"))
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST_SIZE)

    def furnish(
        self,
        *,
        top: QWidget,
        banner: Banner,
        side: QWidget,
        identity: QWidget,
        session: QWidget,
        footer: QWidget,
    ) -> None:
        """Put the panels in their places."""
        self._take(self._down, "top", top)
        self._banner = banner
        banner.setParent(self.paper)
        banner.installEventFilter(self)
        banner.said.connect(self._lay_banner)
        self.paper.installEventFilter(self)
        self._take(self._row, "side", side)
        self._take(self._middle, "identity", identity)
        self._take(self._across, "session", session)
        self._take(self._down, "footer", footer)

    def show_whole(self, screen: QWidget | None) -> None:
        """Show a screen that takes the place of all the work, or the work."""
        _show_in(self._whole, screen or self._work)

    def show_page(self, page: QWidget | None) -> None:
        """Show a page in place of the chart, or the chart."""
        _show_in(self._pages, page or self._chart_page)

    def cover(self, screen: QWidget | None) -> None:
        """Show a screen over everything, bars included, or nothing; what lies under it is not shown and stays."""
        if self._cover is not None:
            self._cover.hide()
        self._cover = screen
        if screen is not None:
            screen.setParent(self)
            screen.setGeometry(self.rect())
            screen.show()
            screen.raise_()
            # As under a menu: what is half typed under the screen is neither taken nor dropped.
            screen.setFocus(Qt.FocusReason.PopupFocusReason)
        # Hidden alone it would still be told of a mouse button let go, and could still take the keyboard.
        self.paper.setEnabled(screen is None)
        self.paper.setVisible(screen is None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The banner lies over the page, which makes room for it where it stays."""
        if event.type() in _BANNER_MOVES:
            self._lay_banner()
        return False

    def _lay_banner(self) -> None:
        banner, across = self._banner, self.paper.width()
        assert banner is not None
        width = min(_SAID_WIDTH, across - 48) if banner.floats else across
        height = banner.heightForWidth(width) if banner.hasHeightForWidth() else banner.sizeHint().height()
        # What was done is said at the foot: the buttons of a page stand at its top.
        top = self.paper.height() - FOOTER - height - 16 if banner.floats else TOP_BAR
        banner.setGeometry((across - width) // 2, top, width, height)
        banner.raise_()
        self._places["banner"].setFixedHeight(0 if banner.isHidden() or banner.floats else height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell how much room there is."""
        super().resizeEvent(event)
        if self._cover is not None:
            self._cover.setGeometry(self.rect())
        self.width_changed.emit(event.size().width())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whether it may close; while a closing makes its backup nothing begins another."""
        if self.is_closing:
            event.ignore()
            return
        self.is_closing = True
        try:
            event.setAccepted(self.closing is None or self.closing() or self.must_close)
        finally:
            self.is_closing = False

    def _atlas(self) -> Atlas | None:
        return self.atlas_source() if self.atlas_source is not None else None

    def _take(self, layout: QHBoxLayout | QVBoxLayout, name: str, panel: QWidget) -> None:
        place = self._places.pop(name)
        # A panel that hides itself stays hidden: replacing shows nothing.
        layout.replaceWidget(place, panel)
        place.deleteLater()


def _show_in(stack: QStackedWidget, widget: QWidget) -> None:
    if stack.indexOf(widget) < 0:
        stack.addWidget(widget)
    stack.setCurrentWidget(widget)


def _place(*, width: int | None = None, height: int | None = None) -> QWidget:
    widget = QWidget()
    # The panels' own ground, so that nothing flashes when they come.
    widget.setAutoFillBackground(True)
    widget.setBackgroundRole(QPalette.ColorRole.AlternateBase)
    if width is not None:
        widget.setFixedWidth(width)
    if height is not None:
        widget.setFixedHeight(height)
    return widget


def _row(widget: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
