"""What others have written since somebody last looked, so that a window shows the clinic as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from injectmap.domain.acting import Acting, Right
from injectmap.domain.journal import JournalHeading, JournalKind, SubjectKind
from injectmap.services.ports import Database

# More than this at once, and the window reads anew whatever it shows.
ROWS_AT_ONCE = 200

# Rows that change nothing that is shown.
_SILENT = frozenset({JournalKind.READ, JournalKind.ENTER, JournalKind.REFUSE})


@dataclass(frozen=True, slots=True)
class News:
    """What was written after a row of the journal.

    `rows` are those that change something; `all_of_it` is false if there was more. `revision` is the stored
    revision of the treatment session asked about, None if none was.
    """

    head: int
    rows: tuple[JournalHeading, ...] = ()
    all_of_it: bool = True
    revision: int | None = None

    def about(self, ids: Iterable[str]) -> bool:
        """True if one of these subjects was written about, or might have been."""
        wanted = frozenset(ids)
        return not self.all_of_it or any(row.subject_id in wanted for row in self.rows)

    def of_kind(self, *kinds: SubjectKind) -> bool:
        """True if a subject of one of these kinds was written about, or might have been."""
        return not self.all_of_it or any(row.subject_kind in kinds for row in self.rows)

    def last_about(self, subject_id: str) -> JournalHeading | None:
        """The last row about a subject."""
        return next((row for row in reversed(self.rows) if row.subject_id == subject_id), None)


class NewsService:
    """Reads the head of the journal: one short statement when nothing has happened."""

    def __init__(self, database: Database) -> None:
        """Work on an open clinic."""
        self._database = database

    def head(self) -> int:
        """The number of the journal's last row; asked without a right, for it tells of nothing and nobody."""
        with self._database.reading() as work:
            return work.journal.head()

    def since(self, acting: Acting, number: int, *, session_id: str = "") -> News:
        """What was written after row `number`, and where the treatment session asked about stands now."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            rows = work.journal.rows_after(number, limit=ROWS_AT_ONCE)
            if not rows:
                return News(number)
            complete = len(rows) < ROWS_AT_ONCE
            head = rows[-1].number if complete else work.journal.head()
            revision = work.sessions.get(session_id).revision if session_id else None
        return News(head, tuple(row for row in rows if row.kind not in _SILENT), complete, revision)
