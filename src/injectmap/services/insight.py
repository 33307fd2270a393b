"""What was injected in a patient over time: read once as plain data, then drawn, exported and printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from injectmap.domain.acting import Acting, Right
from injectmap.domain.compare import compare
from injectmap.domain.patient import Patient
from injectmap.domain.record import RecordEntry, RecordField, RecordState
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, PrintLook
from injectmap.domain.totals import done_passes, zone_volumes
from injectmap.domain.treatment_map import Side, TreatmentMap
from injectmap.services.ports import Clock, Database, RenderedPage

CLINICS_OWN = PrintLook()


@dataclass(frozen=True, slots=True)
class ZoneShare:
    """What done passes laid in one zone of one side: volume, and mm of their paths there."""

    zone: str
    side: Side
    microlitres: int
    length_um: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Right beside left as plain figures; a difference is right minus left. Nothing is judged."""

    right_ul: int = 0
    left_ul: int = 0
    right_um: int = 0
    left_um: int = 0

    @property
    def both_ul(self) -> int:
        """Both sides together."""
        return self.right_ul + self.left_ul

    @property
    def difference_ul(self) -> int:
        """Right minus left, microlitres."""
        return self.right_ul - self.left_ul

    @property
    def difference_um(self) -> int:
        """Right minus left, micrometres of path."""
        return self.right_um - self.left_um


def balance_of(shares: Iterable[ZoneShare]) -> Balance:
    """Add shares up by side."""
    sums = dict.fromkeys(((side, what) for side in Side for what in ("ul", "um")), 0)
    for one in shares:
        sums[one.side, "ul"] += one.microlitres
        sums[one.side, "um"] += one.length_um
    return Balance(
        sums[Side.RIGHT, "ul"], sums[Side.LEFT, "ul"], sums[Side.RIGHT, "um"], sums[Side.LEFT, "um"]
    )


def zone_shares(treatment_map: TreatmentMap) -> tuple[ZoneShare, ...]:
    """Volume and mm of the done passes by zone and side, the side of the skin; zones in order of first use."""
    volumes: dict[tuple[str, Side], int] = {}
    lengths: dict[tuple[str, Side], int] = {}
    for one in done_passes(treatment_map):
        for (zone, side), volume in zone_volumes(one).items():
            key = (zone, Side.RIGHT if side is Side.RIGHT else Side.LEFT)
            volumes[key] = volumes.get(key, 0) + volume
        for part in one.path.zones:
            key = (part.zone, Side.RIGHT if part.side is Side.RIGHT else Side.LEFT)
            lengths[key] = lengths.get(key, 0) + part.length_um
    keys = dict.fromkeys((*volumes, *lengths))
    return tuple(ZoneShare(*key, volumes.get(key, 0), lengths.get(key, 0)) for key in keys)


@dataclass(frozen=True)
class SessionInTime:
    """One treatment session among the others of its patient."""

    id: str
    number_text: str
    date: dt.date
    practitioner_name: str
    product_names: tuple[str, ...]
    state: RecordState
    version: int
    revision: int
    map: TreatmentMap
    shares: tuple[ZoneShare, ...]
    entries: Mapping[RecordField, RecordEntry]
    follow_up: dt.date | None = None

    @property
    def signed(self) -> bool:
        """True if nothing of it waits to be signed."""
        return self.state is RecordState.SIGNED

    @cached_property
    def balance(self) -> Balance:
        """Right beside left."""
        return balance_of(self.shares)

    def share(self, zone: str, side: Side) -> ZoneShare:
        """What lies in one zone of one side, nothing if no pass runs there."""
        for one in self.shares:
            if one.zone == zone and one.side is side:
                return one
        return ZoneShare(zone, side, 0, 0)

    @classmethod
    def of(cls, opened: OpenSession) -> SessionInTime:
        """Take what counts over time from an opened session."""
        session = opened.session
        return cls(
            id=session.id,
            number_text=session.number_text,
            date=session.date,
            practitioner_name=opened.practitioner.name,
            product_names=tuple(dict.fromkeys(one.product.name for one in opened.syringes)),
            state=session.state,
            version=session.version,
            revision=session.revision,
            map=opened.map,
            shares=zone_shares(opened.map),
            entries=opened.entries,
            follow_up=session.follow_up,
        )


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """What one zone holds more (or less) than in the session before: microlitres by side, micrometres of path."""

    zone: str
    right_ul: int
    left_ul: int
    length_um: int

    @property
    def both_ul(self) -> int:
        """Both sides together."""
        return self.right_ul + self.left_ul


