"""Courses between directions, laid on a surface and spaced evenly; the same both ways and on both sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from injectmap.atlas.arrays import Floats

Lay = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Course:
    """A run of vectors over 0..1, and the angle in radians between its ends."""

    at: Callable[[Floats], Floats]
    angle: float


# Rounding the result to whole micrometres must not push neighbours more than one step apart.
_ROUNDING = 0.998

# A section of a course is first sampled this finely, so that a fold of the skin is not stepped over.
_DENSE_RADIANS = math.pi / 720
_DENSE_LEAST = 8


def without_repeats(controls: Floats) -> Floats:
    """Return controls (k, 3) without those equal to the one before."""
    keep = np.ones(len(controls), dtype=bool)
    keep[1:] = (controls[1:] != controls[:-1]).any(axis=1)
    return controls[keep]


def angle_between(first: Sequence[float], last: Sequence[float]) -> float:
    """Return the angle in radians between two vectors (3,); plain numbers, because arrays this small cost more."""
    (a, b, c), (d, e, f) = first, last
    across = math.sqrt((b * f - c * e) ** 2 + (c * d - a * f) ** 2 + (a * e - b * d) ** 2)
    return math.atan2(across, a * d + b * e + c * f)


def arc(controls: Floats) -> list[Course]:
    """Return the great circle between two vectors (2, 3) as one course of vectors over 0..1."""
    units = controls / np.sqrt(np.einsum("ij,ij->i", controls, controls))[:, None]
    angle = angle_between(*units.tolist())
    sine = math.sin(angle)

    def at(along: Floats) -> Floats:
        back = 1.0 - along
        if sine > 1e-9:  # else the same direction; opposite ones have no plane and are never both drawable
            along, back = np.sin(along * angle) / sine, np.sin(back * angle) / sine
        return np.asarray(back[:, None] * units[0] + along[:, None] * units[1])

    return [Course(at, angle)]


def spline(controls: Floats, *, level_at_midline: bool = False) -> list[Course]:
    """Return a centripetal Catmull-Rom course through vectors (k, 3), one part between each two neighbours.

    Centripetal, because it neither loops nor overshoots where controls lie unevenly. With `level_at_midline` an
    end on the midline joins its own mirror image without a corner.
    """
    before, after = 2.0 * controls[0] - controls[1], 2.0 * controls[-1] - controls[-2]
    if level_at_midline and controls[0, 0] == 0.0:
        before = controls[1] * (-1.0, 1.0, 1.0)
    if level_at_midline and controls[-1, 0] == 0.0:
        after = controls[-2] * (-1.0, 1.0, 1.0)
    knots = np.concatenate([before[None], controls, after[None]])
    gaps = np.sqrt(np.linalg.norm(knots[1:] - knots[:-1], axis=1))

    def part(index: int) -> Course:
        p0, p1, p2, p3 = knots[index : index + 4]
        g0, g1, g2 = gaps[index : index + 3]
        # Hermite tangents of the centripetal parametrisation over the middle gap.
        t1 = g1 * ((p1 - p0) / g0 - (p2 - p0) / (g0 + g1) + (p2 - p1) / g1)
        t2 = g1 * ((p2 - p1) / g1 - (p3 - p1) / (g1 + g2) + (p3 - p2) / g2)

        def at(along: Floats) -> Floats:
            t = along[:, None]
            back = 1.0 - t
            return np.asarray(
                p1 * (back * back * (1.0 + 2.0 * t))
                + t1 * (t * back * back)
                + p2 * (t * t * (1.0 + 2.0 * back))
                - t2 * (t * t * back)
            )

        return Course(at, angle_between(p1.tolist(), p2.tolist()))

    return [part(index) for index in range(len(controls) - 1)]


def laid(lay: Lay, controls: Floats, step: float, courses: Callable[[Floats], list[Course]]) -> Floats:
    """Lay a course through vectors (k, 3) on a surface, (n, 3), neighbours at most one step apart.

    Every control is met. The course is computed from one canonical end, and one that is its own mirror image
    is computed by halves, so that reversing or mirroring the controls does exactly that to the result.
    """
    turned, own_mirror = _canonical(controls)
    parts = [spaced(lay, course, step) for course in courses(controls[::-1] if turned else controls)]
    path = parts[0] if len(parts) == 1 else np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    if own_mirror:
        half = len(path) // 2
        path[len(path) - half :] = path[:half][::-1] * (-1.0, 1.0, 1.0)
        if len(path) % 2:
            path[half, 0] = 0.0
    return np.ascontiguousarray(path[::-1]) if turned else path


def _canonical(controls: Floats) -> tuple[bool, bool]:
    """Tell whether to compute from the last control, and whether the controls are their own mirror image."""
    forth = [(y, z, abs(x)) for x, y, z in controls.tolist()]
    back = forth[::-1]
    if forth != back:
        return back < forth, False
    own_mirror = bool(np.array_equal(controls[::-1, 0], -controls[:, 0]))
    # There and back the same: begin on the left, so that the two mirrored orders share one computation.
    return own_mirror and bool(controls[0, 0] < 0.0), own_mirror


def spaced(lay: Lay, course: Course, step: float) -> Floats:
    """Lay one part of a course, evenly spaced along the surface."""
    along = np.linspace(0.0, 1.0, max(_DENSE_LEAST, int(course.angle / _DENSE_RADIANS)) + 1)
    reached = np.zeros(len(along))
    np.cumsum(_gaps(lay(course.at(along))), out=reached[1:])
    total, target = float(reached[-1]), step * _ROUNDING
    count = max(1, math.ceil(total / target))
    while True:
        even = lay(course.at(np.interp(np.arange(count + 1) * (total / count), reached, along)))
        widest = float(_gaps(even).max())
        if widest <= target or count > 8 * total / target + 8:
            return even
        count = max(count + 1, math.ceil(count * widest / target))


def _gaps(points: Floats) -> Floats:
    steps = points[1:] - points[:-1]
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", steps, steps)))
