"""The table of widths is that of the shipped fonts."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from injectmap.chart.text_widths import text_width
from injectmap.resources import asset_path


@pytest.mark.parametrize(("weight", "name"), [(400, "Regular"), (600, "Semibold"), (700, "Bold")])
def test_widths_are_those_of_the_font(weight: int, name: str) -> None:
    font = TTFont(asset_path("fonts", f"SourceSansPro-{name}.ttf"))
    letters, advances = font.getBestCmap(), font["hmtx"]
    for code in range(32, 127):
        assert text_width(chr(code), 1000, weight) == pytest.approx(advances[letters[code]][0], abs=0.51)


def test_figures_are_tabular() -> None:
    assert len({text_width(digit, 12.5, 600) for digit in "0123456789"}) == 1