@dataclass(frozen=True)
class SessionChange:
    """A treatment session beside the one before it, later minus earlier; zones in order of first use."""

    before: SessionInTime
    after: SessionInTime
    zones: tuple[ZoneChange, ...]

    @property
    def right_ul(self) -> int:
        """More or less on the patient's right."""
        return sum(one.right_ul for one in self.zones)

    @property
    def left_ul(self) -> int:
        """More or less on the patient's left."""
        return sum(one.left_ul for one in self.zones)

    @property
    def length_um(self) -> int:
        """More or less path."""
        return sum(one.length_um for one in self.zones)


def _change(before: SessionInTime, after: SessionInTime) -> SessionChange:
    rows = []
    for one in compare(before.map, after.map).zones:
        lengths = [
            sum(session.share(one.zone, side).length_um for side in (Side.RIGHT, Side.LEFT))
            for session in (before, after)
        ]
        rows.append(ZoneChange(one.zone, one.right_ul, one.left_ul, lengths[1] - lengths[0]))
    return SessionChange(before, after, tuple(rows))


@dataclass(frozen=True)
class OverTime:
    """All treatment sessions of a patient that are not in error, oldest first, as read in one transaction."""

    patient: Patient
    sessions: tuple[SessionInTime, ...]
    clinic: ClinicSettings

    @property
    def treated(self) -> tuple[SessionInTime, ...]:
        """The sessions in which something was injected."""
        return tuple(one for one in self.sessions if one.balance.both_ul)

    @cached_property
    def shares(self) -> tuple[ZoneShare, ...]:
        """All sessions together by zone and side."""
        sums: dict[tuple[str, Side], tuple[int, int]] = {}
        for session in self.sessions:
            for one in session.shares:
                volume, length = sums.get((one.zone, one.side), (0, 0))
                sums[one.zone, one.side] = (volume + one.microlitres, length + one.length_um)
        return tuple(ZoneShare(*key, *both) for key, both in sums.items())

    @cached_property
    def balance(self) -> Balance:
        """All sessions together, right beside left."""
        return balance_of(self.shares)

    @cached_property
    def cumulative(self) -> tuple[Balance, ...]:
        """After each session, all that had been injected up to it."""
        grown, sums = [], Balance()
        for one in self.sessions:
            new = one.balance
            sums = Balance(
                sums.right_ul + new.right_ul,
                sums.left_ul + new.left_ul,
                sums.right_um + new.right_um,
                sums.left_um + new.left_um,
            )
            grown.append(sums)
        return tuple(grown)

    def difference(self, session_id: str | None) -> SessionChange | None:
        """A treated session (the latest, unless another is named) beside the one before it; None if it is the first."""
        treated = self.treated
        places = {one.id: place for place, one in enumerate(treated)}
        place = places.get(session_id or "", len(treated) - 1)
        return _change(treated[place - 1], treated[place]) if place > 0 else None

    def last_written(self, field: RecordField) -> tuple[RecordEntry, SessionInTime] | None:
        """What was last written in a field of any record, and in which session."""
        for session in reversed(self.sessions):
            entry = session.entries.get(field)
            if entry is not None and (entry.text or entry.details):
                return entry, session
        return None

    @property
    def version(self) -> tuple[tuple[str, int, int], ...]:
        """Tells this state from any other."""
        return tuple((one.id, one.revision, one.version) for one in self.sessions)


class InsightFigure(StrEnum):
    """What is drawn."""

    VOLUME = "volume"
    DOSE = "dose"


