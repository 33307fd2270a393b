"""The top bar: mark, pages, save state, practitioner, menu, Print record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSpacerItem,
    QToolButton,
    QWidget,
)

from injectmap.domain.acting import Right
from injectmap.domain.record import RecordState
from injectmap.ui.actions import ActionSet, When
from injectmap.ui.pages import BY_ID, PAGES
from injectmap.ui.start.logo import Logo
from injectmap.ui.theme import TOP_BAR, Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.basics import Hairline, Surface, TextLabel
from injectmap.ui.widgets.buttons import Button, IconButton
from injectmap.ui.widgets.status_line import SaveState
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

# Between the name and the pages, where there is room; below the widths the bar gives up what can be spared.
_GAP, _SMALL_GAP = 92, 12
_NARROW, _NARROWEST = 1400, 1200
# As the theme paints every other text that is disabled.
_FAINT = 0.6
_MENU = (
    *("palette", "keys", "", "new_patient", "new_session", "session_details", "session_error"),
    *("", "present", "aftercare_page", "new_event"),
    *("", "lock", "switch_person", "", "safety_page", "settings_page", "theme", "", "close_clinic", "quit"),
)


class _Tab(QAbstractButton):
    """A page's name; the open one is strong and underlined."""

    def __init__(self, theme: Theme, page: str) -> None:
        super().__init__()
        self.page = page
        self._theme = theme
        self.setText(load_words()(f"page.{page}"))
        self.setAccessibleName(self.text())
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(metrics("body_strong").horizontalAdvance(self.text()) + 28, TOP_BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        chosen = self.isChecked()
        painter.setFont(font("body_strong" if chosen else "body"))
        colour = "text" if chosen or self.underMouse() else "text2"
        painter.setPen(theme.colour(colour) if self.isEnabled() else theme.mixed("panel", "text3", _FAINT))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if chosen:
            painter.fillRect(0, self.height() - 3, self.width(), 3, theme.colour("accent"))
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(2, 8, -2, -8))


