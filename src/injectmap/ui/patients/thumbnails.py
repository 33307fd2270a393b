"""Small pictures of treatment sessions for the time line, drawn after the fact in short steps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

from injectmap.domain.errors import InjectmapError
from injectmap.services.ports import SessionSummary
from injectmap.ui.canvas.head_pictures import SIDE_BADGES, HeadPictures
from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import TreatmentMap
    from injectmap.ui.canvas.camera import Camera

SIDE: Final = 62
RADIUS: Final = 6
# A picture follows an edit when the hand has come to rest.
SETTLE_MS: Final = 500
# The working area fills the picture; marks as small as it is, without what would hide the passes.
_ZOOM: Final = 2.5
_MARK_SCALE: Final = 0.42
_LEFT_OUT: Final = ("zone_edge", "entry_points")
_BADGE: Final = 14
_KEPT: Final = 64


@dataclass(frozen=True)
class _Look:
    """What a picture depends on; `edits` counts the changes seen while the treatment session was open."""

    pass_count: int
    microlitres: int
    edits: int
    dark: bool
    ratio: float


@dataclass(frozen=True)
class _Kept:
    """A picture and the look it has; none if the treatment session could not be read."""

    look: _Look
    picture: QPixmap | None


class Thumbnails(QObject):
    """Gives pictures of treatment sessions, or nothing yet.

    Asking for a picture that is missing or out of date has it drawn: one session after the other, each in steps
    of a few milliseconds between which the window answers. Rows that have left the sight meanwhile are skipped.
    """

    changed = Signal(str)
    # The side of one view's square, and the gap where a picture holds more than one.
    side = SIDE
    gap = 0
    zoom = _ZOOM
    mark_scale = _MARK_SCALE
    left_out: tuple[str, ...] = _LEFT_OUT

    def __init__(
        self, theme: Theme, desk: Desk, pictures: HeadPictures, in_sight: Callable[[str], bool]
    ) -> None:
        """Follow the desk; `in_sight` tells whether the picture of a session would be seen."""
        super().__init__(desk)
        self._theme, self._desk, self._pictures, self._in_sight = theme, desk, pictures, in_sight
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._wanted: OrderedDict[str, _Look] = OrderedDict()
        self._grounds: dict[tuple[str, bool, float], QImage] = {}
        self._edits: dict[str, int] = {}
        self._open: tuple[str, TreatmentMap] | None = None
        self._in_hand: tuple[str, _Look] | None = None
        self._steps: Iterator[None] | None = None
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._step)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._on_settled)
        desk.clinic_changed.connect(self._forget)
        desk.patient_changed.connect(self._drop)
        desk.bridge.changed.connect(self._on_changed)

    @property
    def busy(self) -> bool:
        """True while pictures are being drawn or an edit has not come to rest."""
        return self._turn.isActive() or self._settling.isActive()

    def picture(self, summary: SessionSummary, ratio: float) -> QPixmap | None:
        """The picture of a session as last drawn, `side` high at a device pixel ratio; none without passes."""
        if not summary.pass_count:
            return None
        key = summary.id
        look = _Look(
            summary.pass_count, summary.microlitres, self._edits.get(key, 0), self._theme.dark, ratio
        )
        kept = self._kept.get(key)
        if kept is None or kept.look != look:
            self._want(key, look)
        else:
            self._kept.move_to_end(key)
        return kept.picture if kept is not None else None

    def _want(self, session_id: str, look: _Look) -> None:
        resting = not (self._settling.isActive() and self._open is not None and self._open[0] == session_id)
        if resting and self._in_hand != (session_id, look):
            self._wanted[session_id] = look
            self._turn.start()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if "map" not in aspects:
            return
        editor, before = self._desk.editor, self._open
        self._open = (editor.session.id, editor.map) if editor is not None else None
        if self._open is None or before is None or self._open[0] != before[0]:
            return
        if self._open[1] is not before[1]:
            self._edits[before[0]] = self._edits.get(before[0], 0) + 1
            self._settling.start()

    def _on_settled(self) -> None:
        if self._open is not None:
            self.changed.emit(self._open[0])

    def _drop(self) -> None:
        """Draw nothing more of what was asked for."""
        self._turn.stop()
        self._wanted.clear()
        self._steps = self._in_hand = None

    def _forget(self) -> None:
        self._drop()
        self._kept.clear()
        self._edits.clear()

    def _step(self) -> None:
        if not self._desk.has_clinic:
            self._forget()
            return
        if self._steps is None:
            while self._wanted and self._steps is None:
                session_id, look = self._wanted.popitem(last=False)
                if self._in_sight(session_id):
                    self._in_hand = session_id, look
                    self._steps = self._draw(session_id, look)
            if self._steps is None:
                self._turn.stop()
            return
        try:
            next(self._steps)
        except StopIteration:
            self._steps = self._in_hand = None

    def _draw(self, session_id: str, look: _Look) -> Iterator[None]:
        """Read, draw, paint: each for itself."""
        treatment_map = self._map_of(session_id)
        atlas = self._desk.atlas()
        if treatment_map is None or atlas is None or not treatment_map.passes:
            self._keep(session_id, _Kept(look, None))
            return
        yield
        views = self.views_of(treatment_map)
        squares = []
        for view_id in views:
            ground = self._ground(view_id, look)
            yield
            squares.append((yield from self._draw_view(atlas, treatment_map, view_id, look, ground)))
        self._keep(session_id, _Kept(look, QPixmap.fromImage(self._side_by_side(squares, look))))

    def views_of(self, treatment_map: TreatmentMap) -> tuple[str, ...]:
        """The views a picture shows, from left to right."""
        return (_fuller_side(treatment_map),)

    def _draw_view(
        self, atlas: Atlas, treatment_map: TreatmentMap, view_id: str, look: _Look, ground: QImage
    ) -> Generator[None, None, QImage]:
        """One view: drawn, then painted."""
        from injectmap.chart.map_drawing import draw_map
        from injectmap.ui.canvas.painter import paint_drawing
        from injectmap.ui.canvas.small_picture import small_style

        camera = self._camera(view_id)
        style = small_style(camera.px_per_mm, dark=look.dark, mark_scale=self.mark_scale)
        drawing = draw_map(atlas, treatment_map, view_id, style)
        yield
        image = ground.copy()
        painter = QPainter(image)
        painter.translate(*camera.origin)
        paint_drawing(painter, drawing, without=self.left_out)
        painter.resetTransform()
        self._paint_badge(painter, view_id)
        _round_corners(painter, self.side)
        painter.end()
        return image

    def _side_by_side(self, squares: list[QImage], look: _Look) -> QImage:
        if len(squares) == 1:
            return squares[0]
        width = self.side * len(squares) + self.gap * (len(squares) - 1)
        whole = QImage(
            QSize(round(width * look.ratio), squares[0].height()), QImage.Format.Format_ARGB32_Premultiplied
        )
        whole.setDevicePixelRatio(look.ratio)
        whole.fill(Qt.GlobalColor.transparent)
        painter = QPainter(whole)
        for place, one in enumerate(squares):
            painter.drawImage(place * (self.side + self.gap), 0, one)
        painter.end()
        return whole

    def _map_of(self, session_id: str) -> TreatmentMap | None:
        if self._open is not None and self._open[0] == session_id:
            return self._open[1]
        try:
            return self._desk.services.sessions.map_of(self._desk.acting, session_id)
        except InjectmapError:
            # Opening the session will say why; its picture is not missed.
            return None

    def _camera(self, view_id: str) -> Camera:
        return replace(self._pictures.camera(view_id, self.side, self.side), zoom=self.zoom)

    def _ground(self, view_id: str, look: _Look) -> QImage:
        """The head alone; the same for all sessions seen from one side."""
        key = (view_id, look.dark, look.ratio)
        if key not in self._grounds:
            device = round(self.side * look.ratio)
            image = QImage(QSize(device, device), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(look.ratio)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            painter.fillRect(QRect(0, 0, self.side, self.side), self._theme.colour("canvas"))
            self._pictures.paint(
                painter, view_id, self._camera(view_id), look.ratio, dark=look.dark, quick=True
            )
            painter.end()
            self._grounds[key] = image
        return self._grounds[key]

    def _paint_badge(self, painter: QPainter, view_id: str) -> None:
        """On the patient's side of the picture, where neither zones nor ear are."""
        left, right = SIDE_BADGES[view_id]
        x = 3 if left else self.side - 3 - _BADGE
        box = QRectF(x, self.side - 3 - _BADGE, _BADGE, _BADGE)
        paint_side_badge(painter, box, left or right, load_words(), self._theme)

    def _keep(self, session_id: str, kept: _Kept) -> None:
        self._kept[session_id] = kept
        self._kept.move_to_end(session_id)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.changed.emit(session_id)


def _round_corners(painter: QPainter, side: int) -> None:
    """Once here rather than with a clip whenever the row is painted."""
    whole = QRectF(0, 0, side, side)
    outside = QPainterPath()
    outside.addRect(whole)
    outside.addRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    painter.fillPath(outside, Qt.GlobalColor.black)


def _fuller_side(treatment_map: TreatmentMap) -> str:
    """The lateral view of the patient's side with more volume; the left if both have as much."""
    from injectmap.domain.totals import totals

    sums = totals(treatment_map)
    return "right_lateral" if sums.right_ul > sums.left_ul else "left_lateral"
