"""Painting the committed picture: again as it is, anew for another place or map, and small in five views."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication

from benchmarks.runner import Effort, Part, in_turn
from benchmarks.stage import PlainPicture, Stage, paint_now, settle

Draw = Callable[[QPainter], None]


def repaint(effort: Effort) -> list[Part]:
    """Ours: the whole canvas exposed, and one selected pass exchanged for another. Floor: one pixmap copied."""
    stage = Stage()
    plain = PlainPicture(stage.view.layer.pixmap, stage.view.size())
    plain.show()
    settle(stage.application)
    ids = [one.id for one in stage.editor.map.passes]

    def ours() -> None:
        stage.view.update()
        paint_now()

    def floor() -> None:
        plain.update()
        paint_now()

    def select() -> None:
        at = ids.index(stage.editor.primary) if stage.editor.primary else 0
        stage.editor.select([ids[(at + 7) % len(ids)]])
        paint_now()

    best = {"clock": time.perf_counter, "best_of": effort.times(12)}
    exposed = in_turn(ours, floor, effort, label="expose", **best)
    selected = in_turn(select, floor, effort, label="selection", **best)
    return [exposed, selected]


def full_repaint(effort: Effort) -> list[Part]:
    """Ours: the layer rebuilt for a map changed by undo, and for another zoom. Floor: its shapes by raw QPainter."""
    stage = Stage()
    view, layer = stage.view, stage.view.layer
    scene = layer.scene
    assert scene is not None
    pixmap = QPixmap(layer.pixmap.size())
    pixmap.setDevicePixelRatio(scene.ratio)
    shapes = ready_shapes(
        item for one in layer.drawing.layers if one.name != "selection" for item in one.items
    )
    canvas = stage.theme.colour("canvas")

    def floor() -> None:
        pixmap.fill(canvas)
        painter = QPainter(pixmap)
        view.pictures.paint(painter, scene.view_id, scene.camera, scene.ratio, dark=False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(*scene.camera.origin)
        for shape in shapes:
            shape(painter)
        painter.end()

    before, ids = stage.editor.map, iter(range(10**6))
    maps = [before, type(before)(before.passes[:-1])]
    zooms = [scene.camera, scene.camera.zoomed(1.02, 600, 400)]

    def undo() -> None:
        layer.rebuild(_changed(scene, treatment_map=maps[next(ids) % 2]))

    def zoom() -> None:
        layer.rebuild(_changed(scene, camera=zooms[next(ids) % 2]))

    best = {"clock": time.perf_counter, "best_of": effort.times(4)}
    return [
        in_turn(undo, floor, effort, label="undo", **best),
        in_turn(zoom, floor, effort, label="zoom", **best),
    ]


def _changed(scene: Any, **what: Any) -> Any:
    from dataclasses import replace

    return replace(scene, **what)


def five_views(effort: Effort) -> list[Part]:
    """Ours: the strip refreshed after a pass was added. Floor: that pass's marks by raw QPainter on five sheets."""
    from dataclasses import replace

    from injectmap.chart.map_drawing import draw_entry, draw_pass
    from injectmap.domain.ids import new_id

    stage = Stage()
    strip, editor = stage.column.strip, stage.editor
    strip.refresh_now()
    before = editor.map
    template = before.passes[-1]
    sheets: list[tuple[QPainter, list[Draw]]] = []
    for view in strip.views.values():
        picture, style = view.picture, view.picture.style()
        items = draw_pass(stage.atlas, template, view.view_id, style)
        entry = draw_entry(stage.atlas, [value / 1000 for value in template.path.entry], view.view_id, style)
        size = view.picture_box().size() * 2
        sheet = QPixmap(size)
        sheet.setDevicePixelRatio(2)
        sheet.fill(Qt.GlobalColor.transparent)
        sheets.append((sheet, picture.camera.origin, ready_shapes([*items.halos, *items.lines, *entry])))

    repeats = effort.times(12)
    maps, passes = [], before.passes
    for order in range(before.next_order, before.next_order + repeats * effort.rounds + 1):
        # A path of its own: what is remembered of the template's must not help.
        fresh = replace(template, id=new_id(), entry_id=new_id(), order=order, path=replace(template.path))
        passes = (*passes, fresh)
        maps.append(type(before)(passes))
    grown = iter(maps)

    def ours() -> None:
        editor.map = next(grown)
        strip.refresh_now()

    def floor() -> None:
        for sheet, origin, shapes in sheets:
            painter = QPainter(sheet)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(*origin)
            for shape in shapes:
                shape(painter)
            painter.end()

    part = in_turn(ours, floor, Effort(effort.rounds), repeats=repeats)
    QApplication.processEvents()
    return [part]


