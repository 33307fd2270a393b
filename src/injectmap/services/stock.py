"""Use cases around stock: receive, adjust, count, and what signed treatments take out of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from injectmap.domain.acting import Acting, Right
from injectmap.domain.box_code import CODE_LIMIT
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import clean_text
from injectmap.domain.product import Product, Syringe, product_to_json
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.services.patients import checked_reason
from injectmap.services.ports import Clock, Database, UnitOfWork
from injectmap.services.syringes import LOT_LIMIT, check_expiry, one_line

# More than any shelf holds: a slip of the finger, not a delivery.
UNIT_LIMIT = 9999


def stock_item_to_json(item: StockItem) -> dict[str, Any]:
    """Return the journal's after-image of a stock item."""
    return {
        "id": item.id,
        "product": product_to_json(item.product),
        "lot": item.lot,
        "expiry": item.expiry.isoformat() if item.expiry else None,
        "serial": item.serial,
        "udi": item.udi,
        "count": item.count,
        "revision": item.revision,
    }


def movement_to_json(movement: StockMovement) -> dict[str, Any]:
    """Return the journal form of a movement."""
    return {
        "id": movement.id,
        "item": movement.item_id,
        "kind": movement.kind.value,
        "units": movement.units,
        "at_ms": movement.at_ms,
        "practitioner": movement.practitioner_id,
        "reason": movement.reason,
        "session": movement.session_id,
    }


@dataclass(frozen=True, slots=True)
class StockLine:
    """One line of the stock list on a day; `days_left` counts to the expiry, below nought once it has passed.

    `low` says that all units of the product that have not expired are no more than the clinic's own number.
    """

    item: StockItem
    days_left: int | None
    expired: bool
    expires_soon: bool
    low: bool

    @property
    def missing(self) -> int:
        """Units used that were never received."""
        return max(0, -self.item.count)


def stock_lines(
    items: Iterable[StockItem], settings: ClinicSettings, today: dt.date
) -> tuple[StockLine, ...]:
    """Look at items on a day; those with a count of nought stay, for their lot may be asked for."""
    kept = tuple(items)
    usable: Counter[str] = Counter()
    for one in kept:
        if one.expiry is None or one.expiry >= today:
            usable[one.product.id] += one.count
    lines = []
    for one in kept:
        days = (one.expiry - today).days if one.expiry is not None else None
        present = one.count > 0
        lines.append(
            StockLine(
                item=one,
                days_left=days,
                expired=days is not None and days < 0,
                expires_soon=present and days is not None and 0 <= days <= settings.expiry_notice_days,
                low=usable[one.product.id] <= settings.low_stock,
            )
        )
    return tuple(lines)


