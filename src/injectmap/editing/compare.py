"""Starting from another treatment session: its passes copied, each to be confirmed or changed today."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.totals import done_passes
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Share, TreatmentMap
from injectmap.editing.both_sides import entry_at
from injectmap.editing.plan import commit_and_select, drawn_in_order
from injectmap.editing.sharing import Shares
from injectmap.editing.zone_corners import in_zones, split_anew, zones_with

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor


def copy_session(
    editor: MapEditor, other_map: TreatmentMap, as_status: PassStatus = PassStatus.UNCONFIRMED
) -> bool:
    """Copy the passes done in another session onto this map; one edit.

    A copy keeps the volume but no syringe until it is confirmed: nothing has been drawn for it. Moved corners
    of the zones come along unless this session has moved its own. What was copied before is not copied twice.
    InputRefused: nothing_to_copy; as done ones also syringe_missing, syringes_hold_less.
    """
    here = {one.reference for one in editor.map.passes}
    originals = [one for one in done_passes(other_map) if copied_from(one) not in here]
    if not originals:
        raise InputRefused("nothing_to_copy")
    moves = editor.map.zone_moves or other_map.zone_moves
    zones = zones_with(editor.atlas, moves)
    items = tuple(ItemChange(None, one) for one in moves) if not editor.map.zone_moves else ()
    shares: list[Shares] = [(Share("", one.microlitres),) for one in originals]
    in_use: str | None = None
    if as_status is PassStatus.DONE:
        shares, in_use = drawn_in_order(editor, [one.microlitres for one in originals])
    entries: dict[str, str] = {}
    first = editor.map.next_order
    copies = [
        replace(
            in_zones(one, zones),
            id=new_id(),
            order=first + index,
            entry_id=entries.setdefault(one.entry_id, _entry_of(editor.map, one, as_status)),
            shares=own,
            status=as_status,
            fulfils=None,
            deviation="",
            reference=copied_from(one),
        )
        for index, (one, own) in enumerate(zip(originals, shares, strict=True))
    ]
    changed = split_anew(editor.map.passes, zones) if items else ()
    added = tuple(PassChange(None, one) for one in copies)
    return commit_and_select(editor, Edit(EditKind.COPY_SESSION, (*changed, *added), items), in_use)


def copied_from(one: CannulaPass) -> str:
    """What a copy of a pass says of it."""
    return f"pass:{one.id}"


def _entry_of(treatment_map: TreatmentMap, one: CannulaPass, status: PassStatus) -> str:
    planned = status is PassStatus.PLANNED
    there = None if one.is_point else entry_at(treatment_map, one.path.entry, planned=planned)
    return there or new_id()
