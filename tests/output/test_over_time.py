"""The patient's summary on paper."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from injectmap.atlas import load_atlas
from injectmap.domain.record import RecordState
from injectmap.domain.settings import Paper
from injectmap.output.over_time import OverTimeWriter
from injectmap.services.insight import InsightFigure, PrintedFigure
from injectmap.words import load_words
from tests.output.sessions import PRINTED_AT_MS
from tests.unit.insight.over_time import both_sides, session_in_time, three_visits

# As an SVG of the figures, and quick to set.
FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="600pt" height="200pt" viewBox="0 0 600 200">'
    b'<rect width="600" height="200" fill="#c74b5a"/></svg>'
)
FIGURES = {one: PrintedFigure(FIGURE, f"{one.value} in words") for one in InsightFigure}


@pytest.fixture(scope="module")
def writer():
    return OverTimeWriter(load_atlas, load_words())


def pdf(writer, over_time, figures=FIGURES, *, mono=False):
    return writer.pdf(over_time, figures, printed_at_ms=PRINTED_AT_MS, mono=mono)


def text_of(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_page_says_who_what_when_and_what_it_is(writer):
    over_time = three_visits()
    content = pdf(writer, over_time)
    text = text_of(content)
    for part in (
        "Treatment over time",
        "3 treatment sessions, 18 Mar 2024 to 22 Nov 2026 · 1.74 mL",
        "Vasterholm, Elin",
        "00417",
        "WITH SESSIONS NOT SIGNED",
        "Demonstration data, not for patients",
        "Right minus left: −0.18 mL",
        "on the reference head",
    ):
        assert part in text, part
    assert content == pdf(writer, over_time)


def test_a_patient_with_signed_sessions_has_no_draft_mark(writer):
    over_time = three_visits()
    signed = tuple(replace(one, state=RecordState.SIGNED, version=2) for one in over_time.sessions)
    text = text_of(pdf(writer, replace(over_time, sessions=signed)))
    assert "NOT SIGNED" not in text
    assert "signed, version 2" in text


def test_volumes_of_sessions_and_of_zones_add_up(writer):
    over_time = three_visits()
    data = writer._data(over_time, FIGURES, PRINTED_AT_MS, mono=False)
    assert data["sessions"]["sum"] == ["0.78", "0.96", "1.74"]
    assert sum(float(row[-1]) for row in data["sessions"]["rows"]) == pytest.approx(1.74)
    for column, whole in enumerate(data["zones"]["sum"][:3], 1):
        cells = [row[column] for row in data["zones"]["rows"]]
        assert sum(float(cell) for cell in cells if cell != "–") == pytest.approx(float(whole))


def test_figures_carry_their_words_for_those_who_cannot_see_them(writer):
    content = pdf(writer, three_visits())
    said = [one.encode("utf-16-be") for one in ("volume in words", "dose in words")]
    found = PdfReader(io.BytesIO(content))
    everything = b"".join(
        str(found.get_object(number)).encode("utf-16-be") for number in range(1, len(found.xref[0]) + 1)
    )
    assert all(one in everything for one in said)


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("mono", [False, True])
def test_both_papers_in_colour_and_without(writer, paper, mono):
    over_time = three_visits()
    over_time = replace(over_time, clinic=replace(over_time.clinic, paper=paper))
    pages = writer.pages(over_time, FIGURES, printed_at_ms=PRINTED_AT_MS, mono=mono, pixels_per_inch=36)
    width = {Paper.A4: 595.3, Paper.LETTER: 612.0}[paper]
    assert pages[0].width_pt == pytest.approx(width, abs=2.0)
    assert len(pages) == 1


def test_hostile_names_and_no_session_at_all_print(writer):
    over_time = three_visits()
    patient = replace(over_time.patient, family_name='#panic("x") $1$ <b>&', given_name="שלום 漢 \u202eabc")
    content = pdf(writer, replace(over_time, patient=patient, sessions=()), {})
    text = text_of(content)
    assert "No treatment sessions" in text
    assert '#panic("x") $1$ <b>&' in text


def test_many_sessions_run_on_with_the_patients_name_on_every_page(writer):
    over_time = three_visits()
    one = session_in_time(both_sides(), state=RecordState.SIGNED)
    content = pdf(writer, replace(over_time, sessions=(one,) * 70))
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) >= 2
    assert all("Vasterholm, Elin" in page.extract_text() for page in pages)
