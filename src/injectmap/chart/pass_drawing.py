"""A cannula pass as marks: halo, line, closed arrow at the tip, and the band of a selected pass."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from injectmap.chart import styles
from injectmap.chart.point_marks import bolus_halo, bolus_mark, bolus_radius, deposit_marks
from injectmap.chart.primitives import Disc, Item, Point, Polyline
from injectmap.chart.projection import Array, ProjectedPass, Stretch, arc_lengths, as_points, thinned
from injectmap.chart.styles import MapStyle
from injectmap.domain.treatment_map import CannulaPass, PassStatus


@dataclass(frozen=True, slots=True)
class PassItems:
    """The marks of one pass by layer; `tip` and `direction` are where its label belongs, if the style has labels.

    `arrow` is the outline of its head, empty for a bolus; the label keeps `clear` away from the tip beyond its gap.
    """

    id: str
    halos: tuple[Item, ...]
    lines: tuple[Item, ...]
    tip: Point
    direction: Point
    arrow: tuple[Point, ...]
    clear: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrow:
    """A closed arrow head: its outline, and where the line that carries it ends."""

    outline: tuple[Point, ...]
    base: Point
    length: float


def unit(vector: Array) -> Array:
    """The direction of a vector; to the right for none."""
    size = float(np.hypot(*vector))
    return vector / size if size > 1e-9 else np.array([1.0, 0.0])


def direction_at_tip(points: Array, back: float, along: Array | None = None) -> Array:
    """The direction of advance over the last `back` units of a line; `along` spares measuring it again."""
    along = arc_lengths(points) if along is None else along
    at = max(along[-1] - back, 0.0)
    start = np.array([np.interp(at, along, points[:, axis]) for axis in (0, 1)])
    return unit(points[-1] - start)


def arrow_head(points: Array, mark: float, along: Array | None = None) -> Arrow:
    """The arrow at the end of a line, smaller where the line is too foreshortened to carry a full one."""
    along = arc_lengths(points) if along is None else along
    size = min(max(float(along[-1]) / (1.6 * styles.ARROW_LENGTH * mark), 0.55), 1.0) * mark
    length, half = styles.ARROW_LENGTH * size, styles.ARROW_WIDTH * size / 2
    forward = direction_at_tip(points, length, along)
    across = np.array([-forward[1], forward[0]])
    tip = points[-1]
    # A shallow notch keeps the head crisp when printed small.
    notch = tip - forward * length * 0.78
    corner = tip - forward * length
    outline = as_points(np.array([tip, corner + across * half, notch, corner - across * half]))
    return Arrow(outline, as_points(notch[None])[0], length * 0.78)


def shortened(points: Array, by: float) -> Array:
    """A line without its last `by` units."""
    along = arc_lengths(points)
    end = max(along[-1] - by, 0.0)
    keep = points[along < end - 1e-9]
    last = np.array([[np.interp(end, along, points[:, axis]) for axis in (0, 1)]])
    return np.concatenate([keep, last]) if len(keep) else np.concatenate([points[:1], last])


def _line(
    points: tuple[Point, ...], colour: str, width: float, opacity: float = 1.0, **how: object
) -> Polyline:
    return Polyline(points, colour, width, opacity, **how)  # type: ignore[arg-type]


def _painted(stretch: Stretch, mark: float, arrow: Arrow | None, along: Array | None = None) -> Array:
    """The line of a stretch without its arrow; `along` is that of the whole path."""
    whole = stretch.has_entry and stretch.has_tip
    points = thinned(stretch.points, 4 * mark, along if whole else None)
    return shortened(points, arrow.length) if arrow and stretch.has_tip else points


def _label_place(shown: ProjectedPass, stretches: list[Stretch], mark: float) -> tuple[Point, Point]:
    """Where the label of a pass belongs: its tip, or the end of the longest stretch in sight."""
    if shown.in_sight[-1]:
        points = shown.points
    else:
        points = max((s.points for s in stretches if s.in_sight), key=lambda p: arc_lengths(p)[-1])
    forward = direction_at_tip(points, 3 * styles.ARROW_LENGTH * mark)
    return as_points(points[-1:])[0], as_points(forward[None])[0]


def draw_one(shown: ProjectedPass, one: CannulaPass, style: MapStyle) -> PassItems:
    """The marks of a stored pass: its line with what is deposited on it, or its bolus."""
    if one.is_point:
        return _bolus(shown, one, style)
    items = draw_projected(shown, style, one.status)
    if not one.deposits or not shown.shown:
        return items
    return replace(items, lines=(*items.lines, *deposit_marks(one, shown, style)))


def _bolus(shown: ProjectedPass, one: CannulaPass, style: MapStyle) -> PassItems:
    if not shown.shown:
        return PassItems(shown.id, (), (), (0.0, 0.0), (1.0, 0.0), ())
    at, radius = shown.points[0], bolus_radius(one, style)
    halos, marks = bolus_halo(at, radius, style), bolus_mark(at, radius, one.status, style)
    return PassItems(shown.id, halos, marks, as_points(at[None])[0], (0.0, -1.0), (), radius)


def draw_projected(shown: ProjectedPass, style: MapStyle, status: PassStatus = PassStatus.DONE) -> PassItems:
    """The marks of a projected pass; nothing for a pass that is wholly turned away."""
    if not shown.shown:
        return PassItems(shown.id, (), (), (0.0, 0.0), (1.0, 0.0), ())
    mark, ink = style.line, style.ink
    stretches = shown.stretches()
    along = arc_lengths(shown.points)
    arrow = arrow_head(shown.points, mark, along)
    halos: list[Item] = []
    lines: list[Item] = []
    hollow = status is PassStatus.UNCONFIRMED
    width = styles.HOLLOW_WIDTH if hollow else styles.PASS_WIDTH
    for stretch in stretches:
        points = as_points(_painted(stretch, mark, arrow, along))
        if not stretch.in_sight:
            dash = (styles.TURNED_DASH[0] * mark, styles.TURNED_DASH[1] * mark)
            lines.append(
                _line(points, ink, styles.PASS_WIDTH * mark, styles.TURNED_OPACITY, dash=dash, flat_caps=True)
            )
            continue
        halos.append(_line(points, styles.WHITE, (width + styles.HALO_EXTRA) * mark, styles.HALO_OPACITY))
        lines.extend(_line_of(points, status, style))
    tip_in_sight = bool(shown.in_sight[-1])
    if tip_in_sight:
        halos.append(
            Polyline(
                arrow.outline, styles.WHITE, styles.HALO_EXTRA * mark, styles.HALO_OPACITY,
                closed=True, fill=styles.WHITE, fill_opacity=styles.HALO_OPACITY,
            )
        )  # fmt: skip
    if hollow and tip_in_sight:
        rim = (styles.HOLLOW_WIDTH - styles.HOLLOW_INNER) / 2 * mark
        lines.append(Polyline(arrow.outline, ink, rim, closed=True, fill=styles.WHITE))
    else:
        opacity = 1.0 if tip_in_sight else styles.TURNED_OPACITY
        lines.append(Polyline(arrow.outline, closed=True, fill=ink, fill_opacity=opacity))
    if style.label_kind == "none":
        return PassItems(shown.id, tuple(halos), tuple(lines), arrow.outline[0], (1.0, 0.0), arrow.outline)
    tip, forward = _label_place(shown, stretches, mark)
    return PassItems(shown.id, tuple(halos), tuple(lines), tip, forward, arrow.outline)


def _line_of(
    points: tuple[Point, ...], status: PassStatus, style: MapStyle, width: float = styles.PASS_WIDTH
) -> tuple[Item, ...]:
    """A stretch in sight: whole when done, dots while planned, hollow while not confirmed."""
    mark = style.line
    if status is PassStatus.DONE:
        return (_line(points, style.ink, width * mark),)
    if status is PassStatus.PLANNED:
        dots = (0.01 * mark, styles.PLANNED_STEP * mark)
        return (_line(points, style.ink, styles.PLANNED_DOT * mark, dash=dots),)
    return (
        _line(points, style.ink, styles.HOLLOW_WIDTH * mark),
        _line(points, styles.WHITE, styles.HOLLOW_INNER * mark),
    )


def selection_band(shown: ProjectedPass, style: MapStyle, one: CannulaPass | None = None) -> tuple[Item, ...]:
    """The band of a selected pass with the pass again above it, starting at the rim of its entry point."""
    if not shown.shown:
        return ()
    mark = style.line
    if shown.is_point:
        return _point_band(shown.points[0], (styles.BOLUS_RADIUS + styles.BOLUS_RIM) * mark, style)
    arrow = arrow_head(shown.points, mark)
    rim = styles.ENTRY_RADIUS * mark
    status = one.status if one is not None else PassStatus.DONE
    bands: list[Item] = []
    whites: list[Item] = []
    inks: list[Item] = []
    for stretch in shown.stretches():
        if not stretch.in_sight:
            continue
        points = _painted(stretch, mark, arrow)
        if stretch.has_entry and arc_lengths(points)[-1] > 2 * rim:
            points = shortened(points[::-1], rim)[::-1]
        line = as_points(points)
        bands.append(_line(line, styles.SELECTION, styles.SELECTION_BAND * mark))
        whites.append(_line(line, styles.WHITE, styles.SELECTION_WHITE * mark))
        inks.extend(_line_of(line, status, style, styles.SELECTED_WIDTH))
    if shown.in_sight[-1]:
        outline = arrow.outline
        edge = styles.SELECTION_BAND - styles.SELECTED_WIDTH
        rest = styles.SELECTION_WHITE - styles.SELECTED_WIDTH
        fill = styles.WHITE if status is PassStatus.UNCONFIRMED else style.ink
        bands.append(Polyline(outline, styles.SELECTION, edge * mark, closed=True, fill=styles.SELECTION))
        whites.append(Polyline(outline, styles.WHITE, rest * mark, closed=True, fill=styles.WHITE))
        inks.append(Polyline(outline, style.ink, 0.8 * mark, closed=True, fill=fill))
    if one is not None:
        inks.extend(deposit_marks(one, shown, style))
    return (*bands, *whites, *inks)


def _point_band(at: Array, radius: float, style: MapStyle) -> tuple[Item, ...]:
    """A ring about the mark of a selected bolus, which stays as it is within."""
    width = (styles.SELECTION_BAND - styles.SELECTION_WHITE) / 2 * style.line
    centre = as_points(at[None])[0]
    return (
        Disc(centre, radius + 0.9 * width, None, styles.WHITE, width),
        Disc(centre, radius + width, None, styles.SELECTION, width),
    )


def hover_band(shown: ProjectedPass, style: MapStyle) -> tuple[Item, ...]:
    """A faint band under the pass that a press would take."""
    if not shown.shown:
        return ()
    if shown.is_point:
        return _point_band(shown.points[0], styles.BOLUS_RADIUS * style.line, style)[1:]
    return tuple(
        _line(
            as_points(thinned(stretch.points, 4 * style.line)),
            styles.SELECTION,
            styles.SELECTION_BAND * style.line,
            0.35,
        )
        for stretch in shown.stretches()
        if stretch.in_sight
    )
