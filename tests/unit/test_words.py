"""Every code of the lower layers has its words, and every sentence has its blanks."""

import re
import string
from pathlib import Path

import pytest

from injectmap.domain.edits import EditKind
from injectmap.domain.treatment_map import InstrumentKind, Plane, Side, Technique
from injectmap.words import load_words

SOURCE = Path(__file__).parents[2] / "src" / "injectmap"
RAISED = re.compile(r'(?:StorageProblem|InputRefused|Conflict|NotAllowed)\(\s*"([a-z_]+)"')


def raised_codes() -> set[str]:
    return {code for file in SOURCE.rglob("*.py") for code in RAISED.findall(file.read_text("utf-8"))}


def test_every_raised_code_has_a_sentence() -> None:
    words = load_words()
    codes = raised_codes()
    assert len(codes) > 20
    assert sorted(code for code in codes if not words.has(f"error.{code}")) == []


def test_every_term_has_its_words() -> None:
    words = load_words()
    wanted = [f"technique.{one}{tail}" for one in Technique for tail in ("", ".short")]
    wanted += [f"plane.{one}{tail}" for one in Plane for tail in ("", ".short")]
    wanted += [f"side.{one}{tail}" for one in Side for tail in ("", ".badge")]
    wanted += [f"instrument.{one}" for one in InstrumentKind] + [f"edit.{one}" for one in EditKind]
    assert [key for key in wanted if not words.has(key)] == []


@pytest.mark.parametrize("key", sorted(load_words().texts))
def test_sentences_are_well_formed(key: str) -> None:
    text = load_words().texts[key]
    blanks = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    assert all(re.fullmatch(r"[a-z_]+", name) for name in blanks)
    assert text == text.strip()
    assert text
    for forbidden in ("recommended", "ideal", "danger", "MD Code", "please"):
        assert forbidden.casefold() not in text.casefold()
