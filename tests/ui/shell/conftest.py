"""A whole window over a clinic in memory; work runs inline, nothing asks outside the window."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from injectmap.domain.patient import Patient
from injectmap.ui.desk import Desk
from injectmap.ui.main_window import MainWindow
from injectmap.ui.tasks import Tasks
from injectmap.ui.theme import Theme
from injectmap.ui.workspace import Workspace, build_panels
from tests.ui.fakes import FakeOpener, FakePrompts, InlineExecutor


@dataclass
class Shell:
    window: MainWindow
    space: Workspace
    desk: Desk
    opener: FakeOpener
    prompts: FakePrompts
    elin: Patient

    @property
    def editor(self):
        return self.desk.editor

    def open(self) -> None:
        self.desk.open_clinic("anything")


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    one = Theme()
    one.apply(qapp)
    return one


@pytest.fixture
def make_shell(qtbot, theme) -> Iterator[Callable[..., Shell]]:
    made: list[Shell] = []

    def make(**options) -> Shell:
        opener, prompts = FakeOpener(), FakePrompts()
        elin = opener.put_patient(family_name="Vasterholm", given_name="Elin")
        opener.put_patient(family_name="Ó Súilleabháin", given_name="Niamh", birth_date=dt.date(1971, 1, 30))
        opener.put_session(elin, date=dt.date(2025, 5, 6), count=4)
        opener.put_session(elin)
        tasks = Tasks(InlineExecutor())
        window = MainWindow(theme)
        qtbot.addWidget(window)
        desk = Desk(opener, tasks, window.bridge, parent=window)
        *_, panels = build_panels(theme, desk)
        space = Workspace(window, desk, prompts, panels)
        shell = Shell(window, space, desk, opener, prompts, elin)
        made.append(shell)
        # The head costs most of a test's time and has tests of its own.
        window.chart.setHidden(not options.get("chart", False))
        if options.get("show", True):
            window.show()
            window.activateWindow()
            qtbot.waitUntil(window.isActiveWindow)
        if options.get("open", True):
            shell.open()
        if options.get("patient", True) and options.get("open", True):
            desk.open_patient(elin)
        return shell

    yield make
    for shell in made:
        shell.desk.bridge.set_editor(None)
        shell.window.close()
        shell.desk.tasks.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def shell(make_shell) -> Shell:
    """An open clinic with Elin Vasterholm and her latest session of eight passes on the desk."""
    return make_shell()
