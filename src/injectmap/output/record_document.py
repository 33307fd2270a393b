"""The record as a document: every word and figure of a treatment session as it will stand on the page.

The document has one canonical JSON form and neither paper, look nor the time of printing in it, so that it can be
signed and printed years later as it is. It names its pictures; these are kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from injectmap.domain.patient import Practitioner
from injectmap.domain.product import Product
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.totals import done_passes, shown_totals
from injectmap.domain.treatment_map import Side
from injectmap.domain.units import show_volume
from injectmap.output.record_changes import change_table
from injectmap.output.record_maps import map_views, shown_numbers, view_pictures
from injectmap.output.record_plan import plan_lines, protocol_lines
from injectmap.output.record_tables import count_text, map_page_full, side_tables, syringe_table, totals_table
from injectmap.output.record_texts import (
    event_lines,
    map_notes,
    measurement_lines,
    not_written,
    score_lines,
    written_fields,
)
from injectmap.output.samples import Samples
from injectmap.output.show import kept_together, show_date, show_instant
from injectmap.services.record_parts import NOTHING_ATTACHED, Attached
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# The template reads this form; another one needs another template beside it.
FORM = 1
LOOKS = {False: "shaded", True: "line"}


def record_document(
    opened: OpenSession,
    clinic: ClinicSettings,
    atlas: Atlas,
    words: Words,
    *,
    attached: Attached = NOTHING_ATTACHED,
    signer: Practitioner | None = None,
    signed_at_ms: int = 0,
    looks: Iterable[bool] = (False,),
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a record's document and its pictures as SVG by `<look>/<name>`; `looks` says mono or not.

    The document holds integers, texts, lists and dictionaries only. With a `signer` it says who signed and when.
    """
    session, patient = opened.session, opened.patient
    samples = Samples()
    shown = shown_numbers(atlas, opened.map)
    document = {
        "form": FORM,
        "title": words("record.title"),
        "document": words("record.document", number=session.number_text),
        "subtitle": _subtitle(opened, words),
        "patient": {
            "name": patient.display_name,
            "born": words("record.born_short", date=show_date(patient.birth_date)),
            "number": words("record.number_short", number=patient.number_text),
            "record": words("record.record_number_short", number=session.number_text),
            "date": show_date(session.date),
        },
        "fields": _fields(opened, clinic, words),
        "amendment": _amendment(opened, clinic, atlas, attached, words),
        "views": map_views(atlas, shown, words),
        "map_notes": map_notes(opened, atlas, words),
        "map_page_full": map_page_full(opened, len(attached.changes or ())),
        "syringes": syringe_table(opened, words),
        "sides": side_tables(opened, atlas, words, samples),
        "totals": totals_table(opened.map, atlas, samples),
        "plan": plan_lines(opened, atlas, words),
        "protocols": protocol_lines(opened, attached, atlas, words),
        "measurements": measurement_lines(opened, words),
        "written": written_fields(opened, clinic, attached, words),
        "not_written": not_written(opened, words),
        "events": event_lines(attached, clinic, words),
        "scores": score_lines(attached),
        "products": _products(opened, words),
        "practitioner": opened.practitioner.name,
        "signed": _signed(signer, signed_at_ms, clinic, words),
        "words": {
            key.removeprefix("record."): text for key, text in words.texts.items() if "record." in key[:7]
        },
    }
    pictures: dict[str, str] = {}
    for mono in looks:
        made = view_pictures(atlas, opened.map, shown, mono=mono) | samples.pictures(mono=mono)
        pictures |= {f"{LOOKS[mono]}/{name}": svg for name, svg in made.items()}
    return document, pictures


def _subtitle(opened: OpenSession, words: Words) -> str:
    names = list(dict.fromkeys(syringe.product.name for syringe in opened.syringes))
    done = list(done_passes(opened.map))
    sides = {part.side for one in done for part in one.path.zones}
    parts = [", ".join(names) or words("record.no_product")]
    if Side.RIGHT in sides or Side.LEFT in sides:
        both = {Side.RIGHT, Side.LEFT} <= sides
        which = "both_sides" if both else "right_only" if Side.RIGHT in sides else "left_only"
        parts.append(words(f"record.{which}"))
    performed = sum(not one.is_planned for one in opened.map.passes)
    parts.append(count_text(performed, words))
    if done:
        parts.append(words("record.volume", ml=show_volume(shown_totals(opened.map).both_ul)))
    return " · ".join(parts)


def _fields(opened: OpenSession, clinic: ClinicSettings, words: Words) -> list[dict[str, str]]:
    session, patient = opened.session, opened.patient
    return [
        {"label": words("record.patient"), "value": patient.display_name, "wide": "yes"},
        {"label": words("record.born"), "value": show_date(patient.birth_date)},
        {"label": words("record.number"), "value": patient.number_text},
        {
            "label": words("record.practitioner"),
            "value": opened.practitioner.name,
            "note": about_practitioner(opened.practitioner, words),
            "wide": "yes",
        },
        {"label": words("record.date"), "value": show_date(session.date)},
        {"label": words("record.record_number"), "value": session.number_text, "note": clinic.name},
    ]


def about_practitioner(practitioner: Practitioner, words: Words) -> str:
    """Profession and register number in one line."""
    register = practitioner.register_number
    parts = [practitioner.profession, words("record.register", number=register) if register else ""]
    return ", ".join(part for part in parts if part)


def _amendment(
    opened: OpenSession, clinic: ClinicSettings, atlas: Atlas, attached: Attached, words: Words
) -> dict[str, Any] | None:
    amendment = opened.amendment
    if amendment is None:
        return None
    return {
        "heading": words("record.amendment", version=amendment.version),
        "by": words(
            "record.amendment_by",
            name=amendment.practitioner_name,
            when=show_instant(amendment.at_ms, clinic.time_zone),
        ),
        "reason": amendment.reason,
        "changes": change_table(amendment.version - 1, attached, opened, atlas, words),
    }


def _signed(
    signer: Practitioner | None, signed_at_ms: int, clinic: ClinicSettings, words: Words
) -> dict[str, Any] | None:
    if signer is None:
        return None
    return {
        "name": signer.name,
        "about": about_practitioner(signer, words),
        "at_ms": signed_at_ms,
        "at": show_instant(signed_at_ms, clinic.time_zone),
        "time_zone": clinic.time_zone,
    }


def _products(opened: OpenSession, words: Words) -> list[dict[str, Any]]:
    products: dict[str, Product] = {one.product.id: one.product for one in opened.syringes}
    return [
        {
            "name": product.name,
            "about": kept_together(
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
