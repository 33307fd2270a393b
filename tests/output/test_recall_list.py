"""A recall list as CSV that spreadsheets read as it is meant, and as PDF."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from pypdf import PdfReader

from injectmap.atlas import load_atlas
from injectmap.domain.places import Side
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.stock import Recalled
from injectmap.output.csv_export import csv_bytes, harmless
from injectmap.output.pdf import RecordWriter
from injectmap.output.recall_list import RecallWriter
from injectmap.services.recall import RecallList
from injectmap.words import load_words
from tests.fakes import NOW_MS


def recalled(**changed: object) -> Recalled:
    fields: dict[str, object] = {
        "patient_id": "p1",
        "patient_number": 417,
        "patient_name": "Vasterholm, Elin",
        "birth_date": dt.date(1968, 3, 14),
        "telephone": "+46 70 123 45 67",
        "session_id": "s1",
        "record_number": "2026-00012",
        "date": dt.date(2026, 11, 22),
        "practitioner_name": "Dr R. Okonjo-Lind",
        "syringe_number": 1,
        "product_name": "HArmonyCa Lidocaine",
        "lot": "H26C118",
        "expiry": dt.date(2027, 9, 30),
        "serial": "",
        "microlitres": 625,
        "zones": (("preauricular", Side.LEFT, 450), ("mandibular_border", Side.RIGHT, 175)),
        "signed": True,
    }
    return Recalled(**(fields | changed))  # type: ignore[arg-type]


CLINIC = ClinicSettings("Test clinic")


@pytest.fixture(scope="module")
def writer() -> RecallWriter:
    words = load_words()
    return RecallWriter(RecordWriter(load_atlas, words), load_atlas, words)


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_table_has_one_row_a_syringe_with_all_that_a_recall_asks(writer: RecallWriter) -> None:
    head, row = read(writer.csv(RecallList("H26C118", (recalled(exact=True),), NOW_MS), CLINIC))
    line = dict(zip(head, row, strict=True))
    assert line["Patient"] == "Vasterholm, Elin"
    assert line["Treatment date"] == "2026-11-22"
    assert line["Volume (mL)"] == "0.625"
    assert line["Zones"] == "Preauricular L 0.45; Mand. border R 0.175"
    assert line["Record state"] == "signed"
    assert line["Telephone"] == "'+46 70 123 45 67"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "signed"),
        ({"version": 2}, "signed, amended"),
        ({"version": 2, "amending": True}, "amendment in progress"),
        ({"version": 2, "error_reason": "wrong patient"}, "entered in error"),
        ({"signed": False}, "not signed"),
    ],
)
def test_the_state_of_a_record_is_told(writer: RecallWriter, changed: dict, said: str) -> None:
    assert writer.state(recalled(**changed)) == said


def test_a_table_of_a_demonstration_says_so_in_every_row(writer: RecallWriter) -> None:
    found = RecallList("H26C118", (recalled(), recalled(patient_id="p2")), NOW_MS)
    head, *rows = read(writer.csv(found, ClinicSettings("Test clinic", demo=True)))
    assert head[-1] == "Demonstration"
    assert [row[-1] for row in rows] == ["Demonstration data, not for patients"] * 2
    assert "Demonstration" not in read(writer.csv(found, CLINIC))[0]


def test_shares_of_zones_are_rounded_as_totals_are_and_sides_stay_whole(writer: RecallWriter) -> None:
    right = (("arch", 114), ("malar", 38), ("subzygomatic", 32), ("periorbital", 13), ("other", 3))
    zones = (("arch", Side.LEFT, 600), *((zone, Side.RIGHT, volume) for zone, volume in right))
    row = recalled(microlitres=800, zones=zones)
    shown = row.shown_zones
    assert [(zone, side) for zone, side, _ in shown] == [(zone, side) for zone, side, _ in zones]
    assert sum(volume for _, side, volume in shown if side is Side.RIGHT) == 200
    assert all(volume % 10 == 0 for *_, volume in shown)
    assert writer.zones(row).endswith("other R <0.01")
    assert recalled(microlitres=800, zones=zones, exact=True).shown_zones == zones


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", '=HYPERLINK("x")']
)
def test_no_cell_begins_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    (_, (cell,)) = read(csv_bytes(["head"], [[text]]))
    assert cell[0] == "'"


@pytest.mark.parametrize(
    "text", ["", "plain", "a=b", 'say "x"', "two\r\nlines", "a,b;c", "😀 \u202eabc", "x" * 10_000]
)
def test_every_other_text_comes_back_as_it_was(text: str) -> None:
    assert read(csv_bytes(["head"], [[text]])) == [["head"], [text]]


def test_lines_end_as_the_standard_says() -> None:
    assert csv_bytes(["a", "b"], [["1", "2"]]) == b"\xef\xbb\xbfa,b\r\n1,2\r\n"


def test_the_paper_names_everyone_and_marks_what_is_not_signed(writer: RecallWriter) -> None:
    rows = (
        recalled(),
        recalled(patient_id="p2", patient_name="Ó Súilleabháin, Niamh", telephone="", signed=False),
        recalled(patient_id="p3", patient_name="Vale, Ann", error_reason="wrong patient"),
    )
    pdf = writer.pdf(RecallList("H26C118", rows, NOW_MS), ClinicSettings("Test clinic"))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for said in ("H26C118", "Vasterholm, Elin", "Niamh", "no telephone", "not signed", "entered in error"):
        assert said in text


def test_paper_without_anyone_says_so(writer: RecallWriter) -> None:
    pdf = writer.pdf(RecallList("H26C118", (), NOW_MS), ClinicSettings("Test clinic"))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "No syringe of lot H26C118" in text.replace("\n", " ")
