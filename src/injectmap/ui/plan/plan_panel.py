"""What is planned, copied or laid from a protocol in the open session, and what of it is otherwise or still to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.ui.desk import Desk
from injectmap.ui.plan.protocol_lines import ProtocolLines
from injectmap.ui.plan.reason_line import ReasonLine
from injectmap.ui.plan.start_from import last_drawn
from injectmap.ui.plan.texts import by_side
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.editing.editor import MapEditor


class _Task(QWidget):
    """What waits, in words, and the buttons that do it."""

    def __init__(self, theme: Theme, *buttons: Button) -> None:
        super().__init__()
        self.said = TextLabel(theme, "table", "text", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 12, 0)
        layout.setSpacing(6)
        layout.addWidget(self.said, 1)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addWidget(button)


class PlanPanel(QWidget):
    """Follows the open session; nothing of it shows while there is no plan, copy or protocol on the map."""

    confirm_wanted = Signal()
    next_wanted = Signal()
    all_wanted = Signal()
    protocol_wanted = Signal()
    copy_wanted = Signal()
    chart_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self.confirm = Button(theme, "", kind="flat")
        self.next = Button(theme, words("plan.do.next"), kind="flat")
        self.all = Button(theme, "", kind="flat")
        self.copies = _Task(theme, self.confirm)
        self.planned = _Task(theme, self.next, self.all)
        self.not_done = Button(theme, "", kind="flat")
        self.not_done.setToolTip(words("plan.select.tip"))
        self.not_done.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.not_done.setStyleSheet("text-align: left")
        self.reason = ReasonLine(theme, desk)
        self.protocols = ProtocolLines(theme, desk)
        self.from_last = Button(theme, "", kind="flat", icon_name="session")
        self.protocol = Button(theme, words("plan.empty.protocol"), kind="flat", icon_name="page")
        self.start = QWidget()
        start = column(self.start, margins=(8, 4, 8, 4))
        for button in (self.from_last, self.protocol):
            button.setStyleSheet("text-align: left")
            start.addWidget(button)
        which = column(margins=(9, 0, 12, 0))
        which.addWidget(self.not_done)
        for button, key in ((self.confirm, "confirm"), (self.next, "next"), (self.all, "all")):
            button.setToolTip(words(f"plan.{key}.tip"))
        self._line = Hairline(theme)
        layout = column(self, margins=(0, 0, 0, 6))
        layout.addWidget(self._line)
        for part in (self.start, self.copies, self.planned):
            layout.addWidget(part)
        layout.addLayout(which)
        layout.addWidget(self.reason)
        layout.addWidget(self.protocols)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for button, signal in (
            (self.confirm, self.confirm_wanted),
            (self.next, self.next_wanted),
            (self.all, self.all_wanted),
            (self.protocol, self.protocol_wanted),
            (self.from_last, self.copy_wanted),
        ):
            button.clicked.connect(signal)
        self.not_done.clicked.connect(self._select_waiting)
        self.reason.left.connect(self.chart_wanted)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.show_now)
        desk.bridge.changed.connect(self._on_changed)
        desk.sessions_changed.connect(self._later)
        self.hide()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "selection", "state"}:
            self._later()

    def _later(self) -> None:
        self._settle.start(0)

    def show_now(self) -> None:
        """Show what is so now."""
        editor = self._desk.editor
        if editor is None:
            self.reason.follow(None)
            self.hide()
            return
        parts = (self.start, self.copies, self.planned, self.reason, self.protocols)
        self._show_start(editor)
        self._show_copies(editor)
        self._show_planned(editor)
        self.reason.follow(editor)
        self.protocols.follow(editor)
        self.setVisible(any(not part.isHidden() for part in parts))

    @staticmethod
    def _writable(editor: MapEditor) -> bool:
        return not editor.read_only

    def _show_start(self, editor: MapEditor) -> None:
        """An empty map can start from the last session or from a protocol."""
        empty = not editor.map.passes and self._writable(editor)
        self.start.setVisible(empty)
        last = last_drawn(self._desk) if empty else None
        own = last is not None and last.id == editor.session.id
        self.from_last.setVisible(last is not None and not own)
        if last is not None:
            self.from_last.setText(load_words()("plan.empty.from_last", date=show_date(last.date)))

    def _show_copies(self, editor: MapEditor) -> None:
        copied = [one for one in editor.map.passes if one.status.value == "unconfirmed"]
        chosen = [one for one in copied if one.id in editor.selection]
        words = load_words()
        self.copies.setVisible(bool(copied))
        self.copies.said.setText(words("plan.copied", count=len(copied)))
        self.confirm.setVisible(self._writable(editor))
        some = chosen and len(chosen) < len(copied)
        text = words("plan.confirm.some", count=len(chosen)) if some else words("plan.confirm.all")
        self.confirm.setText(text)

    def _show_planned(self, editor: MapEditor) -> None:
        planned = sum(one.is_planned for one in editor.map.passes)
        waiting = self._waiting(editor)
        words = load_words()
        self.planned.setVisible(bool(planned))
        key = "plan.waiting" if waiting else "plan.all_done"
        said = words(key, count=len(waiting), of=planned)
        self.planned.said.setText(" ".join(part for part in (said, self._tally(editor)) if part))
        self.next.setVisible(bool(waiting) and self._writable(editor))
        self.all.setVisible(len(waiting) > 1 and self._writable(editor))
        self.all.setText(words("plan.do.all", count=len(waiting)))
        self.not_done.setVisible(bool(waiting) and len(waiting) < planned)
        self.not_done.setText(words("plan.which", passes=by_side(waiting, editor.map.numbers)))

    @staticmethod
    def _waiting(editor: MapEditor) -> tuple[CannulaPass, ...]:
        fulfilled = {one.fulfils for one in editor.map.passes}
        return tuple(one for one in editor.map.passes if one.is_planned and one.id not in fulfilled)

    @staticmethod
    def _tally(editor: MapEditor) -> str:
        """How many were done otherwise, and how many of these have no reason yet."""
        from injectmap.domain.compare import deviations

        words = load_words()
        other = [one for one in deviations(editor.map) if one.done is not None and one.differs]
        if not other:
            return ""
        unexplained = sum(not one.reason for one in other)
        key = "plan.otherwise.unexplained" if unexplained else "plan.otherwise"
        return words(key, count=len(other), unexplained=unexplained)

    def _select_waiting(self) -> None:
        editor = self._desk.editor
        if editor is not None:
            editor.select([one.id for one in self._waiting(editor)])
            self.chart_wanted.emit()
