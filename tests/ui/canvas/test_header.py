"""The header over the canvas fits at every width, and says calmly when nothing can be changed."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from injectmap.domain.record import RecordState
from injectmap.ui.theme import metrics
from tests.ui.canvas.conftest import ARCH, ARCH_LOW, EAR, RAMUS, Chart


# Of the column in windows 1440, 1280 and 1100 px wide.
@pytest.mark.parametrize("width", [856, 884, 704])
@pytest.mark.parametrize("count", [0, 1, 20])
def test_every_field_shows_its_whole_value(chart: Chart, width: int, count: int) -> None:
    for number in range(count):
        chart.draw(EAR, (ARCH, ARCH_LOW, RAMUS)[number % 3], microlitres=10 + 10 * (number % 2))
    chart.editor.select(chart.editor.map.by_id)
    chart.column.resize(width, 780)
    chart.rest()
    header = chart.column.header
    shown = [field for field in header.fields if field.isVisible()]
    assert len(shown) == (6 if count > 1 else 5)
    for field in shown:
        assert field.width() >= field.sizeHint().width(), field.accessibleName()
        assert header.rect().contains(field.geometry())
    if header.subject.isVisible():
        assert header.subject.width() >= metrics("table").horizontalAdvance(header.subject.text())
    else:
        assert width == 704 or count > 1
    if count > 1:
        assert header.volume.text() == ""
        assert header.volume.placeholderText() == "Mixed"


def test_a_signed_session_is_told_in_words_without_fields(chart: Chart) -> None:
    one, other = chart.draw(EAR, ARCH, microlitres=140), chart.draw(EAR, RAMUS, microlitres=100)
    editor, header = chart.editor, chart.column.header
    assert header.closed.isHidden()
    editor.session = dataclasses.replace(editor.session, state=RecordState.SIGNED)
    assert editor.read_only
    editor.select([])
    editor.select([one])
    assert not any(field.isVisible() for field in (header.subject, *header.fields))
    assert header.closed.isVisible()
    said = "Pass 1: retrograde, subdermal, Cannula 22G × 50 mm, syringe 1, 0.14 mL"
    assert header.closed.passes == said
    assert header.closed.reason == "Signed: nothing can be changed here. An amendment opens it again."
    assert said in header.closed.accessibleName()
    editor.select([one, other])
    assert header.closed.passes.startswith("2 passes selected: retrograde, subdermal")
    assert header.closed.passes.endswith("0.24 mL in all")
    editor.select([])
    assert header.closed.passes == ""
    QTest.keyClick(chart.view, Qt.Key.Key_1)
    assert editor.view_id == "right_lateral"
