"""Finds the place for a small panel near a pass where it covers neither zone, pass nor label."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from injectmap.chart.primitives import Drawing
from injectmap.ui.canvas.painter import paint_drawing

# The ground is searched in cells of this many pixels.
_CELL = 8
_EDGE = 12
_INK = 60


def _taken(
    drawing: Drawing, origin: tuple[float, float], area: QSize, blocked: Iterable[QRect]
) -> np.ndarray:
    """Which cells of the area hold a mark or a blocked rectangle; shape (rows, columns), True where taken."""
    columns, rows = area.width() // _CELL + 1, area.height() // _CELL + 1
    image = QImage(columns, rows, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(1 / _CELL, 1 / _CELL)
    for rect in blocked:
        painter.fillRect(rect, QColor("black"))
    painter.translate(*origin)
    paint_drawing(painter, drawing, without=("pattern", "pass_halos"))
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8)
    alpha = pixels.reshape(rows, image.bytesPerLine())[:, : columns * 4].reshape(rows, columns, 4)[:, :, 3]
    return alpha > _INK // 4


def find_place(
    drawing: Drawing,
    origin: tuple[float, float],
    area: QSize,
    size: QSize,
    anchor: QPointF,
    blocked: Iterable[QRect],
) -> QRect:
    """Return where a panel of `size` may stand: the fewest covered marks, then the nearest to the anchor."""
    taken = _taken(drawing, origin, area, blocked).astype(np.int32)
    rows, columns = taken.shape
    need_w, need_h = size.width() // _CELL + 2, size.height() // _CELL + 2
    if columns <= need_w or rows <= need_h:
        return QRect(_EDGE, _EDGE, size.width(), size.height())
    sums = np.zeros((rows + 1, columns + 1), dtype=np.int32)
    sums[1:, 1:] = taken.cumsum(0).cumsum(1)
    covered = (
        sums[need_h:, need_w:] - sums[:-need_h, need_w:] - sums[need_h:, :-need_w] + sums[:-need_h, :-need_w]
    )
    top, left = np.mgrid[0 : covered.shape[0], 0 : covered.shape[1]] * _CELL + _CELL // 2
    dx = np.maximum(np.maximum(left - anchor.x(), anchor.x() - (left + size.width())), 0)
    dy = np.maximum(np.maximum(top - anchor.y(), anchor.y() - (top + size.height())), 0)
    # A little air between the tip and the panel, and beside it rather than above or below.
    away = np.hypot(dx, dy * 1.3)
    cost = covered * 400.0 + np.abs(away - 26) + np.hypot(dx, dy) * 0.2
    outside = (left + size.width() > area.width() - _EDGE) | (top + size.height() > area.height() - _EDGE)
    outside |= (left < _EDGE) | (top < _EDGE)
    cost[outside] = np.inf
    best = int(np.argmin(cost))
    return QRect(int(left.flat[best]), int(top.flat[best]), size.width(), size.height())


def leader(panel: QRect, anchor: QPointF) -> tuple[QPointF, QPointF] | None:
    """The line from the panel's nearest edge point to the anchor, or None if they touch."""
    box = QRectF(panel)
    start = QPointF(
        min(max(anchor.x(), box.left()), box.right()), min(max(anchor.y(), box.top() + 8), box.bottom() - 8)
    )
    step = anchor - start
    length = float((step.x() ** 2 + step.y() ** 2) ** 0.5)
    if length < 10:
        return None
    return start, anchor - step * (6 / length)
