"""The clinic's phrases, field by field: added, and taken off the list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.domain.record import RecordField
from injectmap.domain.settings import ClinicSettings, Phrase
from injectmap.ui.desk import Desk
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button, IconButton
from injectmap.ui.widgets.form import FormRow, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# Fields that are answered by choosing have no phrases.
_WITHOUT = (RecordField.CONSENT, RecordField.HISTORY)


class _PhraseRow(QWidget):
    """One phrase, and the way to take it off."""

    removed = Signal(object)

    def __init__(self, theme: Theme, phrase: Phrase, number: int) -> None:
        super().__init__()
        self.phrase = phrase
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(TextLabel(theme, "key", "text3", str(number)))
        layout.addWidget(TextLabel(theme, "table", "text", phrase.text, wrap=True), 1)
        name = load_words()("settings.phrases.remove", text=phrase.text[:60])
        remove = IconButton(theme, "trash", name, side=26)
        layout.addWidget(remove)
        remove.clicked.connect(self._remove)

    def _remove(self) -> None:
        self.removed.emit(self.phrase)


class PhraseEditor(QWidget):
    """Shows the phrases of one field at a time in the order of their keys."""

    changed = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._desk = theme, desk
        self._settings: ClinicSettings | None = None
        fields: list[tuple[str, object]] = [
            (words(f"field.{one.value}"), one) for one in RecordField if one not in _WITHOUT
        ]
        self.field = choice_field(theme, fields, RecordField.REASON)
        self.text = text_field(placeholder=words("settings.phrases.new"))
        self.add = Button(theme, words("settings.phrases.add"))
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.add)
        self._rows = QWidget()
        self._list = column(self._rows)
        self._new = FormRow(theme, words("settings.phrases.new"), line)
        self.text.setAccessibleName(words("settings.phrases.new"))
        layout = column(self, spacing=8)
        layout.addWidget(FormRow(theme, words("settings.phrases.field"), self.field))
        layout.addWidget(self._rows)
        layout.addWidget(self._new)
        self.field.currentIndexChanged.connect(self._show)
        self.add.clicked.connect(self._add)
        self.text.returnPressed.connect(self._add)
        self.text.textEdited.connect(self._new.clear_problem)

    def show_settings(self, settings: ClinicSettings) -> None:
        """Show the phrases as they are stored."""
        self._settings = settings
        self._show()

    @property
    def chosen(self) -> RecordField:
        """The field whose phrases are shown."""
        return RecordField(self.field.currentData())

    def _show(self) -> None:
        clear_layout(self._list)
        phrases = self._settings.phrases if self._settings is not None else ()
        shown = [one for one in phrases if one.field is self.chosen]
        for number, phrase in enumerate(shown, 1):
            row = _PhraseRow(self._theme, phrase, number)
            row.removed.connect(self._remove)
            self._list.addWidget(row)
            self._list.addWidget(Hairline(self._theme))
        if not shown:
            self._list.addWidget(
                TextLabel(self._theme, "table", "text2", load_words()("settings.phrases.none"))
            )

    def _add(self) -> None:
        service = self._desk.services.settings_service
        try:
            service.add_phrase(self._desk.acting, self.chosen, self.text.text())
        except InjectmapError as error:
            self._new.show_problem(error_sentence(error))
            return
        self.text.clear()
        self._desk.stored()
        self.changed.emit()

    def _remove(self, phrase: Phrase) -> None:
        service = self._desk.services.settings_service
        try:
            service.remove_phrase(self._desk.acting, phrase)
        except InjectmapError as error:
            self._new.show_problem(error_sentence(error))
            return
        self._desk.stored()
        self.changed.emit()
