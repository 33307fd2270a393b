"""What is painted over the layer: the selection, the pass in hand, the ink of a free-hand gesture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from injectmap.ui.canvas.camera import Camera

if TYPE_CHECKING:
    import numpy as np

    from injectmap.atlas import Atlas
    from injectmap.chart.primitives import Item
    from injectmap.editing.editor import MapEditor
    from injectmap.words import Words

_PEN = QPen(QColor("#14263C"), 2.2)
_SOAK_AFTER = 4
_SMOOTH = QPainter.RenderHint.Antialiasing
# Square caps close the joints of so thin a line, and cost a fifth of round ones.
_PEN.setCapStyle(Qt.PenCapStyle.SquareCap)


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


def left_out(editor: MapEditor | None) -> frozenset[str]:
    """The stored passes that something in hand stands for, so that they are not shown twice."""
    if editor is None:
        return frozenset()
    if editor.failed is not None:
        return frozenset(change.pass_id for change in editor.failed.edit.changes)
    return editor.preview_replaces


def description(editor: MapEditor | None, view_id: str, words: Words) -> str:
    """What the picture shows, for screen readers."""
    if editor is None:
        return ""
    return words("canvas.description", view=words(f"view.{view_id}"), count=len(editor.map.passes))


def lines_in_hand(editor: MapEditor) -> list[np.ndarray]:
    """The courses (n, 3) in mm of the passes that are drawn, moved, or waiting to be stored."""
    if editor.failed is not None:
        from injectmap.domain.skin_paths import to_mm

        after = (change.after for change in editor.failed.edit.changes)
        return [to_mm(one.path.points) for one in after if one is not None]
    return [preview.points for preview in editor.previews]


def preview_marks(
    atlas: Atlas, view_id: str, camera: Camera, lines: Sequence[np.ndarray], dark: bool
) -> Marks:
    """The passes in hand, drawn as they will be when the gesture ends."""
    from injectmap.chart.map_drawing import draw_entry, draw_path
    from injectmap.chart.styles import MapStyle

    style = MapStyle(px_per_mm=camera.px_per_mm, dark=dark)
    drawn = [draw_path(atlas, points, view_id, style) for points in lines]
    items: list[Item] = [item for one in drawn for item in one.halos]
    items += [item for one in drawn for item in one.lines]
    # Passes that move together share their entry point: it is drawn once; a bolus has none.
    entries = (points for points in lines if len(points) != 2 or not (points[0] == points[1]).all())
    for entry in {tuple(points[0].round(3)): points[0] for points in entries}.values():
        items += draw_entry(atlas, entry, view_id, style)
    return Marks(items, camera.origin)


class Ink:
    """The raw line under the pen, painted before the skin has its say.

    It soaks into a copy of the layer, so that carrying on a long line over a full map costs what the first
    segment over an empty one does: one small blit and a stroke of a few points.
    """

    def __init__(self) -> None:
        """Start dry."""
        self.sheet: QPixmap | None = None
        self._fresh: list[QPointF] = []
        self._untold: list[QPointF] = []

    @property
    def wet(self) -> bool:
        """True while a line is being drawn."""
        return self.sheet is not None

    def clear(self) -> None:
        """Forget the line."""
        self.sheet = None
        self._fresh, self._untold = [], []

    def begin(self, at: QPointF, ground: QPixmap) -> None:
        """Put the pen down on a copy of the layer."""
        self.sheet = ground.copy()
        self._fresh, self._untold = [at], []

    def add(self, at: QPointF) -> QRect:
        """Carry the line on; returns the pixels of the new segment alone."""
        fresh = self._fresh
        last = fresh[-1]
        fresh.append(at)
        self._untold.append(at)
        if len(fresh) > _SOAK_AFTER:
            self._soak()
        return QRectF(last, at).normalized().toAlignedRect().adjusted(-3, -3, 3, 3)

    def take_untold(self) -> list[QPointF]:
        """The positions the tool has not been told of."""
        untold, self._untold = self._untold, []
        return untold

    def _soak(self) -> None:
        assert self.sheet is not None
        painter = QPainter(self.sheet)
        self.paint_fresh(painter)
        painter.end()
        del self._fresh[:-1]

    def paint_fresh(self, painter: QPainter) -> None:
        """Paint the segments that are not in the sheet yet."""
        painter.setRenderHint(_SMOOTH)
        painter.setPen(_PEN)
        draw, (start, *rest) = painter.drawLine, self._fresh
        for end in rest:
            draw(start, end)
            start = end
