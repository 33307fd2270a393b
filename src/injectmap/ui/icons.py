"""Icons: one-colour paths on a 24 px grid, tinted with the text colour when they are painted."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, QRectF, QSize, Qt, qAddPostRoutine
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from injectmap.resources import asset_path

GRID = 24


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = asset_path("icons", f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


@lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, px: float, ratio: float) -> QPixmap:
    side = math.ceil(px * ratio)
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Qt's SVG reader takes an opaque colour only.
    _renderer(name, colour).render(painter, QRectF(0, 0, px * ratio, px * ratio))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def paint_icon(painter: QPainter, name: str, centre: QPointF, colour: QColor, px: float = GRID) -> None:
    """Paint an icon `px` wide about a centre; rendered once per colour and size, on whole device pixels."""
    ratio = painter.device().devicePixelRatio()
    left = round((centre.x() - px / 2) * ratio) / ratio
    top = round((centre.y() - px / 2) * ratio) / ratio
    painter.drawPixmap(QPointF(left, top), _pixmap(name, colour.name(), px, ratio))


def icon_pixmap(name: str, colour: QColor, px: int = GRID, ratio: float = 1.0) -> QPixmap:
    """An icon as a transparent pixmap for a device pixel ratio."""
    return _pixmap(name, colour.name(), px, ratio)


def _forget() -> None:
    """Pixmaps must not outlive the application."""
    _pixmap.cache_clear()
    _renderer.cache_clear()


qAddPostRoutine(_forget)


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
