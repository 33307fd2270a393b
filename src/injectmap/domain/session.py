"""A treatment session: one visit, drawn on one map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from injectmap.domain.errors import InputRefused
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Syringe
from injectmap.domain.record import Amendment, RecordEntry, RecordField, RecordState, SignedVersion
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

    `head_version` and `zones_version` say on which reference head the map was drawn. `version` is the version of
    the record that is being written or, once signed, the last one signed. A signed session changes only after an
    amendment was begun.
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
    state: RecordState = RecordState.DRAFT
    version: int = 1
    follow_up: dt.date | None = None

    @property
    def number_text(self) -> str:
        """The record number as printed."""
        return record_number(self.date, self.number)


def record_number(date: dt.date, number: int) -> str:
    """A treatment session's number as printed: with the year of the treatment."""
    return f"{date.year}-{number:05d}"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A treatment session with all that its chart and its record need, as read in one go.

    `versions` are the signed versions, first to last, without their documents; `amendment` is the one begun and
    not yet signed.
    """

    session: TreatmentSession
    patient: Patient
    practitioner: Practitioner
    syringes: tuple[Syringe, ...]
    map: TreatmentMap
    entries: Mapping[RecordField, RecordEntry] = field(default_factory=dict)
    versions: tuple[SignedVersion, ...] = ()
    amendment: Amendment | None = None

    @property
    def writable(self) -> bool:
        """True while the record may be written: a draft, or an amendment begun, and nothing in error."""
        open_record = self.session.state is not RecordState.SIGNED
        return open_record and not self.session.error_reason and not self.patient.error_reason


def check_treatment_date(date: dt.date, *, birth_date: dt.date, today: dt.date) -> None:
    """Refuse a treatment in the future or before birth."""
    if date > today:
        raise InputRefused("treatment_date_in_future")
    if date < birth_date:
        raise InputRefused("treatment_before_birth")


def check_writable(opened: OpenSession) -> None:
    """Refuse any change of a session or patient in error and of a signed record."""
    if opened.session.error_reason:
        raise InputRefused("session_in_error")
    if opened.patient.error_reason:
        raise InputRefused("patient_in_error")
    if opened.session.state is RecordState.SIGNED:
        raise InputRefused("session_signed")
