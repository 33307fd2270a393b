"""Measurements, moved zone corners and applied protocols as rows, each with its journal form as text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from injectmap.domain.edits import ItemChange
from injectmap.domain.errors import Conflict
from injectmap.domain.forms import parse_json
from injectmap.domain.journal import canonical_json
from injectmap.domain.map_items import MapItem, item_from_json, item_to_json
from injectmap.storage.engines import json_list
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import map_items, treatment_sessions

_OWN = (map_items.c.session_id == bindparam("of_session"), map_items.c.id == bindparam("item_id"))
_INSERT = Prepared(insert(map_items), [column.name for column in map_items.columns])
_UPDATE = Prepared(update(map_items).where(*_OWN), ["kind", "body"])
_DELETE = Prepared(delete(map_items).where(*_OWN))

_in_order = (
    select(map_items.c.body)
    .where(map_items.c.session_id == treatment_sessions.c.id)
    .order_by(map_items.c.id)
    .correlate(treatment_sessions)
    .subquery()
)
# One value of the statement that reads the session: a JSON list of texts, in the order of ids.
ITEMS = select(json_list(_in_order.c.body)).scalar_subquery()


def items_of(text: str) -> tuple[MapItem, ...]:
    """Return the items of the value that ITEMS gives."""
    return (
        ()
        if text == "[]"
        else tuple(item_from_json(parse_json(body, "map_item")) for body in parse_json(text, "map_item"))
    )


def write_item(connection: Connection, session_id: str, change: ItemChange) -> None:
    """Write what an edit does to one item; Conflict if an item it removes or changes is not there."""
    if change.before is None:
        assert change.after is not None
        _INSERT(connection, {"session_id": session_id, "id": change.item_id} | item_values(change.after))
        return
    keys = {"of_session": session_id, "item_id": change.item_id}
    if change.after is None:
        written = _DELETE(connection, keys)
    else:
        written = _UPDATE(connection, keys | item_values(change.after))
    if written.rowcount != 1:
        raise Conflict("map_has_changed")


def item_values(item: MapItem) -> dict[str, Any]:
    """Return what an item's row holds beside its key."""
    data = item_to_json(item)
    return {"kind": data["item"], "body": canonical_json(data)}
