"""All actions by name: type a few letters, Enter runs the first, Escape puts the list away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from injectmap.ui.actions import ActionSet
from injectmap.ui.canvas.chart_column import ChartColumn
from injectmap.ui.palette_commands import Command, Provider, chart_commands, window_commands
from injectmap.ui.theme import Theme, metrics
from injectmap.ui.theme import font as type_font
from injectmap.ui.widgets.basics import Card, TextLabel, column, paint_key
from injectmap.ui.widgets.lists import RowDelegate, RowsModel, RowsView
from injectmap.ui.widgets.search_field import SearchField
from injectmap.words import load_words

_WIDTH, _ROW, _MOST_ROWS = 620, 32, 12
_STEPS = {
    Qt.Key.Key_PageDown: _MOST_ROWS - 1,
    Qt.Key.Key_PageUp: 1 - _MOST_ROWS,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Backtab: -1,
}


def matching(commands: Sequence[Command], typed: str) -> list[Command]:
    """Those whose words hold every word typed: usable ones first, then by where the first word is found."""
    wanted = typed.casefold().split()

    def rank(command: Command) -> tuple[bool, int, int] | None:
        text = command.text.casefold()
        if not all(word in text for word in wanted):
            return None
        first = wanted[0] if wanted else ""
        begins = 0 if text.startswith(first) else 1 if f" {first}" in text else 2
        return bool(command.reason), begins, 0

    ranked = [(place, number, command) for number, command in enumerate(commands) if (place := rank(command))]
    return [command for _, _, command in sorted(ranked, key=lambda one: (one[0], one[1]))]


class _CommandDelegate(RowDelegate):
    """A command's words at the left, its key or the reason against it at the right."""

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Command, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, right = self.theme, rect.right() - 12
        middle = Qt.AlignmentFlag.AlignVCenter
        if row.key:
            width = max(18, metrics("key").horizontalAdvance(row.key) + 12)
            paint_key(painter, theme, QRectF(right - width, rect.center().y() - 7.5, width, 17), row.key)
            right -= width + 10
        painter.setFont(type_font("table"))
        painter.setPen(theme.colour("text3" if row.reason else "text"))
        own = metrics("table").horizontalAdvance(row.text)
        painter.drawText(QRect(rect.left() + 14, rect.top(), own + 4, rect.height()), middle, row.text)
        if row.reason:
            left = rect.left() + 14 + own + 16
            room = right - left
            painter.setFont(type_font("label"))
            painter.setPen(theme.colour("text3"))
            shown = metrics("label").elidedText(row.reason, Qt.TextElideMode.ElideRight, room)
            box = QRect(left, rect.top(), room, rect.height())
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, shown)


class CommandPalette(Card):
    """Lies over the window until something is run; the keyboard goes back to where it was."""

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        actions: ActionSet,
        chart: ChartColumn,
        providers: Sequence[Provider] = (),
    ) -> None:
        super().__init__(theme, border="text3", parent=window)
        words = load_words()
        self._window, self._actions, self._chart = window, actions, chart
        self._providers = list(providers)
        self._commands: list[Command] = []
        self._before: QWidget | None = None
        self.setAccessibleName(words("palette.name"))
        self.field = SearchField(theme, words("palette.field"), "Ctrl K", self)
        self.model = RowsModel(_spoken, self)
        self.view = RowsView(theme, words("palette.name"), self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_CommandDelegate(theme, _ROW, self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.foot = TextLabel(theme, "label", "text2", words("palette.foot"))
        layout = column(self, margins=(8, 8, 8, 8), spacing=6)
        layout.addWidget(self.field)
        layout.addWidget(self.view)
        layout.addWidget(self.foot)
        self.setFixedWidth(_WIDTH)
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self.view.move_by)
        self.field.chosen.connect(self._run_current)
        self.field.left.connect(self.put_away)
        self.view.chosen.connect(self._run)
        window.installEventFilter(self)
        self.field.installEventFilter(self)
        self.hide()

    def add_provider(self, provider: Provider) -> None:
        """Offer more commands, asked for each time the list is opened."""
        self._providers.append(provider)

    def toggle(self) -> None:
        """Show, or put away."""
        if self.isVisible():
            self.put_away()
            return
        self._before = QApplication.focusWidget()
        self._commands = [
            *chart_commands(self._chart, self._actions["chart"].trigger),
            *(command for provider in self._providers for command in provider()),
            *window_commands(self._actions),
        ]
        self.field.clear()
        self._search("")
        self.raise_()
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def put_away(self) -> None:
        """Hide, and give the keyboard back."""
        if not self.isVisible():
            return
        self.hide()
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    # Searching and running

    def _search(self, typed: str) -> None:
        found = matching(self._commands, typed)
        self.model.show(found)
        if found:
            self.view.setCurrentIndex(self.model.index(0, 0))
        words = load_words()
        self.foot.setText(words("palette.foot") if found else words("palette.none", typed=typed.strip()))
        self._fit()

    def _run_current(self) -> None:
        row = self.view.currentIndex().data(Qt.ItemDataRole.UserRole)
        if isinstance(row, Command):
            self._run(row)

    def _run(self, command: Command) -> None:
        if command.reason:
            self.foot.setText(command.reason)
            return
        self.put_away()
        command.run()

    def _fit(self) -> None:
        rows = max(1, min(len(self.model.rows), _MOST_ROWS))
        self.view.setFixedHeight(rows * _ROW + 2)
        self.adjustSize()
        window = self._window
        self.move((window.width() - self.width()) // 2, max(64, (window.height() - 470) // 3))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the window; page keys move by a page; a click elsewhere puts the list away."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._fit()
            elif event.type() == QEvent.Type.MouseButtonPress:
                self.put_away()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self.view.move_by(step)
                return True
        elif isinstance(event, QFocusEvent) and self._left_for_good(event):
            # The keyboard is wanted elsewhere: it is not called back.
            self._before = None
            self.put_away()
        return super().eventFilter(watched, event)

    def _left_for_good(self, event: QFocusEvent) -> bool:
        other_window = event.reason() == Qt.FocusReason.ActiveWindowFocusReason
        return event.lostFocus() and self.isVisible() and not other_window


def _spoken(command: Command) -> str:
    return ". ".join(part for part in (command.text, command.key, command.reason) if part)
