"""Paints a chart's drawing primitives with QPainter: the same marks that the page shows as SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from injectmap.chart.primitives import Disc, Dots, Drawing, Item, Polyline, RoundedBox, Segments, Text
from injectmap.ui.theme import load_fonts

# Letters are outlined at this size and scaled, because Qt's fonts take whole pixels only.
_EM = 128.0
_NO_PEN = QPen(Qt.PenStyle.NoPen)
_NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


@lru_cache(maxsize=512)
def _colour(text: str, opacity: float) -> QColor:
    colour = QColor(text)
    colour.setAlphaF(opacity)
    return colour


@lru_cache(maxsize=512)
def _brush(text: str | None, opacity: float = 1.0) -> QBrush:
    return _NO_BRUSH if text is None else QBrush(_colour(text, opacity))


@lru_cache(maxsize=512)
def _pen(text: str, opacity: float, width: float, dash: tuple[float, ...], flat: bool) -> QPen:
    cap = Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.RoundCap
    pen = QPen(QBrush(_colour(text, opacity)), width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    if dash:
        # Qt counts dashes in pen widths.
        pen.setDashPattern([max(length / width, 0.001) for length in dash])
    return pen


@lru_cache(maxsize=3)
def _em_font(weight: int) -> QFont:
    font = QFont(load_fonts())
    font.setPixelSize(int(_EM))
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=3)
def _em_metrics(weight: int) -> QFontMetricsF:
    return QFontMetricsF(_em_font(weight))


@lru_cache(maxsize=2048)
def _letters(text: str, weight: int) -> tuple[QPainterPath, float]:
    path = QPainterPath()
    path.addText(0.0, 0.0, _em_font(weight), text)
    return path, _em_metrics(weight).horizontalAdvance(text)


def measure_text(text: str, size: float, weight: int) -> float:
    """Width of a line of text in the units of `size`."""
    return _letters(text, weight)[1] * size / _EM


def _paint_text(painter: QPainter, item: Text) -> None:
    path, advance = _letters(item.text, item.weight)
    scale = item.size / _EM
    shift = {"start": 0.0, "middle": advance / 2, "end": advance}[item.anchor] * scale
    painter.save()
    painter.translate(item.at[0] - shift, item.at[1])
    painter.scale(scale, scale)
    if item.halo is not None and item.halo_width > 0:
        painter.strokePath(path, _pen(item.halo, 1.0, item.halo_width / scale, (), False))
    painter.fillPath(path, _brush(item.colour))
    painter.restore()


def _paint_polyline(painter: QPainter, item: Polyline) -> None:
    polygon = QPolygonF([QPointF(x, y) for x, y in item.points])
    if item.stroke is None:
        painter.setPen(_NO_PEN)
    else:
        painter.setPen(_pen(item.stroke, item.stroke_opacity, item.width, item.dash, item.flat_caps))
    if item.closed:
        painter.setBrush(_brush(item.fill, item.fill_opacity))
        painter.drawPolygon(polygon, Qt.FillRule.OddEvenFill)
    else:
        painter.drawPolyline(polygon)


def _paint_segments(painter: QPainter, item: Segments) -> None:
    painter.setPen(_pen(item.stroke, item.opacity, item.width, (), True))
    path = QPainterPath()
    for x0, y0, x1, y1 in item.lines:
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    painter.setBrush(_NO_BRUSH)
    painter.drawPath(path)


def _paint_dots(painter: QPainter, item: Dots) -> None:
    path = QPainterPath()
    for x, y in item.centres:
        path.addEllipse(QPointF(x, y), item.radius, item.radius)
    painter.setPen(_NO_PEN)
    painter.setBrush(_brush(item.fill, item.opacity))
    painter.drawPath(path)


def _edge(painter: QPainter, stroke: str | None, width: float) -> None:
    painter.setPen(_NO_PEN if stroke is None else _pen(stroke, 1.0, width, (), False))


def _paint_disc(painter: QPainter, item: Disc) -> None:
    _edge(painter, item.stroke, item.width)
    painter.setBrush(_brush(item.fill))
    painter.drawEllipse(QPointF(*item.centre), item.radius, item.radius)


def _paint_box(painter: QPainter, item: RoundedBox) -> None:
    _edge(painter, item.stroke, item.width)
    painter.setBrush(_brush(item.fill))
    box = item.box
    painter.drawRoundedRect(QRectF(box.left, box.top, box.width, box.height), item.radius, item.radius)


_HOW: dict[type, Callable[[QPainter, Any], None]] = {
    Polyline: _paint_polyline,
    Segments: _paint_segments,
    Dots: _paint_dots,
    Disc: _paint_disc,
    RoundedBox: _paint_box,
    Text: _paint_text,
}


def paint_items(painter: QPainter, items: Iterable[Item]) -> None:
    """Paint marks in order; the painter's transform places (0, 0) of the drawing."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for item in items:
        _HOW[type(item)](painter, item)


def paint_drawing(painter: QPainter, drawing: Drawing, *, without: Iterable[str] = ()) -> None:
    """Paint all layers of a drawing but some, bottom to top."""
    left_out = frozenset(without)
    for layer in drawing.layers:
        if layer.name not in left_out:
            paint_items(painter, layer.items)


def _reach(item: Item) -> QRectF:
    if isinstance(item, Polyline):
        box = QPolygonF([QPointF(x, y) for x, y in item.points]).boundingRect()
        return box.adjusted(-item.width, -item.width, item.width, item.width)
    if isinstance(item, Segments):
        ends = [QPointF(x, y) for x0, y0, x1, y1 in item.lines for x, y in ((x0, y0), (x1, y1))]
        return QPolygonF(ends).boundingRect().adjusted(-item.width, -item.width, item.width, item.width)
    if isinstance(item, Dots):
        box = QPolygonF([QPointF(x, y) for x, y in item.centres]).boundingRect()
        return box.adjusted(-item.radius, -item.radius, item.radius, item.radius)
    if isinstance(item, Disc):
        reach = item.radius + item.width
        return QRectF(item.centre[0] - reach, item.centre[1] - reach, 2 * reach, 2 * reach)
    if isinstance(item, RoundedBox):
        box = QRectF(item.box.left, item.box.top, item.box.width, item.box.height)
        return box.adjusted(-item.width, -item.width, item.width, item.width)
    width = measure_text(item.text, item.size, item.weight)
    grown = item.halo_width + item.size * 0.3
    return QRectF(
        item.at[0] - width - grown, item.at[1] - item.size - grown, 2 * (width + grown), 2 * item.size
    )


def reach_of(items: Iterable[Item]) -> QRectF:
    """A rectangle that holds every pixel the marks touch."""
    united = QRectF()
    for item in items:
        united = united.united(_reach(item))
    return united
