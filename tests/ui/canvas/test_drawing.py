"""Drawing, typing volumes, selecting and moving with real events at pixels projected from skin points."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest

from injectmap.domain.errors import StorageProblem
from injectmap.domain.treatment_map import Side
from tests.ui.canvas.conftest import ARCH, ARCH_LOW, CHEEK, EAR, RAMUS, Chart, FakeSink, new_editor

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_a_drag_draws_a_pass_between_the_skin_points_under_the_pixels(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    (one,) = chart.editor.map.passes
    for stored, wanted in ((one.path.entry, EAR), (one.path.tip, ARCH)):
        on_skin = chart.atlas.skin.snap(np.array([wanted]))[0]
        assert math.dist(np.array(stored) / 1000, on_skin) < 0.5
    assert one.side is Side.LEFT
    assert not one.path.curved
    assert len(chart.sink.edits) == 1


def test_a_press_on_an_entry_point_draws_from_that_same_entry(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    chart.drag(EAR, RAMUS)
    first, second = chart.editor.map.passes
    assert second.entry_id == first.entry_id
    assert len(chart.editor.map.entry_points) == 1


def test_shift_and_the_free_hand_tool_draw_what_the_hand_draws(chart: Chart) -> None:
    chart.drag(EAR, CHEEK, RAMUS, keys=SHIFT)
    assert chart.editor.map.passes[0].path.curved
    chart.column.palette_card.tools["free_hand"].click()
    chart.drag(ARCH_LOW, EAR, RAMUS)
    assert chart.editor.map.passes[1].path.curved
    assert not chart.view.ink.wet


def test_the_length_stands_at_the_pointer_while_a_pass_is_drawn(chart: Chart) -> None:
    chart.press(chart.pixel(EAR))
    chart.move(chart.pixel(ARCH))
    QTest.qWait(40)
    length, place = chart.view.note.lines
    assert length == f"{round(chart.editor.preview.length_um / 1000)} mm on the reference head"
    assert place.startswith("Patient’s left")
    chart.release(chart.pixel(ARCH))
    assert chart.view.note.lines == ()


def test_escape_drops_the_gesture_without_a_trace(chart: Chart) -> None:
    chart.press(chart.pixel(EAR))
    chart.move(chart.pixel(ARCH))
    QTest.qWait(40)
    assert chart.editor.preview is not None
    QTest.keyClick(chart.view, Qt.Key.Key_Escape)
    assert chart.editor.preview is None
    chart.release(chart.pixel(ARCH))
    assert chart.editor.map.passes == ()
    assert chart.sink.edits == []


def test_digits_and_enter_right_after_drawing_set_the_volume(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    inline = chart.column.inline
    assert inline.isVisible()
    assert inline.field.hasFocus()
    assert inline.field.selectedText() == "0.10"
    QTest.keyClicks(inline.field, "0,15")
    QTest.keyClick(inline.field, Qt.Key.Key_Return)
    assert chart.editor.map.passes[0].microlitres == 150
    assert chart.editor.defaults.microlitres == 150
    assert not inline.isVisible()
    chart.drag(EAR, RAMUS)
    assert chart.editor.map.passes[1].microlitres == 150


def test_digits_typed_on_the_canvas_go_into_the_selected_pass(chart: Chart) -> None:
    first = chart.draw(EAR, ARCH)
    chart.draw(EAR, RAMUS)
    chart.editor.select([first])
    chart.view.setFocus()
    QTest.keyClicks(chart.view, "0")
    QTest.keyClicks(chart.column.inline.field, ".2")
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Enter)
    assert [one.microlitres for one in chart.editor.map.passes] == [200, 100]


def test_escape_in_the_volume_keeps_the_default_and_steps_change_it_by_a_hundredth(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    inline = chart.column.inline
    QTest.keyClicks(inline.field, "0.9")
    QTest.keyClick(inline.field, Qt.Key.Key_Escape)
    assert chart.editor.map.passes[0].microlitres == 100
    assert inline.isVisible()
    QTest.mouseClick(inline.more, Qt.MouseButton.LeftButton)
    QTest.keyClick(inline.field, Qt.Key.Key_Down)
    QTest.keyClick(inline.field, Qt.Key.Key_Down)
    assert chart.editor.map.passes[0].microlitres == 90
    QTest.keyClick(inline.field, Qt.Key.Key_Escape)
    assert not inline.isVisible()
    assert len(chart.editor.map.passes) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"), [("abc", "is not a volume"), ("-1", "negative"), ("9", "does not hold that much")]
)
def test_a_refused_volume_says_why_beside_the_field_and_loses_nothing(
    chart: Chart, typed: str, sentence: str
) -> None:
    chart.drag(EAR, ARCH)
    inline = chart.column.inline
    QTest.keyClicks(inline.field, typed)
    QTest.keyClick(inline.field, Qt.Key.Key_Return)
    assert inline.isVisible()
    assert inline.field.text() == typed
    assert sentence in inline.field.accessibleDescription()
    assert inline.height() > 82
    assert chart.editor.map.passes[0].microlitres == 100


def test_undo_with_an_untouched_volume_takes_back_the_pass(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Z, CTRL)
    assert chart.editor.map.passes == ()
    assert not chart.column.inline.isVisible()
    QTest.keyClick(chart.view, Qt.Key.Key_Z, CTRL | SHIFT)
    assert len(chart.editor.map.passes) == 1
    QTest.keyClick(chart.view, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(chart.view, Qt.Key.Key_Y, CTRL)
    assert len(chart.editor.map.passes) == 1


def test_the_palette_undoes_and_says_what(chart: Chart) -> None:
    palette = chart.column.palette_card
    assert not palette.undo.isEnabled()
    chart.drag(EAR, ARCH)
    assert palette.undo.toolTip() == "Undo: Draw pass (Ctrl+Z)"
    palette.undo.click()
    assert chart.editor.map.passes == ()
    palette.redo.click()
    assert len(chart.editor.map.passes) == 1


def test_a_view_that_does_not_accept_the_place_names_the_view_that_does(chart: Chart) -> None:
    QTest.keyClick(chart.view, Qt.Key.Key_3)
    assert chart.editor.view_id == "front"
    beside_the_ear = chart.pixel((66.0, -20.0, 14.0))
    for step in range(8):
        chart.move(beside_the_ear - QPointF(step, 0), held=False)
        QTest.qWait(25)
        if chart.editor.hint is not None and chart.editor.hint.code == "use_view":
            break
    assert chart.editor.hint.code == "use_view"
    best = str(chart.editor.hint.params["view"])
    assert chart.view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    key = {"left_oblique": 4, "left_lateral": 5}[best]
    assert chart.view.note.lines == (f"Draw this in {best.replace('_', ' ')}: key {key}",)
    QTest.keyClick(chart.view, Qt.Key(Qt.Key.Key_0 + key))
    assert chart.editor.view_id == best


def test_click_ctrl_click_and_delete(chart: Chart) -> None:
    first, second = chart.draw(EAR, ARCH), chart.draw(EAR, RAMUS)
    chart.editor.choose_tool("select")
    chart.click((62.5, -1.0, 38.0))
    assert chart.editor.selection == {first}
    chart.click((63.0, -24.0, 22.5), keys=CTRL)
    assert chart.editor.selection == {first, second}
    assert not chart.column.inline.isVisible()
    assert chart.column.header.subject.text() == "2 passes selected"
    QTest.keyClick(chart.view, Qt.Key.Key_Delete)
    assert chart.editor.map.passes == ()


def test_dragging_a_tip_moves_it_in_one_edit(chart: Chart) -> None:
    only = chart.draw(EAR, ARCH)
    chart.editor.choose_tool("select")
    chart.editor.select([only])
    done = len(chart.sink.edits)
    chart.press(chart.pixel(ARCH))
    chart.move(chart.pixel(ARCH_LOW))
    chart.move(chart.pixel(RAMUS))
    QTest.qWait(40)
    assert chart.view.scene().left_out == {only}
    assert len(chart.sink.edits) == done
    chart.release(chart.pixel(RAMUS))
    assert len(chart.sink.edits) == done + 1
    tip = np.array(chart.editor.map.by_id[only].path.tip) / 1000
    assert math.dist(tip, chart.atlas.skin.snap(np.array([RAMUS]))[0]) < 0.5


def test_dragging_an_entry_point_moves_all_its_passes(chart: Chart) -> None:
    chart.draw(EAR, ARCH)
    chart.draw(EAR, RAMUS)
    chart.editor.choose_tool("select")
    chart.editor.select([])
    chart.drag(EAR, (64.0, -14.0, 22.0))
    assert len({one.path.entry for one in chart.editor.map.passes}) == 1
    assert chart.sink.edits[-1].kind.value == "move_entry"


def test_a_failed_save_keeps_the_pass_in_sight_with_retry_and_discard(chart: Chart) -> None:
    chart.sink.fail = StorageProblem("disk_full")
    chart.drag(EAR, ARCH)
    notice = chart.column.notice
    assert notice.isVisible()
    assert "disk is full" in notice.sentence.text()
    assert chart.editor.map.passes == ()
    assert chart.view.live.preview.items
    QTest.mouseClick(notice.retry_button, Qt.MouseButton.LeftButton)
    assert chart.editor.failed is not None
    chart.sink.fail = None
    QTest.mouseClick(notice.retry_button, Qt.MouseButton.LeftButton)
    assert len(chart.editor.map.passes) == 1
    assert not notice.isVisible()


def test_while_a_pass_waits_a_digit_turns_no_view_and_a_drag_says_why_nothing_is_drawn(chart: Chart) -> None:
    chart.sink.fail = StorageProblem("server_lost")
    chart.drag(EAR, ARCH)
    before, notice = chart.view.view_id, chart.column.notice
    assert "before it is stored" not in notice.sentence.text()
    QTest.keyClicks(chart.view, "0.2")
    assert chart.view.view_id == before
    assert "before it is stored" in notice.sentence.text()
    chart.sink.fail = None
    QTest.mouseClick(notice.retry_button, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()
    chart.sink.fail = StorageProblem("server_lost")
    chart.drag(EAR, RAMUS)
    assert "before it is stored" not in notice.sentence.text()
    chart.drag(EAR, ARCH)
    assert "before it is stored" in notice.sentence.text()
    assert len(chart.editor.map.passes) == 1


def test_discarding_a_failed_save_leaves_the_map_as_it_was(chart: Chart) -> None:
    chart.sink.fail = StorageProblem("disk_full")
    chart.drag(EAR, ARCH)
    QTest.mouseClick(chart.column.notice.discard_button, Qt.MouseButton.LeftButton)
    assert chart.editor.map.passes == ()
    assert not chart.view.live.preview.items
    chart.sink.fail = None
    chart.drag(EAR, ARCH)
    assert len(chart.editor.map.passes) == 1


def test_without_a_syringe_the_canvas_says_what_to_do(bare_column, atlas) -> None:
    chart = Chart(bare_column, new_editor(atlas, FakeSink(), syringes=0), FakeSink(), atlas)
    bare_column.set_editor(chart.editor)
    chart.drag(EAR, ARCH)
    assert chart.editor.map.passes == ()
    assert "no syringe" in bare_column.notice.sentence.text()


def test_a_pen_draws_like_the_mouse(chart: Chart) -> None:
    pen = QPointingDevice(
        "pen",
        7,
        QPointingDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QPointingDevice.Capability.Position,
        1,
        1,
    )

    def send(kind: QEvent.Type, at: QPointF) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        event = QTabletEvent(
            kind, pen, at, chart.view.mapToGlobal(at), 0.5, 0, 0, 0.0, 0.0, 0,
            Qt.KeyboardModifier.NoModifier, none if kind == QEvent.Type.TabletMove else left, left,
        )  # fmt: skip
        chart.view.tabletEvent(event)
        assert event.isAccepted()

    send(QEvent.Type.TabletPress, chart.pixel(EAR))
    send(QEvent.Type.TabletMove, chart.pixel(ARCH))
    send(QEvent.Type.TabletRelease, chart.pixel(ARCH))
    assert len(chart.editor.map.passes) == 1


def test_one_finger_draws_and_a_second_one_takes_it_back_and_zooms(chart: Chart) -> None:
    device = QTest.createTouchDevice()
    ear, arch = chart.pixel(EAR).toPoint(), chart.pixel(ARCH).toPoint()
    touch = QTest.touchEvent(chart.view, device)
    touch.press(0, ear, chart.view).commit()
    touch.move(0, arch, chart.view).commit()
    touch.release(0, arch, chart.view).commit()
    assert len(chart.editor.map.passes) == 1
    zoom = chart.view.camera.zoom
    middle = chart.view.rect().center()
    touch.press(0, ear, chart.view).commit()
    touch.stationary(0).press(1, middle, chart.view).commit()
    touch.move(0, ear - (middle - ear), chart.view).stationary(1).commit()
    assert chart.view.camera.zoom > zoom
    touch.release(0, ear, chart.view).release(1, middle, chart.view).commit()
    assert len(chart.editor.map.passes) == 1
    assert chart.editor.preview is None


def test_draw_type_enter_then_digits_switch_views(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    QTest.keyClicks(chart.column.inline.field, "0.2")
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Return)
    assert chart.view.hasFocus()
    assert chart.editor.selection == frozenset()
    QTest.keyClick(chart.view, Qt.Key.Key_4)
    assert chart.view.view_id == "left_oblique"
    assert chart.editor.map.passes[0].microlitres == 200


def test_escape_in_the_volume_gives_the_keyboard_to_the_head(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Escape)
    assert not chart.column.inline.isVisible()
    assert chart.view.hasFocus()
    # Still selected: a digit opens its volume again and begins it.
    QTest.keyClicks(chart.view, "3")
    assert chart.column.inline.field.text() == "3"
    assert chart.view.view_id == "left_lateral"


def test_undo_and_redo_open_no_volume(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Return)
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        QTest.keyClick(chart.view, key, CTRL)
        assert not chart.column.inline.isVisible()
        assert chart.view.hasFocus()
    assert len(chart.editor.selection) == 1


def test_the_volume_never_opens_over_the_other_side_of_the_face(chart: Chart, qtbot) -> None:
    one = chart.draw(EAR, ARCH)
    chart.editor.select([])
    chart.editor.set_view("right_lateral")
    chart.editor.select([one])
    inline = chart.column.inline
    assert not inline.isVisible()
    # To type its volume is to see the pass.
    QTest.keyClick(chart.view, Qt.Key.Key_F2)
    assert chart.view.view_id.startswith("left")
    assert inline.isVisible()
    assert inline.accessibleName() == "Volume of pass 1, Patient’s left"
    chart.editor.set_view("right_lateral")
    assert not inline.isVisible()
    chart.editor.set_view("left_lateral")
    qtbot.waitUntil(inline.isVisible)


def test_a_refused_press_says_why_until_it_can_be_read(chart: Chart) -> None:
    corner = QPointF(chart.view.width() - 30, chart.view.height() / 2)
    state = chart.atlas.views["left_lateral"].draw_state(chart.view.camera.to_mm(corner.x(), corner.y()))
    chart.press(corner)
    chart.release(corner)
    wanted = {"off_head": "outside the head", "not_skin": "not on ear"}.get(state, "Draw this in")
    assert wanted in chart.view.note.lines[0]
    chart.move(corner + QPointF(-2, 0), held=False)
    chart.rest()
    assert wanted in chart.view.note.lines[0]


def test_where_nothing_can_be_changed_the_tools_say_why(chart: Chart) -> None:
    chart.draw(EAR, ARCH)
    chart.editor.protect()
    chart.column.bridge.changed.emit(frozenset({"tool", "state", "map"}))
    palette = chart.column.palette_card
    assert not palette.tools["cannula_pass"].isEnabled()
    assert "reading only" in palette.tools["cannula_pass"].toolTip()
    assert not palette.undo.isEnabled()
    chart.drag(EAR, RAMUS)
    assert len(chart.editor.map.passes) == 1
