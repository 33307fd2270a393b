"""What leaves the patient's page: figures and tables as files, the summary as PDF and on the printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from injectmap.domain.settings import Paper
from injectmap.services.insight import FileForm, InsightFigure
from injectmap.services.over_time import OverTime
from injectmap.services.saving import write_whole
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from injectmap.services.ports import RenderedPage

PRINT_PPI = 300.0


class OverTimeFiles(QObject):
    """Asks where, works in the worker, says what came of it. `over_time` is the state that is shown."""

    def __init__(self, desk: Desk, prompts: Prompts, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._prompts = desk, prompts
        self.over_time: OverTime | None = None

    def save_figure(self, figure: InsightFigure, form: FileForm) -> None:
        """Save a figure or its table where the clinician chooses."""
        over_time = self.over_time
        if over_time is None:
            return
        words = load_words()
        name = words(f"insight.file.{figure.value}", number=over_time.patient.number_text)
        insight, acting = self._desk.services.insight, self._desk.acting
        self._save(
            words(f"insight.save.{form.value}"),
            f"{name}.{form.value}",
            words(f"insight.kind.{form.value}"),
            lambda: insight.export(acting, figure, form, over_time),
        )

    def save_summary(self) -> None:
        """Save the page over time as PDF."""
        over_time = self.over_time
        if over_time is None:
            return
        words = load_words()
        name = words("insight.file.summary", number=over_time.patient.number_text)
        insight, acting = self._desk.services.insight, self._desk.acting
        self._save(
            words("insight.summary.pdf"),
            f"{name}.pdf",
            words("preview.kind"),
            lambda: insight.pdf(acting, over_time),
        )

    def _save(self, title: str, name: str, kind: str, make: Callable[[], bytes]) -> None:
        path = self._prompts.choose_new_file(title, Path.home() / name, kind)
        if path is None:
            return

        def work(task: Task) -> Path:
            content = make()
            task.check()
            write_whole(path, content)
            return path

        self._desk.tasks.run(
            work, done=self._saved, failed=self._not_done, owner=self, label=load_words()("insight.busy.file")
        )

    def print_summary(self) -> None:
        """Print the page over time through the system's dialog."""
        over_time, desk, words = self.over_time, self._desk, load_words()
        if over_time is None:
            return
        if not self._prompts.has_printer():
            desk.problem.emit(words("preview.no_printer"))
            return
        title = words("insight.summary.document", number=over_time.patient.number_text)
        letter = desk.services.settings.paper is Paper.LETTER
        printer = self._prompts.choose_printer(title, 1, letter=letter)
        if printer is None:
            return
        insight, acting = desk.services.insight, desk.acting

        def work(_task: Task) -> tuple[QPrinter, tuple[RenderedPage, ...]]:
            return printer, insight.pages(acting, over_time, pixels_per_inch=PRINT_PPI)

        desk.tasks.run(
            work, done=self._print_pages, failed=self._not_done, owner=self, label=words("busy.printing")
        )

    def _print_pages(self, job: tuple[QPrinter, tuple[RenderedPage, ...]]) -> None:
        from injectmap.ui.records.preview import paint_pages

        printer, pages = job
        words = load_words()
        if paint_pages(printer, pages):
            self._desk.notice.emit(words("insight.summary.printed"))
        else:
            self._desk.problem.emit(words("preview.print_failed"))

    def _saved(self, path: Path) -> None:
        self._desk.notice.emit(load_words()("preview.saved", path=str(path)))

    def _not_done(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))
