"""The patient's summary on paper: sessions, volume by zone and side, dose map; as PDF and as pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from injectmap.domain.treatment_map import Side
from injectmap.domain.units import show_length, show_volume
from injectmap.output.show import show_date, show_instant
from injectmap.output.typesetting import typeset_pages, typeset_pdf
from injectmap.services.insight import InsightFigure, PrintedFigure
from injectmap.services.over_time import OverTime, SessionInTime
from injectmap.services.ports import RenderedPage
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

TEMPLATE = "over_time.typ"
Figures = Mapping[InsightFigure, PrintedFigure]


class OverTimeWriter:
    """Sets the summary in memory; the same state, figures and instant give the same bytes."""

    def __init__(self, atlas_loader: Callable[[], Atlas], words: Words) -> None:
        """Take the atlas when first needed."""
        self._atlas_loader = atlas_loader
        self._words = words

    def pdf(self, over_time: OverTime, figures: Figures, *, printed_at_ms: int, mono: bool) -> bytes:
        """See OverTimePaper."""
        return typeset_pdf(TEMPLATE, self._data(over_time, figures, printed_at_ms, mono=mono), printed_at_ms)

    def pages(
        self, over_time: OverTime, figures: Figures, *, printed_at_ms: int, mono: bool, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """See OverTimePaper."""
        data = self._data(over_time, figures, printed_at_ms, mono=mono)
        return typeset_pages(TEMPLATE, data, printed_at_ms, pixels_per_inch=pixels_per_inch)

    def _data(
        self, over_time: OverTime, figures: Figures, printed_at_ms: int, *, mono: bool
    ) -> dict[str, Any]:
        """The data of the page template: ready texts, rows and SVG."""
        words, clinic, patient = self._words, over_time.clinic, over_time.patient
        return {
            "mono": mono,
            "paper": clinic.paper.value,
            "demo": words("app.demo") if clinic.demo else "",
            "purpose": words("app.purpose"),
            "printed": words("record.printed", when=show_instant(printed_at_ms, clinic.time_zone)),
            "page": words("record.page"),
            "lengths": words("record.lengths"),
            "placeholder_note": words("record.placeholders"),
            "document": words("insight.summary.document", number=patient.number_text),
            "author": clinic.name,
            "title": words("insight.page.title"),
            "subtitle": self._subtitle(over_time),
            "marks": self._marks(over_time),
            "patient": {
                "name": patient.display_name,
                "born": words("record.born_short", date=show_date(patient.birth_date)),
                "number": words("record.number_short", number=patient.number_text),
                "record": "",
                "date": "",
            },
            "fields": [
                {"label": words("record.patient"), "value": patient.display_name},
                {"label": words("record.born"), "value": show_date(patient.birth_date)},
                {"label": words("record.number"), "value": patient.number_text, "note": clinic.name},
            ],
            "sessions": self._sessions(over_time),
            "zones": self._zones(over_time),
            "figures": {
                one.value: {"svg": figure.svg.decode(), "said": figure.said}
                for one, figure in figures.items()
            },
            "words": {
                key.removeprefix("insight.page."): text
                for key, text in words.texts.items()
                if key.startswith("insight.page.")
            },
            "volume_title": words("insight.volume.title"),
            "volume_what": words("insight.volume.what"),
            "dose_title": words("insight.dose.title"),
            "dose_what": words("insight.dose.what", ml=show_volume(over_time.balance.both_ul)),
        }

    def _subtitle(self, over_time: OverTime) -> str:
        words, sessions = self._words, over_time.sessions
        if not sessions:
            return words("insight.page.none")
        count = len(sessions)
        first, last = show_date(sessions[0].date), show_date(sessions[-1].date)
        parts = [
            words("insight.page.one", date=first)
            if count == 1
            else words("insight.page.many", count=count, first=first, last=last),
            words("record.volume", ml=show_volume(over_time.balance.both_ul)),
        ]
        return " · ".join(parts)

    def _marks(self, over_time: OverTime) -> list[dict[str, str]]:
        if all(one.signed for one in over_time.sessions):
            return []
        return [{"kind": "alert", "text": self._words("insight.page.drafts")}]

    def _sessions(self, over_time: OverTime) -> dict[str, Any]:
        """A row a session, and their sums."""
        balance = over_time.balance
        return {
            "rows": [self._session(one) for one in over_time.sessions],
            "sum": [
                show_volume(balance.right_ul),
                show_volume(balance.left_ul),
                show_volume(balance.both_ul),
            ],
        }

    def _session(self, one: SessionInTime) -> list[str]:
        words, balance = self._words, one.balance
        state = words(f"insight.state.{one.state.value}")
        if one.signed and one.version > 1:
            state = words("insight.page.version", state=state, version=one.version)
        return [
            show_date(one.date),
            one.number_text,
            ", ".join(one.product_names) or words("record.no_product"),
            one.practitioner_name,
            state,
            *(_figure(value) for value in (balance.right_ul, balance.left_ul, balance.both_ul)),
        ]

    def _zones(self, over_time: OverTime) -> dict[str, Any]:
        """A row a zone: volume and length, right and left; and their sums with right minus left."""
        zones = self._atlas_loader().zones
        lengths = {(one.zone, one.side): one.length_um for one in over_time.shares}
        shown = {row.zone: row for row in over_time.shown_zones}
        rows = []
        for zone in zones.ids:
            if zone in shown:
                row = shown[zone]
                mm = [show_length(lengths.get((zone, side), 0)) for side in (Side.RIGHT, Side.LEFT)]
                cells = [_figure(value) for value in (row.right_ul, row.left_ul, row.both_ul)]
                rows.append([zones.info[zone].name, *cells, *mm])
        balance = over_time.balance
        sides = [sum(row.right_ul for row in shown.values()), sum(row.left_ul for row in shown.values())]
        return {
            "rows": rows,
            "sum": [
                *(show_volume(value) for value in (*sides, sum(sides))),
                show_length(balance.right_um),
                show_length(balance.left_um),
            ],
            "difference": self._words(
                "insight.page.difference",
                ml=_signed(show_volume(abs(balance.difference_ul)), balance.difference_ul),
                mm=_signed(show_length(abs(balance.difference_um)), balance.difference_um),
            ),
        }


def _figure(microlitres: int) -> str:
    return show_volume(microlitres) if microlitres else "–"


def _signed(shown: str, value: int) -> str:
    if not shown.strip("0."):
        return shown
    return f"+{shown}" if value > 0 else f"−{shown}"
