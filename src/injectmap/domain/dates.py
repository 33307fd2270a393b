"""Dates as people type them: one reading for fields, boxes of a product and the search."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

# As people type them, not as they are shown; three letters are enough, and "sept" is one of them.
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NUMBER_OF = {
    month[:letters]: number
    for number, month in enumerate(_MONTHS, start=1)
    for letters in range(3, len(month) + 1)
}
_NAME = "(?P<name>" + "|".join(sorted(_NUMBER_OF, key=len, reverse=True)) + ")"
_BETWEEN = r"\s*[./\-\s]\s*"
_YEAR = r"(?P<year>\d{4})"
_SHORT = r"(?P<year>\d{2})"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w.])" + body + r"(?!\w)", re.IGNORECASE)


_DAY_TAIL = r"(?:st|nd|rd|th)?"
_YEAR_FIRST = _pattern(rf"{_YEAR}{_BETWEEN}(?P<month>\d{{1,2}}){_BETWEEN}(?P<day>\d{{1,2}})")
_DAY_FIRST = _pattern(rf"(?P<day>\d{{1,2}}){_BETWEEN}(?P<month>\d{{1,2}}){_BETWEEN}{_YEAR}")
# Without a mark between them three small figures may be anything.
_DAY_FIRST_SHORT = _pattern(
    rf"(?P<day>\d{{1,2}})\s?(?P<mark>[./\-])\s?(?P<month>\d{{1,2}})\s?(?P=mark)\s?{_SHORT}"
)
_DAY_NAME = _pattern(
    rf"(?P<day>\d{{1,2}}){_DAY_TAIL}\.?\s*[\s\-/.]?\s*{_NAME}\.?,?\s*[\s\-/.]?\s*(?P<year>\d{{4}}|\d{{2}})"
)
_NAME_DAY = _pattern(rf"{_NAME}\.?\s+(?P<day>\d{{1,2}}){_DAY_TAIL},?\s+{_YEAR}")
_UNBROKEN = _pattern(rf"(?P<day>\d{{2}})(?P<month>\d{{2}}){_YEAR}")
_NAME_YEAR = _pattern(rf"{_NAME}\.?[\s,\-]*{_YEAR}")
_MONTH_YEAR = _pattern(rf"(?P<month>\d{{1,2}})[./\-]{_YEAR}")

_DAYS = (_YEAR_FIRST, _DAY_FIRST, _DAY_NAME, _NAME_DAY, _DAY_FIRST_SHORT)
_BOX_MONTHS = (
    _NAME_YEAR,
    _pattern(rf"(?P<month>\d{{1,2}})[./\-\s]{_YEAR}"),
    _pattern(rf"{_YEAR}[./\-](?P<month>\d{{1,2}})"),
    _pattern(rf"(?P<month>\d{{1,2}})[./\-\s]{_SHORT}"),
    _pattern(rf"{_NAME}\.?[\s,\-]*{_SHORT}"),
)
_CENTURY = 100


class DateUnreadable(ValueError):
    """What was typed is no date that can be read without guessing; `month_first` if it was written 3/14/1968."""

    def __init__(self, *, month_first: bool = False) -> None:
        """Nothing of what was typed is kept: it may be about a patient."""
        super().__init__("month first" if month_first else "no date")
        self.month_first = month_first


@dataclass(frozen=True, slots=True)
class DateRange:
    """An inclusive range of days."""

    first: dt.date
    last: dt.date


def read_date(typed: str, *, today: dt.date) -> dt.date:
    """Read 1968-03-14, 14.3.1968, 14/03/68, 14031968 or 14 Mar 1968; day before month.

    Of a year only its last two figures may be typed: it is the latest one that is not in the future.
    """
    return _read(typed, today=today, future=False)


def read_expiry(typed: str, *, today: dt.date) -> dt.date:
    """Read a date, or a month as printed on boxes (02/28, 08/2027, Aug 2027), which lasts to its last day.

    Two figures are a year of this century: a product does not expire in the one before.
    """
    century = today.year // _CENTURY * _CENTURY
    text = " ".join(typed.split())
    for pattern in _BOX_MONTHS:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            year = int(parts["year"])
            found = _month(year + century if year < _CENTURY else year, _month_number(parts))
            if found is not None:
                return found.last
    return _read(text, today=today, future=True)


def take_dates(typed: str, *, today: dt.date) -> tuple[str, list[tuple[DateRange, ...]]]:
    """Return what is left of a text, and each date found in it as its possible readings.

    03/04/1968 is the third of April or the fourth of March: both are readings, for a search may find either.
    A lone figure is left in the text, since it may be a patient's number as well.
    """
    found: list[tuple[DateRange, ...]] = []
    for pattern in (*_DAYS, _NAME_YEAR, _MONTH_YEAR):
        while match := pattern.search(typed):
            readings = _readings(pattern, match.groupdict(), today)
            if not readings:
                break
            found.append(readings)
            typed = f"{typed[: match.start()]} {typed[match.end() :]}"
    return typed, found


def day_in_figures(figure: str) -> DateRange | None:
    """Read a lone figure of eight as a day, such as 14031968."""
    if match := _UNBROKEN.fullmatch(figure):
        day = _day(*(int(match[part]) for part in ("year", "month", "day")))
        return DateRange(day, day) if day is not None else None
    return None


def year_range(year: int) -> DateRange:
    """Return the days of a year."""
    return DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31))


def _read(typed: str, *, today: dt.date, future: bool) -> dt.date:
    text = " ".join(typed.split())
    for pattern in (*_DAYS, _UNBROKEN):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        month, day = _month_number(parts), int(parts["day"])
        found = _day_of(parts["year"], month, day, today=today, future=future)
        if found is not None:
            return found
        if pattern in (_DAY_FIRST, _DAY_FIRST_SHORT) and _day_of(
            parts["year"], day, month, today=today, future=future
        ):
            raise DateUnreadable(month_first=True)
    raise DateUnreadable


def _readings(pattern: re.Pattern[str], parts: dict[str, str], today: dt.date) -> tuple[DateRange, ...]:
    month = _month_number(parts)
    if "day" not in parts:
        found = _month(int(parts["year"]), month)
        return (found,) if found is not None else ()
    day = int(parts["day"])
    pairs = dict.fromkeys([(day, month), (month, day)] if pattern is _DAY_FIRST else [(day, month)])
    days = (_day_of(parts["year"], month, day, today=today, future=False) for day, month in pairs)
    return tuple(DateRange(one, one) for one in days if one is not None)


def _month_number(parts: dict[str, str]) -> int:
    return _NUMBER_OF[parts["name"].lower()] if "name" in parts else int(parts["month"])


def _day_of(typed_year: str, month: int, day: int, *, today: dt.date, future: bool) -> dt.date | None:
    """The day; two figures are a year of this century, or of the one before where the future is no choice."""
    year = int(typed_year)
    if len(typed_year) > len("68"):
        return _day(year, month, day)
    found = _day(today.year // _CENTURY * _CENTURY + year, month, day)
    if future or (found is not None and found <= today):
        return found
    return _day(today.year // _CENTURY * _CENTURY - _CENTURY + year, month, day)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int) -> DateRange | None:
    first = _day(year, month, 1)
    if first is None:
        return None
    return DateRange(first, first.replace(day=calendar.monthrange(year, month)[1]))


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day so many months on, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
