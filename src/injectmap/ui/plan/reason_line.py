"""How the one selected pass is otherwise than its plan, and the clinician's reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.plan.texts import deviation_text
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.form import text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.compare import Deviation
    from injectmap.editing.editor import MapEditor

IDLE_MS = 1000


class ReasonLine(QWidget):
    """Shown for one selected pass that differs from the plan; what is typed is kept on leaving or after a pause."""

    left = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._of: str | None = None
        self.said = TextLabel(theme, "label", "text", elide=True)
        self.field = text_field(placeholder=words("plan.reason.example"))
        self.field.setAccessibleName(words("plan.reason"))
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        layout = column(self, margins=(16, 4, 16, 3), spacing=3)
        for part in (self.said, self.field, self._problem):
            layout.addWidget(part)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self.keep)
        self.field.textEdited.connect(self._on_typed)
        self.field.returnPressed.connect(self._on_return)
        self.field.installEventFilter(self)
        desk.leaving.connect(self.keep)
        self.hide()

    def follow(self, editor: MapEditor | None) -> None:
        """Show the deviation of the one selected pass; the map or the selection has changed."""
        found = _deviation_of(editor) if editor is not None else None
        one = found.done or found.planned if found is not None else None
        other = one is None or one.id != self._of
        if other:
            self.keep()
            self._problem.hide()
        self._of = one.id if one is not None else None
        self.setVisible(one is not None)
        if editor is None or found is None or one is None:
            self.field.clear()
            return
        self.said.setText(deviation_text(found, editor.map.numbers))
        self.field.setReadOnly(editor.read_only)
        # What is being typed, or was refused, is not replaced by what was stored before.
        own = self._idle.isActive() or bool(self.problem)
        if (other or not own) and self.field.text().strip() != one.deviation:
            self.field.setText(one.deviation)

    @property
    def problem(self) -> str:
        """The refusal shown, or nothing."""
        return "" if self._problem.isHidden() else self._problem.full_text()

    def keep(self) -> None:
        """Store what was typed; a refusal stands under the field."""
        editor, waiting = self._desk.editor, self._idle.isActive()
        self._idle.stop()
        if editor is None or self._of is None or self._of not in editor.map.by_id or editor.read_only:
            return
        if not waiting and self.field.text().strip() == editor.map.by_id[self._of].deviation:
            return
        from injectmap.editing.plan import set_deviation

        try:
            set_deviation(editor, self._of, self.field.text())
            self._problem.hide()
        except InjectmapError as refused:
            self._problem.setText(error_sentence(refused))
            self._problem.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving keeps what was typed."""
        if isinstance(event, QFocusEvent) and event.lostFocus() and self._idle.isActive():
            self.keep()
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._idle.start()

    def _on_return(self) -> None:
        self.keep()
        if not self.problem:
            self.left.emit()


def _deviation_of(editor: MapEditor) -> Deviation | None:
    """What to give a reason for: done otherwise or unplanned, or planned and not done while others were."""
    if len(editor.selection) != 1 or not any(one.is_planned for one in editor.map.passes):
        return None
    from injectmap.domain.compare import deviations

    (wanted,) = editor.selection
    found = deviations(editor.map)
    begun = any(one.done is not None for one in found)
    for one in found:
        own = one.done or one.planned
        if own is not None and own.id == wanted and one.differs and (one.done is not None or begun):
            return one
    return None
