"""The bar over the canvas: which view, whose side, and the settings of the selected or the next pass."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from injectmap.ui.canvas import header_values
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.chart_commands import closed_words
from injectmap.ui.canvas.closed_line import ClosedLine
from injectmap.ui.canvas.head_pictures import FIRST_VIEW, SIDE_BADGES
from injectmap.ui.canvas.header_field import Choice, HeaderField
from injectmap.ui.canvas.header_values import HeaderValues
from injectmap.ui.canvas.shapes import SHAPES
from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.canvas.volume_field import VolumeField
from injectmap.ui.theme import CANVAS_HEADER, Theme, font, metrics
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.canvas.header_choices import HeaderChoices
    from injectmap.ui.canvas.instruments import InstrumentForm

_BADGE = 26
_NAME_RIGHT = 172
_END = 8
_BEFORE_FIELDS = 12
# Where the name ends at the latest when the fields stand close.
_CLOSE_RIGHT = 156


class _Room(IntEnum):
    """How much room there is for the fields: the first of these in which they fit is taken."""

    FULL = 0
    SHORT_WORDS = 1
    SUBJECT_UNDER_NAME = 2
    CLOSE_SET = 3


class CanvasHeader(QWidget):
    """Forwards choices to the editor; `refused` carries what the editor would not take."""

    refused = Signal(object)

    def __init__(
        self,
        bridge: EditorBridge,
        guarded: Callable[..., bool],
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`guarded(call, *arguments)` calls the editor and tells refusals."""
        super().__init__(parent)
        self._bridge, self._guarded, self._words, self._theme = bridge, guarded, words, theme
        self._view_id = FIRST_VIEW
        self.setFixedHeight(CANVAS_HEADER)
        self.subject = QLabel(words("header.next_pass"), self)
        self.subject.setTextFormat(Qt.TextFormat.PlainText)
        self.subject.setFont(font("table"))
        self.subject.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # As wide as any one pass: going from pass to pass lays nothing out anew.
        self.subject.setMinimumWidth(metrics("table").horizontalAdvance(words("header.pass", number=888)))
        self.technique = HeaderField(
            words("header.technique"), partial(self._offered, "techniques"), words, theme, self
        )
        self.plane = HeaderField(words("header.plane"), partial(self._offered, "planes"), words, theme, self)
        self.instrument = HeaderField(
            words("header.instrument"), partial(self._offered, "instruments"), words, theme, self
        )
        self.syringe = HeaderField(
            words("header.syringe"), partial(self._offered, "syringes"), words, theme, self
        )
        self.sharing = HeaderField(words("header.sharing"), self._sharings, words, theme, self)
        self.volume = VolumeField(words, theme, self)
        self.closed = ClosedLine(theme, self)
        self._room = _Room.FULL
        self._shared_for: frozenset[str] = frozenset()
        self._together = False
        self._form: InstrumentForm | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(_NAME_RIGHT, 1, _END, 2)
        row.setSpacing(1)
        row.addStretch(1)
        row.addWidget(self.closed, 100)
        row.addWidget(self.subject)
        row.addSpacing(_BEFORE_FIELDS)
        for field in self.fields:
            row.addWidget(field)
        self.technique.picked.connect(self._take_technique)
        self.plane.picked.connect(self._take_plane)
        self.instrument.picked.connect(self._take_instrument)
        self.syringe.picked.connect(self._take_syringe)
        self.sharing.picked.connect(self._take_sharing)
        self.volume.typed.connect(self._take_volume)
        bridge.changed.connect(self._on_changed)
        theme.changed.connect(self._tint)
        self._tint()
        self._show_values()

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """The fields in the order of reading."""
        return (self.technique, self.plane, self.instrument, self.syringe, self.sharing, self.volume)

    def _tint(self) -> None:
        self.subject.setStyleSheet(f"color:{self._theme.chrome.text2}")
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._show_values()

    def show_view(self, view_id: str) -> None:
        """Name another view."""
        self._view_id = view_id
        self.update()

    # Values

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "selection", "defaults", "syringes", "state", "shape", "tool", "mode"}:
            self._show_values()

    def _show_values(self) -> None:
        editor, words = self._bridge.editor, self._words
        if editor is None or editor.read_only:
            self._show_parts(False)
            self.closed.setVisible(editor is not None)
            if editor is not None:
                self.closed.say(header_values.said(editor, words), words(closed_words(editor)))
            return
        self.closed.hide()
        self._show_sharing(editor)
        self.volume.set_value(header_values.volume(editor, together=self._together))
        self.subject.setText(header_values.subject(editor, words))
        room, values = self._fitted(editor)
        self._set_close(room is _Room.CLOSE_SET)
        self.technique.set_value(values.technique)
        self.plane.set_value(values.plane)
        self.instrument.set_value(values.instrument)
        self.syringe.set_value(values.syringe)
        if room is not self._room or room >= _Room.SUBJECT_UNDER_NAME:
            self._room = room
            self.update(0, 0, _NAME_RIGHT, self.height())
        self._show_parts(True)

    def _set_close(self, close: bool) -> None:
        for field in self._lists:
            field.set_close(close)
        left, row = _CLOSE_RIGHT if close else _NAME_RIGHT, self.layout()
        if row is not None and row.contentsMargins().left() != left:
            row.setContentsMargins(left, 1, _END, 2)

    @property
    def _lists(self) -> tuple[HeaderField, ...]:
        return (self.technique, self.plane, self.instrument, self.syringe, self.sharing)

    def _fitted(self, editor: MapEditor) -> tuple[_Room, HeaderValues]:
        """The first way of writing that fits, with the texts of the fields."""
        several = len(editor.selection) > 1
        rest = _NAME_RIGHT + _END + _BEFORE_FIELDS + self.volume.sizeHint().width() + 8
        with_subject = rest + max(self.subject.sizeHint().width(), self.subject.minimumWidth())
        for room in _Room:
            short, close = room >= _Room.SHORT_WORDS, room is _Room.CLOSE_SET
            values = header_values.values(editor, self._words, short=short, shortest=close)
            texts = (values.technique, values.plane, values.instrument, values.syringe, self.sharing.value)
            fields = self._lists if several else self._lists[:-1]
            needed = rest if room >= _Room.SUBJECT_UNDER_NAME else with_subject
            needed += sum(field.wanted_width(text, close) for field, text in zip(fields, texts, strict=False))
            if needed <= self.width():
                break
        return room, values

    def _show_parts(self, shown: bool) -> None:
        """Each is asked first: even a needless answer costs a layout its peace."""
        for part in (self.subject, *self.fields):
            wanted = shown and (part is not self.subject or self._room < _Room.SUBJECT_UNDER_NAME)
            if part is not self.sharing and wanted == part.isHidden():
                part.setVisible(wanted)
        if not shown:
            self.sharing.hide()

    def _show_sharing(self, editor: MapEditor) -> None:
        """Of several passes the volume is that of each or of all together; the choice falls back with the selection."""
        if editor.selection != self._shared_for:
            self._shared_for, self._together = editor.selection, editor.shares_volume
        several = len(editor.selection) > 1
        if several == self.sharing.isHidden():
            self.sharing.setVisible(several)
        way = "together" if self._together else "each"
        self.sharing.set_value(self._words(f"header.sharing.{way}"))
        shape = not editor.selection and editor.tool_id in SHAPES
        self.volume.set_label(self._words("header.volume.together" if shape else "header.volume"))

    def type_volume(self, typed: str) -> None:
        """Put the cursor into the volume; `typed` replaces what stands there."""
        self.volume.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.volume.selectAll()
        if typed:
            self.volume.insert(typed)
            self.volume.setModified(True)

    def _sharings(self) -> list[Choice]:
        return self._choices.sharings(self._together)

    @cached_property
    def _choices(self) -> HeaderChoices:
        # Read when a list is first opened: the first paint needs none of what is in it.
        from injectmap.ui.canvas.header_choices import HeaderChoices

        return HeaderChoices(self._bridge, self._words)

    def _offered(self, field: str) -> list[Choice]:
        return list(getattr(self._choices, field)())

    def _take_sharing(self, way: str) -> None:
        self._together = way == "together"
        self._show_values()

    # Choices

    def _take(self, call: Callable[[MapEditor], Callable[..., Any]], value: object) -> None:
        editor = self._bridge.editor
        if editor is not None:
            self._guarded(call(editor), value)

    def _take_technique(self, value: str) -> None:
        from injectmap.domain.treatment_map import Technique

        self._take(lambda editor: editor.set_technique, Technique(value))

    def _take_plane(self, value: str) -> None:
        from injectmap.domain.treatment_map import Plane

        self._take(lambda editor: editor.set_plane, Plane(value))

    def _take_instrument(self, value: object) -> None:
        from injectmap.domain.treatment_map import Instrument
        from injectmap.ui.canvas.instruments import InstrumentForm

        editor = self._bridge.editor
        if isinstance(value, Instrument):
            self._take(lambda editor: editor.set_instrument, value)
        elif editor is not None:
            if self._form is None:
                self._form = InstrumentForm(self._words, self._theme, self)
                self._form.chosen.connect(self._take_instrument)
            chosen = editor.selected_passes
            start = chosen[0].instrument if chosen else editor.defaults.instrument
            self._form.open_below(self.instrument, start)

    def _take_syringe(self, value: str) -> None:
        self._take(lambda editor: editor.set_syringe, value)

    def _take_volume(self, text: str) -> None:
        editor = self._bridge.editor
        if editor is None:
            return
        together = self._together if len(editor.selection) > 1 else None
        if not self._guarded(editor.set_volume_text, text, together):
            self.volume.refuse()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.colour("line"))
        if event.rect().left() < _NAME_RIGHT:
            self._paint_name(painter)
        for field in self.fields if self.technique.isVisible() else ():
            if not field.isHidden():
                painter.fillRect(QRect(field.x() - 1, 7, 1, self.height() - 15), theme.colour("line"))
        painter.end()

    def _paint_name(self, painter: QPainter) -> None:
        """The view's name with the patient's side and its badge."""
        theme = self._theme
        left, right = SIDE_BADGES[self._view_id]
        x = 16
        for side in (left, right):
            if side:
                paint_side_badge(painter, QRectF(x, 11, _BADGE, _BADGE), side, self._words, theme)
                x += _BADGE + 4
        x += 6
        painter.setFont(font("view_name"))
        painter.setPen(theme.colour("text"))
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(x, 6, 200, 19), flags, self._words(f"view.{self._view_id}"))
        side = "both" if left and right else left or right
        editor = self._bridge.editor
        under = self._words(f"header.side.{side}")
        if editor is not None and not editor.read_only and self._room >= _Room.SUBJECT_UNDER_NAME:
            # The badge tells the side as well.
            under = header_values.subject(editor, self._words).partition("\n")[0]
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRect(x, 25, 260, 16), flags, under)
