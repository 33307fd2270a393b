"""The large view of the head: shows layer, selection and the pass in hand; forwards gestures to the tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from injectmap.domain.errors import InputRefused
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.camera import WORKING_ZOOM, Camera
from injectmap.ui.canvas.gesture_relay import GestureRelay
from injectmap.ui.canvas.gesture_widget import GestureWidget
from injectmap.ui.canvas.head_pictures import FIRST_VIEW, HeadPictures
from injectmap.ui.canvas.layer import CLEAR_LEFT, MapLayer, Scene, blit
from injectmap.ui.canvas.live_layer import LiveLayer
from injectmap.ui.canvas.live_marks import Ink, description, left_out
from injectmap.ui.canvas.overlays import FIRST_SHOWN
from injectmap.ui.canvas.pointer_note import PointerNote
from injectmap.ui.canvas.scale_bar import ScaleBar
from injectmap.ui.theme import Theme, paint_focus_ring
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import TreatmentMap
    from injectmap.editing.editor import MapEditor

# How long the old picture is shown scaled before it is painted anew.
_REBUILD_AFTER_MS = 90
_REFINE_AFTER_MS = 60


class HeadView(GestureWidget):
    """A plain widget: the committed picture is one opaque pixmap, the gesture in hand a few live marks.

    Invariant: between events, what is on screen is the editor's map as stored plus its previews.
    """

    camera_changed = Signal()
    view_changed = Signal(str)
    layer_rebuilt = Signal()
    resized = Signal()
    pressed = Signal()
    refused = Signal(object)

    def __init__(
        self,
        bridge: EditorBridge,
        atlas_provider: Callable[[], Atlas | None],
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """Show the first view; passes appear with the bridge's editor."""
        super().__init__(parent)
        self._bridge, self._atlas_provider, self.words, self._theme = bridge, atlas_provider, words, theme
        self.pictures = HeadPictures()
        self.layer = MapLayer(self.pictures, theme)
        self._view_id = FIRST_VIEW
        self._zoom = WORKING_ZOOM
        self._centres: dict[str, tuple[float, float]] = {}
        self.camera: Camera = self.pictures.camera(FIRST_VIEW, 1, 1)
        self.shown = FIRST_SHOWN
        self.ghost: TreatmentMap | None = None
        self.clear_left = CLEAR_LEFT
        self.live = LiveLayer(self.layer, words)
        self.ink = Ink()
        self.note = PointerNote(theme)
        self._scale_bar = ScaleBar(words, theme)
        self._foot = 0
        self._relay = GestureRelay(self)
        self.listen(self._relay)
        self._rebuild = QTimer(self, singleShot=True, interval=_REBUILD_AFTER_MS)
        self._rebuild.timeout.connect(self.update)
        self._refine = QTimer(self, singleShot=True, interval=_REFINE_AFTER_MS)
        self._refine.timeout.connect(self._refine_now)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 280)
        self.setAccessibleName(words("canvas.name"))
        bridge.changed.connect(self._on_changed)
        theme.changed.connect(self.update)

    # What is shown

    @property
    def editor(self) -> MapEditor | None:
        """The editor of the open session."""
        return self._bridge.editor

    @property
    def atlas(self) -> Atlas | None:
        """The atlas once it is loaded."""
        return self.editor.atlas if self.editor is not None else self._atlas_provider()

    @property
    def view_id(self) -> str:
        """The view shown."""
        return self._view_id

    def sizeHint(self) -> QSize:
        return QSize(860, 620)

    def show_view(self, view_id: str) -> None:
        """Show a view; with an editor it is the editor that changes and this follows."""
        if self.editor is not None:
            self.editor.set_view(view_id)
        elif view_id != self._view_id:
            self._take_view(view_id)

    def _take_view(self, view_id: str) -> None:
        self._view_id = view_id
        self._forget_gesture()
        self._place_camera()
        self.view_changed.emit(view_id)
        self.update()

    def _place_camera(self) -> None:
        camera = self.pictures.camera(self._view_id, self.width(), self.height())
        u, v = self._centres.get(self._view_id, (camera.centre_u, camera.centre_v))
        self.camera = replace(camera, zoom=self._zoom, centre_u=u, centre_v=v).clamped()
        self.camera_changed.emit()

    def set_overlays(self, shown: frozenset[str]) -> None:
        """Show these overlays and no others."""
        if shown != self.shown:
            self.shown = shown
            self.update()

    def set_ghost(self, treatment_map: TreatmentMap | None) -> None:
        """Hold another session's map ready to be shown under this one."""
        if treatment_map is not self.ghost:
            self.ghost = treatment_map
            self.update()

    def set_clear_left(self, pixels: float) -> None:
        """Keep names and labels right of the palette, which takes so many pixels."""
        if pixels != self.clear_left:
            self.clear_left = pixels
            self.update()

    def refresh_layer(self) -> None:
        """Paint the committed picture now, so that what is placed beside its marks finds them."""
        self._freshen()

    def move_camera(self, camera: Camera) -> None:
        """Zoom or pan: the old picture is shown moved at once and painted anew when the hand rests."""
        if camera == self.camera:
            return
        self.camera, self._zoom = camera, camera.zoom
        self._centres[self._view_id] = (camera.centre_u, camera.centre_v)
        self._rebuild.start()
        self.live.drop_preview()
        self.camera_changed.emit()
        self.update()

    def set_leader(self, line: QLineF | None) -> None:
        """Tie the inline editor to its pass."""
        self.update(self.live.tie(line))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a pixel, or the middle."""
        place = at if at is not None else QPointF(self.rect().center())
        self.move_camera(self.camera.zoomed(factor, place.x(), place.y()))

    def fit(self) -> None:
        """Show the whole head."""
        self.move_camera(self.camera.fitted())

    def scene(self) -> Scene:
        """What the layer must show now."""
        editor = self.editor
        return Scene(
            self._view_id,
            self.camera,
            self.devicePixelRatioF(),
            self.atlas,
            editor.map if editor is not None else None,
            left_out(self.editor),
            self.shown,
            self.ghost if "last_session" in self.shown else None,
            editor is not None and editor.tool_id == "zone_corner",
            self._theme.dark,
            self.clear_left,
        )

    # Following the editor

    def _on_changed(self, aspects: frozenset[str]) -> None:
        editor = self.editor
        if editor is not None and editor.view_id != self._view_id:
            self._take_view(editor.view_id)
        if aspects & {"map", "state"} or editor is None:
            self.ink.clear()
            self._refresh_preview()
            self.setAccessibleDescription(description(self.editor, self._view_id, self.words))
            self.update()
        if aspects & {"selection", "handle", "mode"}:
            self.update(self.live.refresh_selection(self.editor, self.atlas))
            self.setAccessibleDescription(description(self.editor, self._view_id, self.words))
        if aspects & {"preview", "measured"}:
            self._refresh_preview()
        if "marquee" in aspects:
            self.update(self.live.refresh_marquee(editor, self.camera))
        if "tool" in aspects:
            self.update()
        if "hint" in aspects:
            self._relay.show_hint()

    def _refresh_preview(self) -> None:
        editor = None if self.ink.wet else self.editor
        dirty = self.live.refresh_preview(editor, self.atlas, self._view_id, self.camera, self._theme.dark)
        if left_out(self.editor) != (self.layer.scene.left_out if self.layer.scene else frozenset()):
            self.update()
        elif self.input.drawing:
            # Now, in the frame's own time: waiting, it would delay the ink of the next event.
            self.repaint(dirty)
        else:
            self.update(dirty)

    def _forget_gesture(self) -> None:
        self.input.abandon()
        self.ink.clear()
        self.live.drop_preview()
        self.note.set((), QPoint(), self.rect())

    def guarded(self, call: Callable[..., Any], *arguments: Any) -> bool:
        """Call the editor; a refusal is told, and nothing has changed."""
        try:
            call(*arguments)
        except InputRefused as refusal:
            self.refused.emit(refusal)
            return False
        return True

    def apply_cursor(self, shape: Qt.CursorShape) -> None:
        """Show the tool's mouse pointer unless the hand is panning."""
        if not self.input.space_held and self.cursor().shape() != shape:
            self.setCursor(shape)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        dirty = event.rect()
        if self.ink.sheet is not None:
            self._paint_wet(dirty, self.ink.sheet)
            return
        self._freshen()
        painter = QPainter(self)
        scene = self.layer.scene
        if scene is not None and scene.camera == self.camera:
            self.layer.blit(painter)
            # Below the selected label, which often lies between the panel and the tip.
            self.live.paint_leader(painter, self._theme)
            self.live.selection.paint(painter, dirty)
        else:
            self.layer.paint_moved(painter, self.camera)
        self.live.preview.paint(painter, dirty)
        self.live.paint_marquee(painter)
        self._paint_over(painter, dirty)
        if self.focus_ring:
            paint_focus_ring(painter, self._theme, self.rect(), 0)
        painter.end()

    def _paint_wet(self, dirty: QRect, sheet: QPixmap) -> None:
        """Paint while a free-hand line is drawn; kept short, it runs at the rate of the pen."""
        painter = QPainter(self)
        blit(painter, sheet)
        self.ink.paint_fresh(painter)
        if self.note.lines or dirty.bottom() > self._foot:
            self._paint_over(painter, dirty)
        painter.end()

    def _paint_over(self, painter: QPainter, dirty: QRect) -> None:
        self._scale_bar.paint(painter, dirty, self.rect(), self.camera.px_per_mm, grid="grid" in self.shown)
        self.note.paint(painter, dirty)

    def _freshen(self) -> None:
        """Paint the layer anew if it shows something else; while zooming only if more than the place changed."""
        wanted, shown = self.scene(), self.layer.scene
        if shown is not None:
            if wanted == shown:
                return
            if self._rebuild.isActive() and replace(wanted, camera=shown.camera) == shown:
                return
        quick = self.pictures.must_decode_fine(wanted.view_id, wanted.camera.px_per_mm * wanted.ratio)
        self.layer.rebuild(wanted, quick=quick)
        if quick:
            self._refine.start()
        self.live.forget()
        self.live.refresh_selection(self.editor, self.atlas)
        self.layer_rebuilt.emit()
        if not self.live.preview.items:
            self._refresh_preview()

    def _refine_now(self) -> None:
        self.layer.scene = None
        self.pictures.decode_fine(self._view_id)
        self.update()

    # Events

    def focusNextPrevChild(self, forward: bool) -> bool:
        """With a pass selected Tab goes to its next handle; Shift+Tab always leaves."""
        editor = self.editor
        own = forward and self.hasFocus() and editor is not None and not editor.read_only
        if own and editor is not None and len(editor.selection) == 1:
            editor.next_handle()
            return True
        return super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._foot = self.height() - 60
        self._place_camera()
        super().resizeEvent(event)
        self.resized.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.update(self.note.set((), QPoint(), self.rect()))
        super().leaveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # A free-hand line comes at the rate of the pen: the shortest way to ink.
        if self.ink.sheet is not None:
            self.update(self.ink.add(event.position()))
        else:
            super().mouseMoveEvent(event)
