"""Injectable products as sourced, dated facts, and the syringes opened of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from injectmap.domain.forms import form


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the products file describes it; every statement has a source and a date.

    `notices` are sentences that must stand on every record made with the product.
    """

    id: str
    name: str
    maker: str
    composition: str
    nominal_ul: int
    per_box: int
    notices: tuple[str, ...]
    source: str
    source_date: dt.date


def product_to_json(product: Product) -> dict[str, Any]:
    """Return a product's whole description in journal form."""
    return {
        "id": product.id,
        "name": product.name,
        "maker": product.maker,
        "composition": product.composition,
        "nominal_ul": product.nominal_ul,
        "per_box": product.per_box,
        "notices": list(product.notices),
        "source": product.source,
        "source_date": product.source_date.isoformat(),
    }


@form("product")
def product_from_json(data: dict[str, Any]) -> Product:
    """Return the product of its journal form."""
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


def fold_lot(lot: str) -> str:
    """Return a lot as it is looked up: without outer space, in any letter case."""
    return lot.strip().casefold()


@dataclass(frozen=True, slots=True)
class Syringe:
    """One opened unit of a product in one treatment session, numbered from 1 as people see it.

    The product is kept as it was described on the day, so that a later edit of the products file cannot
    change a record. `lot` and `expiry` may still be missing while the session is a draft.
    `udi` is the code on the box as it was read, untouched; `expired_reason` is typed where an expired unit was
    used. `opened_volume_ul` is None where the maker's nominal volume was opened.
    """

    id: str
    session_id: str
    number: int
    product: Product
    lot: str = ""
    expiry: dt.date | None = None
    serial: str = ""
    udi: str = ""
    opened_volume_ul: int | None = None
    discarded_ul: int = 0
    expired_reason: str = ""
    stock_item_id: str | None = None

    @property
    def opened_ul(self) -> int:
        """The volume that was opened."""
        return self.nominal_ul if self.opened_volume_ul is None else self.opened_volume_ul

    @property
    def nominal_ul(self) -> int:
        """The volume the maker filled in."""
        return self.product.nominal_ul

    def expired_on(self, date: dt.date) -> bool:
        """True if a known expiry lies before a day; the day of expiry itself still counts."""
        return self.expiry is not None and self.expiry < date
