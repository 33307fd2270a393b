"""Recall of a lot: which patients were given it, and the list of them on paper or as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import InputRefused
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.stock import Recalled
from injectmap.services.ports import Clock, Database, RenderedPage
from injectmap.services.syringes import LOT_LIMIT, one_line


@dataclass(frozen=True, slots=True)
class RecallList:
    """All that is known of one lot in this clinic's records, at a moment; in error and unsigned ones included."""

    lot: str
    rows: tuple[Recalled, ...]
    at_ms: int

    @property
    def patients(self) -> int:
        """How many people the list names."""
        return len({row.patient_id for row in self.rows})

    @property
    def sessions(self) -> int:
        """How many treatment sessions the list names."""
        return len({row.session_id for row in self.rows})

    @property
    def microlitres(self) -> int:
        """What was injected of the lot."""
        return sum(row.microlitres for row in self.rows)


class RecallOutput(Protocol):
    """Makes a recall list that can leave the program."""

    def csv(self, found: RecallList, clinic: ClinicSettings) -> bytes:
        """A table as CSV for a spreadsheet: UTF-8 with a byte order mark."""
        ...

    def pdf(self, found: RecallList, clinic: ClinicSettings) -> bytes:
        """The list as PDF."""
        ...

    def pages(
        self, found: RecallList, clinic: ClinicSettings, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """Its pages as pictures, for a printer."""
        ...


class RecallService:
    """Finds a lot; what it found can be printed and exported."""

    def __init__(self, database: Database, clock: Clock, output: RecallOutput) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._output = output

    def find(self, acting: Acting, lot: str) -> RecallList:
        """Everyone treated from a lot, in any letter case; InputRefused("recall_lot_missing") for nothing typed."""
        acting.require(Right.RECALL)
        typed = one_line(lot, limit=LOT_LIMIT)
        if not typed:
            raise InputRefused("recall_lot_missing")
        with self._database.reading() as work:
            rows = work.stock.recall(typed)
        return RecallList(typed, rows, self._clock.now_ms())

    def csv(self, acting: Acting, found: RecallList) -> bytes:
        """The list as CSV."""
        acting.require(Right.RECALL)
        return self._output.csv(found, self._settings())

    def pdf(self, acting: Acting, found: RecallList) -> bytes:
        """The list as PDF."""
        acting.require(Right.RECALL)
        return self._output.pdf(found, self._settings())

    def pages(self, acting: Acting, found: RecallList, *, pixels_per_inch: float) -> tuple[RenderedPage, ...]:
        """The list's pages as pictures."""
        acting.require(Right.RECALL)
        return self._output.pages(found, self._settings(), pixels_per_inch=pixels_per_inch)

    def _settings(self) -> ClinicSettings:
        with self._database.reading() as work:
            return work.clinic.settings()
