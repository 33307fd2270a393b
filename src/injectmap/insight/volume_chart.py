"""Volume by zone and side over all treatment sessions, as stacked bars: right beside left, drafts dashed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from injectmap.chart.primitives import Box
from injectmap.chart.zone_drawing import dot_grid, hatch_lines
from injectmap.domain.treatment_map import Side
from injectmap.domain.units import UL_PER_ML, show_volume
from injectmap.insight.look import BarLook, Look, bar_look
from injectmap.insight.sheet import Sheet
from injectmap.services.over_time import OverTime, SessionInTime
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

_SIDES: Final = (Side.RIGHT, Side.LEFT)
_DEGREES: Final = {"horizontal": 0.0, "vertical": 90.0, "diagonal": -45.0, "falling": 45.0}
_TOP, _SCALE, _LEGEND_GAP = 24.0, 38.0, 26.0
# Letters of the sides, date, year or state under the bars.
_UNDER: Final = 62.0
_BAR, _GAP = 34.0, 8.0
_SAMPLE: Final = 14.0
_ROW: Final = 20.0
_DASH: Final = (4.0, 3.0)
# Narrower groups of bars have no room for their volumes, their dates in one line, the letters of their sides.
_FOR_VOLUMES, _FOR_DATE, _FOR_SIDES = 62.0, 84.0, 26.0
# Bars closer together share one frame.
_FOR_TWO_FRAMES: Final = 62.0
_TWO_LINES: Final = 46.0
_STEPS: Final = (50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)
_MOST_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand: the box of the bars, and millilitres in it."""

    box: Box
    top_ul: int
    step_ul: int
    group: float
    bar: float
    gap: float

    def y(self, microlitres: float) -> float:
        """The height of a volume."""
        return self.box.bottom - self.box.height * microlitres / self.top_ul


def draw_volume(
    over_time: OverTime, atlas: Atlas, words: Words, width: float, height: float, look: Look, ratio: float
) -> Sheet:
    """Draw the chart on a new sheet; the zones' names stand beside the last bar."""
    sheet = Sheet(width, height, look, ratio=ratio)
    treated = over_time.treated
    if not treated:
        sheet.text(0.0, 20.0, words("insight.nothing"), size=14.0, colour=look.text2)
        return sheet
    zones = zones_in_order(over_time, atlas)
    looks = {zone: bar_look(zone, number, look) for number, zone in enumerate(zones)}
    names = {zone: atlas.zones.info[zone].name for zone in zones}
    plan = _plan(sheet, treated, max(sheet.width_of(name, size=13.0) for name in names.values()))
    _draw_scale(sheet, plan)
    ends: dict[str, float] = {}
    for number, session in enumerate(treated):
        middle = plan.box.left + plan.group * (number + 0.5)
        ends = _draw_session(sheet, plan, session, middle, looks, words)
    _draw_dates(sheet, plan, treated, words)
    last = plan.box.left + plan.group * (len(treated) - 0.5) + plan.bar + plan.gap / 2
    _draw_names(sheet, plan, names, looks, ends, last)
    return sheet


def zones_in_order(over_time: OverTime, atlas: Atlas) -> tuple[str, ...]:
    """Zones that hold some volume, in the atlas's order, which runs along the C-shape."""
    held = {one.zone for one in over_time.shares if one.microlitres}
    return tuple(zone for zone in atlas.zones.ids if zone in held)


def _plan(sheet: Sheet, treated: tuple[SessionInTime, ...], names: float) -> _Plan:
    most = max(max(one.balance.right_ul, one.balance.left_ul) for one in treated)
    step = next((one for one in _STEPS if most <= one * _MOST_STEPS), math.ceil(most / _MOST_STEPS))
    top = step * math.ceil(most * 1.001 / step)
    # A chart too narrow for the names beside it has them all the same: without them it says nothing.
    right = max(sheet.width - names - _LEGEND_GAP - _SAMPLE - 3.0, _SCALE + 40.0)
    box = Box(_SCALE, _TOP, right, max(sheet.height - _UNDER, _TOP + 40.0))
    group = min(box.width / len(treated), 3.4 * _BAR)
    box = box._replace(right=box.left + group * len(treated))
    return _Plan(box, top, step, group, min(_BAR, 0.36 * group), min(_GAP, 0.08 * group))


