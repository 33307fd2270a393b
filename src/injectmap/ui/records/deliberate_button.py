"""A button for what cannot be taken back: no sentence that is being typed may press it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from injectmap.ui.widgets.buttons import Button

_TYPED = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select})


class DeliberateButton(Button):
    """Reacts to a click and to Ctrl and Enter; Space and Enter alone do nothing."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is typed ends here."""
        if event.key() not in _TYPED:
            super().keyPressEvent(event)
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.click()
        event.accept()
