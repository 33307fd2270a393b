"""GS1 element strings as on boxes: GTIN, lot, expiry, production date and serial number.

Source: GS1 General Specifications, sections 3 (identifiers), 7.8 (processing of element strings), 7.9 (check digit)
and 7.11 (characters). A missing separator inside a field of variable length cannot be seen by any reader, so what
was read is shown before it counts.
"""

from __future__ import annotations

import datetime as dt
import re

from injectmap.domain.box_code import (
    GROUP_SEPARATOR,
    SHOWN_SEPARATOR,
    BoxCode,
    CodeKind,
    code_date,
    digits,
    full_year,
    refuse,
    shown_raw,
)
from injectmap.domain.errors import InputRefused

# Identifiers whose first two figures give their whole length (section 7.8.5); all others end with a separator.
_WHOLE_LENGTHS = {
    "00": 20,
    "01": 16,
    "02": 16,
    "03": 16,
    "04": 18,
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18", "19"), 8),
    "20": 4,
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 10),
    "41": 16,
}
GTIN, LOT, PRODUCTION, EXPIRY, SERIAL = "01", "10", "11", "17", "21"
_VARIABLE = {LOT: "lot", SERIAL: "serial"}
_LONGEST = 20

# What may stand in a field (section 7.11, the set of 82 characters).
_FIELD = re.compile(r"[!\"%-?A-Z_a-z]*")
# What scanners that type put for the separator: none of these is among the 82 characters.
_SEPARATORS = re.compile(f"\\^\\]|[{GROUP_SEPARATOR}{SHOWN_SEPARATOR}↔|~^]")
_PREFIX = re.compile(r"\][A-Za-z][0-9a-zA-Z]")
_ELEMENT_PREFIXES = frozenset({"]C1", "]d2", "]Q3", "]e0", "]J1"})
_ARTICLE_PREFIXES = frozenset({"]E0", "]E4", "]I1"})
_BRACKETED = re.compile(r"\((\d{2,4})\)")
_ARTICLE_LENGTHS = (8, 12, 13, 14)


def check_digit(figures: str) -> str:
    """The check digit of the figures before it: weights 3 and 1 from the right (section 7.9)."""
    total = sum(int(figure) * (3 if place % 2 == 0 else 1) for place, figure in enumerate(reversed(figures)))
    return str(-total % 10)


def checked_gtin(figures: str) -> str:
    """A GTIN of 8, 12, 13 or 14 figures as 14; refused if its check digit is not what it must be."""
    if not digits(figures) or len(figures) not in _ARTICLE_LENGTHS:
        refuse("code_gtin_length", figures=len(figures))
    if check_digit(figures[:-1]) != figures[-1]:
        refuse("code_check_digit")
    return figures.zfill(14)


def read_gs1(line: str, *, today: dt.date) -> BoxCode:
    """Read element strings, raw or in brackets, or a bare GTIN; InputRefused (`code_...`) with what is wrong."""
    text = line.strip()
    match = _PREFIX.match(text)
    prefix = match[0] if match else ""
    text = text.removeprefix(prefix)
    if prefix in _ARTICLE_PREFIXES:
        return BoxCode(CodeKind.GS1, shown_raw(line.strip()), checked_gtin(text))
    if text.startswith("("):
        fields = _bracketed(text)
    elif prefix not in _ELEMENT_PREFIXES and _is_article_number(text, today):
        return BoxCode(CodeKind.GS1, shown_raw(line.strip()), checked_gtin(text))
    else:
        fields = _elements(text)
    return _box_code(shown_raw(line.strip()), fields, today)


def _is_article_number(text: str, today: dt.date) -> bool:
    """True for a bare article number; refused where the same figures could be element strings as well."""
    if not digits(text) or len(text) not in _ARTICLE_LENGTHS or check_digit(text[:-1]) != text[-1]:
        return False
    try:
        _box_code("", _elements(text), today)
    except InputRefused:
        return True
    raise InputRefused("code_ambiguous")


def _bracketed(text: str) -> list[tuple[str, str]]:
    """Fields of the printed form, (01)...(17)..., as (identifier, value)."""
    parts = _BRACKETED.split(text)
    if parts[0].strip():
        refuse("code_unreadable")
    fields = []
    for identifier, value in zip(parts[1::2], parts[2::2], strict=True):
        value = value.strip()
        whole = _WHOLE_LENGTHS.get(identifier[:2])
        if whole is not None and len(identifier) + len(value) != whole:
            refuse("code_field_length", identifier=identifier)
        fields.append((identifier, value))
    if not fields:
        refuse("code_unreadable")
    return fields


def _elements(text: str) -> list[tuple[str, str]]:
    """Fields of a scanned message; an identifier that is not read here is kept as its first two figures."""
    # Some scanners pass on the sign that begins every GS1 symbol.
    rest = _SEPARATORS.sub(GROUP_SEPARATOR, text).removeprefix(GROUP_SEPARATOR)
    fields = []
    while rest:
        identifier = rest[:2]
        if not digits(identifier) or len(identifier) < 2:
            refuse("code_unreadable")
        whole = _WHOLE_LENGTHS.get(identifier)
        if whole is None:
            element, _, rest = rest.partition(GROUP_SEPARATOR)
        else:
            element, rest = rest[:whole], rest[whole:]
            if len(element) < whole or GROUP_SEPARATOR in element:
                refuse("code_truncated", identifier=identifier)
            # One separator may follow any field, needed or not (section 7.8.6.3).
            rest = rest.removeprefix(GROUP_SEPARATOR)
        fields.append((identifier, element[2:]))
    if not fields:
        refuse("code_unreadable")
    return fields


def _box_code(raw: str, fields: list[tuple[str, str]], today: dt.date) -> BoxCode:
    values: dict[str, str] = {}
    others = []
    for identifier, value in fields:
        if not value:
            refuse("code_field_empty", identifier=identifier)
        if not _FIELD.fullmatch(value):
            refuse("code_character", identifier=identifier)
        if identifier not in (GTIN, LOT, PRODUCTION, EXPIRY, SERIAL):
            others.append((identifier, value))
            continue
        if values.setdefault(identifier, value) != value:
            refuse("code_repeats", identifier=identifier)
        if identifier in _VARIABLE and len(value) > _LONGEST:
            refuse("code_field_too_long", identifier=identifier, limit=_LONGEST)
    expiry, has_day = _date(values.get(EXPIRY, ""), "expiry", today)
    production, _ = _date(values.get(PRODUCTION, ""), "production", today)
    gtin = values.get(GTIN, "")
    if gtin and not digits(gtin):
        refuse("code_field_length", identifier=GTIN)
    if not values:
        refuse("code_says_nothing")
    return BoxCode(
        CodeKind.GS1,
        raw,
        checked_gtin(gtin) if gtin else "",
        values.get(LOT, ""),
        expiry,
        has_day,
        values.get(SERIAL, ""),
        production,
        tuple(others),
    )


def _date(figures: str, what: str, today: dt.date) -> tuple[dt.date | None, bool]:
    """A date YYMMDD and whether it names a day; day 00 is the month's last (section 3.4)."""
    if not figures:
        return None, True
    if not digits(figures) or len(figures) != len("YYMMDD"):
        refuse(f"code_{what}_wrong")
    year, month, day = (int(figures[at : at + 2]) for at in (0, 2, 4))
    return code_date(full_year(year, today=today), month, day, what=what), day != 0
