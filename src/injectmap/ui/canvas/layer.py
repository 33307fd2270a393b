"""The picture of everything that is committed, painted once into an opaque pixmap and blitted from then on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap

from injectmap.ui.canvas.camera import Camera
from injectmap.ui.canvas.head_pictures import HeadPictures
from injectmap.ui.canvas.overlays import FIRST_SHOWN
from injectmap.ui.theme import Theme
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.chart.primitives import Drawing
    from injectmap.chart.styles import MapStyle
    from injectmap.domain.treatment_map import TreatmentMap

# Logical pixels over which the head fades into the canvas where the widget cuts it off.
_FADE_TOP, _FADE_BOTTOM = 64, 56
# Palette, toggles, zoom box and scale bar lie over the canvas: names and labels keep clear of them.
CLEAR_LEFT, _CLEAR_TOP, _CLEAR_RIGHT, _CLEAR_BOTTOM = 74.0, 66.0, 14.0, 62.0


_SOURCE = QPainter.CompositionMode.CompositionMode_Source
_SOURCE_OVER = QPainter.CompositionMode.CompositionMode_SourceOver


@dataclass(frozen=True)
class Scene:
    """What a layer shows: the view, the map without the passes in hand, and what is switched on."""

    view_id: str
    camera: Camera
    ratio: float
    atlas: Atlas | None = None
    treatment_map: TreatmentMap | None = None
    left_out: frozenset[str] = frozenset()
    shown: frozenset[str] = FIRST_SHOWN
    ghost: TreatmentMap | None = None
    corners: bool = False
    dark: bool = False
    clear_left: float = CLEAR_LEFT

    @property
    def map_key(self) -> tuple[object, ...]:
        """What the drawing of the map depends on besides the map itself."""
        camera = self.camera
        place = (camera.px_per_mm, *camera.origin, camera.width, camera.height)
        marks = (self.shown, id(self.ghost), self.corners, self.clear_left)
        return (self.view_id, place, self.left_out, marks, self.dark)


def blit(painter: QPainter, pixmap: QPixmap) -> None:
    """Copy an opaque pixmap, the cheapest way there is."""
    painter.setCompositionMode(_SOURCE)
    painter.drawPixmap(0, 0, pixmap)
    painter.setCompositionMode(_SOURCE_OVER)


def clear_area(camera: Camera, clear_left: float = CLEAR_LEFT) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the widget's part where labels and names may stand, in drawing units."""
    x, y = camera.origin
    return (
        clear_left - x,
        _CLEAR_TOP - y,
        camera.width - _CLEAR_RIGHT - x,
        camera.height - _CLEAR_BOTTOM - y,
    )


def map_style(scene: Scene) -> MapStyle:
    """How the large view is drawn."""
    from injectmap.chart.primitives import Box
    from injectmap.chart.styles import MapStyle

    zones, labels = "zones" in scene.shown, "labels" in scene.shown
    return MapStyle(
        px_per_mm=scene.camera.px_per_mm,
        # Handles of corners would lie on the labels, which are of no use while corners are moved.
        labels="full" if labels and not scene.corners else "none",
        zones=zones,
        patterns=zones,
        names=zones and labels,
        landmarks="landmarks" in scene.shown,
        midline="midline" in scene.shown,
        grid="grid" in scene.shown,
        corners=scene.corners,
        dark=scene.dark,
        bounds=Box(*clear_area(scene.camera, scene.clear_left)),
    )


@dataclass
class MapLayer:
    """One opaque device pixmap with head, zones and committed passes; the marks of the gesture are not in it."""

    pictures: HeadPictures
    theme: Theme
    pixmap: QPixmap = field(default_factory=QPixmap)
    scene: Scene | None = None
    drawing: Drawing | None = None
    _drawn: tuple[object, ...] = ()

    def rebuild(self, scene: Scene, *, quick: bool = False) -> None:
        """Paint the scene anew; `quick` spares the decoding of the fine picture."""
        camera, ratio = scene.camera, scene.ratio
        size = QSize(round(camera.width * ratio), round(camera.height * ratio))
        if self.pixmap.size() != size or self.pixmap.devicePixelRatio() != ratio:
            self.pixmap = QPixmap(size)
            self.pixmap.setDevicePixelRatio(ratio)
        self.drawing = self._map_drawing(scene)
        # An opaque fill keeps the pixmap without alpha, so that its blit is a plain copy.
        self.pixmap.fill(self.theme.colour("canvas"))
        painter = QPainter(self.pixmap)
        self.paint(painter, scene, quick=quick)
        painter.end()
        self.scene = scene

    def paint(self, painter: QPainter, scene: Scene, *, quick: bool = False) -> None:
        """Paint head, fade and map straight onto any device."""
        camera = scene.camera
        self.pictures.paint(painter, scene.view_id, camera, scene.ratio, dark=scene.dark, quick=quick)
        self._fade(painter, camera)
        if self.drawing is not None:
            from injectmap.ui.canvas.painter import paint_drawing

            painter.save()
            painter.translate(*camera.origin)
            paint_drawing(painter, self.drawing, without=("selection",))
            painter.restore()

    def blit(self, painter: QPainter) -> None:
        """Copy the pixmap, pixel for pixel."""
        blit(painter, self.pixmap)

    def paint_moved(self, painter: QPainter, camera: Camera) -> None:
        """Paint the old picture where another camera has it, while that camera still moves."""
        painter.fillRect(QRectF(0, 0, camera.width, camera.height), self.theme.colour("canvas"))
        if self.scene is None:
            return
        old = self.scene.camera
        left, top = camera.to_px(*old.to_mm(0, 0))
        factor = camera.px_per_mm / old.px_per_mm
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        target = QRectF(left, top, old.width * factor, old.height * factor)
        painter.drawPixmap(target, self.pixmap, QRectF(self.pixmap.rect()))

    def _map_drawing(self, scene: Scene) -> Drawing | None:
        if scene.atlas is None:
            return None
        key = (scene.treatment_map, scene.map_key, scene.ghost)
        # Maps are immutable values, kept alive here: being the same object is being equal.
        if self.drawing is not None and self._drawn and self._drawn[0] is key[0] and self._drawn[1] == key[1]:
            return self.drawing
        from injectmap.chart.map_drawing import EMPTY_MAP, draw_map
        from injectmap.ui.canvas.painter import measure_text

        self._drawn = key
        return draw_map(
            scene.atlas,
            scene.treatment_map or EMPTY_MAP,
            scene.view_id,
            map_style(scene),
            hidden=scene.left_out,
            ghost=scene.ghost if "last_session" in scene.shown else None,
            measure_text=measure_text,
            words=load_words(),
        )

    def _fade(self, painter: QPainter, camera: Camera) -> None:
        """The head runs out softly where the widget cuts it, never behind a hard edge."""
        solid, clear = self.theme.colour("canvas"), self.theme.colour("canvas")
        clear.setAlpha(0)
        _, top = camera.origin
        _, bottom = camera.to_px(0, camera.window_h)
        if top < 0:
            self._band(painter, QRectF(0, 0, camera.width, _FADE_TOP), solid, clear)
        if bottom > camera.height:
            box = QRectF(0, camera.height - _FADE_BOTTOM, camera.width, _FADE_BOTTOM)
            self._band(painter, box, clear, solid)

    @staticmethod
    def _band(painter: QPainter, box: QRectF, above: QColor, below: QColor) -> None:
        gradient = QLinearGradient(box.topLeft(), QPointF(box.left(), box.bottom()))
        gradient.setColorAt(0.0, above)
        gradient.setColorAt(1.0, below)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(box, gradient)
