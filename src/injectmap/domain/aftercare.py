"""What follows a treatment: reviews that are due, outcome scores, and adverse events; fields, never judgement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from injectmap.domain.places import Side


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A review that happened or is planned for one patient; `done_on` is empty while it is still due."""

    id: str
    patient_id: str
    session_id: str | None
    due: dt.date
    note: str = ""
    done_on: dt.date | None = None
    revision: int = 1


class DueKind(StrEnum):
    """Why a patient is on the list of those due."""

    PLANNED = "planned"
    FOLLOW_UP_DATE = "follow_up_date"
    REVIEW_INTERVAL = "review_interval"


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the list of who is due."""

    kind: DueKind
    due: dt.date
    patient_id: str
    patient_number: int
    patient_name: str
    telephone: str
    session_id: str | None
    session_date: dt.date | None
    follow_up_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeScore:
    """A score given on a named scale, as given; the program neither knows the scales nor compares."""

    id: str
    patient_id: str
    session_id: str
    scale: str
    score: str
    rater: str
    date: dt.date
    note: str = ""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class CapillaryRefill:
    """Capillary refill as observed at one place of one side, in tenths of a second; None where not measured."""

    side: Side
    place: str
    tenths: int | None


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One timed line of an adverse event: what was seen, who was called, what was given."""

    at_ms: int
    observed: str = ""
    refill: tuple[CapillaryRefill, ...] = ()
    called: str = ""
    given: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """An adverse event of one treatment session: timed entries, and the syringes and passes concerned."""

    id: str
    patient_id: str
    session_id: str
    title: str
    onset_ms: int
    entries: tuple[EventEntry, ...] = ()
    syringe_ids: tuple[str, ...] = ()
    pass_ids: tuple[str, ...] = ()
    report_number: str = ""
    reported_to: str = ""
    outcome: str = ""
    closed: bool = False
    revision: int = 1
    error_reason: str = ""
