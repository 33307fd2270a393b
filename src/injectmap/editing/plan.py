"""The plan and what was done of it: planned passes carried out, copied ones confirmed, deviations explained."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.patient import clean_text
from injectmap.domain.treatment_map import CannulaPass, PassStatus, TreatmentMap
from injectmap.domain.units import show_volume
from injectmap.editing.both_sides import entry_at
from injectmap.editing.pointer import Hint
from injectmap.editing.sharing import Rests, Shares

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

REASON_LIMIT = 500


def waiting(treatment_map: TreatmentMap) -> tuple[CannulaPass, ...]:
    """Return the planned passes that nothing was done of yet, in order."""
    fulfilled = {one.fulfils for one in treatment_map.passes}
    return tuple(one for one in treatment_map.passes if one.is_planned and one.id not in fulfilled)


def drawn_in_order(editor: MapEditor, volumes: Sequence[int]) -> tuple[list[Shares], str]:
    """Draw volumes one after the other from the syringe in use and the next ones; also the one then in use.

    InputRefused: syringe_missing, and syringes_hold_less where they do not hold all of it.
    """
    rests = Rests(editor.map, editor.syringes, editor.syringe_id)
    shares: list[Shares] = []
    for at, volume in enumerate(volumes):
        drawn = rests.draw(volume, whole_first=False)
        if drawn is None:
            most = max(rests.rest_of_product(one) for one in rests.left)
            raise InputRefused("syringes_hold_less", missing_ml=show_volume(sum(volumes[at:]) - most))
        shares.append(drawn)
    return shares, rests.in_use


def fulfil(editor: MapEditor, planned_ids: Collection[str] | None = None) -> bool:
    """Done as planned: carry out planned passes, or all that wait, in their order; one edit.

    The plan stays. InputRefused: nothing_planned, syringe_missing, syringes_hold_less.
    """
    chosen = [one for one in waiting(editor.map) if planned_ids is None or one.id in planned_ids]
    if not chosen:
        raise InputRefused("nothing_planned")
    shares, in_use = drawn_in_order(editor, [volume_of(editor, one) for one in chosen])
    entries: dict[str, str] = {}
    first = editor.map.next_order
    done = [
        replace(
            one,
            id=new_id(),
            order=first + index,
            entry_id=entries.setdefault(one.entry_id, _entry_of(editor.map, one)),
            shares=own,
            status=PassStatus.DONE,
            fulfils=one.id,
            deviation="",
        )
        for index, (one, own) in enumerate(zip(chosen, shares, strict=True))
    ]
    return commit_and_select(
        editor, Edit(EditKind.FULFIL_PLAN, tuple(PassChange(None, one) for one in done)), in_use
    )


def fulfil_next(editor: MapEditor) -> bool:
    """Carry out the next planned pass alone."""
    return fulfil(editor, [one.id for one in waiting(editor.map)[:1]])


def volume_of(editor: MapEditor, one: CannulaPass) -> int:
    """What a pass that is not drawn yet takes: its own volume, or where it has none that of the next such pass."""
    if one.microlitres:
        return one.microlitres
    return editor.volume_of_tool(one.technique.value) if one.is_point else editor.defaults.microlitres


def _entry_of(treatment_map: TreatmentMap, planned: CannulaPass) -> str:
    """The entry point that a planned pass is done through: one of the treatment, so that the plan never moves."""
    there = None if planned.is_point else entry_at(treatment_map, planned.path.entry, planned=False)
    return there or new_id()


def commit_and_select(editor: MapEditor, edit: Edit, in_use: str | None = None) -> bool:
    """Commit an edit, select what it drew, else what it changed, and go on with the syringe now in use."""
    if not editor.commit(edit):
        return False
    drawn = [change.pass_id for change in edit.changes if change.before is None]
    editor.select(drawn or [change.pass_id for change in edit.changes])
    if in_use is not None:
        editor.use_syringe(in_use)
    return True


def confirm(editor: MapEditor, pass_ids: Collection[str] | None = None) -> bool:
    """Take copied passes, or all of them, as done today: drawn from today's syringes in order; one edit.

    InputRefused: nothing_unconfirmed, syringe_missing, syringes_hold_less.
    """
    copied = [
        one
        for one in editor.map.passes
        if one.status is PassStatus.UNCONFIRMED and (pass_ids is None or one.id in pass_ids)
    ]
    if not copied:
        raise InputRefused("nothing_unconfirmed")
    shares, in_use = drawn_in_order(editor, [volume_of(editor, one) for one in copied])
    pairs = (
        PassChange(one, replace(one, status=PassStatus.DONE, shares=own))
        for one, own in zip(copied, shares, strict=True)
    )
    return commit_and_select(editor, Edit(EditKind.CONFIRM, tuple(pairs)), in_use)


def confirm_selected(editor: MapEditor) -> bool:
    """Confirm the selected copied passes; where none is selected, only select the next one that waits.

    InputRefused: as `confirm`.
    """
    copied = [one.id for one in editor.map.passes if one.status is PassStatus.UNCONFIRMED]
    chosen = [one for one in copied if one in editor.selection]
    if chosen or not copied:
        return confirm(editor, chosen)
    editor.select([copied[0]])
    number = editor.map.numbers[copied[0]]
    editor.show_hint(editor.cursor, Hint("next_to_confirm", {"number": number, "count": len(copied)}))
    return True


def set_deviation(editor: MapEditor, pass_id: str, reason: str) -> bool:
    """Say why a pass was done otherwise than planned, was not done, or was not planned; empty takes it back.

    InputRefused: no_plan, text_too_long.
    """
    if not any(one.is_planned for one in editor.map.passes):
        raise InputRefused("no_plan")
    before = editor.map.by_id[pass_id]
    after = replace(before, deviation=clean_text(reason, limit=REASON_LIMIT))
    if after == before:
        return True
    return editor.commit(Edit(EditKind.SET_DEVIATION, (PassChange(before, after),)))
