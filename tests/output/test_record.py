"""The printed record: everything that must stand on it, on both papers, in colour and in grey."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from PIL import Image

from injectmap.atlas import load_atlas
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.domain.totals import shown_totals
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.domain.units import show_length, show_volume, volume_per_cm
from injectmap.output.pdf import RecordWriter
from injectmap.output.record_document import record_document
from injectmap.output.show import show_date, show_instant
from injectmap.services.ports import RecordOutput
from injectmap.words import load_words
from tests.output.sessions import PRINTED_AT_MS, session_of
from tests.unit.chart.maps import c_shape_map, every_zone_map, midline_map, random_map

DEMO = ClinicSettings("Harbour Clinic", demo=True)
MM = 72 / 25.4


def writer() -> RecordWriter:
    return RecordWriter(load_atlas, load_words())


def pdf_of(opened: OpenSession, clinic: ClinicSettings = DEMO, **how: bool) -> bytes:
    return writer().pdf(opened, clinic, printed_at_ms=PRINTED_AT_MS, **how)


def document_of(opened: OpenSession, *, mono: bool = False) -> tuple[dict[str, Any], dict[str, str]]:
    return record_document(opened, DEMO, load_atlas(), load_words(), looks=(mono,))


@cache
def c_shape_pdf() -> bytes:
    return pdf_of(session_of(c_shape_map()))


def texts(pdf: bytes) -> list[str]:
    """The text of each page on one line, with plain spaces."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def test_it_is_a_record_output() -> None:
    output: RecordOutput = writer()
    assert output


def test_every_page_says_who_it_is_about_and_that_it_is_a_draft() -> None:
    pages = texts(c_shape_pdf())
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        for part in (
            "DRAFT, NOT SIGNED",
            "Demonstration data, not for patients",
            "Vasterholm, Elin",
            "14 Mar 1968",
            "00417",
            "2026-00012",
            "22 Nov 2026",
            f"Page {number} of 2",
            "Lengths in mm on the reference head",
            "schematic",
            "anatomy varies",
            "does not analyse the patient, recommend or check treatment",
        ):
            assert part in page, (number, part)


def test_a_real_clinic_does_not_say_demo() -> None:
    pages = texts(pdf_of(session_of(TreatmentMap()), ClinicSettings("Harbour Clinic")))
    assert not any("Demonstration" in page for page in pages)


def test_every_pass_is_in_the_table_with_all_its_data() -> None:
    treatment_map = c_shape_map()
    text = " ".join(texts(c_shape_pdf()))
    assert "Linear, retrograde · Subdermal · Cannula 22G × 50 mm" in text
    for one in treatment_map.passes:
        number = treatment_map.numbers[one.id]
        letter = treatment_map.entry_points[one.entry_id].letter
        cells = (
            rf"{letter} {show_length(one.path.length_um)} "
            rf"{volume_per_cm(one.microlitres, one.path.length_um)} {1 if number < 10 else 2} "
            rf"{show_volume(one.microlitres)}"
        )
        assert re.search(rf"\b{number} [A-Z][^0-9]+ {re.escape(cells)}\b", text), (number, cells)


def test_totals_and_balance_add_up_on_the_page() -> None:
    opened = session_of(c_shape_map())
    document, _ = document_of(opened)
    rows = [[float(cell.replace("–", "0")) for cell in row["cells"]] for row in document["totals"]["rows"]]
    whole = [float(cell) for cell in document["totals"]["sum"]]
    assert [round(sum(column), 3) for column in zip(*rows, strict=True)] == whole
    assert all(round(right + left, 3) == both for right, left, both in rows)
    assert whole[2] == shown_totals(opened.map).both_ul / 1000
    sides = [float(side["sum"]) for side in document["sides"]]
    assert round(sum(sides), 3) == whole[2]
    syringes = [[float(cell) for cell in row["volumes"]] for row in document["syringes"]["rows"]]
    assert all(
        round(opened_ - injected - discarded, 3) == rest for opened_, injected, discarded, rest in syringes
    )
    assert [round(sum(column), 3) for column in zip(*syringes, strict=True)] == [
        float(cell) for cell in document["syringes"]["sum"]
    ]
    text = texts(c_shape_pdf())[1]
    for row in document["totals"]["rows"]:
        assert f"{row['zone']} {' '.join(row['cells'])}" in text
    assert f"All zones {' '.join(document['totals']['sum'])}" in text


