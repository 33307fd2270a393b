"""The editors of a record's fields: made when first wanted, and what each of them held when it was last stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from injectmap.domain.record import RecordEntry, RecordField
from injectmap.services.settings import phrases_of
from injectmap.ui.records import entry_editors as editors
from injectmap.ui.records import record_deeds
from injectmap.ui.records.consent_editor import ConsentEditor
from injectmap.ui.theme import Theme
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.settings import ClinicSettings

Held = tuple[str, editors.Details]


class FieldEditors(dict[RecordField, editors.EntryEditor]):
    """One editor a field. What is typed in one record is never shown in another: it waits aside for its own."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._held: dict[RecordField, Held] = {}
        self._stored: dict[RecordField, RecordEntry | None] = {}
        self._aside: dict[tuple[str, RecordField], Held] = {}

    def make(self, which: RecordField) -> editors.EntryEditor:
        """Make the editor of a field."""
        name = load_words()(f"field.{which.value}")
        editor: editors.EntryEditor
        match which:
            case RecordField.CONSENT:
                editor = ConsentEditor(self._theme)
            case RecordField.HISTORY:
                editor = editors.HistoryEditor(self._theme)
            case RecordField.AFTERCARE:
                editor = editors.LeafletEditor(self._theme, name)
            case _:
                editor = editors.PhraseEditor(self._theme, name)
                editor.box.setPlaceholderText(name)
        self[which] = editor
        return editor

    def begin(
        self, which: RecordField, session_id: str, entry: RecordEntry | None, settings: ClinicSettings
    ) -> bool:
        """Show what stands in a field; True if words left unstored in this record are shown over it."""
        editor = self[which]
        match editor:
            case editors.LeafletEditor():
                editor.offer_leaflet(settings.aftercare_leaflet)
            case ConsentEditor():
                editor.offer(settings.consent_form)
        if isinstance(editor, editors.PhraseEditor):
            editor.offer(phrases_of(settings, which))
        self._show(which, entry)
        aside = self._aside.pop((session_id, which), None)
        if aside is not None:
            editor.restore(*aside)
        return aside is not None

    def changed(self, which: RecordField) -> Held | None:
        """What is typed and not stored yet; None if the field was only looked at."""
        editor = self[which]
        held = editor.text(), editor.details()
        return held if held != self._held.get(which) else None

    def stored(self, which: RecordField, held: Held) -> None:
        """What is typed has been stored."""
        self._held[which] = held

    def take_news(self, which: RecordField, entry: RecordEntry | None) -> None:
        """Show what was stored elsewhere since, unless something is being typed."""
        if entry == self._stored.get(which) or self.changed(which) is not None:
            return
        self._stored[which] = entry
        if not record_deeds.same(entry, *self._held[which]):
            self._show(which, entry)

    def set_aside(self, which: RecordField, session_id: str) -> None:
        """Keep what could not be stored until its record is open again."""
        if self[which].unsaid() or self.changed(which) is not None:
            self._aside[session_id, which] = self[which].draft()

    def _show(self, which: RecordField, entry: RecordEntry | None) -> None:
        editor = self[which]
        editor.begin(entry)
        self._stored[which] = entry
        self._held[which] = editor.text(), editor.details()