class StockService:
    """Counts change only here, each with its movement and journal row in the same transaction."""

    def __init__(self, database: Database, clock: Clock, time_zone: str) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._time_zone = time_zone

    def today(self) -> dt.date:
        """The date in the clinic."""
        return self._clock.today(self._time_zone)

    def lines(self, acting: Acting) -> tuple[StockLine, ...]:
        """All items with their counts, by product name, expiry and lot."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return stock_lines(work.stock.items(), work.clinic.settings(), self.today())

    def movements(self, acting: Acting, item_id: str) -> tuple[StockMovement, ...]:
        """What happened to an item, oldest first."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            return work.stock.movements(item_id)

    def receive(
        self,
        acting: Acting,
        *,
        product: Product,
        units: int,
        lot: str,
        expiry: dt.date | None,
        serial: str = "",
        udi: str = "",
    ) -> StockItem:
        """Put units on the shelf; InputRefused without a lot, or for a count that cannot be."""
        acting.require(Right.KEEP_STOCK)
        lot, serial = one_line(lot, limit=LOT_LIMIT), one_line(serial, limit=LOT_LIMIT)
        if not lot:
            raise InputRefused("stock_lot_missing")
        if not 1 <= units <= UNIT_LIMIT:
            raise InputRefused("stock_units_impossible", limit=UNIT_LIMIT)
        if serial and units > 1:
            raise InputRefused("serial_of_one_unit")
        check_expiry(expiry, today=self.today())
        udi = clean_text(f"{udi}.", limit=CODE_LIMIT + 1)[:-1]
        with self._database.writing() as work:
            item = work.stock.find(product.id, lot, expiry, serial)
            if item is None:
                item = _new_item(work, StockItem(new_id(), product, lot, expiry, serial, udi))
            elif serial and item.count > 0:
                raise InputRefused("serial_in_stock", serial=serial)
            item = self._move(work, acting, item, MovementKind.RECEIVED, units)
            work.commit()
        return item

    def adjust(self, acting: Acting, item: StockItem, by: int, reason: str) -> StockItem:
        """Change a count by so many units, with the reason; Conflict if it has changed since it was read."""
        acting.require(Right.KEEP_STOCK)
        if by == 0 or abs(by) > UNIT_LIMIT:
            raise InputRefused("stock_change_impossible", limit=UNIT_LIMIT)
        typed = checked_reason(reason)
        with self._database.writing() as work:
            changed = self._move(work, acting, item, MovementKind.ADJUSTED, by, reason=typed)
            work.commit()
        return changed

    def count(self, acting: Acting, item: StockItem, counted: int) -> StockItem:
        """Set a count to what was counted on the shelf; that it agreed is kept as well."""
        acting.require(Right.KEEP_STOCK)
        if not 0 <= counted <= UNIT_LIMIT:
            raise InputRefused("stock_units_impossible", limit=UNIT_LIMIT)
        with self._database.writing() as work:
            changed = self._move(work, acting, item, MovementKind.COUNTED, counted - item.count)
            work.commit()
        return changed

    def _move(
        self,
        work: UnitOfWork,
        acting: Acting,
        item: StockItem,
        kind: MovementKind,
        units: int,
        *,
        reason: str = "",
    ) -> StockItem:
        return _move(work, acting, item, kind, units, at_ms=self._clock.now_ms(), reason=reason)


def take_for_session(work: UnitOfWork, acting: Acting, opened: OpenSession, at_ms: int) -> None:
    """Take a session's opened syringes out of stock, in the transaction that signs it.

    Each opened syringe is one unit of its lot. When an amendment is signed only the difference moves. A unit that
    was never received makes its item's count fall below nought: it is shown, never hidden.
    """
    wanted: Counter[str] = Counter()
    items: dict[str, StockItem] = {}
    for syringe in opened.syringes:
        if syringe.opened_ul:
            item = _item_of(work, syringe)
            items[item.id] = item
            wanted[item.id] += 1
    before: Counter[str] = Counter()
    for moved in work.stock.of_session(opened.session.id):
        before[moved.item_id] -= moved.units
    for item_id in dict.fromkeys((*wanted, *before)):
        more = wanted[item_id] - before[item_id]
        if more:
            item = items.get(item_id) or work.stock.get(item_id)
            kind = MovementKind.USED if more > 0 else MovementKind.RETURNED
            _move(work, acting, item, kind, -more, at_ms=at_ms, session_id=opened.session.id)


def _item_of(work: UnitOfWork, syringe: Syringe) -> StockItem:
    """The item a syringe comes from: its own unit if units are kept by serial number, else its lot."""
    of_lot = (syringe.product.id, syringe.lot, syringe.expiry)
    item = work.stock.find(*of_lot, syringe.serial) if syringe.serial else None
    item = item or work.stock.find(*of_lot)
    if item is None:
        item = _new_item(
            work, StockItem(new_id(), syringe.product, syringe.lot, syringe.expiry, udi=syringe.udi)
        )
    return item


def _new_item(work: UnitOfWork, item: StockItem) -> StockItem:
    work.stock.add(item)
    return item


def _move(
    work: UnitOfWork,
    acting: Acting,
    item: StockItem,
    kind: MovementKind,
    units: int,
    *,
    at_ms: int,
    reason: str = "",
    session_id: str | None = None,
) -> StockItem:
    movement = StockMovement(
        new_id(at_ms), item.id, kind, units, at_ms, acting.practitioner_id, reason, session_id
    )
    changed = work.stock.move(movement, item.revision)
    work.journal.append(
        acting,
        kind=JournalKind.PUT,
        subject_kind=SubjectKind.STOCK_ITEM,
        subject_id=item.id,
        payload={"item": stock_item_to_json(changed), "movement": movement_to_json(movement)},
        at_ms=at_ms,
    )
    return changed
