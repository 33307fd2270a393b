"""What is on screen: layer against direct painting, sheets against whole maps, golden pictures, badges and names."""

import io

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from injectmap.ui.canvas.layer import CLEAR_LEFT, MapLayer
from injectmap.ui.canvas.painter import paint_drawing, reach_of
from injectmap.ui.canvas.small_picture import SmallPicture
from tests.ui.canvas.conftest import ARCH, ARCH_LOW, CHEEK, EAR, RAMUS, Chart

pytest_plugins = ["tests.support.golden"]


def png_of(picture: QPixmap | QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data())


def look_anew() -> None:
    """Let every view look at all passes at once.

    One looked at alone is projected by other sums, which may round a label to the next hundredth of a pixel.
    """
    from injectmap.chart import projection

    projection._laid.clear()


def with_passes(chart: Chart) -> Chart:
    for tip, volume in ((ARCH, 130), (ARCH_LOW, 150), (RAMUS, 140)):
        chart.draw(EAR, tip, microlitres=volume)
    chart.editor.select([])
    chart.rest()
    return chart


def test_the_layer_is_the_picture_painted_straight(chart: Chart) -> None:
    with_passes(chart)
    layer = chart.view.layer
    direct = QImage(layer.pixmap.size(), QImage.Format.Format_RGB32)
    direct.setDevicePixelRatio(layer.pixmap.devicePixelRatio())
    direct.fill(layer.theme.colour("canvas"))
    painter = QPainter(direct)
    layer.paint(painter, layer.scene)
    painter.end()
    assert layer.pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32) == direct
    assert layer.drawing.layer("passes").items


def test_what_is_shown_is_the_layer_and_nothing_is_left_of_a_gesture(chart: Chart) -> None:
    with_passes(chart)
    before = chart.view.grab().toImage()
    chart.press(chart.pixel(EAR))
    chart.move(chart.pixel((60.0, -20.0, 40.0)))
    QTest.qWait(40)
    assert chart.view.grab().toImage() != before
    chart.view.input.abandon()
    chart.rest()
    assert chart.view.grab().toImage() == before


def test_free_hand_ink_leaves_nothing_behind(chart: Chart) -> None:
    with_passes(chart)
    chart.editor.choose_tool("free_hand")
    chart.rest()
    before = chart.view.grab().toImage()
    chart.press(chart.pixel(EAR))
    chart.move(chart.pixel((60.0, -20.0, 40.0)))
    chart.move(chart.pixel(RAMUS))
    assert chart.view.ink.wet
    assert chart.view.grab().toImage() != before
    chart.view.input.abandon()
    assert chart.view.grab().toImage() == before


def test_a_new_pass_on_a_small_view_gives_the_picture_of_the_whole_map(chart: Chart) -> None:
    with_passes(chart)
    size = QSize(150, 120)
    for view_id in ("left_lateral", "front", "right_oblique"):
        grown = SmallPicture(chart.view.pictures, chart.view.layer.theme, view_id)
        whole = SmallPicture(chart.view.pictures, chart.view.layer.theme, view_id)
        passes = chart.editor.map.passes
        first = type(chart.editor.map)(passes[:2])
        second = type(chart.editor.map)((*first.passes, passes[2]))
        grown.refresh(first, chart.atlas, size, 1.0, True)
        grown.refresh(second, chart.atlas, size, 1.0, True)
        whole.refresh(second, chart.atlas, size, 1.0, True)
        assert painted(grown, size) == painted(whole, size), view_id


