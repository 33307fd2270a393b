"""The patient's page alone in a window, over a clinic in memory; work runs inline."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from injectmap.domain.patient import Patient
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.desk import Desk
from injectmap.ui.patients.patient_page import PatientPage
from injectmap.ui.tasks import Tasks
from injectmap.ui.theme import Theme
from tests.ui.fakes import FakeOpener, FakePrompts, InlineExecutor


@dataclass
class Stage:
    page: PatientPage
    desk: Desk
    opener: FakeOpener
    prompts: FakePrompts
    theme: Theme
    elin: Patient
    niamh: Patient

    def drawn(self) -> list[str]:
        """The figures drawn so far."""
        return [figure.value for figure, _ in self.opener.figures.drawn]

    @property
    def state(self) -> Any:
        return self.opener.database.state


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    one = Theme()
    one.apply(qapp)
    return one


@pytest.fixture
def stage(qtbot, theme) -> Iterator[Stage]:
    """Elin Vasterholm with two sessions, of four and of eight passes; Niamh with none."""
    opener, prompts = FakeOpener(), FakePrompts()
    elin = opener.put_patient(family_name="Vasterholm", given_name="Elin")
    niamh = opener.put_patient(
        family_name="Ó Súilleabháin", given_name="Niamh", birth_date=dt.date(1971, 1, 30)
    )
    opener.put_session(elin, date=dt.date(2025, 5, 6), count=4)
    opener.put_session(elin)
    bridge = EditorBridge()
    desk = Desk(opener, Tasks(InlineExecutor()), bridge, parent=bridge)
    desk.open_clinic("anything")
    desk.open_patient(elin)
    page = PatientPage(theme, desk, prompts)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    yield Stage(page, desk, opener, prompts, theme, elin, niamh)
    theme.set_dark(False)
    bridge.set_editor(None)
    page.close()
    desk.tasks.close()
    desk.close_clinic(tell=False)
    bridge.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def shown(stage, qtbot) -> Stage:
    """The page in sight, its figures drawn."""
    stage.page.show()
    qtbot.waitUntil(lambda: stage.page.figures.dose.has_picture and stage.page.figures.volume.has_picture)
    return stage
