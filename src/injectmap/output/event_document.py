"""The form of an adverse event as a document: what was seen, who was called and what was given, as entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from injectmap.domain.aftercare import AdverseEvent, CapillaryRefill, EventEntry
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import CannulaPass
from injectmap.domain.units import show_volume
from injectmap.output.show import printable, show_date, show_instant
from injectmap.words import Words, zone_text

if TYPE_CHECKING:
    from injectmap.atlas import Atlas


def event_document(
    event: AdverseEvent, opened: OpenSession, clinic: ClinicSettings, atlas: Atlas, words: Words
) -> dict[str, Any]:
    """Return the data of the event template: ready texts only."""
    session, patient = opened.session, opened.patient
    marks = []
    if event.error_reason:
        marks.append({"kind": "alert", "text": words("record.in_error")})
    marks.append({"kind": "note", "text": words("event.closed" if event.closed else "event.open")})
    return {
        "title": words("event.title"),
        "document": words("event.document", number=session.number_text),
        "author": opened.practitioner.name,
        "what": event.title,
        "marks": marks,
        "in_error": words("record.in_error_reason", reason=event.error_reason) if event.error_reason else "",
        "patient": {
            "name": patient.display_name,
            "born": words("record.born_short", date=show_date(patient.birth_date)),
            "number": words("record.number_short", number=patient.number_text),
            "record": words("record.record_number_short", number=session.number_text),
            "date": show_date(session.date),
        },
        "fields": [
            {"label": words("record.patient"), "value": patient.display_name},
            {"label": words("record.born"), "value": show_date(patient.birth_date)},
            {"label": words("record.number"), "value": patient.number_text},
            {"label": words("event.onset"), "value": show_instant(event.onset_ms, clinic.time_zone)},
            {"label": words("record.date"), "value": show_date(session.date)},
            {"label": words("record.record_number"), "value": session.number_text},
            {"label": words("record.practitioner"), "value": opened.practitioner.name, "note": clinic.name},
            {
                "label": words("event.report_number"),
                "value": event.report_number or words("event.not_entered"),
            },
            {"label": words("event.reported_to"), "value": event.reported_to or words("event.not_entered")},
        ],
        "entries": [_entry(one, clinic, words) for one in event.entries],
        "no_entries": words("event.no_entries"),
        "syringes": _syringes(event, opened, words),
        "passes": _passes(event, opened, atlas, words),
        "outcome": event.outcome,
        "words": {
            key.removeprefix("event."): text for key, text in words.texts.items() if "event." in key[:6]
        },
    }


def _entry(entry: EventEntry, clinic: ClinicSettings, words: Words) -> dict[str, Any]:
    parts = [
        [words("event.observed"), entry.observed],
        [words("event.refill"), "; ".join(_refill(one, words) for one in entry.refill)],
        [words("event.called"), entry.called],
        [words("event.given"), entry.given],
        [words("event.by"), entry.by],
    ]
    return {"at": show_instant(entry.at_ms, clinic.time_zone), "parts": [part for part in parts if part[1]]}


def _refill(one: CapillaryRefill, words: Words) -> str:
    side = words(f"side.{one.side.value}")
    measured = (
        words("event.seconds", seconds=f"{one.tenths // 10}.{one.tenths % 10}")
        if one.tenths is not None
        else words("event.not_measured")
    )
    return f"{side}, {one.place}: {measured}" if one.place else f"{side}: {measured}"


def _syringes(event: AdverseEvent, opened: OpenSession, words: Words) -> list[list[str]]:
    concerned = [one for one in opened.syringes if one.id in event.syringe_ids]
    return [
        [
            str(one.number),
            one.product.name,
            one.lot or words("event.not_entered"),
            show_date(one.expiry) if one.expiry else words("event.not_entered"),
            one.serial or "–",
            printable(one.udi) or "–",
        ]
        for one in concerned
    ]


def _passes(event: AdverseEvent, opened: OpenSession, atlas: Atlas, words: Words) -> list[list[str]]:
    numbers = opened.map.numbers
    syringes = {one.id: str(one.number) for one in opened.syringes}

    def row(one: CannulaPass) -> list[str]:
        return [
            str(numbers[one.id]),
            words(f"side.{one.side.value}"),
            zone_text(one, lambda zone: atlas.zones.info[zone].short_name, words),
            words(f"plane.{one.plane.value}"),
            words(f"technique.{one.technique.value}"),
            "+".join(syringes[share.syringe_id] for share in one.shares if share.syringe_id in syringes)
            or "–",
            show_volume(one.microlitres),
        ]

    return [row(one) for one in opened.map.passes if one.id in event.pass_ids]
