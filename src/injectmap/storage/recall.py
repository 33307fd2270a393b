"""Who was treated from a lot: the question a maker's recall asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, bindparam, literal_column, select

from injectmap.domain.patient import display_name
from injectmap.domain.product import fold_lot
from injectmap.domain.record import RecordState
from injectmap.domain.session import record_number
from injectmap.domain.stock import Recalled
from injectmap.domain.totals import share_by_zone
from injectmap.domain.treatment_map import PassStatus, Side
from injectmap.storage.engines import take_time, whole_sum
from injectmap.storage.packing import unpack_date, unpack_deposits, unpack_zones
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import (
    pass_shares,
    passes,
    patients,
    practitioners,
    syringes,
    treatment_sessions,
)

_others = pass_shares.alias("others")
_whole = (
    select(whole_sum(_others.c.microlitres))
    .where(_others.c.pass_id == passes.c.id)
    .correlate(passes)
    .scalar_subquery()
)
# A row for each share, one after the other, without a pass where it was not done, and one for a syringe that was
# not used. The two outer joins stand beside each other: SQLite would build a join of shares and passes whole.
RECALL = Prepared(
    select(
        syringes.c.id,
        patients.c.id,
        patients.c.number,
        patients.c.family_name,
        patients.c.given_name,
        patients.c.birth_date,
        patients.c.telephone,
        treatment_sessions.c.id,
        treatment_sessions.c.number,
        treatment_sessions.c.date,
        practitioners.c.name,
        syringes.c.number,
        syringes.c.product_name,
        syringes.c.lot,
        syringes.c.expiry,
        syringes.c.serial,
        treatment_sessions.c.state,
        treatment_sessions.c.version,
        treatment_sessions.c.error_reason,
        pass_shares.c.microlitres,
        _whole,
        passes.c.zones,
        passes.c.deposits,
    )
    .select_from(syringes)
    .join(treatment_sessions, treatment_sessions.c.id == syringes.c.session_id)
    .join(patients, patients.c.id == treatment_sessions.c.patient_id)
    .join(practitioners, practitioners.c.id == treatment_sessions.c.practitioner_id)
    .outerjoin(pass_shares, pass_shares.c.syringe_id == syringes.c.id)
    .outerjoin(
        passes,
        and_(
            passes.c.id == pass_shares.c.pass_id,
            passes.c.status == literal_column(f"'{PassStatus.DONE.value}'"),
        ),
    )
    .where(syringes.c.folded_lot == bindparam("lot"))
    .order_by(
        patients.c.folded_name, patients.c.number, treatment_sessions.c.date, syringes.c.number, syringes.c.id
    )
)
_OF_SYRINGE = 19
_ZONES = 21


def recall(connection: Connection, lot: str) -> tuple[Recalled, ...]:
    """Every syringe with this lot, by patient and date, in one statement; letter case and outer space do not count."""
    take_time(connection)
    rows = RECALL.rows(connection, {"lot": fold_lot(lot)})
    return tuple(_recalled(list(own)) for _, own in groupby(rows, key=lambda row: row[0]))


def _recalled(rows: list[tuple[Any, ...]]) -> Recalled:
    (
        _,
        patient_id,
        patient_number,
        family,
        given,
        birth_date,
        telephone,
        session_id,
        number,
        date,
        practitioner_name,
        syringe_number,
        product_name,
        lot,
        expiry,
        serial,
        state,
        version,
        error_reason,
    ) = rows[0][:_OF_SYRINGE]
    day = dt.date.fromisoformat(date)
    done = [row[_OF_SYRINGE:] for row in rows if row[_ZONES] is not None]
    zones, microlitres = _injected(done)
    return Recalled(
        patient_id=patient_id,
        patient_number=patient_number,
        patient_name=display_name(family, given),
        birth_date=dt.date.fromisoformat(birth_date),
        telephone=telephone,
        session_id=session_id,
        record_number=record_number(day, number),
        date=day,
        practitioner_name=practitioner_name,
        syringe_number=syringe_number,
        product_name=product_name,
        lot=lot,
        expiry=unpack_date(expiry),
        serial=serial,
        microlitres=microlitres,
        zones=zones,
        # An amendment that was begun leaves the signed version before it standing.
        signed=state == RecordState.SIGNED.value or version > 1,
        error_reason=error_reason,
        version=version,
        amending=state == RecordState.AMENDING.value,
        exact=any(share % 10 or whole % 10 for share, whole, *_ in done),
    )


def _injected(shares: Iterable[tuple[Any, ...]]) -> tuple[tuple[tuple[str, Side, int], ...], int]:
    """Return the zones with what was laid in each, the most first, and the whole of it."""
    sums: dict[tuple[str, Side], int] = {}
    for share in shares:
        for key, volume in _by_zone(*share):
            sums[key] = sums.get(key, 0) + volume
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return tuple((zone, side, volume) for (zone, side), volume in ranked), sum(sums.values())


# Clinics lay the same few volumes over the same few zones.
@lru_cache(maxsize=4096)
def _by_zone(
    share_ul: int, whole_ul: int, zones: str, deposits: str
) -> tuple[tuple[tuple[str, Side], int], ...]:
    parts = share_by_zone(share_ul, whole_ul, unpack_deposits(deposits), unpack_zones(zones))
    return tuple(parts.items())
