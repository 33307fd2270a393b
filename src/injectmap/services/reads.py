"""Who looked at what, written down where the clinic wants it."""

from __future__ import annotations

from injectmap.domain.acting import Acting
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.services.ports import Clock, Database, UnitOfWork

# A record that stays on the desk and is read anew after each change was looked at once.
ONE_LOOK_MS = 10 * 60_000


class Reads:
    """Writes a row for a look at a record before it is shown; without the row it is not shown.

    `what` is open, over_time, print or export. The same look by the same person one after the other is one row; a copy
    that leaves the program is always one. A clinic open for reading only can write nothing and shows all the same.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._last: tuple[str, SubjectKind, str, str] | None = None
        self._last_ms = 0

    def wanted(self, work: UnitOfWork) -> bool:
        """True if the clinic wants it written."""
        return not self._database.read_only and work.clinic.settings().journal_reads

    def note(self, acting: Acting, kind: SubjectKind, subject_id: str, what: str) -> None:
        """Write that somebody looked."""
        look, now = (acting.practitioner_id, kind, subject_id, what), self._clock.now_ms()
        leaves = what in ("print", "export")
        if not leaves and look == self._last and 0 <= now - self._last_ms < ONE_LOOK_MS:
            return
        with self._database.writing() as work:
            work.journal.append(
                acting,
                kind=JournalKind.READ,
                subject_kind=kind,
                subject_id=subject_id,
                payload={"what": what},
                at_ms=now,
            )
            work.commit()
        if not leaves:
            self._last, self._last_ms = look, now
