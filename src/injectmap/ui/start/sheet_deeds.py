"""Renders, prints and saves a recovery sheet; the key is in the window and in the file that was chosen, nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from injectmap.domain.settings import Paper
from injectmap.services.keys import ClinicKeys, SheetText
from injectmap.services.ports import RenderedPage
from injectmap.services.saving import write_secret
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task, Tasks
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


class SheetDeeds(QObject):
    """What can be done with one recovery sheet; `said` tells how it went, `refused` why not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, tasks: Tasks, prompts: Prompts, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._prompts = tasks, prompts
        self._keys: ClinicKeys | None = None
        self._sheet: SheetText | None = None

    def take(self, keys: ClinicKeys, sheet: SheetText) -> None:
        """Work on a sheet from now on."""
        self._keys, self._sheet = keys, sheet

    def forget(self) -> None:
        """Let go of the key."""
        self._keys = self._sheet = None

    def render(self, done: Callable[[tuple[RenderedPage, ...]], None], *, width: float) -> None:
        """Render the page for a width in device pixels."""
        if self._keys is None or self._sheet is None:
            return
        keys, sheet = self._keys, self._sheet
        inches = 8.5 if sheet.paper is Paper.LETTER else 210 / 25.4

        def work(_task: Task) -> tuple[RenderedPage, ...]:
            return keys.sheet_pages(sheet, pixels_per_inch=width / inches)

        self._tasks.run(work, done=done, failed=self._not_done, owner=self, label=load_words()("busy.record"))

    def save(self) -> None:
        """Save the sheet as PDF where the clinician chooses."""
        if self._keys is None or self._sheet is None:
            return
        words, keys, sheet = load_words(), self._keys, self._sheet
        name = words("sheet.file_name", clinic=Path(sheet.file_name).stem)
        suggested = folder_apart(keys.folder, _own_folders()) / name
        path = self._prompts.choose_new_file(words("keys.save_pdf"), suggested, words("preview.kind"))
        if path is None:
            return

        def work(_task: Task) -> str:
            write_secret(path, keys.sheet_pdf(sheet))
            beside = path.resolve().parent == keys.folder.resolve()
            return words("keys.saved.beside" if beside else "keys.saved", path=str(path))

        self._tasks.run(
            work, done=self.said.emit, failed=self._not_done, owner=self, label=words("busy.saving_pdf")
        )

    def print(self) -> None:
        """Print through the system's dialog; without any printer say so."""
        if self._keys is None or self._sheet is None:
            return
        words, keys, sheet = load_words(), self._keys, self._sheet
        if not self._prompts.has_printer():
            self.refused.emit(words("preview.no_printer"))
            return
        title = words("sheet.document", clinic=sheet.clinic)
        printer = self._prompts.choose_printer(title, 1, letter=sheet.paper is Paper.LETTER)
        if printer is None:
            return
        from injectmap.ui.records.preview import PRINT_PPI

        def work(_task: Task) -> tuple[QPrinter, tuple[RenderedPage, ...]]:
            return printer, keys.sheet_pages(sheet, pixels_per_inch=PRINT_PPI)

        self._tasks.run(
            work, done=self._paint, failed=self._not_done, owner=self, label=words("busy.printing")
        )

    def _paint(self, job: tuple[QPrinter, tuple[RenderedPage, ...]]) -> None:
        from injectmap.ui.records.preview import paint_pages

        words = load_words()
        if paint_pages(*job):
            self.said.emit(words("keys.printed"))
        else:
            self.refused.emit(words("keys.print_failed"))

    def _not_done(self, error: Exception) -> None:
        self.refused.emit(error_sentence(error))


def folder_apart(clinic: Path, own: Sequence[Path]) -> Path:
    """The first of one's own folders that is not the clinic's: the key does not lie beside what it opens."""
    there = [one for one in own if one.is_dir()]
    apart = [one for one in there if one.resolve() != clinic.resolve()]
    return next(iter(apart or there), Path.home())


def _own_folders() -> list[Path]:
    places = QStandardPaths.StandardLocation
    wanted = (places.DocumentsLocation, places.HomeLocation, places.DesktopLocation)
    return [Path(found) for one in wanted if (found := QStandardPaths.writableLocation(one))]
