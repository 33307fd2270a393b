"""What a tool is told and what it says: pointer events, previews, hints and cursors, without any toolkit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain import skin_paths
from injectmap.domain.treatment_map import Side, SkinPath, SkinPoint, side_of

if TYPE_CHECKING:
    from injectmap.atlas import Atlas


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

    `replaces` names the stored passes that are not to be shown meanwhile.
    """

    atlas: Atlas
    controls: tuple[SkinPoint, ...]
    curved: bool = False
    replaces: frozenset[str] = frozenset()

    @cached_property
    def points(self) -> np.ndarray:
        """The course over the skin, (n, 3) mm."""
        return skin_paths.course(self.atlas, self.controls, curved=self.curved)

    @cached_property
    def path(self) -> SkinPath:
        """The path with its zones; InputRefused as in `skin_paths.resolve`."""
        return skin_paths.resolve(self.atlas, self.controls, curved=self.curved, laid=self.points)

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
