"""How a treatment session is called where one is chosen among others: by its date, which may not be its alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from injectmap.domain.session import record_number
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.ports import SessionSummary


def which_session(one: SessionSummary, every: Iterable[SessionSummary]) -> str:
    """The date, with the record number where another session of the patient has the same date."""
    date = show_date(one.date)
    if not any(other.date == one.date and other.id != one.id for other in every):
        return date
    return load_words()("plan.session.numbered", date=date, number=record_number(one.date, one.number))
