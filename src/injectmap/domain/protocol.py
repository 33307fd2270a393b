"""A protocol: a reference pattern of passes with its source and version, never a dose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from injectmap.domain.forms import form
from injectmap.domain.journal import canonical_json
from injectmap.domain.treatment_map import Plane, Technique
from injectmap.domain.units import UM_PER_MM


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on the left half of the reference head: a landmark and an offset in mm (x, y, z).

    Offsets are multiples of a micrometre. An empty landmark means the origin of the head's axes.
    """

    landmark: str
    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ProtocolPass:
    """One reference pass on the patient's left, without a volume; `via` are the controls of a curved one.

    A bolus has its entry point as its tip. An optional pass is laid only where it is asked for.
    """

    entry: str
    tip: Anchor
    technique: Technique
    plane: Plane
    via: tuple[Anchor, ...] = ()
    curved: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """A named pattern for one side, applied as drawn to the left and mirrored to the right.

    `label` is the kind of evidence behind it, such as `training_convention`; it is shown wherever the name is.
    A version is never changed: a clinic that saves it anew gets the next version.
    """

    id: str
    version: int
    name: str
    label: str
    source: str
    note: str
    entries: dict[str, Anchor]
    passes: tuple[ProtocolPass, ...]


def _anchor_to_json(anchor: Anchor) -> list[Any]:
    return [anchor.landmark, *(round(one * UM_PER_MM) for one in anchor.offset_mm)]


def _anchor_from_json(data: list[Any]) -> Anchor:
    landmark, x, y, z = data
    return Anchor(landmark, (x / UM_PER_MM, y / UM_PER_MM, z / UM_PER_MM))


def protocol_to_json(protocol: Protocol) -> dict[str, Any]:
    """Return the journal form of a protocol: offsets in whole micrometres, no floating point."""
    return {
        "id": protocol.id,
        "version": protocol.version,
        "name": protocol.name,
        "label": protocol.label,
        "source": protocol.source,
        "note": protocol.note,
        "entries": {name: _anchor_to_json(anchor) for name, anchor in protocol.entries.items()},
        "passes": [
            {
                "entry": one.entry,
                "tip": _anchor_to_json(one.tip),
                "technique": one.technique.value,
                "plane": one.plane.value,
                "via": [_anchor_to_json(anchor) for anchor in one.via],
                "curved": one.curved,
                "optional": one.optional,
            }
            for one in protocol.passes
        ],
    }


@form("protocol")
def protocol_from_json(data: dict[str, Any]) -> Protocol:
    """Return the protocol of its journal form."""
    return Protocol(
        id=data["id"],
        version=data["version"],
        name=data["name"],
        label=data["label"],
        source=data["source"],
        note=data["note"],
        entries={name: _anchor_from_json(anchor) for name, anchor in data["entries"].items()},
        passes=tuple(
            ProtocolPass(
                one["entry"],
                _anchor_from_json(one["tip"]),
                Technique(one["technique"]),
                Plane(one["plane"]),
                tuple(_anchor_from_json(anchor) for anchor in one["via"]),
                one["curved"],
                one["optional"],
            )
            for one in data["passes"]
        ),
    )


def protocol_digest(protocol: Protocol) -> str:
    """Return the SHA-256 of all that a protocol says, over the canonical JSON of its journal form."""
    return hashlib.sha256(canonical_json(protocol_to_json(protocol)).encode()).hexdigest()
