"""Figures over time: what draws and sets them, and the use cases around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from injectmap.domain.acting import Acting, Right
from injectmap.domain.journal import SubjectKind
from injectmap.domain.settings import PrintLook
from injectmap.services.over_time import OverTime, SessionInTime
from injectmap.services.ports import Clock, Database, RenderedPage
from injectmap.services.reads import Reads

CLINICS_OWN = PrintLook()


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
        self._reads = Reads(database, clock)

    def over_time(self, acting: Acting, patient_id: str) -> OverTime:
        """The patient with all sessions not in error; a look at the patient's records, where these are written."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            patient = work.patients.get(patient_id)
            wanted = [one for one in work.sessions.of_patient(patient_id) if not one.error_reason]
            opened = [work.sessions.open(one.id) for one in reversed(wanted)]
            clinic = work.clinic.settings()
            follow_ups = work.aftercare.follow_ups(patient_id)
            written = self._reads.wanted(work)
        if written:
            self._reads.note(acting, SubjectKind.PATIENT, patient_id, "over_time")
        return OverTime(patient, tuple(SessionInTime.of(one) for one in opened), clinic, follow_ups)

    def picture(self, acting: Acting, figure: InsightFigure, over_time: OverTime, size: ScreenSize) -> Pixels:
        """A figure for the screen."""
        acting.require(Right.READ_RECORD)
        return self._output.picture(figure, over_time, size)

    def says(self, figure: InsightFigure, over_time: OverTime) -> str:
        """A figure in one sentence."""
        return self._output.says(figure, over_time)

    def export(self, acting: Acting, figure: InsightFigure, form: FileForm, over_time: OverTime) -> bytes:
        """A figure, or its table, as a file."""
        acting.require(Right.PRINT_RECORD)
        self._leaves(acting, over_time, "export")
        return self._output.file(figure, form, over_time)

    def pdf(self, acting: Acting, over_time: OverTime, *, look: PrintLook = CLINICS_OWN) -> bytes:
        """The patient's summary as PDF."""
        acting.require(Right.PRINT_RECORD)
        self._leaves(acting, over_time, "export")
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
        self._leaves(acting, over_time, "print")
        return self._paper.pages(
            _on_paper(over_time, look),
            self._figures(over_time, mono=look.mono),
            printed_at_ms=self._clock.now_ms(),
            mono=look.mono,
            pixels_per_inch=pixels_per_inch,
        )

    def _leaves(self, acting: Acting, over_time: OverTime, what: str) -> None:
        with self._database.reading() as work:
            written = self._reads.wanted(work)
        if written:
            self._reads.note(acting, SubjectKind.PATIENT, over_time.patient.id, what)

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
