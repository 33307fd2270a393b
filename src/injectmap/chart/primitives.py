"""The marks a drawing is made of: plain values in drawing units, y down, ready for any painter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

Point = tuple[float, float]


class Box(NamedTuple):
    """An upright rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right edge."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom edge."""
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """True if the two come closer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def contains(self, point: Point) -> bool:
        """True if the point lies inside or on the edge."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def grown(self, by: float) -> Box:
        """The box with all edges moved out."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Box:
        """The box of a size about a centre."""
        x, y = centre
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line or, if closed, a filled shape (even-odd); round joins. `dash` is in drawing units.

    Caps are round, or flat where `flat_caps` says so, because round caps would fill the gaps of fine dashes.
    """

    points: tuple[Point, ...]
    stroke: str | None = None
    width: float = 0.0
    stroke_opacity: float = 1.0
    dash: tuple[float, ...] = ()
    flat_caps: bool = False
    closed: bool = False
    fill: str | None = None
    fill_opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Segments:
    """Many separate straight strokes of one style, as (x0, y0, x1, y1)."""

    lines: tuple[tuple[float, float, float, float], ...]
    stroke: str
    width: float
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Dots:
    """Many filled discs of one style."""

    centres: tuple[Point, ...]
    radius: float
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    centre: Point
    radius: float
    fill: str | None = None
    stroke: str | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class RoundedBox:
    """A rectangle with rounded corners."""

    box: Box
    radius: float
    fill: str | None = None
    stroke: str | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of Source Sans Pro; `anchor` says which part of the baseline lies at `at`.

    `halo` is drawn as a stroke of `halo_width` (full width, half of it outside the letters) under the fill.
    """

    at: Point
    text: str
    size: float
    weight: int
    colour: str
    anchor: str = "middle"
    halo: str | None = None
    halo_width: float = 0.0


Item = Polyline | Segments | Dots | Disc | RoundedBox | Text


@dataclass(frozen=True, slots=True)
class Layer:
    """Marks painted together, first to last."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something can be found again in a drawing: kind `label`, `chip`, `letter`, `entry` or `zone_name`."""

    kind: str
    id: str
    box: Box


@dataclass(frozen=True)
class Drawing:
    """One map in one view, layers bottom to top; (0, 0) is the top-left corner of the view's window."""

    width: float
    height: float
    layers: tuple[Layer, ...]
    marks: tuple[Mark, ...] = ()

    def layer(self, name: str) -> Layer:
        """The layer of a name; an empty one if the drawing has none."""
        return next((layer for layer in self.layers if layer.name == name), Layer(name, ()))

    def items(self) -> Iterator[Item]:
        """All marks, bottom to top."""
        for layer in self.layers:
            yield from layer.items

    def marks_of(self, kind: str) -> Mapping[str, Box]:
        """Boxes of one kind of mark by id."""
        return self._by_kind.get(kind, {})

    @cached_property
    def _by_kind(self) -> dict[str, dict[str, Box]]:
        found: dict[str, dict[str, Box]] = {}
        for mark in self.marks:
            found.setdefault(mark.kind, {})[mark.id] = mark.box
        return found
