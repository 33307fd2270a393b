"""The kept pictures of the stage: the head with its zones, and over it what has been played so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap

from injectmap.chart.primitives import Box
from injectmap.ui.canvas.camera import Camera
from injectmap.ui.canvas.head_pictures import HeadPictures
from injectmap.ui.canvas.layer import blit
from injectmap.ui.canvas.painter import measure_text, paint_items
from injectmap.ui.teaching.layout import StageLayout, lay_out, stage_style
from injectmap.ui.teaching.show import Told
from injectmap.ui.theme import Theme

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import TreatmentMap

# Logical pixels over which the head fades where the stage cuts it off; its right edge is the window's.
_FADE: Final = {"left": 48.0, "top": 64.0, "bottom": 72.0}
# Buttons lie over the upper right corner, a caption over the foot.
_CLEAR_TOP, _CLEAR_SIDE, _CLEAR_BOTTOM = 24.0, 18.0, 28.0
_DOTS_OPACITY: Final = 0.7
# An entry point that is still to come is there to be found, no more.
_UNUSED_ENTRY_OPACITY: Final = 0.4


@dataclass(frozen=True)
class Shot:
    """Where the head lies on the stage."""

    view_id: str
    camera: Camera
    ratio: float


class StagePicture:
    """Two opaque pixmaps: the ground costs a head and its zones, the picture over it only lines.

    Invariant: `picture` shows `shot`, `map` and `told` as they were last given to `show`.
    """

    def __init__(self, pictures: HeadPictures, theme: Theme) -> None:
        """Nothing painted yet."""
        self._pictures, self._theme = pictures, theme
        self._ground, self.picture = QPixmap(), QPixmap()
        self.shot: Shot | None = None
        self.layout: StageLayout | None = None
        self._map: TreatmentMap | None = None
        self._told: Told | None = None
        self._quick = False

    @property
    def rough(self) -> bool:
        """True while the reduced picture of the head stands in for the fine one."""
        return self._quick

    def show(
        self, shot: Shot, atlas: Atlas | None, treatment_map: TreatmentMap, told: Told, *, fine: bool = False
    ) -> bool:
        """Paint what is asked for if it is not there already; True if anything was painted."""
        new_shot = shot != self.shot
        new_map = treatment_map is not self._map or (self.layout is None and atlas is not None)
        if not (new_shot or new_map or (fine and self._quick) or told != self._told):
            return False
        if new_shot or new_map:
            self.layout = self._laid_out(shot, atlas, treatment_map)
        if new_shot or new_map or (fine and self._quick):
            self._paint_ground(shot, fine=fine)
        self.shot, self._map, self._told = shot, treatment_map, told
        self._paint_picture(shot, told)
        return True

    def forget(self) -> None:
        """Release the pixmaps."""
        self._ground, self.picture = QPixmap(), QPixmap()
        self.shot, self.layout, self._map, self._told = None, None, None, None

    def paint_moved(self, painter: QPainter, camera: Camera) -> None:
        """Paint the old picture where another camera has it, while that camera still moves."""
        painter.fillRect(QRectF(0, 0, camera.width, camera.height), self._theme.colour("canvas"))
        if self.shot is None:
            return
        old = self.shot.camera
        left, top = camera.to_px(*old.to_mm(0, 0))
        factor = camera.px_per_mm / old.px_per_mm
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        target = QRectF(left, top, old.width * factor, old.height * factor)
        painter.drawPixmap(target, self.picture, QRectF(self.picture.rect()))

    def _laid_out(self, shot: Shot, atlas: Atlas | None, treatment_map: TreatmentMap) -> StageLayout | None:
        if atlas is None:
            return None
        camera = shot.camera
        x, y = camera.origin
        bounds = Box(
            _CLEAR_SIDE - x, _CLEAR_TOP - y, camera.width - _CLEAR_SIDE - x, camera.height - _CLEAR_BOTTOM - y
        )
        style = stage_style(camera.px_per_mm, len(treatment_map.passes), bounds, dark=True)
        return lay_out(atlas, treatment_map, shot.view_id, style, measure_text)

    def _fresh(self, shot: Shot) -> QPixmap:
        camera, ratio = shot.camera, shot.ratio
        pixmap = QPixmap(QSize(round(camera.width * ratio), round(camera.height * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        # An opaque fill keeps the pixmap without alpha, so that its copy is a plain one.
        pixmap.fill(self._theme.colour("canvas"))
        return pixmap

    def _paint_ground(self, shot: Shot, *, fine: bool) -> None:
        scale = shot.camera.px_per_mm * shot.ratio
        self._quick = not fine and self._pictures.must_decode_fine(shot.view_id, scale)
        self._ground = self._fresh(shot)
        painter = QPainter(self._ground)
        self._pictures.paint(painter, shot.view_id, shot.camera, shot.ratio, dark=True, quick=self._quick)
        if self.layout is not None:
            painter.save()
            painter.translate(*shot.camera.origin)
            paint_items(painter, self.layout.zones)
            painter.restore()
        self._fade(painter, shot.camera)
        painter.end()

    def _paint_picture(self, shot: Shot, told: Told) -> None:
        self.picture = self._fresh(shot)
        painter = QPainter(self.picture)
        blit(painter, self._ground)
        if self.layout is not None:
            painter.translate(*shot.camera.origin)
            self._paint_map(painter, self.layout, told)
        painter.end()

    @staticmethod
    def _paint_map(painter: QPainter, layout: StageLayout, told: Told) -> None:
        for zone, items in layout.names.items():
            if told.named is None or zone in told.named:
                paint_items(painter, items)
        painter.setOpacity(_DOTS_OPACITY)
        for pass_id in told.coming:
            if pass_id in layout.passes:
                paint_items(painter, layout.passes[pass_id].dots)
        painter.setOpacity(1.0)
        finished = [layout.passes[one] for one in told.finished if one in layout.passes]
        for marks in finished:
            paint_items(painter, marks.halos)
        for marks in finished:
            paint_items(painter, marks.lines)
        for marks in finished:
            paint_items(painter, marks.chip)
        for entry_id, items in layout.entries.items():
            painter.setOpacity(1.0 if entry_id in told.entered else _UNUSED_ENTRY_OPACITY)
            paint_items(painter, items)
        painter.setOpacity(1.0)

    def _fade(self, painter: QPainter, camera: Camera) -> None:
        """The head runs out softly where the stage cuts it, never behind a hard edge."""
        left, top = camera.origin
        _, bottom = camera.to_px(0, camera.window_h)
        width, height = camera.width, camera.height
        if left < 0:
            self._band(painter, QRectF(0, 0, _FADE["left"], height), QPointF(_FADE["left"], 0))
        if top < 0:
            self._band(painter, QRectF(0, 0, width, _FADE["top"]), QPointF(0, _FADE["top"]))
        if bottom > height:
            box = QRectF(0, height - _FADE["bottom"], width, _FADE["bottom"])
            painter.save()
            painter.translate(0, height)
            painter.scale(1, -1)
            self._band(painter, QRectF(0, 0, width, box.height()), QPointF(0, box.height()))
            painter.restore()

    def _band(self, painter: QPainter, box: QRectF, towards: QPointF) -> None:
        solid, clear = self._theme.colour("canvas"), QColor(self._theme.colour("canvas"))
        clear.setAlpha(0)
        gradient = QLinearGradient(box.topLeft(), towards)
        gradient.setColorAt(0.0, solid)
        gradient.setColorAt(1.0, clear)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(box, gradient)
