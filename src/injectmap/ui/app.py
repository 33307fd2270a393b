"""Starts the program: the window with the head first, then the panels and all that is heavy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from injectmap.ui.collector import Collector
from injectmap.ui.ending import Ending
from injectmap.ui.main_window import MainWindow
from injectmap.ui.theme import Theme, font
from injectmap.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from injectmap.domain.clinic_places import ClinicPlace
    from injectmap.domain.keys import Unlock
    from injectmap.ui.clinic_holder import Opener
    from injectmap.ui.desk import Desk
    from injectmap.ui.tasks import Task, Tasks
    from injectmap.ui.workspace import Panels, Workspace


def run(opener: Opener, *, start: str | ClinicPlace | None = None, unlock: Unlock | None = None) -> int:
    """Show the window and work until it is closed; `start` is "demo", a clinic that `unlock` opens, or nothing."""
    # Named as an argument: `setStyle` hands the style to Python, which costs as much as a panel.
    application = QApplication.instance() or QApplication([*sys.argv[:1], "-style", "fusion"])
    assert isinstance(application, QApplication)
    application.setApplicationName("injectmap")
    application.setDesktopFileName("injectmap")
    collector = Collector()
    window = first_window(application, dark=opener.dark)
    starter = Starter(application, window, opener, start, collector, unlock=unlock)
    window.show()
    ending = Ending(application, window)
    try:
        return application.exec()
    finally:
        ending.close()
        starter.end()
        collector.close()


def first_window(application: QApplication, *, dark: bool | None = None) -> MainWindow:
    """Build the window with the head alone, in the system's look unless another was chosen. The style comes with the panels: its sheet doubles the cost of each."""
    theme = Theme(dark=_system_is_dark() if dark is None else dark, parent=application)
    application.setFont(font("body"))
    application.setPalette(theme.palette())
    return MainWindow(theme)


class Starter(QObject):
    """Waits for the first paint, then imports the panels in the worker, builds them in steps and opens the clinic."""

    def __init__(
        self,
        application: QApplication,
        window: MainWindow,
        opener: Opener,
        start: str | ClinicPlace | None,
        collector: Collector | None = None,
        *,
        unlock: Unlock | None = None,
    ) -> None:
        super().__init__(window)
        self._unlock = unlock
        self._application, self._window, self._opener, self._start = application, window, opener, start
        self._collector = collector
        self._tasks: Tasks | None = None
        self._steps: Iterator[Panels | None] | None = None
        self._desk: Desk | None = None
        self._ended_unexpectedly = self._is_said = False
        self.workspace: Workspace | None = None
        window.chart.view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin once, when the head has been painted."""
        if event.type() == QEvent.Type.Paint:
            self._window.chart.view.removeEventFilter(self)
            QTimer.singleShot(0, self, self._import)
        return False

    def end(self) -> None:
        """Let go of the worker, of the hooks and of the log."""
        if self._tasks is not None:
            self._tasks.close()
        self._opener.close_log()
        if self.workspace is not None:
            from injectmap.ui import faults

            faults.uninstall()

    def _import(self) -> None:
        from injectmap.ui.tasks import Tasks

        tasks = self._tasks = Tasks(parent=self._window)
        if self._collector is not None:
            self._collector.busy = lambda: tasks.quiet
        opener = self._opener

        def work(_task: Task) -> bool:
            _import_panels()
            return opener.open_log()

        tasks.run(work, done=self._begin, failed=self._broken, owner=self, label="", quiet=True)

    def _begin(self, ended_unexpectedly: bool) -> None:
        from injectmap.ui.desk import Desk
        from injectmap.ui.workspace import build_panels

        assert self._tasks is not None
        self._ended_unexpectedly = ended_unexpectedly
        desk = self._desk = Desk(self._opener, self._tasks, self._window.bridge, parent=self._window)
        if self._start == "demo":
            desk.open_demo()
        elif self._start is not None:
            from injectmap.domain.clinic_places import clinic_place

            start = self._start
            desk.open_clinic(clinic_place(start) if isinstance(start, str) else start, self._unlock)
        self._steps = build_panels(self._window.theme, desk)
        self._build()

    def _build(self) -> None:
        """One panel, then a rest in which the window answers."""
        assert self._steps is not None
        panels = next(self._steps)
        if panels is None:
            QTimer.singleShot(0, self, self._build)
            return
        from injectmap.ui import faults
        from injectmap.ui.prompts import QtPrompts
        from injectmap.ui.workspace import Workspace

        assert self._desk is not None
        self.workspace = Workspace(self._window, self._desk, QtPrompts(self._window), panels)
        self._window.theme.apply(self._application)
        faults.install(self.workspace)
        if self._ended_unexpectedly:
            # Opening a clinic and signing in put the banner away: it must be seen once one is open.
            self._desk.clinic_changed.connect(self._tell_anew)
            self.workspace.banner.dismissed.connect(self._on_dismissed)
            self._tell()

    def _tell_anew(self) -> None:
        self._is_said = False
        self._tell()

    def _tell(self) -> None:
        """Say once that the program broke off; what was found missing after it is said before that it happened."""
        assert self.workspace is not None
        assert self._desk is not None
        if not self._ended_unexpectedly or self.workspace.banner.text:
            return
        self.workspace.banner.say_notice(load_words()("log.ended_unexpectedly"))
        self._is_said = True
        self._ended_unexpectedly = not self._desk.has_clinic

    def _on_dismissed(self) -> None:
        if self._is_said:
            self._ended_unexpectedly = False
        self._tell()

    def _broken(self, error: Exception) -> None:
        """The program's own modules cannot be imported: nothing can go on."""
        self._application.quit()
        raise error


def _import_panels() -> None:
    import injectmap.ui.faults
    import injectmap.ui.workspace  # noqa: F401


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
