"""Protocols laid on the head: reference passes become paths, on one side or both, without any volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass
from injectmap.domain.treatment_map import Side, SkinPath, SkinPoint

if TYPE_CHECKING:
    from injectmap.atlas import Atlas


@dataclass(frozen=True, slots=True)
class LaidPass:
    """One reference pass on the head; passes with the same entry name on a side share the entry point."""

    entry: str
    side: Side
    path: SkinPath
    reference: ProtocolPass


def place(atlas: Atlas, anchor: Anchor) -> SkinPoint:
    """Return the skin point of an anchor on the patient's left."""
    landmark = np.asarray(atlas.landmarks[anchor.landmark], dtype=float)
    return skin_paths.snap(atlas, landmark + np.asarray(anchor.offset_mm))


def lay(atlas: Atlas, protocol: Protocol, side: Side) -> tuple[LaidPass, ...]:
    """Lay a protocol on one side: as written on the left, its exact mirror image on the right."""
    laid = []
    for reference in protocol.passes:
        controls: tuple[SkinPoint, ...] = (
            place(atlas, protocol.entries[reference.entry]),
            place(atlas, reference.tip),
        )
        if side is Side.RIGHT:
            controls = skin_paths.mirrored(controls)
        laid.append(LaidPass(reference.entry, side, skin_paths.resolve(atlas, controls), reference))
    return tuple(laid)
