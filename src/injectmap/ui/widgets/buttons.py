"""Buttons with an icon in the theme's colour and the key that does the same."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from injectmap.ui.icons import icon
from injectmap.ui.theme import Theme


class Button(QPushButton):
    """A verb to press; `kind` is "", "primary" or "flat"."""

    def __init__(
        self, theme: Theme, text: str, *, kind: str = "", icon_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._theme, self._kind, self._icon_name = theme, kind, icon_name
        if kind:
            self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        if icon_name:
            self.setIconSize(QSize(18, 18))
            self._tint()
            theme.changed.connect(self._tint)

    def set_kind(self, kind: str) -> None:
        """Change what it stands for."""
        if kind != self._kind:
            self._kind = kind
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
            if self._icon_name:
                self._tint()

    def set_icon(self, icon_name: str) -> None:
        """Change the icon; none takes it away."""
        if icon_name != self._icon_name:
            if not self._icon_name:
                self.setIconSize(QSize(18, 18))
                self._theme.changed.connect(self._tint)
            self._icon_name = icon_name
            self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as the space bar does; it must not go on to the form around it, as Ctrl and Enter do."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif enter:
            self.click()
        else:
            super().keyPressEvent(event)

    def _tint(self) -> None:
        colour = {"primary": "on_accent", "flat": "accent"}.get(self._kind, "text")
        self.setIcon(icon(self._icon_name, self._theme.colour(colour)) if self._icon_name else QIcon())


class IconButton(QToolButton):
    """A small square button with an icon alone, named in its tooltip; at least 24 px."""

    def __init__(
        self, theme: Theme, icon_name: str, name: str, *, side: int = 28, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._icon_name = theme, icon_name
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFixedSize(side, side)
        self.setIconSize(QSize(18, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tint()
        theme.changed.connect(self._tint)

    def _tint(self) -> None:
        theme = self._theme
        self.setIcon(icon(self._icon_name, theme.colour("text2")))
        hover, pressed = theme.mixed("panel", "accentbg", 0.5).name(), theme.chrome.accentbg
        self.setStyleSheet(
            "QToolButton{border:none;border-radius:6px;background:transparent}"
            f"QToolButton:hover{{background:{hover}}}QToolButton:pressed{{background:{pressed}}}"
            f"QToolButton:focus{{border:2px solid {theme.chrome.accent}}}"
            "QToolButton::menu-indicator{image:none}"
        )
