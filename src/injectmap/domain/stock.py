"""Stock: units of a product by lot, and the movements that their count is the sum of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from injectmap.domain.patient import ERASED
from injectmap.domain.places import Side
from injectmap.domain.product import Product
from injectmap.domain.units import share_out

# What is shown of a volume that was given in hundredths of a millilitre.
_SHOWN_UL = 10


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
    """One patient's part of a recalled lot: a syringe, what was injected from it and where.

    `exact` says that a pass it was injected by was given to the microlitre, and `amending` that the record is open
    for its next version.
    """

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
    version: int = 1
    amending: bool = False
    exact: bool = False

    @property
    def erased(self) -> bool:
        """True for a unit used in a person who was erased: who it was and where it went is no longer known."""
        return self.error_reason == ERASED and not self.patient_name

    @property
    def state(self) -> str:
        """What the record is: `erased`, `error`, `amending`, `amended`, `signed` or `draft`."""
        if self.erased:
            return "erased"
        if self.error_reason:
            return "error"
        if self.amending:
            return "amending"
        if self.signed:
            return "amended" if self.version > 1 else "signed"
        return "draft"

    @property
    def shown_zones(self) -> tuple[tuple[str, Side, int], ...]:
        """The zones to 0.01 mL as in a record's totals, their sum unchanged; exact if a volume was given so."""
        if self.exact or not self.zones:
            return self.zones
        sums: dict[Side, int] = {}
        for _, side, volume in self.zones:
            sums[side] = sums.get(side, 0) + volume
        whole = (self.microlitres + _SHOWN_UL // 2) // _SHOWN_UL
        shown: dict[tuple[str, Side], int] = {}
        for side, steps in zip(sums, share_out(whole, list(sums.values())), strict=True):
            own = [(zone, volume) for zone, at, volume in self.zones if at is side]
            parts = share_out(steps, [volume for _, volume in own])
            shown |= {(zone, side): part * _SHOWN_UL for (zone, _), part in zip(own, parts, strict=True)}
        return tuple((zone, side, shown[zone, side]) for zone, side, _ in self.zones)
