"""What lies over the committed picture and changes with the hand: selection, previews, what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from injectmap.ui.canvas.layer import MapLayer, map_style
from injectmap.ui.canvas.live_marks import Marks, left_out, lines_in_hand, preview_marks
from injectmap.ui.theme import SELECTION, Theme

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.chart.primitives import Item
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.canvas.camera import Camera
    from injectmap.words import Words


class LiveLayer:
    """Marks over a map layer; each `refresh` returns the pixels that must be painted anew."""

    def __init__(self, layer: MapLayer, words: Words) -> None:
        """Nothing in hand."""
        self._layer, self._words = layer, words
        self.selection, self.preview = Marks(), Marks()
        self._selection_key: tuple[object, ...] = ()
        self._marquee = QRect()
        self._leader: QLineF | None = None

    def forget(self) -> None:
        """The picture below was painted anew."""
        self._selection_key = ()

    def drop_preview(self) -> None:
        """Show no gesture in hand."""
        self.preview = Marks()

    def refresh_selection(self, editor: MapEditor | None, atlas: Atlas | None) -> QRect:
        """Mark the selected passes, the handle that keys move, and a selected measurement."""
        before, drawing, scene = self.selection.rect, self._layer.drawing, self._layer.scene
        shown = editor.selection - left_out(editor) if editor is not None else frozenset()
        handle = _handle_of(editor)
        key = (drawing, shown, handle, _others(editor), scene and scene.camera)
        if key == self._selection_key:
            return QRect()
        self._selection_key, self.selection = key, Marks()
        if editor is None or drawing is None or atlas is None or scene is None:
            return before
        if not shown and editor.selected_item is None:
            return before
        from injectmap.chart.map_drawing import draw_handle, draw_selection
        from injectmap.ui.canvas.painter import measure_text

        style = map_style(scene)
        band = draw_selection(
            atlas,
            editor.map,
            scene.view_id,
            style,
            shown,
            drawing,
            partners=_others(editor)[0],
            item=editor.selected_item,
            measure_text=measure_text,
        )
        items: tuple[Item, ...] = band.items
        primary = editor.map.by_id.get(editor.primary or "")
        if handle and primary is not None and primary.id in shown:
            items += draw_handle(atlas, primary, scene.view_id, style, tip=handle == "tip")
        self.selection = Marks(items, scene.camera.origin)
        return before.united(self.selection.rect)

    def refresh_preview(
        self, editor: MapEditor | None, atlas: Atlas | None, view_id: str, camera: Camera, dark: bool
    ) -> QRect:
        """Draw the passes in hand and the length being measured."""
        before = self.preview.rect
        self.preview = Marks()
        if editor is None or atlas is None:
            return before
        lines = lines_in_hand(editor)
        measured = self._measured(editor, atlas, view_id, camera, dark)
        corner = self._corner(editor, atlas, view_id, camera, dark)
        if lines:
            self.preview = preview_marks(atlas, view_id, camera, lines, dark)
        if measured or corner:
            self.preview = Marks((*self.preview.items, *corner, *measured), camera.origin)
        return before.united(self.preview.rect)

    def _measured(
        self, editor: MapEditor, atlas: Atlas, view_id: str, camera: Camera, dark: bool
    ) -> tuple[Item, ...]:
        measured = editor.measured
        if measured is None:
            return ()
        from injectmap.chart.map_drawing import draw_measured
        from injectmap.chart.styles import MapStyle
        from injectmap.domain.units import show_length
        from injectmap.ui.canvas.painter import measure_text

        style = MapStyle(px_per_mm=camera.px_per_mm, dark=dark)
        skin, chord = show_length(measured.length_um), show_length(measured.chord_um)
        said = (self._words("measure.skin", mm=skin), self._words("measure.chord", mm=chord))
        return draw_measured(atlas, measured.points, view_id, style, said, measure_text)

    @staticmethod
    def _corner(
        editor: MapEditor, atlas: Atlas, view_id: str, camera: Camera, dark: bool
    ) -> tuple[Item, ...]:
        """The outlines of the zones as they would be if the corner in hand were left where it is."""
        if editor.tool_id != "zone_corner":
            return ()
        from injectmap.chart.map_drawing import draw_zone_outlines
        from injectmap.chart.styles import MapStyle
        from injectmap.editing.tools.zone_corner import zones_in_hand

        zones = zones_in_hand(editor.tool)
        if zones is None:
            return ()
        style = MapStyle(px_per_mm=camera.px_per_mm, dark=dark)
        return draw_zone_outlines(atlas, editor.map, zones, view_id, style)

    def refresh_marquee(self, editor: MapEditor | None, camera: Camera) -> QRect:
        """Follow the rectangle that selects."""
        before = self._marquee
        marquee = editor.marquee if editor is not None else None
        self._marquee = QRect()
        if marquee is not None:
            left, top, right, bottom = marquee.rect
            x0, y0 = camera.to_px(left, top)
            x1, y1 = camera.to_px(right, bottom)
            self._marquee = QRectF(x0, y0, x1 - x0, y1 - y0).toAlignedRect()
        return before.united(self._marquee).adjusted(-2, -2, 2, 2)

    def paint_marquee(self, painter: QPainter) -> None:
        """Paint the rectangle that selects."""
        if self._marquee.isNull():
            return
        fill = QColor(SELECTION)
        fill.setAlphaF(0.10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(SELECTION), 1))
        painter.setBrush(fill)
        painter.drawRect(self._marquee.adjusted(0, 0, -1, -1))

    def tie(self, line: QLineF | None) -> QRegion:
        """Tie the inline editor to its pass by a line, or let go of it."""
        dirty = QRegion()
        for one in (self._leader, line) if line != self._leader else ():
            if one is not None:
                box = QRectF(one.p1(), one.p2()).normalized().toAlignedRect()
                dirty = dirty.united(box.adjusted(-3, -3, 3, 3))
        self._leader = line
        return dirty

    def paint_leader(self, painter: QPainter, theme: Theme) -> None:
        """Paint the line to the inline editor."""
        if self._leader is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("sel"), 1.5))
            painter.drawLine(self._leader)


def _handle_of(editor: MapEditor | None) -> str:
    """The end of the primary pass that keys move, or nothing for the whole."""
    if editor is None or editor.primary is None or editor.handle == "whole":
        return ""
    return str(editor.handle)


def _others(editor: MapEditor | None) -> tuple[frozenset[str], str | None]:
    if editor is None:
        return frozenset(), None
    return editor.partner_ids, editor.selected_item
