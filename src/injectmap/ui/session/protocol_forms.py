"""The forms of protocols in the right column: laying one on the map, and saving passes as one."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, FormRow, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.protocol import Protocol
    from injectmap.domain.treatment_map import CannulaPass, Side
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.session.column import SessionColumn

_SIDES = {"both": ("left", "right"), "left": ("left",), "right": ("right",)}


class _ProtocolForm(QWidget):
    """Title, rows, a problem, and two buttons; `over` when it is done with or called off."""

    over = Signal()

    def __init__(self, theme: Theme, desk: Desk, kind: str) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self.form = Form(theme)
        self.problem = TextLabel(theme, "label", "error", wrap=True)
        self.problem.hide()
        self.accept = Button(theme, words(f"protocol.{kind}.accept"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        self.hints = (("Enter", f"hint.protocol.{kind}"), ("Esc", "hint.protocol.back"))
        head = column(margins=(16, 12, 16, 8), spacing=2)
        head.addWidget(TextLabel(theme, "section", "text", words(f"protocol.{kind}.title"), wrap=True))
        head.addWidget(TextLabel(theme, "label", "text2", words(f"protocol.{kind}.what"), wrap=True))
        body = column(margins=(16, 4, 16, 16))
        body.addWidget(self.form)
        told = column(margins=(16, 8, 16, 0))
        told.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 10, 16, 14)
        buttons.setSpacing(10)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept, 1)
        layout = column(self)
        layout.addLayout(head)
        layout.addLayout(body)
        layout.addStretch(1)
        layout.addWidget(Hairline(theme))
        layout.addLayout(told)
        layout.addLayout(buttons)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.over)

    @property
    def editor(self) -> MapEditor:
        """The editor of the open session."""
        editor = self._desk.editor
        assert editor is not None
        return editor

    def submit(self) -> None:
        """Do it; a refusal stands under its field, or above the buttons, and what was typed stays."""
        self.form.clear_problems()
        self.problem.hide()
        try:
            stored = self.carry_out()
        except InjectmapError as refused:
            self._tell(refused)
            return
        if stored:
            self.over.emit()

    def carry_out(self) -> bool:
        """What the form is for; False where storing failed and the chart tells why."""
        raise NotImplementedError

    def row_of(self, refused: InjectmapError) -> FormRow | None:
        """The row that a refusal belongs to."""
        return None

    def _tell(self, refused: InjectmapError) -> None:
        row = self.row_of(refused)
        if row is not None:
            row.show_problem(error_sentence(refused))
            self.form.focus_problem()
            return
        self.problem.setText(error_sentence(refused))
        self.problem.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape calls it off; Enter carries it out, from whatever field it comes up."""
        if event.key() == Qt.Key.Key_Escape:
            self.over.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)


