"""Treatment sessions, syringes and what is written in records as rows, and the one statement that reads them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from injectmap.domain.product import Syringe, fold_lot
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    RecordState,
    SignedVersion,
)
from injectmap.domain.session import PassDefaults, TreatmentSession
from injectmap.domain.treatment_map import Instrument
from injectmap.storage.engines import json_list, json_row
from injectmap.storage.item_rows import ITEMS
from injectmap.storage.packing import (
    KINDS,
    PLANES,
    TECHNIQUES,
    pack_date,
    pack_product,
    unpack_date,
    unpack_product,
)
from injectmap.storage.patients import PATIENT_COLUMNS
from injectmap.storage.record_tables import amendments, cosignatures, record_entries, record_versions
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import patients, practitioners, syringes, treatment_sessions

SESSION_COLUMNS = tuple(treatment_sessions.columns)
SYRINGE_COLUMNS = (
    syringes.c.id,
    syringes.c.session_id,
    syringes.c.number,
    syringes.c.product,
    syringes.c.lot,
    syringes.c.expiry,
    syringes.c.serial,
    syringes.c.udi,
    syringes.c.opened_volume_ul,
    syringes.c.discarded_ul,
    syringes.c.expired_reason,
    syringes.c.stock_item_id,
)


def _listed(rows: Select[Any]) -> Any:
    """Return rows of a session as one value, a JSON list of lists, so that they cost no statement of their own."""
    within = rows.correlate(treatment_sessions).subquery()
    return select(json_list(json_row(*within.c))).scalar_subquery()


_entries = _listed(
    select(
        record_entries.c.field,
        record_entries.c.body,
        record_entries.c.at_ms,
        record_entries.c.practitioner_id,
        record_entries.c.details,
    ).where(record_entries.c.session_id == treatment_sessions.c.id)
)
_versions = _listed(
    select(
        record_versions.c.version,
        record_versions.c.digest,
        record_versions.c.signed_at_ms,
        record_versions.c.practitioner_id,
        record_versions.c.practitioner_name,
        cosignatures.c.practitioner_id.label("cosigned_by"),
        cosignatures.c.practitioner_name.label("cosigned_name"),
        cosignatures.c.at_ms,
    )
    .select_from(
        record_versions.outerjoin(
            cosignatures,
            (cosignatures.c.session_id == record_versions.c.session_id)
            & (cosignatures.c.version == record_versions.c.version),
        )
    )
    .where(record_versions.c.session_id == treatment_sessions.c.id)
    .order_by(record_versions.c.version)
)
_amendments = _listed(
    select(
        amendments.c.version,
        amendments.c.reason,
        amendments.c.at_ms,
        amendments.c.practitioner_id,
        amendments.c.practitioner_name,
    ).where(amendments.c.session_id == treatment_sessions.c.id)
)

READ_SESSION = Prepared(
    select(
        *SESSION_COLUMNS, *PATIENT_COLUMNS, *practitioners.columns, ITEMS, _entries, _versions, _amendments
    )
    .join(patients, patients.c.id == treatment_sessions.c.patient_id)
    .join(practitioners, practitioners.c.id == treatment_sessions.c.practitioner_id)
    .where(treatment_sessions.c.id == bindparam("session_id"))
)

_NOTHING = "[]"

_STATES = {one.value: one for one in RecordState}


def entries_of(text: str) -> dict[RecordField, RecordEntry]:
    """Return what is written in a record, as READ_SESSION lists it."""
    if text == _NOTHING:
        return {}
    return {
        RecordField(field): RecordEntry(
            body, at_ms, by, tuple((key, value) for key, value in json.loads(details))
        )
        for field, body, at_ms, by, details in json.loads(text)
    }


def versions_of(
    session_id: str, versions: str, amended: str
) -> tuple[tuple[SignedVersion, ...], dict[int, Amendment]]:
    """Return the signed versions, first to last, and all amendments by version, as READ_SESSION lists them."""
    if versions == _NOTHING:
        return (), {}
    begun = {version: Amendment(session_id, version, *rest) for version, *rest in json.loads(amended)}
    signed = tuple(
        SignedVersion(
            session_id,
            version,
            digest,
            signed_at_ms,
            by,
            name,
            begun.get(version),
            None if cosigned_by is None else CoSignature(cosigned_by, cosigned_name, cosigned_ms),
        )
        for version, digest, signed_at_ms, by, name, cosigned_by, cosigned_name, cosigned_ms in json.loads(
            versions
        )
    )
    return signed, begun


def session_of(row: Row[*tuple[Any, ...]] | Sequence[Any]) -> TreatmentSession:
    """Return the treatment session of a row with SESSION_COLUMNS."""
    (
        session_id,
        number,
        patient_id,
        practitioner_id,
        date,
        head_version,
        zones_version,
        technique,
        plane,
        kind,
        gauge,
        instrument_um,
        microlitres,
        revision,
        error_reason,
        state,
        version,
        follow_up,
    ) = row
    return TreatmentSession(
        session_id,
        number,
        patient_id,
        practitioner_id,
        dt.date.fromisoformat(date),
        head_version,
        zones_version,
        PassDefaults(
            TECHNIQUES[technique], PLANES[plane], Instrument(KINDS[kind], gauge, instrument_um), microlitres
        ),
        revision,
        error_reason,
        _STATES[state],
        version,
        unpack_date(follow_up),
    )


def session_values(session: TreatmentSession) -> dict[str, Any]:
    """Return what a session's row holds beside its state and version, which only signing and amending change."""
    defaults = session.defaults
    return {
        "id": session.id,
        "number": session.number,
        "patient_id": session.patient_id,
        "practitioner_id": session.practitioner_id,
        "date": session.date.isoformat(),
        "head_version": session.head_version,
        "zones_version": session.zones_version,
        "default_technique": defaults.technique.value,
        "default_plane": defaults.plane.value,
        "default_instrument_kind": defaults.instrument.kind.value,
        "default_gauge": defaults.instrument.gauge,
        "default_instrument_um": defaults.instrument.length_um,
        "default_ul": defaults.microlitres,
        "revision": session.revision,
        "error_reason": session.error_reason,
        "follow_up": pack_date(session.follow_up),
    }


def syringe_of(row: tuple[Any, ...]) -> Syringe:
    """Return the syringe of a row with SYRINGE_COLUMNS."""
    syringe_id, session_id, number, product, lot, expiry, *others = row
    return Syringe(syringe_id, session_id, number, unpack_product(product), lot, unpack_date(expiry), *others)


def syringe_values(syringe: Syringe) -> dict[str, Any]:
    """Return what a syringe's row holds beside its key."""
    return {
        "number": syringe.number,
        "product_id": syringe.product.id,
        "product_name": syringe.product.name,
        "product": pack_product(syringe.product),
        "lot": syringe.lot,
        "folded_lot": fold_lot(syringe.lot),
        "expiry": pack_date(syringe.expiry),
        "serial": syringe.serial,
        "udi": syringe.udi,
        "opened_volume_ul": syringe.opened_volume_ul,
        "discarded_ul": syringe.discarded_ul,
        "expired_reason": syringe.expired_reason,
        "stock_item_id": syringe.stock_item_id,
    }
