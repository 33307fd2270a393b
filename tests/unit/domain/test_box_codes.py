"""Box codes that others published are read as they say; damaged ones are refused, never mended."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain import box_code
from injectmap.domain.box_code import SHOWN_SEPARATOR, BoxCode, CodeKind, full_year, read_box_code
from injectmap.domain.errors import InputRefused
from injectmap.domain.gs1 import check_digit
from injectmap.domain.hibc import check_character
from injectmap.words import load_words

DATA = Path(__file__).parents[2] / "data" / "box_codes"
PUBLISHED = tomllib.loads((DATA / "published.toml").read_text("utf-8"))["codes"]
REFUSED = tomllib.loads((DATA / "refused.toml").read_text("utf-8"))["refused"]
TODAY = dt.date(2026, 11, 22)


def expected(case: dict) -> BoxCode:
    return BoxCode(
        kind=CodeKind(case["kind"]),
        raw=case["code"].replace("\x1d", SHOWN_SEPARATOR),
        identifier=case.get("identifier", ""),
        lot=case.get("lot", ""),
        expiry=case.get("expiry"),
        expiry_has_day=case.get("expiry_has_day", True),
        serial=case.get("serial", ""),
        production=case.get("production"),
        others=tuple((key, value) for key, value in case.get("others", [])),
    )


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["id"])
def test_a_published_code_says_what_its_source_says(case: dict) -> None:
    assert case["source"]
    assert read_box_code(case["code"], today=TODAY) == expected(case)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["id"])
def test_what_is_kept_of_a_code_reads_the_same_again(case: dict) -> None:
    first = read_box_code(case["code"], today=TODAY)
    assert read_box_code(first.raw, today=TODAY) == first


@pytest.mark.parametrize(
    "case", REFUSED, ids=lambda case: case["because"] if "because" in case else case["source"]
)
def test_a_damaged_code_is_refused_with_what_is_wrong(case: dict) -> None:
    code = "x" * 401 if case.get("long") else case["code"]
    assert code not in {one["code"] for one in PUBLISHED}
    assert "of" not in case or case["of"] in {one["id"] for one in PUBLISHED}
    with pytest.raises(InputRefused) as refused:
        read_box_code(code, today=TODAY)
    assert refused.value.code == case["says"]


@pytest.mark.parametrize("separator", ["\x1d", "␝", "↔", "^]", "|", "~", "^"])
def test_the_ways_scanners_type_the_separator_are_one(separator: str) -> None:
    code = f"010506091751001110628S93R{separator}17241000218898847482518646"
    assert read_box_code(code, today=TODAY).lot == "628S93R"


def test_fields_in_another_order_say_the_same() -> None:
    one = read_box_code("]d201108576740020171714112010NYFUL01\x1d21192837", today=TODAY)
    other = read_box_code("]d221192837\x1d10NYFUL01\x1d171411200110857674002017", today=TODAY)
    assert other.raw != one.raw
    assert (other.identifier, other.lot, other.expiry, other.serial) == (
        one.identifier,
        one.lot,
        one.expiry,
        one.serial,
    )


def test_the_line_end_that_a_scanner_sends_is_no_part_of_the_code() -> None:
    assert read_box_code("]d20110012345678902\r\n", today=TODAY).identifier == "10012345678902"


def test_a_symbols_first_sign_passed_on_and_a_last_separator_are_tolerated() -> None:
    code = read_box_code("\x1d010506091751001110628S93R\x1d", today=TODAY)
    assert (code.identifier, code.lot) == ("05060917510011", "628S93R")


def test_one_separator_may_follow_a_field_that_needs_none() -> None:
    code = read_box_code("0105060917510011\x1d17241000\x1d10628S93R", today=TODAY)
    assert (code.identifier, code.lot, code.expiry) == ("05060917510011", "628S93R", dt.date(2024, 10, 31))


def test_spaces_between_printed_fields_are_no_part_of_them() -> None:
    code = read_box_code(" (01) 51022222233336 (17)150707 (10) A213B1 ", today=TODAY)
    assert (code.identifier, code.lot) == ("51022222233336", "A213B1")


@pytest.mark.parametrize(
    ("bare", "gtin"),
    [
        ("4006381333931", "04006381333931"),
        ("]E04006381333931", "04006381333931"),
        ("96385074", "00000096385074"),
    ],
)
def test_an_article_number_alone_names_the_product(bare: str, gtin: str) -> None:
    """4006381333931 and 96385074: the examples of EAN-13 and EAN-8 in Wikipedia, International Article Number."""
    assert read_box_code(bare, today=TODAY) == BoxCode(CodeKind.GS1, bare, gtin)


def test_figures_that_are_an_article_number_and_fields_as_well_are_refused() -> None:
    both = "1728093010123"
    both += check_digit(both)
    with pytest.raises(InputRefused) as refused:
        read_box_code(both, today=TODAY)
    assert refused.value.code == "code_ambiguous"
    assert read_box_code(f"]C1{both}", today=TODAY).expiry == dt.date(2028, 9, 30)


@pytest.mark.parametrize(
    ("figures", "today", "year"),
    [
        (26, 2026, 2026),
        (76, 2026, 2076),
        (77, 2026, 1977),
        (99, 2026, 1999),
        (0, 2060, 2100),
        (10, 2060, 2110),
        (11, 2060, 2011),
    ],
)
def test_the_century_of_two_figures(figures: int, today: int, year: int) -> None:
    """GS1 General Specifications, section 7.12: 51 or more years ahead are past, 50 or more back are to come."""
    assert full_year(figures, today=dt.date(today, 6, 1)) == year


@pytest.mark.parametrize(
    "case", [one for one in PUBLISHED if one["kind"] == "gs1"], ids=lambda case: case["id"]
)
def test_an_independent_reader_agrees(case: dict) -> None:
    biip = pytest.importorskip("biip.gs1_messages")
    text = case["code"]
    if text.startswith("("):
        message = biip.GS1Message.parse_hri(text)
    else:
        text = text.removeprefix(text[:3]) if text.startswith("]") else text
        for shown in "␝↔":
            text = text.replace(shown, "\x1d")
        message = biip.GS1Message.parse(text)
    ours = read_box_code(case["code"], today=TODAY)
    theirs = {element.ai.ai: element for element in message.element_strings}
    for identifier, value in (("01", ours.identifier), ("10", ours.lot), ("21", ours.serial)):
        assert (theirs[identifier].value if identifier in theirs else "") == value
    assert (theirs["17"].date if "17" in theirs else None) == ours.expiry


def read_or_refuse(text: str) -> BoxCode | None:
    try:
        return read_box_code(text, today=TODAY)
    except InputRefused as refused:
        if not refused.code.startswith("code_"):
            raise
        return None


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    code = read_or_refuse(text)
    if code is not None:
        assert any((code.identifier, code.lot, code.expiry, code.serial, code.production, code.others))
        assert "\x1d" not in code.raw


@given(st.text(alphabet="0123456789()]Cd2\x1d^A-/+$", max_size=60))
def test_any_text_that_looks_like_a_code_is_read_or_refused(text: str) -> None:
    code = read_or_refuse(text)
    if code is not None:
        assert read_box_code(code.raw, today=TODAY) == code


FIELD = st.text(alphabet="ABCXYZ0123456789-_/.", min_size=1, max_size=20)


@given(
    st.integers(0, 10**13 - 1),
    st.dates(dt.date(2000, 1, 1), dt.date(2075, 12, 31)),
    FIELD,
    FIELD,
    st.permutations(["01", "17", "10", "21"]),
)
def test_fields_survive_any_order(
    item: int, expiry: dt.date, lot: str, serial: str, order: list[str]
) -> None:
    figures = f"{item:013d}"
    gtin = figures + check_digit(figures)
    fields = {"01": gtin, "17": f"{expiry:%y%m%d}", "10": f"{lot}\x1d", "21": f"{serial}\x1d"}
    code = read_box_code("]d2" + "".join(key + fields[key] for key in order), today=TODAY)
    assert (code.identifier, code.expiry, code.lot, code.serial) == (gtin, expiry, lot, serial)


@given(st.sampled_from([one for one in PUBLISHED if one["kind"] == "hibc"]), st.data())
def test_a_changed_character_of_an_hibc_code_is_seen(case: dict, data: st.DataObject) -> None:
    code = case["code"].strip("*")
    place = data.draw(st.integers(1, len(code) - 2))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.$/%").filter(lambda c: c != code[place])
    )
    with pytest.raises(InputRefused):
        read_box_code(code[:place] + other + code[place + 1 :], today=TODAY)


def test_the_check_character_of_the_standards_own_example() -> None:
    """ANSI/HIBC 2.6, appendix B.2.0: the values sum to 145, 145 modulo 43 is 16, which is G."""
    assert check_character("+A123BJC5D6E71") == "G"


def test_every_refusal_of_a_code_has_its_sentence() -> None:
    folder = Path(box_code.__file__).parent
    texts = [(folder / name).read_text("utf-8") for name in ("box_code.py", "gs1.py", "hibc.py")]
    codes = set(re.findall(r'"(code_[a-z_]+)"', "".join(texts))) | {
        "code_expiry_wrong",
        "code_production_wrong",
    }
    assert len(codes) > 15
    assert sorted(code for code in codes if not load_words().has(f"error.{code}")) == []


@pytest.mark.parametrize(
    ("between", "kept"),
    [("\r\n", "\n"), ("\r", "\n"), ("\n", "\n"), (" ", " "), ("\x1c", None), ("\x0b", None)],
)
def test_a_code_over_several_lines_is_kept_as_the_journal_can_hold_it(between: str, kept: str | None) -> None:
    """What is left of an outer space in a field was once stored as it came, and no journal row could be written."""
    typed = f"(01)51022222233336(17){between}150707(10)A213B1"
    if kept is None:
        with pytest.raises(InputRefused, match="code_unreadable"):
            read_box_code(typed, today=TODAY)
    else:
        assert read_box_code(typed, today=TODAY).raw == typed.replace(between, kept)
