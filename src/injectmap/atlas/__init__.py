"""The reference head in millimetres: its skin, landmarks, views and zones. No Qt, no database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from injectmap.atlas.arrays import Bools, Floats
from injectmap.atlas.landmarks import read_landmarks
from injectmap.atlas.moved_zones import CornerMove, ZoneAdjuster, ZoneMoveRefused
from injectmap.atlas.projection import AllViews
from injectmap.atlas.skin import Skin, length, mirror
from injectmap.atlas.views import FACING_TO_DRAW, VIEW_IDS, DrawState, View, read_views
from injectmap.atlas.zones import ZoneCorner, ZoneInfo, Zones, read_zones
from injectmap.resources import asset_path

__all__ = [
    "FACING_TO_DRAW",
    "VIEW_IDS",
    "Atlas",
    "DrawState",
    "Skin",
    "View",
    "ZoneCorner",
    "ZoneInfo",
    "ZoneMoveRefused",
    "Zones",
    "length",
    "load_atlas",
    "mirror",
]


@dataclass(frozen=True)
class Atlas:
    """The reference head and all that is defined on it; never changes while the program runs."""

    head_version: int
    zones_version: int
    skin: Skin
    landmarks: dict[str, Floats]
    views: dict[str, View]
    zones: Zones

    @classmethod
    def read(cls, folder: Path, zones_file: Path | None = None) -> Atlas:
        """Read an atlas folder; position maps are decoded later, each when its view is first asked."""
        skin = Skin.read(folder / "skin.npz")
        head_version, landmarks = read_landmarks(folder / "landmarks.json")
        views = read_views(json.loads((folder / "views.json").read_text("utf-8")), skin, folder)
        zones = read_zones(zones_file or folder / "zones.toml", skin, landmarks)
        return cls(head_version, zones.version, skin, landmarks, views, zones)

    def best_view(self, point: Floats) -> str:
        """Return the id of the view in which the skin at a point (3,) is seen most squarely."""
        points = np.asarray(point, dtype=float).reshape(1, 3)
        normals = self.skin.normals(points)
        facing = {name: float((normals @ view.toward)[0]) for name, view in self.views.items()}
        seen = [name for name, view in self.views.items() if view.project_with(points, normals)[1][0]]
        return max(seen or facing, key=facing.__getitem__)

    def project_all(self, points: Floats, normals: Floats | None = None) -> dict[str, tuple[Floats, Bools]]:
        """Return places (n, 2) and visibility (n,) of skin points (n, 3) in all views, as `View.project` of each does.

        With the outward normals (n, 3) already known it is as `View.project_with`.
        """
        points = np.asarray(points, dtype=float).reshape(-1, 3)
        if normals is None:
            return self._all_views.project(points)
        return self._all_views.project_with(points, normals)

    def zones_for(self, moves: Iterable[CornerMove]) -> Zones:
        """Return the zones of a treatment session with the corners moved in it, or `zones` itself without any.

        Found once and kept; ZoneMoveRefused if the zones cannot lie so.
        """
        return self._adjuster.zones_for(moves)

    @cached_property
    def _adjuster(self) -> ZoneAdjuster:
        return ZoneAdjuster(self.zones)

    @cached_property
    def _all_views(self) -> AllViews:
        return AllViews(self.views, self.skin)


@cache
def load_atlas() -> Atlas:
    """Return the shipped atlas, read once."""
    return Atlas.read(asset_path("atlas"))
