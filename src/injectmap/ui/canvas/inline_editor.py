"""The small volume editor beside the pass or fan just drawn or selected: type, Enter, done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.units import needs_confirming, parse_volume, show_length, show_volume, volume_per_cm
from injectmap.ui.canvas import inline_rows
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.inline_look import InlineFace, InlineLook
from injectmap.ui.canvas.volume_line import StepButton, VolumeLine
from injectmap.ui.theme import Theme, drawing_target, font
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass

_STEP_UL = 10


class InlineEditor(QWidget):
    """Edits the volume of one pass, or of a whole fan together, through the map editor.

    Typed text is committed by Enter and, unless it is a bare whole number, by leaving the field; Escape gives it up.
    Refused text stays with its reason until it is mended. Below it a row opens for deposits or for a split over
    syringes.
    """

    closed = Signal()
    not_taken = Signal(str)
    refused = Signal(str)
    resized = Signal()

    def __init__(
        self, bridge: EditorBridge, words: Words, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """Build it hidden."""
        super().__init__(parent)
        self._bridge, self._words, self._theme = bridge, words, theme
        self.pass_ids: tuple[str, ...] = ()
        self._row = ""
        self._look = InlineLook(words, theme)
        self._face = InlineFace()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.field = self._line("inline_volume", words("inline.field"), "inline_volume")
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row_field = self._line("inline_row", "", "table")
        self.row_field.setMaxLength(200)
        self.row_field.hide()
        self.less = StepButton("minus", words("inline.less"), theme, self)
        self.more = StepButton("plus", words("inline.more"), theme, self)
        self.less.clicked.connect(self._less)
        self.more.clicked.connect(self._more)
        self.field.textEdited.connect(self._typed)
        self.field.stepped.connect(self._step)
        self.field.accepted.connect(self._accept)
        self.field.given_up.connect(self._give_up)
        self.field.left.connect(self.leave)
        self.row_field.accepted.connect(self._accept_row)
        self.row_field.given_up.connect(self._close_row)
        theme.changed.connect(self._tint)
        bridge.changed.connect(self._on_changed)
        self._tint()
        self._lay_out()
        self.hide()

    def _line(self, name: str, spoken: str, role: str) -> VolumeLine:
        line = VolumeLine(self)
        line.setObjectName(name)
        line.setAccessibleName(spoken)
        line.setFont(font(role))
        line.setFrame(False)
        line.setMaxLength(16)
        return line

    # Opening and closing

    @property
    def pass_id(self) -> str | None:
        """The pass being edited; of a fan its first."""
        return self.pass_ids[0] if self.pass_ids else None

    @property
    def passes(self) -> list[CannulaPass]:
        """The passes being edited."""
        editor = self._bridge.editor
        by_id = editor.map.by_id if editor is not None else {}
        return [by_id[one] for one in self.pass_ids if one in by_id]

    @property
    def one(self) -> CannulaPass | None:
        """The pass being edited, or the first of several."""
        passes = self.passes
        return passes[0] if passes and len(passes) == len(self.pass_ids) else None

    def prepare(self, pass_ids: Sequence[str]) -> None:
        """Edit passes; their volume is preselected, so that typing replaces it. It is shown by `appear`, once placed."""
        self.pass_ids = tuple(pass_ids)
        self._hide_row()
        self._restore()
        face = self._face
        name = "inline.name" if len(self.pass_ids) == 1 else "inline.name.several"
        side = self._words(f"side.{face.side}")
        self.setAccessibleName(self._words(name, number=face.number, side=side))

    def appear(self) -> None:
        """Show it where it has been placed."""
        if self.pass_ids and not self.isVisible():
            self.show()
            self.raise_()

    def take_focus(self, typed: str = "") -> None:
        """Put the cursor into the field; `typed` replaces the value as if it had been typed here."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()
        if typed:
            self.field.insert(typed)
            self.field.setModified(True)
            self._typed()

    def close_editor(self) -> None:
        """Put it away; what was typed must have been committed or given up before."""
        self.pass_ids = ()
        if self.isVisible():
            # Before hiding: Qt would hand the keyboard to the next field of the header.
            held = self.field.hasFocus() or self.row_field.hasFocus()
            if held and (canvas := self.parentWidget()) is not None:
                canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self.closed.emit()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if not self.pass_ids:
            return
        if self.one is None:
            self.close_editor()
        elif aspects & {"map", "state"} and not self.field.isModified() and not self._row:
            self._restore()

    def _restore(self) -> None:
        one, editor = self.one, self._bridge.editor
        if one is None or editor is None:
            return
        face, words = self._face, self._words
        numbers = [editor.map.numbers[each] for each in self.pass_ids]
        face.number = str(numbers[0]) if len(numbers) == 1 else f"{min(numbers)}–{max(numbers)}"
        face.side = one.side.value
        if len(self.pass_ids) > 1:
            face.head = words("inline.several", count=len(self.pass_ids))
        elif one.is_point:
            face.head = words(f"technique.{one.technique.value}")
        else:
            reach = editor.reach(one.id)
            face.head = words("inline.reach", mm=show_length(reach.reach_um), of=show_length(reach.length_um))
        volume = sum(each.microlitres for each in self.passes)
        self.field.setText(show_volume(volume))
        self.field.setModified(False)
        self.field.selectAll()
        face.lines = inline_rows.said(editor, one, words) if len(self.pass_ids) == 1 else []
        face.problem = ""
        self._show_rate(volume)
        self._lay_out()

    def _show_rate(self, microlitres: int) -> None:
        one, face = self.one, self._face
        if len(self.pass_ids) > 1:
            each = microlitres // len(self.pass_ids)
            face.rate = self._words("inline.each", ml=show_volume(each))
        else:
            rate = volume_per_cm(microlitres, one.path.length_um) if one is not None else ""
            face.rate = self._words("inline.per_cm", ml=rate) if rate else ""
        self.update()

    # Typing

    def _typed(self) -> None:
        self._show_problem("")
        try:
            self._show_rate(parse_volume(self.field.text()))
        except InputRefused:
            self._show_rate(0) if self.one is None else self.update()

    def commit(self) -> bool:
        """Store what was typed; False and a sentence beside the field if it is refused."""
        editor = self._bridge.editor
        if editor is None or self.one is None or not self.field.isModified():
            return True
        # Only these passes, whatever else is selected.
        if editor.selection != frozenset(self.pass_ids):
            editor.select(self.pass_ids)
        try:
            editor.set_volume_text(self.field.text(), True if len(self.pass_ids) > 1 else None)
        except InputRefused as refused:
            self._show_problem(self._words(f"error.{refused.code}", **refused.params))
            return False
        self.field.setModified(False)
        return True

    def _accept(self) -> None:
        """Done with this pass: the next one can be drawn, and digits switch the views again."""
        if not self.commit():
            return
        editor = self._bridge.editor
        self.close_editor()
        if editor is not None and editor.failed is None:
            editor.select([])

    def _give_up(self) -> None:
        changed = self.field.isModified()
        self._restore()
        if not changed:
            self.close_editor()

    def leave(self) -> None:
        """Store what was typed, but not what may have been meant as a key: that is told by `not_taken`."""
        typed = self.field.text()
        if not self.isVisible():
            return
        if self.field.isModified() and needs_confirming(typed):
            self._restore()
            self.not_taken.emit(typed)
        elif not self.commit():
            # Who goes on elsewhere closes this, and the reason with it.
            self.refused.emit(self._words("hint.volume_refused", typed=typed, reason=self._face.problem))

    def _step(self, direction: int) -> None:
        step = _STEP_UL * max(1, len(self.pass_ids))
        try:
            now = parse_volume(self.field.text())
        except InputRefused:
            now = sum(each.microlitres for each in self.passes)
        after = max(step, now + direction * step)
        if after != now:
            self.field.setText(show_volume(after))
            self.field.setModified(True)
            self._typed()
            self.commit()
            self.field.selectAll()

    def _less(self) -> None:
        self._step(-1)

    def _more(self) -> None:
        self._step(1)

    # The row below

    def open_row(self, row: str) -> None:
        """Type deposits or syringes of the one pass; Enter stores them, Escape closes the row."""
        editor, one = self._bridge.editor, self.one
        if editor is None or one is None or len(self.pass_ids) != 1:
            return
        self._row = row
        self._face.row_label = self._words(f"inline.row.{row}")
        self.row_field.setAccessibleName(self._words(f"inline.row.{row}.name"))
        self.row_field.setText(inline_rows.row_text(row, editor, one))
        self._face.problem = ""
        self._lay_out()
        self.row_field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.row_field.selectAll()

    def _accept_row(self) -> None:
        editor, one = self._bridge.editor, self.one
        if editor is None or one is None:
            return
        try:
            inline_rows.store(self._row, editor, one.id, self.row_field.text())
        except InputRefused as refused:
            self._show_problem(self._words(f"error.{refused.code}", **refused.params))
            return
        self._close_row()

    def _close_row(self) -> None:
        self._hide_row()
        self._restore()
        self.take_focus()

    def _hide_row(self) -> None:
        self._row = self._face.row_label = ""
        self.row_field.hide()

    def _show_problem(self, sentence: str) -> None:
        if sentence != self._face.problem:
            self._face.problem = sentence
            (self.row_field if self._row else self.field).setAccessibleDescription(sentence)
            self._lay_out()

    # The look

    def _lay_out(self) -> None:
        side = drawing_target(self)
        places = self._look.places(self._face, side)
        self.less.setGeometry(places.less)
        self.more.setGeometry(places.more)
        self.field.setGeometry(places.field)
        self.row_field.setGeometry(places.row)
        self.row_field.setVisible(bool(self._row))
        if self.size() != places.size:
            self.setFixedSize(places.size)
            self.resized.emit()
        self.update()

    def _tint(self) -> None:
        chrome = self._theme.chrome
        for line in (self.field, self.row_field):
            line.setStyleSheet(
                f"QLineEdit{{background:transparent;border:none;padding:0;color:{chrome.text};"
                f"selection-background-color:{chrome.accentbg};selection-color:{chrome.text}}}"
            )
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._look.paint(painter, self.rect(), self._face, drawing_target(self))
        painter.end()