class _Notice(QWidget):
    """The words that a demonstration is none of real patients, in a frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = load_words()("app.demo")
        self.setAccessibleName(self._text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(metrics("label_strong").horizontalAdvance(self._text) + 24, 26)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("text3"), 1))
        painter.setBrush(self._theme.colour("win"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(self._theme.colour("text"))
        painter.setFont(font("label_strong"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class _WindowMenu(QMenu):
    """Opens inside the window: its button stands at the right edge."""

    def showEvent(self, event: QShowEvent) -> None:
        """Move left as far as need be."""
        super().showEvent(event)
        around = self.parentWidget()
        assert around is not None
        window = around.window().geometry()
        self.move(max(window.left(), min(self.x(), window.right() - self.width() - 8)), self.y())


class TopBar(Surface):
    """Says what page is open and whether all is saved; the rest of it chooses."""

    page_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "panel", edges="bottom")
        words = load_words()
        self.setFixedHeight(TOP_BAR)
        self._is_open, self._page = False, "chart"
        self._tabs = {spec.id: _Tab(theme, spec.id) for spec in PAGES if spec.tab}
        self._notice = _Notice(theme)
        self.save = SaveState(theme)
        self._separator = Hairline(theme, standing=True)
        self._separator.setFixedHeight(24)
        self._who = TextLabel(theme, "body", "text2", words("practitioner.title"))
        self.practitioner = TextLabel(theme, "body_strong", "text")
        self.menu_button = IconButton(theme, "menu", words("menu.title"), side=36)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = _WindowMenu(self)
        self.menu_button.setMenu(self.menu)
        self.present = Button(theme, words("present.button"))
        self.sign = Button(theme, words("sign.button"), kind="primary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 1)
        layout.setSpacing(10)
        layout.addWidget(Logo(theme, 24))
        layout.addWidget(TextLabel(theme, "view_name", "text", words("app.name")))
        self._gap = QSpacerItem(_GAP, 1)
        layout.addSpacerItem(self._gap)
        for tab in self._tabs.values():
            layout.addWidget(tab)
            tab.clicked.connect(self._choose)
        layout.addStretch(1)
        layout.addWidget(self._notice)
        layout.addStretch(1)
        layout.addWidget(self.save)
        layout.addWidget(self._separator)
        layout.addWidget(self._who)
        layout.addWidget(self.practitioner)
        layout.addSpacing(4)
        layout.addWidget(self.present)
        layout.addWidget(self.sign)
        layout.addWidget(self.menu_button)
        self.show_clinic(practitioner="", demo=False, is_open=False)

    def take_actions(self, actions: ActionSet) -> None:
        """Fill the menu and give the button its deed."""
        for name in _MENU:
            if name:
                self.menu.addAction(actions[name])
            else:
                self.menu.addSeparator()
        self.present.clicked.connect(actions["present"].trigger)
        self.sign.clicked.connect(actions["record"].trigger)

    def show_clinic(self, *, practitioner: str, demo: bool, is_open: bool) -> None:
        """Show what is of use with or without an open clinic."""
        for tab in self._tabs.values():
            tab.setVisible(is_open)
        self._is_open = is_open
        self._notice.setVisible(is_open and demo)
        self.practitioner.setText(practitioner)
        self.fit()
        if not is_open:
            self.save.hide()

    def show_page(self, page: str) -> None:
        """Mark the open page."""
        for name, tab in self._tabs.items():
            tab.setAutoExclusive(False)
            tab.setChecked(name == page)
            tab.setAutoExclusive(True)
        self._page = page
        self.fit()

    def fit(self) -> None:
        """Hide what can be spared, least needed first, so that nothing said is cut off."""
        narrow, failed = self.width() < _NARROW, self.save.failed
        narrowest = self.width() < _NARROWEST
        self._gap.changeSize(_SMALL_GAP if narrow else _GAP, 1)
        self._who.setVisible(self._is_open and not narrow and not failed)
        for widget in (self.practitioner, self._separator):
            widget.setVisible(self._is_open and not (narrow and failed) and not narrowest)
        signing = self._page == "record"
        self.sign.setVisible(self._is_open and not signing and not (failed and narrowest))
        self.present.setVisible(self._is_open and not failed and not (narrow and not signing))
        self.save.set_room(400 if self.width() >= _NARROWEST else 260)
        layout = self.layout()
        if layout is not None:
            layout.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is more room, or less."""
        super().resizeEvent(event)
        self.fit()

    def allow(
        self, open_now: frozenset[When], may: Callable[[Right], bool], editor: MapEditor | None = None
    ) -> None:
        """Enable the pages that there is something to show on; the tooltip of another says what is missing."""
        words = load_words()
        self._who.setText(words("practitioner.title" if may(Right.EDIT_SESSION) else "top.signed_in"))
        for page, tab in self._tabs.items():
            spec = BY_ID[page]
            allowed = spec.right is None or may(spec.right)
            usable = allowed and spec.when in open_now
            tab.setEnabled(usable)
            tab.setCursor(Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor)
            why = f"page.{spec.when.value}.none" if allowed else "error.not_allowed"
            tab.setToolTip("" if usable else words(why))
        usable = When.SESSION in open_now
        self.sign.setEnabled(usable)
        self.sign.setToolTip("" if usable else words("preview.none"))
        # A signed record says so wherever it is open.
        signed = editor is not None and editor.session.state is RecordState.SIGNED
        self.sign.setText(words("sign.signed" if signed else "sign.button"))
        self.sign.set_kind("" if signed else "primary")
        self.sign.set_icon("lock" if signed else "")

    def _choose(self) -> None:
        tab = self.sender()
        if isinstance(tab, _Tab):
            self.page_wanted.emit(tab.page)
