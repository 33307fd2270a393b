"""Places on the skin of the reference head: points, sides and resolved paths, as immutable values."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
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
        total = 0
        for _, _, length_um in self.zones:
            total += length_um
        if total != self.length_um:
            raise ValueError("the zone split must sum to the length")

    @property
    def entry(self) -> SkinPoint:
        """Where the cannula goes through the skin."""
        return self.controls[0]

    @property
    def tip(self) -> SkinPoint:
        """The farthest point of the cannula's advance."""
        return self.controls[-1]
