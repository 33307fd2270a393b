"""What stands in the middle for those to whom no treatment is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt

from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.words import load_words


class QuietPage(Surface):
    """Says why there is no chart and where to go on; there is nothing on it to press."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "win")
        words = load_words()
        layout = column(self, margins=(48, 48, 48, 48), spacing=8)
        layout.addStretch(2)
        for role, colour, key in (("section", "text", "sessions.not_seen"), ("body", "text2", "quiet.next")):
            label = TextLabel(theme, role, colour, words(key), wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addStretch(3)
        self.setAccessibleName(words("sessions.not_seen"))
