"""Stock: units of a product by lot, and the movements that their count is the sum of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from injectmap.domain.places import Side
from injectmap.domain.product import Product


class MovementKind(StrEnum):
    """Why a count changed."""

    RECEIVED = "received"
    ADJUSTED = "adjusted"
    COUNTED = "counted"
    USED = "used"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class StockItem:
    """Units of one product, lot and expiry; `count` is the sum of its movements and may be below zero.

    A count below zero says that more was used than was ever received: it is shown, never hidden. `serial` is set
    where each unit is kept on its own.
    """

    id: str
    product: Product
    lot: str
    expiry: dt.date | None
    serial: str = ""
    udi: str = ""
    count: int = 0
    revision: int = 1


@dataclass(frozen=True, slots=True)
class StockMovement:
    """One change of a count, with its reason; `session_id` where a signed treatment took the units."""

    id: str
    item_id: str
    kind: MovementKind
    units: int
    at_ms: int
    practitioner_id: str
    reason: str = ""
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """One patient's part of a recalled lot: a syringe, what was injected from it and where."""

    patient_id: str
    patient_number: int
    patient_name: str
    birth_date: dt.date
    telephone: str
    session_id: str
    record_number: str
    date: dt.date
    practitioner_name: str
    syringe_number: int
    product_name: str
    lot: str
    expiry: dt.date | None
    serial: str
    microlitres: int
    zones: tuple[tuple[str, Side, int], ...]
    signed: bool
    error_reason: str = ""
