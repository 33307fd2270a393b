"""Projects skin points into all views at once, as each drawn pass needs it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from injectmap.atlas.arrays import Bools, Floats
from injectmap.atlas.skin import Skin
from injectmap.atlas.views import View, allowed_slant


class AllViews:
    """The five cameras as one matrix; gives what `View.project` gives for each view."""

    def __init__(self, views: Mapping[str, View], skin: Skin) -> None:
        """Join the views of one head."""
        self._ids = tuple(views)
        self._skin = skin
        self._toward = np.stack([view.toward for view in views.values()], axis=1)
        # u of all views, then v, then depth: every row of the result is one contiguous array.
        matrices = [view.matrix for view in views.values()]
        self._matrix = np.concatenate([np.stack([m[:, axis] for m in matrices]) for axis in range(3)])
        self._offset = np.concatenate([[view.offset[axis] for view in views.values()] for axis in range(3)])[
            :, None
        ]
        self._cameras = [view.camera for view in views.values()]
        self._mirrored = [view.mirrored for view in views.values()]
        self._width = views[self._ids[0]].window_mm[0]

    def project(self, points: Floats) -> dict[str, tuple[Floats, Bools]]:
        """Return places (n, 2) and visibility (n,) of skin points (n, 3) by view id."""
        return self.project_with(points, self._skin.outward(points))

    def project_with(self, points: Floats, normals: Floats) -> dict[str, tuple[Floats, Bools]]:
        """As `project`, with the outward normals (n, 3) of the skin there already known."""
        count = len(self._ids)
        placed = self._matrix @ points.T + self._offset
        facing = self._toward.T @ normals.T
        visible = facing > 0.0
        depth = placed[2 * count :] + allowed_slant(facing)
        found = {}
        for index, name in enumerate(self._ids):
            u, v = placed[index], placed[count + index]
            covered = self._cameras[index].covers(
                self._width - u if self._mirrored[index] else u, v, depth[index]
            )
            found[name] = (np.stack([u, v], axis=1), visible[index] & ~covered)
        return found
