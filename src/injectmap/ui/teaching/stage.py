"""The stage: the large head with what is played on it; it shows and points, and never edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from injectmap.ui.canvas.camera import Camera
from injectmap.ui.canvas.gesture_widget import GestureWidget
from injectmap.ui.canvas.head_pictures import FIRST_VIEW, HeadPictures
from injectmap.ui.canvas.layer import blit
from injectmap.ui.canvas.painter import measure_text
from injectmap.ui.canvas.pointer_input import Finger
from injectmap.ui.teaching.layout import number_in_hand
from injectmap.ui.teaching.live_cannula import LiveCannula
from injectmap.ui.teaching.show import EMPTY_SCENE, Scene
from injectmap.ui.teaching.spotlight import Pointer, Spotlight
from injectmap.ui.teaching.stage_picture import Shot, StagePicture
from injectmap.ui.theme import Theme
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# The whole C-shape and the syringe of each of its passes fit the stage.
_ZOOM: Final = 1.55
# The head lies lower than on the chart: a syringe comes from above as often as from behind.
_LOWER_MM: Final = 9.0
_REBUILD_AFTER_MS: Final = 90
_REFINE_AFTER_MS: Final = 60
# Of the stage's height.
_LIGHT: Final = 0.42
# The buttons over the stage end there.
_SYRINGE_MARGIN, _SYRINGE_TOP = 14, 74


class Stage(GestureWidget):
    """Shows one scene; between scenes only the pixels of the cannula, ring and light are painted anew."""

    view_changed = Signal(str)
    resized = Signal()

    def __init__(
        self,
        atlas_provider: Callable[[], Atlas | None],
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """An empty head."""
        super().__init__(parent)
        self._atlas_provider, self._words, self._theme = atlas_provider, words, theme
        self.pictures = HeadPictures()
        self.picture = StagePicture(self.pictures, theme)
        self.spotlight, self.pointer = Spotlight(), Pointer()
        self.view_id = FIRST_VIEW
        self._zoom = _ZOOM
        self._centres: dict[str, tuple[float, float]] = {}
        self.camera: Camera = self.pictures.camera(FIRST_VIEW, 1, 1)
        self.scene: Scene = EMPTY_SCENE
        self.live: LiveCannula | None = None
        self._live_rect = QRect()
        self._live_key: tuple[object, ...] = ()
        self.listen(self)
        # All keys belong to the window.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(400, 320)
        self.setAccessibleName(words("present.stage"))
        self._rebuild = QTimer(self, singleShot=True, interval=_REBUILD_AFTER_MS)
        self._rebuild.timeout.connect(self.update)
        self._refine = QTimer(self, singleShot=True, interval=_REFINE_AFTER_MS)
        self._refine.timeout.connect(self._refine_now)
        self.set_pointer(on=True)

    # What is shown

    def show_scene(self, scene: Scene) -> None:
        """Show another moment; only what moves is painted anew unless more has changed."""
        before, self.scene = self.scene, scene
        if scene.told != before.told or scene.layout_map is not before.layout_map:
            self.update()
        self._place_live()

    def show_view(self, view_id: str) -> None:
        """Turn the head."""
        if view_id != self.view_id:
            self.view_id = view_id
            self._place_camera()
            self.view_changed.emit(view_id)
            self.update()

    def fit(self) -> None:
        """Show the whole head, or go back to the face."""
        fitted = self.camera.fitted()
        if self.camera == fitted:
            self._zoom = _ZOOM
            self._centres.pop(self.view_id, None)
            self._place_camera()
        else:
            self.move_camera(fitted)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a pixel, or the middle."""
        place = at if at is not None else QPointF(self.rect().center())
        self.move_camera(self.camera.zoomed(factor, place.x(), place.y()))

    def move_camera(self, camera: Camera) -> None:
        """Zoom or pan: the old picture is shown moved at once and painted anew when the hand rests."""
        if camera == self.camera:
            return
        self.camera, self._zoom = camera, camera.zoom
        self._centres[self.view_id] = (camera.centre_u, camera.centre_v)
        self._rebuild.start()
        self.update()

    def set_spotlight(self, *, on: bool) -> None:
        """Darken all but where the pointer is."""
        self.spotlight.on = on
        self.spotlight.at = self.pointer.at or self.rect().center()
        self.update()

    def set_pointer(self, *, on: bool) -> None:
        """Show the ring in place of the mouse pointer."""
        self.pointer.on = on
        self.setCursor(Qt.CursorShape.BlankCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def leave(self) -> None:
        """Release what is large and stop what waits."""
        self._rebuild.stop()
        self._refine.stop()
        self.picture.forget()
        self.live, self._live_key, self._live_rect = None, (), QRect()
        self.pointer.at = None
        self._zoom = _ZOOM
        self._centres.clear()
        self.pictures = HeadPictures()
        self.picture = StagePicture(self.pictures, self._theme)

    def _place_camera(self) -> None:
        camera = self.pictures.camera(self.view_id, self.width(), self.height())
        u, v = self._centres.get(self.view_id, (camera.centre_u, camera.centre_v - _LOWER_MM))
        self.camera = replace(camera, zoom=self._zoom, centre_u=u, centre_v=v).clamped()
        self.update()

    # The pass in hand

    def _place_live(self) -> None:
        """Follow the scene with the cannula, and ask for the pixels it leaves and those it takes."""
        self._find_live()
        rect = self.live.bounds(self.scene) if self.live is not None else QRect()
        if not rect.isNull() or not self._live_rect.isNull():
            self.update(QRegion(self._live_rect).united(QRegion(rect)))
        self._live_rect = rect

    def _find_live(self) -> None:
        one, shot, layout = self.scene.in_hand, self.picture.shot, self.picture.layout
        atlas = self._atlas_provider()
        if one is None or atlas is None or shot is None or layout is None or shot.camera != self.camera:
            self.live, self._live_key = None, ()
            return
        key = (one.id, self.scene.state.number, shot, id(layout))
        if key == self._live_key:
            return
        self._live_key = key
        margin = _SYRINGE_MARGIN
        self.live = LiveCannula(
            atlas,
            one,
            shot.view_id,
            shot.camera,
            QRectF(self.rect()).adjusted(margin, _SYRINGE_TOP, -margin, -margin),
            chip=number_in_hand(layout, one.id, self.scene.state.number, measure_text),
            entry=layout.entries.get(one.entry_id, ()),
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        self._freshen()
        painter = QPainter(self)
        shot = self.picture.shot
        if shot is not None and shot.camera == self.camera:
            blit(painter, self.picture.picture)
            if self.live is not None and self._live_rect.intersects(event.rect()):
                self.live.paint(painter, self.scene)
        else:
            self.picture.paint_moved(painter, self.camera)
        self.spotlight.paint(painter, self.rect(), self._light_radius, self.devicePixelRatioF())
        self.pointer.paint(painter)
        painter.end()

    def _freshen(self) -> None:
        """Paint the kept picture anew if it shows something else; while zooming only when the hand rests."""
        shot = self.picture.shot
        if self._rebuild.isActive() and shot is not None and shot.view_id == self.view_id:
            return
        wanted = Shot(self.view_id, self.camera, self.devicePixelRatioF())
        scene = self.scene
        if self.picture.show(wanted, self._atlas_provider(), scene.layout_map, scene.told):
            if self.picture.rough:
                self._refine.start()
            self._find_live()
            self._live_rect = self.live.bounds(scene) if self.live is not None else QRect()

    def _refine_now(self) -> None:
        shot = self.picture.shot
        if shot is not None and self.picture.rough:
            self.pictures.decode_fine(shot.view_id)
            self.picture.show(shot, self._atlas_provider(), self.scene.layout_map, self.scene.told, fine=True)
            self.update()

    @property
    def _light_radius(self) -> int:
        return round(self.height() * _LIGHT)

    # Pointing, zooming and panning

    def _point(self, at: QPointF, *, pressed: bool) -> None:
        before = QRegion(self.pointer.area())
        self.pointer.at, self.pointer.pressed = at.toPoint(), pressed
        changed = before.united(QRegion(self.pointer.area()))
        if self.spotlight.on:
            radius = self._light_radius
            changed = changed.united(QRegion(self.spotlight.area(radius)))
            self.spotlight.at = at.toPoint()
            changed = changed.united(QRegion(self.spotlight.area(radius)))
        self.update(changed)

    def gesture_press(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Point."""
        self._point(at, pressed=True)

    def gesture_drag(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Point; without the ring a drag moves the head."""
        if not self.pointer.on and self.pointer.at is not None:
            step = at - QPointF(self.pointer.at)
            self.move_camera(self.camera.panned(step.x(), step.y()))
        self._point(at, pressed=True)

    def gesture_release(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Point on."""
        self._point(at, pressed=False)

    def gesture_hover(self, at: QPointF, finger: Finger, keys: Qt.KeyboardModifier) -> None:
        """Point."""
        self._point(at, pressed=False)

    def gesture_cancel(self) -> None:
        """Nothing was begun that could be left half done."""
        self.pointer.pressed = False

    def gesture_pan(self, dx: float, dy: float) -> None:
        """Move the head."""
        self.move_camera(self.camera.panned(dx, dy))

    def gesture_zoom(self, factor: float, at: QPointF) -> None:
        """Zoom about a place."""
        self.move_camera(self.camera.zoomed(factor, at.x(), at.y()))

    def gesture_wheel(self, turns: float, keys: Qt.KeyboardModifier) -> bool:
        """The wheel zooms, as on the chart with nothing in hand."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.update(self.pointer.area())
        self.pointer.at = None
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_camera()
        super().resizeEvent(event)
        self.resized.emit()