def test_product_lot_expiry_and_notices() -> None:
    text = " ".join(texts(c_shape_pdf()))
    assert "1 HArmonyCa H26C111 31 Aug 2027 4017152 1.25 1.13 0.00 0.12" in text
    assert "2 HArmonyCa H26C112 not entered" in text
    assert "Contains calcium hydroxyapatite." in text
    assert "Not dissolved by hyaluronidase." in text
    assert "Instructions for use, 1 May 2025" in text
    assert "Signature, practitioner" in text
    assert "Date and time" in text
    assert "Dr R. Okonjo-Lind" in text
    assert "Register No. 7654321" in text


def test_an_expired_syringe_is_said_in_words() -> None:
    opened = session_of(c_shape_map())
    one = replace(opened.syringes[0], expiry=opened.session.date - dt.timedelta(days=1))
    other = replace(opened.syringes[1], expiry=opened.session.date)
    syringes = (one, other, *opened.syringes[2:])
    made, _ = document_of(replace(opened, syringes=syringes))
    rows = made["syringes"]["rows"]
    assert [row["expired"] for row in rows][:2] == [True, False]
    page = " ".join(texts(pdf_of(replace(opened, syringes=syringes))))
    assert page.count("had expired by the treatment date") == 1
    assert "Reason for the use of an expired unit: not entered" in page
    excused = (replace(one, expired_reason="Only unit at hand, patient informed"), *syringes[1:])
    page = " ".join(texts(pdf_of(replace(opened, syringes=excused))))
    assert "Reason for the use of an expired unit: Only unit at hand, patient informed" in page


def test_right_stands_left() -> None:
    text = texts(c_shape_pdf())[1]
    assert text.index("Patient’s right") < text.index("Patient’s left")
    document, _ = document_of(session_of(c_shape_map()))
    assert [[one["id"] for one in row] for row in document["views"]] == [
        ["right_lateral", "left_lateral"],
        ["right_oblique", "front", "left_oblique"],
    ]
    assert [side["side"] for side in document["sides"]] == ["right", "left"]


def test_all_five_views_are_described() -> None:
    reader = pypdf.PdfReader(io.BytesIO(c_shape_pdf()))
    alts = alternative_texts(reader)
    named = [alt for alt in alts if "view of the reference head" in alt]
    assert [alt.split(" view")[0] for alt in named] == [
        "Right lateral",
        "Left lateral",
        "Right oblique",
        "Front",
        "Left oblique",
    ]
    assert "Passes shown: 1, 2, 3, 4, 5, 6, 7, 8, 9." in named[1]


def structure(reader: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, pypdf.generic.ArrayObject):
            waiting.extend(reversed(one))
        elif isinstance(one, pypdf.generic.DictionaryObject):
            if "/S" in one:
                found.append(one)
            if "/K" in one:
                waiting.append(one["/K"])
    return found


def alternative_texts(reader: pypdf.PdfReader) -> list[str]:
    return [str(one["/Alt"]) for one in structure(reader) if "/Alt" in one]


def test_it_is_archival_and_accessible() -> None:
    reader = pypdf.PdfReader(io.BytesIO(c_shape_pdf()))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert root["/MarkInfo"]["/Marked"] is True or bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "en-GB"
    kinds = [str(one["/S"]) for one in structure(reader)]
    assert kinds.count("/Table") == 4
    assert kinds.count("/TH") >= 7 + 7 + 4 + 8
    assert kinds.count("/TR") > 25
    assert {"/H1", "/H2", "/Figure"} <= set(kinds)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(re.match(r"/[A-Z]{6}\+(SourceSansPro|DejaVuSans)", font) for font in fonts), fonts


def test_the_same_record_has_the_same_bytes() -> None:
    again = pdf_of(session_of(c_shape_map()))
    assert again == c_shape_pdf()
    later = writer().pdf(session_of(c_shape_map()), DEMO, printed_at_ms=PRINTED_AT_MS + 60_000)
    assert later != again


