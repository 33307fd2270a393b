"""Dates as people type them and as the program writes them: 14 Mar 1968."""

from __future__ import annotations

import datetime as dt
import re

from injectmap.words import load_words

_YEAR_FIRST = re.compile(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")
_DAY_NAME = re.compile(r"(\d{1,2})[-. ]*([^\W\d_]+)\.?[-, ]*(\d{4})")
_MONTH_NUMBER = re.compile(r"(\d{1,2})[-./ ](\d{4})|(\d{4})[-./](\d{1,2})")
_MONTH_NAME = re.compile(r"([^\W\d_]+)\.?[-, ]*(\d{4})")


class DateUnreadable(ValueError):
    """What was typed is no date that can be read without guessing."""


def _months() -> list[str]:
    return load_words()("date.months").split()


def _month_of(name: str) -> int:
    folded = name.casefold()
    full = load_words()("date.months.full").casefold().split()
    if len(folded) >= 3:
        for number, month in enumerate(full, start=1):
            # "sept" is common beside "sep".
            if month.startswith(folded):
                return number
    raise DateUnreadable(name)


def read_date(typed: str) -> dt.date:
    """Read 1968-03-14, 14.3.1968, 14/03/1968 or 14 Mar 1968; day before month, years of four digits."""
    text = " ".join(typed.split())
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _DAY_NAME.fullmatch(text):
        day, month, year = int(match[1]), _month_of(match[2]), int(match[3])
    else:
        raise DateUnreadable(typed)
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise DateUnreadable(typed) from error


def read_expiry(typed: str) -> dt.date:
    """Read a date, or a month as printed on boxes (08/2027, 2027-08, Aug 2027), which lasts to its last day."""
    text = " ".join(typed.split())
    try:
        return read_date(text)
    except DateUnreadable:
        if match := _MONTH_NUMBER.fullmatch(text):
            month, year = (int(match[1]), int(match[2])) if match[1] else (int(match[4]), int(match[3]))
        elif match := _MONTH_NAME.fullmatch(text):
            month, year = _month_of(match[1]), int(match[2])
        else:
            raise
    if not 1 <= month <= 12 or not 1 <= year <= 9998:
        raise DateUnreadable(typed)
    first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - dt.timedelta(days=1)


def show_date(date: dt.date) -> str:
    """Write a date as 14 Mar 1968."""
    return f"{date.day} {_months()[date.month - 1]} {date.year}"
