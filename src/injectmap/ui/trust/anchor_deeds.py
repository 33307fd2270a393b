"""Anchors leave the window: as a file, signed with the clinic's key if it is at hand, and as a printed page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from injectmap.domain.anchors import anchor_to_text
from injectmap.domain.settings import Paper
from injectmap.services.saving import write_new
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from injectmap.services.ports import RenderedPage

PRINT_PPI = 300.0


class AnchorDeeds(QObject):
    """Asks where, works in the worker, says what came of it."""

    def __init__(self, desk: Desk, prompts: Prompts, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._prompts = desk, prompts

    def export(self, *, signed: bool = False) -> None:
        """Write the end of the journal to a file; a signed one asks for the key first."""
        words, key_file = load_words(), None
        if signed:
            key_file = self._prompts.choose_existing_file(
                words("proof.anchor.key"), words("proof.anchor.key.files")
            )
            if key_file is None:
                return
        desk = self._desk
        proof, acting = desk.services.proof, desk.acting
        name = words("proof.anchor.name", clinic=desk.services.database.name, row=proof.head(acting).number)
        path = self._prompts.choose_new_file(
            words("proof.anchor.export"), Path.home() / f"{name}.json", words("proof.anchor.files")
        )
        if path is None:
            return

        def work(_task: Task) -> tuple[Path, int]:
            anchor = proof.anchor(acting, key_file=key_file)
            write_new(path, anchor_to_text(anchor).encode())
            return path, anchor.number

        desk.tasks.run(work, done=self._saved, failed=self._failed, owner=self, label=words("busy.anchor"))

    def print_page(self) -> None:
        """Print the end of the journal through the system's dialog."""
        desk, words = self._desk, load_words()
        if not self._prompts.has_printer():
            desk.problem.emit(words("preview.no_printer"))
            return
        letter = desk.services.settings.paper is Paper.LETTER
        printer = self._prompts.choose_printer(words("anchor.title"), 1, letter=letter)
        if printer is None:
            return
        proof, acting = desk.services.proof, desk.acting

        def work(_task: Task) -> tuple[QPrinter, tuple[RenderedPage, ...]]:
            pages = proof.anchor_pages(acting, proof.anchor(acting), pixels_per_inch=PRINT_PPI)
            return printer, pages

        desk.tasks.run(work, done=self._print, failed=self._failed, owner=self, label=words("busy.printing"))

    def _print(self, job: tuple[QPrinter, tuple[RenderedPage, ...]]) -> None:
        from injectmap.ui.records.preview import paint_pages

        printer, pages = job
        words = load_words()
        if paint_pages(printer, pages):
            self._desk.notice.emit(words("proof.anchor.printed"))
        else:
            self._desk.problem.emit(words("preview.print_failed"))

    def _saved(self, done: tuple[Path, int]) -> None:
        path, row = done
        self._desk.notice.emit(load_words()("proof.anchor.saved", row=row, name=path.name))

    def _failed(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))
