"""The dose map: each pass's volume spread along its path on the skin, in mL per square centimetre.

Schematic. A record knows how much was laid along which path on the reference head, not how far the product spread in
the tissue. Each mm of a path is drawn as a bell (Gaussian) with a standard deviation of 3 mm along the skin, which is
about 7 mm wide at half its height: wide enough for the threads of a fan, laid some mm apart, to read as one sheet,
and narrow enough for the arch and the border to stay apart. It is no measured spread and says nothing about depth.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from injectmap.atlas.arrays import Floats, Ints
from injectmap.atlas.skin import Skin
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.totals import zone_volumes
from injectmap.domain.treatment_map import CannulaPass, Deposit, PassStatus, Side, SkinPath
from injectmap.domain.units import UM_PER_MM
from injectmap.insight.skin_grid import SHAPE, SkinGrid, skin_grid

# Standard deviation of the bell, measured as the straight distance between two places of the skin: over the reach of
# the bell it differs from the way along the skin by less than the width of a cell, save in a fold.
SPREAD_MM: Final = 3.0
# Beyond this the bell holds less than 0.04 % and is cut off.
REACH_MM: Final = 4.0 * SPREAD_MM
# Sources along a path: half a standard deviation apart they give the same bell as a line without gaps.
_STEP_MM: Final = 1.5

# 1 mL/cm2 is 1000 microlitres on 100 mm2.
UL_PER_MM2: Final = 10.0

_KEPT: Final = 1024
_Key = tuple[SkinGrid, bytes, int, int, tuple[Deposit, ...]]
_spread: OrderedDict[_Key, tuple[Ints, Floats]] = OrderedDict()


@dataclass(frozen=True)
class DoseMap:
    """How much lies where on the skin of the reference head.

    `density` (`SHAPE`) is in mL/cm2 by azimuth, the patient's right first, and elevation. Invariant: over the skin's
    area it sums to `right_ul + left_ul`, what was injected, by side of the skin as the record counts it. Close to the
    midline some of what was laid on one side is drawn on the other.
    """

    grid: SkinGrid
    density: Floats
    right_ul: int
    left_ul: int

    @property
    def both_ul(self) -> int:
        """All that was injected."""
        return self.right_ul + self.left_ul

    @cached_property
    def cells(self) -> Floats:
        """The density (n,) of the grid's cells in their own order."""
        return np.asarray(self.density.ravel().take(self.grid.places))

    def integral_ul(self, side: Side | None = None) -> float:
        """The density summed over the area of the skin, or of one side of it, in microlitres."""
        held = self.cells * self.grid.areas * UL_PER_MM2
        if side is None:
            return float(held.sum())
        right = self.grid.points[:, 0] < 0.0
        return float(held[right if side is Side.RIGHT else ~right].sum())

    @cached_property
    def most(self) -> float:
        """The highest density."""
        return float(self.density.max(initial=0.0))

    def at(self, points: Floats) -> Floats:
        """The density (n,) at skin points (n, 3) in mm."""
        return self.grid.read(self.density, points)

    def seen(self, points: Floats) -> Floats:
        """The density (n,) for the eye: up to the edge of drawable skin it does not fall to the nought beyond."""
        held = self.grid.read(self.grid.held, points)
        return np.asarray(np.where(held > 0.2, self.at(points) / np.maximum(held, 0.2), 0.0))


def dose_map(skin: Skin, passes: Iterable[CannulaPass]) -> DoseMap:
    """Lay the done passes of one or many treatment sessions on the skin."""
    grid = skin_grid(skin)
    flat = np.zeros(SHAPE[0] * SHAPE[1])
    sides = dict.fromkeys(Side, 0)
    for one in passes:
        if one.status is not PassStatus.DONE or not one.microlitres:
            continue
        cells, values = _of_pass(grid, one)
        flat[grid.places[cells]] += values
        for (_, side), volume in zone_volumes(one).items():
            sides[side] += volume
    right = sides[Side.RIGHT]
    return DoseMap(grid, (flat / UL_PER_MM2).reshape(SHAPE), right, sum(sides.values()) - right)


def _of_pass(grid: SkinGrid, one: CannulaPass) -> tuple[Ints, Floats]:
    """Cells that one pass reaches and its microlitres per mm2 there; remembered, as a pass seldom changes."""
    path = one.path
    key = (grid, path.points.packed, path.length_um, one.microlitres, one.deposits)
    found = _spread.get(key)
    if found is None:
        found = _spread[key] = spread(grid, *sources(one))
        while len(_spread) > _KEPT:
            _spread.popitem(last=False)
    else:
        _spread.move_to_end(key)
    return found


def sources(one: CannulaPass) -> tuple[Floats, Floats]:
    """Places (m, 3) in mm where a pass's volume is laid and the microlitres (m,) of each, summing to its volume."""
    laid = sum(deposit.microlitres for deposit in one.deposits)
    points, weights = _along(one.path, one.microlitres - laid)
    if one.deposits:
        spots = _at(one.path, [deposit.position_um for deposit in one.deposits])
        points = np.concatenate([points, spots])
        weights = np.concatenate([weights, [float(deposit.microlitres) for deposit in one.deposits]])
    return points, weights


def _along(path: SkinPath, microlitres: int) -> tuple[Floats, Floats]:
    """A volume laid evenly along a path; all of it at the point of a bolus."""
    if microlitres == 0:
        return np.empty((0, 3)), np.empty(0)
    if path.length_um == 0:
        return to_mm(path.points)[:1], np.array([float(microlitres)])
    count = max(1, int(np.ceil(path.length_um / UM_PER_MM / _STEP_MM)))
    middles = (np.arange(count) + 0.5) * (path.length_um / count)
    return _at(path, middles.tolist()), np.full(count, microlitres / count)


def _at(path: SkinPath, positions_um: list[float] | list[int]) -> Floats:
    """Places (m, 3) in mm at distances along a path from its entry point."""
    points = to_mm(path.points)
    steps = np.linalg.norm(points[1:] - points[:-1], axis=1)
    reached = np.concatenate([[0.0], np.cumsum(steps)])
    # The stored length is the one people read; positions are shares of it.
    wanted = np.asarray(positions_um) * (reached[-1] / max(path.length_um, 1))
    return np.stack([np.interp(wanted, reached, points[:, axis]) for axis in range(3)], axis=1)


def spread(grid: SkinGrid, points: Floats, weights: Floats) -> tuple[Ints, Floats]:
    """Spread weights (m,) at points (m, 3) over the cells around them: their numbers (k,) and weight per mm2 (k,).

    Each bell is scaled to hold exactly its weight on drawable skin, so that nothing is lost under the ear, behind the
    head or in the unevenness of the cells.
    """
    cells = grid.near(points, REACH_MM)
    squares = grid.squared_chords(points, cells)
    bells = np.exp(squares * (-0.5 / SPREAD_MM**2))
    bells[squares > REACH_MM**2] = 0.0
    held = bells @ grid.areas[cells]
    values = (weights / held) @ bells
    touched = values > 0.0
    return cells[touched], values[touched]
