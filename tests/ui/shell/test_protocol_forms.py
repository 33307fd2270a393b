"""Laying a protocol from its form, saving passes as one, and saying why a pass deviates from the plan."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from injectmap.domain.treatment_map import PassStatus, Side
from injectmap.editing.plan import fulfil_next
from injectmap.system.catalogue import Catalogue


@pytest.fixture
def with_protocols(make_shell):
    shell = make_shell(chart=True)
    shell.window.resize(1440, 900)
    shell.opener.catalogue.protocols = Catalogue().protocols
    return shell


@pytest.fixture
def lay(with_protocols):
    with_protocols.editor.select(with_protocols.editor.map.by_id)
    with_protocols.editor.remove_selected()
    with_protocols.space.actions["lay_protocol"].trigger()
    return with_protocols.space.extras.protocols.lay_form


@pytest.fixture
def save(with_protocols):
    with_protocols.space.actions["save_protocol"].trigger()
    return with_protocols.space.extras.protocols.save_form


def test_the_form_says_what_the_protocol_is_and_what_it_will_draw(lay):
    assert lay.isVisible()
    assert lay.which.currentText() == "C-shape, version 2"
    assert lay.about.text().startswith("Training convention. Source: Trainer's article")
    assert "No dose is given here" in lay.about.text()
    assert lay.optional.text() == "With the optional passes (2 a side)"
    assert "16 passes without a volume" in lay._layer_row.field.accessibleDescription()
    lay.layer.setCurrentIndex(lay.layer.findData(False))
    assert "16 passes done now, 0.15 mL each" in lay._layer_row.field.accessibleDescription()
    lay.optional.setChecked(True)
    assert "20 passes" in lay._layer_row.field.accessibleDescription()


def test_enter_lays_it_on_both_sides_and_the_column_is_back(with_protocols, lay, qtbot):
    qtbot.keyClick(lay, Qt.Key.Key_Return)
    assert not with_protocols.space.session.form_open
    passes = with_protocols.editor.map.passes
    assert [one.side for one in passes] == [Side.LEFT] * 8 + [Side.RIGHT] * 8
    assert {one.status for one in passes} == {PassStatus.PLANNED}


def test_one_side_as_planned_with_the_optional_passes(with_protocols, lay):
    lay.sides.setCurrentIndex(lay.sides.findData("right"))
    lay.layer.setCurrentIndex(lay.layer.findData(True))
    lay.optional.setChecked(True)
    lay.accept.click()
    passes = with_protocols.editor.map.passes
    assert len(passes) == 10
    assert {(one.side, one.status) for one in passes} == {(Side.RIGHT, PassStatus.PLANNED)}


def test_a_refusal_stands_in_the_form(with_protocols, lay, qtbot):
    lay.accept.click()
    with_protocols.space.actions["lay_protocol"].trigger()
    lay.accept.click()
    assert lay.isVisible()
    assert lay.problem.text().startswith("“C-shape” is on this side already.")
    qtbot.keyClick(lay, Qt.Key.Key_Escape)
    assert not with_protocols.space.session.form_open


def test_a_signed_or_closed_session_opens_no_form(with_protocols):
    with_protocols.editor.protect()
    with_protocols.space.actions["lay_protocol"].trigger()
    assert not with_protocols.space.session.form_open


def test_a_side_is_saved_with_its_words_and_can_be_laid(with_protocols, save):
    assert [save.passes.itemText(at) for at in range(save.passes.count())] == [
        "Patient’s left (4)",
        "Patient’s right (4)",
    ]
    save.accept.click()
    assert save._name_row.problem == "Give the protocol a name."
    save.name.setText("Own jaw line")
    save.source.setText("Dr Okafor, 2026")
    said = []
    with_protocols.desk.notice.connect(said.append)
    save.accept.click()
    assert said == ["Protocol “Own jaw line” saved, version 1."]
    assert not with_protocols.space.session.form_open
    services, acting = with_protocols.desk.services, with_protocols.desk.acting
    assert [one.name for one in services.protocols.all(acting)] == ["C-shape", "Own jaw line"]


def test_the_selection_comes_first_and_the_next_version_keeps_its_words(with_protocols, save):
    save.name.setText("Own jaw line")
    save.source.setText("Dr Okafor, 2026")
    save.accept.click()
    passes = with_protocols.editor.map.passes
    with_protocols.editor.select([passes[0].id, passes[1].id])
    with_protocols.space.actions["save_protocol"].trigger()
    assert save.passes.currentText() == "The selected passes (2)"
    save.version_of.setCurrentIndex(1)
    assert (save.name.text(), save.source.text()) == ("Own jaw line", "Dr Okafor, 2026")
    save.accept.click()
    services, acting = with_protocols.desk.services, with_protocols.desk.acting
    own = services.protocols.all(acting)[-1]
    assert (own.version, len(own.passes)) == (2, 2)


def test_a_reason_is_asked_for_and_kept_with_the_pass(with_protocols, lay, qtbot):
    lay.layer.setCurrentIndex(lay.layer.findData(True))
    lay.accept.click()
    editor, chart = with_protocols.editor, with_protocols.space.chart
    fulfil_next(editor)
    done = editor.map.passes[-1]
    editor.select([done.id])
    chart.view.setFocus()
    qtbot.keyClick(chart.view, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert chart.note.isVisible()
    chart.note.field.setText("Vein in the way")
    qtbot.keyClick(chart.note.field, Qt.Key.Key_Return)
    assert not chart.note.isVisible()
    assert editor.map.by_id[done.id].deviation == "Vein in the way"
    qtbot.keyClick(chart.view, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert chart.note.field.text() == "Vein in the way"
