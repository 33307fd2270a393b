"""The presenter's buttons: large, raised, one icon or a short text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from injectmap.ui.canvas.kept_picture import KeptPicture
from injectmap.ui.icons import paint_icon
from injectmap.ui.teaching.looks import BUTTON, stage_font
from injectmap.ui.theme import RADIUS_CONTROL, Theme, drawing_target, paint_focus_ring


class StageButton(QAbstractButton):
    """A button at least 11 mm wide; switched on, or `strong`, it is filled with the accent.

    It takes Space and Enter only while the keyboard has brought the focus to it; all other keys go to the window.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        icon_name: str = "",
        key: str = "",
        wide: int = BUTTON,
        strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`key` is told in the tooltip."""
        super().__init__(parent)
        self._theme, self._icon_name, self._key, self._wide, self._strong = (
            theme,
            icon_name,
            key,
            wide,
            strong,
        )
        self._picture = KeptPicture(self)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.tell(name)

    def tell(self, name: str, icon_name: str = "") -> None:
        """Change what it does."""
        self._icon_name = icon_name or self._icon_name
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({self._key})" if self._key else name)
        self.update()

    def sizeHint(self) -> QSize:
        side = max(BUTTON, drawing_target(self))
        return QSize(max(self._wide, side), side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        state = (self.isChecked(), self.isEnabled(), self.isDown(), self.underMouse(), self.hasFocus())
        self._picture.show((*state, self.text(), self._icon_name), self._paint)

    def _paint(self, painter: QPainter) -> None:
        theme = self._theme
        filled = self.isEnabled() and (self._strong or self.isChecked())
        ground = theme.colour("accent" if filled else "raised")
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            share = 1.0 if self.isDown() else 0.5
            ground = (
                theme.mixed("accent", "text", 0.15) if filled else theme.mixed("raised", "accentbg", share)
            )
        painter.setPen(Qt.PenStyle.NoPen if filled else QPen(theme.colour("line2"), 1))
        painter.setBrush(ground)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
        ink = theme.colour("on_accent" if filled else "text")
        if not self.isEnabled():
            ink = theme.mixed("raised", "text3", 0.6)
        if self.text():
            painter.setFont(stage_font("note_strong"))
            painter.setPen(ink)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        else:
            paint_icon(painter, self._icon_name, box.center(), ink, 28)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(2, 2, -2, -2))