def painted(picture: SmallPicture, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    picture.paint(painter)
    painter.end()
    return image


def test_a_pass_appears_in_the_small_views_that_see_it(chart: Chart) -> None:
    chart.rest()
    before = {name: view.grab().toImage() for name, view in chart.column.strip.views.items()}
    chart.drag(EAR, ARCH)
    chart.rest()
    changed = {
        name for name, view in chart.column.strip.views.items() if view.grab().toImage() != before[name]
    }
    assert {"left_lateral", "left_oblique", "front"} <= changed
    assert "right_lateral" not in changed


def test_marks_stay_within_their_reach(chart: Chart) -> None:
    """The rectangle repainted for a selection holds every pixel it touches."""
    with_passes(chart)
    chart.editor.select([chart.editor.map.passes[0].id])
    marks = chart.view.live.selection
    image = QImage(chart.view.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    marks.paint(painter, QRect(image.rect()))
    painter.end()
    box = Image.open(io.BytesIO(png_of(image))).getchannel("A").getbbox()
    touched = QRect(box[0], box[1], box[2] - box[0], box[3] - box[1])
    assert marks.rect.contains(touched)
    assert reach_of(()).isNull()


@pytest.mark.parametrize(("view", "dark"), [("left_lateral", False), ("front", True)])
def test_golden_drawing(chart: Chart, golden, view: str, dark: bool) -> None:
    """The marks alone, without the head: what the painter makes of the chart's primitives."""
    with_passes(chart)
    from dataclasses import replace

    from injectmap.chart.map_drawing import draw_map
    from injectmap.ui.canvas.layer import map_style
    from injectmap.ui.canvas.painter import measure_text

    camera = chart.view.pictures.camera(view, 460, 420)
    style = map_style(
        replace(chart.view.scene(), camera=camera, view_id=view, dark=dark, clear_left=CLEAR_LEFT)
    )
    look_anew()
    drawing = draw_map(chart.atlas, chart.editor.map, view, style, measure_text=measure_text)
    image = QImage(460, 420, QImage.Format.Format_RGB32)
    image.fill(0xFFC9B6A6 if dark else 0xFFE0CFC0)
    painter = QPainter(image)
    painter.translate(*camera.origin)
    paint_drawing(painter, drawing)
    painter.end()
    golden(f"canvas-{view.replace('_', '-')}-{'dark' if dark else 'light'}", png_of(image))


def all_kinds(chart: Chart) -> None:
    """A map with one of everything: done, planned and not confirmed, boluses, deposits, a measurement."""
    from dataclasses import replace

    from injectmap.domain import skin_paths
    from injectmap.domain.map_items import Measurement, MeasurementKind
    from injectmap.domain.treatment_map import Deposit, PassStatus, Side, Technique, TreatmentMap

    first, second, third = chart.editor.map.passes
    second = replace(second, deposits=(Deposit(9000, 40, "preauricular", Side.LEFT),))
    third = replace(third, status=PassStatus.UNCONFIRMED)
    low = skin_paths.snap(chart.atlas, np.array(CHEEK))
    jaw = skin_paths.snap(chart.atlas, np.array((46.0, -62.0, 34.0)))
    planned = skin_paths.resolve(chart.atlas, [jaw, low])
    spot = skin_paths.point(chart.atlas, skin_paths.snap(chart.atlas, np.array((54.0, -22.0, 46.0))))
    more = [
        replace(first, id="planned", order=11, entry_id="j", path=planned, status=PassStatus.PLANNED),
        replace(first, id="bolus", order=12, entry_id="b", path=spot, technique=Technique.BOLUS),
    ]
    ends = [
        skin_paths.snap(chart.atlas, np.array(point)) for point in ((60.0, 30.0, 40.0), (56.0, 14.0, 58.0))
    ]
    path = skin_paths.resolve(chart.atlas, ends)
    item = Measurement("m", MeasurementKind.ASYMMETRY, path, path.length_um - 400, "")
    chart.editor.map = TreatmentMap((first, second, third, *more), (item,))


@pytest.mark.parametrize(
    ("name", "dark", "shown", "corners"),
    [
        ("items-light", False, ("zones", "labels"), False),
        ("guides-dark", True, ("labels", "landmarks", "midline", "grid", "last_session"), False),
        ("corners-light", False, ("zones", "labels"), True),
    ],
)
def test_golden_items_and_guides(chart: Chart, theme, golden, name: str, dark: bool, shown, corners) -> None:
    from dataclasses import replace

    with_passes(chart)
    before = chart.editor.map
    all_kinds(chart)
    theme.set_dark(dark)
    camera = chart.view.pictures.camera("left_lateral", 560, 460)
    scene = replace(
        chart.view.scene(), camera=camera, view_id="left_lateral", ratio=1.0, dark=dark, corners=corners,
        clear_left=CLEAR_LEFT, shown=frozenset(shown), ghost=before, treatment_map=chart.editor.map,
    )  # fmt: skip
    layer = MapLayer(chart.view.pictures, theme)
    look_anew()
    layer.rebuild(scene)
    golden(f"canvas-{name}", png_of(layer.pixmap))


def test_golden_canvas(chart: Chart, theme, golden) -> None:
    """Head, fade, zones and passes as one picture, dark: the veil lies on the head alone."""
    with_passes(chart)
    from dataclasses import replace

    theme.set_dark(True)
    camera = chart.view.pictures.camera("left_oblique", 380, 320)
    scene = replace(chart.view.scene(), camera=camera, view_id="left_oblique", ratio=1.0, dark=True)
    scene = replace(scene, clear_left=CLEAR_LEFT)
    layer = MapLayer(chart.view.pictures, theme)
    look_anew()
    layer.rebuild(scene)
    golden("canvas-head-left-oblique-dark", png_of(layer.pixmap))


def test_every_control_has_a_name_and_a_target(chart: Chart) -> None:
    with_passes(chart)
    chart.editor.select([chart.editor.map.passes[0].id])
    chart.rest()
    drawing = {*chart.column.palette_card.tools.values(), chart.column.zoom.more, chart.column.zoom.less}
    drawing |= {chart.column.inline.more, chart.column.inline.less}
    for button in chart.column.findChildren(QAbstractButton):
        if not button.isVisible():
            continue
        assert button.accessibleName(), button
        least = 44 if button in drawing else 24
        assert button.width() >= least, button.accessibleName()
        assert button.height() >= least, button.accessibleName()
    assert "3 cannula passes" in chart.view.accessibleDescription()
    assert chart.column.inline.field.accessibleName() == "Volume in mL"


def at_rest(chart: Chart) -> QImage:
    """The column once nothing changes any more: finer pictures and hints come and go after a gesture."""
    shown = chart.column.grab().toImage()
    for _ in range(30):
        chart.rest()
        again = chart.column.grab().toImage()
        if again == shown:
            return shown
        shown = again
    pytest.fail("the column does not come to rest")


def test_the_theme_can_change_while_a_session_is_open(chart: Chart, theme) -> None:
    with_passes(chart)
    QTest.qWait(2500)  # notes at the pointer stay for some two seconds
    light = at_rest(chart)
    theme.set_dark(True)
    dark = at_rest(chart)
    corner = dark.pixelColor(chart.view.x() + 4, chart.view.y() + chart.view.height() // 2)
    assert corner == theme.colour("canvas")
    theme.set_dark(False)
    assert at_rest(chart) == light
