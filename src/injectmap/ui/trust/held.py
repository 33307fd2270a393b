"""The backups that still hold somebody, each named with its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from injectmap.services.privacy_ports import HeldBackup
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words

_NAMED = 8


def held_text(backups: Sequence[HeldBackup], time_zone: str) -> str:
    """A line for each of the latest, and how many more there are: backups of one clinic lie in one folder."""
    words, zone = load_words(), ZoneInfo(time_zone)
    lines = [words("erased.held.these", count=len(backups))]
    for one in backups[:_NAMED]:
        at = datetime.fromtimestamp(one.at_ms / 1000, zone)
        lines.append(
            words(
                "erased.held.one",
                date=show_date(at.date()),
                time=f"{at:%H:%M}",
                name=one.name,
                folder=one.folder,
            )
        )
    if len(backups) > _NAMED:
        oldest = datetime.fromtimestamp(backups[-1].at_ms / 1000, zone).date()
        lines.append(words("erased.held.more", count=len(backups) - _NAMED, date=show_date(oldest)))
    return "\n".join(lines)
