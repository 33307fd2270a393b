"""Starting a treatment session from the last one: its passes are copied, each to be confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.plan.which_session import which_session
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.ports import SessionSummary


def last_drawn(desk: Desk) -> SessionSummary | None:
    """The open patient's latest session that something was done in."""
    drawn = [one for one in desk.sessions if one.pass_count and not one.error_reason]
    return max(drawn, key=lambda one: (one.date, one.number), default=None)


class StartFromLast(TickBox):
    """Offered in the form of a new treatment session where there is one to start from; never ticked by itself."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme)
        self._desk = desk
        self._from: SessionSummary | None = None
        self.hide()

    def begin(self) -> None:
        """Offer the session that is the last one now."""
        words, one = load_words(), last_drawn(self._desk)
        self._from = one
        self.setChecked(False)
        self.setVisible(one is not None)
        if one is not None:
            date = which_session(one, self._desk.sessions)
            self.setText(words("plan.start_from", date=date, count=one.pass_count))
            self.setToolTip(words("plan.start_from.tip"))

    def copy(self) -> None:
        """Copy onto the session that was started, if that was wanted; why it could not be is told."""
        desk, one = self._desk, self._from
        if one is None or not self.isChecked() or desk.editor is None:
            return
        from injectmap.editing.compare import copy_session

        try:
            copy_session(desk.editor, desk.services.sessions.map_of(desk.acting, one.id))
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, as in the fields around it; with Ctrl it is the form's."""
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)
