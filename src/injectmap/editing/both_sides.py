"""The other side of the face: mirror images of passes, and which pass is the image of which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.ids import new_id
from injectmap.domain.treatment_map import (
    POINT_BYTES,
    CannulaPass,
    PassStatus,
    Side,
    SkinPath,
    SkinPoint,
    SkinPoints,
    TreatmentMap,
    side_of,
)

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones

Controls = Sequence[SkinPoint]
_Place = tuple[bytes, bool, bool]


def image_of(points: SkinPoints) -> bytes:
    """Return the stored form of points on the other side."""
    across = np.frombuffer(points.packed, dtype="<i4").reshape(-1, 3).copy()
    across[:, 0] *= -1
    return across.tobytes()


def _place(one: CannulaPass) -> _Place:
    return (one.path.controls.packed, one.path.curved, one.status is PassStatus.PLANNED)


def _image(one: CannulaPass) -> _Place:
    return (image_of(one.path.controls), one.path.curved, one.status is PassStatus.PLANNED)


def with_image(treatment_map: TreatmentMap) -> frozenset[str]:
    """Return the passes whose mirror image lies on the map, those that are their own image among them."""
    places = {_place(one) for one in treatment_map.passes}
    return frozenset(one.id for one in treatment_map.passes if _image(one) in places)


def partners(treatment_map: TreatmentMap) -> dict[str, str]:
    """Return which pass is the exact mirror image of which, by id, both ways; each has one partner at most."""
    places: dict[_Place, list[str]] = {}
    images: dict[_Place, _Place] = {}
    for one in treatment_map.passes:
        place = _place(one)
        places.setdefault(place, []).append(one.id)
        images[place] = _image(one)
    found: dict[str, str] = {}
    for place, ids in places.items():
        if images[place] != place:
            found.update(zip(ids, places.get(images[place], ()), strict=False))
    return found


def at_midline(path: SkinPath) -> bool:
    """True for a path that begins at the midline or crosses it: it is not doubled."""
    across = np.frombuffer(path.points.packed, dtype="<i4").reshape(-1, 3)[:, 0]
    return side_of(path.entry) is Side.MIDLINE or bool(across.min() <= 0 <= across.max())


def mirrored_path(atlas: Atlas, path: SkinPath, zones: Zones | None) -> SkinPath:
    """Return a path on the other side, with the zones there."""
    controls = skin_paths.mirrored(path.controls)
    if path.length_um == 0:
        return skin_paths.point(atlas, controls[0], zones=zones)
    return skin_paths.resolve(atlas, controls, curved=path.curved, zones=zones)


@dataclass(frozen=True, slots=True)
class Laid:
    """A path that is to become a pass, and the entry point it belongs to."""

    path: SkinPath
    entry_id: str


def entry_at(treatment_map: TreatmentMap, place: SkinPoint, *, planned: bool) -> str | None:
    """Return the entry point of one layer that lies exactly at a place."""
    packed = SkinPoints.of([place]).packed
    for one in treatment_map.passes:
        here = not one.is_point and one.path.controls.packed[:POINT_BYTES] == packed
        if here and (one.status is PassStatus.PLANNED) == planned:
            return one.entry_id
    return None


def mirrored(
    atlas: Atlas, treatment_map: TreatmentMap, laid: Iterable[Laid], zones: Zones | None, *, planned: bool
) -> list[Laid]:
    """Return paths on the other side; they share entry points with each other and with those that lie there."""
    entries: dict[str, str] = {}
    found = []
    for one in laid:
        path = mirrored_path(atlas, one.path, zones)
        if one.entry_id not in entries:
            there = None if path.length_um == 0 else entry_at(treatment_map, path.entry, planned=planned)
            entries[one.entry_id] = there or new_id()
        found.append(Laid(path, entries[one.entry_id]))
    return found


def with_followers(treatment_map: TreatmentMap, targets: Mapping[str, Controls]) -> dict[str, Controls]:
    """Let the mirror images of moved passes move with them: new controls by pass id.

    What else begins at an entry point of theirs moves its entry point, so that passes go on sharing it.
    """
    found = dict(targets)
    paired = partners(treatment_map)
    for pass_id, controls in targets.items():
        follower = paired.get(pass_id)
        if follower is None or follower in targets:
            continue
        found[follower] = skin_paths.mirrored(controls)
        for other in treatment_map.passes_of_entry(treatment_map.by_id[follower].entry_id):
            if other.id not in paired or paired[other.id] not in targets:
                found.setdefault(other.id, (found[follower][0], *other.path.controls[1:]))
    return found


def with_partners(treatment_map: TreatmentMap, pass_ids: Collection[str]) -> frozenset[str]:
    """Return passes and their mirror images."""
    paired = partners(treatment_map)
    return frozenset(pass_ids) | {paired[one] for one in pass_ids if one in paired}
