"""Signed records: what is signed, that it prints as it was, and what stands beside it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from dataclasses import replace
from functools import cache

import pypdf
import pytest

from injectmap.atlas import load_atlas
from injectmap.domain.amending import Change, ChangeCode, CornersValue, PathValue, changes, contents_of
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import canonical_json
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordField,
    RecordState,
    SignedDocument,
    SignedVersion,
    document_digest,
)
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.domain.treatment_map import (
    Deposit,
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Share,
    Side,
    Technique,
    TreatmentMap,
)
from injectmap.output import pdf as pdf_module
from injectmap.output import record_document as document_module
from injectmap.output.pdf import RecordWriter
from injectmap.output.record_changes import change_table
from injectmap.output.record_maps import LARGE_ROW, SMALL_ROW
from injectmap.services.record_parts import Attached, EventOutput, ListOutput, SignedPaper, SigningOutput
from injectmap.words import load_words
from tests.output.sessions import (
    BLANK,
    PRINTED_AT_MS,
    attached,
    entry,
    full_session,
    session_of,
    without_marks,
)
from tests.unit.chart.maps import c_shape_map, random_map

CLINIC = ClinicSettings("Harbour Clinic")


def writer() -> RecordWriter:
    return RecordWriter(load_atlas, load_words())


def signed(opened: OpenSession, version: int = 1, amendment: Amendment | None = None) -> SignedPaper:
    document = writer().signed_document(
        replace(opened, amendment=amendment),
        CLINIC,
        opened.practitioner,
        signed_at_ms=PRINTED_AT_MS,
        attached=attached(),
    )
    about = SignedVersion(
        opened.session.id,
        version,
        document_digest(document),
        PRINTED_AT_MS,
        opened.practitioner.id,
        opened.practitioner.name,
        amendment,
    )
    return SignedPaper(about, document)


@cache
def first() -> SignedPaper:
    return signed(full_session())


def state_of(opened: OpenSession, state: RecordState, version: int = 1) -> OpenSession:
    return replace(opened, session=replace(opened.session, state=state, version=version))


def texts(opened: OpenSession, beside: Attached) -> list[str]:
    plain = replace(beside, signed=tuple(without_marks(one) for one in beside.signed))
    pdf = writer().pdf(opened, CLINIC, printed_at_ms=PRINTED_AT_MS, attached=plain)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def test_it_fulfils_the_ports() -> None:
    signing: SigningOutput = writer()
    events: EventOutput = writer()
    lists: ListOutput = writer()
    assert all((signing, events, lists))


def test_the_document_is_canonical_and_knows_neither_paper_nor_look() -> None:
    paper = first()
    data = json.loads(paper.document.document)
    assert canonical_json(data) == paper.document.document
    assert data["signed"]["name"] == "Dr R. Okonjo-Lind"
    assert data["signed"]["at"] == "22 Nov 2026, 14:00"
    names = {name for name, _ in paper.document.pictures}
    assert {"shaded/front", "line/front", "shaded/sample-1", "line/sample-1"} <= names
    assert {name.split("/")[1] for name in names if name.startswith("line/")} == {
        name.split("/")[1] for name in names if name.startswith("shaded/")
    }
    # The shaded head is a shipped file and is only named by its digest.
    assert "image" not in "".join(svg for _, svg in paper.document.pictures)
    assert all(len(one["head"]["digests"]["shaded"]) == 64 for row in data["views"] for one in row)
    letter = writer().signed_document(
        full_session(),
        replace(CLINIC, paper=Paper.LETTER),
        full_session().practitioner,
        signed_at_ms=PRINTED_AT_MS,
        attached=attached(),
    )
    assert letter == paper.document


@pytest.mark.parametrize("count", [0, 1, 60])
def test_any_map_has_a_document(count: int) -> None:
    opened = session_of(random_map(11, count), syringes=2)
    assert document_digest(signed(opened).document)


def test_the_digest_covers_document_and_pictures() -> None:
    document = first().document
    (name, svg), *rest = document.pictures
    other = SignedDocument(document.document, ((name, svg.replace("0", "1", 1)), *rest))
    assert document_digest(other) != document_digest(document)
    assert document_digest(replace(document, document="{}")) != document_digest(document)
    assert document_digest(signed(full_session()).document) == document_digest(document)


def test_a_signed_record_prints_from_what_was_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a signed record was drawn again")

    paper = first()
    monkeypatch.setattr(pdf_module, "record_document", never)
    # Map, syringes and fields as they stand now are of no account.
    opened = state_of(session_of(TreatmentMap(), syringes=0), RecordState.SIGNED)
    pages = texts(opened, Attached((paper,)))
    whole = " ".join(pages)
    assert "DRAFT" not in whole
    assert all("Signed, version 1" in page for page in pages)
    assert "Signed electronically by Dr R. Okonjo-Lind" in whole
    assert "Doctor, Register No. 7654321" in whole
    assert "22 Nov 2026, 14:00 (Europe/London)" in whole
    digest = paper.version.digest
    assert " ".join(digest[at : at + 4] for at in range(0, 64, 4)) in whole
    assert "19 passes" in whole
    assert "Signature, practitioner" not in whole


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("mono", [False, True])
def test_it_prints_on_either_paper_in_either_look(paper: Paper, mono: bool) -> None:
    opened = state_of(full_session(), RecordState.SIGNED)
    clinic = replace(CLINIC, paper=paper)
    beside = Attached((first(),))
    data = writer().page_data(opened, clinic, PRINTED_AT_MS, mono=mono, attached=beside)
    (part,) = data["records"]
    stored = dict(first().document.pictures)
    assert part["pictures"]["front"] == stored["line/front" if mono else "shaded/front"]
    assert "line" in part["heads"]["front"] or not mono
    pages = writer().pages(
        opened, clinic, printed_at_ms=PRINTED_AT_MS, pixels_per_inch=30, mono=mono, attached=beside
    )
    assert len(pages) == 3


def test_a_cosignature_stands_under_the_signature() -> None:
    paper = first()
    both = replace(paper.version, cosignature=CoSignature("p2", "Dr Ines Berg", PRINTED_AT_MS + 3_600_000))
    opened = state_of(full_session(), RecordState.SIGNED)
    whole = " ".join(texts(opened, Attached((replace(paper, version=both),))))
    assert "Co-signed by Dr Ines Berg, 22 Nov 2026, 15:00" in whole


def test_an_amended_record_prints_both_versions_the_later_first() -> None:
    change = Amendment(
        "session-1", 2, "Lot was misread", PRINTED_AT_MS, "practitioner-1", "Dr R. Okonjo-Lind"
    )
    second = signed(full_session(notes=entry("Corrected")), 2, change)
    opened = state_of(full_session(), RecordState.SIGNED, 2)
    pages = texts(opened, Attached((first(), second)))
    half = len(pages) // 2
    assert "Amendment, version 2 · begun by Dr R. Okonjo-Lind, 22 Nov 2026, 14:00 Lot was misread" in pages[0]
    assert all("Signed, version 2" in page for page in pages[:half])
    assert all("VERSION 1, AMENDED" in page for page in pages[half:])
    assert "Amended by version 2, signed 22 Nov 2026, 14:00" in pages[half]
    assert "Corrected" in " ".join(pages[:half])
    assert "Corrected" not in " ".join(pages[half:])
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_an_amendment_in_progress_prints_before_the_signed_original(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = dict.fromkeys([*LARGE_ROW, *SMALL_ROW], BLANK)
    monkeypatch.setattr(document_module, "view_pictures", lambda *_, mono: blank)
    change = Amendment(
        "session-1", 2, "Lot was misread", PRINTED_AT_MS, "practitioner-1", "Dr R. Okonjo-Lind"
    )
    opened = replace(state_of(full_session(), RecordState.AMENDING, 2), amendment=change)
    pages = texts(opened, Attached((first(),)))
    half = len(pages) // 2
    assert all("AMENDMENT IN PROGRESS, NOT SIGNED" in page for page in pages[:half])
    assert all("VERSION 1, SIGNED; AMENDMENT IN PROGRESS" in page for page in pages[half:])
    assert "Version 2 is being written and is not signed" in pages[half]


def test_a_signed_record_in_error_says_so_on_every_page() -> None:
    opened = state_of(full_session(), RecordState.SIGNED)
    marked = replace(opened, session=replace(opened.session, error_reason="wrong patient"))
    pages = texts(marked, Attached((first(),)))
    assert all("ENTERED IN ERROR" in page for page in pages)
    assert "wrong patient" in pages[0]


def test_a_renewed_head_is_said_and_an_unknown_form_is_refused() -> None:
    paper = first()
    data = json.loads(paper.document.document)
    for row in data["views"]:
        for one in row:
            one["head"]["digests"] = {"shaded": "0" * 64, "line": "0" * 64}
    older = replace(paper, document=replace(paper.document, document=canonical_json(data)))
    opened = state_of(full_session(), RecordState.SIGNED)
    assert "The picture of the head was renewed" in texts(opened, Attached((older,)))[0]
    newer = replace(paper, document=replace(paper.document, document=canonical_json({**data, "form": 99})))
    with pytest.raises(StorageProblem, match="document_newer"):
        texts(opened, Attached((newer,)))
    with pytest.raises(StorageProblem, match="version_not_found"):
        texts(opened, Attached())


def test_emoji_in_what_was_signed_stays_as_typed() -> None:
    opened = full_session(notes=entry("Felt \U0001fae0 after"))
    paper = signed(opened)
    assert "\U0001fae0" in paper.document.document
    assert "Felt [melting face] after" in " ".join(
        texts(state_of(opened, RecordState.SIGNED), Attached((paper,)))
    )


def test_what_was_signed_is_of_a_size_that_can_be_kept() -> None:
    from injectmap.storage.packing import pack_pictures, unpack_pictures

    opened = session_of(c_shape_map())
    document = signed(opened).document
    packed = pack_pictures(document.pictures)
    assert unpack_pictures(packed) == document.pictures
    assert len(packed) < 150_000
    assert len(document.document) < 60_000
    assert RecordField.NOTES not in opened.entries


def test_an_amendment_tells_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = dict.fromkeys([*LARGE_ROW, *SMALL_ROW], BLANK)
    monkeypatch.setattr(document_module, "view_pictures", lambda *_, mono: blank)
    full = full_session()
    one = full.map.passes[0]
    later = replace(
        one, plane=Plane.SUPRA_SMAS, shares=(Share(one.shares[0].syringe_id, one.microlitres - 10),)
    )
    long = "Discussed at length with the patient: bruising, swelling, asymmetry, nodules and "
    now = replace(
        full,
        map=TreatmentMap((later, *full.map.passes[1:-1]), full.map.items[1:]),
        syringes=(replace(full.syringes[0], lot="NEW-1", discarded_ul=40), *full.syringes[1:]),
        entries={**full.entries, RecordField.RISKS: entry(f"{long}infection")},
    )
    before = replace(
        contents_of(full), entries={**full.entries, RecordField.RISKS: entry(f"{long}loss of sight")}
    )
    change = Amendment("session-1", 2, "Misread", PRINTED_AT_MS, "practitioner-1", "Dr R. Okonjo-Lind")
    opened = replace(state_of(now, RecordState.AMENDING, 2), amendment=change)
    beside = Attached(changes=changes(before, contents_of(opened)))
    page = texts(opened, beside)[0]
    was, less = (f"{ul / 1000:.2f}" for ul in (one.microlitres, later.microlitres))
    assert "Misread Changes against version 1 What Was Now" in page
    assert f"Pass 1, patient’s left, volume {was} mL {less} mL" in page
    assert "Pass 1, patient’s left, plane Subdermal Supra-SMAS" in page
    assert "Planned pass 3" in page
    assert "Syringe 1, lot" in page
    assert "NEW-1" in page
    assert "Baseline asymmetry" in page
    assert re.search(r"Syringe 1, discarded [\d.]+ mL 0\.04 mL", page)
    assert "… asymmetry, nodules and loss of sight … asymmetry, nodules and infection" in page
    none = replace(beside, changes=())
    assert "No changes of the record; see the reason." in texts(opened, none)[0]
    assert "can no longer be read from the journal" in texts(opened, Attached())[0]


def test_every_change_has_words() -> None:
    full = full_session()
    one, needle = full.map.passes[0], Instrument(InstrumentKind.NEEDLE, 27, 13_000)
    side, syringe = {"number": 1, "side": Side.LEFT, "planned": False}, {"number": 1}
    values = {
        ChangeCode.PASS_SYRINGE: (((1, None),), ((1, 40), (2, 60)), "1", "1 (0.04 mL) + 2 (0.06 mL)"),
        ChangeCode.PASS_TECHNIQUE: (Technique.FANNING, Technique.BOLUS, "Fanning", "Bolus"),
        ChangeCode.PASS_INSTRUMENT: (needle, needle, "Needle 27G × 13 mm", "Needle 27G × 13 mm"),
        ChangeCode.PASS_PATH: (
            PathValue(26_000),
            PathValue(0, 20),
            "26 mm long",
            "a point, moved by less than 0.1 mm",
        ),
        ChangeCode.PASS_STATUS: (PassStatus.PLANNED, PassStatus.DONE, "planned", "done"),
        ChangeCode.PASS_DEPOSITS: ((), (Deposit(4_000, 50, "chin", Side.LEFT),), "–", "0.05 mL at 4 mm"),
        ChangeCode.PASS_ZONES: ((("chin", Side.LEFT),), (), "Chin", "–"),
        ChangeCode.NUMBERS: ((2, 3), (1, 2), "2, 3", "1, 2"),
        ChangeCode.ZONE_OUTLINES: (
            CornersValue(0),
            CornersValue(2, 3_210),
            "not adjusted",
            "2 corners adjusted, moved again by up to 3.2 mm",
        ),
        ChangeCode.SYRINGE_ADDED: (None, full.syringes[0], "–", "1.25 mL"),
        ChangeCode.SYRINGE_EXPIRY: (None, dt.date(2027, 8, 31), "–", "31 Aug 2027"),
        ChangeCode.PRACTITIONER: ("p2", full.practitioner.id, "Dr Ines Berg", full.practitioner.name),
        ChangeCode.ITEM: (full.map.items[1], None, "C-shape (1)", "removed"),
        ChangeCode.ENTRY: (None, entry("Typed"), "–", "Typed"),
        ChangeCode.PASS_PLANE: (
            (one.plane, None),
            (one.plane, 3_000),
            "Subdermal",
            "Subdermal, about 3.0 mm deep",
        ),
        ChangeCode.PASS_OTHER: (None, None, "–", "changed"),
    }
    for code in ChangeCode:
        was, now, was_text, now_text = values.get(code, (None, None, "–", "–"))
        subject = {**side, "field": RecordField.NOTES} if not code.startswith("syringe") else syringe
        beside = Attached(names=(("p2", "Dr Ines Berg"),), changes=(Change(code, subject, was, now),))
        table = change_table(1, beside, full, load_atlas(), load_words())
        ((what, *cells),) = table["rows"]
        assert what
        plain = [cell.replace("\u00a0", " ") for cell in cells]
        if code in values:
            assert plain[0] == was_text
            assert plain[1].endswith(now_text)
