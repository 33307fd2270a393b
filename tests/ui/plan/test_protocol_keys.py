"""Protocols from the keyboard: applied, saved as the clinic's own, and saved anew as the next version."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from injectmap.domain.treatment_map import PassStatus, Side
from injectmap.words import load_words

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def lay_form(room):
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_L, CTRL)
    return room.space.extras.protocols.lay_form


def save_form(room):
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_L, CTRL | SHIFT)
    return room.space.extras.protocols.save_form


def as_done(form):
    form.layer.setCurrentIndex(form.layer.findData(False))


def test_two_keys_lay_the_c_shape_as_a_plan_without_a_dose(room):
    room.clear()
    room.editor.set_volume_text("0.11")
    form = lay_form(room)
    assert form.layer.currentText() == load_words()("protocol.as_plan")
    room.key(Qt.Key.Key_Return)
    assert {(one.status, one.microlitres) for one in room.editor.map.passes} == {(PassStatus.PLANNED, 0)}
    room.editor.select([])
    room.key(Qt.Key.Key_Return)
    assert [one.microlitres for one in room.editor.map.passes if not one.is_planned] == [110]


def test_as_done_the_c_shape_takes_the_volume_that_was_set(room):
    room.clear()
    room.editor.set_volume_text("0.11")
    form = lay_form(room)
    assert form.isVisible()
    said = load_words()("protocol.lay.what")
    assert "No dose is given" in said
    as_done(form)
    room.key(Qt.Key.Key_Return)
    assert not form.isVisible()
    assert room.space.chart.view.hasFocus()
    assert {one.microlitres for one in room.editor.map.passes} == {110}
    assert len(room.editor.map.passes) == 16
    # One step: it is taken back by one key.
    room.key(Qt.Key.Key_Z, CTRL)
    assert not room.editor.map.passes


def test_while_planning_it_goes_to_the_plan(room):
    room.clear()
    room.editor.set_planning(True)
    lay_form(room)
    room.key(Qt.Key.Key_Return)
    assert {one.status for one in room.editor.map.passes} == {PassStatus.PLANNED}


def test_what_is_there_already_is_refused_in_the_form(room):
    room.clear()
    room.lay(Side.LEFT, planned=False)
    form = lay_form(room)
    as_done(form)
    room.key(Qt.Key.Key_Return)
    assert form.isVisible()
    assert form.problem.full_text() == load_words()("error.protocol_applied_already", name="C-shape")
    room.key(Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert len(room.editor.map.passes) == 8


def test_saved_anew_it_is_the_next_version_and_the_record_says_which_was_applied(room, qtbot):
    for version in (1, 2):
        form = save_form(room)
        form.passes.setCurrentIndex(form.passes.findText("Patient’s left (4)"))
        if version == 1:
            qtbot.keyClicks(form.name, "Our arch")
            qtbot.keyClicks(form.source, "Dr R. Okonjo-Lind")
        else:
            form.version_of.setCurrentIndex(1)
            assert (form.name.text(), form.source.text()) == ("Our arch", "Dr R. Okonjo-Lind")
        qtbot.keyClick(form.source, Qt.Key.Key_Return)
        assert not form.isVisible()
        assert room.space.banner.text == load_words()("protocol.saved", name="Our arch", version=version)
    room.clear()
    form = lay_form(room)
    form.which.setCurrentIndex(form.which.findText("Our arch, version 2"))
    assert "Clinic’s own protocol" in form.about.full_text()
    as_done(form)
    room.key(Qt.Key.Key_Return)
    assert {(one.name, one.version) for one in room.editor.map.protocols} == {("Our arch", 2)}
    assert room.panel.line.said.full_text() == "Our arch, version 2: nothing differs"


@pytest.mark.parametrize(
    ("field", "text", "row"),
    [
        ("name", "", "_name_row"),
        ("name", "C-shape", "_name_row"),
        ("name", "n" * 81, "_name_row"),
        ("source", "", "_source_row"),
        ("source", "s" * 301, "_source_row"),
        ("note", "x" * 2001, "_note_row"),
    ],
)
def test_a_refusal_stands_under_its_field_and_what_was_typed_stays(room, qtbot, field, text, row):
    form = save_form(room)
    form.name.setText("Our arch")
    form.source.setText("Ours")
    getattr(form, field).setText(text)
    qtbot.keyClick(form.name, Qt.Key.Key_Return)
    assert form.isVisible()
    assert getattr(form, row).problem
    assert form.problem.isHidden()
    assert getattr(form, field).text() == text
    assert not room.shell.opener.database.state.protocols
