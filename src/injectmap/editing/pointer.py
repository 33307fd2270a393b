"""What a tool is told and what it says: pointer events, previews, hints and cursors, without any toolkit."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.treatment_map import Side, SkinPath, SkinPoint, side_of

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, Zones


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in one view, mm from the window's top-left corner, with the reach of a finger or mouse there."""

    view_id: str
    u_mm: float
    v_mm: float
    tolerance_mm: float = 1.5
    shift: bool = False
    ctrl: bool = False

    @property
    def uv(self) -> np.ndarray:
        """The place as (1, 2)."""
        return np.array([[self.u_mm, self.v_mm]])


class Cursor(StrEnum):
    """The role of the mouse pointer; the canvas maps it to a shape."""

    ARROW = "arrow"
    CROSS = "cross"
    FORBIDDEN = "forbidden"
    MOVE = "move"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Hint:
    """A short advice about the gesture, as a code with parameters."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """A pass as it would become if the gesture ended now; nothing of it is stored.

    `replaces` names the stored passes that are not to be shown meanwhile; `within` are the session's zones where
    its corners were moved. A bolus has two equal controls.
    """

    atlas: Atlas
    controls: tuple[SkinPoint, ...]
    curved: bool = False
    replaces: frozenset[str] = frozenset()
    within: Zones | None = None

    @property
    def is_point(self) -> bool:
        """True for a bolus."""
        return len(self.controls) == 2 and self.controls[0] == self.controls[1]

    @cached_property
    def points(self) -> np.ndarray:
        """The course over the skin, (n, 3) mm."""
        return skin_paths.course(self.atlas, self.controls, curved=self.curved)

    @cached_property
    def path(self) -> SkinPath:
        """The path with its zones; InputRefused as in `skin_paths.resolve`."""
        if self.is_point:
            return skin_paths.point(self.atlas, self.controls[0], zones=self.within)
        return skin_paths.resolve(
            self.atlas, self.controls, curved=self.curved, laid=self.points, zones=self.within
        )

    @cached_property
    def length_um(self) -> int:
        """Length along the skin."""
        from injectmap.atlas.skin import length

        return round(float(length(self.points)) * 1000)

    @property
    def side(self) -> Side:
        """The patient's side of the entry point."""
        return side_of(self.controls[0])

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """The zones touched, in order along the path."""
        return tuple(dict.fromkeys(part.zone for part in self.path.zones))

    @property
    def mirrored(self) -> Preview:
        """The same on the other side of the face."""
        return replace(self, controls=skin_paths.mirrored(self.controls))


@dataclass(frozen=True, slots=True)
class Marquee:
    """A rectangle pulled up over one view, from the corner pressed to the corner under the pointer, mm."""

    view_id: str
    u0_mm: float
    v0_mm: float
    u1_mm: float
    v1_mm: float

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        left, right = sorted((self.u0_mm, self.u1_mm))
        top, bottom = sorted((self.v0_mm, self.v1_mm))
        return left, top, right, bottom


@dataclass(frozen=True)
class Measured:
    """A measurement between two places on the skin that is not kept."""

    course: Preview

    @property
    def start(self) -> SkinPoint:
        """Where it begins."""
        return self.course.controls[0]

    @property
    def end(self) -> SkinPoint:
        """Where it ends."""
        return self.course.controls[-1]

    @property
    def points(self) -> np.ndarray:
        """The course over the skin, (n, 3) mm."""
        return self.course.points

    @property
    def length_um(self) -> int:
        """Length along the skin."""
        return self.course.length_um

    @property
    def chord_um(self) -> int:
        """Straight length between the ends."""
        return chord_um(self.start, self.end)

    @property
    def side(self) -> Side:
        """The patient's side on which it begins."""
        return self.course.side

    @property
    def path(self) -> SkinPath:
        """The path as it would be kept; InputRefused where it leaves the skin. It may be shorter than a pass."""
        course = self.course
        return skin_paths.resolve(
            course.atlas, course.controls, laid=course.points, zones=course.within, shortest_um=1
        )


def chord_um(start: SkinPoint, end: SkinPoint) -> int:
    """Return the straight length between two places, through the head."""
    return round(math.dist(start, end))
