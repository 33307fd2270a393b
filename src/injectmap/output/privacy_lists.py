"""Lists of privacy on paper and as tables: who is due for erasure, and who looked at or changed a patient's data."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from injectmap.domain.patient import display_name
from injectmap.domain.privacy import AccessLine, RetentionLine
from injectmap.domain.settings import ClinicSettings
from injectmap.output.csv_export import csv_bytes
from injectmap.output.show import show_date, show_instant
from injectmap.services.ports import RenderedPage
from injectmap.services.privacy_ports import AccessReport, RetentionList
from injectmap.services.record_parts import ListOutput, ListPage
from injectmap.words import Words, access_texts, retention_text

_RETENTION = ("number", "name", "birth_date", "last_seen", "registered", "counted_from", "due", "why")
_ACCESS_CSV = ("at", "who", "what", "subject", "workstation", "row")
_ACCESS_PAPER = ("at", "who", "what", "subject", "workstation", "row")


class PrivacyWriter:
    """Writes both lists; implements the port PrivacyOutput."""

    def __init__(self, lists: ListOutput, words: Words) -> None:
        """Set pages with the clinic's printer of lists."""
        self._lists = lists
        self._words = words

    def retention_csv(self, found: RetentionList, clinic: ClinicSettings) -> bytes:
        """The list as CSV, dates as 2026-03-14; that of a demonstration says so in every row."""
        return self._csv("retention.csv", _RETENTION, [self._due_row(one) for one in found.lines], clinic)

    def access_csv(self, report: AccessReport, clinic: ClinicSettings) -> bytes:
        """The report as CSV, times in the clinic's zone with their offset."""
        rows = [self._access_row(line, _instant(line.row.at_ms, clinic.time_zone)) for line in report.lines]
        return self._csv("access.csv", _ACCESS_CSV, rows, clinic)

    def access_pdf(self, report: AccessReport, clinic: ClinicSettings) -> bytes:
        """The report as PDF, with the time at which it was asked for."""
        return self._lists.list_pdf(self._page(report, clinic), clinic, printed_at_ms=report.at_ms)

    def access_pages(
        self, report: AccessReport, clinic: ClinicSettings, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same pages as pictures."""
        return self._lists.list_pages(
            self._page(report, clinic), clinic, printed_at_ms=report.at_ms, pixels_per_inch=pixels_per_inch
        )

    def _csv(
        self, key: str, columns: tuple[str, ...], rows: list[list[str]], clinic: ClinicSettings
    ) -> bytes:
        head = [self._words(f"{key}.{name}") for name in columns]
        mark = []
        if clinic.demo:
            head.append(self._words("recall.csv.demo"))
            mark.append(self._words("app.demo"))
        return csv_bytes(head, (row + mark for row in rows))

    def _due_row(self, line: RetentionLine) -> list[str]:
        one = line.kept
        return [
            f"{one.patient_number:05d}",
            display_name(one.family_name, one.given_name),
            one.birth_date.isoformat(),
            one.last_seen.isoformat() if one.last_seen else "",
            one.registered.isoformat(),
            line.counted_from.isoformat(),
            line.due.isoformat(),
            retention_text(line, self._words),
        ]

    def _access_row(self, line: AccessLine, at: str) -> list[str]:
        who, what, subject = access_texts(line, self._words)
        return [at, who, what, subject, line.row.workstation, str(line.row.number)]

    def _page(self, report: AccessReport, clinic: ClinicSettings) -> ListPage:
        words, patient = self._words, report.patient
        asked = show_instant(report.at_ms, clinic.time_zone)
        if patient.erased:
            subtitle = words("access.paper.subtitle.erased", number=patient.number_text, asked=asked)
        else:
            subtitle = words(
                "access.paper.subtitle",
                name=patient.display_name,
                born=show_date(patient.birth_date),
                number=patient.number_text,
                asked=asked,
            )
        rows = (
            tuple(self._access_row(line, show_instant(line.row.at_ms, clinic.time_zone)))
            for line in report.lines
        )
        note = words("access.paper.note")
        if not report.reads_kept:
            note = f"{note} {words('access.paper.no_reads')}"
        elif report.reads_from_ms is not None:
            since = show_instant(report.reads_from_ms, clinic.time_zone)
            note = f"{note} {words('access.paper.reads_from', when=since)}"
        if report.backups:
            named = "; ".join(
                words("access.paper.backup", name=one.path, when=show_instant(one.at_ms, clinic.time_zone))
                for one in report.backups
            )
            note = f"{note} {words('access.paper.backups', named=named)}"
        return ListPage(
            title=words("access.paper.title"),
            subtitle=subtitle,
            columns=tuple(words(f"access.csv.{name}") for name in _ACCESS_PAPER),
            rows=tuple(rows),
            note=note,
            empty=words("access.none"),
            right=(_ACCESS_PAPER.index("row"),),
            wide=tuple(_ACCESS_PAPER.index(name) for name in ("who", "what")),
        )


def _instant(at_ms: int, time_zone: str) -> str:
    return dt.datetime.fromtimestamp(at_ms // 1000, ZoneInfo(time_zone)).isoformat(sep=" ")