def _draw_scale(sheet: Sheet, plan: _Plan) -> None:
    look, box = sheet.look, plan.box
    decimals = 1 if plan.step_ul % 100 == 0 else 2
    for value in range(0, plan.top_ul + 1, plan.step_ul):
        y = plan.y(value)
        if value:
            sheet.lines([[(box.left, y), (box.right, y)]], look.line)
        shown = show_volume(value, decimals=decimals)
        sheet.text(box.left - 8, y + 4.2, shown, size=12.0, colour=look.text2, anchor="right")
    sheet.lines([[(box.left, box.bottom), (box.right, box.bottom)]], look.text2)


def _draw_session(
    sheet: Sheet, plan: _Plan, session: SessionInTime, middle: float, looks: dict[str, BarLook], words: Words
) -> dict[str, float]:
    """Draw the two bars of a session; return where the parts of the last one have their middles."""
    look = sheet.look
    balance = session.balance
    # The names stand beside the left bar, or the right one if nothing was injected on the left.
    middles: dict[str, float] = {}
    for side, whole in zip(_SIDES, (balance.right_ul, balance.left_ul), strict=True):
        left = middle - plan.bar - plan.gap / 2 if side is Side.RIGHT else middle + plan.gap / 2
        reached = 0
        for zone, part_look in looks.items():
            part = session.share(zone, side).microlitres
            if not part:
                continue
            box = Box(left, plan.y(reached + part), left + plan.bar, plan.y(reached))
            _draw_part(sheet, box, part_look)
            if side is Side.LEFT or not balance.left_ul:
                middles[zone] = box.centre[1]
            reached += part
        top = plan.y(whole)
        if whole and not session.signed and plan.group >= _FOR_TWO_FRAMES:
            around = Box(left - 2.5, top - 2.5, left + plan.bar + 2.5, plan.box.bottom)
            sheet.box(around, stroke=look.text, width=1.0, dash=_DASH)
        if whole and plan.group >= _FOR_VOLUMES:
            y = top - (8 if session.signed else 9)
            sheet.text(
                left + plan.bar / 2, y, show_volume(whole), size=13.0, weight=600, anchor="center", clear=True
            )
        if plan.group >= _FOR_SIDES:
            badge = words(f"side.{side.value}.badge")
            y = plan.box.bottom + 16
            sheet.text(left + plan.bar / 2, y, badge, size=12.0, colour=look.text2, anchor="center")
    if not session.signed and plan.group < _FOR_TWO_FRAMES:
        wide, top = plan.bar + plan.gap / 2 + 2.0, plan.y(max(balance.right_ul, balance.left_ul)) - 2.5
        sheet.box(
            Box(middle - wide, top, middle + wide, plan.box.bottom), stroke=look.text, width=1.0, dash=_DASH
        )
    return middles


