"""Reads products and protocols from TOML files: those shipped, and those a clinic keeps in a folder of its own."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.forms import has_controls
from injectmap.domain.product import Product
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass
from injectmap.domain.treatment_map import Plane, Technique
from injectmap.domain.units import parse_volume
from injectmap.resources import asset_path

_ID = re.compile(r"[a-z][a-z0-9_]*")
_Choice = TypeVar("_Choice", bound=StrEnum)
# The widest offset of an anchor that still can lie on the same head.
_FARTHEST_MM = 100.0
# No list of products or protocols of a clinic comes near; what is longer is another file.
_BYTE_LIMIT = 1_000_000
_LARGEST_COUNT = 1_000_000


class _WrongFile(Exception):
    """A file does not say what it should; the text names the place, such as `harmonyca: volume_ml`."""


class _Table:
    """A TOML table read field by field; what is left over at the end is a slip of the pen and refused."""

    def __init__(self, place: str, data: Any) -> None:
        """Take a table; its place in the file is said when something in it is wrong."""
        if not isinstance(data, dict):
            raise _WrongFile(place)
        self.place = place
        self._data: dict[str, Any] = dict(data)

    def wrong(self, name: str) -> _WrongFile:
        """The fault of one field."""
        return _WrongFile(f"{self.place}: {name}" if self.place else name)

    def value(self, name: str, kind: type) -> Any:
        """A field of a kind; it has to be there."""
        found = self._data.pop(name, None)
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.wrong(name)
        return found

    def text(self, name: str, *, optional: bool = False) -> str:
        """A text without outer space; not empty unless it may be left out."""
        if optional and name not in self._data:
            return ""
        found = str(self.value(name, str)).strip()
        if (not found and not optional) or has_controls(found):
            raise self.wrong(name)
        return found

    def identifier(self) -> str:
        """The `id`, in lower case letters, figures and underlines."""
        found = self.text("id")
        if not _ID.fullmatch(found):
            raise self.wrong("id")
        return found

    def flag(self, name: str) -> bool:
        """True or false; false if left out."""
        return bool(self.value(name, bool)) if name in self._data else False

    def count(self, name: str) -> int:
        """A whole number of at least 1."""
        found = int(self.value(name, int))
        if not 1 <= found <= _LARGEST_COUNT:
            raise self.wrong(name)
        return found

    def volume(self, name: str) -> int:
        """A volume in mL, written as text such as "1.25" so that it is exact; microlitres."""
        try:
            return parse_volume(self.text(name))
        except InputRefused:
            raise self.wrong(name) from None

    def day(self, name: str) -> dt.date:
        """A date."""
        found = self.value(name, dt.date)
        if isinstance(found, dt.datetime):
            raise self.wrong(name)
        return dt.date(found.year, found.month, found.day)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, none of them empty; may be left out."""
        if name not in self._data:
            return ()
        found = self.value(name, list)
        if not all(isinstance(one, str) and one.strip() and not has_controls(one) for one in found):
            raise self.wrong(name)
        return tuple(one.strip() for one in found)

    def choice(self, name: str, kind: type[_Choice]) -> _Choice:
        """One of a fixed list."""
        try:
            return kind(self.text(name))
        except ValueError:
            raise self.wrong(name) from None

    def tables(self, name: str) -> Iterator[_Table]:
        """A list of tables; may be left out. Each is named after its `id`, or after its place in the list."""
        listed = self.value(name, list) if name in self._data else []
        for number, data in enumerate(listed, start=1):
            own = data.get("id") if isinstance(data, dict) else None
            label = own if isinstance(own, str) and own else f"{name} {number}"
            yield _Table(f"{self.place}, {label}" if self.place else label, data)

    def named_tables(self, name: str) -> Iterator[tuple[str, _Table]]:
        """A table of tables."""
        for key, data in dict(self.value(name, dict)).items():
            if has_controls(key):
                raise self.wrong(name)
            yield key, _Table(f"{self.place}, {key}" if self.place else key, data)

    def end(self) -> None:
        """Refuse fields that nobody asked for."""
        for name in self._data:
            raise self.wrong(name)


def _product(table: _Table) -> Product:
    product = Product(
        id=table.identifier(),
        name=table.text("name"),
        maker=table.text("maker"),
        composition=table.text("composition"),
        nominal_ul=table.volume("volume_ml"),
        per_box=table.count("per_box"),
        notices=table.texts("notices"),
        source=table.text("source"),
        source_date=table.day("source_date"),
    )
    table.end()
    return product


