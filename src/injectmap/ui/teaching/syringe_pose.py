"""Where the drawn syringe lies: on the line of the pass, outside the entry point and inside the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Place = tuple[float, float]

# The part outside the skin points at the viewer, so its drawn length may be anything down to this share of the true.
SHORTEST_SHARE: Final = 0.25
_TURNS: Final = tuple(
    math.radians(sign * degrees) for degrees in range(0, 181, 6) for sign in ((1, -1) if degrees else (1,))
)

# What a smaller syringe costs, in degrees of turn.
_SCALES: Final = {1.0: 0.0, 0.85: 9.0, 0.7: 18.0}


@dataclass(frozen=True, slots=True)
class Room:
    """The part of the picture in which the syringe may lie, logical pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, place: Place) -> bool:
        """True if a place lies in the room."""
        return self.left <= place[0] <= self.right and self.top <= place[1] <= self.bottom

    def reach(self, place: Place, angle: float) -> float:
        """How far from a place in the room its edge is in one direction."""
        dx, dy = math.cos(angle), math.sin(angle)
        across = (
            (self.right - place[0]) / dx
            if dx > 1e-9
            else (self.left - place[0]) / dx
            if dx < -1e-9
            else math.inf
        )
        down = (
            (self.bottom - place[1]) / dy
            if dy > 1e-9
            else (self.top - place[1]) / dy
            if dy < -1e-9
            else math.inf
        )
        return max(0.0, min(across, down))


@dataclass(frozen=True, slots=True)
class Pose:
    """How the syringe points away from the entry point (radians, y down) and what share of its shaft is drawn."""

    angle: float
    share: float
    scale: float = 1.0


def pose(room: Room, entry: Place, outward: float, shaft: float, body: float) -> Pose:
    """Fit shaft and body, in pixels when the tip has just gone in, behind an entry point.

    First the shaft is foreshortened, which a syringe held towards the viewer is anyway; then the syringe is turned,
    or drawn smaller where that spares much of the turn.
    """
    best, least = None, math.inf
    for turn in _TURNS:
        reach = room.reach(entry, outward + turn)
        for scale, price in _SCALES.items():
            share = min(1.0, (reach - body * scale) / max(shaft, 1e-9))
            cost = abs(math.degrees(turn)) + price
            if share >= SHORTEST_SHARE and cost < least - 1e-6:
                best, least = Pose(outward + turn, share, scale), cost
    if best is not None:
        return best
    scale = min(_SCALES)
    turn = max(_TURNS, key=lambda turn: room.reach(entry, outward + turn))
    left = room.reach(entry, outward + turn) - body * scale
    return Pose(outward + turn, max(0.1, min(1.0, left / max(shaft, 1e-9))), scale)
