"""Makes the backups that are due while a clinic is open and when it is closed, and tells how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.services.backup_ports import Outcome, Standing
from injectmap.services.backups import CLOSING_S
from injectmap.ui.trust.damage import tell_damaged
from injectmap.ui.widgets.basics import Card, TextLabel
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.ui.desk import Desk
    from injectmap.ui.tasks import Task
    from injectmap.ui.theme import Theme

# How often it is looked whether one is due; what is due is decided elsewhere.
LOOK_MS = 60_000
# The words grow older by the minute.
SAY_MS = 60_000
# After this the window closes without a backup, whatever the worker is doing.
_GIVE_UP_MS = round((CLOSING_S + 5) * 1000)


class BackupWatch(QObject):
    """Backs up in the worker, never twice at once; a backup is nobody's act and needs no right."""

    changed = Signal()

    def __init__(self, desk: Desk, window: QWidget, theme: Theme) -> None:
        """Follow a desk; `window` is what shows that a backup is made before closing."""
        super().__init__(desk)
        self._desk, self._window, self._theme = desk, window, theme
        self._running: Task | None = None
        self._looking = False
        self._standing = Standing(on_server=True)
        self._ended = False
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        self._say = QTimer(self, interval=SAY_MS)
        self._say.timeout.connect(self.changed)
        desk.clinic_changed.connect(self._begin)
        desk.backups_changed.connect(self.refresh)
        desk.before_closing = self.before_closing

    @property
    def standing(self) -> Standing | None:
        """How the backups of the open clinic stand; None without a clinic."""
        return self._standing if self._desk.has_clinic else None

    def _begin(self) -> None:
        self._looking = False
        if self._desk.has_clinic and not self._desk.services.backups.on_server:
            self._look.start()
            self._say.start()
        else:
            self._look.stop()
            self._say.stop()
        self.refresh()

    def refresh(self) -> None:
        """Read how they stand and tell."""
        desk = self._desk
        if desk.has_clinic:
            try:
                self._standing = desk.services.backups.standing()
            except InjectmapError as error:
                self._standing = Standing(problem=error.code, damaged=desk.services.database.damaged)
        self.changed.emit()

    def look(self) -> None:
        """Make what is due, in the worker."""
        desk = self._desk
        if not desk.has_clinic or self._looking:
            return
        backups = desk.services.backups
        self._looking = True
        self._running = desk.tasks.run(
            lambda task: backups.back_up_if_due(keep_going=task.check),
            done=self._done,
            failed=self._failed,
            owner=self,
            label=load_words()("backup.busy"),
        )

    def before_closing(self) -> None:
        """Make what is due before the clinic is put away; returns when it is made, given up, or took too long.

        Meanwhile the window is painted and takes no input.
        """
        desk = self._desk
        if self._ended or not desk.has_clinic:
            return
        if self._looking and self._running is not None:
            self._running.cancel()
            self._looking = False
        backups = desk.services.backups
        if backups.on_server or not self._is_due():
            return
        loop, note = QEventLoop(), _ClosingNote(self._theme, self._window)
        limit = QTimer(loop)
        limit.setSingleShot(True)
        limit.timeout.connect(loop.quit)
        limit.start(_GIVE_UP_MS)
        note.show_over()
        task = desk.tasks.run(
            lambda task: backups.back_up_if_due(after_ms=0, limit_s=CLOSING_S, keep_going=task.check),
            done=lambda _outcomes: loop.quit(),
            failed=lambda _error: loop.quit(),
            owner=loop,
        )
        # Done already where the worker is not another thread.
        if desk.tasks.busy:
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        limit.stop()
        task.cancel()
        note.hide()
        note.deleteLater()

    def end(self) -> None:
        """The window closes: make what is due, and nothing more after that."""
        self.before_closing()
        self._ended = True
        self._look.stop()
        self._say.stop()

    def _is_due(self) -> bool:
        try:
            return self._desk.services.backups.due(after_ms=0)
        except InjectmapError:
            # The file is gone or cannot be read: it is said where it is opened next.
            return False

    def _done(self, outcomes: tuple[Outcome, ...]) -> None:
        self._looking = False
        before = self._standing.damaged
        self.refresh()
        # Said once: after that it stands in the footer.
        if self._standing.damaged and not before and any(one.problem is not None for one in outcomes):
            tell_damaged(self._desk)

    def _failed(self, _error: Exception) -> None:
        self._looking = False
        self.refresh()


class _ClosingNote(Card):
    """Says why the window is still there."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, parent=window)
        self._window = window
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 24, 14)
        layout.setSpacing(10)
        layout.addWidget(Mark(theme, "save", "text2"))
        layout.addWidget(TextLabel(theme, "body", "text", load_words()("backup.busy.closing")))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_over(self) -> None:
        """In the middle of the window."""
        self.adjustSize()
        self.move((self._window.width() - self.width()) // 2, (self._window.height() - self.height()) // 2)
        self.show()
        self.raise_()
