"""What a proof found, in sentences: whole or not, each fault in its place, what to do, and what it cannot show."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from injectmap.domain.proof import Findings
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, clear_layout, column
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import faulty_anchor_text, finding_text, limit_text, load_words, note_text

# More than anybody reads; the command line lists them all.
_SHOWN = 12


class ProofOutcome(QWidget):
    """Empty until there is an outcome; its texts can be selected, to be sent to whoever looks into them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layout: QVBoxLayout = column(self, spacing=8)
        self.texts: list[str] = []
        self.hide()

    def clear(self) -> None:
        """Show nothing."""
        clear_layout(self._layout)
        self.texts = []
        self.hide()

    def show_findings(self, found: Findings) -> None:
        """Say what was found."""
        self.clear()
        words = load_words()
        if found.whole:
            sizes = {"rows": found.rows, "table_rows": found.table_rows}
            self._say(words("proof.whole", **sizes), mark=("tick", "ok"))
        else:
            self._say_broken(found)
        if found.faulty_anchor is not None:
            self._say(faulty_anchor_text(found.faulty_anchor, words), mark=("warning", "text2"))
        for note in found.notes:
            self._say(note_text(note, words), role="table", colour="text2")
        if limit := limit_text(found, words):
            self._say(limit, role="table", colour="text2")
        self.show()

    def _say_broken(self, found: Findings) -> None:
        words, count = load_words(), len(found.findings) + found.more
        self._say(words("proof.broken"), role="body_strong", mark=("warning", "error"))
        said = [words("proof.broken.count.one" if count == 1 else "proof.broken.count.many", count=count)]
        if found.first_broken is not None:
            said.append(words("proof.broken.first", row=found.first_broken.row))
        self._say(" ".join(said))
        self._say(words("proof.broken.do"))
        for one in found.findings[:_SHOWN]:
            self._say(finding_text(one, words), role="table", indent=24)
        if count > _SHOWN:
            self._say(words("proof.list.more", count=count - _SHOWN), role="table", colour="text2", indent=24)

    def _say(
        self,
        text: str,
        *,
        role: str = "body",
        colour: str = "text",
        mark: tuple[str, str] | None = None,
        indent: int = 0,
    ) -> None:
        self.texts.append(text)
        label = TextLabel(self._theme, role, colour, text, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout()
        line.setContentsMargins(indent, 0, 0, 0)
        line.setSpacing(8)
        if mark is not None:
            line.addWidget(Mark(self._theme, *mark))
        line.addWidget(label, 1)
        self._layout.addLayout(line)
