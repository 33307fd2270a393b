"""The strip of five small live views below the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.head_pictures import FIRST_VIEW, SIDE_BADGES, VIEW_IDS, HeadPictures
from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.canvas.small_picture import SmallPicture
from injectmap.ui.theme import VIEW_STRIP, Theme, font, paint_focus_ring
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

_CAPTION = 24
_RADIUS = 7
_KEY = 16


class SmallView(QAbstractButton):
    """One view, small; a click shows it large."""

    def __init__(
        self, view_id: str, pictures: HeadPictures, words: Words, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """Paints only its frame until `picture` is refreshed for the first time."""
        super().__init__(parent)
        self.view_id, self._words, self._theme = view_id, words, theme
        self.picture = SmallPicture(pictures, theme, view_id)
        self.ready = False
        self.current = False
        self._ring = False
        self._number = VIEW_IDS.index(view_id) + 1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(words("strip.view", view=words(f"view.{view_id}"), key=self._number))
        self.set_current(False)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(155, VIEW_STRIP - 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, VIEW_STRIP - 14)

    def set_current(self, current: bool) -> None:
        """Mark the view that is shown large."""
        self.current = current
        key = "strip.current" if current else "strip.view"
        name = self._words(key, view=self._words(f"view.{self.view_id}"), key=self._number)
        self.setAccessibleName(name)
        self.update()

    def picture_box(self) -> QRect:
        """Where the picture lies."""
        return QRect(0, 0, self.width(), self.height() - _CAPTION)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.picture_box())
        shape = QPainterPath()
        shape.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.fillPath(shape, theme.colour("canvas"))
        if self.ready:
            painter.save()
            painter.setClipPath(shape)
            self.picture.paint(painter)
            painter.restore()
        edge = QPen(theme.colour("sel"), 2) if self.current else QPen(theme.colour("line2"), 1)
        if not self.current and self.underMouse():
            edge = QPen(theme.colour("text3"), 1)
        inset = edge.widthF() / 2
        painter.setPen(edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
        self._paint_badges(painter, box)
        self._paint_caption(painter)
        if self._ring and self.hasFocus():
            paint_focus_ring(painter, theme, self.rect(), _RADIUS)
        painter.end()

    def _paint_badges(self, painter: QPainter, box: QRectF) -> None:
        left, right = SIDE_BADGES[self.view_id]
        side = 18
        if left:
            paint_side_badge(painter, QRectF(8, 8, side, side), left, self._words, self._theme)
        if right:
            place = QRectF(box.right() - 8 - side, 8, side, side)
            paint_side_badge(painter, place, right, self._words, self._theme)

    def _paint_caption(self, painter: QPainter) -> None:
        theme = self._theme
        row = QRect(2, self.height() - _CAPTION + 4, self.width() - 4, _CAPTION - 6)
        painter.setFont(font("label_strong" if self.current else "label"))
        painter.setPen(theme.colour("text" if self.current else "text2"))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, self._words(f"view.{self.view_id}"))
        key = QRectF(row.right() - _KEY - 1, row.center().y() - _KEY / 2 + 0.5, _KEY, _KEY)
        painter.setPen(QPen(theme.colour("line2"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(key.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(font("key"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, str(self._number))


class ViewStrip(QWidget):
    """Keeps the five pictures up to date, one per turn of the event loop, so that drawing never waits."""

    picked = Signal(str)

    def __init__(
        self,
        bridge: EditorBridge,
        atlas_provider: Callable[[], Atlas | None],
        pictures: HeadPictures,
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """Start with empty frames; pictures follow after the window's first paint."""
        super().__init__(parent)
        self._bridge, self._atlas_provider, self._theme = bridge, atlas_provider, theme
        self._zones = True
        self.setFixedHeight(VIEW_STRIP)
        self.setAccessibleName(words("strip.group"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 6)
        row.setSpacing(13)
        self.views: dict[str, SmallView] = {}
        for view_id in VIEW_IDS:
            view = SmallView(view_id, pictures, words, theme, self)
            view.clicked.connect(self._pick)
            self.views[view_id] = view
            row.addWidget(view)
        self._stale: list[str] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._refresh_one)
        bridge.changed.connect(self._on_changed)
        theme.changed.connect(self.refresh_later)
        self.show_view(FIRST_VIEW)

    def show_view(self, view_id: str) -> None:
        """Mark the view that is shown large."""
        for name, view in self.views.items():
            if view.current != (name == view_id):
                view.set_current(name == view_id)

    def set_zones(self, zones: bool) -> None:
        """Show or leave out the zones."""
        if zones != self._zones:
            self._zones = zones
            self.refresh_later()

    def _pick(self) -> None:
        sender = self.sender()
        if isinstance(sender, SmallView):
            self.picked.emit(sender.view_id)

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if "map" in aspects or "selection" in aspects:
            self.refresh_later()

    def refresh_later(self) -> None:
        """Refresh all five, the next one in turn as soon as the event loop is free."""
        self._stale = list(VIEW_IDS)
        if self.isVisible():
            self._turn.start()

    def refresh_now(self) -> None:
        """Refresh all five at once."""
        self._stale = list(VIEW_IDS)
        while self._stale:
            self._refresh_one()

    def _refresh_one(self) -> None:
        if not self._stale:
            self._turn.stop()
            return
        view = self.views[self._stale.pop(0)]
        editor = self._bridge.editor
        atlas = editor.atlas if editor is not None else self._atlas_provider()
        shown = editor.map if editor is not None else None
        size, ratio = view.picture_box().size(), self.devicePixelRatioF()
        changed = view.picture.refresh(shown, atlas, size, ratio, self._zones)
        if view.picture.select(editor.selection if editor is not None else frozenset()) or changed:
            view.ready = True
            view.update()
        if not self._stale:
            self._turn.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # One turn of the loop later: the head comes first.
        self.refresh_later()

    def hideEvent(self, event: QHideEvent) -> None:
        self._turn.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh_later()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("win"))
        painter.fillRect(QRect(0, 0, self.width(), 1), self._theme.colour("line"))
        painter.end()
