"""The editor of one treatment map: what is drawn, selected and undone, with every edit stored before it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from injectmap.domain.acting import Acting
from injectmap.domain.edits import Edit, EditKind, EditSink
from injectmap.domain.errors import Conflict, InjectmapError, InputRefused, StorageProblem
from injectmap.domain.journal import JournalRow
from injectmap.domain.patient import Patient
from injectmap.domain.product import Syringe
from injectmap.domain.session import OpenSession, PassDefaults, TreatmentSession
from injectmap.domain.totals import SyringeBalance, check_syringes, syringe_balances
from injectmap.domain.treatment_map import Instrument, Plane, SkinPath, Technique, TreatmentMap
from injectmap.domain.units import parse_volume
from injectmap.editing import changes
from injectmap.editing.gesture_state import GestureState
from injectmap.editing.hit import HitFinder
from injectmap.editing.pointer import Cursor, Hint
from injectmap.editing.tools.base import Tool
from injectmap.editing.tools.cannula_pass import CannulaPassTool, FreeHandTool
from injectmap.editing.tools.select import SelectTool
from injectmap.editing.undo import Step, UndoHistory

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

TOOLS: tuple[type[Tool], ...] = (SelectTool, CannulaPassTool, FreeHandTool)


@dataclass(frozen=True, slots=True)
class FailedEdit:
    """An edit that could not be stored; it is kept on screen until it is retried or discarded."""

    edit: Edit
    error: InjectmapError
    undoes: int | None = None


class MapEditor(GestureState):
    """Holds the map as stored, and everything about the gesture in hand that is not.

    Invariant: `map` is what the sink has acknowledged. A change goes to the sink first; if that fails the map
    stays as it is and the edit waits in `failed`.
    """

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
        self.selected_by_undo = self.write_protected = False
        self.failed: FailedEdit | None = None
        self._tools = {kind.id: kind(self) for kind in TOOLS}
        self.tool: Tool = self._tools[CannulaPassTool.id]
        self._take(opened, history)
        self._put_tool_down()

    def _take(self, opened: OpenSession, history: Sequence[JournalRow]) -> None:
        self.opened = opened
        self.session: TreatmentSession = opened.session
        self.map: TreatmentMap = opened.map
        self.revision = opened.session.revision
        self.undo_history = UndoHistory.from_journal(history, self._acting.practitioner_id)
        last = self.map.passes[-1] if self.map.passes else None
        self.defaults: PassDefaults = opened.session.defaults
        if last is not None:
            self.defaults = PassDefaults(last.technique, last.plane, last.instrument, last.microlitres)
        used = last.shares[-1].syringe_id if last is not None else None
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
    def tool_id(self) -> str:
        """The tool in hand."""
        return self.tool.id

    @property
    def read_only(self) -> bool:
        """True for a session or patient entered in error, and in a file that cannot be written."""
        return bool(self.session.error_reason or self.patient.error_reason) or self.write_protected

    def _why_read_only(self) -> str:
        if self.session.error_reason:
            return "session_in_error"
        return "patient_in_error" if self.patient.error_reason else "file_read_only"

    def protect(self) -> None:
        """Only show: the file cannot be written."""
        self.write_protected = True
        self._put_tool_down()

    def _put_tool_down(self) -> None:
        if self.read_only:
            self.tool = self._tools[SelectTool.id]

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
        self._tell("tool")

    def select(self, pass_ids: Iterable[str], primary: str | None = None, *, by_undo: bool = False) -> None:
        """Select passes; the primary one is where keys and the inline editor act, unless undo selected it."""
        self.selected_by_undo = by_undo
        chosen = frozenset(one for one in pass_ids if one in self.map.by_id)
        ranked = sorted(chosen, key=self.map.numbers.__getitem__)
        first = primary if primary in chosen else (ranked[-1] if ranked else None)
        if chosen != self.selection or first != self.primary:
            self.selection, self.primary = chosen, first
            self._tell("selection")

    def select_next(self, step: int) -> None:
        """Select the next or previous pass by number, going round at the ends."""
        if not self.map.passes:
            return
        ids = [one.id for one in self.map.passes]
        at = ids.index(self.primary) if self.primary in ids else (-1 if step > 0 else len(ids))
        self.select([ids[(at + step) % len(ids)]])

    # Edits

    def draw(self, path: SkinPath, *, entry_id: str | None = None) -> None:
        """Draw a pass with the defaults of the next pass and select it."""
        try:
            drawn = changes.draw_from(
                self.map, self.syringes, syringe_id=self.syringe_id, microlitres=self.defaults.microlitres
            )
        except InputRefused as refused:
            self.show_preview(None)
            self.show_hint(Cursor.FORBIDDEN, Hint(refused.code))
            return
        edit = changes.add_pass(self.map, path, entry_id=entry_id, defaults=self.defaults, share=drawn.share)
        if self.commit(edit):
            self.syringe_id = drawn.share.syringe_id
            self.select([edit.changes[0].pass_id])
            if drawn.switched:
                number = next(s.number for s in self.syringes if s.id == self.syringe_id)
                self.show_hint(Cursor.CROSS, Hint("syringe_switched", {"number": number}))
            self._tell("defaults")

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
        kept = self.selection & after.by_id.keys()
        if kept != self.selection:
            self.select(kept, by_undo=undoes is not None)
        self._tell("map", "preview", "state", "syringes")
        return True

    def retry(self) -> bool:
        """Try again to store the edit that failed."""
        if self.failed is None:
            return True
        edit, undoes = self.failed.edit, self.failed.undoes
        if stored := self.commit(edit, undoes=undoes):
            self.select([change.pass_id for change in edit.changes], by_undo=undoes is not None)
        return stored

    def discard_failed(self) -> None:
        """Let go of the edit that failed."""
        self.failed = None
        self.previews, self.preview_replaces = (), frozenset()
        self._tell("state", "preview")

    def reload(self, opened: OpenSession, history: Sequence[JournalRow]) -> None:
        """Show a newer state, after a conflict or a change of the session's details."""
        self.tool.cancel()
        self.failed = None
        chosen, known = self.syringe_id, {syringe.id for syringe in self.syringes}
        self._take(opened, history)
        added = [syringe.id for syringe in self.syringes if syringe.id not in known]
        wanted = self.defaults.microlitres
        self.syringe_id = changes.syringe_in_use(self.map, self.syringes, chosen, added, wanted)
        self._put_tool_down()
        self.selection &= self.map.by_id.keys()
        self.primary = self.primary if self.primary in self.selection else None
        self._tell("map", "selection", "preview", "defaults", "tool", "state", "syringes")

    def remove_selected(self) -> None:
        """Take the selected passes off the map."""
        self.commit(changes.remove_passes(self.map, self.selection))

    def _set(self, kind: EditKind, changed: changes.PassChanger, **defaults: Any) -> None:
        """Change the selected passes, and what the next pass takes."""
        if self.commit(changes.change_passes(self.map, self.selection, kind, changed)):
            self.defaults = replace(self.defaults, **defaults)
            self._tell("defaults")

    def set_volume_text(self, typed: str) -> None:
        """Give the selected passes, and the next one, a typed volume in mL; InputRefused as in parse_volume."""
        volume = parse_volume(typed)
        self._set(EditKind.SET_VOLUME, lambda one: changes.with_volume(one, volume), microlitres=volume)

    def set_technique(self, technique: Technique) -> None:
        """Give the selected passes, and the next one, a technique."""
        kind = EditKind.SET_TECHNIQUE
        self._set(kind, lambda one: replace(one, technique=technique), technique=technique)

    def set_plane(self, plane: Plane) -> None:
        """Give the selected passes, and the next one, a plane."""
        self._set(EditKind.SET_PLANE, lambda one: replace(one, plane=plane), plane=plane)

    def set_instrument(self, instrument: Instrument) -> None:
        """Give the selected passes, and the next one, an instrument."""
        kind = EditKind.SET_INSTRUMENT
        self._set(kind, lambda one: replace(one, instrument=instrument), instrument=instrument)

    def set_syringe(self, syringe_id: str) -> None:
        """Draw the selected passes, and the next one, from a syringe."""
        if syringe_id not in {syringe.id for syringe in self.syringes}:
            raise InputRefused("syringe_unknown")
        edit = changes.change_passes(
            self.map, self.selection, EditKind.SET_SYRINGE, lambda one: changes.with_syringe(one, syringe_id)
        )
        if self.commit(edit):
            self.syringe_id = syringe_id
            self._tell("defaults")

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
                self.select([c.pass_id for c in edit.changes if c.after is not None], by_undo=True)
        except Conflict:
            # The map is not as the step left it: another's change came between. There is nothing to take back.
            self.undo_history.clear()
            self._tell("state")
