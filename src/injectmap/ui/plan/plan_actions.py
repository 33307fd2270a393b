"""What the window's actions about the plan and the last session run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.services.ports import SessionSummary
    from injectmap.ui.canvas.chart_column import ChartColumn
    from injectmap.ui.desk import Desk
    from injectmap.ui.last_session import LastSession
    from injectmap.ui.patients.side import PatientSide
    from injectmap.ui.session.column import SessionColumn


class PlanActions(QObject):
    """Passes words between the panels and the editor; every decision is the editor's."""

    def __init__(
        self,
        desk: Desk,
        chart: ChartColumn,
        session: SessionColumn,
        side: PatientSide,
        show_chart: Callable[[], None],
    ) -> None:
        """Listen to the panel in the session column."""
        super().__init__(session)
        self._desk, self._chart = desk, chart
        self._session, self._side, self._show_chart = session, side, show_chart
        self._last: LastSession | None = None
        panel = session.plan
        panel.confirm_wanted.connect(self._confirm)
        panel.confirm_all_wanted.connect(self.confirm_all)
        panel.next_wanted.connect(self._fulfil_next)
        panel.all_wanted.connect(self.fulfil_all)
        panel.copy_wanted.connect(self.copy_last)
        panel.planning_wanted.connect(self._toggle_planning)

    def follow(self, last: LastSession, lay_protocol: Callable[[], None]) -> None:
        """Take who knows the sessions that can lie under the open one, and what opens the form of protocols."""
        self._last = last
        self._session.plan.protocol_wanted.connect(lay_protocol)
        self._session.plan.start.take_source(self._to_copy)
        last.changed.connect(self._session.plan.show_later)
        self._side.column.compare.follow(last)

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """One entry for each of the window's actions that are carried out here."""
        return {
            "fulfil_all": self.fulfil_all,
            "confirm_all": self.confirm_all,
            "copy_last": self.copy_last,
            "compare_with": self.compare_with,
        }

    # The plan

    def fulfil_all(self) -> None:
        """All planned passes that wait were done as planned."""
        from injectmap.editing import plan

        self._call(plan.fulfil)

    def _fulfil_next(self) -> None:
        from injectmap.editing import plan

        self._call(plan.fulfil_next)

    def _confirm(self) -> None:
        from injectmap.ui.canvas import chart_commands

        if self._writable() is not None:
            chart_commands.confirm(self._chart)
            self._show_chart()

    def confirm_all(self) -> None:
        """All copied passes were done as they were copied."""
        from injectmap.editing import plan

        self._call(plan.confirm)

    def _toggle_planning(self) -> None:
        editor = self._writable()
        if editor is not None:
            editor.set_planning(not editor.planning)
            self._show_chart()

    # The session before

    def copy_last(self) -> None:
        """Copy the passes of the last session, or the one chosen to compare with, each to be confirmed."""
        if self._last is None or self._writable() is None:
            return
        one = self._to_copy()
        if one is None:
            self._desk.problem.emit(load_words()("plan.no_other"))
        else:
            self._last.copy(one.id)
            self._show_chart()

    def _to_copy(self) -> SessionSummary | None:
        return self._last.to_copy if self._last is not None else None

    def compare_with(self) -> None:
        """Open the list of sessions that can lie under the open one."""
        if self._last is None or not self._last.others():
            self._desk.problem.emit(load_words()("plan.no_other"))
            return
        self._side.unfold()
        foot = self._side.column.compare
        foot.show_now()
        foot.choice.setFocus(Qt.FocusReason.ShortcutFocusReason)
        foot.choice.open_list()

    def _writable(self) -> MapEditor | None:
        """The editor, if its map can be changed; else why not is told."""
        editor = self._desk.editor
        if editor is not None and editor.read_only:
            self._desk.problem.emit(load_words()("chart.needs.editable"))
            return None
        return editor

    def _call(self, call: Callable[[MapEditor], object]) -> None:
        editor = self._writable()
        if editor is not None:
            self._chart.view.guarded(call, editor)
            self._show_chart()
