"""A clinic file that is damaged: looked for once after opening, and said plainly with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from injectmap.domain.errors import InjectmapError
from injectmap.ui.trust.backup_texts import moment_text
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.ports import Database
    from injectmap.ui.desk import Desk

# What is wanted first after opening is read before: 58 MB take a third of a second of the worker.
_AFTER_MS = 2_000


class DamageWatch(QObject):
    """Reads the whole file in the worker, once for each opening."""

    def __init__(self, desk: Desk) -> None:
        """Follow a desk."""
        super().__init__(desk)
        self._desk = desk
        self._checked: Database | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_AFTER_MS)
        self.timer.timeout.connect(self.look)
        desk.clinic_changed.connect(self._begin)

    def _begin(self) -> None:
        desk = self._desk
        if not desk.has_clinic:
            self._checked = None
            self.timer.stop()
        elif desk.services.backups.on_server or desk.services.database is self._checked:
            self.timer.stop()
        else:
            self.timer.start()

    def look(self) -> None:
        """Read the file now."""
        desk = self._desk
        if not desk.has_clinic:
            return
        database = self._checked = desk.services.database
        desk.tasks.run(
            lambda task: database.check_whole(task.check),
            done=self._whole,
            failed=self._failed,
            owner=self,
            label=load_words()("damage.busy"),
        )

    def _whole(self, _nothing: None) -> None:
        pass

    def _failed(self, error: Exception) -> None:
        desk = self._desk
        if not desk.has_clinic or desk.services.database is not self._checked:
            return
        if is_damage(error):
            tell_damaged(desk)
        else:
            desk.problem.emit(error_sentence(error))


def is_damage(error: Exception) -> bool:
    """True for what is raised once the open file is found damaged."""
    return isinstance(error, InjectmapError) and error.code == "file_is_damaged"


def tell_damaged(desk: Desk) -> None:
    """Say that the open clinic's file is damaged and what to do; nothing is drawn any more."""
    editor = desk.editor
    if editor is not None and editor.failed is None:
        editor.protect()
    desk.save_state_changed.emit()
    desk.backups_changed.emit()
    desk.problem.emit(damage_text(desk))


def damage_text(desk: Desk) -> str:
    """What is said: that the file is damaged, that it is only read, and the last good backup."""
    words, services = load_words(), desk.services
    said = [words("error.file_is_damaged", name=services.database.name)]
    good = services.backups.last_good()
    if good is None:
        said.append(words("damage.no_backup"))
    else:
        time = moment_text(good.at_ms, services.settings.time_zone)
        said.append(words("damage.restore", time=time))
    return " ".join(said)
