"""What every part of the editor stands on: the map as stored, the tool in hand, the selection, undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from injectmap.domain.acting import Acting
from injectmap.domain.edits import Edit, EditKind, EditSink
from injectmap.domain.errors import Conflict, InjectmapError, InputRefused, StorageProblem
from injectmap.domain.journal import JournalRow
from injectmap.domain.patient import Patient
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordState
from injectmap.domain.session import OpenSession, PassDefaults, TreatmentSession
from injectmap.domain.totals import SyringeBalance, check_syringes, syringe_balances
from injectmap.domain.treatment_map import CannulaPass, TreatmentMap
from injectmap.editing import changes, remembered
from injectmap.editing.gesture_state import GestureState
from injectmap.editing.hit import HitFinder
from injectmap.editing.pointer import Cursor
from injectmap.editing.refit import refit
from injectmap.editing.shapes import HatchSettings
from injectmap.editing.sharing import Shares
from injectmap.editing.undo import Step, UndoHistory

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones
    from injectmap.editing.tools.base import Tool


class Handle(StrEnum):
    """What of the primary pass the arrow keys move."""

    WHOLE = "whole"
    ENTRY = "entry"
    TIP = "tip"


# Settings of passes that the next pass takes too.
_REMEMBERED = frozenset(
    {EditKind.SET_VOLUME, EditKind.SET_TECHNIQUE, EditKind.SET_PLANE, EditKind.SET_INSTRUMENT}
)


def _shares(one: CannulaPass | None) -> Shares:
    """What a pass holds of real syringes."""
    return tuple(share for share in one.shares if share.syringe_id) if one is not None else ()


@dataclass(frozen=True, slots=True)
class FailedEdit:
    """An edit that could not be stored; it is kept on screen until it is retried or discarded."""

    edit: Edit
    error: InjectmapError
    undoes: int | None = None


class EditorBase(GestureState):
    """Holds the map as stored, and everything about the gesture in hand that is not.

    Invariant: `map` is what the sink has acknowledged. A change goes to the sink first; if that fails the map
    stays as it is and the edit waits in `failed`. Passes and an item are never selected at once.
    """

    # The tools, with the one that puts nothing on the map first and the one to begin with second.
    tool_kinds: ClassVar[tuple[type[Tool], ...]]

    def __init__(
        self,
        opened: OpenSession,
        atlas: Atlas,
        sink: EditSink,
        acting: Acting,
        history: Sequence[JournalRow] = (),
    ) -> None:
        """Edit an opened session; `history` is its journal, oldest first."""
        super().__init__()
        self.atlas = atlas
        self.hits = HitFinder(atlas)
        self._sink = sink
        self._acting = acting
        self.view_id = "left_lateral"
        self.selection: frozenset[str] = frozenset()
        self.primary: str | None = None
        self.selected_item: str | None = None
        self.handle = Handle.WHOLE
        self.linked = self.planning = False
        # Passes that were drawn with one gesture: a volume typed for all of them is shared.
        self.drawn_together: set[frozenset[str]] = set()
        # The passes of the last gesture, with the syringe that was in use before it.
        self._drawn_from: tuple[frozenset[str], str] | None = None
        self.selected_by_undo = self.write_protected = False
        self.failed: FailedEdit | None = None
        self._tools = self._make_tools()
        self.tool: Tool = self._tools[self.tool_kinds[1].id]
        self.volumes = remembered.volumes_of(opened.map)
        self.fan, self.hatch = remembered.fan_settings(opened.map), HatchSettings()
        self._take(opened, history)
        self._put_tool_down()

    def _make_tools(self) -> dict[str, Tool]:
        raise NotImplementedError

    def _take(self, opened: OpenSession, history: Sequence[JournalRow]) -> None:
        self.opened = opened
        self.session: TreatmentSession = opened.session
        self.map: TreatmentMap = opened.map
        self.revision = opened.session.revision
        self.undo_history = UndoHistory.from_journal(history, self._acting.practitioner_id)
        self.defaults: PassDefaults = remembered.defaults_of(self.map, opened.session.defaults)
        used = remembered.last_syringe(self.map)
        self.syringe_id: str | None = changes.syringe_in_use(self.map, self.syringes, used)

    # What is shown

    @property
    def patient(self) -> Patient:
        """The person treated."""
        return self.opened.patient

    @property
    def syringes(self) -> tuple[Syringe, ...]:
        """The session's syringes."""
        return self.opened.syringes

    @property
    def balances(self) -> tuple[SyringeBalance, ...]:
        """What is in and out of each syringe."""
        return syringe_balances(self.syringes, self.map)

    @property
    def zones(self) -> Zones | None:
        """The zones of this session where corners of them were moved, else None."""
        return changes.session_zones(self.atlas, self.map)

    @property
    def tool_id(self) -> str:
        """The tool in hand."""
        return self.tool.id

    @property
    def read_only(self) -> bool:
        """True for a signed session, one or a patient entered in error, and in a file that cannot be written."""
        in_error = bool(self.session.error_reason or self.patient.error_reason)
        return in_error or self.session.state is RecordState.SIGNED or self.write_protected

    def _why_read_only(self) -> str:
        if self.session.error_reason:
            return "session_in_error"
        if self.patient.error_reason:
            return "patient_in_error"
        return "session_signed" if self.session.state is RecordState.SIGNED else "file_read_only"

    def protect(self) -> None:
        """Only show: the file cannot be written."""
        self.write_protected = True
        self._put_tool_down()

    def _put_tool_down(self) -> None:
        if self.read_only:
            self.tool = self._tools[self.tool_kinds[0].id]

    # View, tool, selection

    def set_view(self, view_id: str) -> None:
        """Show another view large; a gesture in hand ends without a trace."""
        if view_id == self.view_id:
            return
        self.tool.cancel()
        self.view_id = view_id
        self.hint = None
        self._tell("view")

    def choose_tool(self, tool_id: str) -> None:
        """Take another tool in hand."""
        self.tool.cancel()
        self.tool = self._tools[tool_id]
        self._put_tool_down()
        self.hint, self.cursor = None, Cursor.ARROW
        self.clear_measured()
        self._tell("tool")

    def select(self, pass_ids: Iterable[str], primary: str | None = None, *, by_undo: bool = False) -> None:
        """Select passes; the primary one is where keys and the inline editor act, unless undo selected it."""
        self.selected_by_undo = by_undo
        chosen = frozenset(one for one in pass_ids if one in self.map.by_id)
        ranked = sorted(chosen, key=self.map.numbers.__getitem__)
        first = primary if primary in chosen else (ranked[-1] if ranked else None)
        if (chosen, first, None) != (self.selection, self.primary, self.selected_item):
            self.selection, self.primary, self.selected_item = chosen, first, None
            self.handle = Handle.WHOLE
            self._tell("selection", "handle")

    def select_item(self, item_id: str | None) -> None:
        """Select something other than a pass that is kept on the map, such as a measurement, or nothing."""
        if item_id not in self.map.item_by_id:
            item_id = None
        self.select([])
        if item_id != self.selected_item:
            self.selected_item = item_id
            self._tell("selection")

    # Edits

    def commit(self, edit: Edit | None, *, undoes: int | None = None) -> bool:
        """Store an edit, then show it; False if it was kept in `failed` instead.

        InputRefused when the map would not be a valid one; nothing has changed then.
        """
        if edit is not None and self.failed is not None and edit is not self.failed.edit:
            raise InputRefused("edit_waiting")
        self.tool.cancel()
        if edit is None:
            return True
        after = edit.apply(self.map)
        try:
            if self.read_only:
                raise InputRefused(self._why_read_only())
            check_syringes(self.syringes, after)
        except InputRefused:
            self.show_preview(None)
            raise
        try:
            committed = self._sink.commit(self._acting, self.session.id, edit, self.revision, undoes)
        except (StorageProblem, Conflict) as error:
            self.failed = FailedEdit(edit, error, undoes)
            self._tell("state")
            return False
        self.failed = None
        self.map, self.revision = after, committed.revision
        step = self.undo_history.step(undoes)
        self.undo_history.record(committed.journal_number, step.edit if step else edit, undoes)
        self.previews, self.preview_replaces = (), frozenset()
        # What was said of the map before is no longer so.
        self.show_hint(self.cursor, None)
        kept = self.selection & after.by_id.keys()
        if kept != self.selection:
            self.select(kept, by_undo=undoes is not None)
        if self.selected_item is not None and self.selected_item not in after.item_by_id:
            self.select_item(None)
        self._tell("map", "preview", "state", "syringes")
        return True

    def retry(self) -> bool:
        """Try again to store the edit that failed."""
        if self.failed is None:
            return True
        edit, undoes = self.failed.edit, self.failed.undoes
        if stored := self.commit(edit, undoes=undoes):
            self._select_changed(edit, by_undo=undoes is not None)
        return stored

    def _select_changed(self, edit: Edit, *, by_undo: bool) -> None:
        """Show what an edit left behind."""
        self.select([change.pass_id for change in edit.changes], by_undo=by_undo)
        kept = [change.item_id for change in edit.items if change.after is not None]
        if kept and not edit.changes:
            self.select_item(kept[-1])

    def keep(self, edit: Edit) -> bool:
        """Keep on the chart what met a newer map, until it is retried or discarded; False if it fits no longer."""
        fitted = None if self.read_only else refit(edit, self.map)
        if fitted is None:
            return False
        self.failed = FailedEdit(fitted, InputRefused("kept_on_newer_map"))
        self._tell("state", "preview")
        return True

    def discard_failed(self) -> None:
        """Let go of the edit that failed."""
        self.failed = None
        self.previews, self.preview_replaces = (), frozenset()
        self._tell("state", "preview")

    def reload(self, opened: OpenSession, history: Sequence[JournalRow]) -> None:
        """Show a newer state, after a conflict or a change of the session's details."""
        self.tool.cancel()
        self.failed = self._drawn_from = None
        chosen, known = self.syringe_id, {syringe.id for syringe in self.syringes}
        self._take(opened, history)
        added = [syringe.id for syringe in self.syringes if syringe.id not in known]
        wanted = self.defaults.microlitres
        self.syringe_id = changes.syringe_in_use(self.map, self.syringes, chosen, added, wanted)
        self._put_tool_down()
        self.selection &= self.map.by_id.keys()
        self.primary = self.primary if self.primary in self.selection else None
        self.selected_item = self.selected_item if self.selected_item in self.map.item_by_id else None
        self._tell("map", "selection", "preview", "defaults", "tool", "state", "syringes")

    # Undo

    @property
    def undo_kind(self) -> EditKind | None:
        """What undo would take back."""
        return self.undo_history.done[-1].kind if self.undo_history.done else None

    @property
    def redo_kind(self) -> EditKind | None:
        """What redo would do again."""
        return self.undo_history.undone[-1].kind if self.undo_history.undone else None

    def undo(self) -> None:
        """Take back the last step: its inverse is committed like any edit."""
        self._replay(self.undo_history.done, inverse=True)

    def redo(self) -> None:
        """Do again what was last taken back."""
        self._replay(self.undo_history.undone, inverse=False)

    def _replay(self, steps: list[Step], *, inverse: bool) -> None:
        if not steps:
            return
        step = steps[-1]
        edit = step.edit.inverse() if inverse else step.edit
        try:
            if self.commit(edit, undoes=step.number):
                if edit.kind in _REMEMBERED:
                    # The next pass must not take what was just taken back.
                    self.defaults = remembered.defaults_of(self.map, self.opened.session.defaults)
                    self.volumes |= remembered.volumes_of(self.map)
                    self._tell("defaults")
                if any(_shares(one.before) != _shares(one.after) for one in edit.changes):
                    used = remembered.last_syringe(self.map)
                    self.syringe_id = changes.syringe_in_use(self.map, self.syringes, used)
                    self._tell("defaults")
                self._select_changed(edit, by_undo=True)
        except Conflict:
            # The map is not as the step left it: another's change came between. There is nothing to take back.
            self.undo_history.clear()
            self._tell("state")
