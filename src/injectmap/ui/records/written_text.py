"""What stands in the fields of a line, to be read where nothing can be written any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from injectmap.domain.record import HistoryFlag, RecordField
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.record import RecordEntry
    from injectmap.domain.session import OpenSession
    from injectmap.ui.records.review_row import ReviewRow

Key = TypeVar("Key")


class WrittenLines(Generic[Key]):
    """Opens a line of a record to be read; one line at a time, and none where its record can be written."""

    def __init__(
        self, rows: Mapping[Key, ReviewRow], fields_of: Callable[[Key], tuple[RecordField, ...]]
    ) -> None:
        self._rows, self._fields_of = rows, fields_of

    def text(self, key: Key, opened: OpenSession) -> str:
        """What is written in a line."""
        return written_text(self._fields_of(key), opened.entries)

    def show(self, key: Key, opened: OpenSession) -> None:
        """Open a line, where something is written."""
        if text := self.text(key, opened):
            self._rows[key].read(text)

    def stop(self) -> None:
        """Close the line that is open to be read."""
        for row in self._rows.values():
            if row.is_reading:
                row.set_open(False)

    def follow(self, opened: OpenSession, *, stays: bool) -> None:
        """Show what is written now, if the line stays open."""
        for key, row in self._rows.items():
            if row.is_reading:
                row.set_open(False)
                if stays:
                    self.show(key, opened)


def written_text(fields: Iterable[RecordField], entries: Mapping[RecordField, RecordEntry]) -> str:
    """Named details and the text of each field that was written, a line to a detail; "" where nothing stands."""
    written = [(which, entry) for which in fields if (entry := entries.get(which)) is not None]
    parts = [
        "\n".join([*_details(which, entry), *([entry.text] if entry.text else [])])
        for which, entry in written
    ]
    return "\n\n".join(part for part in parts if part)


def _details(which: RecordField, entry: RecordEntry) -> list[str]:
    words, known = load_words(), dict(entry.details)
    if which is RecordField.HISTORY:
        asked = [flag.value for flag in HistoryFlag if flag.value in known]
        return [f"{words(f'history.{key}')}: {_answer(known[key])}" for key in asked]
    return [
        f"{words(label) if words.has(label := f'detail.{key}') else key}: {value}"
        for key, value in entry.details
        if value
    ]


def _answer(text: str) -> str:
    return load_words()(f"answer.{text}") if text in ("yes", "no") else text
