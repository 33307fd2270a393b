"""Who looked at and changed one patient's data: the journal's rows, to be printed, saved as PDF or as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.privacy import AccessLine
from injectmap.domain.settings import Paper
from injectmap.services.ports import RenderedPage
from injectmap.services.privacy_ports import AccessReport
from injectmap.services.saving import write_whole
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.records.preview import PRINT_PPI, paint_pages
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.trust.backup_texts import moment_text
from injectmap.ui.trust.held import held_text
from injectmap.ui.trust.plain_table import Cells, Column, PlainTable
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.people import name_of
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import access_texts, load_words

_COLUMNS = (("at", 0.0), ("who", 0.2), ("what", 0.44), ("subject", 0.68), ("workstation", 0.84))


class AccessView(QWidget):
    """Shows one report; what is printed or saved is the report that is shown."""

    left = Signal()

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._desk, self._prompts = desk, prompts
        self.report: AccessReport | None = None
        self.title = TextLabel(theme, "section", "text", wrap=True)
        self.note = TextLabel(theme, "table", "text2", wrap=True)
        columns = [Column(words(f"access.csv.{name}"), begins) for name, begins in _COLUMNS]
        self.table = PlainTable(theme, words("access.paper.title"), columns, self._cells, most=10)
        self.print = Button(theme, words("recall.print_now"), icon_name="printer")
        self.pdf = Button(theme, words("recall.print"), icon_name="save")
        self.csv = Button(theme, words("recall.csv"), icon_name="save")
        self.close_button = Button(theme, words("access.close"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.print, self.pdf, self.csv, self.close_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = column(self, spacing=10)
        for widget in (self.title, self.note, self.table):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.print.clicked.connect(self._print)
        self.pdf.clicked.connect(self.save_pdf)
        self.csv.clicked.connect(self.save_csv)
        self.close_button.clicked.connect(self.left)

    def show_report(self, report: AccessReport) -> None:
        """Show a report."""
        words = load_words()
        self.report = report
        patient = report.patient
        self.title.setText(words("access.title", name=name_of(patient), number=patient.number_text))
        note = words("access.note") if report.lines else words("access.none")
        if not report.reads_kept:
            note = f"{note} {words('access.paper.no_reads')}"
        elif report.reads_from_ms is not None:
            since = moment_text(report.reads_from_ms, self._desk.services.settings.time_zone)
            note = f"{note} {words('access.paper.reads_from', when=since)}"
        if report.backups:
            note = f"{note}\n{held_text(report.backups, self._desk.services.settings.time_zone)}"
        self.note.setText(note)
        # The latest is what is asked for first on screen; on paper the list is read from its beginning.
        self.table.show_rows(report.lines[::-1])
        self.table.setVisible(bool(report.lines))
        self.table.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def save_pdf(self) -> None:
        """Save the report as PDF where the clinician chooses."""
        self._save("pdf", self._desk.services.privacy.access_pdf)

    def save_csv(self) -> None:
        """Save the report as a table where the clinician chooses."""
        self._save("csv", self._desk.services.privacy.access_csv)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _cells(self, line: AccessLine) -> Cells:
        words, zone = load_words(), ZoneInfo(self._desk.services.settings.time_zone)
        at = datetime.fromtimestamp(line.row.at_ms / 1000, zone)
        who, what, subject = access_texts(line, words)
        row = words("access.row", number=line.row.number)
        return (
            (show_date(at.date()), f"{at:%H:%M:%S}"),
            (who, ""),
            (what, row),
            (subject, ""),
            (line.row.workstation, ""),
        )

    def _save(self, kind: str, make: Callable[..., bytes]) -> None:
        report, words, acting = self.report, load_words(), self._desk.acting
        if report is None:
            return
        # A file's name is seen by whoever sees the folder: the number, never the name.
        suggested = Path.home() / f"{words('access.file', number=report.patient.number_text)}.{kind}"
        path = self._prompts.choose_new_file(
            words("recall.print" if kind == "pdf" else "recall.csv"), suggested, words(f"recall.kinds.{kind}")
        )
        if path is None:
            return

        def work(_task: Task) -> Path:
            write_whole(path, make(acting, report))
            return path

        self._desk.tasks.run(
            work, done=self._saved, failed=self._failed, owner=self, label=words("busy.saving_list")
        )

    def _print(self) -> None:
        report, words = self.report, load_words()
        if report is None:
            return
        if not self._prompts.has_printer():
            self._desk.problem.emit(words("preview.no_printer"))
            return
        privacy, acting = self._desk.services.privacy, self._desk.acting

        def work(_task: Task) -> tuple[RenderedPage, ...]:
            return privacy.access_pages(acting, report, pixels_per_inch=PRINT_PPI)

        self._desk.tasks.run(
            work, done=self._print_pages, failed=self._failed, owner=self, label=words("busy.printing")
        )

    def _print_pages(self, pages: tuple[RenderedPage, ...]) -> None:
        words = load_words()
        letter = self._desk.services.settings.paper is Paper.LETTER
        printer = self._prompts.choose_printer(words("access.paper.title"), len(pages), letter=letter)
        if printer is None:
            return
        if paint_pages(printer, pages):
            self._desk.notice.emit(words("preview.printed", count=len(pages)))
        else:
            self._desk.problem.emit(words("preview.print_failed"))

    def _saved(self, path: Path) -> None:
        self._desk.notice.emit(load_words()("recall.saved", name=path.name))

    def _failed(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))
