"""The canvas's own buttons: flat, with hover, pressed, on, focus and disabled states from the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from injectmap.ui.canvas.kept_picture import KeptPicture
from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import RADIUS_CONTROL, Theme, font, metrics, paint_focus_ring


class FlatButton(QAbstractButton):
    """A button with an icon, a text, or both; `key` is the shortcut shown in small type.

    The focus ring shows after the keyboard brought the focus, not after a click. A composed button is painted
    by the card that it stands on.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        name: str,
        icon_name: str = "",
        text: str = "",
        key: str = "",
        strong_when_on: bool = False,
        tick: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`strong_when_on` fills with the accent (tools), otherwise with its faint form (overlays)."""
        super().__init__(parent)
        self._theme, self._icon_name, self._key = theme, icon_name, key
        self._strong, self._tick = strong_when_on, tick
        self._ring = False
        self.composed = False
        self._picture = KeptPicture(self)
        self.setText(text)
        self.setAccessibleName(name)
        self.tell(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def tell(self, text: str) -> None:
        """Set the tooltip: the name with its key, or why it cannot be used now."""
        self.setToolTip(f"{text} ({self._key})" if self._key else text)

    def sizeHint(self) -> QSize:
        if self._icon_name and not self.text():
            return QSize(44, 44)
        width = metrics("table").horizontalAdvance(self.text()) + (24 if self.text() else 14)
        width += 22 if self._tick and self.isChecked() else 0
        width += metrics("key").horizontalAdvance(self._key) + 8 if self._key else 0
        return QSize(width, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def _ground(self) -> QColor | None:
        theme = self._theme
        if self.isChecked():
            return theme.colour("accent" if self._strong else "accentbg")
        if not self.isEnabled():
            return None
        if self.isDown():
            return theme.colour("accentbg")
        return theme.mixed("raised", "accentbg", 0.5) if self.underMouse() else None

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return self._theme.mixed("raised", "text3", 0.6)
        return self._theme.colour("on_accent" if self.isChecked() and self._strong else "text")

    @property
    def look(self) -> tuple[object, ...]:
        """What its look depends on."""
        state = (self.isChecked(), self.isEnabled(), self.isDown(), self.underMouse(), self._ringed)
        return (*state, self.text(), self._theme.dark)

    @property
    def look_with_place(self) -> tuple[object, ...]:
        """What its look on its card depends on."""
        return (*self.look, self.x(), self.y(), self.width(), self.isHidden())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.composed:
            self._picture.show(self.look, self.paint_look)

    @property
    def _ringed(self) -> bool:
        return self._ring and self.hasFocus()

    def paint_look(self, painter: QPainter) -> None:
        """Paint it as it is now at the painter's origin."""
        ground, ink = self._ground(), self._ink()
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(self.rect(), RADIUS_CONTROL, RADIUS_CONTROL)
        if self.text() or self._tick:
            self._paint_text(painter, ink)
        else:
            paint_icon(painter, self._icon_name, QPointF(self.rect().center()) + QPointF(0.5, 0.5), ink)
            self._paint_key(painter, ink, self.rect().adjusted(0, 0, -5, -3), Qt.AlignmentFlag.AlignBottom)
        if self._ringed:
            paint_focus_ring(painter, self._theme, self.rect())

    def _paint_text(self, painter: QPainter, ink: QColor) -> None:
        box = self.rect().adjusted(12, 0, -10, 0)
        if self._tick and self.isChecked():
            paint_icon(painter, "tick", QPointF(box.left() + 6, box.center().y() + 0.5), ink, 16)
            box = box.adjusted(20, 0, 0, 0)
        painter.setFont(font("table_strong" if self.isChecked() and not self._tick else "table"))
        painter.setPen(ink if self.isChecked() or not self._tick else self._theme.colour("text2"))
        centred = Qt.AlignmentFlag.AlignLeft if self._tick or self._key else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(box, centred | Qt.AlignmentFlag.AlignVCenter, self.text())
        self._paint_key(painter, ink, box, Qt.AlignmentFlag.AlignVCenter)

    def _paint_key(self, painter: QPainter, ink: QColor, box: QRect, vertical: Qt.AlignmentFlag) -> None:
        if not self._key:
            return
        strong = self.isChecked() and self._strong
        painter.setFont(font("key"))
        painter.setPen(ink if strong or not self.isEnabled() else self._theme.colour("text3"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | vertical, self._key)
