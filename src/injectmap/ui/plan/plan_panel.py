"""What is planned, copied or laid from a protocol in the open session: a line each, and what differs on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.ui.desk import Desk
from injectmap.ui.plan.details import Details
from injectmap.ui.plan.reason_line import ReasonLine
from injectmap.ui.plan.which_session import which_session
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.services.ports import SessionSummary

# Comparing with a protocol takes some milliseconds: not between two strokes, but once the hand rests.
_REST_MS = 120


class _Line(QWidget):
    """One thing in words and the buttons that do it."""

    def __init__(self, theme: Theme, *buttons: Button) -> None:
        super().__init__()
        self.said = TextLabel(theme, "table", "text", elide=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 3, 9, 0)
        layout.setSpacing(0)
        layout.addWidget(self.said, 1)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addWidget(button)


class _Buttons(QWidget):
    """Buttons side by side under a line of words."""

    def __init__(self, *buttons: Button) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(9, 0, 9, 0)
        layout.setSpacing(0)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addWidget(button)
        layout.addStretch(1)


class StartLines(QWidget):
    """What an empty map can start from, under the words that say it is empty."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._source: Callable[[], SessionSummary | None] | None = None
        self.from_last = Button(theme, "", kind="flat", icon_name="session")
        self.protocol = Button(theme, load_words()("plan.empty.protocol"), kind="flat", icon_name="page")
        self.planning = Button(theme, "", kind="flat", icon_name="pencil")
        layout = column(self, margins=(8, 4, 8, 4))
        for button in (self.from_last, self.protocol, self.planning):
            button.setStyleSheet("text-align: left")
            layout.addWidget(button)
        layout.addStretch(1)
        self.hide()

    def take_source(self, source: Callable[[], SessionSummary | None]) -> None:
        """Take what gives the session that would be copied."""
        self._source = source

    def follow(self, editor: MapEditor) -> None:
        """Shown while nothing is on the map; the buttons only where something may be put there."""
        empty = not editor.map.passes
        self.setVisible(empty)
        last = self._source() if empty and self._source is not None else None
        self.protocol.setVisible(not editor.read_only)
        self.planning.setVisible(not editor.read_only)
        self.planning.setText(load_words()("plan.draw.done" if editor.planning else "plan.draw.plan"))
        self.from_last.setVisible(last is not None and not editor.read_only)
        if last is not None:
            date = which_session(last, self._desk.sessions)
            self.from_last.setText(load_words()("plan.empty.from_last", date=date))


class PlanPanel(QWidget):
    """Follows the open session; nothing of it shows while there is no plan, copy or protocol on the map.

    `opened` tells that the details take room, which the totals give.
    """

    confirm_wanted = Signal()
    confirm_all_wanted = Signal()
    next_wanted = Signal()
    all_wanted = Signal()
    protocol_wanted = Signal()
    copy_wanted = Signal()
    planning_wanted = Signal()
    chart_wanted = Signal()
    opened = Signal(bool)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self.start = StartLines(theme, desk)
        self.confirm = Button(theme, "", kind="flat")
        self.confirm_all = Button(theme, words("plan.confirm.all"), kind="flat")
        self.next = Button(theme, words("plan.do.next"), kind="flat")
        self.all = Button(theme, "", kind="flat")
        self.more = Button(theme, words("plan.more"), kind="flat")
        self.more.setCheckable(True)
        self.copies = _Line(theme, self.confirm, self.confirm_all)
        self.line = _Line(theme, self.more)
        self.doing = _Buttons(self.next, self.all)
        self.reason = ReasonLine(theme, desk)
        self.details = Details(theme, desk)
        for button, key in (
            (self.confirm, "confirm"),
            (self.confirm_all, "confirm"),
            (self.next, "next"),
            (self.all, "all"),
            (self.more, "more"),
        ):
            button.setToolTip(words(f"plan.{key}.tip"))
        layout = column(self, margins=(0, 0, 0, 3))
        layout.addWidget(Hairline(theme))
        for part in (self.copies, self.line, self.doing, self.reason):
            layout.addWidget(part)
        layout.addWidget(self.details, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for button, signal in (
            (self.confirm, self.confirm_wanted),
            (self.confirm_all, self.confirm_all_wanted),
            (self.next, self.next_wanted),
            (self.all, self.all_wanted),
            (self.start.protocol, self.protocol_wanted),
            (self.start.from_last, self.copy_wanted),
            (self.start.planning, self.planning_wanted),
            (self.details.planning, self.planning_wanted),
        ):
            button.clicked.connect(signal)
        self.more.toggled.connect(self._on_more)
        self.details.waiting_wanted.connect(self._select_waiting)
        self.reason.left.connect(self.chart_wanted)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.show_now)
        desk.bridge.changed.connect(self._on_changed)
        desk.sessions_changed.connect(self.show_later)
        self.hide()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "selection", "state", "mode"}:
            self.show_later()

    def show_later(self) -> None:
        """Something has changed; shown once whatever goes with it has changed as well."""
        editor = self._desk.editor
        self._settle.start(_REST_MS if editor is not None and editor.map.protocols else 0)

    def show_now(self) -> None:
        """Show what is so now."""
        editor = self._desk.editor
        self.reason.follow(editor)
        if editor is None:
            self.hide()
            return
        self.start.follow(editor)
        self._show_copies(editor)
        self.details.follow(editor)
        self._show_line(editor)
        self.setVisible(any(not part.isHidden() for part in (self.copies, self.line, self.reason)))

    def _show_copies(self, editor: MapEditor) -> None:
        copied = [one for one in editor.map.passes if one.status.value == "unconfirmed"]
        chosen = sum(one.id in editor.selection for one in copied)
        words = load_words()
        self.copies.setVisible(bool(copied))
        self.copies.said.setText(words("plan.copied", count=len(copied)))
        self.confirm_all.setVisible(not editor.read_only)
        self.confirm.setVisible(0 < chosen < len(copied) and not editor.read_only)
        self.confirm.setText(words("plan.confirm.some", count=chosen))

    def _show_line(self, editor: MapEditor) -> None:
        """The plan as far as it was carried out, or without one the protocol on the map."""
        words, waiting = load_words(), self.details.waiting
        planned = sum(one.is_planned for one in editor.map.passes)
        said = self.details.summary
        if planned:
            key = "plan.waiting" if waiting else "plan.all_done"
            said = words(key, count=len(waiting), of=planned)
        self.line.said.setText(said)
        self.line.setVisible(bool(said))
        self.doing.setVisible(bool(waiting) and not editor.read_only)
        self.all.setText(words("plan.do.all", count=len(waiting)))
        self.all.setVisible(len(waiting) > 1)
        self.more.setVisible(bool(self.details.lines))
        if not self.details.lines:
            self.more.setChecked(False)

    def _on_more(self, wanted: bool) -> None:
        self.more.setText(load_words()("plan.less" if wanted else "plan.more"))
        self.details.setVisible(wanted)
        expanding = QSizePolicy.Policy.Expanding if wanted else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, expanding)
        self.opened.emit(wanted)

    def _select_waiting(self) -> None:
        editor = self._desk.editor
        if editor is not None:
            editor.select([one.id for one in self.details.waiting])
            self.chart_wanted.emit()
