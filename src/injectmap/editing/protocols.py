"""Laying a protocol on the map: its passes on one side or both, with the clinician's own volume and instrument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.laying import LaidPass, lay, number_in, reference_to
from injectmap.domain.map_items import AppliedProtocol
from injectmap.domain.protocol import Protocol, protocol_digest
from injectmap.domain.skin_paths import mirrored
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side
from injectmap.editing.both_sides import entry_at
from injectmap.editing.plan import commit_and_select, drawn_in_order
from injectmap.editing.remembered import POINT_TECHNIQUES
from injectmap.editing.sharing import Shares

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

_IN_TURN = (Side.LEFT, Side.RIGHT)


def apply_protocol(
    editor: MapEditor,
    protocol: Protocol,
    sides: Collection[Side],
    *,
    planned: bool,
    with_optional: bool = False,
) -> bool:
    """Lay a protocol on sides of the map, to the plan or as done; one edit.

    Technique and plane come from the protocol, the instrument is the one the clinician has set for the next
    pass. A planned pass has no volume; one done takes that of the next pass. InputRefused: protocol_applied_already, protocol_landmark_unknown,
    syringe_missing, syringes_hold_less.
    """
    wanted = [side for side in _IN_TURN if side in sides]
    if not wanted:
        raise ValueError("a protocol is laid on a side")
    for side in wanted:
        _check_not_there(editor, protocol, side, planned=planned)
    laid = _laid(editor, protocol, wanted, with_optional=with_optional)
    in_use: str | None = None
    shares: Sequence[Shares] = [() for _ in laid]
    if not planned:
        shares, in_use = drawn_in_order(editor, [_volume(editor, one) for one in laid])
    passes = _passes(editor, protocol, laid, shares, planned=planned)
    edit = Edit(
        EditKind.APPLY_PROTOCOL,
        tuple(PassChange(None, one) for one in passes),
        tuple(_applied(editor, protocol, wanted)),
    )
    return commit_and_select(editor, edit, in_use)


def _check_not_there(editor: MapEditor, protocol: Protocol, side: Side, *, planned: bool) -> None:
    for one in editor.map.passes:
        if one.side is side and one.is_planned is planned and number_in(protocol, one.reference):
            raise InputRefused("protocol_applied_already", name=protocol.name)


def _laid(
    editor: MapEditor, protocol: Protocol, sides: Sequence[Side], *, with_optional: bool
) -> list[LaidPass]:
    """Reference passes on all sides; one that is its own mirror image is laid once."""
    laid: list[LaidPass] = []
    for side in sides:
        for one in lay(editor.atlas, protocol, side, with_optional=with_optional, zones=editor.zones):
            twice = (
                len(sides) > 1 and side is Side.RIGHT and one.path.controls[:] == mirrored(one.path.controls)
            )
            if not twice:
                laid.append(one)
    return laid


def _volume(editor: MapEditor, one: LaidPass) -> int:
    technique = one.reference.technique
    return (
        editor.volume_of_tool(technique.value)
        if technique in POINT_TECHNIQUES
        else editor.defaults.microlitres
    )


def _passes(
    editor: MapEditor,
    protocol: Protocol,
    laid: Sequence[LaidPass],
    shares: Sequence[Shares],
    *,
    planned: bool,
) -> list[CannulaPass]:
    entries: dict[tuple[Side, str], str] = {}
    first = editor.map.next_order

    def entry_of(one: LaidPass) -> str:
        point = one.path.length_um == 0
        there = None if point else entry_at(editor.map, one.path.entry, planned=planned)
        return entries.setdefault((one.side, one.entry), there or new_id())

    return [
        CannulaPass(
            id=new_id(),
            order=first + index,
            entry_id=entry_of(one),
            path=one.path,
            technique=one.reference.technique,
            plane=one.reference.plane,
            instrument=editor.defaults.instrument,
            shares=own,
            status=PassStatus.PLANNED if planned else PassStatus.DONE,
            reference=reference_to(protocol, one.number),
        )
        for index, (one, own) in enumerate(zip(laid, shares, strict=True))
    ]


def _applied(editor: MapEditor, protocol: Protocol, sides: Sequence[Side]) -> list[ItemChange]:
    digest = protocol_digest(protocol)
    found = []
    for side in sides:
        item = AppliedProtocol(
            protocol.id, protocol.version, protocol.name, protocol.label, protocol.source, digest, side
        )
        before = editor.map.item_by_id.get(item.id)
        if before != item:
            found.append(ItemChange(before, item))
    return found
