"""A treatment session: one visit, drawn on one map."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from injectmap.domain.errors import InputRefused
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Syringe
from injectmap.domain.treatment_map import Instrument, InstrumentKind, Plane, Technique, TreatmentMap

# A changeable default: published sources name 22G, 23G and 25G (clinical reference, sections 1 and 2).
DEFAULT_INSTRUMENT = Instrument(InstrumentKind.CANNULA, 22, 50_000)


@dataclass(frozen=True, slots=True)
class PassDefaults:
    """What the next pass takes unless the clinician chooses otherwise; remembered with the session."""

    technique: Technique = Technique.LINEAR_RETROGRADE
    plane: Plane = Plane.SUBDERMAL
    instrument: Instrument = DEFAULT_INSTRUMENT
    microlitres: int = 100


@dataclass(frozen=True, slots=True)
class TreatmentSession:
    """One visit of one patient; `revision` rises with every change to it or its map.

    `head_version` and `zones_version` say on which reference head the map was drawn.
    """

    id: str
    number: int
    patient_id: str
    practitioner_id: str
    date: dt.date
    head_version: int
    zones_version: int
    defaults: PassDefaults = field(default_factory=PassDefaults)
    revision: int = 1
    error_reason: str = ""

    @property
    def number_text(self) -> str:
        """The record number as printed."""
        return record_number(self.date, self.number)


def record_number(date: dt.date, number: int) -> str:
    """A treatment session's number as printed: with the year of the treatment."""
    return f"{date.year}-{number:05d}"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A treatment session with all that its chart and its record need, as read in one go."""

    session: TreatmentSession
    patient: Patient
    practitioner: Practitioner
    syringes: tuple[Syringe, ...]
    map: TreatmentMap


def check_treatment_date(date: dt.date, *, birth_date: dt.date, today: dt.date) -> None:
    """Refuse a treatment in the future or before birth."""
    if date > today:
        raise InputRefused("treatment_date_in_future")
    if date < birth_date:
        raise InputRefused("treatment_before_birth")
