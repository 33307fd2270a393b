"""How values are laid into columns: zone splits and products as compact text."""

from __future__ import annotations

import datetime as dt
import json

from injectmap.domain.journal import canonical_json
from injectmap.domain.product import Product, product_to_json
from injectmap.domain.treatment_map import Side, ZoneLength

_SIDES = {side.value: side for side in Side}


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
        found.append(ZoneLength(zone, _SIDES[side], int(length)))
    return tuple(found)


def pack_product(product: Product) -> str:
    """Return a product as canonical JSON."""
    return canonical_json(product_to_json(product))


def unpack_product(text: str) -> Product:
    """Return the product of its packed form."""
    data = json.loads(text)
    return Product(
        id=data["id"],
        name=data["name"],
        maker=data["maker"],
        composition=data["composition"],
        nominal_ul=data["nominal_ul"],
        per_box=data["per_box"],
        notices=tuple(data["notices"]),
        source=data["source"],
        source_date=dt.date.fromisoformat(data["source_date"]),
    )


def pack_date(day: dt.date | None) -> str | None:
    """Return a date as ISO text."""
    return None if day is None else day.isoformat()


def unpack_date(text: str | None) -> dt.date | None:
    """Return the date of ISO text."""
    return None if text is None else dt.date.fromisoformat(text)
