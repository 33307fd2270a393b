"""Pages of a document one under the other, as they print."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from injectmap.services.ports import RenderedPage
from injectmap.ui.theme import Theme
from injectmap.words import load_words

_GAP = 20
_MARGIN = 24
_SHEET = 820  # widest a page is shown, logical px


class _Sheets(QWidget):
    """Paints the pages at their place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._images: list[QImage] = []
        self._sizes: list[QSize] = []
        theme.changed.connect(self.update)

    def show_images(self, images: list[QImage], sizes: list[QSize]) -> None:
        self._images, self._sizes = images, sizes
        self.setFixedHeight(sum(size.height() + _GAP for size in sizes) + 2 * _MARGIN - _GAP if sizes else 10)
        self.setAccessibleDescription(load_words()("preview.pages", count=len(images)))
        self.update()

    def boxes(self) -> list[QRect]:
        """Where the pages lie."""
        top, boxes = _MARGIN, []
        for size in self._sizes:
            boxes.append(QRect((self.width() - size.width()) // 2, top, size.width(), size.height()))
            top += size.height() + _GAP
        return boxes

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour("win"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for box, image in zip(self.boxes(), self._images, strict=True):
            if box.intersects(event.rect()):
                painter.drawImage(box, image)
                painter.setPen(QPen(self._theme.colour("line2"), 1))
                painter.drawRect(box.adjusted(-1, -1, 0, 0))


class PageView(QScrollArea):
    """Scrolls through pages; `page_changed` names the one in sight, from 1."""

    page_changed = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(load_words()("preview.title"))
        self._sheets = _Sheets(theme)
        self.setWidget(self._sheets)
        self._count = 0
        self.verticalScrollBar().valueChanged.connect(self._tell)

    @property
    def page_count(self) -> int:
        """How many pages are shown."""
        return self._count

    def sheet_width(self) -> int:
        """How wide a page is shown here, logical px."""
        # Not the viewport's: a page that is not shown yet has not been laid out.
        around = self.parentWidget() or self
        return max(300, min(_SHEET, around.width() - 2 * _MARGIN - 12))

    def show_pages(self, pages: Sequence[RenderedPage]) -> None:
        """Show rendered pages."""
        images, sizes = [], []
        for page in pages:
            image = QImage.fromData(page.png)
            width = self.sheet_width()
            images.append(image)
            sizes.append(QSize(width, round(width * page.height_pt / page.width_pt)))
        self._count = len(images)
        self._sheets.show_images(images, sizes)
        self._tell()

    def _tell(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() // 2
        boxes = self._sheets.boxes()
        number = next((n for n, box in enumerate(boxes, 1) if box.bottom() + _GAP >= middle), len(boxes))
        self.page_changed.emit(number, len(boxes))
