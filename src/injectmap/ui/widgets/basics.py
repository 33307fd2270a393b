"""Texts, surfaces, hairlines and keys in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from injectmap.ui.theme import RADIUS_KEY, Theme, font, metrics
from injectmap.ui.widgets.tips import plain_tip


class TextLabel(QLabel):
    """A plain text in one type role and one colour token; long names never widen the window."""

    def __init__(
        self,
        theme: Theme,
        role: str = "body",
        colour: str = "text",
        text: str = "",
        *,
        wrap: bool = False,
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Show `text` as plain text: what people typed is never read as markup."""
        super().__init__(parent)
        self._theme, self._colour, self._elide, self._full = theme, colour, elide, ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(role))
        self.setWordWrap(wrap)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._recolour()
        theme.changed.connect(self._recolour)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text; an elided one keeps the whole in its tooltip."""
        self._full = text
        self.setAccessibleName(text)
        super().setText(self._elided() if self._elide else text)

    def show_shortened(self, text: str) -> None:
        """Show less than the whole, which stays the text."""
        super().setText(text)

    def full_text(self) -> str:
        """The text before it was shortened to fit."""
        return self._full

    def set_colour(self, colour: str) -> None:
        """Change the colour token."""
        self._colour = colour
        self._recolour()

    def resizeEvent(self, event: object) -> None:
        """Shorten again."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._elide:
            super().setText(self._elided())

    def _elided(self) -> str:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, max(0, self.width()))
        self.setToolTip(plain_tip(self._full) if shown != self._full else "")
        return shown

    def _recolour(self) -> None:
        palette = self.palette()
        palette.setColor(self.foregroundRole(), self._theme.colour(self._colour))
        self.setPalette(palette)


class Surface(QWidget):
    """A flat area of one chrome colour with hairlines on the named edges."""

    def __init__(
        self, theme: Theme, colour: str = "panel", *, edges: str = "", parent: QWidget | None = None
    ) -> None:
        """`edges` names any of left, right, top, bottom."""
        super().__init__(parent)
        self._theme, self._colour, self._edges = theme, colour, edges.split()
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill, then the hairlines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour(self._colour))
        line = self._theme.colour("line")
        w, h = self.width(), self.height()
        boxes = {
            "left": (0, 0, 1, h),
            "right": (w - 1, 0, 1, h),
            "top": (0, 0, w, 1),
            "bottom": (0, h - 1, w, 1),
        }
        for edge in self._edges:
            painter.fillRect(*boxes[edge], line)


class Card(QWidget):
    """A raised area with a 1 px border and round corners."""

    def __init__(self, theme: Theme, *, border: str = "line2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._border = theme, border
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill and outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour(self._border), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


class Hairline(QWidget):
    """A 1 px rule, lying or standing."""

    def __init__(self, theme: Theme, *, standing: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        if standing:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One line."""
        QPainter(self).fillRect(self.rect(), self._theme.colour("line"))


class KeyCap(QWidget):
    """The name of a key in a small frame."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._key = theme, key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as the key's name."""
        return QSize(max(16, metrics("key").horizontalAdvance(self._key) + 10), 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame and name."""
        paint_key(QPainter(self), self._theme, QRectF(self.rect()), self._key)


def paint_key(painter: QPainter, theme: Theme, box: QRectF, key: str) -> None:
    """Draw a key's name in its frame."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("line2"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_KEY, RADIUS_KEY)
    painter.setPen(theme.colour("text3"))
    painter.setFont(font("key"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)


class Scroller(QScrollArea):
    """A frameless area that scrolls down, never sideways."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The surface behind shows through: a scroll area would paint the window colour.
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        self.setWidget(content)
        content.setAutoFillBackground(False)


def column(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 0
) -> QVBoxLayout:
    """A vertical layout without the style's own margins."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    return layout


def clear_layout(layout: QLayout) -> None:
    """Take everything out of a layout and the layouts in it; the widgets go at once from sight, then for good."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear_layout(inner)
            inner.deleteLater()
