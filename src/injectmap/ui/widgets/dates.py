"""Dates as the program writes them, 14 Mar 1968, and the reading of typed ones on this computer's day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from injectmap.domain import dates
from injectmap.domain.dates import DateUnreadable
from injectmap.words import load_words

__all__ = ["DateUnreadable", "read_date", "read_expiry", "show_date", "show_time"]


def read_date(typed: str, today: dt.date | None = None) -> dt.date:
    """Read a typed day; of two figures for the year it takes the one that is past."""
    return dates.read_date(typed, today=today or _today())


def read_expiry(typed: str, today: dt.date | None = None) -> dt.date:
    """Read a typed day or a month as printed on boxes, which lasts to its last day."""
    return dates.read_expiry(typed, today=today or _today())


def show_date(date: dt.date) -> str:
    """Write a date as 14 Mar 1968."""
    return f"{date.day} {load_words()('date.months').split()[date.month - 1]} {date.year}"


def show_time(at_ms: int, time_zone: str) -> str:
    """Write the time of day of an instant as the clinic's records do: in its IANA zone, not in this computer's."""
    return f"{dt.datetime.fromtimestamp(at_ms / 1000, tz=ZoneInfo(time_zone)):%H:%M}"


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
