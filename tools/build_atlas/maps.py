"""Two-dimensional maps of fine relief (lips, lids, ear, cap edge), sampled by the distance field."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter

from . import sculpture as sc
from .curves import Floats, bump, distance_to_polyline, even_curve, ramp, signed_distance_to_loop, spline

STEP = 0.25
FRONT_X = (0.0, 80.0)
FRONT_Y = (-110.0, 112.0)


class Map2D(NamedTuple):
    """Layers over a regular grid: `values` is (layers, rows of v, columns of u), `grid` is (u start, v start, step)."""

    values: Floats
    grid: Floats


def _grid(u_range: tuple[float, float], v_range: tuple[float, float], step: float) -> tuple[Floats, Floats]:
    v, u = np.meshgrid(np.arange(*v_range, step), np.arange(*u_range, step), indexing="ij")
    return u, v


def front_map() -> Map2D:
    """Outward displacement of the face over |x| and y: lips, philtrum, mouth corners, lids."""
    x, y = _grid(FRONT_X, FRONT_Y, STEP)
    relief = gaussian_filter(_lips(x, y), 3.0)
    xs = np.linspace(0, sc.CHEILION_X, 80)
    to_mouth, _ = distance_to_polyline(x, y, np.c_[xs, even_curve(sc.STOMION, xs)])
    relief += -0.6 * ramp((sc.CHEILION_X + 1 - x) / 4) * bump(to_mouth / 0.9)
    relief += _lids(x, y)
    to_ala, _ = distance_to_polyline(x, y, spline(sc.ALA, 80))
    relief += (
        -0.55 * bump(to_ala / 1.4) * ramp((-12 - y) / 5) * ramp((x - 11) / 3)
    )  # crease behind the nasal wing
    return Map2D(relief[None], np.array([FRONT_X[0], FRONT_Y[0], STEP]))


def _lips(x: Floats, y: Floats) -> Floats:
    """Each vermilion rolls out of the closed mouth and back to its border; white rolls, philtrum, corners."""
    mouth, upper, lower = (even_curve(c, x) for c in (sc.STOMION, sc.LIP_UPPER, sc.LIP_LOWER))
    across_upper = ramp((y - mouth) / np.maximum(upper - mouth, 0.3))
    across_lower = ramp((mouth - y) / np.maximum(mouth - lower, 0.3))
    upper_roll = 5.0 * np.sqrt(np.clip(1 - (1 - across_upper) ** 2.2, 0, 1)) * (1 - 0.52 * across_upper)
    lower_roll = 5.6 * np.sqrt(np.clip(1 - (1 - across_lower) ** 2.2, 0, 1)) * (1 - 0.75 * across_lower**1.3)
    relief = np.where(y >= mouth, upper_roll, lower_roll)
    relief *= bump(np.clip(y - upper, 0, None) / 7) * bump(np.clip(lower - y, 0, None) / 4)
    relief *= np.where(x > sc.CHEILION_X, 0, ramp(1 - (x / (sc.CHEILION_X + 0.5)) ** 2) ** 0.9)
    slope = np.sqrt(1 + np.gradient(upper, STEP, axis=1) ** 2)
    relief += 0.55 * ramp(1 - (x / 20) ** 2) * bump((y - upper) / slope / 1.5)
    relief += 0.25 * ramp(1 - (x / 18) ** 2) * bump((y - lower) / 1.6)
    relief += -0.9 * bump((x - sc.CHEILION_X - 1.5) / 5) * bump((y + 48.2) / 6)
    relief += -0.8 * bump(x / 2.6) * bump((y + 34.5) / 6.5) + 0.55 * bump((x - 5.4) / 2.3) * bump(
        (y + 35) / 6
    )
    return np.asarray(relief)


def _lids(x: Floats, y: Floats) -> Floats:
    """Closed lid margin and the supratarsal crease."""
    distance, side = distance_to_polyline(x, y, spline(sc.LID_MARGIN, 80))
    relief = ramp((46.5 - x) / 5) * (-0.8 * bump(distance / 0.9) + 0.3 * bump((distance * side - 2.0) / 1.8))
    distance, side = distance_to_polyline(x, y, spline(sc.LID_CREASE, 80))
    extent = ramp((x - 17) / 5) * ramp((49 - x) / 6)
    relief += extent * (-0.5 * bump(distance / 1.4) + 0.6 * bump((distance * side - 3.0) / 2.6))
    return np.asarray(relief)


def ear_map() -> Map2D:
    """Layers over s, t: outline distance, relief, half thickness, helix distance, slope factor, helix tube radius.

    The slope factor divides the distance to the relief by its steepness, so that steep walls keep their thickness.
    """
    s, t = _grid((-14.0, 48.0), (-42.0, 48.0), STEP)
    outline = signed_distance_to_loop(s, t, sc.EAR_OUTLINE)
    helix, antihelix, crus = (
        distance_to_polyline(s, t, spline(c, 160))[0] for c in (sc.HELIX, sc.ANTIHELIX, sc.ANTIHELIX_CRUS)
    )
    above_lobule = np.where((s < 12) & (t > -6), 1, ramp((t + 27) / 16))
    relief = 1.0 + 0.40 * np.clip(s, 0, None)  # angle to the head about 22 degrees
    relief += 2.8 * above_lobule * bump(helix / 2.7)
    relief += 3.6 * np.maximum(bump(antihelix / 3.2), 0.62 * bump(crus / 3.0))
    relief += -1.8 * bump((antihelix - 5.5) / 3.0) * ramp((t + 10) / 6)  # scapha
    relief += -9.0 * np.exp(-((((s - 11) / 7.5) ** 2 + ((t + 1) / 9.5) ** 2) ** 1.5))  # cavum of the concha
    relief += -5.0 * np.exp(-((((s - 14) / 7.0) ** 2 + ((t - 10) / 5.0) ** 2) ** 1.5))  # cymba of the concha
    relief = gaussian_filter(relief, 3.5)
    gradient_t, gradient_s = np.gradient(relief, STEP)
    slope_factor = 1 / np.sqrt(1 + gradient_t**2 + gradient_s**2)
    thickness = 1.7 + 1.2 * bump((t + 24) / 9)
    layers = [outline, relief, thickness, helix, slope_factor, 2.2 - 2.4 * (1 - above_lobule)]
    return Map2D(np.stack(layers), np.array([-14.0, -42.0, STEP]))


def cap_map() -> Map2D:
    """Distance to the cap's edge over z, y, positive on the cap."""
    z, y = _grid((-115.0, 125.0), (-60.0, 140.0), 0.5)
    distance, side = distance_to_polyline(z, y, spline(sc.CAP_EDGE, 160))
    return Map2D(np.where(side > 0, -distance, distance)[None], np.array([-115.0, -60.0, 0.5]))
