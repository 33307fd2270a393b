"""The record as a document: every word and number of a treatment session as it will stand on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.totals import (
    Totals,
    ZoneTotal,
    done_passes,
    exact_totals,
    show_part,
    shown_totals,
    syringe_balances,
    zones_by_length,
)
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side, TreatmentMap
from injectmap.domain.units import show_length, show_volume, volume_per_cm
from injectmap.output.record_maps import map_pictures
from injectmap.output.swatches import swatch_svg
from injectmap.words import Words, zone_text

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Letters of a name on one line of the page, and lines that fit under the map (measured on both papers).
_NAME_LINE = 44
_ROWS_UNDER_MAP = 8


def show_date(date: dt.date) -> str:
    """Write a date as 14 Mar 2026."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def show_instant(at_ms: int, time_zone: str) -> str:
    """Write an instant in a clinic's time zone as 14 Mar 2026, 14:32."""
    at = dt.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(time_zone))
    return f"{show_date(at.date())}, {at:%H:%M}"


def record_document(
    opened: OpenSession,
    clinic: ClinicSettings,
    atlas: Atlas,
    words: Words,
    *,
    printed_at_ms: int,
    mono: bool = False,
) -> dict[str, Any]:
    """Return the data of the page template: ready texts, rows and SVG; nothing is left to compute on the page."""
    session, patient = opened.session, opened.patient
    return {
        "paper": clinic.paper.value,
        "mono": mono,
        "title": words("record.title"),
        "document": words("record.document", number=session.number_text),
        "subtitle": _subtitle(opened, words),
        "marks": _marks(opened, clinic, words),
        "in_error": _in_error(opened, words),
        "patient": {
            "name": patient.display_name,
            "born": words("record.born_short", date=show_date(patient.birth_date)),
            "number": words("record.number_short", number=patient.number_text),
            "record": words("record.record_number_short", number=session.number_text),
            "date": show_date(session.date),
        },
        "fields": _fields(opened, clinic, words),
        "views": map_pictures(atlas, opened.map, words, paper=clinic.paper, mono=mono),
        "map_page_full": _map_page_full(opened),
        "syringes": _syringes(opened, words),
        "sides": _sides(opened, atlas, words, mono=mono),
        "totals": _totals(opened.map, atlas, mono=mono),
        "products": _products(opened, words),
        "practitioner": opened.practitioner.name,
        "purpose": words("app.purpose"),
        "printed": words("record.printed", when=show_instant(printed_at_ms, clinic.time_zone)),
        "words": {
            key.removeprefix("record."): text for key, text in words.texts.items() if "record." in key[:7]
        },
    }


def _subtitle(opened: OpenSession, words: Words) -> str:
    names = list(dict.fromkeys(syringe.product.name for syringe in opened.syringes))
    done = list(done_passes(opened.map))
    sides = {part.side for one in done for part in one.path.zones}
    parts = [", ".join(names) or words("record.no_product")]
    if Side.RIGHT in sides or Side.LEFT in sides:
        both = {Side.RIGHT, Side.LEFT} <= sides
        parts.append(
            words(
                "record.both_sides"
                if both
                else "record.right_only"
                if Side.RIGHT in sides
                else "record.left_only"
            )
        )
    parts.append(_count(len(opened.map.passes), words))
    if done:
        parts.append(words("record.volume", ml=show_volume(shown_totals(opened.map).both_ul)))
    return " · ".join(parts)


def _count(count: int, words: Words) -> str:
    if count == 0:
        return words("record.no_passes")
    return words("record.one_pass") if count == 1 else words("record.passes", count=count)


def _marks(opened: OpenSession, clinic: ClinicSettings, words: Words) -> list[dict[str, str]]:
    """What every page must say about its own standing."""
    marks = []
    if opened.session.error_reason:
        marks.append({"kind": "alert", "text": words("record.in_error")})
    marks.append({"kind": "alert", "text": words("record.draft")})
    if clinic.demo:
        marks.append({"kind": "note", "text": words("app.demo")})
    return marks


