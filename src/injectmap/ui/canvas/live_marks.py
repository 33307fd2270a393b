"""What is painted over the layer: the selection, the pass in hand, the ink of a free-hand gesture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from injectmap.ui.canvas.camera import Camera

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.chart.primitives import Item
    from injectmap.editing.pointer import Preview

_INK_WIDTH = 2.2
_INK = QColor("#14263C")


class Marks:
    """Chart marks placed on the widget, with the rectangle they touch."""

    def __init__(self, items: Sequence[Item] = (), origin: tuple[float, float] = (0.0, 0.0)) -> None:
        """Keep marks whose (0, 0) lies at a pixel."""
        self.items = tuple(items)
        self.origin = origin
        self.rect = QRect()
        if self.items:
            from injectmap.ui.canvas.painter import reach_of

            self.rect = reach_of(self.items).translated(*origin).toAlignedRect().adjusted(-2, -2, 2, 2)

    def paint(self, painter: QPainter, dirty: QRect) -> None:
        """Paint them if they are in the dirty part."""
        if not self.items or not self.rect.intersects(dirty):
            return
        from injectmap.ui.canvas.painter import paint_items

        painter.save()
        painter.translate(*self.origin)
        paint_items(painter, self.items)
        painter.restore()


def preview_marks(
    atlas: Atlas, view_id: str, camera: Camera, previews: Sequence[Preview], dark: bool
) -> Marks:
    """The passes in hand, drawn as they will be when the gesture ends."""
    from injectmap.chart.map_drawing import draw_entry, draw_path
    from injectmap.chart.styles import MapStyle

    style = MapStyle(px_per_mm=camera.px_per_mm, dark=dark)
    drawn = [draw_path(atlas, one.points, view_id, style) for one in previews]
    items: list[Item] = [item for one in drawn for item in one.halos]
    items += [item for one in drawn for item in one.lines]
    # Passes that move together share their entry point: it is drawn once.
    for point in {one.controls[0]: one.points[0] for one in previews}.values():
        items += draw_entry(atlas, point, view_id, style)
    return Marks(items, camera.origin)


class Ink:
    """The raw line under the pen, painted segment by segment before the skin has its say."""

    def __init__(self) -> None:
        """Start dry."""
        self._points: list[QPointF] = []

    def clear(self) -> QRect:
        """Forget the line; returns what must be repainted."""
        rect = self.rect
        self._points.clear()
        return rect

    @property
    def rect(self) -> QRect:
        """All pixels of the line."""
        return self._around(self._points) if self._points else QRect()

    def begin(self, at: QPointF) -> None:
        """Put the pen down."""
        self._points[:] = [at]

    def add(self, at: QPointF) -> QRect:
        """Carry the line on; returns the pixels of the new segment alone."""
        if not self._points:
            return QRect()
        self._points.append(at)
        return self._around(self._points[-2:])

    @staticmethod
    def _around(points: Sequence[QPointF]) -> QRect:
        box = QPolygonF(points).boundingRect()
        return box.toAlignedRect().adjusted(-3, -3, 3, 3)

    def paint(self, painter: QPainter, dirty: QRectF) -> None:
        """Paint the segments that touch the dirty part: a long line costs no more than a short one."""
        if len(self._points) < 2:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(_INK, _INK_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        left, right, top, bottom = dirty.left() - 3, dirty.right() + 3, dirty.top() - 3, dirty.bottom() + 3
        last = self._points[0]
        for point in self._points[1:]:
            if (
                min(last.x(), point.x()) <= right
                and max(last.x(), point.x()) >= left
                and min(last.y(), point.y()) <= bottom
                and max(last.y(), point.y()) >= top
            ):
                painter.drawLine(last, point)
            last = point
