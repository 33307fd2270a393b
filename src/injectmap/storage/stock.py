"""Stored units in stock and their movements; a guard in the file keeps each count the sum of its movements."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from injectmap.domain.errors import Conflict, StorageProblem
from injectmap.domain.product import fold_lot
from injectmap.domain.stock import MovementKind, Recalled, StockItem, StockMovement
from injectmap.storage.packing import pack_date, pack_product, unpack_date, unpack_product
from injectmap.storage.problems import is_clash
from injectmap.storage.recall import recall
from injectmap.storage.record_tables import stock_items, stock_movements
from injectmap.storage.tables import syringes

_ITEM = select(
    stock_items.c.id,
    stock_items.c.product,
    stock_items.c.lot,
    stock_items.c.expiry,
    stock_items.c.serial,
    stock_items.c.udi,
    stock_items.c.count,
    stock_items.c.revision,
)
_MOVEMENT = select(*(column for column in stock_movements.columns if column.name != "number"))


class StoredStock:
    """Units in stock; a count changes by movements alone."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def items(self) -> tuple[StockItem, ...]:
        """All items with their counts, by product name, expiry (unknown last) and lot."""
        rows = self._connection.execute(
            _ITEM.order_by(
                stock_items.c.product_name,
                stock_items.c.expiry.is_(None),
                stock_items.c.expiry,
                stock_items.c.folded_lot,
                stock_items.c.serial,
                stock_items.c.id,
            )
        )
        return tuple(map(_item_of, rows))

    def get(self, item_id: str) -> StockItem:
        """One item; StorageProblem if there is none."""
        row = self._connection.execute(_ITEM.where(stock_items.c.id == item_id)).one_or_none()
        if row is None:
            raise StorageProblem("stock_item_not_found")
        return _item_of(row)

    def find(self, product_id: str, lot: str, expiry: dt.date | None, serial: str = "") -> StockItem | None:
        """The item of a product, lot (letter case and outer space do not count), expiry and serial number."""
        row = self._connection.execute(
            _ITEM.where(
                stock_items.c.product_id == product_id,
                stock_items.c.folded_lot == fold_lot(lot),
                func.coalesce(stock_items.c.expiry, literal_column("''")) == (pack_date(expiry) or ""),
                stock_items.c.serial == serial,
            )
        ).one_or_none()
        return None if row is None else _item_of(row)

    def add(self, item: StockItem) -> None:
        """Store a new item with a count of nought; Conflict if there is one of this product, lot and expiry."""
        try:
            self._connection.execute(
                insert(stock_items).values(stock_item_values(item) | {"count": 0, "revision": 1})
            )
        except IntegrityError as error:
            if is_clash(error.orig):
                raise Conflict("stock_item_exists") from error
            raise

    def move(self, movement: StockMovement, revision: int) -> StockItem:
        """Store a movement and return the item with its new count; Conflict if `revision` is not the latest."""
        raised = self._connection.execute(
            update(stock_items)
            .where(stock_items.c.id == movement.item_id, stock_items.c.revision == revision)
            .values(revision=revision + 1)
        )
        if raised.rowcount != 1:
            self.get(movement.item_id)
            raise Conflict("stock_item_has_changed")
        # The count follows by the guard of the file.
        self._connection.execute(
            insert(stock_movements).values(
                # One writes at a time, on either engine.
                number=select(func.coalesce(func.max(stock_movements.c.number), 0) + 1).scalar_subquery(),
                **movement_values(movement),
            )
        )
        return self.get(movement.item_id)

    def movements(self, item_id: str) -> tuple[StockMovement, ...]:
        """An item's movements, oldest first."""
        return self._movements(stock_movements.c.item_id == item_id)

    def of_session(self, session_id: str) -> tuple[StockMovement, ...]:
        """What a treatment session took out of stock or gave back, oldest first."""
        return self._movements(stock_movements.c.session_id == session_id)

    def used_codes(self, identifier: str) -> tuple[tuple[str, str], ...]:
        """The box codes of syringes that hold these characters, each with its product's id, the latest first."""
        rows = self._connection.execute(
            select(syringes.c.udi, syringes.c.product_id)
            .where(syringes.c.udi.contains(identifier, autoescape=True))
            # Ids begin with the time at which they were given.
            .order_by(syringes.c.id.desc())
        )
        return tuple((udi, product_id) for udi, product_id in rows)

    def recall(self, lot: str) -> tuple[Recalled, ...]:
        """Every syringe of a lot (in any letter case, outer space ignored) with its patient, in one statement."""
        return recall(self._connection, lot)

    def _movements(self, which: ColumnElement[bool]) -> tuple[StockMovement, ...]:
        rows = self._connection.execute(_MOVEMENT.where(which).order_by(stock_movements.c.number))
        return tuple(
            StockMovement(movement_id, item_id, MovementKind(kind), *rest)
            for movement_id, item_id, kind, *rest in rows
        )


def _item_of(row: Any) -> StockItem:
    item_id, product, lot, expiry, *rest = row
    return StockItem(item_id, unpack_product(product), lot, unpack_date(expiry), *rest)


def stock_item_values(item: StockItem) -> dict[str, Any]:
    """Return what an item's row holds."""
    return {
        "id": item.id,
        "product_id": item.product.id,
        "product_name": item.product.name,
        "product": pack_product(item.product),
        "lot": item.lot,
        "folded_lot": fold_lot(item.lot),
        "expiry": pack_date(item.expiry),
        "serial": item.serial,
        "udi": item.udi,
        "count": item.count,
        "revision": item.revision,
    }


def movement_values(movement: StockMovement) -> dict[str, Any]:
    """Return what a movement's row holds beside its number."""
    return {
        "id": movement.id,
        "item_id": movement.item_id,
        "kind": movement.kind.value,
        "units": movement.units,
        "at_ms": movement.at_ms,
        "practitioner_id": movement.practitioner_id,
        "reason": movement.reason,
        "session_id": movement.session_id,
    }
