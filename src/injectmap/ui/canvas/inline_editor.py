"""The small volume editor beside the pass just drawn or selected: type, Enter, done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.units import parse_volume, show_length, show_volume, volume_per_cm
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.canvas.volume_line import StepButton, VolumeLine
from injectmap.ui.theme import RADIUS_CARD, RADIUS_CONTROL, Theme, font, metrics
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass

WIDTH, HEIGHT = 200, 82
_STEP_UL = 10
_HEAD = 32


class InlineEditor(QWidget):
    """Edits the volume of one pass through the map editor.

    Typed text is committed by Enter and by leaving the field, given up by Escape. Refused text stays with its
    reason until it is mended.
    """

    closed = Signal()
    resized = Signal()

    def __init__(
        self, bridge: EditorBridge, words: Words, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """Build it hidden."""
        super().__init__(parent)
        self._bridge, self._words, self._theme = bridge, words, theme
        self.pass_id: str | None = None
        self._number, self._side = "", "left"
        self._length = self._per_cm = self._problem = ""
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.field = VolumeLine(self)
        self.field.setObjectName("inline_volume")
        self.field.setAccessibleName(words("inline.field"))
        self.field.setFont(font("inline_volume"))
        self.field.setFrame(False)
        self.field.setMaxLength(16)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.less = StepButton("minus", words("inline.less"), theme, self)
        self.more = StepButton("plus", words("inline.more"), theme, self)
        self.less.setGeometry(7, _HEAD, 44, 44)
        self.more.setGeometry(WIDTH - 51, _HEAD, 44, 44)
        self.field.setGeometry(58, _HEAD + 4, 54, 36)
        self.less.clicked.connect(self._less)
        self.more.clicked.connect(self._more)
        self.field.textEdited.connect(self._typed)
        self.field.stepped.connect(self._step)
        self.field.accepted.connect(self._accept)
        self.field.given_up.connect(self._give_up)
        self.field.left.connect(self._leave)
        theme.changed.connect(self._tint)
        bridge.changed.connect(self._on_changed)
        self._tint()
        self.hide()

    # Opening and closing

    @property
    def one(self) -> CannulaPass | None:
        """The pass being edited."""
        editor = self._bridge.editor
        return editor.map.by_id.get(self.pass_id or "") if editor is not None else None

    def open(self, pass_id: str) -> None:
        """Edit a pass; its volume is preselected, so that typing replaces it."""
        self.pass_id = pass_id
        self._restore()
        self.setFixedSize(WIDTH, HEIGHT)
        side = self._words(f"side.{self._side}")
        self.setAccessibleName(self._words("inline.name", number=self._number, side=side))
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
        self.pass_id = None
        if self.isVisible():
            # Before hiding: Qt would hand the keyboard to the next field of the header.
            if self.field.hasFocus() and (canvas := self.parentWidget()) is not None:
                canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self.closed.emit()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if not self.isVisible():
            return
        if self.one is None:
            self.close_editor()
        elif aspects & {"map", "state"} and not self.field.isModified():
            self._restore()

    def _restore(self) -> None:
        one, editor = self.one, self._bridge.editor
        if one is None or editor is None:
            return
        self._number, self._side = str(editor.map.numbers[one.id]), one.side.value
        self._length = self._words("inline.length", mm=show_length(one.path.length_um))
        self.field.setText(show_volume(one.microlitres))
        self.field.setModified(False)
        self.field.selectAll()
        self._show_problem("")
        self._show_rate(one.microlitres)

    def _show_rate(self, microlitres: int) -> None:
        one = self.one
        rate = volume_per_cm(microlitres, one.path.length_um) if one is not None else ""
        self._per_cm = self._words("inline.per_cm", ml=rate) if rate else ""
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
        # Only this pass, whatever else is selected.
        if editor.selection != {self.pass_id}:
            editor.select([self.pass_id] if self.pass_id else [])
        try:
            editor.set_volume_text(self.field.text())
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

    def _leave(self) -> None:
        if self.isVisible():
            self.commit()

    def _step(self, direction: int) -> None:
        try:
            now = parse_volume(self.field.text())
        except InputRefused:
            now = self.one.microlitres if self.one is not None else 0
        after = max(_STEP_UL, now + direction * _STEP_UL)
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

    def _show_problem(self, sentence: str) -> None:
        if sentence == self._problem:
            return
        self._problem = sentence
        self.field.setAccessibleDescription(sentence)
        height = HEIGHT
        if sentence:
            box = metrics("label").boundingRect(
                QRect(0, 0, WIDTH - 24, 400), Qt.TextFlag.TextWordWrap, sentence
            )
            height += box.height() + 10
        self.setFixedSize(WIDTH, height)
        self.resized.emit()
        self.update()

    # Painting

    def _tint(self) -> None:
        chrome = self._theme.chrome
        self.field.setStyleSheet(
            f"QLineEdit{{background:transparent;border:none;padding:0;color:{chrome.text};"
            f"selection-background-color:{chrome.accentbg};selection-color:{chrome.text}}}"
        )
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("sel"), 2))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_CARD, RADIUS_CARD)
        self._paint_head(painter)
        wrong = bool(self._problem)
        painter.setPen(QPen(theme.colour("error" if wrong else "accent"), 2))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(57, _HEAD + 1, 86, 42), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRect(116, _HEAD, 26, 44), Qt.AlignmentFlag.AlignVCenter, self._words("inline.unit"))
        if wrong:
            painter.setFont(font("label"))
            painter.setPen(theme.colour("error"))
            box = QRect(12, HEIGHT + 2, WIDTH - 24, self.height() - HEIGHT)
            painter.drawText(box, Qt.TextFlag.TextWordWrap, self._problem)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        theme = self._theme
        width = max(18, metrics("label_strong").horizontalAdvance(self._number) + 9)
        chip = QRectF(10, 8, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sel"))
        painter.drawRoundedRect(chip, 9, 9)
        painter.setFont(font("label_strong"))
        painter.setPen(theme.colour("on_sel"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._number)
        badge = QRectF(chip.right() + 6, 8, 18, 18)
        paint_side_badge(painter, badge, self._side, self._words, theme)
        row = QRect(round(badge.right()) + 8, 8, WIDTH - round(badge.right()) - 20, 18)
        painter.setFont(font("table_strong"))
        painter.setPen(theme.colour("text"))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, self._length)
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._per_cm)
