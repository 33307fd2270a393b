"""HIBC codes of labellers: primary and secondary data, apart or in one symbol.

Source: ANSI/HIBC 2.6, The Health Industry Supplier Labeling Standard, section 2, appendix B (check character) and
appendix E1 (dates and quantities); FDA, UDI formats by FDA-accredited issuing agency.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from injectmap.domain.box_code import BoxCode, CodeKind, code_date, digits, full_year, refuse

_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_PREFIX = re.compile(r"\][A-Za-z][0-9a-zA-Z]")
_PRIMARY = re.compile(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_TEXT = re.compile(r"[A-Z0-9.\- ]{1,18}")
_SUPPLEMENT = re.compile(r"(S|14D|16D|Q)(.*)")
# Date forms by their flag (appendix E1.1): figures taken after the flag, and where year, month, day stand in them.
_DATE_FORMS = {"2": (6, "mdy"), "3": (6, "ymd"), "4": (8, "ymd"), "5": (5, "yj"), "6": (7, "yj")}
_QUANTITY_FIGURES = {"8": 2, "9": 5}
_NO_DATE = "7"


def is_hibc(line: str) -> bool:
    """True if a code begins as HIBC codes do: a plus sign, maybe after the scanner's own prefix or an asterisk."""
    return _bare(line).startswith("+")


def check_character(message: str) -> str:
    """The check character of all characters before it: the sum of their values modulo 43 (appendix B)."""
    return _VALUES[sum(_VALUES.index(one) for one in message) % len(_VALUES)]


def read_hibc(line: str, *, today: dt.date) -> BoxCode:
    """Read one symbol's data; InputRefused (`code_...`) with what is wrong."""
    text = _bare(line)
    # A check character that is a space is printed as an underscore (section 4.1).
    if text.endswith("_"):
        text = f"{text[:-1]} "
    if any(one not in _VALUES for one in text):
        refuse("code_character", identifier="HIBC")
    if len(text) < len("+A1230C") - 1:
        refuse("code_truncated", identifier="HIBC")
    if check_character(text[:-1]) != text[-1]:
        refuse("code_check_character")
    data = text[1:-1]
    code = BoxCode(CodeKind.HIBC, line.strip("\r\n\t"))
    if not data[:1].isalpha():
        # The last character left names the primary code that this one belongs to.
        return _secondary(replace(code, others=(("link", data[-1:]),)), data[:-1], today)
    primary, *parts = data.split("/")
    if not _PRIMARY.fullmatch(primary):
        refuse("code_unreadable")
    code = replace(code, identifier=primary)
    for part in parts:
        code = _part(code, part, today)
    return code


def _bare(line: str) -> str:
    text = line.strip("\r\n\t").lstrip(" ")
    match = _PREFIX.match(text)
    text = text[match.end() :] if match else text
    # Asterisks around the printed form are the start and stop of Code 39, no data.
    return text[1:-1] if text.startswith("*") and text.endswith("*") and len(text) > 2 else text


def _part(code: BoxCode, part: str, today: dt.date) -> BoxCode:
    """One part after a slash: a supplement by its letter, else lot and date."""
    match = _SUPPLEMENT.fullmatch(part)
    if match is None:
        return _secondary(code, part, today)
    kind, value = match.groups()
    if kind == "S":
        return _with(code, serial=_text(value))
    if kind == "Q":
        return replace(code, others=(*code.others, (kind, value)))
    if not digits(value) or len(value) != len("YYYYMMDD"):
        refuse("code_expiry_wrong" if kind == "14D" else "code_production_wrong")
    year, month, day = int(value[:4]), int(value[4:6]), int(value[6:])
    if kind == "14D":
        return _with(code, expiry=code_date(year, month, day, what="expiry"), expiry_has_day=day != 0)
    return _with(code, production=code_date(year, month, day, what="production"))


def _secondary(code: BoxCode, part: str, today: dt.date) -> BoxCode:
    """Lot or serial number, with or without a date: behind $$, $$+, $, $+, or after five figures of a date."""
    if part.startswith("$$"):
        serial = part.startswith("$$+")
        code, rest = _dated(code, part[3 if serial else 2 :], today)
    elif part.startswith("$"):
        serial = part.startswith("$+")
        rest = part[2 if serial else 1 :]
    elif digits(part[:5]) and len(part) >= 5:
        serial = False
        code = _with(code, expiry=_date(part[:5], "yj", today), expiry_has_day=True)
        rest = part[5:]
    else:
        refuse("code_unreadable")
    if not rest:
        return code
    return _with(code, serial=_text(rest)) if serial else _with(code, lot=_text(rest))


def _dated(code: BoxCode, rest: str, today: dt.date) -> tuple[BoxCode, str]:
    """Take quantity and date off the front; what is left is the lot or serial number."""
    figures = _QUANTITY_FIGURES.get(rest[:1])
    if figures is not None:
        quantity = rest[1 : 1 + figures]
        if not digits(quantity) or len(quantity) < figures:
            refuse("code_truncated", identifier="HIBC")
        code, rest = replace(code, others=(*code.others, ("Q", quantity))), rest[1 + figures :]
        if not rest:
            return code, ""
    flag = rest[:1]
    if flag == _NO_DATE:
        return code, rest[1:]
    if flag in ("0", "1"):
        # The figure is no flag but the first of the month.
        figures_text, rest = rest[:4], rest[4:]
        return _with(code, expiry=_date(figures_text, "my", today), expiry_has_day=False), rest
    if flag not in _DATE_FORMS:
        refuse("code_unreadable")
    length, form = _DATE_FORMS[flag]
    expiry = _date(rest[1 : 1 + length], form, today, length=length)
    return _with(code, expiry=expiry, expiry_has_day=True), rest[1 + length :]


def _date(figures: str, form: str, today: dt.date, *, length: int | None = None) -> dt.date:
    """A date whose parts stand in the order of `form`; hours after it say no other day."""
    wanted = length or {"my": 4, "yj": 5}[form]
    if not digits(figures) or len(figures) != wanted:
        refuse("code_expiry_wrong")
    if form == "yj":
        year = full_year(int(figures[:2]), today=today)
        day = int(figures[2:5])
        found = dt.date(year, 1, 1) + dt.timedelta(days=day - 1)
        if day < 1 or found.year != year:
            refuse("code_expiry_wrong")
        return found
    parts = {letter: int(figures[2 * at : 2 * at + 2]) for at, letter in enumerate(form)}
    if "d" in parts and parts["d"] == 0:
        refuse("code_expiry_wrong")
    return code_date(full_year(parts["y"], today=today), parts["m"], parts.get("d", 0), what="expiry")


def _text(value: str) -> str:
    if not _TEXT.fullmatch(value):
        refuse("code_unreadable")
    return value


def _with(code: BoxCode, **found: object) -> BoxCode:
    """Add what was found; the same thing said twice must be the same."""
    for name, value in found.items():
        before = getattr(code, name)
        if name != "expiry_has_day" and before and before != value:
            refuse("code_repeats", identifier="HIBC")
    return replace(code, **found)  # type: ignore[arg-type]
