"""What is shown on the head besides the passes: one toggle each, with a tick and a key."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.ui.canvas.card import Card
from injectmap.ui.canvas.flat_button import FlatButton
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.canvas.overlays import OVERLAYS
from injectmap.ui.theme import Theme
from injectmap.words import Words


class OverlayToggles(Card):
    """Switches overlays of a head view; `changed` says which are on, `resized` that a tick came or went."""

    changed = Signal(object)
    resized = Signal()

    def __init__(self, view: HeadView, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Stand on a head view; zones and labels start switched on."""
        super().__init__(theme, words("overlay.group"), parent)
        self._view, self._words = view, words
        self._room = 10_000
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(2)
        self.buttons: dict[str, FlatButton] = {}
        for spec in OVERLAYS:
            name = words(f"overlay.{spec.id}")
            button = FlatButton(theme, name=name, text=name, key=spec.key, tick=True, parent=self)
            button.setCheckable(True)
            button.setChecked(spec.id in view.shown)
            button.toggled.connect(self._apply)
            self.buttons[spec.id] = button
            row.addWidget(button)
        self.compose(self.buttons.values())
        self._tell_ghost()

    def toggle(self, overlay: str) -> None:
        """Switch one overlay, as its button does."""
        if self.buttons[overlay].isEnabled():
            self.buttons[overlay].toggle()

    def allow_ghost(self, allowed: bool) -> None:
        """Offer the session before, if there is one."""
        button = self.buttons["last_session"]
        if not allowed:
            button.setChecked(False)
        button.setEnabled(allowed)
        self._tell_ghost()

    def _tell_ghost(self) -> None:
        button = self.buttons["last_session"]
        known = button.isEnabled()
        button.tell(self._words("overlay.last_session" if known else "overlay.last_session.none"))

    def fit(self, room: int) -> None:
        """Take short names where the full ones do not fit into so many pixels, then keys alone."""
        self._room = room
        for form in ("", ".short", ".key"):
            for spec in OVERLAYS:
                text = "" if form == ".key" else self._words(f"overlay.{spec.id}{form}")
                self.buttons[spec.id].setText(text)
            self.adjustSize()
            if self.sizeHint().width() <= room:
                break
        self.adjustSize()

    def _apply(self) -> None:
        shown = frozenset(id_ for id_, button in self.buttons.items() if button.isChecked())
        for button in self.buttons.values():
            button.updateGeometry()
        self._view.set_overlays(shown)
        self.fit(self._room)
        self.resized.emit()
        self.changed.emit(shown)
