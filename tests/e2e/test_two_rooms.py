"""Two windows of two rooms at one treatment session on a real server: nothing overwritten, news within two seconds."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from injectmap.bootstrap import Opener
from injectmap.domain.acting import Acting, Role
from injectmap.domain.clinic_places import ServerAddress
from injectmap.domain.patient import PatientDetails
from injectmap.domain.settings import ClinicSettings
from injectmap.services.clinic import found
from injectmap.services.sessions import NewSyringes
from injectmap.storage.server_opening import create_server
from injectmap.system.clock import SystemClock
from injectmap.ui.desk import Desk
from injectmap.ui.main_window import MainWindow
from injectmap.ui.tasks import Tasks
from injectmap.ui.theme import Theme
from injectmap.ui.workspace import Workspace, build_panels
from tests import builders
from tests.support.server import Server
from tests.ui.fakes import FakePrompts


class Room:
    """One window of the program at the server."""

    def __init__(self, theme: Theme, folder: Path, address: str, workstation: str) -> None:
        self.window = MainWindow(theme)
        self.tasks = Tasks()
        self.desk = Desk(Opener(data_folder=folder), self.tasks, self.window.bridge, parent=self.window)
        *_, panels = build_panels(theme, self.desk)
        self.space = Workspace(self.window, self.desk, FakePrompts(), panels)
        self.window.chart.setHidden(True)
        self.window.show()
        self.desk.open_clinic(ServerAddress(address))

    @property
    def editor(self):
        return self.desk.editor

    def draw(self) -> None:
        order = max((one.order for one in self.editor.map.passes), default=0) + 1
        one = builders.cannula_pass(syringe_id=self.editor.syringes[0].id, order=order)
        self.editor.commit(builders.add(one))

    def close(self) -> None:
        self.window.bridge.set_editor(None)
        self.desk.close_clinic()
        self.tasks.close()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def fill(address: str) -> None:
    """A clinic with one patient and one session with two syringes."""
    database, clock = create_server(address, ClinicSettings("Harbour Clinic")), SystemClock()
    by = builders.practitioner(name="Dr Miriam Okafor")
    acting = Acting(by.id, frozenset(Role), "office")
    found(database, clock, ClinicSettings("Harbour Clinic"), [by], acting)
    from injectmap.services.patients import PatientService
    from injectmap.services.sessions import MapVersions, SessionService

    details = PatientDetails.checked(
        family_name="Vale", given_name="Ann", birth_date=dt.date(1968, 3, 14), today=dt.date(2026, 1, 5)
    )
    patient = PatientService(database, clock).create(acting, details)
    SessionService(database, clock, MapVersions(1, 1), "Europe/London").create(
        acting,
        patient_id=patient.id,
        practitioner_id=by.id,
        date=dt.date(2026, 1, 5),
        syringes=[NewSyringes(builders.product(), 2, "H26C118", dt.date(2027, 8, 31))],
    )
    database.close()


@pytest.fixture
def rooms(server: Server, qapp: QApplication, tmp_path: Path) -> Iterator[tuple[Room, Room]]:
    address = server.create("two_rooms")
    fill(address)
    theme = Theme()
    theme.apply(qapp)
    both = tuple(Room(theme, tmp_path / name, address, name) for name in ("one", "two"))
    for room in both:
        wait(lambda room=room: room.desk.has_clinic)
        room.desk.open_patient(room.desk.recent_patients()[0])
        wait(lambda room=room: room.space.extras.news._seen is not None)
    yield both
    for room in both:
        room.close()
    server.drop("two_rooms")


def wait(until: Callable[[], object], seconds: float = 20) -> float:
    """Let the program work until something is so; return how long it took."""
    begun = time.monotonic()
    while not until():
        assert time.monotonic() - begun < seconds, "waited in vain"
        QApplication.processEvents()
        time.sleep(0.005)
    return time.monotonic() - begun


def test_a_pass_drawn_in_one_room_appears_in_the_other_within_two_seconds(rooms) -> None:
    here, there = rooms
    took = []
    for count in (1, 2, 3):
        here.draw()
        took.append(wait(lambda count=count: len(there.editor.map.passes) == count))
    # Asked once a second: what is over that is the reading and the drawing.
    assert max(took) < 2.0, took
    assert there.editor.revision == here.editor.revision
    assert "The newer state is shown" in there.space.banner.text


def test_two_hands_on_one_session_overwrite_nothing(rooms) -> None:
    here, there = rooms
    for room in rooms:
        room.space.extras.news._timer.stop()
    here.draw()
    there.draw()
    wait(lambda: there.editor.failed is not None and len(there.editor.map.passes) == 1)
    assert there.editor.failed.error.code == "kept_on_newer_map"
    assert there.editor.map == here.editor.map
    there.desk.retry()
    assert there.editor.failed is None
    here.desk.reload_session()
    assert here.editor.map == there.editor.map
    assert len(here.editor.map.passes) == 2


def test_a_line_cut_in_the_middle_of_drawing_loses_nothing(rooms, server: Server) -> None:
    here, there = rooms
    here.draw()
    server.stop()
    try:
        here.draw()
        assert here.editor.failed is not None
        assert len(here.editor.map.passes) == 1
        wait(lambda: here.space.extras.news.lost)
        assert "connection" in here.space.banner.text
    finally:
        server.start()
    wait(lambda: here.editor.failed is None)
    assert len(here.editor.map.passes) == 2
    wait(lambda: len(there.editor.map.passes) == 2)
