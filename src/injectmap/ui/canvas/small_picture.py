"""The picture of one small view, kept in sheets so that a new pass costs only its own marks."""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_not
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from injectmap.ui.canvas.camera import Camera
from injectmap.ui.canvas.head_pictures import HeadPictures
from injectmap.ui.canvas.live_marks import Marks
from injectmap.ui.theme import Theme

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.chart.primitives import Item
    from injectmap.chart.styles import MapStyle
    from injectmap.domain.treatment_map import CannulaPass, TreatmentMap

# Marks are drawn at this share of their size: full ones would hide a face of 150 px.
_MARK_SCALE = 0.5


@dataclass(frozen=True)
class _Shown:
    """What the sheets hold."""

    atlas: Atlas | None
    zones: bool
    dark: bool
    ratio: float
    size: QSize


class SmallPicture:
    """Three sheets: ground (head, zones, halos), lines, entry points.

    Invariant: painted one over the other they are the same picture as the whole map painted at once, because
    a pass drawn last lies on top within each sheet.
    """

    def __init__(self, pictures: HeadPictures, theme: Theme, view_id: str) -> None:
        """A picture of one view, painted when first asked for."""
        self.view_id = view_id
        self._pictures, self._theme = pictures, theme
        self._ground, self._lines, self._entries = QPixmap(), QPixmap(), QPixmap()
        self._shown: _Shown | None = None
        self._map: TreatmentMap | None = None
        self._entries_shown: set[str] = set()
        self._zones_used: set[tuple[str, str]] = set()
        self.selection = Marks()
        self._selected: tuple[object, ...] = ()
        # Kept alive, so that their identity stands for them.
        self._chosen: list[CannulaPass] = []
        self.camera: Camera = pictures.camera(view_id, 1, 1)

    def refresh(
        self, treatment_map: TreatmentMap | None, atlas: Atlas | None, size: QSize, ratio: float, zones: bool
    ) -> bool:
        """Bring the sheets up to date; False if nothing had changed."""
        wanted = _Shown(atlas, zones, self._theme.dark, ratio, size)
        if wanted == self._shown and treatment_map is self._map:
            return False
        added = self._added(treatment_map) if wanted == self._shown else None
        if added is None:
            self._paint_all(treatment_map, wanted)
            self._entries_shown.clear()
            self._zones_used.clear()
        passes = treatment_map.passes if treatment_map is not None else ()
        for one in passes if added is None else added:
            if added is not None:
                self._paint_pass(one, wanted, new_entry=one.entry_id not in self._entries_shown)
            self._entries_shown.add(one.entry_id)
            self._zones_used |= _zones_of(one)
        self._shown, self._map = wanted, treatment_map
        return True

    def _added(self, treatment_map: TreatmentMap | None) -> tuple[CannulaPass, ...] | None:
        """The passes drawn since, if that is all that happened and no zone changes its look."""
        if self._map is None or treatment_map is None:
            return None
        old, new = self._map.passes, treatment_map.passes
        if self._map.items is not treatment_map.items:
            return None
        if len(new) <= len(old) or any(map(is_not, old, new)):
            return None
        added = new[len(old) :]
        # What is planned lies under the rest; a new zone changes the ground.
        simple = all(one.status.value != "planned" and _zones_of(one) <= self._zones_used for one in added)
        return added if simple else None

    def style(self, shown_zones: bool = True) -> MapStyle:
        """How a small view is drawn."""
        return small_style(
            self.camera.px_per_mm, dark=self._theme.dark, mark_scale=_MARK_SCALE, zones=shown_zones
        )

    def _paint_all(self, treatment_map: TreatmentMap | None, wanted: _Shown) -> None:
        size, ratio = wanted.size, wanted.ratio
        self.camera = self._pictures.camera(self.view_id, size.width(), size.height())
        device = QSize(round(size.width() * ratio), round(size.height() * ratio))
        self._ground, self._lines, self._entries = (_sheet(device, ratio) for _ in range(3))
        painter = QPainter(self._ground)
        painter.fillRect(0, 0, size.width(), size.height(), self._theme.colour("canvas"))
        self._pictures.paint(painter, self.view_id, self.camera, ratio, dark=wanted.dark, quick=True)
        if wanted.atlas is not None:
            from injectmap.chart.map_drawing import EMPTY_MAP, draw_map
            from injectmap.chart.styles import GROUND_LAYERS

            drawing = draw_map(
                wanted.atlas, treatment_map or EMPTY_MAP, self.view_id, self.style(wanted.zones)
            )
            ground = [x for name in GROUND_LAYERS for x in drawing.layer(name).items]
            self._put(painter, ground)
            painter.end()
            self._put_on(self._lines, drawing.layer("passes").items)
            self._put_on(self._entries, drawing.layer("entry_points").items)
        else:
            painter.end()

    def _paint_pass(self, one: CannulaPass, wanted: _Shown, *, new_entry: bool) -> None:
        from injectmap.chart.map_drawing import draw_pass, draw_pass_entry

        assert wanted.atlas is not None
        style = self.style(wanted.zones)
        items = draw_pass(wanted.atlas, one, self.view_id, style)
        self._put_on(self._ground, items.halos)
        self._put_on(self._lines, items.lines)
        # Painted twice, the soft edge of a marker would grow.
        if new_entry:
            self._put_on(self._entries, draw_pass_entry(wanted.atlas, one, self.view_id, style))

    def _put_on(self, sheet: QPixmap, items: tuple[Item, ...] | list[Item]) -> None:
        if items:
            painter = QPainter(sheet)
            self._put(painter, items)
            painter.end()

    def _put(self, painter: QPainter, items: tuple[Item, ...] | list[Item]) -> None:
        from injectmap.ui.canvas.painter import paint_items

        painter.translate(*self.camera.origin)
        paint_items(painter, items)
        painter.resetTransform()

    def select(self, selected: frozenset[str]) -> bool:
        """Mark the selected passes; False if nothing had changed."""
        shown, treatment_map = self._shown, self._map
        if shown is None:
            return False
        by_id = treatment_map.by_id if treatment_map is not None else {}
        chosen = [by_id[id_] for id_ in sorted(selected) if id_ in by_id]
        key = (shown, *map(id, chosen))
        if key == self._selected:
            return False
        self._selected, self._chosen, self.selection = key, chosen, Marks()
        if shown.atlas is not None and treatment_map is not None and chosen:
            from injectmap.chart.map_drawing import draw_selection
            from injectmap.chart.primitives import Drawing

            band = draw_selection(
                shown.atlas,
                treatment_map,
                self.view_id,
                self.style(shown.zones),
                selected,
                Drawing(0.0, 0.0, ()),
            )
            self.selection = Marks(band.items, self.camera.origin)
        return True

    def paint(self, painter: QPainter) -> None:
        """Paint the sheets at the painter's origin."""
        for sheet in (self._ground, self._lines, self._entries):
            painter.drawPixmap(0, 0, sheet)
        self.selection.paint(painter, self.selection.rect)


def small_style(px_per_mm: float, *, dark: bool, mark_scale: float, zones: bool = True) -> MapStyle:
    """How a map is drawn where there is no room for names, volumes and patterns."""
    from injectmap.chart.styles import MapStyle

    return MapStyle(
        px_per_mm=px_per_mm,
        labels="none",
        zones=zones,
        patterns=False,
        names=False,
        dark=dark,
        mark_scale=mark_scale,
    )


def _zones_of(one: CannulaPass) -> set[tuple[str, str]]:
    return {(part.zone, part.side) for part in one.path.zones}


def _sheet(size: QSize, ratio: float) -> QPixmap:
    sheet = QPixmap(size)
    sheet.setDevicePixelRatio(ratio)
    sheet.fill(Qt.GlobalColor.transparent)
    return sheet
