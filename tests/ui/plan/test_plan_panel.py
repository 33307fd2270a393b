"""The plan, copies and protocols of the open session under the table of passes."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt

from injectmap.domain.treatment_map import PassStatus, Plane, Side
from injectmap.editing import plan
from injectmap.words import load_words

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def done(room):
    return [one for one in room.editor.map.passes if one.status is PassStatus.DONE]


def test_a_session_without_plan_copy_or_protocol_shows_nothing_of_it(room):
    assert room.panel.isHidden()
    assert room.panel.start.isHidden()


def test_the_panel_follows_every_edit_by_itself(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, planned=True)
    panel = room.space.session.plan
    qtbot.waitUntil(panel.isVisible)
    assert panel.line.said.full_text() == "Plan: 8 of 8 not done"
    room.editor.undo()
    qtbot.waitUntil(panel.isHidden)


def test_the_next_and_then_all_planned_passes_are_done(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, planned=True)
    qtbot.mouseClick(room.panel.next, LEFT)
    assert len(done(room)) == 1
    assert room.panel.line.said.full_text() == "Plan: 7 of 8 not done"
    assert room.panel.all.text() == "All 7 done as planned"
    assert room.space.chart.view.hasFocus()
    qtbot.mouseClick(room.panel.all, LEFT)
    assert len(done(room)) == 8
    assert {one.fulfils for one in done(room)} == {one.id for one in room.editor.map.passes if one.is_planned}
    assert room.panel.line.said.full_text() == "Plan: all 8 done"
    assert not room.panel.next.isVisible()
    assert not room.panel.all.isVisible()


def test_all_planned_passes_are_done_by_one_key_and_taken_back_by_one(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, planned=True)
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_Return, CTRL | SHIFT)
    assert len(done(room)) == 8
    room.key(Qt.Key.Key_Z, CTRL)
    assert not done(room)


def test_without_a_plan_the_key_says_so_on_the_chart(room):
    room.space.actions["fulfil_all"].trigger()
    assert room.space.chart.notice.sentence.text() == load_words()("error.nothing_planned")


def test_what_was_not_done_is_listed_and_selected_by_a_press(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, Side.RIGHT, planned=True)
    for _ in range(3):
        plan.fulfil_next(room.editor)
    qtbot.mouseClick(room.panel.more, LEFT)
    details = room.panel.details
    assert details.isVisible()
    assert details.not_done.text() == "Not done: Patient’s right 9–16; Patient’s left 4–8"
    qtbot.mouseClick(details.not_done, LEFT)
    waiting = {one.id for one in plan.waiting(room.editor.map)}
    assert len(waiting) == 13
    assert room.editor.selection == waiting


def test_the_totals_give_way_to_the_details_and_come_back(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, planned=False)
    totals = room.space.session.totals
    qtbot.mouseClick(room.panel.more, LEFT)
    assert not totals.isVisible()
    qtbot.mouseClick(room.panel.more, LEFT)
    assert totals.isVisible()
    qtbot.mouseClick(room.panel.more, LEFT)
    room.clear()
    room.editor.undo()
    room.editor.undo()
    # The protocol is off the map again: there is nothing to look at.
    assert room.panel.isHidden()
    assert totals.isVisible()


def deviating(room):
    """One planned pass done and then changed; it is selected."""
    room.clear()
    room.lay(Side.LEFT, planned=True)
    room.editor.set_volume_text("0.15")
    plan.fulfil_next(room.editor)
    (one,) = done(room)
    room.editor.select([one.id])
    assert room.panel.reason.isHidden()
    room.editor.set_plane(Plane.SUPRA_SMAS)
    room.editor.set_volume_text("0.2")
    return one.id


def test_a_pass_done_otherwise_says_how_and_takes_a_reason(room, qtbot):
    changed = deviating(room)
    reason = room.panel.reason
    assert reason.isVisible()
    assert reason.said.full_text() == ("Pass 1, otherwise than planned: volume +0.05 mL, other plane.")
    room.panel.more.click()
    assert "No reason given" in room.panel.details.text
    reason.field.setFocus()
    qtbot.keyClicks(reason.field, "Less mobile here")
    qtbot.keyClick(reason.field, Qt.Key.Key_Return)
    assert room.editor.map.by_id[changed].deviation == "Less mobile here"
    assert room.space.chart.view.hasFocus()
    assert "Reason: Less mobile here" in room.panel.details.text
    room.editor.select([])
    assert room.panel.reason.isHidden()


def test_a_reason_is_kept_when_another_pass_is_selected(room, qtbot):
    changed = deviating(room)
    reason = room.panel.reason
    reason.field.setFocus()
    qtbot.keyClicks(reason.field, "Scar")
    other = plan.waiting(room.editor.map)[0].id
    room.editor.select([other])
    # That one is planned and not done, while another was: it can have a reason of its own.
    assert room.panel.reason.isVisible()
    assert room.panel.reason.field.text() == ""
    assert room.editor.map.by_id[changed].deviation == "Scar"
    assert room.editor.map.by_id[other].deviation == ""


def test_a_reason_that_is_too_long_is_refused_under_the_field_and_stays(room, qtbot):
    changed = deviating(room)
    reason = room.panel.reason
    reason.field.setText("x" * 600)
    qtbot.keyClick(reason.field, Qt.Key.Key_Return)
    assert reason.problem == load_words()("error.text_too_long", limit=500)
    room.editor.set_volume_text("0.21")
    assert len(room.panel.reason.field.text()) == 600
    assert room.editor.map.by_id[changed].deviation == ""
    reason.field.setText("Scar")
    qtbot.keyClick(reason.field, Qt.Key.Key_Return)
    assert not reason.problem
    assert room.editor.map.by_id[changed].deviation == "Scar"


def test_a_reason_is_kept_after_a_pause_and_when_the_session_leaves_the_desk(room, qtbot):
    changed = deviating(room)
    reason = room.panel.reason
    reason.field.setFocus()
    qtbot.keyClicks(reason.field, "Sc")
    qtbot.waitUntil(lambda: room.editor.map.by_id[changed].deviation == "Sc", timeout=3000)
    assert reason.field.hasFocus()
    qtbot.keyClicks(reason.field, "ar")
    kept = room.editor.session.id
    room.desk.close_patient()
    opened = room.desk.services.sessions.open(room.desk.acting, kept)
    assert opened.map.by_id[changed].deviation == "Scar"


def test_what_differs_from_the_protocol_is_said_by_side_and_pass(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, Side.RIGHT, planned=False)
    assert room.panel.line.said.full_text() == "C-shape, version 2: nothing differs"
    left = [one for one in room.editor.map.passes if one.side is Side.LEFT]
    room.editor.select([left[0].id])
    room.editor.set_plane(Plane.SUPRA_SMAS)
    room.editor.select([left[1].id])
    room.editor.remove_selected()
    assert room.panel.line.said.full_text() == "C-shape, version 2: some passes differ"
    assert room.panel.details.text.splitlines() == [
        "C-shape, version 2. Training convention",
        "Patient’s left: 1 not on the map, 1 changed",
        "Pass 1: supra-SMAS instead of subdermal",
        "Not on the map: 3 of the protocol",
        "Patient’s right: as the protocol has it",
    ]


def test_a_version_that_is_not_known_here_is_said_so(room):
    room.clear()
    room.lay(Side.LEFT, planned=False)
    room.shell.opener.catalogue.protocols = lambda: ()
    assert "This version is not at hand here" in room.panel.details.text


def test_an_empty_map_offers_the_last_session_and_a_protocol(room, qtbot):
    room.clear()
    start = room.panel.start
    assert start.isVisible()
    assert start.from_last.text() == "Start from 6 May 2025"
    qtbot.mouseClick(start.protocol, LEFT)
    assert room.space.session.form_open
    room.space.extras.protocols.lay_form.over.emit()
    qtbot.mouseClick(room.panel.start.from_last, LEFT)
    assert [one.status for one in room.editor.map.passes] == [PassStatus.UNCONFIRMED] * 4
    assert not room.panel.start.isVisible()


def test_copied_passes_are_confirmed_some_or_all(room, qtbot):
    room.clear()
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_C, CTRL | SHIFT)
    assert room.panel.copies.said.full_text() == "4 copied, to confirm"
    # All are selected as they were copied: one button is enough.
    assert not room.panel.confirm.isVisible()
    first = room.editor.map.passes[0].id
    room.editor.select([first])
    assert room.panel.confirm.text() == "Confirm 1"
    qtbot.mouseClick(room.panel.confirm, LEFT)
    assert [one.id for one in done(room)] == [first]
    assert room.panel.copies.said.full_text() == "3 copied, to confirm"
    qtbot.mouseClick(room.panel.confirm_all, LEFT)
    assert len(done(room)) == 4
    assert room.panel.isHidden()


def test_a_session_in_error_is_only_read(room, qtbot):
    room.clear()
    room.lay(Side.LEFT, planned=True)
    plan.fulfil_next(room.editor)
    (one,) = done(room)
    room.desk.mark_session_in_error("Wrong patient")
    room.editor.select([one.id])
    panel = room.panel
    assert panel.line.said.full_text() == "Plan: 7 of 8 not done"
    assert not panel.next.isVisible()
    assert not panel.all.isVisible()
    assert panel.more.isVisible()
    for action in ("fulfil_all", "copy_last"):
        room.space.actions[action].trigger()
        assert room.space.banner.text == load_words()("chart.needs.editable")
        room.space.banner.hide()
    assert len(done(room)) == 1


def test_the_palette_lays_the_c_shape_on_both_sides(room, qtbot):
    room.clear()
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_K, CTRL)
    qtbot.keyClicks(room.shell.window.focusWidget(), "c-s")
    room.key(Qt.Key.Key_Return)
    assert [one.side for one in room.editor.map.passes] == [Side.LEFT] * 8 + [Side.RIGHT] * 8
    assert {one.microlitres for one in done(room)} == {room.editor.defaults.microlitres}


def test_what_is_drawn_while_planning_is_planned_and_said_on_the_canvas(room):
    room.clear()
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_P, SHIFT)
    assert room.editor.planning
    assert room.space.chart.modes.accessibleName() == load_words()("mode.planning")


def test_the_plan_is_begun_and_left_by_a_press(room, qtbot):
    room.clear()
    start = room.panel.start
    assert start.planning.text() == "Draw the plan (Shift+P)"
    qtbot.mouseClick(start.planning, LEFT)
    assert room.editor.planning
    assert room.space.chart.view.hasFocus()
    assert room.panel.start.planning.text() == "Draw what is done (Shift+P)"
    room.lay(Side.LEFT, planned=True)
    qtbot.mouseClick(room.panel.more, LEFT)
    qtbot.mouseClick(room.panel.details.planning, LEFT)
    assert not room.editor.planning
    assert room.panel.details.planning.text() == "Draw the plan (Shift+P)"


def test_the_last_session_is_the_one_before_by_date(room):
    assert [one.date for one in room.desk.sessions if one.pass_count][-1] == dt.date(2024, 3, 18)
    room.desk.open_session(next(s.id for s in room.desk.sessions if s.date == dt.date(2025, 5, 6)))
    room.clear()
    assert room.panel.start.from_last.text() == "Start from 18 Mar 2024"


def test_confirming_asks_for_a_pass_and_all_has_a_way_of_its_own(room):
    room.clear()
    room.space.actions["copy_last"].trigger()
    room.editor.select([])
    chart = room.space.chart
    chart.view.setFocus()
    room.key(Qt.Key.Key_E)
    assert not done(room)
    assert len(room.editor.selection) == 1
    assert chart.notice.sentence.text() == "Pass 1 is the next of 4 to confirm. E confirms it."
    assert chart.notice.isVisible()
    room.key(Qt.Key.Key_E)
    assert len(done(room)) == 1
    assert not chart.notice.isVisible()
    room.space.actions["confirm_all"].trigger()
    assert len(done(room)) == 4


def test_what_was_said_goes_with_the_next_selection_edit_or_undo(room):
    notice = room.space.chart.notice
    for leave in (
        lambda: room.editor.select([room.editor.map.passes[0].id]),
        lambda: room.editor.set_volume_text("0.07"),
        room.editor.undo,
        lambda: room.editor.set_view("front"),
    ):
        room.space.actions["fulfil_all"].trigger()
        assert notice.isVisible()
        leave()
        assert not notice.isVisible()


def test_planned_passes_are_counted_apart(room):
    room.clear()
    room.lay(Side.LEFT, Side.RIGHT, planned=True)
    assert room.space.session._count.text() == "planned 16"
    plan.fulfil(room.editor)
    assert room.space.session._count.text() == "16 · planned 16"


def test_mirroring_says_how_many_and_where(room):
    room.clear()
    room.lay(Side.LEFT, planned=True)
    room.editor.mirror_selection()
    assert room.space.chart.notice.sentence.text() == "8 drawn on the patient’s right."
