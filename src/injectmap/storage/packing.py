"""How values are laid into columns: zone splits, deposits and products as compact text."""

from __future__ import annotations

import base64
import datetime as dt
import json
import zlib
from functools import lru_cache

from injectmap.domain.forms import FAULTS, parse_json, reads, refuse_form
from injectmap.domain.journal import canonical_json
from injectmap.domain.product import Product, product_from_json, product_to_json
from injectmap.domain.treatment_map import (
    Deposit,
    InstrumentKind,
    PassStatus,
    Plane,
    Side,
    Technique,
    ZoneLength,
)

NO_DEPOSITS = "[]"
# Ten views of the fullest map stay far below; a few kilobytes could unpack to any amount.
_PICTURES_LIMIT = 64_000_000

# An enum's own look-up costs more than the row it belongs to.
TECHNIQUES = {one.value: one for one in Technique}
PLANES = {one.value: one for one in Plane}
KINDS = {one.value: one for one in InstrumentKind}
STATUSES = {one.value: one for one in PassStatus}
_SIDES = {side.value: side for side in Side}
_new = tuple.__new__


def pack_zones(zones: tuple[ZoneLength, ...]) -> str:
    """Return a zone split as `zone side um` parts joined by `;`, in order along the path."""
    for part in zones:
        if not part.zone or ";" in part.zone or " " in part.zone:
            raise ValueError("a zone id holds no space and no semicolon")
    return ";".join(f"{part.zone} {part.side.value} {part.length_um}" for part in zones)


def unpack_zones(text: str) -> tuple[ZoneLength, ...]:
    """Return the zone split of its packed form."""
    if not text:
        return ()
    found = []
    for part in text.split(";"):
        zone, side, length = part.split(" ")
        # A named tuple's own constructor is written in Python: a tenth of a session's reading went into it.
        found.append(_new(ZoneLength, (zone, _SIDES[side], int(length))))
    return tuple(found)


def pack_product(product: Product) -> str:
    """Return a product as canonical JSON."""
    return canonical_json(product_to_json(product))


# A clinic uses few products, each described in the same words on every syringe.
@lru_cache(maxsize=128)
def unpack_product(text: str) -> Product:
    """Return the product of its packed form."""
    return product_from_json(parse_json(text, "product"))


def pack_deposits(deposits: tuple[Deposit, ...]) -> str:
    """Return deposits as a JSON list of [position, microlitres, zone, side]."""
    if not deposits:
        return NO_DEPOSITS
    return canonical_json([[one.position_um, one.microlitres, one.zone, one.side.value] for one in deposits])


def unpack_deposits(text: str) -> tuple[Deposit, ...]:
    """Return the deposits of their packed form."""
    if text == NO_DEPOSITS:
        return ()
    try:
        return tuple(Deposit(um, ul, zone, _SIDES[side]) for um, ul, zone, side in json.loads(text))
    except FAULTS:
        refuse_form("deposits")


def pack_date(day: dt.date | None) -> str | None:
    """Return a date as ISO text."""
    return None if day is None else day.isoformat()


@reads("date")
def unpack_date(text: str | None) -> dt.date | None:
    """Return the date of ISO text."""
    return None if text is None else dt.date.fromisoformat(text)


def pack_pictures(pictures: tuple[tuple[str, str], ...]) -> str:
    """Return named SVG texts compressed: a signed map is a third of a megabyte of path data without that."""
    whole = json.dumps(pictures, ensure_ascii=False).encode()
    return base64.b85encode(zlib.compress(whole, 9)).decode()


def unpack_pictures(text: str) -> tuple[tuple[str, str], ...]:
    """Return the named SVG texts of their packed form."""
    try:
        unpacking = zlib.decompressobj()
        whole = unpacking.decompress(base64.b85decode(text), _PICTURES_LIMIT)
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise ValueError("more than any record's pictures")
        return tuple((name, svg) for name, svg in json.loads(whole))
    except (*FAULTS, zlib.error):
        refuse_form("pictures")
