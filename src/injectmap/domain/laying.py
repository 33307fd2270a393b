"""Protocols laid on the head: reference passes become paths, and passes become reference passes; no volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.errors import InputRefused
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass
from injectmap.domain.treatment_map import CannulaPass, Side, SkinPath, SkinPoint, TreatmentMap
from injectmap.domain.units import UM_PER_MM

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones

# A stored point is a skin point rounded to the micrometre: so near the skin, a place is one already.
_ROUNDED_MM = 0.002


@dataclass(frozen=True, slots=True)
class LaidPass:
    """One reference pass on the head, `number` as in the protocol; passes of one entry name and side share it."""

    entry: str
    side: Side
    path: SkinPath
    reference: ProtocolPass
    number: int


def place(atlas: Atlas, anchor: Anchor) -> SkinPoint:
    """Return the skin point of an anchor on the patient's left.

    An anchor that names a stored skin point to the micrometre is that point; any other is dropped on the skin.
    """
    exact = _origin(atlas, anchor.landmark) + _whole_um(np.asarray(anchor.offset_mm, dtype=float))
    if abs(float(atlas.skin.height(exact.reshape(1, 3) / UM_PER_MM)[0])) <= _ROUNDED_MM:
        return SkinPoint(*exact.astype(int).tolist())
    return skin_paths.snap(atlas, exact / UM_PER_MM)


def anchored(atlas: Atlas, point: SkinPoint) -> Anchor:
    """Return a point of the patient's left as the nearest landmark and a whole number of micrometres from it."""
    here = np.asarray(point, dtype=float)
    nearest = min(atlas.landmarks, key=lambda name: float(np.linalg.norm(_origin(atlas, name) - here)))
    x, y, z = ((here - _origin(atlas, nearest)) / UM_PER_MM).tolist()
    return Anchor(nearest, (x, y, z))


def _origin(atlas: Atlas, landmark: str) -> np.ndarray:
    """A landmark in whole micrometres; the origin of the axes for an empty name."""
    if landmark and landmark not in atlas.landmarks:
        raise InputRefused("protocol_landmark_unknown", landmark=landmark)
    return _whole_um(atlas.landmarks[landmark]) if landmark else np.zeros(3)


def _whole_um(mm: np.ndarray) -> np.ndarray:
    return np.asarray(np.rint(mm * UM_PER_MM))


def controls_of(atlas: Atlas, protocol: Protocol, one: ProtocolPass, side: Side) -> tuple[SkinPoint, ...]:
    """Return the controls of a reference pass on a side, entry point first, tip last."""
    anchors = (protocol.entries[one.entry], *one.via, one.tip)
    controls = tuple(place(atlas, anchor) for anchor in anchors)
    return skin_paths.mirrored(controls) if side is Side.RIGHT else controls


def lay(
    atlas: Atlas, protocol: Protocol, side: Side, *, with_optional: bool = True, zones: Zones | None = None
) -> tuple[LaidPass, ...]:
    """Lay a protocol on one side: as written on the left, its exact mirror image on the right."""
    laid = []
    for number, reference in enumerate(protocol.passes, start=1):
        if reference.optional and not with_optional:
            continue
        controls = controls_of(atlas, protocol, reference, side)
        if len(controls) == 2 and controls[0] == controls[1]:
            path = skin_paths.point(atlas, controls[0], zones=zones)
        else:
            path = skin_paths.resolve(atlas, controls, curved=reference.curved, zones=zones)
        laid.append(LaidPass(reference.entry, side, path, reference, number))
    return tuple(laid)


def pattern(
    atlas: Atlas, passes: Sequence[CannulaPass], side: Side
) -> tuple[dict[str, Anchor], tuple[ProtocolPass, ...]]:
    """Return passes of one side as a pattern for the left: entry points by name, and reference passes in order.

    Laid again, each pass has exactly its controls. A volume is never part of a pattern.
    """
    entries: dict[str, Anchor] = {}
    names: dict[str, str] = {}
    references = []
    for one in passes:
        controls = one.path.controls[:]
        if side is Side.RIGHT:
            controls = skin_paths.mirrored(controls)
        first, *rest = (anchored(atlas, control) for control in controls)
        name = names.setdefault(one.entry_id, f"entry_{len(names) + 1}")
        entries[name] = first
        curved = one.path.curved
        via = tuple(rest[:-1]) if curved else ()
        references.append(ProtocolPass(name, rest[-1], one.technique, one.plane, via, curved))
    return entries, tuple(references)


