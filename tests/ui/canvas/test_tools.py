"""Fans, hatches, boluses, deposits, measuring, zone corners and both sides, with real events on the canvas."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.map_items import MeasurementKind
from injectmap.domain.treatment_map import PassStatus, Share, Technique
from tests.ui.canvas.conftest import ARCH, ARCH_LOW, CHEEK, EAR, RAMUS, Chart

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def press_key(chart: Chart, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(chart.view, key, keys)


def wheel(chart: Chart, at: QPointF, turns: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = chart.view.mapToGlobal(at)
    event = QWheelEvent(
        at, place, QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart.view, event)


def test_the_wheel_changes_a_fan_while_it_is_drawn_and_zooms_otherwise(chart: Chart) -> None:
    press_key(chart, Qt.Key.Key_F)
    assert chart.column.header.subject.text() == "3 passes, 30°\n0.30 mL together"
    chart.press(chart.pixel(EAR))
    chart.move(chart.pixel(ARCH))
    QTest.qWait(30)
    zoom = chart.view.camera.zoom
    wheel(chart, chart.pixel(ARCH), 2)
    wheel(chart, chart.pixel(ARCH), -1, SHIFT)
    assert chart.view.camera.zoom == zoom
    assert (chart.editor.fan.count, chart.editor.fan.spread_deg) == (5, 25)
    assert len(chart.editor.previews) == 5
    assert chart.view.note.lines[-1] == "5 passes, 25°, 0.50 mL together"
    chart.release(chart.pixel(ARCH))
    assert len(chart.editor.map.passes) == 5
    wheel(chart, chart.pixel(ARCH), 1)
    assert chart.view.camera.zoom > zoom
    assert chart.editor.fan.count == 5


def test_keys_change_number_and_spread_of_the_shape_in_hand_only(chart: Chart) -> None:
    QTest.keyClicks(chart.view, "]")
    assert chart.editor.fan.count == 3
    press_key(chart, Qt.Key.Key_F)
    QTest.keyClicks(chart.view, "]]")
    QTest.keyClicks(chart.view, "[")
    QTest.keyClicks(chart.view, "}")
    assert (chart.editor.fan.count, chart.editor.fan.spread_deg) == (4, 35)
    press_key(chart, Qt.Key.Key_C)
    QTest.keyClicks(chart.view, "]{")
    assert (chart.editor.hatch.count, chart.editor.hatch.spacing_mm) == (4, 5)


@pytest.mark.parametrize(("key", "count"), [(Qt.Key.Key_F, 3), (Qt.Key.Key_C, 6)])
def test_a_shape_just_drawn_asks_for_the_volume_of_the_whole(chart: Chart, key, count: int) -> None:
    press_key(chart, key)
    chart.drag(EAR, ARCH)
    inline = chart.column.inline
    assert inline.isVisible()
    assert inline.field.hasFocus()
    assert len(inline.pass_ids) == count
    assert inline.field.selectedText() == inline.field.text()
    assert inline._face.head == f"{count} together"
    QTest.keyClicks(inline.field, "0.39")
    assert inline._face.rate == f"{0.39 / count:.2f} mL each" or inline._face.rate == "0.065 mL each"
    QTest.keyClick(inline.field, Qt.Key.Key_Return)
    volumes = [one.microlitres for one in chart.editor.map.passes]
    assert sum(volumes) == 390
    assert max(volumes) - min(volumes) <= 1
    assert not inline.isVisible()


def test_the_inline_editor_is_never_shown_before_it_is_placed(chart: Chart) -> None:
    seen = []

    class Watch:
        def note(self) -> None:
            seen.append(chart.column.inline.pos())

    watch = Watch()
    original = chart.column.inline.showEvent

    def shown(event) -> None:
        watch.note()
        original(event)

    chart.column.inline.showEvent = shown
    chart.drag(EAR, ARCH)
    chart.rest()
    assert len(seen) == 1
    assert seen[0] != QPoint(0, 0)
    assert chart.column.inline.pos() == seen[0]


def test_a_click_places_a_bolus_and_shift_b_a_smaller_one(chart: Chart) -> None:
    press_key(chart, Qt.Key.Key_B)
    assert chart.column.palette_card.tools["bolus"].isChecked()
    chart.click(CHEEK)
    assert chart.column.inline._face.head == "Bolus"
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Return)
    press_key(chart, Qt.Key.Key_B, SHIFT)
    assert chart.column.palette_card.tools["bolus"].isChecked()
    chart.click(RAMUS)
    kinds = [one.technique for one in chart.editor.map.passes]
    assert kinds == [Technique.BOLUS, Technique.MICRO_BOLUS]
    assert chart.editor.map.entry_points == {}
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Return)
    chart.column.grab()
    drawing = chart.view.layer.drawing
    assert len(drawing.marks_of("label")) == 2
    assert not drawing.layer("entry_points").items
    for small in chart.column.strip.views.values():
        small.grab()


def test_deposits_are_typed_in_one_line(chart: Chart) -> None:
    one = chart.draw(EAR, RAMUS, microlitres=140)
    chart.editor.select([one])
    chart.view.setFocus()
    press_key(chart, Qt.Key.Key_D, CTRL)
    row = chart.column.inline.row_field
    assert row.hasFocus()
    QTest.keyClicks(row, "8 0.04 + 20 mm 0,05")
    QTest.keyClick(row, Qt.Key.Key_Return)
    deposits = chart.editor.map.by_id[one].deposits
    assert [(d.position_um, d.microlitres) for d in deposits] == [(8000, 40), (20000, 50)]
    assert chart.column.inline._face.lines == ["Deposits 8 mm 0.04, 20 mm 0.05 mL", "0.05 mL along the pass"]
    assert chart.column.inline.field.hasFocus()
    # Opened again it holds what is stored; emptied it takes the deposits away.
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_D, CTRL)
    assert row.text() == "8 0.04 + 20 0.05"
    row.clear()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert chart.editor.map.by_id[one].deposits == ()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("8", "Write each deposit"), ("8 0.5", "hold more"), ("500 0.01", "pass"), ("x 0.01", "not a place")],
)
def test_refused_deposits_stay_with_their_reason(chart: Chart, typed: str, sentence: str) -> None:
    one = chart.draw(EAR, RAMUS, microlitres=140)
    chart.editor.select([one])
    chart.column.host.open_row("deposits")
    row = chart.column.inline.row_field
    QTest.keyClicks(row, typed)
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert row.isVisible()
    assert row.text() == typed
    assert sentence.lower() in chart.column.inline._face.problem.lower()
    assert chart.editor.map.by_id[one].deposits == ()
    QTest.keyClick(row, Qt.Key.Key_Escape)
    assert not row.isVisible()
    assert chart.column.inline.field.hasFocus()


def test_a_pass_is_split_over_two_syringes_as_it_is_shown(chart: Chart) -> None:
    one = chart.draw(EAR, RAMUS, microlitres=140)
    chart.editor.select([one])
    chart.view.setFocus()
    press_key(chart, Qt.Key.Key_2, CTRL)
    row = chart.column.inline.row_field
    QTest.keyClicks(row, "3 0.14")
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert "no syringe 3" in chart.column.inline._face.problem
    row.selectAll()
    QTest.keyClicks(row, "1 0.05 + 2 0.09")
    QTest.keyClick(row, Qt.Key.Key_Return)
    first, second = (syringe.id for syringe in chart.editor.syringes)
    assert chart.editor.map.by_id[one].shares == (Share(first, 50), Share(second, 90))
    assert chart.column.inline._face.lines == ["Syringes 1 0.05 + 2 0.09"]


def test_reach_is_a_plain_figure(chart: Chart) -> None:
    chart.drag(EAR, RAMUS)
    mm = round(chart.editor.map.passes[0].path.length_um / 1000)
    assert chart.column.inline._face.head == f"{mm} of 50 mm"


def test_measuring_keeps_by_enter_and_as_asymmetry_with_its_words(chart: Chart) -> None:
    press_key(chart, Qt.Key.Key_M)
    chart.drag(CHEEK, ARCH)
    measured = chart.editor.measured
    assert measured is not None
    assert chart.view.live.preview.items
    press_key(chart, Qt.Key.Key_Escape)
    assert chart.editor.measured is None
    chart.drag(CHEEK, ARCH)
    press_key(chart, Qt.Key.Key_Return)
    (kept,) = chart.editor.map.measurements
    assert kept.kind is MeasurementKind.MEASURE
    assert kept.path.length_um > kept.chord_um
    chart.drag(EAR, ARCH_LOW)
    press_key(chart, Qt.Key.Key_A)
    note = chart.column.note
    assert note.field.hasFocus()
    QTest.keyClicks(note.field, "left cheek flatter")
    QTest.keyClick(note.field, Qt.Key.Key_Return)
    assert not note.isVisible()
    asymmetry = next(m for m in chart.editor.map.measurements if m.kind is MeasurementKind.ASYMMETRY)
    assert asymmetry.note == "left cheek flatter"
    chart.column.grab()
    assert asymmetry.id in chart.view.layer.drawing.marks_of("measurement")
    assert chart.editor.selected_item == asymmetry.id
    press_key(chart, Qt.Key.Key_Delete)
    assert [m.kind for m in chart.editor.map.measurements] == [MeasurementKind.MEASURE]


def test_escape_in_the_words_keeps_nothing(chart: Chart) -> None:
    press_key(chart, Qt.Key.Key_M)
    chart.drag(CHEEK, ARCH)
    press_key(chart, Qt.Key.Key_A)
    QTest.keyClick(chart.column.note.field, Qt.Key.Key_Escape)
    assert not chart.column.note.isVisible()
    assert chart.editor.map.measurements == ()
    assert chart.editor.measured is not None


def test_the_linked_mode_draws_both_sides_and_says_so(chart: Chart) -> None:
    assert not chart.column.modes.isVisible()
    press_key(chart, Qt.Key.Key_W)
    assert chart.column.modes.isVisible()
    assert chart.column.modes.said == (("Linked: both sides are drawn", "W"),)
    assert chart.column.palette_card.linked.isChecked()
    chart.drag(EAR, ARCH)
    assert sorted(one.side.value for one in chart.editor.map.passes) == ["left", "right"]
    assert len(chart.sink.edits) == 1
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Return)
    press_key(chart, Qt.Key.Key_W)
    assert not chart.column.modes.isVisible()


def test_x_mirrors_the_selection(chart: Chart) -> None:
    one = chart.draw(EAR, ARCH)
    chart.editor.select([one])
    chart.view.setFocus()
    press_key(chart, Qt.Key.Key_X)
    sides = [each.side.value for each in chart.editor.map.passes]
    assert sides == ["left", "right"]
    press_key(chart, Qt.Key.Key_Escape)
    chart.editor.select([one])
    press_key(chart, Qt.Key.Key_X)
    assert "there already" in chart.column.notice.sentence.text()


def test_the_plan_is_drawn_without_a_syringe_and_done_by_enter(chart: Chart) -> None:
    press_key(chart, Qt.Key.Key_P, SHIFT)
    chart.drag(EAR, ARCH)
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Return)
    assert [one.status for one in chart.editor.map.passes] == [PassStatus.PLANNED]
    press_key(chart, Qt.Key.Key_P, SHIFT)
    press_key(chart, Qt.Key.Key_Return)
    done = [one for one in chart.editor.map.passes if one.status is PassStatus.DONE]
    assert [one.fulfils for one in done] == [chart.editor.map.passes[0].id]
    chart.editor.select([])
    chart.column.grab()
    # The plan that was carried out is labelled by what was done.
    assert list(chart.view.layer.drawing.marks_of("label")) == [done[0].id]
    press_key(chart, Qt.Key.Key_Return)
    assert len(chart.editor.map.passes) == 2


def test_copied_passes_are_confirmed_by_e(chart: Chart) -> None:
    from injectmap.editing.compare import copy_session

    chart.draw(EAR, ARCH)
    before = chart.editor.map
    chart.editor.remove_selected()
    copy_session(chart.editor, before)
    assert [one.status for one in chart.editor.map.passes] == [PassStatus.UNCONFIRMED]
    press_key(chart, Qt.Key.Key_E)
    assert [one.status for one in chart.editor.map.passes] == [PassStatus.DONE]


def test_a_rubber_band_selects_and_the_header_types_for_all(chart: Chart) -> None:
    for tip in (ARCH, ARCH_LOW, RAMUS):
        chart.draw(EAR, tip)
    chart.editor.select([])
    press_key(chart, Qt.Key.Key_V)
    chart.rest()
    left, right = QPointF(120, 20), QPointF(860, 560)
    chart.press(left)
    chart.move((left + right) / 2)
    chart.move(right)
    QTest.qWait(40)
    before = chart.view.grab().toImage()
    assert chart.editor.marquee is not None
    chart.release(right)
    assert chart.editor.marquee is None
    assert chart.view.grab().toImage() != before
    assert len(chart.editor.selection) == 3
    header = chart.column.header
    assert header.subject.text() == "3 passes selected"
    assert not chart.column.inline.isVisible()
    QTest.keyClicks(chart.view, "0")
    assert header.volume.hasFocus()
    QTest.keyClicks(header.volume, ".2")
    QTest.keyClick(header.volume, Qt.Key.Key_Return)
    assert [one.microlitres for one in chart.editor.map.passes] == [200, 200, 200]
    header._take_sharing("together")
    assert header.volume.text() == "0.60"
    header.volume.setFocus()
    header.volume.selectAll()
    QTest.keyClicks(header.volume, "0.31")
    QTest.keyClick(header.volume, Qt.Key.Key_Return)
    assert [one.microlitres for one in chart.editor.map.passes] == [104, 103, 103]


def test_tab_goes_round_the_handles_and_alt_arrows_nudge(chart: Chart) -> None:
    one = chart.draw(EAR, ARCH)
    chart.editor.select([one])
    chart.view.setFocus()
    chart.rest()
    tip = chart.editor.map.by_id[one].path.tip
    QTest.keyClick(chart.view, Qt.Key.Key_Tab)
    QTest.keyClick(chart.view, Qt.Key.Key_Tab)
    assert chart.editor.handle == "tip"
    press_key(chart, Qt.Key.Key_Left, ALT)
    after = chart.editor.map.by_id[one].path
    assert after.tip != tip
    assert after.entry == chart.editor.map.by_id[one].path.entry
    QTest.keyClick(chart.view, Qt.Key.Key_Backtab, SHIFT)
    assert not chart.view.hasFocus()


def test_shift_arrows_go_from_zone_to_zone(chart: Chart) -> None:
    first, second = chart.draw(EAR, ARCH), chart.draw(EAR, RAMUS)
    chart.editor.select([first])
    press_key(chart, Qt.Key.Key_Right, SHIFT)
    assert second in chart.editor.selection


def corners(chart: Chart) -> dict[str, QPointF]:
    origin = QPointF(*chart.view.camera.origin)
    marks = chart.view.layer.drawing.marks_of("corner")
    return {name: QPointF(*box.centre) + origin for name, box in marks.items()}


def test_a_zone_corner_is_dragged_in_one_edit_and_put_back(chart: Chart) -> None:
    chart.rest()
    assert not chart.view.layer.drawing.marks_of("corner")
    press_key(chart, Qt.Key.Key_N)
    chart.rest()
    at = corners(chart)["angle_front_top:left"]
    chart.press(at)
    chart.move(at + QPointF(-10, 6))
    QTest.qWait(30)
    chart.move(at + QPointF(-20, 12))
    QTest.qWait(30)
    assert chart.view.live.preview.items
    assert chart.editor.map.zone_moves == ()
    chart.release(at + QPointF(-20, 12))
    (move,) = chart.editor.map.zone_moves
    assert move.vertex == "angle_front_top"
    chart.rest()
    moved = corners(chart)["angle_front_top:left"]
    assert (moved - at - QPointF(-20, 12)).manhattanLength() < 3
    assert not chart.view.live.preview.items
    press_key(chart, Qt.Key.Key_Delete, SHIFT)
    assert chart.editor.map.zone_moves == ()


def pen() -> QPointingDevice:
    return QPointingDevice(
        "pen", 7, QPointingDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QPointingDevice.Capability.Position, 1, 1,
    )  # fmt: skip


def tablet(chart: Chart, device: QPointingDevice, kind: QEvent.Type, at: QPointF, pressure: float) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    hover = kind == QEvent.Type.TabletMove and pressure == 0
    event = QTabletEvent(
        kind, device, at, chart.view.mapToGlobal(at), pressure, 0, 0, 0.0, 0.0, 0,
        Qt.KeyboardModifier.NoModifier, none if kind == QEvent.Type.TabletMove else left,
        none if hover else left,
    )  # fmt: skip
    chart.view.tabletEvent(event)


def test_a_hand_on_the_screen_draws_nothing_while_a_pen_is_near(chart: Chart) -> None:
    touch_device, stylus = QTest.createTouchDevice(), pen()
    palm, elsewhere = chart.pixel(CHEEK).toPoint(), chart.pixel(ARCH).toPoint()
    tablet(chart, stylus, QEvent.Type.TabletMove, chart.pixel(EAR), 0)
    touch = QTest.touchEvent(chart.view, touch_device)
    touch.press(0, palm, chart.view).commit()
    touch.move(0, elsewhere, chart.view).commit()
    tablet(chart, stylus, QEvent.Type.TabletPress, chart.pixel(EAR), 0.2)
    tablet(chart, stylus, QEvent.Type.TabletMove, chart.pixel(RAMUS), 0.9)
    touch.move(0, palm, chart.view).commit()
    tablet(chart, stylus, QEvent.Type.TabletRelease, chart.pixel(RAMUS), 0.1)
    touch.release(0, palm, chart.view).commit()
    (only,) = chart.editor.map.passes
    assert not only.path.curved
    camera = chart.view.camera
    chart.view.input._pen_seen -= 10
    touch.press(0, palm, chart.view).commit()
    touch.move(0, elsewhere, chart.view).commit()
    touch.release(0, elsewhere, chart.view).commit()
    assert len(chart.editor.map.passes) == 2
    assert chart.view.camera == camera


def test_a_pen_takes_back_what_its_hand_began(chart: Chart) -> None:
    touch_device, stylus = QTest.createTouchDevice(), pen()
    palm = chart.pixel(CHEEK).toPoint()
    touch = QTest.touchEvent(chart.view, touch_device)
    touch.press(0, palm, chart.view).commit()
    touch.move(0, chart.pixel(ARCH).toPoint(), chart.view).commit()
    assert chart.view.input.drawing
    tablet(chart, stylus, QEvent.Type.TabletMove, chart.pixel(EAR), 0)
    assert not chart.view.input.drawing
    assert chart.editor.preview is None
    touch.release(0, palm, chart.view).commit()
    assert chart.editor.map.passes == ()


def test_a_kept_measurement_becomes_an_asymmetry_with_other_words(chart: Chart) -> None:
    press_key(chart, Qt.Key.Key_M)
    chart.drag(CHEEK, ARCH)
    press_key(chart, Qt.Key.Key_Return)
    press_key(chart, Qt.Key.Key_A)
    note = chart.column.note
    QTest.keyClicks(note.field, "cheek")
    QTest.keyClick(note.field, Qt.Key.Key_Return)
    (kept,) = chart.editor.map.measurements
    assert (kept.kind, kept.note) == (MeasurementKind.ASYMMETRY, "cheek")
    press_key(chart, Qt.Key.Key_A)
    assert note.field.text() == "cheek"


def test_a_whole_pass_is_drawn_and_placed_without_the_mouse(chart: Chart) -> None:
    chart.editor.choose_tool("select")
    chart.view.setFocus()
    press_key(chart, Qt.Key.Key_Insert)
    (one,) = chart.editor.map.passes
    assert chart.editor.tool_id == "cannula_pass"
    assert chart.editor.selection == {one.id}
    assert 15_000 < one.path.length_um < 40_000
    QTest.keyClicks(QApplication.focusWidget(), "0.12")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert chart.editor.map.passes[0].microlitres == 120
    chart.editor.select([one.id])
    chart.view.setFocus()
    before = chart.editor.map.passes[0].path.entry
    press_key(chart, Qt.Key.Key_Down, ALT | SHIFT)
    moved = chart.editor.map.passes[0].path.entry
    assert 4_000 < before.y - moved.y < 6_000


def test_the_tool_in_hand_is_what_the_key_draws_with(chart: Chart) -> None:
    chart.view.setFocus()
    chart.editor.choose_tool("bolus")
    press_key(chart, Qt.Key.Key_Insert)
    (one,) = chart.editor.map.passes
    assert one.is_point
    chart.editor.undo()
    chart.editor.choose_tool("fan")
    chart.view.setFocus()
    press_key(chart, Qt.Key.Key_Insert)
    assert len(chart.editor.map.passes) == chart.editor.fan.count
    assert len({drawn.entry_id for drawn in chart.editor.map.passes}) == 1
