"""The recovery sheet: one page, its key readable and right, on either paper, and the same bytes each time."""

import io

import pypdf
import pytest

from injectmap.domain.keys import read_recovery_key, show_recovery_key
from injectmap.domain.settings import Paper
from injectmap.output.recovery_sheet import RecoverySheetWriter
from injectmap.services.keys import SheetText
from injectmap.words import load_words

KEY = bytes(range(7, 39))
WRITER = RecoverySheetWriter(load_words())


def sheet(paper=Paper.A4, clinic="Clínica Grønbech"):
    at_ms = 1_795_340_000_000
    return SheetText(clinic, "Quay.injectmap", show_recovery_key(KEY), at_ms, "Europe/Lisbon", paper)


@pytest.mark.parametrize("paper", list(Paper))
def test_one_page_from_which_the_key_is_read_back(paper):
    reader = pypdf.PdfReader(io.BytesIO(WRITER.pdf(sheet(paper))))
    (page,) = reader.pages
    assert round(float(page.mediabox.width)) == (595 if paper is Paper.A4 else 612)
    text = page.extract_text()
    groups = [one for one in text.split() if one in show_recovery_key(KEY).split("-")]
    assert read_recovery_key(" ".join(groups)) == KEY
    for wanted in ("Clínica Grønbech", "Quay.injectmap", "22 Nov 2026", "locked place", "both lost"):
        assert wanted in text
    # A clinic that treats patients does not say it is a demonstration.
    assert "not for patients" not in text


def test_a_long_name_still_leaves_one_page():
    assert len(WRITER.pages(sheet(clinic="Harbour Clinic " * 8), pixels_per_inch=40)) == 1


def test_the_same_sheet_gives_the_same_bytes():
    assert WRITER.pdf(sheet()) == WRITER.pdf(sheet())


def test_nothing_of_the_key_is_written_to_a_temporary_file(tmp_path, monkeypatch):
    import sys

    opened = []
    watching = True

    def hook(event, arguments):
        if watching and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            opened.append(arguments[0])

    sys.addaudithook(hook)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    WRITER.pdf(sheet())
    WRITER.pages(sheet(), pixels_per_inch=60)
    watching = False
    assert opened == []
    assert list(tmp_path.iterdir()) == []
