"""Builds edits from a map and what the clinician wants changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from injectmap.domain import skin_paths
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.product import Syringe
from injectmap.domain.session import PassDefaults
from injectmap.domain.totals import syringe_balances
from injectmap.domain.treatment_map import CannulaPass, Share, SkinPath, SkinPoint, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas


PassChanger = Callable[[CannulaPass], CannulaPass]


def add_pass(
    treatment_map: TreatmentMap, path: SkinPath, *, entry_id: str | None, defaults: PassDefaults, share: Share
) -> Edit:
    """Return the edit that draws a pass, from an existing entry point or through a new one."""
    one = CannulaPass(
        id=new_id(),
        order=treatment_map.next_order,
        entry_id=entry_id or new_id(),
        path=path,
        technique=defaults.technique,
        plane=defaults.plane,
        instrument=defaults.instrument,
        shares=(share,),
    )
    return Edit(EditKind.ADD_PASS, (PassChange(None, one),))


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


def with_volume(one: CannulaPass, microlitres: int) -> CannulaPass:
    """Return a pass with another volume from the same syringe."""
    return replace(one, shares=(one.shares[0]._replace(microlitres=microlitres),))


def with_syringe(one: CannulaPass, syringe_id: str) -> CannulaPass:
    """Return a pass with its whole volume from another syringe."""
    return replace(one, shares=(Share(syringe_id, one.microlitres),))


def move_entry(atlas: Atlas, treatment_map: TreatmentMap, entry_id: str, to: SkinPoint) -> Edit | None:
    """Return the edit that moves an entry point with all its passes."""

    def moved(one: CannulaPass) -> CannulaPass:
        controls = (to, *one.path.controls[1:])
        return replace(one, path=skin_paths.resolve(atlas, controls, curved=one.path.curved))

    ids = [one.id for one in treatment_map.passes_of_entry(entry_id)]
    return change_passes(treatment_map, ids, EditKind.MOVE_ENTRY, moved)


def move_vertex(
    atlas: Atlas, treatment_map: TreatmentMap, pass_id: str, index: int, to: SkinPoint
) -> Edit | None:
    """Return the edit that moves one control point after the entry point, the tip included."""
    if index <= 0:
        raise ValueError("the first control is the entry point")

    def moved(one: CannulaPass) -> CannulaPass:
        controls = list(one.path.controls)
        controls[index] = to
        return replace(one, path=skin_paths.resolve(atlas, controls, curved=one.path.curved))

    return change_passes(treatment_map, [pass_id], EditKind.MOVE_VERTEX, moved)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which syringe a new pass draws from, how much, and whether that is another syringe than before."""

    share: Share
    switched: bool


def draw_from(
    treatment_map: TreatmentMap, syringes: Iterable[Syringe], *, syringe_id: str | None, microlitres: int
) -> Drawn:
    """Choose the syringe of a new pass: the one in use, else the next that holds the volume, else any rest.

    InputRefused("syringe_missing") without a syringe, InputRefused("syringes_empty") when all are used up.
    """
    balances = syringe_balances(syringes, treatment_map)
    if not balances:
        raise InputRefused("syringe_missing")
    ids = [balance.syringe.id for balance in balances]
    start = ids.index(syringe_id) if syringe_id in ids else 0
    in_turn = balances[start:] + balances[:start]
    fitting = next((b for b in in_turn if b.left_ul >= microlitres), None)
    chosen = fitting or next((b for b in in_turn if b.left_ul > 0), None)
    if chosen is None:
        raise InputRefused("syringes_empty")
    share = Share(chosen.syringe.id, min(microlitres, chosen.left_ul))
    return Drawn(share, switched=syringe_id is not None and chosen.syringe.id != syringe_id)


def syringe_in_use(
    treatment_map: TreatmentMap,
    syringes: Iterable[Syringe],
    last_id: str | None,
    added: Collection[str] = (),
    wanted_ul: int = 0,
) -> str | None:
    """Return the syringe that the next pass is drawn from: the last used one, unless it is empty.

    One just added takes over if the last used one holds less than is wanted and the new one more than it.
    """
    left = {balance.syringe.id: balance.left_ul for balance in syringe_balances(syringes, treatment_map)}
    if last_id not in left:
        last_id = next(iter(left), None)
    if last_id is None:
        return None
    if left[last_id] < max(wanted_ul, 1):
        fuller = next((one for one in added if left[one] > left[last_id]), None)
        if fuller is not None:
            return fuller
    if left[last_id] > 0:
        return last_id
    return next((one for one, rest in left.items() if rest > 0), last_id)