def reference_to(protocol: Protocol, number: int) -> str:
    """What a pass says of the reference pass it was laid from."""
    return f"protocol:{protocol.id}@{protocol.version}#{number}"


def number_in(protocol: Protocol, reference: str) -> int | None:
    """The number of the reference pass that a pass was laid from; None if it is not of this protocol."""
    start = f"protocol:{protocol.id}@{protocol.version}#"
    digits = reference.removeprefix(start)
    if digits == reference or not digits.isdecimal():
        return None
    return int(digits) if 1 <= int(digits) <= len(protocol.passes) else None


@dataclass(frozen=True, slots=True)
class ChangedPass:
    """A pass laid from a protocol that no longer is as the protocol has it; distances straight, micrometres."""

    one: CannulaPass
    number: int
    entry_moved_um: int
    tip_moved_um: int
    course_changed: bool
    technique: bool
    plane: bool


@dataclass(frozen=True, slots=True)
class ProtocolDifference:
    """What the map of one side has otherwise than the protocol laid on it.

    `missing` are reference passes by number, those marked optional apart; `added` are passes of that side that
    come from elsewhere.
    """

    side: Side
    missing: tuple[int, ...]
    added: tuple[CannulaPass, ...]
    changed: tuple[ChangedPass, ...]

    @property
    def none(self) -> bool:
        """True if the map is as the protocol says."""
        return not (self.missing or self.added or self.changed)


def differences(
    treatment_map: TreatmentMap, protocol: Protocol, atlas: Atlas
) -> tuple[ProtocolDifference, ...]:
    """Return what differs on each side that this version of a protocol was laid on.

    What was done counts, and the plan only as long as nothing on that side was done by it.
    """
    sides = [
        one.side
        for one in treatment_map.protocols
        if (one.protocol_id, one.version) == (protocol.id, protocol.version)
    ]
    return tuple(_difference(treatment_map, protocol, atlas, side) for side in sides)


def _difference(
    treatment_map: TreatmentMap, protocol: Protocol, atlas: Atlas, side: Side
) -> ProtocolDifference:
    own = {one.id: number_in(protocol, one.reference) for one in treatment_map.passes}
    here = [one for one in treatment_map.passes if _lies_on(one, side)]
    followed = any(own[one.id] for one in here if not one.is_planned)
    layer = [one for one in here if one.is_planned is not followed]
    present = {own[one.id] for one in layer}
    missing = tuple(
        number
        for number, reference in enumerate(protocol.passes, start=1)
        if number not in present and not reference.optional
    )
    changed = (_changed(atlas, protocol, side, one, own[one.id]) for one in layer)
    return ProtocolDifference(
        side,
        missing,
        tuple(one for one in layer if own[one.id] is None),
        tuple(one for one in changed if one is not None),
    )


def _lies_on(one: CannulaPass, side: Side) -> bool:
    return one.side in (side, Side.MIDLINE)


def _changed(
    atlas: Atlas, protocol: Protocol, side: Side, one: CannulaPass, number: int | None
) -> ChangedPass | None:
    if number is None:
        return None
    reference = protocol.passes[number - 1]
    controls = controls_of(atlas, protocol, reference, side)
    found = ChangedPass(
        one,
        number,
        skin_paths.apart_um(controls[0], one.path.entry),
        skin_paths.apart_um(controls[-1], one.path.tip),
        one.path.curved is not reference.curved or one.path.controls[1:-1] != controls[1:-1],
        one.technique is not reference.technique,
        one.plane is not reference.plane,
    )
    same = not (found.course_changed or found.technique or found.plane)
    return None if same and found.entry_moved_um == found.tip_moved_um == 0 else found


def one_side(passes: Sequence[CannulaPass]) -> Side:
    """Return the side that all passes lie on, the midline apart; InputRefused where both sides have some."""
    sides = {one.side for one in passes} - {Side.MIDLINE}
    if len(sides) > 1:
        raise InputRefused("protocol_both_sides")
    return sides.pop() if sides else Side.LEFT
