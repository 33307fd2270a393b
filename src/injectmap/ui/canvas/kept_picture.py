"""Keeps what a small control looks like, so that an exposed canvas copies its controls instead of painting them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

_KEPT = 4


class KeptPicture:
    """The last few looks of one widget by a key that names everything the look depends on."""

    def __init__(self, widget: QWidget) -> None:
        """Serve one widget, which owns this."""
        self._widget = widget
        self._looks: dict[object, QPixmap] = {}

    def forget(self) -> None:
        """Paint anew next time."""
        self._looks.clear()

    def show(self, key: object, paint: Callable[[QPainter], None]) -> None:
        """Copy the look of a key onto the widget, painting it only when it is new."""
        widget = self._widget
        size, ratio = widget.size(), widget.devicePixelRatioF()
        whole = (key, size.width(), size.height(), ratio)
        look = self._looks.get(whole)
        if look is None:
            look = QPixmap(size * ratio)
            look.setDevicePixelRatio(ratio)
            look.fill(Qt.GlobalColor.transparent)
            painter = QPainter(look)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter)
            painter.end()
            while len(self._looks) >= _KEPT:
                del self._looks[next(iter(self._looks))]
            self._looks[whole] = look
        painter = QPainter(widget)
        painter.drawPixmap(0, 0, look)
        painter.end()
