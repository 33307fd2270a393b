"""What stands in a record beside its map: fields, plan, deposits, measurements, what followed, and forms of events."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
import pypdf
import pytest

from injectmap.atlas import load_atlas
from injectmap.domain.map_items import AppliedProtocol, ZoneMove
from injectmap.domain.protocol import Protocol, protocol_digest
from injectmap.domain.record import FIELD_LIMIT, RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.domain.skin_paths import snap
from injectmap.domain.treatment_map import PassStatus, Side, TreatmentMap
from injectmap.output import record_document as document_module
from injectmap.output.glyphs import settable
from injectmap.output.pdf import RecordWriter
from injectmap.output.record_document import record_document
from injectmap.output.record_maps import LARGE_ROW, SMALL_ROW
from injectmap.services.record_parts import Attached, ListPage
from injectmap.words import load_words
from tests.output.sessions import (
    BLANK,
    HOSTILE,
    PRINTED_AT_MS,
    attached,
    entry,
    event,
    full_session,
    session_of,
)
from tests.output.test_record import assert_inside
from tests.unit.chart.maps import c_shape_map

CLINIC = ClinicSettings("Harbour Clinic")


def writer() -> RecordWriter:
    return RecordWriter(load_atlas, load_words())


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def printed(opened: OpenSession, beside: Attached | None = None, **clinic: Any) -> bytes:
    """The record with nothing drawn over the heads: only its words are read here."""
    blank = dict.fromkeys([*LARGE_ROW, *SMALL_ROW], BLANK)
    with patch.object(document_module, "view_pictures", lambda *_, mono: blank):
        return writer().pdf(
            opened,
            replace(CLINIC, **clinic),
            printed_at_ms=PRINTED_AT_MS,
            attached=attached() if beside is None else beside,
        )


@cache
def full_text() -> str:
    return text_of(printed(full_session()))


def document_of(opened: OpenSession, beside: Attached | None = None) -> dict[str, Any]:
    return record_document(opened, CLINIC, load_atlas(), load_words(), attached=beside or Attached())[0]


@pytest.mark.parametrize(
    "part",
    [
        "Concern Loss of firmness of the lateral face, more on the right. 22 Nov 2026, 13:25 Dr R. Okonjo-Lind",
        "Reason for the choice Wishes a firmer lateral face and jawline 22 Nov 2026, 13:27",
        "Risks discussed with this patient",
        "vascular occlusion",
        "Form: HArmonyCa consent, version 3",
        "Given by: the patient",
        "Allergy: Yes",
        "Anticoagulant or antiplatelet: No",
        "Previous filler: HA, lips, 2024",
        "Penicillin rash as a child.",
        "Skin preparation Make-up removed",
        "Anaesthesia None.",
        "Baseline asymmetry Right angle fuller",
        "Immediate reactions Mild redness, both sides",
        "Leaflet: Aftercare leaflet, version 2",
        "Photographs Five views before, five after.",
        "Follow-up date 20 Dec 2026",
        "UDI (01)07640173456789(17)270831(10)H26C111(21)4017152",
        "had expired by the treatment date",
        "Reason for the use of an expired unit: The only unit at hand; the patient was told and agreed.",
        "1.25 1.17 0.02 0.06",
        "Pass 3, deposits: 0.04 mL at 8 mm, 0.04 mL at 16 mm, 0.04 mL along the pass",
        "Pass 18: 0.02 mL from syringe 1, 0.11 mL from syringe 2",
        "Bolus · Supraperiosteal",
        "19 Chin – – – 1 0.05",
        "Planned and done",
        "+0.01 mL Met resistance at the ligament",
        "As planned",
        "Planned, not done",
        "Done without having been planned: 3, 4,",
        "C-shape, version 1, Patient’s left. Training convention",
        "Source: Trainer's article.",
        "Baseline asymmetry",
        "Jowl to angle, left 3 mm lower",
        "17.3 straight",
        "GAIS 2, much improved Patient Mirror",
        "Blanching of the left cheek · 22 Nov 2026, 13:40 · closed",
    ],
)
def test_everything_stands_on_the_page(part: str) -> None:
    assert part in full_text()


def test_what_was_not_written_is_named() -> None:
    opened = replace(session_of(TreatmentMap()), entries={RecordField.REASON: entry("Review")})
    said = document_of(opened)["not_written"]
    assert said.startswith(
        "Not recorded: concern, medical history, risks discussed with this patient, consent,"
    )
    assert said.endswith("follow-up date.")
    assert "Not recorded" not in full_text()


def test_an_emptied_field_counts_as_not_written() -> None:
    document = document_of(replace(session_of(TreatmentMap()), entries={RecordField.REASON: entry("")}))
    assert document["written"] == []
    assert "reason for the choice" in document["not_written"]


def test_planned_passes_count_nowhere_but_in_the_plan() -> None:
    document = document_of(full_session())
    rows = [row for side in document["sides"] for group in side["groups"] for row in group["rows"]]
    assert len(rows) == 19
    assert [side["sum"] for side in document["sides"]] == ["1.14", "1.15"]
    assert len(document["plan"]["rows"]) == 3
    assert document_of(session_of(c_shape_map()))["plan"] is None


def test_unconfirmed_passes_are_named_and_not_counted() -> None:
    *kept, last = c_shape_map().passes
    copied = replace(last, status=PassStatus.UNCONFIRMED, reference="pass:x")
    right, left = document_of(session_of(TreatmentMap((*kept, copied))))["sides"]
    assert "copied, not confirmed, not counted" in right["groups"][-1]["how"]
    assert (right["sum_label"], right["sum"]) == ("Sum, unconfirmed passes not counted", "1.01")
    assert left["sum_label"] == "Sum"


def laid(change: bool) -> tuple[OpenSession, Protocol]:
    """A protocol saved from the left side, laid on it, with one pass turned and one left out."""
    from injectmap.domain.laying import pattern, reference_to

    atlas = load_atlas()
    left = [one for one in c_shape_map().passes if one.side is Side.LEFT]
    entries, passes = pattern(atlas, left, Side.LEFT)
    protocol = Protocol("own", 3, "Our pattern", "clinic_protocol", "Our clinic", "", entries, passes)
    drawn = [
        replace(one, reference=reference_to(protocol, number)) for number, one in enumerate(left, start=1)
    ]
    if change:
        drawn[0] = replace(drawn[0], path=drawn[2].path)
        drawn = [one for one in drawn if not one.reference.endswith("#5")]
    applied = AppliedProtocol(
        "own", 3, "Our pattern", "clinic_protocol", "Our clinic", protocol_digest(protocol), Side.LEFT
    )
    return session_of(TreatmentMap(tuple(drawn), (applied,))), protocol


def test_what_differs_from_a_protocol_is_said() -> None:
    opened, protocol = laid(change=False)
    (line,) = document_of(opened, Attached(protocols=(protocol,)))["protocols"]
    assert line["name"] == "Our pattern, version 3, Patient’s left. Clinic’s own protocol"
    assert line["differs"] == "On the map as the protocol has it."
    opened, protocol = laid(change=True)
    (line,) = document_of(opened, Attached(protocols=(protocol,)))["protocols"]
    assert re.fullmatch(
        r"Passes of the protocol not on the map: 5\. Differs: pass 1 \(tip moved \d+ mm\)\.", line["differs"]
    )
    planned = tuple(replace(one, status=PassStatus.PLANNED) for one in opened.map.passes)
    only = replace(opened, map=replace(opened.map, passes=planned))
    (line,) = document_of(only, Attached(protocols=(protocol,)))["protocols"]
    assert line["differs"].startswith("Nothing of it was done on this side; what follows is about the plan. ")
    # Another text under the same version is not what was applied.
    other = replace(protocol, note="changed")
    (line,) = document_of(opened, Attached(protocols=(other,)))["protocols"]
    assert line["differs"] == "This version is not at hand here, so what differs is not listed."


def test_adjusted_zones_are_said_and_drawn() -> None:
    atlas = load_atlas()
    corner = next(
        one
        for one in atlas.zones.corners(["preauricular"])
        if one.side == "left" and "lateral_zygomatic_arch" in one.zones and "preauricular" in one.zones
    )
    raised = corner.place + np.array([0.0, 1.5, 0.0])
    move = ZoneMove(corner.vertex, Side.LEFT, snap(atlas, atlas.skin.snap(raised[None])[0]))
    plain = session_of(c_shape_map())
    adjusted = replace(plain, map=replace(plain.map, items=(move,)))
    (note,) = document_of(adjusted)["map_notes"]
    assert note.startswith(
        "Zone outlines were adjusted for this session; they are drawn and counted as adjusted."
    )
    assert "Patient’s left: " in note
    assert "Preauricular" in note
    assert "Patient’s right" not in note
    looks = [
        record_document(one, CLINIC, atlas, load_words())[1]["shaded/left_lateral"]
        for one in (plain, adjusted)
    ]
    assert looks[0] != looks[1]
    assert document_of(plain)["map_notes"] == []


def test_long_text_flows_over_pages_inside_the_margins() -> None:
    words = " ".join(f"word{number}" for number in range(1400))[:FIELD_LIMIT]
    pdf = printed(full_session(notes=entry(words)), paper=Paper.LETTER)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) >= 4
    for page in reader.pages:
        assert_inside(page)
    text = text_of(pdf)
    assert all(f"word{number} " in text for number in range(0, 1100, 37))


def test_a_word_without_end_stays_on_the_page() -> None:
    pdf = printed(full_session(notes=entry("x" * FIELD_LIMIT)))
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        assert_inside(page)


def test_hostile_text_is_printed_as_typed_or_named() -> None:
    hostile = entry(HOSTILE, ("form", HOSTILE), ("given_by", HOSTILE))
    opened = full_session(notes=hostile, consent=hostile)
    first, *rest = opened.syringes
    odd = replace(first, lot='"><#', serial="\u202e12", udi="01\x1d17\x1d10", expired_reason="*x*")
    text = text_of(printed(replace(opened, syringes=(odd, *rest))))
    for part in (
        'He said "stop" #read("x") $a$ *b* <img>',
        "[U+738B]",
        "[melting face]",
        "[right-to-left override]",
    ):
        assert part in text
    assert '"><#' in text
    assert "UDI 01 17 10" in text


def test_letters_without_a_glyph_are_named_and_others_stay() -> None:
    assert settable("Ångström, Şeyma שרה ✓ ≥ 3") == "Ångström, Şeyma שרה ✓ ≥ 3"
    assert settable("a\U0001fae0b") == "a[melting face]b"
    assert settable("王") == "[U+738B]"
    assert settable("\U0001faf1\U0001f3fd\u200d") == "[rightwards hand]"
    assert settable("a\u202eb") == "a[right-to-left override]b"


def test_the_form_of_an_event_says_all_and_interprets_nothing() -> None:
    pdf = writer().event_pdf(event(), full_session(), CLINIC, printed_at_ms=PRINTED_AT_MS)
    text = text_of(pdf)
    for part in (
        "Adverse event Blanching of the left cheek",
        "Vasterholm, Elin",
        "2026-00012",
        "Onset 22 Nov 2026, 13:40",
        "YC-000000",
        "MHRA Yellow Card",
        "Observed: Pale patch 2 × 3 cm in front of the ear",
        "Capillary refill: Patient’s left, Cheek: 4.0 s; Patient’s right, Cheek: 1.5 s",
        "Called: Dr Berg, 08:31",
        "Given: Massage, warm compress",
        "Entered by: M. Sandahl RN",
        "1 HArmonyCa H26C111 31 Aug 2027 4017152",
        "3 Patient’s left Preauricular + Subzygomatic + Zygomatic arch Subdermal",
        "Outcome Colour returned within ten minutes",
        "Closed",
    ):
        assert part in text
    marked = replace(
        event(), error_reason="other patient", closed=False, entries=(), syringe_ids=(), pass_ids=()
    )
    bare = text_of(writer().event_pdf(marked, full_session(), CLINIC, printed_at_ms=PRINTED_AT_MS))
    assert "ENTERED IN ERROR" in bare
    assert "other patient" in bare
    assert "No entries yet." in bare


@pytest.mark.parametrize("count", [0, 60])
def test_a_list_of_any_length_prints(count: int) -> None:
    rows = tuple((f"Patient {number}\nsecond line", HOSTILE, "0.15") for number in range(count))
    page = ListPage(
        "Lot H26C118", "Asked 22 Nov 2026", ("Patient", "Where", "mL"), rows, "A note", "Nobody.", (2,), (1,)
    )
    pdf = writer().list_pdf(page, CLINIC, printed_at_ms=PRINTED_AT_MS)
    text = text_of(pdf)
    assert ("Nobody." in text) is (count == 0)
    assert text.count("second line") == count
    for one in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        assert_inside_list(one)


def assert_inside_list(page: pypdf.PageObject) -> None:
    places: list[float] = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, *_: places.append(tm[4] * cm[0] + cm[4]) if text.strip() else None
    )
    assert places
    assert min(places) >= 15.9 * 72 / 25.4
    assert max(places) <= float(page.mediabox.width) - 16 * 72 / 25.4
