"""How figures, dates and instants are written on paper."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def show_date(date: dt.date) -> str:
    """Write a date as 14 Mar 2026."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def show_instant(at_ms: int, time_zone: str) -> str:
    """Write an instant in a clinic's time zone as 14 Mar 2026, 14:32."""
    at = dt.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(time_zone))
    return f"{show_date(at.date())}, {at:%H:%M}"


def kept_together(text: str) -> str:
    """Text in which no line ends between a number and its unit."""
    text = re.sub(r"(?<=[\dG]) (?=(?:µm|mm|mg|mL)\b|%|×)", "\u00a0", text)
    return text.replace("× ", "×\u00a0")


def printable(text: str) -> str:
    """Text of a code as read from a box, its control characters as blanks: they have no form on paper."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
