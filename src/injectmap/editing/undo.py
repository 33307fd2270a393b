"""Undo and redo as a reading of the journal, so that they survive a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from injectmap.domain.edits import Edit, EditKind, edit_from_json, kind_from_json
from injectmap.domain.forms import parse_json
from injectmap.domain.journal import JournalKind, JournalRow


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be taken back or taken again; `number` is the journal row that last did so.

    The payload is read only when needed: opening a session must not decode its whole history.
    """

    number: int
    payload: str | Edit

    @property
    def kind(self) -> EditKind:
        """What the clinician did."""
        if isinstance(self.payload, Edit):
            return self.payload.kind
        return kind_from_json(parse_json(self.payload, "edit"))

    @property
    def edit(self) -> Edit:
        """The edit as it was first done."""
        return (
            self.payload
            if isinstance(self.payload, Edit)
            else edit_from_json(parse_json(self.payload, "edit"))
        )


class UndoHistory:
    """Steps done and steps undone of one practitioner on one treatment session.

    Invariant: taking back the last done step is always valid on the present map. Another's change clears it.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.done: list[Step] = []
        self.undone: list[Step] = []

    @classmethod
    def from_journal(cls, rows: Sequence[JournalRow], practitioner_id: str) -> UndoHistory:
        """Rebuild from the session's journal rows, oldest first."""
        history = cls()
        for row in rows:
            if row.kind is not JournalKind.EDIT:
                continue
            if row.practitioner_id != practitioner_id or row.payload is None:
                history.clear()
            else:
                history.record(row.number, row.payload, row.undoes)
        return history

    def record(self, number: int, payload: str | Edit, undoes: int | None = None) -> None:
        """Take in a committed row: a new step, the undoing of the last one, or the redoing of it."""
        if undoes is None:
            self.done.append(Step(number, payload))
            self.undone.clear()
        elif self.done and self.done[-1].number == undoes:
            step = self.done.pop()
            self.undone.append(Step(number, step.payload))
        elif self.undone and self.undone[-1].number == undoes:
            step = self.undone.pop()
            self.done.append(Step(number, step.payload))
        else:
            self.clear()

    def step(self, number: int | None) -> Step | None:
        """The last step done or undone, if a journal row names it."""
        steps = (*self.done[-1:], *self.undone[-1:])
        return next((step for step in steps if step.number == number), None)

    def clear(self) -> None:
        """Forget everything, after a conflict or another's change."""
        self.done.clear()
        self.undone.clear()
