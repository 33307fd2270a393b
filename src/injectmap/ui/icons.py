"""Icons: one-colour paths on a 24 px grid, tinted with the text colour when they are painted."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from injectmap.resources import asset_path

GRID = 24


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = asset_path("icons", f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, centre: QPointF, colour: QColor, px: float = GRID) -> None:
    """Paint an icon `px` wide about a centre; Qt's SVG reader wants an opaque colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(centre.x() - px / 2, centre.y() - px / 2, px, px)
    _renderer(name, colour.name()).render(painter, box)
    painter.restore()


def icon_pixmap(name: str, colour: QColor, px: int = GRID, ratio: float = 1.0) -> QPixmap:
    """An icon as a transparent pixmap for a device pixel ratio."""
    pixmap = QPixmap(QSize(round(px * ratio), round(px * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, QPointF(px / 2, px / 2), colour, px)
    painter.end()
    return pixmap


class _Engine(QIconEngine):
    """Renders at whatever size and ratio Qt asks for; disabled icons are 60 % strong."""

    def __init__(self, name: str, colour: QColor) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        box = QRectF(rect)
        painter.save()
        if mode == QIcon.Mode.Disabled:
            painter.setOpacity(0.6)
        paint_icon(painter, self._name, box.center(), self._colour, min(box.width(), box.height()))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)


def icon(name: str, colour: QColor) -> QIcon:
    """An icon for Qt's own buttons and menus; make it anew when the theme changes."""
    return QIcon(_Engine(name, colour))
