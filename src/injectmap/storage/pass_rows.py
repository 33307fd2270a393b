"""Passes and their shares as rows: reading them back as values, and writing what an edit changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from injectmap.domain.drafts import draft_of
from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict
from injectmap.domain.treatment_map import CannulaPass, Instrument, Share, SkinPath, SkinPoints
from injectmap.storage.item_rows import write_item
from injectmap.storage.packing import (
    KINDS,
    PLANES,
    STATUSES,
    TECHNIQUES,
    pack_deposits,
    pack_zones,
    unpack_deposits,
    unpack_zones,
)
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import pass_shares, passes

_PASS_COLUMNS = tuple(column for column in passes.columns if column.name != "session_id")

# One row a share, so that a pass drawn from two syringes comes as two rows one after the other.
READ_PASSES = Prepared(
    select(*_PASS_COLUMNS, pass_shares.c.syringe_id, pass_shares.c.microlitres)
    .select_from(passes.outerjoin(pass_shares, pass_shares.c.pass_id == passes.c.id))
    .where(passes.c.session_id == bindparam("session_id"))
    .order_by(passes.c.drawn_order, pass_shares.c.position)
)
_INSERT_PASS = Prepared(insert(passes), [column.name for column in passes.columns])
_UPDATE_PASS = Prepared(
    update(passes).where(passes.c.id == bindparam("pass_id"), passes.c.session_id == bindparam("of_session")),
    [column.name for column in _PASS_COLUMNS if column.name != "id"],
)
_DELETE_PASS = Prepared(
    delete(passes).where(passes.c.id == bindparam("pass_id"), passes.c.session_id == bindparam("of_session"))
)
_INSERT_SHARE = Prepared(insert(pass_shares), [column.name for column in pass_shares.columns])
_DELETE_SHARES = Prepared(delete(pass_shares).where(pass_shares.c.pass_id == bindparam("pass_id")))

_PathDraft = draft_of(SkinPath)
_PassDraft = draft_of(CannulaPass)


def passes_of(rows: Sequence[tuple[Any, ...]]) -> tuple[CannulaPass, ...]:
    """Return the passes of rows as READ_PASSES gives them."""
    found: list[CannulaPass] = []
    instruments: dict[tuple[str, int, int], Instrument] = {}
    index, count = 0, len(rows)
    while index < count:
        row = rows[index]
        pass_id, syringe_id, microlitres = row[0], row[-2], row[-1]
        # A volume without a syringe is one that is planned.
        shares: tuple[Share, ...] = () if microlitres is None else (Share(syringe_id or "", microlitres),)
        index += 1
        while index < count and rows[index][0] == pass_id:
            syringe_id, microlitres = rows[index][-2:]
            shares += (Share(syringe_id or "", microlitres),)
            index += 1
        found.append(_pass_of(row, shares, instruments))
    return tuple(found)


def _pass_of(
    row: tuple[Any, ...], shares: tuple[Share, ...], instruments: dict[tuple[str, int, int], Instrument]
) -> CannulaPass:
    """Return the pass of its first row, with an instrument that others may have too."""
    path, one = _PathDraft(), _PassDraft()
    (
        one.id,
        one.order,
        one.entry_id,
        curved,
        controls,
        points,
        path.length_um,
        zones,
        technique,
        plane,
        one.depth_um,
        kind,
        gauge,
        instrument_um,
        status,
        deposits,
        one.fulfils,
        one.deviation,
        one.reference,
        _,
        _,
    ) = row
    path.controls = SkinPoints(controls)
    path.points = SkinPoints(points)
    path.zones = unpack_zones(zones)
    path.curved = curved == 1
    path.__class__ = SkinPath
    path.__post_init__()
    sold_as = (kind, gauge, instrument_um)
    instrument = instruments.get(sold_as)
    if instrument is None:
        instrument = instruments[sold_as] = Instrument(KINDS[kind], gauge, instrument_um)
    one.path = path
    one.technique = TECHNIQUES[technique]
    one.plane = PLANES[plane]
    one.instrument = instrument
    one.shares = shares
    one.status = STATUSES[status]
    one.deposits = unpack_deposits(deposits)
    one.__class__ = CannulaPass
    one.__post_init__()
    read: CannulaPass = one
    return read


def write_changes(connection: Connection, session_id: str, edit: Edit) -> None:
    """Write what an edit changes; Conflict if a pass it removes or changes is not there.

    Removals come first, so that a pass may take an order that another has just left.
    """
    arriving: list[CannulaPass] = []
    for change in edit.changes:
        before, after = change.before, change.after
        if before is not None and (after is None or after.order != before.order):
            _remove(connection, session_id, before)
            if after is not None:
                arriving.append(after)
        elif before is None:
            assert after is not None
            arriving.append(after)
    for change in edit.changes:
        before, after = change.before, change.after
        if before is not None and after is not None and after.order == before.order:
            _rewrite(connection, session_id, before, after)
    for one in arriving:
        _INSERT_PASS(connection, pass_values(one) | {"id": one.id, "session_id": session_id})
        _insert_shares(connection, one)
    for item in edit.items:
        write_item(connection, session_id, item)


def _remove(connection: Connection, session_id: str, one: CannulaPass) -> None:
    _DELETE_SHARES(connection, {"pass_id": one.id})
    if _DELETE_PASS(connection, {"pass_id": one.id, "of_session": session_id}).rowcount != 1:
        raise Conflict("map_has_changed")


def _rewrite(connection: Connection, session_id: str, before: CannulaPass, after: CannulaPass) -> None:
    keys = {"pass_id": after.id, "of_session": session_id}
    if _UPDATE_PASS(connection, pass_values(after) | keys).rowcount != 1:
        raise Conflict("map_has_changed")
    if before.shares != after.shares:
        _DELETE_SHARES(connection, {"pass_id": after.id})
        _insert_shares(connection, after)


def _insert_shares(connection: Connection, one: CannulaPass) -> None:
    _INSERT_SHARE.many(connection, share_values(one))


def share_values(one: CannulaPass) -> list[dict[str, Any]]:
    """Return the rows of a pass's shares."""
    return [
        {
            "pass_id": one.id,
            "position": position,
            "syringe_id": share.syringe_id or None,
            "microlitres": share.microlitres,
        }
        for position, share in enumerate(one.shares)
    ]


def pass_values(one: CannulaPass) -> dict[str, Any]:
    """Return what a pass's row holds beside its key and its session."""
    path = one.path
    return {
        "drawn_order": one.order,
        "entry_id": one.entry_id,
        "curved": int(path.curved),
        "controls": path.controls.packed,
        "points": path.points.packed,
        "length_um": path.length_um,
        "zones": pack_zones(path.zones),
        "technique": one.technique.value,
        "plane": one.plane.value,
        "depth_um": one.depth_um,
        "instrument_kind": one.instrument.kind.value,
        "gauge": one.instrument.gauge,
        "instrument_um": one.instrument.length_um,
        "status": one.status.value,
        "deposits": pack_deposits(one.deposits),
        "fulfils": one.fulfils,
        "deviation": one.deviation,
        "reference": one.reference,
    }
