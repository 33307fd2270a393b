"""A desk with or without an open session, and the presenter over it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from injectmap.atlas import Atlas, load_atlas
from injectmap.domain import playback, skin_paths
from injectmap.domain.laying import lay
from injectmap.domain.protocol import Protocol
from injectmap.domain.treatment_map import Share, Side, TreatmentMap
from injectmap.system.catalogue import Catalogue
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.desk import Desk
from injectmap.ui.tasks import Tasks
from injectmap.ui.teaching.presenter import Presenter
from injectmap.ui.theme import Theme
from tests.ui.fakes import FakeOpener, InlineExecutor

SIZE = (1440, 900)
VOLUMES = (130, 150, 120, 130, 140, 110, 100, 130, 125, 110)
# Who and what must never be seen, as they stand in the clinic of these tests.
FAMILY, GIVEN, LOT = "Vasterholm", "Elin", "H26C118"


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="session")
def c_shape(tmp_path_factory) -> Protocol:
    return next(
        one for one in Catalogue(tmp_path_factory.mktemp("clinic")).protocols() if one.id == "c_shape"
    )


@pytest.fixture(scope="session")
def c_shape_map(atlas, c_shape) -> TreatmentMap:
    """The C-shape done on both sides, with volumes from two syringes."""
    laid = [one for side in (Side.RIGHT, Side.LEFT) for one in lay(atlas, c_shape, side)]
    from dataclasses import replace

    return TreatmentMap(
        tuple(
            replace(one, shares=(Share(f"syringe-{one.side.value}", VOLUMES[place % len(VOLUMES)]),))
            for place, one in enumerate(playback.from_protocol(laid).final.passes)
        )
    )


@dataclass
class Room:
    """The presenter with the desk it reads."""

    presenter: Presenter
    desk: Desk
    opener: FakeOpener
    window: QWidget

    @property
    def editor(self) -> Any:
        return self.desk.editor

    def draw(self, entry, tip, *, microlitres: int = 100) -> str:
        """Draw a pass on the open chart; returns its id."""
        atlas = load_atlas()
        import numpy as np

        ends = [skin_paths.snap(atlas, np.array(point)) for point in (entry, tip)]
        known = {one.path.entry: one.entry_id for one in self.editor.map.passes}
        path = skin_paths.resolve(atlas, ends)
        self.editor.draw(path, entry_id=known.get(path.entry))
        one = self.editor.map.passes[-1].id
        self.editor.select([one])
        self.editor.set_volume_text(f"{microlitres / 1000}")
        return one

    def settle(self, milliseconds: int = 120) -> None:
        from PySide6.QtTest import QTest

        QTest.qWait(milliseconds)


@pytest.fixture
def make_room(qtbot, qapp: QApplication, c_shape) -> Iterator[Callable[..., Room]]:
    made: list[Room] = []

    def make(*, session: bool = True, protocols: tuple[Protocol, ...] | None = None) -> Room:
        theme = Theme()
        theme.apply(qapp)
        opener = FakeOpener()
        opener.catalogue.protocols = lambda: (c_shape,) if protocols is None else protocols
        elin = opener.put_patient(family_name=FAMILY, given_name=GIVEN, birth_date=dt.date(1968, 3, 14))
        window = QWidget()
        qtbot.addWidget(window)
        theme.setParent(window)
        desk = Desk(opener, Tasks(InlineExecutor()), EditorBridge(window), parent=window)
        desk.open_clinic("anything")
        if session:
            desk.open_patient(elin)
            from injectmap.services.sessions import NewSyringes

            desk.create_session(
                date=dt.date(2026, 3, 14),
                practitioner_id=desk.acting.practitioner_id,
                syringes=[NewSyringes(desk.products()[0], 2, LOT, dt.date(2027, 9, 30))],
                defaults=_defaults(),
            )
        presenter = Presenter(theme, desk)
        room = Room(presenter, desk, opener, window)
        made.append(room)
        return room

    yield make
    for room in made:
        room.presenter.close()
        room.desk.bridge.set_editor(None)
        room.desk.tasks.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _defaults():
    from injectmap.domain.session import PassDefaults

    return PassDefaults()


@pytest.fixture
def room(make_room) -> Room:
    """An open session in which four passes were drawn, two changed, and one taken back."""
    room = make_room()
    first = room.draw((64.0, -8.0, 20.0), (58.0, 2.0, 52.0), microlitres=130)
    room.draw((64.0, -8.0, 20.0), (61.0, -38.0, 26.0), microlitres=150)
    room.draw((-64.0, -8.0, 20.0), (-58.0, 2.0, 52.0), microlitres=125)
    room.editor.select([first])
    room.editor.set_volume_text("0.14")
    room.draw((-64.0, -8.0, 20.0), (-61.0, -38.0, 26.0), microlitres=200)
    room.editor.undo()
    room.editor.undo()
    assert len(room.editor.map.passes) == 3
    return room


@pytest.fixture
def shown(room, qtbot) -> Room:
    """The presenter over that session, begun and brought to the size of the pictures."""
    begin(room, qtbot)
    return room


def begin(room: Room, qtbot: Any) -> None:
    room.presenter.begin()
    room.presenter.showNormal()
    room.presenter.resize(*SIZE)
    qtbot.waitExposed(room.presenter)
    room.settle()