# The shapes of a drawing as Qt's own objects, built beforehand: what no way of painting can do without.


def ready_shapes(items: Iterable[Any]) -> list[Draw]:
    """Return for each mark a call that paints it, with pens, brushes and paths made beforehand."""
    from injectmap.chart import primitives as marks

    how: dict[type, Callable[[Any], Draw]] = {
        marks.Polyline: _polyline,
        marks.Segments: _segments,
        marks.Dots: _dots,
        marks.Disc: lambda m: _ellipse(QPointF(*m.centre), m.radius, _pen(m.stroke, m.width), _brush(m.fill)),
        marks.RoundedBox: _rounded,
        marks.Text: _text,
    }
    return [how[type(item)](item) for item in items]


def _colour(text: str, opacity: float = 1.0) -> QColor:
    colour = QColor(text)
    colour.setAlphaF(opacity)
    return colour


def _pen(stroke: str | None, width: float, opacity: float = 1.0, *, flat: bool = False) -> QPen:
    if stroke is None:
        return QPen(Qt.PenStyle.NoPen)
    cap = Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.RoundCap
    brush = QBrush(_colour(stroke, opacity))
    return QPen(brush, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)


def _brush(fill: str | None, opacity: float = 1.0) -> QBrush:
    return QBrush(Qt.BrushStyle.NoBrush) if fill is None else QBrush(_colour(fill, opacity))


def _polyline(mark: Any) -> Draw:
    polygon = QPolygonF([QPointF(x, y) for x, y in mark.points])
    pen = _pen(mark.stroke, mark.width, mark.stroke_opacity, flat=mark.flat_caps)
    if mark.dash:
        pen.setDashPattern([max(length / mark.width, 0.001) for length in mark.dash])
    brush = _brush(mark.fill, mark.fill_opacity)

    def draw(painter: QPainter) -> None:
        painter.setPen(pen)
        if mark.closed:
            painter.setBrush(brush)
            painter.drawPolygon(polygon)
        else:
            painter.drawPolyline(polygon)

    return draw


def _path_draw(path: QPainterPath, pen: QPen, brush: QBrush) -> Draw:
    def draw(painter: QPainter) -> None:
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawPath(path)

    return draw


def _segments(mark: Any) -> Draw:
    path = QPainterPath()
    for x0, y0, x1, y1 in mark.lines:
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    return _path_draw(path, _pen(mark.stroke, mark.width, mark.opacity, flat=True), _brush(None))


def _dots(mark: Any) -> Draw:
    path = QPainterPath()
    for x, y in mark.centres:
        path.addEllipse(QPointF(x, y), mark.radius, mark.radius)
    return _path_draw(path, _pen(None, 0), _brush(mark.fill, mark.opacity))


def _ellipse(centre: QPointF, radius: float, pen: QPen, brush: QBrush) -> Draw:
    def draw(painter: QPainter) -> None:
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawEllipse(centre, radius, radius)

    return draw


def _rounded(mark: Any) -> Draw:
    box = QRectF(mark.box.left, mark.box.top, mark.box.width, mark.box.height)
    pen, brush = _pen(mark.stroke, mark.width), _brush(mark.fill)

    def draw(painter: QPainter) -> None:
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawRoundedRect(box, mark.radius, mark.radius)

    return draw


def _text(mark: Any) -> Draw:
    """Letters as outlines with their halo, placed and sized beforehand, as the program paints them."""
    from PySide6.QtGui import QFont, QFontMetricsF, QTransform

    from injectmap.ui.theme import load_fonts

    em = 128
    font = QFont(load_fonts())
    font.setPixelSize(em)
    font.setWeight(QFont.Weight(mark.weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    letters = QPainterPath()
    letters.addText(0, 0, font, mark.text)
    scale = mark.size / em
    shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor]
    advance = QFontMetricsF(font).horizontalAdvance(mark.text) * scale * shift
    path = QTransform(scale, 0, 0, scale, mark.at[0] - advance, mark.at[1]).map(letters)
    fill, halo = _brush(mark.colour), _pen(mark.halo, mark.halo_width)

    def draw(painter: QPainter) -> None:
        if mark.halo is not None and mark.halo_width > 0:
            painter.strokePath(path, halo)
        painter.fillPath(path, fill)

    return draw