class LayForm(_ProtocolForm):
    """Lays a protocol on one side or both, as done or to the plan; what it is and whence stands under its name."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, desk, "lay")
        words = load_words()
        self._listed: dict[tuple[str, int], Protocol] = {}
        self.which = choice_field(theme, [])
        self.about = TextLabel(theme, "label", "text2", wrap=True)
        self.optional = TickBox(theme)
        self.sides = choice_field(theme, [(words(f"protocol.sides.{one}"), one) for one in _SIDES])
        self.layer = choice_field(
            theme, [(words("protocol.as_plan"), True), (words("protocol.as_done"), False)]
        )
        self.form.row(words("protocol.field.which"), self.which)
        self.form.add(self.about)
        self.form.add(self.optional)
        self.form.row(words("protocol.field.sides"), self.sides)
        self._layer_row = self.form.row(words("protocol.field.layer"), self.layer)
        for field in (self.which, self.sides, self.layer):
            field.currentIndexChanged.connect(self._show)
        self.optional.toggled.connect(self._show)

    @property
    def first(self) -> QWidget:
        """Where typing begins."""
        return self.which

    def begin(self) -> None:
        """List the protocols as they are now."""
        words, desk = load_words(), self._desk
        kept = self.which.currentData()
        self._listed = {(one.id, one.version): one for one in desk.services.protocols.all(desk.acting)}
        self.which.clear()
        for key, one in self._listed.items():
            self.which.addItem(words("protocol.listed", name=one.name, version=one.version), key)
        self.which.setCurrentIndex(max(self.which.findData(kept), 0))
        # A plan records nothing that was not done; only the clinician says that it was.
        self.layer.setCurrentIndex(0)
        self.problem.hide()
        self._show()

    @property
    def protocol(self) -> Protocol | None:
        """The protocol chosen."""
        return self._listed.get(self.which.currentData())

    def _show(self) -> None:
        from injectmap.domain.units import show_volume

        words, one = load_words(), self.protocol
        self.accept.setEnabled(one is not None)
        if one is None:
            self.about.setText("")
            self.optional.hide()
            return
        extra = sum(each.optional for each in one.passes)
        self.optional.setText(words("protocol.optional", count=extra))
        self.optional.setVisible(bool(extra))
        label = words(f"protocol.{one.label}") if words.has(f"protocol.{one.label}") else one.label
        parts = [words("protocol.about", label=label, source=one.source), one.note]
        self.about.setText("\n\n".join(part for part in parts if part))
        count = len(one.passes) if self.optional.isChecked() else len(one.passes) - extra
        count *= len(_SIDES[self.sides.currentData()])
        ml = show_volume(self.editor.defaults.microlitres) if self._desk.editor is not None else ""
        key = "protocol.count.plan" if self.layer.currentData() else "protocol.count"
        self._layer_row.show_hint(words(key, count=count, ml=ml))

    def carry_out(self) -> bool:
        """Lay it."""
        from injectmap.domain.treatment_map import Side
        from injectmap.editing.protocols import apply_protocol

        assert self.protocol is not None
        sides = [Side(one) for one in _SIDES[self.sides.currentData()]]
        return apply_protocol(
            self.editor,
            self.protocol,
            sides,
            planned=bool(self.layer.currentData()),
            with_optional=self.optional.isChecked(),
        )


class SaveForm(_ProtocolForm):
    """Saves the selected passes, or all of one side, as a protocol of the clinic."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, desk, "save")
        words = load_words()
        self.passes = choice_field(theme, [])
        self.version_of = choice_field(theme, [])
        self.name, self.source, self.note = text_field(), text_field(), text_field()
        self._passes_row = self.form.row(words("protocol.field.passes"), self.passes)
        self.form.row(words("protocol.field.version_of"), self.version_of)
        self._name_row = self.form.row(words("protocol.field.name"), self.name)
        self._source_row = self.form.row(
            words("protocol.field.source"), self.source, hint=words("protocol.field.source.hint")
        )
        self._note_row = self.form.row(words("protocol.field.note"), self.note)
        self.version_of.currentIndexChanged.connect(self._take_words)
        self._own: dict[str, Protocol] = {}

    @property
    def first(self) -> QWidget:
        """Where typing begins."""
        return self.name

    def begin(self) -> None:
        """Offer what is on the map and the clinic's own protocols."""
        from injectmap.services.protocols import CLINIC_LABEL

        words, desk = load_words(), self._desk
        self.form.clear_problems()
        self.problem.hide()
        self.passes.clear()
        for text, ids in self._offers():
            self.passes.addItem(text, ids)
        everything = desk.services.protocols.all(desk.acting)
        self._own = {one.id: one for one in everything if one.label == CLINIC_LABEL}
        self.version_of.clear()
        self.version_of.addItem(words("protocol.new"), None)
        for one in self._own.values():
            text = words("protocol.next_version", name=one.name, version=one.version + 1)
            self.version_of.addItem(text, one.id)
        for field in (self.name, self.source, self.note):
            field.clear()

    def _offers(self) -> list[tuple[str, list[str]]]:
        """What could be saved: the selection if it lies on one side, then what was done on each side."""
        from injectmap.domain.treatment_map import Side

        words, editor = load_words(), self.editor
        layer = [one for one in editor.map.passes if not one.is_planned] or list(editor.map.passes)
        found = [self._offer("selection", editor.selected_passes)]
        for side in (Side.LEFT, Side.RIGHT):
            found += [self._offer(side.value, [one for one in layer if _on(one, side)])]
        return [(words(f"protocol.from.{what}", count=len(ids)), ids) for what, ids in found if ids]

    @staticmethod
    def _offer(what: str, passes: list[CannulaPass] | tuple[CannulaPass, ...]) -> tuple[str, list[str]]:
        sides = {one.side.value for one in passes} - {"midline"}
        return what, [one.id for one in passes] if len(sides) <= 1 else []

    def _take_words(self) -> None:
        """The next version starts from the words of the last."""
        before = self._own.get(self.version_of.currentData() or "")
        if before is not None:
            self.name.setText(before.name)
            self.source.setText(before.source)
            self.note.setText(before.note)

    def row_of(self, refused: InjectmapError) -> FormRow | None:
        """The row that a refusal belongs to; a text that is too long is known by its limit."""
        from injectmap.services.protocols import NAME_LIMIT, NOTE_LIMIT, SOURCE_LIMIT

        if refused.code == "text_too_long":
            rows = {NAME_LIMIT: self._name_row, SOURCE_LIMIT: self._source_row, NOTE_LIMIT: self._note_row}
            return next((row for limit, row in rows.items() if limit == refused.params["limit"]), None)
        return {
            "protocol_name_empty": self._name_row,
            "protocol_name_taken": self._name_row,
            "protocol_source_empty": self._source_row,
            "protocol_without_passes": self._passes_row,
            "protocol_both_sides": self._passes_row,
        }.get(refused.code)

    def carry_out(self) -> bool:
        """Save it and say so."""
        desk, editor = self._desk, self.editor
        opened = replace(editor.opened, map=editor.map)
        saved = desk.services.protocols.save(
            desk.acting,
            opened,
            self.passes.currentData() or (),
            name=self.name.text(),
            source=self.source.text(),
            note=self.note.text(),
            protocol_id=self.version_of.currentData(),
        )
        desk.notice.emit(load_words()("protocol.saved", name=saved.name, version=saved.version))
        return True


