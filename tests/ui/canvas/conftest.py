"""A chart column over the real editor and atlas; only the store behind the editor is invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from injectmap.atlas import Atlas, load_atlas
from injectmap.domain import skin_paths
from injectmap.domain.edits import Committed
from injectmap.domain.ids import new_id
from injectmap.domain.session import OpenSession, PassDefaults, TreatmentSession
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.editing.editor import MapEditor
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.chart_column import ChartColumn
from injectmap.ui.theme import Theme
from injectmap.words import load_words
from tests import builders

SIZE = (900, 780)
# Skin of the patient's left, mm: in front of the ear, along the arch, down the ramus, on the jaw.
EAR = (64.0, -8.0, 20.0)
ARCH = (58.0, 2.0, 52.0)
ARCH_LOW = (59.0, -6.0, 52.0)
RAMUS = (61.0, -38.0, 26.0)
CHEEK = (50.0, -40.0, 50.0)


class FakeSink:
    """Keeps edits in memory; `fail` is raised instead while it is set."""

    def __init__(self) -> None:
        self.edits: list[Any] = []
        self.fail: Exception | None = None

    def commit(self, acting, session_id, edit, revision, undoes=None) -> Committed:
        if self.fail is not None:
            raise self.fail
        self.edits.append(edit)
        return Committed(revision + 1, len(self.edits))


@dataclass
class Chart:
    """The column with its editor, and hands to work it with."""

    column: ChartColumn
    editor: MapEditor
    sink: FakeSink
    atlas: Atlas

    @property
    def view(self):
        return self.column.view

    def pixel(self, point: tuple[float, float, float]) -> QPointF:
        """Where a skin point lies on the canvas; it must be in sight."""
        on_skin = self.atlas.skin.snap(np.array([point]))
        uv, visible = self.atlas.views[self.view.view_id].project(on_skin)
        assert visible[0]
        return QPointF(*self.view.camera.to_px(*uv[0]))

    def mouse(
        self, kind: QEvent.Type, at: QPointF, *, held: bool, keys=Qt.KeyboardModifier.NoModifier
    ) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        place = self.view.mapToGlobal(at)
        QApplication.sendEvent(self.view, QMouseEvent(kind, at, place, button, left if held else none, keys))

    def press(self, at: QPointF, keys=Qt.KeyboardModifier.NoModifier) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, held=True, keys=keys)

    def move(self, at: QPointF, keys=Qt.KeyboardModifier.NoModifier, *, held: bool = True) -> None:
        self.mouse(QEvent.Type.MouseMove, at, held=held, keys=keys)

    def release(self, at: QPointF, keys=Qt.KeyboardModifier.NoModifier) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, held=False, keys=keys)

    def drag(self, *points: tuple[float, float, float], keys=Qt.KeyboardModifier.NoModifier) -> None:
        """Press on the first point, move over the others, release on the last."""
        places = [self.pixel(point) for point in points]
        self.press(places[0], keys)
        for start, end in pairwise(places):
            for part in (0.25, 0.5, 0.75, 1.0):
                self.move(start + (end - start) * part, keys)
        self.release(places[-1], keys)

    def click(self, point: tuple[float, float, float], keys=Qt.KeyboardModifier.NoModifier) -> None:
        self.drag(point, keys=keys)

    def draw(self, entry, tip, *, microlitres: int = 100) -> str:
        """Draw a pass without the mouse; returns its id."""
        ends = [skin_paths.snap(self.atlas, np.array(point)) for point in (entry, tip)]
        known = {one.path.entry: one.entry_id for one in self.editor.map.passes}
        self.editor.defaults = PassDefaults(microlitres=microlitres)
        path = skin_paths.resolve(self.atlas, ends)
        self.editor.draw(path, entry_id=known.get(path.entry))
        return self.editor.map.passes[-1].id

    def rest(self) -> None:
        """Let timers and paints come to an end."""
        from PySide6.QtTest import QTest

        QTest.qWait(150)


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture
def theme(qapp) -> Theme:
    one = Theme()
    one.apply(qapp)
    return one


@pytest.fixture
def bare_column(qtbot, theme) -> ChartColumn:
    """A column without an editor, as before a session is open."""
    column = ChartColumn(EditorBridge(theme), lambda: None, load_words(), theme)
    qtbot.addWidget(column)
    column.resize(*SIZE)
    column.show()
    return column


def new_editor(atlas: Atlas, sink: FakeSink, *, syringes: int = 2) -> MapEditor:
    practitioner, patient = builders.practitioner(), builders.patient(number=417)
    session = TreatmentSession(
        new_id(), 417, patient.id, practitioner.id, dt.date(2026, 11, 22), atlas.head_version, 1
    )
    opened = OpenSession(
        session,
        patient,
        practitioner,
        tuple(builders.syringe(session, number=number + 1) for number in range(syringes)),
        TreatmentMap(),
    )
    return MapEditor(opened, atlas, sink, builders.acting_as(practitioner))


@pytest.fixture
def chart(bare_column, atlas) -> Chart:
    """A column with an empty session in the left lateral view."""
    sink = FakeSink()
    editor = new_editor(atlas, sink)
    bare_column.set_editor(editor)
    QApplication.processEvents()
    return Chart(bare_column, editor, sink, atlas)
