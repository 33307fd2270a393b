"""Which treatment session is open: its date, who treats, its record number."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel
from injectmap.ui.widgets.buttons import IconButton
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words


class SessionLine(QWidget):
    """Follows the open treatment session; the pencil asks for a correction."""

    correct_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.date = TextLabel(theme, "table_strong", "text")
        self.practitioner = TextLabel(theme, "table", "text", elide=True)
        # As high as the date beside it: both stand on one line.
        self.practitioner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.number = TextLabel(theme, "label", "text2")
        self.correct = IconButton(theme, "pencil", load_words()("action.session_details"), side=26)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.date)
        row.addWidget(self.practitioner, 1)
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.correct)
        self.correct.clicked.connect(self.correct_wanted)
        desk.bridge.changed.connect(self._on_changed)

    def _on_changed(self, aspects: frozenset[str]) -> None:
        """A reload tells all aspects at once; an edit changes nothing that is shown here."""
        editor = self._desk.editor
        if editor is None or not aspects & {"syringes"}:
            return
        session = editor.session
        self.date.setText(show_date(session.date))
        self.practitioner.setText(self._desk.practitioner_name(session.practitioner_id))
        self.number.setText(load_words()("session.record", number=session.number_text))
        self.correct.setEnabled(not editor.read_only and not self._desk.read_only)
