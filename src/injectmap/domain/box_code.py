"""The code on a product's box: what it says, whichever agency's form it is written in."""

from __future__ import annotations

import calendar
import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from injectmap.domain.errors import InputRefused

# The group separator is a control character, which no text of the journal may hold; Unicode has a picture of it.
GROUP_SEPARATOR = "\x1d"
SHOWN_SEPARATOR = "␝"

# Longer than any code that fits on a box; what is longer is something else.
CODE_LIMIT = 400

_CENTURY = 100
_PAST_YEARS, _FUTURE_YEARS = 49, 50


class CodeKind(StrEnum):
    """Whose rules a code is written by."""

    GS1 = "gs1"
    HIBC = "hibc"


@dataclass(frozen=True, slots=True)
class BoxCode:
    """What a box code says; nothing in it is guessed or corrected, and what it does not say is empty.

    `raw` is the code as it was read, its separators written as a visible character. `identifier` names the product
    and its packing: a GTIN of 14 figures, or an HIBC labeller, catalogue number and unit of measure. `expiry` is the
    last day of the month where the code names no day (`expiry_has_day`). `others` are the parts kept unread.
    """

    kind: CodeKind
    raw: str
    identifier: str = ""
    lot: str = ""
    expiry: dt.date | None = None
    expiry_has_day: bool = True
    serial: str = ""
    production: dt.date | None = None
    others: tuple[tuple[str, str], ...] = ()


def refuse(code: str, **params: object) -> NoReturn:
    """Raise InputRefused: the code is not taken, not even in part."""
    raise InputRefused(code, **params)


def full_year(two_figures: int, *, today: dt.date) -> int:
    """The year of two figures: from 49 years ago to 50 years ahead (GS1 General Specifications, section 7.12)."""
    century = today.year // _CENTURY * _CENTURY
    year = century + two_figures
    if year - today.year > _FUTURE_YEARS:
        return year - _CENTURY
    if today.year - year > _PAST_YEARS:
        return year + _CENTURY
    return year


def code_date(year: int, month: int, day: int, *, what: str) -> dt.date:
    """A day of a code, day 0 being the last of its month; `what` names the date where there is no such day."""
    try:
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        refuse(f"code_{what}_wrong")


def digits(text: str) -> bool:
    """True if a text is made of the figures 0 to 9 alone."""
    return text.isascii() and text.isdecimal()


def read_box_code(typed: str, *, today: dt.date) -> BoxCode:
    """Read what a scanner, a picture or a hand gives; InputRefused (`code_...`) with what is wrong with it."""
    from injectmap.domain.gs1 import read_gs1
    from injectmap.domain.hibc import is_hibc, read_hibc

    if len(typed) > CODE_LIMIT:
        refuse("code_too_long")
    # A space may be the check character that ends an HIBC code.
    line = typed.strip("\r\n\t")
    if not line.strip():
        refuse("code_empty")
    return read_hibc(line, today=today) if is_hibc(line) else read_gs1(line, today=today)


def shown_raw(line: str) -> str:
    """The code as it is kept: with separators that can be seen and stored; refused if the journal cannot hold it."""
    shown = line.replace(GROUP_SEPARATOR, SHOWN_SEPARATOR).replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\t\n" for one in shown):
        refuse("code_unreadable")
    return shown
