"""The bar over the canvas: which view, whose side, and the settings of the selected or the next pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from injectmap.domain.units import show_volume
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.chart_commands import closed_words
from injectmap.ui.canvas.head_pictures import FIRST_VIEW, SIDE_BADGES
from injectmap.ui.canvas.header_field import Choice, HeaderField
from injectmap.ui.canvas.shapes import SHAPES, shape_text
from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.canvas.volume_field import VolumeField
from injectmap.ui.theme import CANVAS_HEADER, Theme, font, metrics
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.canvas.header_choices import HeaderChoices
    from injectmap.ui.canvas.instruments import InstrumentForm

_BOLUSES = frozenset({"bolus", "micro_bolus"})
_BADGE = 26
_NAME_RIGHT = 172
# Below this width the fields take their short words and the line before them goes.
_NARROW = 800


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
        self._shared_for: frozenset[str] = frozenset()
        self._together = False
        self._form: InstrumentForm | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(_NAME_RIGHT, 1, 8, 2)
        row.setSpacing(1)
        row.addStretch(1)
        row.addWidget(self.subject)
        row.addSpacing(12)
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

    @property
    def _narrow(self) -> bool:
        return self.width() < _NARROW

    @property
    def _tight(self) -> bool:
        """True where the fields take their short words: the line before them is long, or one field more is shown."""
        editor = self._bridge.editor
        busy = editor is not None and (len(editor.selection) > 1 or editor.tool_id in SHAPES)
        return self._narrow or busy

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.oldSize().width() < _NARROW) != self._narrow:
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
        self._show_parts(editor is not None)
        if editor is None:
            return
        closed = closed_words(editor)
        for field in self.fields:
            field.setEnabled(not editor.read_only)
            if editor.read_only:
                field.setToolTip(words(closed))
        chosen = _selected(self._bridge.editor)
        self.subject.setText(self._subject(editor, chosen))
        self._show_sharing(editor, chosen)
        self.technique.set_value(self._common(self._technique_texts(editor, chosen)))
        self.plane.set_value(self._common(self._plane_texts(editor, chosen)))
        instruments = [one.instrument for one in chosen] or [editor.defaults.instrument]
        from injectmap.ui.canvas.instruments import instrument_text

        self.instrument.set_value(self._common([instrument_text(one, words) for one in instruments]))
        self.syringe.set_value(self._common(self._syringe_texts(editor, chosen)))
        self.volume.set_value(self._volume_text(editor, chosen))

    def _show_parts(self, shown: bool) -> None:
        """Each is asked first: even a needless answer costs a layout its peace."""
        for part in (self.subject, *self.fields):
            wanted = shown and (part is not self.subject or not self._narrow)
            if part is not self.sharing and wanted == part.isHidden():
                part.setVisible(wanted)
        if not shown:
            self.sharing.hide()

    def _subject(self, editor: MapEditor, chosen: list[CannulaPass]) -> str:
        """What the fields are about: the selected passes, or what the tool in hand draws next."""
        words = self._words
        if len(chosen) == 1:
            return words("header.pass", number=editor.map.numbers[chosen[0].id])
        if chosen:
            return words("header.passes", count=len(chosen))
        if editor.tool_id in SHAPES:
            # In two lines: the fields beside it need the room.
            return shape_text(editor, words).replace(", ", "\n", 2).replace("\n", ", ", 1)
        return words("header.next_bolus" if editor.tool_id in _BOLUSES else "header.next_pass")

    def _show_sharing(self, editor: MapEditor, chosen: list[CannulaPass]) -> None:
        """Of several passes the volume is that of each or of all together; the choice falls back with the selection."""
        if editor.selection != self._shared_for:
            self._shared_for, self._together = editor.selection, editor.shares_volume
        several = len(chosen) > 1
        if several == self.sharing.isHidden():
            self.sharing.setVisible(several)
        way = "together" if self._together else "each"
        self.sharing.set_value(self._words(f"header.sharing.{way}"))
        shape = not chosen and editor.tool_id in SHAPES
        self.volume.set_label(self._words("header.volume.together" if shape else "header.volume"))

    def _volume_text(self, editor: MapEditor, chosen: list[CannulaPass]) -> str:
        if not chosen:
            return show_volume(editor.next_volume_ul)
        if len(chosen) > 1 and self._together:
            return show_volume(editor.selection_volume_ul)
        volumes = {one.microlitres for one in chosen}
        return show_volume(volumes.pop()) if len(volumes) == 1 else ""

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

    def _common(self, texts: Sequence[str]) -> str:
        return texts[0] if len(set(texts)) == 1 else self._words("header.mixed")

    def _technique_texts(self, editor: MapEditor, chosen: list[CannulaPass]) -> list[str]:
        values = [one.technique for one in chosen] or [editor.next_technique]
        return [self._written(f"technique.{value.value}") for value in values]

    def _plane_texts(self, editor: MapEditor, chosen: list[CannulaPass]) -> list[str]:
        values = [one.plane for one in chosen] or [editor.defaults.plane]
        return [self._written(f"plane.{value.value}") for value in values]

    def _written(self, key: str) -> str:
        if self._tight:
            short = self._words(f"{key}.short")
            return short[:1].upper() + short[1:]
        return self._words(key)

    def _syringe_texts(self, editor: MapEditor, chosen: list[CannulaPass]) -> list[str]:
        numbers = {syringe.id: str(syringe.number) for syringe in editor.syringes}
        none = self._words("header.none")
        used = ["+".join(numbers.get(s.syringe_id, none) for s in one.shares) for one in chosen]
        return used or [numbers.get(editor.syringe_id or "", none)]

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
            chosen = _selected(self._bridge.editor)
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
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRect(x, 25, 260, 16), flags, self._words(f"header.side.{side}"))


def _selected(editor: MapEditor | None) -> list[CannulaPass]:
    return list(editor.selected_passes) if editor is not None else []
