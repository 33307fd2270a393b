"""The treatment map: cannula passes on the reference head, as immutable values."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, overload

from injectmap.domain.errors import InputRefused

# An entry point this close to the midline belongs to neither side (CONTEXT.md, "side").
MIDLINE_UM = 2000

POINT_BYTES = 12
_POINT = struct.Struct("<3i")


class SkinPoint(NamedTuple):
    """A point on the skin of the reference head, integer micrometres; x to the patient's left."""

    x: int
    y: int
    z: int


@dataclass(frozen=True, slots=True)
class SkinPoints(Sequence[SkinPoint]):
    """Many skin points in twelve bytes each: x, y, z as little-endian int32, the form in which they are stored.

    A session has a thousand of them and reads only a few one by one; arrays read the bytes as they are.
    """

    packed: bytes

    @classmethod
    def of(cls, points: Iterable[SkinPoint]) -> SkinPoints:
        """Pack points."""
        return cls.from_flat([value for point in points for value in point])

    @classmethod
    def from_flat(cls, values: Sequence[int]) -> SkinPoints:
        """Pack x, y, z, x, y, z and so on; ValueError if a point is not whole."""
        if len(values) % 3:
            raise ValueError("a skin point has three coordinates")
        return cls(struct.pack(f"<{len(values)}i", *values))

    def __len__(self) -> int:
        return len(self.packed) // POINT_BYTES

    @overload
    def __getitem__(self, index: int) -> SkinPoint: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[SkinPoint, ...]: ...

    def __getitem__(self, index: int | slice) -> SkinPoint | tuple[SkinPoint, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return SkinPoint(*_POINT.unpack_from(self.packed, range(len(self))[index] * POINT_BYTES))

    def __iter__(self) -> Iterator[SkinPoint]:
        return (SkinPoint(*values) for values in _POINT.iter_unpack(self.packed))

    def flat(self) -> list[int]:
        """Return x, y, z, x, y, z and so on."""
        return list(struct.unpack(f"<{3 * len(self)}i", self.packed))


class Side(StrEnum):
    """The patient's side."""

    RIGHT = "right"
    MIDLINE = "midline"
    LEFT = "left"

    @property
    def opposite(self) -> Side:
        """The other side of the face; the midline is its own opposite."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)


def side_of(point: SkinPoint) -> Side:
    """Return the patient's side on which an entry point lies."""
    if abs(point.x) <= MIDLINE_UM:
        return Side.MIDLINE
    return Side.LEFT if point.x > 0 else Side.RIGHT


class Technique(StrEnum):
    """How the product was laid along the pass (clinical reference, section 6)."""

    LINEAR_RETROGRADE = "linear_retrograde"
    LINEAR_ANTEGRADE = "linear_antegrade"
    FANNING = "fanning"
    CROSS_HATCHING = "cross_hatching"
    SERIAL_PUNCTURE = "serial_puncture"
    TUNNELLING = "tunnelling"
    VECTORING = "vectoring"


class Plane(StrEnum):
    """The tissue layer, superficial to deep (clinical reference, section 6)."""

    INTRADERMAL_SUPERFICIAL = "intradermal_superficial"
    INTRADERMAL_MID = "intradermal_mid"
    INTRADERMAL_DEEP = "intradermal_deep"
    SUBDERMAL = "subdermal"
    SUPERFICIAL_FAT = "superficial_fat"
    SUPRA_SMAS = "supra_smas"
    SUB_SMAS = "sub_smas"
    INTRAMUSCULAR = "intramuscular"
    SUPRAPERIOSTEAL = "supraperiosteal"
    SUBGALEAL = "subgaleal"
    INTERFASCIAL = "interfascial"


class PassStatus(StrEnum):
    """Only passes that are done count in totals, balance, stock and recall."""

    PLANNED = "planned"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"


class InstrumentKind(StrEnum):
    """Blunt or sharp."""

    CANNULA = "cannula"
    NEEDLE = "needle"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A cannula or needle with its gauge and usable length."""

    kind: InstrumentKind
    gauge: int
    length_um: int

    def __post_init__(self) -> None:
        """Refuse what no maker sells, so that a slip of the finger cannot enter a record."""
        if not 10 <= self.gauge <= 34 or not 2_000 <= self.length_um <= 150_000:
            raise InputRefused("instrument_impossible", gauge=self.gauge, length_um=self.length_um)


class ZoneLength(NamedTuple):
    """How much of a path lies in one zone of one side (side of the skin there, split at x = 0)."""

    zone: str
    side: Side
    length_um: int


@dataclass(frozen=True, slots=True)
class SkinPath:
    """The course of a pass over the skin: what was drawn, and what it resolves to on one head.

    `controls` runs from entry point to tip; `points` is the resolved path between the same ends at 1 mm or
    finer; `zones` sums to `length_um` exactly. Every shown or printed length comes from here.
    """

    controls: SkinPoints
    points: SkinPoints
    length_um: int
    zones: tuple[ZoneLength, ...]
    curved: bool = False

    def __post_init__(self) -> None:
        """Hold the invariant of ends and sums."""
        drawn, resolved = self.controls.packed, self.points.packed
        if len(drawn) < 2 * POINT_BYTES or len(resolved) < 2 * POINT_BYTES:
            raise InputRefused("path_too_short")
        if drawn[:POINT_BYTES] != resolved[:POINT_BYTES] or drawn[-POINT_BYTES:] != resolved[-POINT_BYTES:]:
            raise ValueError("the resolved path must run from the entry point to the tip")
        if sum(part.length_um for part in self.zones) != self.length_um:
            raise ValueError("the zone split must sum to the length")

    @property
    def entry(self) -> SkinPoint:
        """Where the cannula goes through the skin."""
        return self.controls[0]

    @property
    def tip(self) -> SkinPoint:
        """The farthest point of the cannula's advance."""
        return self.controls[-1]


class Share(NamedTuple):
    """A volume from one syringe."""

    syringe_id: str
    microlitres: int


@dataclass(frozen=True, slots=True)
class CannulaPass:
    """One travel of the cannula, entry point to tip.

    Passes that share an `entry_id` share the same first control point. `order` is the order of drawing;
    people see the rank of it as the pass's number.
    """

    id: str
    order: int
    entry_id: str
    path: SkinPath
    technique: Technique
    plane: Plane
    instrument: Instrument
    shares: tuple[Share, ...]
    depth_um: int | None = None
    status: PassStatus = PassStatus.DONE

    @property
    def microlitres(self) -> int:
        """The volume of the pass over all its syringes."""
        return sum(share.microlitres for share in self.shares)

    @property
    def side(self) -> Side:
        """The patient's side, taken at the entry point."""
        return side_of(self.path.entry)


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A hole in the skin that one or more passes share; its letter starts anew on each side."""

    id: str
    position: SkinPoint
    side: Side
    letter: str


def entry_letter(index: int) -> str:
    """Name the index-th entry point of a side: A to Z, then AA, AB and so on."""
    letters = ""
    index += 1
    while index:
        index, place = divmod(index - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


@dataclass(frozen=True)
class TreatmentMap:
    """All passes of one treatment session, in order; an immutable value changed only by edits."""

    passes: tuple[CannulaPass, ...] = ()

    def __post_init__(self) -> None:
        """Hold the invariants that edits rely on."""
        orders = [one.order for one in self.passes]
        if orders != sorted(set(orders)):
            raise ValueError("passes must be in strictly rising order")
        if len(self.by_id) != len(self.passes):
            raise ValueError("a pass appears twice")
        entries: dict[str, bytes] = {}
        for one in self.passes:
            place = one.path.controls.packed[:POINT_BYTES]
            if entries.setdefault(one.entry_id, place) != place:
                raise ValueError("passes of one entry point must start at it")

    @cached_property
    def by_id(self) -> dict[str, CannulaPass]:
        """Passes by id."""
        return {one.id: one for one in self.passes}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number people see, from 1, by pass id."""
        return {one.id: number for number, one in enumerate(self.passes, start=1)}

    @cached_property
    def entry_points(self) -> dict[str, EntryPoint]:
        """Entry points by id, lettered per side in the order of their first pass."""
        found: dict[str, EntryPoint] = {}
        used = dict.fromkeys(Side, 0)
        for one in self.passes:
            if one.entry_id not in found:
                side = one.side
                found[one.entry_id] = EntryPoint(one.entry_id, one.path.entry, side, entry_letter(used[side]))
                used[side] += 1
        return found

    @property
    def next_order(self) -> int:
        """The order of a pass drawn now."""
        return self.passes[-1].order + 1 if self.passes else 1

    def passes_of_entry(self, entry_id: str) -> tuple[CannulaPass, ...]:
        """All passes through one entry point, in order."""
        return tuple(one for one in self.passes if one.entry_id == entry_id)
