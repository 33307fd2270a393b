"""What a clinic sets once: its name, its time zone, its paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from injectmap.domain.forms import form
from injectmap.domain.print_look import Paper, PrintLook
from injectmap.domain.record import RecordField

__all__ = [
    "ALWAYS_REQUIRED",
    "USUALLY_REQUIRED",
    "ClinicSettings",
    "Paper",
    "Phrase",
    "PrintLook",
    "Requirement",
    "settings_from_json",
    "settings_to_json",
]


class Requirement(StrEnum):
    """A line of the completeness list before signing."""

    CONSENT = "consent"
    REASON = "reason"
    RISKS = "risks"
    HISTORY = "history"
    PLANE = "plane"
    VOLUME = "volume"
    LOT = "lot"
    BALANCE = "balance"
    CONFIRMED = "confirmed"
    EXPIRY = "expiry"
    PREPARATION = "preparation"
    REACTIONS = "reactions"
    AFTERCARE = "aftercare"
    ASYMMETRY = "asymmetry"
    PHOTOGRAPHS = "photographs"
    FOLLOW_UP = "follow_up"


# What no clinic can switch off: without it a record would not say what was injected from which unit.
ALWAYS_REQUIRED = frozenset(
    {
        Requirement.PLANE,
        Requirement.VOLUME,
        Requirement.LOT,
        Requirement.BALANCE,
        Requirement.CONFIRMED,
        Requirement.EXPIRY,
    }
)
USUALLY_REQUIRED = ALWAYS_REQUIRED | {Requirement.CONSENT, Requirement.REASON, Requirement.RISKS}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text the clinic writes often, for one field of the record."""

    field: RecordField
    text: str


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """Settings stored with the clinic's data; `time_zone` is an IANA name and gives the treatment date.

    `required` is what must be there before signing. `review_months` puts a patient on the list of those due so
    many months after a treatment; None for a clinic that keeps no such list. `retention_years` after the last treatment
    a patient stands on the list of those whose data may be erased; None keeps no such list. `journal_reads` makes
    every opening of a record a row of the journal. `idle_lock_minutes` without a hand on the program lock it.
    """

    name: str
    time_zone: str = "Europe/London"
    paper: Paper = Paper.A4
    demo: bool = False
    required: frozenset[Requirement] = USUALLY_REQUIRED
    consent_form: str = ""
    aftercare_leaflet: str = ""
    phrases: tuple[Phrase, ...] = ()
    review_months: int | None = 18
    low_stock: int = 2
    expiry_notice_days: int = 90
    retention_years: int | None = None
    journal_reads: bool = False
    idle_lock_minutes: int = 10


def settings_to_json(settings: ClinicSettings) -> dict[str, Any]:
    """Return the journal form of settings; that a file is a demo belongs to the file, not to them."""
    return {
        "name": settings.name,
        "time_zone": settings.time_zone,
        "paper": settings.paper.value,
        "required": sorted(one.value for one in settings.required),
        "consent_form": settings.consent_form,
        "aftercare_leaflet": settings.aftercare_leaflet,
        "phrases": [[phrase.field.value, phrase.text] for phrase in settings.phrases],
        "review_months": settings.review_months,
        "low_stock": settings.low_stock,
        "expiry_notice_days": settings.expiry_notice_days,
        "retention_years": settings.retention_years,
        "journal_reads": settings.journal_reads,
        "idle_lock_minutes": settings.idle_lock_minutes,
    }


@form("settings")
def settings_from_json(data: dict[str, Any], *, demo: bool = False) -> ClinicSettings:
    """Return the settings of their journal form."""
    return ClinicSettings(
        data["name"],
        data["time_zone"],
        Paper(data["paper"]),
        demo,
        frozenset(map(Requirement, data["required"])) | ALWAYS_REQUIRED,
        data["consent_form"],
        data["aftercare_leaflet"],
        tuple(Phrase(RecordField(field), text) for field, text in data["phrases"]),
        data["review_months"],
        data["low_stock"],
        data["expiry_notice_days"],
        # Rows of the journal from before a clinic could choose do not name these.
        data.get("retention_years"),
        data.get("journal_reads", False),
        data.get("idle_lock_minutes", 10),
    )
