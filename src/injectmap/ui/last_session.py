"""The session before the open one, or another that was chosen, held ready to be shown under the present map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from injectmap.domain.errors import InjectmapError
from injectmap.ui.palette_commands import Command
from injectmap.ui.plan.which_session import which_session
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import TreatmentMap
    from injectmap.services.ports import SessionSummary
    from injectmap.ui.canvas.chart_column import ChartColumn
    from injectmap.ui.desk import Desk


class LastSession(QObject):
    """Follows the desk; a map is read only when it is wanted on the head."""

    changed = Signal()
    # Chosen in place of a session's id: nothing is shown under the open one.
    NONE = "none"

    def __init__(self, desk: Desk, chart: ChartColumn) -> None:
        """Offer the chart what the desk has."""
        super().__init__(chart)
        self._desk, self._chart = desk, chart
        self._chosen: str | None = None
        self._offered: tuple[object, ...] = ()
        desk.session_changed.connect(self._on_session)
        desk.sessions_changed.connect(self._offer)
        self._offer()

    def others(self) -> list[SessionSummary]:
        """The patient's other sessions that something was drawn in, the latest first."""
        editor = self._desk.editor
        if editor is None:
            return []
        found = [
            one
            for one in self._desk.sessions
            if one.id != editor.session.id and one.pass_count and not one.error_reason
        ]
        return sorted(found, key=lambda one: (one.date, one.number), reverse=True)

    @property
    def shown(self) -> SessionSummary | None:
        """The one that is shown when the overlay is on: the chosen one, else the last before the open one."""
        others, editor = self.others(), self._desk.editor
        chosen = next((one for one in others if one.id == self._chosen), None)
        if chosen is not None or editor is None or self._chosen == self.NONE:
            return chosen
        here = (editor.session.date, editor.session.number)
        return next((one for one in others if (one.date, one.number) < here), None)

    @property
    def to_copy(self) -> SessionSummary | None:
        """The one that is shown, else the latest that is no later one of the same day."""
        editor = self._desk.editor
        if editor is None or self.shown is not None:
            return self.shown
        day, number = editor.session.date, editor.session.number
        return next((one for one in self.others() if one.date != day or one.number < number), None)

    def choose(self, session_id: str | None) -> None:
        """Show another session, or again the last one, or with NONE no other."""
        self._chosen = session_id
        self._offer()
        if self.shown is not None and "last_session" not in self._chart.view.shown:
            self._chart.toggles.toggle("last_session")

    def commands(self) -> list[Command]:
        """A line of the list of all actions for each session that can be shown."""
        words, found, editor = load_words(), list[Command](), self._desk.editor
        closed = words("chart.needs.editable") if editor is not None and editor.read_only else ""
        for one in self.others():
            date = which_session(one, self._desk.sessions)
            shows, copies = words("palette.ghost", date=date), words("palette.copy", date=date)
            found.append(Command(f"ghost.{one.id}", shows, partial(self.choose, one.id)))
            found.append(Command(f"copy.{one.id}", copies, partial(self.copy, one.id), "", closed))
        return found

    def copy(self, session_id: str) -> None:
        """Copy the passes of another session onto the open one, each to be confirmed."""
        editor, other = self._desk.editor, self._read(session_id)
        if editor is None or other is None:
            return
        from injectmap.editing.compare import copy_session

        try:
            copy_session(editor, other)
        except InjectmapError as refused:
            self._desk.problem.emit(error_sentence(refused))

    def _on_session(self) -> None:
        self._chosen = None
        self._offer()

    def _offer(self) -> None:
        """Tell the chart of a session; nothing if it knows already."""
        one = self.shown
        said = which_session(one, self._desk.sessions) if one is not None else ""
        key = (one.id, said) if one is not None else ()
        if key != self._offered:
            self._offered = key
            if one is None:
                self._chart.offer_ghost(None)
            else:
                self._chart.offer_ghost(partial(self._read, one.id), said)
            self.changed.emit()

    def _read(self, session_id: str) -> TreatmentMap | None:
        try:
            return self._desk.services.sessions.map_of(self._desk.acting, session_id)
        except InjectmapError:
            # Opening that session would say why; under another one it is merely not shown.
            return None
