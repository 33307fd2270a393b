"""Corners of the zones moved for this treatment session: one edit that also splits the passes anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.map_items import MapItem, Measurement, ZoneMove
from injectmap.domain.treatment_map import CannulaPass, Side, SkinPoint, TreatmentMap
from injectmap.domain.units import UM_PER_MM
from injectmap.editing.deposits import with_path

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones
    from injectmap.editing.editor import MapEditor


def zones_with(atlas: Atlas, moves: Sequence[ZoneMove]) -> Zones:
    """Return the zones with corners moved; InputRefused("zone_corner_impossible") if they cannot lie so."""
    from injectmap.atlas import ZoneMoveRefused

    try:
        return atlas.zones_for(moves)
    except ZoneMoveRefused:
        raise InputRefused("zone_corner_impossible") from None


def preview(editor: MapEditor, vertex: str, side: Side | str, to: SkinPoint) -> Zones | None:
    """Return the zones as they would be with a corner moved, or None where it cannot lie there."""
    try:
        return zones_with(editor.atlas, _moves_with(editor.map, _move(editor.atlas, vertex, side, to)))
    except InputRefused:
        return None


def move_corner(editor: MapEditor, vertex: str, side: Side | str, to: SkinPoint) -> bool:
    """Move a corner of the zones; a corner of the midline stays on it. InputRefused("zone_corner_impossible")."""
    move = _move(editor.atlas, vertex, side, to)
    before = editor.map.item_by_id.get(move.id)
    if before == move:
        return True
    change = ItemChange(before, move)
    return _adjust(editor, EditKind.MOVE_ZONE_CORNER, [change], _moves_with(editor.map, move))


def reset_corner(editor: MapEditor, vertex: str, side: Side | str) -> bool:
    """Put a corner back to where the zones file has it."""
    own = [one for one in editor.map.zone_moves if (one.vertex, one.side) == (vertex, Side(side))]
    return _reset(editor, own)


def reset_zones(editor: MapEditor) -> bool:
    """Put all corners back to where the zones file has them."""
    return _reset(editor, editor.map.zone_moves)


def _reset(editor: MapEditor, away: Sequence[ZoneMove]) -> bool:
    if not away:
        return True
    kept = [one for one in editor.map.zone_moves if one not in away]
    return _adjust(editor, EditKind.RESET_ZONES, [ItemChange(one, None) for one in away], kept)


def _move(atlas: Atlas, vertex: str, side: Side | str, to: SkinPoint) -> ZoneMove:
    if Side(side) is Side.MIDLINE:
        to = skin_paths.snap(atlas, np.array([0.0, to.y, to.z]) / UM_PER_MM)
    return ZoneMove(vertex, Side(side), SkinPoint(*to))


def _moves_with(treatment_map: TreatmentMap, move: ZoneMove) -> list[ZoneMove]:
    return [*(one for one in treatment_map.zone_moves if one.id != move.id), move]


def _adjust(editor: MapEditor, kind: EditKind, items: list[ItemChange], moves: Sequence[ZoneMove]) -> bool:
    zones = zones_with(editor.atlas, moves)
    items += _measured_anew(editor.map.measurements, zones)
    return editor.commit(Edit(kind, split_anew(editor.map.passes, zones), tuple(items)))


def split_anew(passes: Iterable[CannulaPass], zones: Zones) -> tuple[PassChange, ...]:
    """Return the changes of those passes that run through other zones, or lay deposits in others, than they say."""
    pairs = ((one, in_zones(one, zones)) for one in passes)
    return tuple(PassChange(before, after) for before, after in pairs if before != after)


def in_zones(one: CannulaPass, zones: Zones) -> CannulaPass:
    """Return a pass where it is, its path and its deposits told by other zones."""
    return with_path(one, skin_paths.resplit(one.path, zones), zones)


def _measured_anew(measurements: Iterable[Measurement], zones: Zones) -> list[ItemChange]:
    found: list[ItemChange] = []
    for one in measurements:
        after: MapItem = Measurement(
            one.id, one.kind, skin_paths.resplit(one.path, zones), one.chord_um, one.note
        )
        if after != one:
            found.append(ItemChange(one, after))
    return found
