"""The column around the head: start, keys, zoom, header fields, overlays, freeing."""

import subprocess
import sys
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from injectmap.domain.treatment_map import Instrument, InstrumentKind, Plane, Technique
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.chart_column import ChartColumn
from injectmap.ui.canvas.head_pictures import VIEW_IDS
from injectmap.words import load_words
from tests.ui.canvas.conftest import ARCH, EAR, RAMUS, Chart, FakeSink, new_editor

# Said by the offscreen platform whenever a list pops up; there is no window manager to ask.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

_START = """
import sys
from PySide6.QtWidgets import QApplication
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.chart_column import ChartColumn
from injectmap.ui.theme import Theme
from injectmap.words import load_words
application = QApplication([])
theme = Theme()
theme.apply(application)
column = ChartColumn(EditorBridge(), lambda: None, load_words(), theme)
column.resize(900, 780)
column.show()
application.processEvents()
assert column.view.layer.scene is not None
heavy = ("numpy", "shapely", "sqlalchemy", "alembic", "matplotlib", "typst", "PIL", "pydantic",
         "injectmap.atlas", "injectmap.editing", "injectmap.chart")
print([name for name in heavy if name in sys.modules])
"""


def test_the_first_paint_shows_the_head_and_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", _START], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_a_session_the_head_is_there_and_nothing_can_be_drawn(bare_column) -> None:
    bare_column.grab()
    assert bare_column.view.layer.drawing is None
    assert bare_column.empty.isVisible()
    assert not bare_column.header.technique.isVisible()
    assert not bare_column.palette_card.tools["cannula_pass"].isEnabled()
    QTest.mouseClick(bare_column.view, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    QTest.keyClick(bare_column.view, Qt.Key.Key_Delete)
    QTest.keyClick(bare_column.view, Qt.Key.Key_3)
    assert bare_column.view.view_id == "front"


def test_zones_appear_as_soon_as_the_atlas_is_there(qtbot, theme, atlas) -> None:
    loaded = []
    column = ChartColumn(EditorBridge(theme), lambda: loaded[0] if loaded else None, load_words(), theme)
    qtbot.addWidget(column)
    column.show()
    column.grab()
    loaded.append(atlas)
    column.atlas_ready()
    column.grab()
    assert column.view.layer.drawing.layer("zone_fill").items


@pytest.mark.parametrize(("key", "view"), list(enumerate(VIEW_IDS, start=1)))
def test_keys_one_to_five_show_the_views(chart: Chart, key: int, view: str) -> None:
    QTest.keyClick(chart.view, Qt.Key(Qt.Key.Key_0 + key))
    assert chart.editor.view_id == view
    assert [name for name, small in chart.column.strip.views.items() if small.current] == [view]


def test_a_click_on_a_small_view_shows_it(chart: Chart) -> None:
    QTest.mouseClick(chart.column.strip.views["right_oblique"], Qt.MouseButton.LeftButton)
    assert chart.editor.view_id == "right_oblique"


def test_letters_choose_tools_and_overlays(chart: Chart) -> None:
    for key, tool in ((Qt.Key.Key_V, "select"), (Qt.Key.Key_D, "free_hand"), (Qt.Key.Key_P, "cannula_pass")):
        QTest.keyClick(chart.view, key)
        assert chart.editor.tool_id == tool
        assert chart.column.palette_card.tools[tool].isChecked()
    chart.column.grab()
    assert chart.view.layer.drawing.layer("zone_fill").items
    QTest.keyClick(chart.view, Qt.Key.Key_Z)
    chart.column.grab()
    assert not chart.view.layer.drawing.layer("zone_fill").items
    chart.draw(EAR, ARCH)
    QTest.keyClick(chart.view, Qt.Key.Key_L)
    chart.column.grab()
    assert not chart.view.layer.drawing.marks_of("label")


def wheel(chart: Chart, at: QPointF, turns: int) -> None:
    event = QWheelEvent(
        at,
        chart.view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart.view, event)


def test_the_wheel_zooms_about_the_pointer_and_the_layer_follows_when_it_rests(chart: Chart) -> None:
    chart.rest()
    at = chart.pixel(EAR)
    before = chart.view.camera
    built = chart.view.layer.scene.camera
    wheel(chart, at, 2)
    assert chart.view.camera.zoom > before.zoom
    after = chart.pixel(EAR)
    assert abs(after.x() - at.x()) < 0.5
    assert abs(after.y() - at.y()) < 0.5
    chart.view.repaint()
    assert chart.view.layer.scene.camera == built
    chart.rest()
    assert chart.view.layer.scene.camera == chart.view.camera


def test_zoom_keys_and_box(chart: Chart) -> None:
    start = chart.view.camera.zoom
    QTest.keyClick(chart.view, Qt.Key.Key_Plus)
    assert chart.view.camera.zoom > start
    QTest.keyClick(chart.view, Qt.Key.Key_Minus)
    assert chart.view.camera.zoom == pytest.approx(start)
    QTest.keyClick(chart.view, Qt.Key.Key_0)
    assert chart.column.zoom.percent.text() == "100 %"
    QTest.mouseClick(chart.column.zoom.more, Qt.MouseButton.LeftButton)
    assert chart.column.zoom.percent.text() == "125 %"


def test_the_middle_button_and_space_pan(chart: Chart) -> None:
    before = chart.pixel(EAR)
    QTest.mousePress(chart.view, Qt.MouseButton.MiddleButton, pos=QPoint(400, 300))
    chart.move(QPointF(430, 310))
    QTest.mouseRelease(chart.view, Qt.MouseButton.MiddleButton, pos=QPoint(430, 310))
    assert chart.pixel(EAR).x() - before.x() == pytest.approx(30)
    QTest.keyPress(chart.view, Qt.Key.Key_Space)
    QTest.mousePress(chart.view, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    chart.move(QPointF(370, 290))
    QTest.mouseRelease(chart.view, Qt.MouseButton.LeftButton, pos=QPoint(370, 290))
    QTest.keyRelease(chart.view, Qt.Key.Key_Space)
    assert chart.pixel(EAR).x() == pytest.approx(before.x())
    assert chart.editor.map.passes == ()


def pick(field, text: str) -> None:
    """Open a field by keyboard and take the line that begins with a text."""
    QTest.keyClick(field, Qt.Key.Key_Down)
    menu = field.findChild(QMenu)
    action = next(action for action in menu.actions() if action.text().startswith(text))
    action.trigger()
    menu.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_header_fields_set_the_next_pass(chart: Chart) -> None:
    header = chart.column.header
    assert header.subject.text() == "Next pass"
    pick(header.technique, "Fanning")
    pick(header.plane, "Supraperiosteal")
    pick(header.instrument, "Needle 27G × 13 mm")
    pick(header.syringe, "2")
    header.volume.setFocus()
    QTest.keyClicks(header.volume, "0.2")
    QTest.keyClick(header.volume, Qt.Key.Key_Return)
    chart.drag(EAR, ARCH)
    (one,) = chart.editor.map.passes
    assert one.technique is Technique.FANNING
    assert one.plane is Plane.SUPRAPERIOSTEAL
    assert one.instrument == Instrument(InstrumentKind.NEEDLE, 27, 13_000)
    assert one.shares[0].syringe_id == chart.editor.syringes[1].id
    assert one.microlitres == 200
    assert header.subject.text() == "Pass 1"
    assert header.instrument.value == "Needle 27G × 13 mm"


def test_header_fields_act_on_the_selection_and_say_mixed(chart: Chart) -> None:
    first, second = chart.draw(EAR, ARCH), chart.draw(EAR, RAMUS)
    chart.editor.select([first])
    pick(chart.column.header.plane, "Sub-SMAS")
    assert chart.editor.map.by_id[first].plane is Plane.SUB_SMAS
    assert chart.editor.map.by_id[second].plane is Plane.SUBDERMAL
    chart.editor.select([first, second])
    assert chart.column.header.plane.value == "Mixed"


def test_a_refused_header_volume_stays_to_be_mended(chart: Chart) -> None:
    field = chart.column.header.volume
    field.setFocus()
    QTest.keyClicks(field, "1,000.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "1,000.5"
    assert field.refused
    assert "is not a volume" in chart.column.notice.sentence.text()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.10"
    assert not field.refused


def test_any_other_instrument_can_be_typed(chart: Chart) -> None:
    header = chart.column.header
    pick(header.instrument, "Other")
    form = header._form
    form.gauge.setText("5")
    form._take()
    assert form.isVisible()
    assert "no such instrument" in form.problem.text()
    form.gauge.setText("24G")
    form.length.setText("60")
    QTest.keyClick(form.length, Qt.Key.Key_Return)
    assert not form.isVisible()
    assert chart.editor.defaults.instrument == Instrument(InstrumentKind.CANNULA, 24, 60_000)


def test_tab_leaves_the_volume_for_the_header(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    assert chart.column.inline.field.hasFocus()
    QTest.keyClick(chart.column.inline.field, Qt.Key.Key_Tab)
    assert chart.column.header.technique.hasFocus()


def test_a_typed_volume_is_kept_when_the_next_pass_is_begun(chart: Chart) -> None:
    chart.drag(EAR, ARCH)
    QTest.keyClicks(chart.column.inline.field, "0.17")
    chart.drag(EAR, RAMUS)
    assert [one.microlitres for one in chart.editor.map.passes] == [170, 170]


def test_another_session_is_shown_and_the_old_editor_is_let_go(chart: Chart, atlas) -> None:
    chart.drag(EAR, ARCH)
    old = chart.editor
    other = new_editor(atlas, FakeSink())
    chart.column.set_editor(other)
    assert old._subscribers == []
    assert not chart.column.inline.isVisible()
    chart.column.grab()
    assert not chart.view.layer.drawing.layer("passes").items
    chart.column.set_editor(None)
    assert other._subscribers == []


def test_a_closed_column_is_freed(qtbot, theme, atlas) -> None:
    bridge = EditorBridge(theme)
    editor = new_editor(atlas, FakeSink())
    bridge.set_editor(editor)
    column = ChartColumn(bridge, lambda: atlas, load_words(), theme)
    column.show()
    column.grab()
    freed = []
    column.destroyed.connect(lambda: freed.append(True))
    ghost = weakref.ref(column)
    column.close()
    column.deleteLater()
    del column
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    import gc

    gc.collect()
    assert freed
    assert ghost() is None
    editor.select_next(1)
    bridge.set_editor(None)
