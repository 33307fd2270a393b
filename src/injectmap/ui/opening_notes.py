"""What has to be said once when a clinic opens: that something is missing, or that the clock stands wrong."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from injectmap.domain.errors import StorageProblem
from injectmap.services.clock_check import written_ahead_ms
from injectmap.ui.widgets.dates import show_date, show_time
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.clinic import Services
    from injectmap.ui.widgets.status_line import Banner

# Why a clinic is open for reading only, where the line at the bottom has no room for what to do.
_TOLD = ("entries_missing", "clinic_moved", "moved_note_unreadable")


def tell_at_opening(services: Services, banner: Banner) -> None:
    """Say what is worth knowing of a clinic that has just been opened, or nothing."""
    reason = services.database.read_only_reason
    if reason is not None and reason.code in _TOLD:
        banner.say_problem(error_sentence(reason))
        return
    try:
        ahead = written_ahead_ms(services.database, services.clock)
    except StorageProblem:
        # Whoever reads next says it.
        return
    if ahead is not None:
        zone = services.settings.time_zone
        day = dt.datetime.fromtimestamp(ahead / 1000, ZoneInfo(zone)).date()
        entry = f"{show_date(day)}, {show_time(ahead, zone)}"
        banner.say_notice(load_words()("clock.behind", entry=entry))
