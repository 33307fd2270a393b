"""The numbers of one pass: its length, its share in each zone, its place in the five views."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.runner import Effort, Part, in_turn

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Skin points in mm near the lobe and on the mandibular border: a path through three zones.
_START, _TIP = (63.0, -30.0, 18.0), (40.0, -72.0, 40.0)


def pass_geometry(effort: Effort) -> list[Part]:
    """Ours: `length`, `zones.split`, `project_all`. Floor: the gathers and sums that no vectorised way can leave out."""
    from injectmap.atlas import length, load_atlas

    atlas = load_atlas()
    path = atlas.skin.path(np.array(_START), np.array(_TIP))

    def ours() -> None:
        length(path)
        atlas.zones.split(path)
        atlas.project_all(path)

    return [in_turn(ours, bare_sums(atlas, path), effort, repeats=200)]


def bare_sums(atlas: Atlas, path: np.ndarray) -> Callable[[], tuple[float, np.ndarray, list]]:
    """One sum of steps; one zone look-up a step and one sum by zone; one turn, one depth look-up a view."""
    skin, cell, span = atlas.skin, 0.5, 360.0
    nodes = np.arange(0.0, span, cell) + cell / 2
    azimuth, elevation = (axis.ravel() for axis in np.meshgrid(nodes, nodes, indexing="ij"))
    turn, rise = np.radians(azimuth / 2), np.radians(elevation / 2 - 90)
    away = np.stack([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)], axis=1)
    ids = {zone: number for number, zone in enumerate(atlas.zones.ids)}
    labels = np.array([ids[zone] for zone, _ in atlas.zones.at(skin.lay(away))])
    normals = skin.normals(skin.lay(away))
    width, count = round(span / cell), 2 * len(ids)
    centre, scale = np.asarray(skin.centre), 360.0 / np.pi
    cameras = []
    for view in atlas.views.values():
        camera = view.camera
        # A mirrored view is the stored one with x turned round: that goes into the matrix once and for all.
        basis = camera.basis * ((-1,), (1,), (1,)) if view.mirrored else camera.basis
        cameras.append((basis, camera.origin, camera.px_per_mm, camera.depth, view.toward))

    def floor() -> tuple[float, np.ndarray, list]:
        steps = path[1:] - path[:-1]
        lengths = np.sqrt(np.einsum("ij,ij->i", steps, steps))
        length = lengths.sum()
        off = path - centre
        across, forward = np.abs(off[:, 0]), off[:, 2]
        column = np.arctan2(across, forward) * (scale / cell)
        row = (np.arctan2(off[:, 1], np.hypot(across, forward)) * scale + 180.0) / cell
        place = column.astype(np.intp) * width + row.astype(np.intp)
        shares = np.bincount(2 * labels[place[1:]] + (off[1:, 0] < 0), weights=lengths, minlength=count)
        normal, views = normals[place], []
        for basis, origin, px, depth, toward in cameras:
            placed = path @ basis - origin
            pixel = (placed[:, :2] * px).astype(np.intp)
            seen = (normal @ toward > 0) & (placed[:, 2] + 1.5 >= depth[pixel[:, 1], pixel[:, 0]])
            views.append((placed[:, :2], seen))
        return length, shares, views

    return floor
