"""Whether this computer's clock stands behind what has been written."""

from __future__ import annotations

from injectmap.services.ports import Clock, Database

# Clocks of several rooms differ by this much without anybody having set one wrong.
LEEWAY_MS = 120_000


def written_ahead_ms(database: Database, clock: Clock) -> int | None:
    """The instant of the journal's last row if that is still to come by this computer's clock, else None.

    Asked without a right, for it tells of nothing and nobody.
    """
    with database.reading() as work:
        last = work.journal.rows_after(work.journal.head() - 1, limit=1)
    if not last or last[0].at_ms <= clock.now_ms() + LEEWAY_MS:
        return None
    return last[0].at_ms
