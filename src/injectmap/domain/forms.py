"""Reads forms that may be wrong: JSON within limits, and values whose parts all have the type they are declared with.

What a clinic file, a key file, an anchor or the journal holds was written by this program, or by somebody who would
like it to stumble. Whatever is wrong with it comes out as one error, FormRefused.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
import struct
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache, wraps
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

from injectmap.domain.errors import InjectmapError

# The longest text that is one value: the erasure of a patient with hundreds of treatment sessions stays below it.
TEXT_LIMIT = 32_000_000
# No form of ours nests deeper than 8.
DEPTH_LIMIT = 40
# What SQLite and PostgreSQL keep as a whole number.
_WHOLE = 2**63
_FIGURES = 20
# Of these the journal holds none (domain/journal.py): PostgreSQL takes no NUL, and half a surrogate is no text.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_Read = TypeVar("_Read")
_Given = ParamSpec("_Given")
Check = Callable[[Any], bool]


class FormRefused(InjectmapError):
    """A text or a value has not the form that it should have; `what` names the form."""


# What reading a wrong form may raise: a part missing, of another type, out of range, or too deep.
FAULTS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, struct.error)


def refuse_form(what: str) -> NoReturn:
    """Raise FormRefused without the error that led to it, which may quote what was read."""
    raise FormRefused("form_wrong", what=what) from None


def parse_json(text: str, what: str) -> Any:
    """Parse a text of our own database, quickly; FormRefused for what is no JSON."""
    try:
        return json.loads(text)
    except FAULTS:
        refuse_form(what)


def read_json(text: str | bytes, what: str, *, limit: int = TEXT_LIMIT, floats: bool = False) -> Any:
    """Parse a text from outside within limits; FormRefused.

    Refused are texts longer than `limit`, nesting deeper than DEPTH_LIMIT, keys given twice, NaN and infinities,
    whole numbers beyond 64 bits, control characters, and numbers with a decimal point unless `floats`.
    """
    if len(text) > limit:
        refuse_form(what)
    try:
        value = json.loads(
            text,
            parse_int=_whole,
            parse_float=_decimal if floats else _no_number,
            parse_constant=_no_number,
            object_pairs_hook=_once_each,
        )
        _within(value)
    except FAULTS:
        refuse_form(what)
    return value


def _whole(figures: str) -> int:
    if len(figures) > _FIGURES:
        raise ValueError
    number = int(figures)
    if not -_WHOLE <= number < _WHOLE:
        raise ValueError
    return number


def _decimal(figures: str) -> float:
    number = float(figures)
    if not math.isfinite(number):
        raise ValueError
    return number


def _no_number(_figures: str) -> NoReturn:
    raise ValueError


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _within(value: Any) -> None:
    """Look through a parsed value level by level, so that its depth cannot exhaust the stack."""
    level = [value]
    for _ in range(DEPTH_LIMIT):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                if _FORBIDDEN.search(one):
                    raise ValueError
            elif isinstance(one, dict):
                below += one.keys()
                below += one.values()
            elif isinstance(one, list) and not set(map(type, one)) <= {int}:
                below += one
        if not below:
            return
        level = below
    raise ValueError


def form(what: str) -> Callable[[Callable[_Given, _Read]], Callable[_Given, _Read]]:
    """Make a reader of a form refuse with FormRefused whatever is wrong, types of the fields it fills included."""

    def around(read: Callable[_Given, _Read]) -> Callable[_Given, _Read]:
        @wraps(read)
        def reading(*given: _Given.args, **named: _Given.kwargs) -> _Read:
            try:
                found = read(*given, **named)
                right = check_of(cast(Any, type(found)))(found)
            except FAULTS:
                refuse_form(what)
            if not right:
                refuse_form(what)
            return found

        return reading

    return around


def reads(what: str) -> Callable[[Callable[_Given, _Read]], Callable[_Given, _Read]]:
    """Make a reader of our own rows say FormRefused where they do not hold what the program writes.

    The fault itself goes with it, for the log: what the program keeps is written by itself, and may be a slip of its own.
    """

    def around(read: Callable[_Given, _Read]) -> Callable[_Given, _Read]:
        @wraps(read)
        def reading(*given: _Given.args, **named: _Given.kwargs) -> _Read:
            try:
                return read(*given, **named)
            except FAULTS as wrong:
                raise FormRefused("form_wrong", what=what) from wrong

        return reading

    return around


@lru_cache(maxsize=256)
def check_of(hint: Any) -> Check:
    """Return the check whether a value is of a declared type, its parts included; whole numbers have 64 bits."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _any_of([check_of(part) for part in parts])
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        return _each_of(tuple, check_of(parts[0]))
    if origin is tuple:
        return _row_of([check_of(part) for part in parts])
    if origin is frozenset:
        return _each_of(frozenset, check_of(parts[0]))
    if origin in (dict, Mapping):
        return _mapping_of(check_of(parts[0]), check_of(parts[1]))
    if isinstance(hint, type) and not issubclass(hint, Enum):
        if dataclasses.is_dataclass(hint):
            return _fields_of(hint, [one.name for one in dataclasses.fields(hint)])
        if issubclass(hint, tuple) and (names := getattr(hint, "_fields", None)):
            return _fields_of(hint, list(names))
    if isinstance(hint, type):
        return lambda value: isinstance(value, hint)
    raise TypeError(f"{hint} has no check")


def has_controls(text: str) -> bool:
    """True if a text holds what no row of the journal may: control characters but tab and newline, half a surrogate."""
    return _FORBIDDEN.search(text) is not None


def _text(value: Any) -> bool:
    return isinstance(value, str) and not has_controls(value)


def _number(value: Any) -> bool:
    return type(value) is int and -_WHOLE <= value < _WHOLE


def _measure(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _day(value: Any) -> bool:
    return type(value) is dt.date


_PLAIN: dict[Any, Check] = {
    str: _text,
    int: _number,
    float: _measure,
    bool: lambda value: type(value) is bool,
    dt.date: _day,
    type(None): lambda value: value is None,
    Any: lambda _value: True,
}


def _any_of(checks: list[Check]) -> Check:
    return lambda value: any(check(value) for check in checks)


def _each_of(kind: type[Any], check: Check) -> Check:
    return lambda value: type(value) is kind and all(check(one) for one in value)


def _row_of(checks: list[Check]) -> Check:
    return lambda value: (
        type(value) is tuple
        and len(value) == len(checks)
        and all(check(one) for check, one in zip(checks, value, strict=True))
    )


def _mapping_of(key: Check, item: Check) -> Check:
    return lambda value: type(value) is dict and all(key(k) and item(v) for k, v in value.items())


def _fields_of(kind: type, names: list[str]) -> Check:
    hints = typing.get_type_hints(kind)
    checks = [(name, check_of(hints[name])) for name in names]

    def whole(value: Any) -> bool:
        return type(value) is kind and all(check(getattr(value, name)) for name, check in checks)

    return whole


__all__ = [
    "DEPTH_LIMIT",
    "FAULTS",
    "TEXT_LIMIT",
    "FormRefused",
    "check_of",
    "form",
    "has_controls",
    "parse_json",
    "read_json",
    "reads",
    "refuse_form",
]
