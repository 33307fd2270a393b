"""The rows of a table as the journal says they are, kept as short prints, and what differs from those stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select, tuple_

from injectmap.domain.proof import Finding, FindingCode, key_text

_WIDTH = 8
# Of this run alone: nobody can choose a value that has another one's print.
_SECRET = secrets.token_bytes(16)
_PAGE = 500
# A signed version holds a tenth of a megabyte of pictures.
_PAGE_OF_PICTURES = 20

Key = tuple[Any, ...]


# Prints of values that stand in row after row: kinds, gauges, volumes.
_OFTEN: dict[Any, bytes] = {}
_SHORT, _KEPT = 24, 10_000


def _print_of(value: Any) -> bytes:
    """A short print of one value and its type."""
    often = value.__class__ is int or (value.__class__ is str and len(value) <= _SHORT)
    if often and (known := _OFTEN.get(value)) is not None:
        return known
    if value is None:
        whole = b"-"
    elif isinstance(value, str):
        whole = b"t" + value.encode("utf-8", "surrogatepass")
    elif isinstance(value, int):
        whole = b"n%d" % value
    else:
        whole = b"b" + bytes(value)
    made = hashlib.blake2b(whole, digest_size=_WIDTH, key=_SECRET).digest()
    if often and len(_OFTEN) < _KEPT:
        _OFTEN[value] = made
    return made


class ExpectedTable:
    """One table as the journal has it up to now: for each key a print of every column, and the row that wrote it.

    The values themselves are not kept: a clinic of years takes a few hundred bytes for each row.
    """

    def __init__(self, table: Table, *, key: Sequence[str] = (), columns: Sequence[str] = ()) -> None:
        """Take the primary key and all columns, unless others are named."""
        self.table = table
        self.key = tuple(key) or tuple(column.name for column in table.primary_key.columns)
        self.columns = tuple(columns) or tuple(column.name for column in table.columns)
        self._rows: dict[Key, tuple[bytes, int]] = {}

    def put(self, values: Mapping[str, Any], number: int) -> None:
        """Say what a row holds from a row of the journal on."""
        self._rows[self._key_of(values)] = self.prints(values), number

    def patch(self, key: Key, changed: Mapping[str, Any], number: int) -> bool:
        """Change columns of a row; False if there is none."""
        held = self._rows.get(key)
        if held is None:
            return False
        prints = bytearray(held[0])
        for column, value in changed.items():
            at = self.columns.index(column) * _WIDTH
            prints[at : at + _WIDTH] = _print_of(value)
        self._rows[key] = bytes(prints), number
        return True

    def drop(self, key: Key) -> None:
        """Say that a row is gone."""
        self._rows.pop(key, None)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """True if the journal has just this row up to now."""
        held = self._rows.get(self._key_of(values))
        return held is not None and held[0] == self.prints(values)

    def has(self, key: Key) -> bool:
        """True if there is a row of this key."""
        return key in self._rows

    def prints(self, values: Mapping[str, Any]) -> bytes:
        """The prints of all columns, one after the other."""
        return b"".join([_print_of(values[column]) for column in self.columns])

    def compare(self, values: Mapping[str, Any]) -> Iterator[Finding]:
        """Say what differs in a stored row; the journal's own is done with then."""
        key = self._key_of(values)
        held = self._rows.pop(key, None)
        if held is None:
            yield self._finding(FindingCode.TABLE_ROW_ADDED, key, None)
            return
        prints, number = held
        found = self.prints(values)
        if found == prints:
            return
        for place, column in enumerate(self.columns):
            at = slice(place * _WIDTH, (place + 1) * _WIDTH)
            if found[at] != prints[at]:
                yield self._finding(FindingCode.TABLE_ROW_CHANGED, key, number, column)

    def left_over(self) -> Iterator[Finding]:
        """What the journal has and the table has not."""
        for key, (_, number) in self._rows.items():
            yield self._finding(FindingCode.TABLE_ROW_MISSING, key, number)

    def _key_of(self, values: Mapping[str, Any]) -> Key:
        return tuple([values[name] for name in self.key])

    def _finding(self, code: FindingCode, key: Key, number: int | None, column: str = "") -> Finding:
        return Finding(code, number, None, self.table.name, key_text(key), column)


def stored_rows(connection: Connection, table: Table, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Read a table by its primary key, page after page, so that no more than a page is held."""
    keys = tuple(table.primary_key.columns)
    names = tuple(dict.fromkeys((*columns, *(key.name for key in keys))))
    size = _PAGE_OF_PICTURES if "pictures" in names else _PAGE
    page = select(*(table.c[name] for name in names)).order_by(*keys).limit(size)
    last: Key | None = None
    while True:
        after = page if last is None else page.where(_behind(keys, last))
        rows = connection.execute(after).all()
        for row in rows:
            yield dict(zip(names, row, strict=True))
        if len(rows) < size:
            return
        held = dict(zip(names, rows[-1], strict=True))
        last = tuple(held[key.name] for key in keys)


def _behind(keys: Sequence[Any], last: Key) -> Any:
    return keys[0] > last[0] if len(keys) == 1 else tuple_(*keys) > last
