"""Builds edits from a map and what the clinician wants changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from injectmap.domain import skin_paths
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.ids import new_id
from injectmap.domain.session import PassDefaults
from injectmap.domain.treatment_map import CannulaPass, PassStatus, SkinPath, SkinPoint, TreatmentMap
from injectmap.editing.both_sides import Controls, Laid, with_followers
from injectmap.editing.deposits import with_path
from injectmap.editing.sharing import Shares, syringe_in_use, with_syringe, with_volume

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones

__all__ = [
    "PassChanger",
    "add_passes",
    "change_passes",
    "move_entry",
    "move_passes",
    "move_vertex",
    "remove_passes",
    "reorder",
    "session_zones",
    "syringe_in_use",
    "with_syringe",
    "with_volume",
]

PassChanger = Callable[[CannulaPass], CannulaPass]


def session_zones(atlas: Atlas, treatment_map: TreatmentMap) -> Zones | None:
    """Return the zones of this map, or None where no corner of them was moved."""
    return atlas.zones_for(treatment_map.zone_moves) if treatment_map.zone_moves else None


def add_passes(
    treatment_map: TreatmentMap,
    kind: EditKind,
    laid: Sequence[Laid],
    shares: Sequence[Shares],
    *,
    defaults: PassDefaults,
    status: PassStatus = PassStatus.DONE,
) -> Edit:
    """Return the edit that draws passes, in this order after those that are there."""
    first = treatment_map.next_order
    new = (
        CannulaPass(
            id=new_id(),
            order=first + index,
            entry_id=one.entry_id,
            path=one.path,
            technique=defaults.technique,
            plane=defaults.plane,
            instrument=defaults.instrument,
            shares=own,
            status=status,
        )
        for index, (one, own) in enumerate(zip(laid, shares, strict=True))
    )
    return Edit(kind, tuple(PassChange(None, one) for one in new))


def remove_passes(treatment_map: TreatmentMap, pass_ids: Iterable[str]) -> Edit | None:
    """Return the edit that takes passes off the map, or None if there is none of them."""
    wanted = set(pass_ids)
    changes = tuple(PassChange(one, None) for one in treatment_map.passes if one.id in wanted)
    return Edit(EditKind.REMOVE_PASS, changes) if changes else None


def change_passes(
    treatment_map: TreatmentMap, pass_ids: Iterable[str], kind: EditKind, changed: PassChanger
) -> Edit | None:
    """Return the edit that changes each pass, or None if that changes nothing."""
    wanted = set(pass_ids)
    pairs = ((one, changed(one)) for one in treatment_map.passes if one.id in wanted)
    changes = tuple(PassChange(before, after) for before, after in pairs if before != after)
    return Edit(kind, changes) if changes else None


def move_passes(
    atlas: Atlas, treatment_map: TreatmentMap, kind: EditKind, targets: Mapping[str, Controls]
) -> Edit | None:
    """Return the edit that gives passes other controls, by pass id; deposits keep their share of the length."""
    zones = session_zones(atlas, treatment_map)

    def moved(one: CannulaPass) -> CannulaPass:
        return with_path(one, path_through(atlas, one, targets[one.id], zones), zones or atlas.zones)

    return change_passes(treatment_map, targets, kind, moved)


def path_through(atlas: Atlas, one: CannulaPass, controls: Controls, zones: Zones | None) -> SkinPath:
    """Return the path of a pass through other controls; that of a bolus is its first."""
    if one.is_point:
        return skin_paths.point(atlas, controls[0], zones=zones)
    return skin_paths.resolve(atlas, controls, curved=one.path.curved, zones=zones)


def entry_targets(treatment_map: TreatmentMap, entry_id: str, to: SkinPoint) -> dict[str, Controls]:
    """Return the controls, by pass id, of all passes of an entry point that moves."""
    return {
        one.id: (to, to) if one.is_point else (to, *one.path.controls[1:])
        for one in treatment_map.passes_of_entry(entry_id)
    }


def with_one_entry(treatment_map: TreatmentMap, targets: Mapping[str, Controls]) -> dict[str, Controls]:
    """Let all passes of an entry point begin where the first of those that move begins."""
    found = dict(targets)
    for entry_id in dict.fromkeys(treatment_map.by_id[one].entry_id for one in targets):
        sharing = treatment_map.passes_of_entry(entry_id)
        to = next(found[one.id][0] for one in sharing if one.id in found)
        for one in sharing:
            controls = found.get(one.id, one.path.controls)
            if controls[0] != to:
                found[one.id] = (to, to) if one.is_point else (to, *controls[1:])
    return found


def vertex_targets(
    treatment_map: TreatmentMap, pass_id: str, index: int, to: SkinPoint
) -> dict[str, Controls]:
    """Return the controls of a pass, by its id, of which one after the entry point moves, the tip included."""
    if index <= 0:
        raise ValueError("the first control is the entry point")
    controls = list(treatment_map.by_id[pass_id].path.controls)
    controls[index] = to
    return {pass_id: controls}


def move_entry(
    atlas: Atlas, treatment_map: TreatmentMap, entry_id: str, to: SkinPoint, *, linked: bool = False
) -> Edit | None:
    """Return the edit that moves an entry point with all its passes, and its image on the other side if linked."""
    targets = entry_targets(treatment_map, entry_id, to)
    if linked:
        targets = with_followers(treatment_map, targets)
    return move_passes(atlas, treatment_map, EditKind.MOVE_ENTRY, targets)


def move_vertex(
    atlas: Atlas,
    treatment_map: TreatmentMap,
    pass_id: str,
    index: int,
    to: SkinPoint,
    *,
    linked: bool = False,
) -> Edit | None:
    """Return the edit that moves one control point after the entry point, the tip included."""
    targets = vertex_targets(treatment_map, pass_id, index, to)
    if linked:
        targets = with_followers(treatment_map, targets)
    return move_passes(atlas, treatment_map, EditKind.MOVE_VERTEX, targets)


def reorder(treatment_map: TreatmentMap, pass_ids: Collection[str], before_id: str | None) -> Edit | None:
    """Return the edit that puts passes before another one, or last; only places that change are written."""
    moved = [one for one in treatment_map.passes if one.id in pass_ids]
    rest = [one for one in treatment_map.passes if one.id not in pass_ids]
    if before_id in pass_ids:
        # Dropped on themselves: they close up before the next pass that stays.
        ids = [one.id for one in treatment_map.passes]
        after = ids[ids.index(str(before_id)) :]
        before_id = next((one for one in after if one not in pass_ids), None)
    at = next((index for index, one in enumerate(rest) if one.id == before_id), len(rest))
    wanted = [*rest[:at], *moved, *rest[at:]]
    pairs = [
        PassChange(one, replace(one, order=place.order))
        for one, place in zip(wanted, treatment_map.passes, strict=True)
        if one.order != place.order
    ]
    return Edit(EditKind.REORDER, tuple(pairs)) if pairs else None
