"""The list of a recall on paper and as a table: who was treated from a lot, when, where and how to reach them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from injectmap.domain.settings import ClinicSettings
from injectmap.domain.stock import Recalled
from injectmap.domain.totals import show_part
from injectmap.domain.units import show_volume
from injectmap.output.csv_export import csv_bytes
from injectmap.output.show import show_date, show_instant
from injectmap.services.ports import RenderedPage
from injectmap.services.recall import RecallList
from injectmap.services.record_parts import ListOutput, ListPage
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

_CSV = (
    "patient_number",
    "patient",
    "birth_date",
    "telephone",
    "record",
    "date",
    "practitioner",
    "syringe",
    "product",
    "lot",
    "expiry",
    "serial",
    "volume_ml",
    "zones",
    "state",
)
_PAPER = ("patient", "contact", "treated", "syringe", "volume", "zones", "state")


class RecallWriter:
    """Writes a recall list; implements the port RecallOutput."""

    def __init__(self, lists: ListOutput, atlas_loader: Callable[[], Atlas], words: Words) -> None:
        """Take the atlas, which names the zones, when first needed."""
        self._lists = lists
        self._atlas_loader = atlas_loader
        self._words = words

    def csv(self, found: RecallList, clinic: ClinicSettings) -> bytes:
        """The list as CSV, dates as 2026-03-14 and volumes in mL; that of a demonstration says so in every row."""
        head = [self._words(f"recall.csv.{name}") for name in _CSV]
        mark = []
        if clinic.demo:
            head.append(self._words("recall.csv.demo"))
            mark.append(self._words("app.demo"))
        return csv_bytes(head, (self._csv_row(row) + mark for row in found.rows))

    def pdf(self, found: RecallList, clinic: ClinicSettings) -> bytes:
        """The list as PDF, with the time at which it was asked for."""
        return self._lists.list_pdf(self._page(found, clinic), clinic, printed_at_ms=found.at_ms)

    def pages(
        self, found: RecallList, clinic: ClinicSettings, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same pages as pictures."""
        return self._lists.list_pages(
            self._page(found, clinic), clinic, printed_at_ms=found.at_ms, pixels_per_inch=pixels_per_inch
        )

    def _page(self, found: RecallList, clinic: ClinicSettings) -> ListPage:
        words = self._words
        return ListPage(
            title=words("recall.paper.title", lot=found.lot),
            subtitle=words(
                "recall.paper.subtitle",
                patients=found.patients,
                sessions=found.sessions,
                syringes=len(found.rows),
                volume=show_volume(found.microlitres),
                asked=show_instant(found.at_ms, clinic.time_zone),
            ),
            columns=tuple(words(f"recall.column.{name}") for name in _PAPER),
            rows=tuple(self._paper_row(row) for row in found.rows),
            note=self._note(found),
            empty=words("recall.none", lot=found.lot),
            right=(_PAPER.index("volume"),),
            wide=tuple(_PAPER.index(name) for name in ("patient", "syringe", "zones")),
        )

    def _note(self, found: RecallList) -> str:
        note = self._words("recall.paper.note")
        if any(row.erased for row in found.rows):
            note = f"{note} {self._words('recall.paper.erased')}"
        return note

    def _csv_row(self, row: Recalled) -> list[str]:
        return [
            f"{row.patient_number:05d}",
            self._words("erased.person") if row.erased else row.patient_name,
            "" if row.erased else row.birth_date.isoformat(),
            row.telephone,
            row.record_number,
            row.date.isoformat(),
            row.practitioner_name,
            str(row.syringe_number),
            row.product_name,
            row.lot,
            row.expiry.isoformat() if row.expiry else "",
            row.serial,
            "" if row.erased else show_volume(row.microlitres, decimals=3),
            self.zones(row),
            self.state(row),
        ]

    def _paper_row(self, row: Recalled) -> tuple[str, ...]:
        words = self._words
        contents = [row.product_name, *([words("syringe.serial", serial=row.serial)] if row.serial else [])]
        return (
            self._person(row),
            "" if row.erased else row.telephone or words("recall.no_telephone"),
            f"{show_date(row.date)}\n{row.record_number}\n{row.practitioner_name}",
            f"{row.syringe_number}: {', '.join(contents)}",
            "" if row.erased else show_volume(row.microlitres),
            # A line ends between zones, never between a zone and its volume.
            self.zones(row).replace(" ", "\u00a0").replace(";\u00a0", "; "),
            self.state(row),
        )

    def _person(self, row: Recalled) -> str:
        words, number = self._words, f"{row.patient_number:05d}"
        if row.erased:
            return f"{words('erased.person')}\n{words('patient.number', number=number)}"
        return f"{row.patient_name}\n{words('recall.person', born=show_date(row.birth_date), number=number)}"

    def zones(self, row: Recalled) -> str:
        """Where the unit was injected, the most first."""
        info = self._atlas_loader().zones.info
        return "; ".join(
            self._words(
                "recall.zone",
                zone=info[zone].short_name if zone in info else zone,
                side=self._words(f"recall.side.{side.value}"),
                volume=show_part(shown, exact),
            )
            for (zone, side, exact), (_, _, shown) in zip(row.zones, row.shown_zones, strict=True)
        )

    def state(self, row: Recalled) -> str:
        """Whether the record is signed or amended, and whether it was entered in error."""
        return self._words(f"recall.state.{row.state}")
