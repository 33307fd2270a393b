"""A place for a figure: asks for it at its own size once it has come to rest, and shows what it is given."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from injectmap.services.insight import Pixels, ScreenSize
from injectmap.ui.theme import Theme

SETTLE_MS = 180


class FigureView(QWidget):
    """Shows a picture; whenever size, look or data have changed and it can be seen, `wanted` names the new size.

    `data` is any value that tells one state of the data from another. Until the new picture comes the old one stays,
    if it has the look in use and is of the same data.
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setMinimumSize(200, 120)
        self._data: object = None
        self._image: QImage | None = None
        self._bytes = b""
        self._shown: tuple[object, ScreenSize] | None = None
        self._asked: tuple[object, ScreenSize] | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.ask)
        theme.changed.connect(self._on_theme)

    @property
    def size_wanted(self) -> ScreenSize:
        """The size and look of the picture that fits now."""
        return ScreenSize(self.width(), self.height(), self.devicePixelRatioF(), self._theme.dark)

    @property
    def has_picture(self) -> bool:
        """True while a picture of the data is shown."""
        return self._image is not None

    def show_data(self, data: object) -> None:
        """Show other data; None for nothing."""
        if data != self._data:
            self._data, self._image, self._shown, self._asked = data, None, None, None
            self.update()
        self.ask()

    def ask(self) -> None:
        """Ask for the picture, unless it is shown or on its way."""
        now = (self._data, self.size_wanted)
        if self._data is None or not self.isVisible() or now in (self._shown, self._asked):
            return
        self._asked = now
        self.wanted.emit(now[1])

    def take(self, data: object, size: ScreenSize, pixels: Pixels, said: str) -> None:
        """Show what was asked for; what came too late is dropped."""
        if self._asked != (data, size):
            return
        self._bytes = pixels.rgba
        image = QImage(
            self._bytes, pixels.width, pixels.height, 4 * pixels.width, QImage.Format.Format_RGBA8888
        )
        image.setDevicePixelRatio(size.ratio)
        self._image, self._shown, self._asked = image, self._asked, None
        self.setAccessibleDescription(said)
        self.update()

    def failed(self) -> None:
        """It could not be drawn; showing the page again tries again."""
        self._asked = None

    def showEvent(self, event: QShowEvent) -> None:
        """What is looked at is up to date, once its size is known."""
        super().showEvent(event)
        self._settle.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is drawn unseen."""
        super().hideEvent(event)
        self._settle.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask once the size has settled."""
        super().resizeEvent(event)
        if self.isVisible():
            self._settle.start(SETTLE_MS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the picture; one of the other look is not shown."""
        if self._image is not None and self._shown is not None and self._shown[1].dark == self._theme.dark:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(0, 0, self._image)

    def _on_theme(self) -> None:
        self.update()
        if self.isVisible():
            self._settle.start(0)
