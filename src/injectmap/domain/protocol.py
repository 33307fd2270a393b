"""A protocol: a reference pattern of passes with its source and version, never a dose."""

from __future__ import annotations

from dataclasses import dataclass

from injectmap.domain.treatment_map import Plane, Technique


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

    A bolus has its entry point as its tip.
    """

    entry: str
    tip: Anchor
    technique: Technique
    plane: Plane
    via: tuple[Anchor, ...] = ()
    curved: bool = False


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
