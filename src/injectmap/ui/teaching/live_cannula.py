"""What moves while a pass is played: the cannula under the skin, the product it leaves, and the syringe outside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from injectmap.chart import styles
from injectmap.chart.primitives import Item
from injectmap.domain.play_steps import Phase, PlayState
from injectmap.domain.units import UM_PER_MM
from injectmap.ui.canvas.camera import Camera
from injectmap.ui.canvas.painter import paint_items
from injectmap.ui.teaching import syringe_drawing
from injectmap.ui.teaching.live_path import LivePath
from injectmap.ui.teaching.show import Scene
from injectmap.ui.teaching.syringe_pose import Pose, Room, pose

if TYPE_CHECKING:
    import numpy as np

    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import CannulaPass

_BAND: Final = 8.5
_BAND_HALO: Final = 13.5
_TUBE: Final = 6.5
_TIP: Final = 6.5
_FAINT: Final = 0.38
_SPOT: Final = 8.0
# How far the ring about a new entry point opens.
_PULSE: Final = 30.0
# However far it is in, so much of the cannula stays outside: a pass may be longer than it on the reference head.
_LEAST_SHAFT_MM: Final = 5.0
_BLUE = QColor(styles.SELECTION)
_WHITE = QColor(styles.WHITE)
_RED = QColor(styles.ENTRY_RED)
_STEEL = QColor("#56636F")


class LiveCannula:
    """The marks of one pass while it is played, for one view and camera; `rect` holds every pixel they touch."""

    def __init__(
        self,
        atlas: Atlas,
        one: CannulaPass,
        view_id: str,
        camera: Camera,
        room: QRectF,
        *,
        chip: tuple[Item, ...],
        entry: tuple[Item, ...],
    ) -> None:
        """`chip` and `entry` are the pass's number and entry point in drawing units of the view."""
        self._one, self._camera = one, camera
        self._chip, self._entry = chip, entry
        self.path = LivePath(atlas, one, view_id, camera)
        self._shaft_px = one.instrument.length_um / UM_PER_MM * camera.px_per_mm
        self.pose = self._pose(room)
        self.rect = QRect()

    def _pose(self, room: QRectF) -> Pose | None:
        """None where the entry point cannot be seen: then the syringe would stand nowhere."""
        edge = syringe_drawing.HALF_WIDTH
        inner = Room(room.left() + edge, room.top() + edge, room.right() - edge, room.bottom() - edge)
        if not self.path.entry_in_sight or not inner.holds(self.path.entry):
            return None
        return pose(inner, self.path.entry, self.path.outward, self._shaft_px, syringe_drawing.BODY)

    def _outside(self, tip_um: int) -> float:
        """Pixels of cannula outside the skin."""
        assert self.pose is not None
        left_mm = max((self._one.instrument.length_um - tip_um) / UM_PER_MM, _LEAST_SHAFT_MM)
        return left_mm * self._camera.px_per_mm * self.pose.share / self.pose.scale

    def _placed(self) -> QTransform:
        assert self.pose is not None
        placed = QTransform.fromTranslate(*self.path.entry)
        placed.rotateRadians(self.pose.angle)
        placed.scale(self.pose.scale, self.pose.scale)
        return placed

    def bounds(self, moment: Scene) -> QRect:
        """Every pixel the marks of a moment touch."""
        xs, ys = self.path.points.T
        box = QRectF(QPointF(xs.min(), ys.min()), QPointF(xs.max(), ys.max())).adjusted(-12, -12, 12, 12)
        x, y = self.path.entry
        box = box.united(QRectF(x - _PULSE - 6, y - _PULSE - 6, 2 * _PULSE + 12, 2 * _PULSE + 12))
        if self.pose is not None:
            length = self._outside(moment.state.tip_um) + syringe_drawing.BODY
            edge = syringe_drawing.HALF_WIDTH + 6
            box = box.united(self._placed().mapRect(QRectF(-6, -edge, length + 12, 2 * edge)))
        return box.toAlignedRect().adjusted(-2, -2, 2, 2)

    def paint(self, painter: QPainter, moment: Scene) -> None:
        """Paint a moment; the number and the entry point lie above line and syringe."""
        state = moment.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_tube(painter, state)
        self._paint_product(painter, state)
        self._paint_tip(painter, state)
        if self.pose is not None:
            painter.save()
            painter.setTransform(self._placed(), True)
            syringe_drawing.paint_syringe(painter, self._outside(state.tip_um), moment.fill)
            painter.restore()
        self._paint_spots(painter, state)
        self._paint_marks(painter, moment)
        painter.restore()

    def _paint_tube(self, painter: QPainter, state: PlayState) -> None:
        """The cannula where it lies under the skin."""
        for points, seen in self.path.stretches(0, state.tip_um):
            line = _polygon(points)
            painter.setOpacity(1.0 if seen else _FAINT)
            painter.setPen(_pen(_WHITE, _TUBE))
            painter.drawPolyline(line)
            dashes = QPen(_STEEL, 3.2, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
            dashes.setDashPattern([2.4, 1.5])
            painter.setPen(dashes)
            painter.drawPolyline(line)
        painter.setOpacity(1.0)

    def _paint_product(self, painter: QPainter, state: PlayState) -> None:
        bands = [
            part for low, high in state.deposited if high > low for part in self.path.stretches(low, high)
        ]
        for colour, width in ((_WHITE, _BAND_HALO), (_BLUE, _BAND)):
            for points, seen in bands:
                if seen or colour is _BLUE:
                    painter.setOpacity(1.0 if seen else _FAINT)
                    painter.setPen(_pen(colour, width))
                    painter.drawPolyline(_polygon(points))
        painter.setOpacity(1.0)

    def _paint_spots(self, painter: QPainter, state: PlayState) -> None:
        """What is laid at one place, above the needle that lays it."""
        spots = [low for low, high in state.deposited if low == high]
        growing = (
            state.deposited_ul / self._one.microlitres
            if self._one.is_point and self._one.microlitres
            else 1.0
        )
        radius = _SPOT * (0.35 + 0.65 * growing)
        painter.setPen(_pen(_WHITE, 2.5))
        painter.setBrush(_BLUE)
        for place in spots:
            painter.drawEllipse(QPointF(*self.path.at(place)), radius, radius)

    def _paint_tip(self, painter: QPainter, state: PlayState) -> None:
        if state.phase in (Phase.ENTRY, None) or self._one.is_point:
            return
        painter.setPen(_pen(_BLUE, 3))
        painter.setBrush(_WHITE)
        painter.drawEllipse(QPointF(*self.path.at(state.tip_um)), _TIP, _TIP)

    def _paint_marks(self, painter: QPainter, moment: Scene) -> None:
        painter.save()
        painter.translate(*self._camera.origin)
        paint_items(painter, self._entry)
        paint_items(painter, self._chip)
        painter.restore()
        if moment.entering < 1.0 and self.path.entry_in_sight:
            gone = math.sqrt(max(0.0, moment.entering))
            ring = QColor(_RED)
            ring.setAlphaF(1.0 - gone)
            painter.setPen(QPen(ring, 4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(*self.path.entry), 8 + gone * (_PULSE - 8), 8 + gone * (_PULSE - 8))


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _polygon(points: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
