"""Type and measures of the presenter, which is read from the back of a room (screen tokens, section 4)."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QWidget

from injectmap.ui.theme import Theme, TypeRole, load_fonts
from injectmap.ui.widgets.basics import TextLabel

ROLES: Final = {
    "count": TypeRole(76, 84, 600),
    "unit": TypeRole(34, 44),
    "title": TypeRole(26, 32, 600),
    "caption": TypeRole(20, 26),
    "caption_strong": TypeRole(20, 26, 600),
    "spoken": TypeRole(28, 36, 600),
    "note": TypeRole(17, 24),
    "note_strong": TypeRole(17, 24, 600),
    "small": TypeRole(15, 20),
    "small_strong": TypeRole(15, 20, 600),
}

# Logical pixels of the window's parts.
MARGIN: Final = 40
SIDE: Final = 352
FOOT: Final = 40
TRANSPORT: Final = 88
BUTTON: Final = 56


@cache
def _font(role: str) -> QFont:
    kind = ROLES[role]
    font = QFont(load_fonts())
    font.setPixelSize(int(kind.px))
    font.setWeight(QFont.Weight(kind.weight))
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def stage_font(role: str) -> QFont:
    """A copy of the font of a presenter's type role."""
    return QFont(_font(role))


@cache
def stage_metrics(role: str) -> QFontMetrics:
    """Measures of a presenter's type role."""
    return QFontMetrics(_font(role))


class StageLabel(TextLabel):
    """A plain text in one of the presenter's sizes."""

    def __init__(
        self,
        theme: Theme,
        role: str,
        colour: str = "text",
        *,
        wrap: bool = False,
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Start empty."""
        super().__init__(theme, "body", colour, wrap=wrap, elide=elide, parent=parent)
        self.setFont(stage_font(role))
