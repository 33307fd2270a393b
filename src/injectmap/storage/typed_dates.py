"""Reads birth dates out of what is typed into the search box, in the usual writings."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_abbr, calendar.month_name)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_MONTH = "(?P<month_name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_SEPARATOR = r"\s*[./\-\s]\s*"
_EDGE = r"(?<![\w.])", r"(?![\w])"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(_EDGE[0] + body + _EDGE[1], re.IGNORECASE)


_YEAR = r"(?P<year>\d{4})"
_DAY_MONTH_YEAR = _pattern(rf"(?P<first>\d{{1,2}}){_SEPARATOR}(?P<second>\d{{1,2}}){_SEPARATOR}{_YEAR}")
_YEAR_MONTH_DAY = _pattern(rf"{_YEAR}{_SEPARATOR}(?P<second>\d{{1,2}}){_SEPARATOR}(?P<first>\d{{1,2}})")
_DAY_NAME_YEAR = _pattern(
    rf"(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*[\s\-/.]?\s*{_MONTH}\.?,?\s*[\s\-/.]?\s*{_YEAR}"
)
_NAME_DAY_YEAR = _pattern(rf"{_MONTH}\.?\s+(?P<first>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}")
_NAME_YEAR = _pattern(rf"{_MONTH}\.?,?\s+{_YEAR}")
_MONTH_YEAR = _pattern(rf"(?P<second>\d{{1,2}})[./\-]{_YEAR}")


@dataclass(frozen=True, slots=True)
class DateRange:
    """An inclusive range of days, for comparison with ISO text."""

    first: dt.date
    last: dt.date


def take_dates(typed: str) -> tuple[str, list[tuple[DateRange, ...]]]:
    """Return what is left of the text, and each date found as its possible readings.

    03/04/1968 is the third of April or the fourth of March: both are readings, for a search may find either.
    A lone year is left in the text, since it may be a patient's number as well.
    """
    found: list[tuple[DateRange, ...]] = []
    for pattern in (
        _YEAR_MONTH_DAY,
        _DAY_MONTH_YEAR,
        _DAY_NAME_YEAR,
        _NAME_DAY_YEAR,
        _NAME_YEAR,
        _MONTH_YEAR,
    ):
        while match := pattern.search(typed):
            readings = _readings(match.groupdict(), both_ways=pattern is _DAY_MONTH_YEAR)
            if not readings:
                break
            found.append(readings)
            typed = f"{typed[: match.start()]} {typed[match.end() :]}"
    return typed, found


def year_range(year: int) -> DateRange:
    """Return the days of a year."""
    return DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31))


def _readings(parts: dict[str, str | None], *, both_ways: bool) -> tuple[DateRange, ...]:
    year = int(parts["year"] or 0)
    name = parts.get("month_name")
    month = _MONTHS[name.lower()] if name else int(parts["second"] or 0)
    if parts.get("first") is None:
        return _month_range(year, month)
    day = int(parts["first"] or 0)
    pairs = dict.fromkeys([(day, month), (month, day)] if both_ways else [(day, month)])
    days = [found for found in (_day(year, month, day) for day, month in pairs) if found is not None]
    return tuple(DateRange(found, found) for found in days)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month_range(year: int, month: int) -> tuple[DateRange, ...]:
    first = _day(year, month, 1)
    if first is None:
        return ()
    return (DateRange(first, first.replace(day=calendar.monthrange(year, month)[1])),)