class FileForm(StrEnum):
    """As what it is saved; a table has the numbers behind the picture."""

    SVG = "svg"
    PNG = "png"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ScreenSize:
    """The place for a picture in logical pixels, the device pixels in one of them, and the look of the screen."""

    width: int
    height: int
    ratio: float = 1.0
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture for the screen: rows of straight RGBA bytes from the top, in device pixels."""

    rgba: bytes
    width: int
    height: int


class InsightOutput(Protocol):
    """Draws figures over time."""

    def picture(self, figure: InsightFigure, over_time: OverTime, size: ScreenSize) -> Pixels:
        """A figure for the screen."""
        ...

    def file(
        self, figure: InsightFigure, form: FileForm, over_time: OverTime, *, mono: bool = False
    ) -> bytes:
        """A figure for paper, or its table; the same state gives the same bytes, and no name is in them."""
        ...

    def says(self, figure: InsightFigure, over_time: OverTime) -> str:
        """A figure in one sentence, for those who cannot see it."""
        ...


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A figure for the page as SVG, and in one sentence for those who cannot see it."""

    svg: bytes
    said: str


class OverTimePaper(Protocol):
    """Sets the page of treatment over time."""

    def pdf(
        self,
        over_time: OverTime,
        figures: Mapping[InsightFigure, PrintedFigure],
        *,
        printed_at_ms: int,
        mono: bool,
    ) -> bytes:
        """The page as PDF/A-2a and PDF/UA-1."""
        ...

    def pages(
        self,
        over_time: OverTime,
        figures: Mapping[InsightFigure, PrintedFigure],
        *,
        printed_at_ms: int,
        mono: bool,
        pixels_per_inch: float,
    ) -> tuple[RenderedPage, ...]:
        """The same as pictures."""
        ...


class InsightService:
    """Reads all treatment sessions of a patient in one transaction; what is drawn from them is drawn from that state."""

    def __init__(self, database: Database, clock: Clock, output: InsightOutput, paper: OverTimePaper) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._output = output
        self._paper = paper

    def over_time(self, acting: Acting, patient_id: str) -> OverTime:
        """The patient with all sessions not in error."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            patient = work.patients.get(patient_id)
            wanted = [one for one in work.sessions.of_patient(patient_id) if not one.error_reason]
            opened = [work.sessions.open(one.id) for one in reversed(wanted)]
            clinic = work.clinic.settings()
        return OverTime(patient, tuple(SessionInTime.of(one) for one in opened), clinic)

    def picture(self, acting: Acting, figure: InsightFigure, over_time: OverTime, size: ScreenSize) -> Pixels:
        """A figure for the screen."""
        acting.require(Right.READ)
        return self._output.picture(figure, over_time, size)

    def says(self, figure: InsightFigure, over_time: OverTime) -> str:
        """A figure in one sentence."""
        return self._output.says(figure, over_time)

    def export(self, acting: Acting, figure: InsightFigure, form: FileForm, over_time: OverTime) -> bytes:
        """A figure, or its table, as a file."""
        acting.require(Right.PRINT_RECORD)
        return self._output.file(figure, form, over_time)

    def pdf(self, acting: Acting, over_time: OverTime, *, look: PrintLook = CLINICS_OWN) -> bytes:
        """The patient's summary as PDF."""
        acting.require(Right.PRINT_RECORD)
        return self._paper.pdf(
            _on_paper(over_time, look),
            self._figures(over_time, mono=look.mono),
            printed_at_ms=self._clock.now_ms(),
            mono=look.mono,
        )

    def pages(
        self, acting: Acting, over_time: OverTime, *, pixels_per_inch: float, look: PrintLook = CLINICS_OWN
    ) -> tuple[RenderedPage, ...]:
        """The patient's summary as pictures of its pages."""
        acting.require(Right.PRINT_RECORD)
        return self._paper.pages(
            _on_paper(over_time, look),
            self._figures(over_time, mono=look.mono),
            printed_at_ms=self._clock.now_ms(),
            mono=look.mono,
            pixels_per_inch=pixels_per_inch,
        )

    def _figures(self, over_time: OverTime, *, mono: bool) -> dict[InsightFigure, PrintedFigure]:
        if not over_time.treated:
            return {}
        return {
            one: PrintedFigure(
                self._output.file(one, FileForm.SVG, over_time, mono=mono), self._output.says(one, over_time)
            )
            for one in InsightFigure
        }


def _on_paper(over_time: OverTime, look: PrintLook) -> OverTime:
    """The same on the paper asked for, or on the clinic's own."""
    clinic = over_time.clinic
    return replace(over_time, clinic=replace(clinic, paper=look.paper or clinic.paper))
