"""A person's name over at most three lines: smaller before it is cut, and the given name always in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import TextLabel
from injectmap.ui.widgets.tips import plain_tip

LINES = 3
_ROLES = ("patient", "section", "body_strong")


class NameLabel(TextLabel):
    """Wraps, then takes a smaller role, then elides; the tooltip holds the whole as soon as anything is cut."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, _ROLES[0], parent=parent)
        self._parts: tuple[str, str] = ("", "")
        self._struck, self._fitted = False, 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_name(self, family: str, given: str, *, struck: bool = False) -> None:
        """Show a name, family name first; a struck one was entered in error."""
        self._parts, self._struck = (family, given), struck
        self.setText(f"{family}, {given}" if given else family)
        self._fit()

    def resizeEvent(self, event: object) -> None:
        """Wrap again."""
        super().resizeEvent(event)
        if self.width() != self._fitted:
            self._fit()

    def _fit(self) -> None:
        self._fitted = self.width()
        whole, width = self.full_text(), max(40, self._fitted)
        lines: list[str] = []
        for role in _ROLES:
            lines = _wrapped(whole, role, width)
            if len(lines) <= LINES and all(line[-1:] in " -" for line in lines[:-1]):
                break
        else:
            role, (family, given) = _ROLES[-1], self._parts
            above = _wrapped(f"{family}," if given else family, role, width)
            room = LINES - 1 if given else LINES
            if len(above) > room:
                rest = "".join(above[room - 1 :])
                above = [*above[: room - 1], _elided(rest, role, width)]
            lines = [*above, *([_elided(given, role, width)] if given else [])]
        shown_font = font(role)
        shown_font.setStrikeOut(self._struck)
        self.setFont(shown_font)
        self.show_shortened("\n".join(line.strip() for line in lines))
        self.setToolTip(plain_tip(whole) if any("…" in line for line in lines) else "")
        self.setFixedHeight(metrics(role).lineSpacing() * len(lines) + 2)


def _elided(text: str, role: str, width: int) -> str:
    return metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _wrapped(text: str, role: str, width: int) -> list[str]:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font(role))
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return lines or [""]