def test_nothing_is_written_to_a_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pdf_of(session_of(TreatmentMap()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("count", [0, 1, 18, 60])
def test_any_number_of_passes_fits_both_papers(count: int, paper: Paper) -> None:
    treatment_map = c_shape_map() if count == 18 else random_map(11, count)
    opened = session_of(treatment_map, syringes=8 if count == 60 else 2)
    pdf = pdf_of(opened, ClinicSettings("Harbour Clinic", paper=paper, demo=True))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    size = {Paper.A4: (595.28, 841.89), Paper.LETTER: (612, 792)}[paper]
    for page in reader.pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(size, abs=0.1)
        assert_inside(page)
    text = " ".join(texts(pdf))
    assert len(reader.pages) <= {0: 2, 1: 2, 18: 2, 60: 4}[count]
    for one in treatment_map.passes:
        cells = f"{show_length(one.path.length_um)} {volume_per_cm(one.microlitres, one.path.length_um)}"
        assert cells in text
    if count == 0:
        assert "No passes have been drawn in this session." in text


def assert_inside(page: pypdf.PageObject) -> None:
    """All text starts inside the margins, and the text of the page stays clear of head and foot."""
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    places: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            places.append((x, y, text.strip()))

    page.extract_text(visitor_text=visit)
    assert places
    for x, y, text in places:
        assert 15.9 * MM <= x <= width - 16 * MM, (x, text)
        assert 8 * MM <= y <= height - 8 * MM, (y, text)
    foot = max(y for _, y, text in places if text.startswith("Lengths in mm"))
    body = [y for _, y, text in places if text.startswith(("Sum", "All zones", "Date and time", "Name"))]
    assert all(y > foot + 3 * MM for y in body)


@pytest.mark.parametrize("paper", list(Paper))
def test_nothing_is_drawn_in_the_margins(paper: Paper) -> None:
    clinic = ClinicSettings("Harbour Clinic", paper=paper, demo=True)
    opened = session_of(random_map(11, 60), syringes=4)
    for page in writer().pages(opened, clinic, printed_at_ms=PRINTED_AT_MS, pixels_per_inch=50.8):
        grey = np.asarray(Image.open(io.BytesIO(page.png)).convert("L"))
        below_bar = grey[10:]
        margin = 15 * 2  # 2 px per mm
        assert (below_bar[:, :margin] == 255).all()
        assert (below_bar[:, -margin:] == 255).all()
        assert (grey[-12:] == 255).all()


LONG = {
    "family_name": "Featherstonehaugh-Cholmondeley von und zu Hohenlohe-Schillingsfürst und Wolfenbüttel",
    "given_name": "Maria Magdalena Aurelia Konstantina Theodora Alexandra Wilhelmina Friederike Charlotte",
}


def test_long_names_are_complete_on_every_page() -> None:
    pages = texts(pdf_of(session_of(c_shape_map(), practitioner="Dr " + "Okonjo-Lind " * 8, **LONG)))
    for page in pages:
        for part in [
            "Featherstonehaugh-",
            "Cholmondeley",
            "Wolfenbüttel,",
            "Magdalena",
            "Friederike",
            "Charlotte",
        ]:
            assert part in page.replace("- ", "-") or part in page


@pytest.mark.parametrize(
    ("family", "given", "start"),
    [
        ("כהן", "שרה", "כ"),
        ("العربي", "ليلى", "ا"),
        ("Παπαδοπούλου", "Ελένη", "Π"),
        ("Çağlayan", "Şükran", "Ç"),
    ],
)
def test_names_in_other_scripts_print_strictly(family: str, given: str, start: str) -> None:
    pdf = pdf_of(session_of(c_shape_map(("left",), 1), family_name=family, given_name=given))
    assert pdf.startswith(b"%PDF")
    assert all(start in page or "\ufe8d" in page for page in texts(pdf))


def test_a_letter_without_a_glyph_is_named_in_brackets_on_an_archival_page() -> None:
    opened = session_of(TreatmentMap(), family_name="王", given_name="小明 \U0001fae0")
    pdf = pdf_of(opened)
    assert b"pdfaid" in pdf or pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"]
    for page in texts(pdf):
        assert "[U+738B]" in page
        assert "[melting face]" in page
        assert "In square brackets: signs that the print has no letter for." in page
    assert not any("square brackets" in page for page in texts(c_shape_pdf()))


def test_typed_text_is_never_read_as_a_program() -> None:
    name = '#read("/etc/passwd") $x$ *b* <img> &amp; \\'
    text = texts(pdf_of(session_of(TreatmentMap(), family_name=name)))[0]
    assert '#read("/etc/passwd")' in text
    assert "<img> &amp;" in text


def test_midline_planned_and_shared_passes() -> None:
    opened = session_of(midline_map())
    text = " ".join(texts(pdf_of(opened)))
    assert "Midline 2 passes" in text
    assert "(R)" in text
    assert "Planned, not done" in text
    assert "planned passes not counted" not in text
    assert "Pass 3: 0.055 mL from syringe 1, 0.070 mL from syringe 2" in text
    assert "1+2" in text
    assert "0.325" in text


def test_every_zone_prints() -> None:
    treatment_map = every_zone_map()
    drawn = {part.zone for one in treatment_map.passes for part in one.path.zones}
    assert len(drawn) >= 14
    text = " ".join(texts(pdf_of(session_of(treatment_map))))
    info = load_atlas().zones.info
    totals = {total.zone for total in shown_totals(treatment_map).zones}
    for zone in totals:
        assert info[zone].name in text


def test_a_session_in_error_says_so_on_every_page() -> None:
    pages = texts(pdf_of(session_of(TreatmentMap(), error_reason="wrong patient")))
    assert all("ENTERED IN ERROR" in page for page in pages)
    assert "wrong patient" in pages[0]


def test_grey_print_has_no_colour_and_tells_zones_by_pattern() -> None:
    pages = writer().pages(
        session_of(c_shape_map()), DEMO, printed_at_ms=PRINTED_AT_MS, pixels_per_inch=72, mono=True
    )
    for page in pages:
        pixels = np.asarray(Image.open(io.BytesIO(page.png)).convert("RGB"), dtype=int)
        assert np.ptp(pixels, axis=2).max() <= 2
    document, pictures = document_of(session_of(c_shape_map()), mono=True)
    overlays = [pictures[f"line/{one['id']}"] for row in document["views"] for one in row]
    assert all('id="pattern"' in overlay for overlay in overlays)
    samples = {pictures[f"line/{row['sample']}"] for row in document["totals"]["rows"]}
    assert len(samples) >= 4


def test_the_colour_page_stays_legible_in_grey() -> None:
    page = writer().pages(session_of(c_shape_map()), DEMO, printed_at_ms=PRINTED_AT_MS, pixels_per_inch=150)[
        0
    ]
    grey = np.asarray(Image.open(io.BytesIO(page.png)).convert("L"), dtype=int)
    top = grey[: grey.shape[0] // 5]
    # The draft mark, the name and the chips keep dark text on white.
    assert (top < 110).sum() > 2000
    maps = grey[grey.shape[0] // 5 : grey.shape[0] * 7 // 10]
    assert (maps < 60).mean() > 0.004
    assert (maps > 240).mean() > 0.15


def test_pages_have_the_paper_size() -> None:
    pages = writer().pages(session_of(TreatmentMap()), DEMO, printed_at_ms=PRINTED_AT_MS, pixels_per_inch=60)
    assert len(pages) == 2
    assert pages[0].width_pt == pytest.approx(595.28, abs=1.5)
    assert pages[0].height_pt == pytest.approx(841.89, abs=1.5)


def test_dates_and_instants() -> None:
    assert show_date(dt.date(2026, 3, 4)) == "4 Mar 2026"
    assert show_instant(PRINTED_AT_MS, "Europe/London") == "22 Nov 2026, 14:00"
    assert show_instant(PRINTED_AT_MS, "Pacific/Auckland") == "23 Nov 2026, 03:00"


@pytest.mark.parametrize(
    ("name", "number", "mono"),
    [("record-map", 0, False), ("record-passes", 1, False), ("record-map-grey", 0, True)],
)
def test_golden_pages(name: str, number: int, mono: bool, golden: Callable[[str, bytes], None]) -> None:
    pages = writer().pages(
        session_of(c_shape_map()), DEMO, printed_at_ms=PRINTED_AT_MS, pixels_per_inch=60, mono=mono
    )
    golden(name, pages[number].png)
