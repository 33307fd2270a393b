"""Reads the journal's after-images back into what they are of; rows of earlier programs lack what was added later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from injectmap.domain.aftercare import AdverseEvent, CapillaryRefill, EventEntry, FollowUp, OutcomeScore
from injectmap.domain.forms import form
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.places import Side
from injectmap.domain.product import product_from_json
from injectmap.domain.record import RecordEntry, RecordField, RecordState
from injectmap.domain.session import PassDefaults, TreatmentSession
from injectmap.domain.settings import USUALLY_REQUIRED, ClinicSettings, settings_from_json
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.domain.treatment_map import Instrument, InstrumentKind, Plane, Technique

# What a clinic of the first schema had before it could choose; its migration wrote the same.
_FIRST_SETTINGS: dict[str, Any] = {
    "required": sorted(one.value for one in USUALLY_REQUIRED),
    "consent_form": "",
    "aftercare_leaflet": "",
    "phrases": [],
    "review_months": 18,
    "low_stock": 2,
    "expiry_notice_days": 90,
}


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def clinic_from_json(data: dict[str, Any]) -> ClinicSettings:
    """Return settings, with what a clinic of the first schema was given when it was brought up to date."""
    return settings_from_json(_FIRST_SETTINGS | data)


@form("practitioner")
def practitioner_from_json(data: dict[str, Any]) -> Practitioner:
    return Practitioner(data["id"], data["name"], data["profession"], data["register_number"])


@form("patient")
def patient_from_json(data: dict[str, Any]) -> Patient:
    return Patient(
        data["id"],
        data["number"],
        data["family_name"],
        data["given_name"],
        dt.date.fromisoformat(data["birth_date"]),
        data["sex"],
        data.get("telephone", ""),
        data["revision"],
        data["error_reason"],
    )


@form("session")
def session_from_json(data: dict[str, Any], *, state: RecordState, version: int) -> TreatmentSession:
    """Return a session; its state and version, which signing and amending change, are not in every row of it."""
    defaults = data["defaults"]
    kind, gauge, length_um = defaults["instrument"]
    return TreatmentSession(
        data["id"],
        data["number"],
        data["patient"],
        data["practitioner"],
        dt.date.fromisoformat(data["date"]),
        data["head_version"],
        data["zones_version"],
        PassDefaults(
            Technique(defaults["technique"]),
            Plane(defaults["plane"]),
            Instrument(InstrumentKind(kind), gauge, length_um),
            defaults["microlitres"],
        ),
        data["revision"],
        data["error_reason"],
        RecordState(data.get("state", state)),
        data.get("version", version),
        _day(data.get("follow_up")),
    )


@form("record_entry")
def entry_from_json(data: dict[str, Any], at_ms: int) -> RecordEntry:
    """Return what was written in a field at the time of its row."""
    return RecordEntry(
        data["text"], at_ms, data["by"], tuple((key, text) for key, text in data.get("details", ()))
    )


def field_from_json(data: dict[str, Any]) -> RecordField:
    return RecordField(data["field"])


@form("stock_item")
def stock_item_from_json(data: dict[str, Any]) -> StockItem:
    return StockItem(
        data["id"],
        product_from_json(data["product"]),
        data["lot"],
        _day(data["expiry"]),
        data["serial"],
        data["udi"],
        data["count"],
        data["revision"],
    )


@form("movement")
def movement_from_json(data: dict[str, Any]) -> StockMovement:
    return StockMovement(
        data["id"],
        data["item"],
        MovementKind(data["kind"]),
        data["units"],
        data["at_ms"],
        data["practitioner"],
        data["reason"],
        data["session"],
    )


@form("follow_up")
def follow_up_from_json(data: dict[str, Any]) -> FollowUp:
    return FollowUp(
        data["id"],
        data["patient"],
        data["session"],
        dt.date.fromisoformat(data["due"]),
        data["note"],
        _day(data["done_on"]),
        data["revision"],
    )


@form("score")
def score_from_json(data: dict[str, Any]) -> OutcomeScore:
    return OutcomeScore(
        data["id"],
        data["patient"],
        data["session"],
        data["scale"],
        data["score"],
        data["rater"],
        dt.date.fromisoformat(data["date"]),
        data["note"],
        data["revision"],
    )


@form("adverse_event")
def event_from_json(data: dict[str, Any]) -> AdverseEvent:
    return AdverseEvent(
        data["id"],
        data["patient"],
        data["session"],
        data["title"],
        data["onset_ms"],
        tuple(map(_event_entry, data["entries"])),
        tuple(data["syringes"]),
        tuple(data["passes"]),
        data["report_number"],
        data["reported_to"],
        data["outcome"],
        data["closed"],
        data["revision"],
        data["error_reason"],
    )


def _event_entry(data: dict[str, Any]) -> EventEntry:
    refill = tuple(CapillaryRefill(Side(side), place, tenths) for side, place, tenths in data["refill"])
    return EventEntry(data["at_ms"], data["observed"], refill, data["called"], data["given"], data["by"])