def _in_error(opened: OpenSession, words: Words) -> str:
    reason = opened.session.error_reason
    return words("record.in_error_reason", reason=reason) if reason else ""


def _map_page_full(opened: OpenSession) -> bool:
    """True if the syringes will not fit under the map, so that the passes follow them without a new page."""
    name_lines = -(-len(opened.patient.display_name) // _NAME_LINE)
    products = len({syringe.product.id for syringe in opened.syringes})
    expired = sum(one.expired_on(opened.session.date) for one in opened.syringes)
    rows = len(opened.syringes) + products + expired
    rows += 2 * (name_lines - 1) + 2 * bool(opened.session.error_reason)
    return rows > _ROWS_UNDER_MAP


def _fields(opened: OpenSession, clinic: ClinicSettings, words: Words) -> list[dict[str, str]]:
    session, patient, practitioner = opened.session, opened.patient, opened.practitioner
    register = practitioner.register_number
    about = [practitioner.profession, words("record.register", number=register) if register else ""]
    return [
        {"label": words("record.patient"), "value": patient.display_name, "wide": "yes"},
        {"label": words("record.born"), "value": show_date(patient.birth_date)},
        {"label": words("record.number"), "value": patient.number_text},
        {
            "label": words("record.practitioner"),
            "value": practitioner.name,
            "note": ", ".join(part for part in about if part),
            "wide": "yes",
        },
        {"label": words("record.date"), "value": show_date(session.date)},
        {"label": words("record.record_number"), "value": session.number_text, "note": clinic.name},
    ]


def _decimals(treatment_map: TreatmentMap) -> int:
    """Two decimals, or three everywhere if any pass needs them, so that columns line up."""
    return 3 if any(one.microlitres % 10 for one in treatment_map.passes) else 2


def _syringes(opened: OpenSession, words: Words) -> dict[str, Any]:
    decimals = _decimals(opened.map)
    balances = syringe_balances(opened.syringes, opened.map)

    def show(microlitres: int) -> str:
        return show_volume(microlitres, decimals=decimals)

    rows = [
        {
            "number": str(one.syringe.number),
            "product": one.syringe.product.name,
            "lot": one.syringe.lot or None,
            "expiry": show_date(one.syringe.expiry) if one.syringe.expiry else None,
            "expired": one.syringe.expired_on(opened.session.date),
            "serial": one.syringe.serial,
            "volumes": [show(one.syringe.nominal_ul), show(one.injected_ul), show(one.left_ul)],
        }
        for one in balances
    ]
    sums = (
        sum(one.syringe.nominal_ul for one in balances),
        sum(one.injected_ul for one in balances),
        sum(one.left_ul for one in balances),
    )
    return {
        "rows": rows,
        "sum": [show(part) for part in sums],
        "serials": any(row["serial"] for row in rows),
        "empty": words("record.no_syringes"),
        "expired": words("record.expired"),
    }


def _how(one: CannulaPass, words: Words) -> str:
    """Technique, plane, instrument and standing of a pass in one line."""
    plane = words(f"plane.{one.plane.value}")
    if one.depth_um is not None:
        plane = words("record.depth", plane=plane, mm=f"{one.depth_um / 1000:.1f}")
    instrument = one.instrument
    parts = [
        words(f"technique.{one.technique.value}"),
        plane,
        words(
            f"instrument.{instrument.kind.value}",
            gauge=instrument.gauge,
            mm=f"{instrument.length_um / 1000:g}",
        ),
    ]
    if one.status is not PassStatus.DONE:
        parts.append(words("record.planned"))
    return _kept_together(" · ".join(parts))


def _kept_together(text: str) -> str:
    """Text in which no line ends between a number and its unit."""
    text = re.sub(r"(?<=[\dG]) (?=(?:µm|mm|mg|mL)\b|%|×)", "\u00a0", text)
    return text.replace("× ", "×\u00a0")


def _sides(opened: OpenSession, atlas: Atlas, words: Words, *, mono: bool) -> list[dict[str, Any]]:
    treatment_map = opened.map
    decimals = _decimals(treatment_map)
    numbers, entries = treatment_map.numbers, treatment_map.entry_points
    syringes = {syringe.id: syringe.number for syringe in opened.syringes}

    def row(one: CannulaPass) -> dict[str, Any]:
        return {
            "number": str(numbers[one.id]),
            "zone": zone_text(one, lambda zone: atlas.zones.info[zone].short_name, words),
            "swatch": swatch_svg([(zone, um) for zone, _, um in zones_by_length(one)], mono=mono),
            "entry": entries[one.entry_id].letter,
            "mm": show_length(one.path.length_um),
            "ml_per_cm": volume_per_cm(one.microlitres, one.path.length_um),
            "syringe": "+".join(str(syringes[share.syringe_id]) for share in one.shares) or "–",
            "ml": show_volume(one.microlitres, decimals=decimals),
        }

    def side(which: Side) -> dict[str, Any]:
        passes = [one for one in treatment_map.passes if one.side is which]
        planned = any(one.status is not PassStatus.DONE for one in passes)
        return {
            "side": which.value,
            "heading": words(f"side.{which.value}"),
            "badge": words(f"side.{which.value}.badge"),
            "count": _count(len(passes), words),
            "groups": [
                {"how": how, "rows": [row(one) for one in group]}
                for how, group in groupby(passes, key=lambda one: _how(one, words))
            ],
            "shares": _shared(passes, numbers, syringes, words, decimals),
            "sum": show_volume(
                sum(one.microlitres for one in passes if one.status is PassStatus.DONE), decimals=decimals
            ),
            "sum_label": words("record.sum_done" if planned else "record.sum"),
        }

    wanted = [Side.RIGHT, Side.LEFT]
    if any(one.side is Side.MIDLINE for one in treatment_map.passes):
        wanted.append(Side.MIDLINE)
    return [side(which) for which in wanted] if treatment_map.passes else []


def _shared(
    passes: Iterable[CannulaPass],
    numbers: dict[str, int],
    syringes: dict[str, int],
    words: Words,
    decimals: int,
) -> list[str]:
    """A sentence for each pass that drew from more than one syringe."""
    sentences = []
    for one in passes:
        if len(one.shares) > 1:
            parts = ", ".join(
                words(
                    "record.from_syringe",
                    ml=show_volume(share.microlitres, decimals=decimals),
                    number=syringes[share.syringe_id],
                )
                for share in one.shares
            )
            sentences.append(words("record.from_syringes", number=numbers[one.id], parts=parts))
    return sentences


def _totals(treatment_map: TreatmentMap, atlas: Atlas, *, mono: bool) -> dict[str, Any] | None:
    shown: Totals = shown_totals(treatment_map)
    if not shown.zones:
        return None
    decimals = _decimals(treatment_map)

    exact = exact_totals(treatment_map)

    def cells(row: ZoneTotal | Totals, true: ZoneTotal | Totals) -> list[str]:
        pairs = zip(_three(row), _three(true), strict=True)
        return [show_part(part, real, decimals=decimals) or "–" for part, real in pairs]

    return {
        "rows": [
            {
                "zone": atlas.zones.info[row.zone].name,
                "swatch": swatch_svg([(row.zone, 1)], mono=mono),
                "cells": cells(row, exact[row.zone]),
            }
            for row in shown.zones
            if exact[row.zone].both_ul
        ],
        "sum": cells(shown, shown),
    }


def _three(row: ZoneTotal | Totals) -> tuple[int, int, int]:
    return row.right_ul, row.left_ul, row.both_ul


def _products(opened: OpenSession, words: Words) -> list[dict[str, Any]]:
    products = {syringe.product.id: syringe.product for syringe in opened.syringes}
    return [
        {
            "name": product.name,
            "about": _kept_together(
                ". ".join(part.rstrip(".") for part in (product.maker, product.composition) if part)
            ),
            "notices": list(product.notices),
            "source": words(
                "record.product_source",
                source=product.source.rstrip("."),
                date=show_date(product.source_date),
            ),
        }
        for product in products.values()
    ]