def _draw_part(sheet: Sheet, box: Box, part: BarLook) -> None:
    """One zone's part of a bar: colour and pattern, with a hair of ground between it and the next."""
    look = sheet.look
    if part.fill == "#FFFFFF":
        shape = sheet.box(box, fill=part.fill, stroke=part.edge, width=0.7)
    else:
        inner = Box(box.left, min(box.top + 0.5, box.bottom), box.right, box.bottom)
        shape = sheet.box(inner, fill=part.fill)
    if box.height < 3.0:
        return
    corners = np.array(
        [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    )
    # The pattern hangs on the bar, not on the sheet, so that it looks the same in each.
    home = np.array([box.left, box.bottom])
    opacity = 0.9 if look.mono else 0.62
    if part.pattern == "dots":
        centres = dot_grid(corners - home, 6.0)
        inside = [(x, y) for x, y in centres + home if box.grown(-1.4).contains((float(x), float(y)))]
        sheet.dots(np.array(inside).reshape(-1, 2), 1.0, part.mark, opacity=min(1.0, opacity + 0.2))
    elif part.pattern in _DEGREES:
        strokes = hatch_lines(corners - home, _DEGREES[part.pattern], part.spacing * 0.8)
        lines = [[(x0 + home[0], y0 + home[1]), (x1 + home[0], y1 + home[1])] for x0, y0, x1, y1 in strokes]
        sheet.lines(lines, part.mark, width=0.9, opacity=opacity, clip=shape)


def _draw_dates(sheet: Sheet, plan: _Plan, treated: tuple[SessionInTime, ...], words: Words) -> None:
    """The dates under the bars: in one line, in two, or as many as there is room for."""
    look = sheet.look
    months = words("date.months").split()
    every = max(1, math.ceil(_TWO_LINES / plan.group))
    for number, session in enumerate(treated):
        # Counted from the last, which is the one looked for first.
        if (len(treated) - 1 - number) % every:
            continue
        middle = plan.box.left + plan.group * (number + 0.5)
        date = session.date
        day, below = f"{date.day} {months[date.month - 1]}", plan.box.bottom + 34
        lines = [f"{day} {date.year}"] if plan.group >= _FOR_DATE else [day, str(date.year)]
        if not session.signed and plan.group >= _FOR_DATE:
            lines.append(words(f"insight.state.{session.state.value}"))
        for row, line in enumerate(lines):
            colour = look.text if row == 0 else look.text2
            sheet.text(middle, below + 15 * row, line, size=12.0, colour=colour, anchor="center")


def _draw_names(
    sheet: Sheet,
    plan: _Plan,
    names: dict[str, str],
    looks: dict[str, BarLook],
    ends: dict[str, float],
    last: float,
) -> None:
    """Name the zones beside the last bar, each on a line from its part; one that is not in it gets a sample."""
    look = sheet.look
    x = last + _LEGEND_GAP
    wanted = [(ends.get(zone, plan.box.top), zone) for zone in reversed(names)]
    # From the top down in the order of the bars; none in the last session stand above it.
    rows = _spaced([y for y, _ in wanted], plan.box.top + 4.0, plan.box.bottom - 2.0)
    for (_, zone), y in zip(wanted, rows, strict=True):
        mark = looks[zone]
        colour = mark.edge if look.mono else mark.fill
        if zone in ends:
            elbow = [(last + 3.0, ends[zone]), (last + 9.0, ends[zone]), (x - 9.0, y), (x - 4.0, y)]
            sheet.outline(elbow, colour, 1.3)
        _draw_part(sheet, Box(x, y - 5.0, x + 9.0, y + 5.0), mark)
        sheet.text(x + _SAMPLE, y + 4.4, names[zone], size=13.0)


def _spaced(wanted: list[float], low: float, high: float) -> list[float]:
    """Heights in the same order, a row apart, as near as can be to those wanted."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + _ROW if placed else low))
    # What was pushed out below moves up again, and the others with it.
    limit = high
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - _ROW
    return placed


def says_volume(over_time: OverTime, words: Words) -> str:
    """The chart in words: each session's volume by side."""
    months = words("date.months").split()
    parts = [
        words(
            "insight.volume.said.session",
            date=f"{one.date.day} {months[one.date.month - 1]} {one.date.year}",
            right=show_volume(one.balance.right_ul),
            left=show_volume(one.balance.left_ul),
        )
        for one in over_time.treated
    ]
    return words("insight.volume.said", sessions="; ".join(parts)) if parts else words("insight.nothing")


def whole_ml(microlitres: int) -> float:
    """Millilitres as a number for tables."""
    return microlitres / UL_PER_ML
