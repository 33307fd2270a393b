"""The corners of the zones as things to take hold of: named vertices with their places on the skin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from injectmap.atlas.arrays import Floats
from injectmap.atlas.skin import Skin, chart_directions, mirror
from injectmap.atlas.zone_file import Partition

SideName = Literal["left", "right"]
CornerSide = Literal["left", "right", "midline"]


@dataclass(frozen=True, eq=False)
class ZoneCorner:
    """A vertex of the zones on one side, mm (3,), and the zones that meet in it.

    A corner on the midline is one for both sides and stays on the midline.
    """

    vertex: str
    side: CornerSide
    place: Floats
    zones: tuple[str, ...]
    moved: bool


def on_midline(place: Floats) -> bool:
    """True for a chart place (2,) on the midline of the face."""
    return bool(place[0] == 0.0)


def both_sides(
    left: Partition,
    right: Partition,
    skin: Skin,
    zone_ids: Collection[str] | None,
    moved: frozenset[tuple[str, str]],
) -> tuple[ZoneCorner, ...]:
    """Return the corners on skin that can be drawn on, the left side first; `moved` are (vertex, side)."""
    users: dict[str, list[str]] = {}
    for info, names in zip(left.infos, left.names, strict=True):
        for name in names:
            users.setdefault(name, []).append(info.id)
    wanted = [name for name, ids in users.items() if zone_ids is None or set(ids) & set(zone_ids)]
    found: list[ZoneCorner] = []
    sides: tuple[tuple[SideName, Partition], ...] = (("left", left), ("right", right))
    for side, partition in sides:
        charted = np.array([partition.vertices[name] for name in wanted]).reshape(-1, 2)
        places = skin.lay(chart_directions(charted[:, 0], charted[:, 1]))
        drawable = skin.drawable(places)
        for name, at, place, shown in zip(wanted, charted, places, drawable, strict=True):
            own: CornerSide = "midline" if on_midline(at) else side
            if not shown or (own == "midline" and side == "right"):
                continue
            laid = mirror(place) if side == "right" else place
            found.append(ZoneCorner(name, own, laid, tuple(users[name]), (name, own) in moved))
    return tuple(found)
