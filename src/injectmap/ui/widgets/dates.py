"""Dates as the program writes them, 14 Mar 1968, and the reading of typed ones on this computer's day."""

from __future__ import annotations

import datetime as dt

from injectmap.domain import dates
from injectmap.domain.dates import DateUnreadable
from injectmap.words import load_words

__all__ = ["DateUnreadable", "read_date", "read_expiry", "show_date"]


def read_date(typed: str, today: dt.date | None = None) -> dt.date:
    """Read a typed day; of two figures for the year it takes the one that is past."""
    return dates.read_date(typed, today=today or _today())


def read_expiry(typed: str, today: dt.date | None = None) -> dt.date:
    """Read a typed day or a month as printed on boxes, which lasts to its last day."""
    return dates.read_expiry(typed, today=today or _today())


def show_date(date: dt.date) -> str:
    """Write a date as 14 Mar 1968."""
    return f"{date.day} {load_words()('date.months').split()[date.month - 1]} {date.year}"


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