def _on(one: CannulaPass, side: Side) -> bool:
    return one.side.value in (side.value, "midline")


class ProtocolForms:
    """Builds the two forms when they are first wanted and lets them take the column's place."""

    def __init__(self, theme: Theme, desk: Desk, place: SessionColumn) -> None:
        """Stand in the session's column."""
        self._theme, self._desk, self._place = theme, desk, place

    @cached_property
    def lay_form(self) -> LayForm:
        """Lays a protocol on the map."""
        form = LayForm(self._theme, self._desk)
        form.over.connect(self._place.end_form)
        return form

    @cached_property
    def save_form(self) -> SaveForm:
        """Saves passes as a protocol."""
        form = SaveForm(self._theme, self._desk)
        form.over.connect(self._place.end_form)
        return form

    def lay(self) -> None:
        """Open the form that lays a protocol on the map."""
        if self._desk.editor is not None and not self._desk.editor.read_only:
            self._show(self.lay_form)

    def save(self) -> None:
        """Open the form that saves passes as a protocol; a signed session will do."""
        if self._desk.editor is not None and not self._desk.read_only:
            self._show(self.save_form)

    def _show(self, form: LayForm | SaveForm) -> None:
        # In the column first: a widget without a place of its own would be a window.
        self._place.show_form(form, form.first)
        try:
            form.begin()
        except InjectmapError as refused:
            self._place.end_form()
            self._desk.problem.emit(error_sentence(refused))
