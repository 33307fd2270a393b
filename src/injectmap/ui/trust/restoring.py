"""Compares and restores in the worker, and opens the clinic again afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from injectmap.domain.backups import Comparison, Restored, read_name
from injectmap.ui.trust.backup_texts import moment_text
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.keys import Unlock
    from injectmap.ui.clinic_holder import ClinicHolder
    from injectmap.ui.tasks import Task


class RestoreDeed(QObject):
    """One restore after the other; the clinic is closed for it, and whatever becomes of it the file is opened again."""

    compared = Signal(object, object)
    failed = Signal(str)

    def __init__(self, desk: ClinicHolder) -> None:
        """Work for a desk."""
        super().__init__(desk)
        self._desk = desk
        self._tell = ""
        self._wrong = False
        desk.clinic_changed.connect(self._on_clinic)

    def compare(self, backup: Path) -> None:
        """Say what would change in the open clinic."""
        desk = self._desk
        backups, acting = desk.services.backups, desk.acting
        self._compare(backup, lambda: backups.compare(acting, backup))

    def compare_closed(self, path: Path, unlock: Unlock | None, backup: Path) -> None:
        """Say what would change in a clinic that does not open."""
        opener = self._desk.opener
        self._compare(backup, lambda: opener.closed(path, unlock).compare(backup))

    def restore(self, backup: Path, zone: str) -> None:
        """Put a backup in the place of the open clinic."""
        desk = self._desk
        backups, acting = desk.services.backups, desk.acting
        path = backups.path
        # The file that goes is copied by the restore itself.
        desk.close_clinic(back_up=False)
        self._restore(path, None, backup, zone, lambda: backups.restore(acting, backup))

    def restore_closed(self, path: Path, unlock: Unlock | None, backup: Path, zone: str) -> None:
        """Put a backup in the place of a clinic that does not open."""
        opener = self._desk.opener
        self._restore(path, unlock, backup, zone, lambda: opener.closed(path, unlock).restore(backup))

    def _compare(self, backup: Path, how: Callable[[], Comparison]) -> None:
        def work(_task: Task) -> Comparison:
            return how()

        self._desk.tasks.run(
            work,
            done=lambda found: self.compared.emit(backup, found),
            failed=lambda error: self.failed.emit(error_sentence(error)),
            owner=self,
            label=load_words()("backup.busy.compare"),
        )

    def _restore(
        self, path: Path, unlock: Unlock | None, backup: Path, zone: str, how: Callable[[], Restored]
    ) -> None:
        desk, words = self._desk, load_words()
        told = read_name(backup.name)
        time = backup.name if told is None else moment_text(told.at_ms, zone)

        def done(restored: Restored) -> None:
            key = "backup.restore.done" if restored.kept_aside else "backup.restore.done.new"
            self._tell, self._wrong = words(key, time=time, name=restored.kept_aside), False
            desk.opening.emit(False)
            desk.open_clinic(path, unlock)

        def failed(error: Exception) -> None:
            # The old file is whole: nothing was put in its place.
            self._tell, self._wrong = error_sentence(error), True
            desk.opening.emit(False)
            desk.open_clinic(path, unlock)
            self.failed.emit(self._tell)

        desk.opening.emit(True)
        desk.tasks.run(
            lambda _task: how(), done=done, failed=failed, owner=self, label=words("backup.busy.restore")
        )

    def _on_clinic(self) -> None:
        if self._tell and self._desk.has_clinic:
            # Opening a clinic puts the banner away first.
            QTimer.singleShot(0, self, self._say)

    def _say(self) -> None:
        said, self._tell = self._tell, ""
        (self._desk.problem if self._wrong else self._desk.notice).emit(said)
