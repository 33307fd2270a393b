"""Marks that are no lines: boluses, and deposits laid at places of a pass."""

from __future__ import annotations

import numpy as np

from injectmap.chart import styles
from injectmap.chart.primitives import Disc, Dots, Item
from injectmap.chart.projection import Array, ProjectedPass, as_points, places_along
from injectmap.chart.styles import MapStyle
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Technique

# A planned bolus is a ring of so many dots.
_RING_DOTS = 8


def bolus_radius(one: CannulaPass, style: MapStyle) -> float:
    """The radius of a bolus's mark in drawing units: of its kind, whatever its volume."""
    micro = one.technique is Technique.MICRO_BOLUS
    return (styles.MICRO_BOLUS_RADIUS if micro else styles.BOLUS_RADIUS) * style.line


def bolus_halo(at: Array, radius: float, style: MapStyle) -> tuple[Item, ...]:
    """The white rim under a bolus."""
    return (Disc(as_points(at[None])[0], radius + styles.BOLUS_RIM * style.line, styles.WHITE),)


def bolus_mark(at: Array, radius: float, status: PassStatus, style: MapStyle) -> tuple[Item, ...]:
    """A filled disc; dots in a ring while planned, a hollow disc while not confirmed."""
    centre, mark = as_points(at[None])[0], style.line
    if status is PassStatus.DONE:
        return (Disc(centre, radius, style.ink),)
    if status is PassStatus.UNCONFIRMED:
        edge = (styles.HOLLOW_WIDTH - styles.HOLLOW_INNER) / 2 * mark
        return (Disc(centre, radius - edge / 2, styles.WHITE, style.ink, edge),)
    turns = np.linspace(0.0, 2 * np.pi, _RING_DOTS, endpoint=False)
    ring = at + np.column_stack([np.cos(turns), np.sin(turns)]) * radius
    return (Dots(as_points(ring), 0.35 * styles.PLANNED_DOT * mark, style.ink),)


def deposit_marks(one: CannulaPass, shown: ProjectedPass, style: MapStyle) -> tuple[Item, ...]:
    """A disc of fixed size in mm at each deposit that is in sight."""
    if not one.deposits:
        return ()
    places, seen = places_along(one.path, shown, [deposit.position_um for deposit in one.deposits])
    radius = max(styles.DEPOSIT_MM * style.px_per_mm, styles.DEPOSIT_LEAST * style.line)
    rim = 1.1 * style.line
    fill = style.ink if one.status is PassStatus.DONE else styles.WHITE
    edge = styles.WHITE if one.status is PassStatus.DONE else style.ink
    return tuple(Disc(at, radius + rim / 2, fill, edge, rim) for at in as_points(places[seen]))
