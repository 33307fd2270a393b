"""What is shown on the head besides the passes: zones and labels, each with a tick and a key."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.ui.canvas.card import Card
from injectmap.ui.canvas.flat_button import FlatButton
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.theme import Theme
from injectmap.words import Words


class OverlayToggles(Card):
    """Switches overlays of a head view."""

    def __init__(self, view: HeadView, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Stand on a head view; both start switched on."""
        super().__init__(theme, words("overlay.group"), parent)
        self._view = view
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        self.zones = self._toggle(words, theme, "overlay.zones", "Z")
        self.labels = self._toggle(words, theme, "overlay.labels", "L")
        row.addWidget(self.zones)
        row.addWidget(self.labels)

    def _toggle(self, words: Words, theme: Theme, key: str, shortcut: str) -> FlatButton:
        button = FlatButton(theme, name=words(key), text=words(key), key=shortcut, tick=True, parent=self)
        button.setCheckable(True)
        button.setChecked(True)
        button.toggled.connect(self._apply)
        return button

    def _apply(self) -> None:
        self._view.set_overlays(zones=self.zones.isChecked(), labels=self.labels.isChecked())