def _anchor(table: _Table) -> Anchor:
    landmark = table.text("landmark")
    offset = table.value("offset_mm", list)
    if len(offset) != 3 or not all(
        isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= _FARTHEST_MM
        for one in offset
    ):
        raise table.wrong("offset_mm")
    table.end()
    x, y, z = map(float, offset)
    return Anchor(landmark, (x, y, z))


def _protocol_pass(table: _Table, entries: dict[str, Anchor]) -> ProtocolPass:
    entry = table.text("entry")
    if entry not in entries:
        raise table.wrong("entry")
    tip = _anchor(_Table(f"{table.place}, tip", table.value("tip", dict)))
    via = tuple(_anchor(one) for one in table.tables("via"))
    curved = table.flag("curved")
    if via and not curved:
        raise table.wrong("via")
    technique, plane = table.choice("technique", Technique), table.choice("plane", Plane)
    found = ProtocolPass(entry, tip, technique, plane, via, curved, table.flag("optional"))
    table.end()
    return found


def _protocol(table: _Table) -> Protocol:
    entries = {name: _anchor(one) for name, one in table.named_tables("entries")}
    passes = tuple(_protocol_pass(one, entries) for one in table.tables("passes"))
    if not passes:
        raise table.wrong("passes")
    if unused := entries.keys() - {one.entry for one in passes}:
        raise table.wrong(f"entries, {min(unused)}")
    found = Protocol(
        id=table.identifier(),
        version=table.count("version"),
        name=table.text("name"),
        label=table.text("label"),
        source=table.text("source"),
        note=table.text("note", optional=True),
        entries=entries,
        passes=passes,
    )
    table.end()
    return found


def _products_of(document: _Table) -> list[Product]:
    found = [_product(one) for one in document.tables("products")]
    document.end()
    if doubled := {one.id for one in found if sum(other.id == one.id for other in found) > 1}:
        raise _WrongFile(f"{min(doubled)}: id")
    return found


def _protocols_of(document: _Table) -> list[Protocol]:
    return [_protocol(document)]


_Read = TypeVar("_Read", Product, Protocol)


def _read(file: Path, what: Callable[[_Table], list[_Read]], code: str) -> list[_Read]:
    try:
        with file.open("rb") as opened:
            read = opened.read(_BYTE_LIMIT + 1)
        if len(read) > _BYTE_LIMIT:
            raise _WrongFile(f"> {_BYTE_LIMIT:,} bytes")
        return what(_Table("", tomllib.loads(read.decode("utf-8"))))
    except _WrongFile as wrong:
        reason = str(wrong)
    except tomllib.TOMLDecodeError as wrong:
        # Only the place is told: the rest of the sentence is the library's English.
        place = re.search(r"line (\d+), column (\d+)", str(wrong))
        reason = f"TOML {place.group(1)}:{place.group(2)}" if place else "TOML"
    except UnicodeDecodeError:
        reason = "UTF-8"
    except (ValueError, RecursionError):
        # A number of thousands of figures, or lists within lists without end.
        reason = "TOML"
    except OSError as wrong:
        reason = wrong.strerror or type(wrong).__name__
    raise StorageProblem(code, name=file.name, reason=reason)


class Catalogue:
    """The products and protocols known to this installation.

    A clinic's own file replaces a shipped entry with the same id and adds others. Files are read at each
    asking, so that an edit counts without a restart; a wrong file is refused by name and place, and no part
    of it is used.
    """

    def __init__(self, own_folder: Path | None = None) -> None:
        """Take the folder that may hold `products` and `protocols` of the clinic's own."""
        self._own = own_folder

    def products(self) -> tuple[Product, ...]:
        """All products in the order of the files; StorageProblem("products_unreadable") for a file that is wrong."""
        found = {
            one.id: one
            for file in self._files("products")
            for one in _read(file, _products_of, "products_unreadable")
        }
        return tuple(found.values())

    def protocols(self) -> tuple[Protocol, ...]:
        """All protocols by name; StorageProblem("protocol_unreadable") for a file that is wrong."""
        found = {
            one.id: one
            for file in self._files("protocols")
            for one in _read(file, _protocols_of, "protocol_unreadable")
        }
        return tuple(sorted(found.values(), key=lambda one: one.name.casefold()))

    def _files(self, kind: str) -> list[Path]:
        folders = [asset_path(kind)]
        if self._own is not None and (self._own / kind).is_dir():
            folders.append(self._own / kind)
        return [file for folder in folders for file in sorted(folder.glob("*.toml"))]
