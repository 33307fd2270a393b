"""No log, trace or crash report holds a name, a birth date, a telephone number or a note, whatever went wrong."""

import dataclasses
import gc
import logging
import re
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, qWarning
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from injectmap.bootstrap import Opener
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.privacy import ErasureReason
from injectmap.domain.settings import ClinicSettings
from injectmap.services.clinic import Services
from injectmap.services.demo_clinic import PATIENTS
from injectmap.storage.opening import create_clinic
from injectmap.system.logs import LOG_NAME, ProgramLog
from injectmap.ui import faults
from injectmap.ui.desk import Desk
from injectmap.ui.main_window import MainWindow
from injectmap.ui.tasks import Tasks
from injectmap.ui.workspace import Workspace, build_panels
from tests.ui.fakes import FakePrompts, InlineExecutor

NOTE = "zyxnote she asked that her employer be told nothing"


def private_words() -> set[str]:
    """Each name and part of one, each birth date in all usual writings, each telephone number, and the note."""
    found = {NOTE, "zyxnote"}
    for one in PATIENTS:
        found |= {one.family_name, one.given_name, *re.split(r"[ -]", f"{one.family_name} {one.given_name}")}
        found |= {one.born.isoformat(), f"{one.born:%d.%m.%Y}", f"{one.born.day} {one.born:%b %Y}"}
        found |= {repr(one.born)}
        found |= {one.telephone, one.telephone.replace(" ", "")} if one.telephone else set()
    return {word for word in found if len(word) > 2}


PRIVATE = private_words()


LOOKED_FOR = re.compile(
    "|".join(
        sorted(
            {rf"\b{re.escape(form.casefold())}\b" for word in PRIVATE for form in (word, ascii(word)[1:-1])}
        )
    )
)


def leaks(folder: Path) -> list[tuple[str, str]]:
    """The private words in any file below a folder, in any letter case, plain or escaped."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace").casefold()
            found += [(path.name, word) for word in LOOKED_FOR.findall(text)]
    return found


@dataclasses.dataclass
class Whole:
    space: Workspace
    desk: Desk
    services: Services
    logs: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    Opener(data_folder=folder).demo().close()
    return folder / "demo.injectmap"


@pytest.fixture
def whole(qtbot, qapp, theme, made: Path, tmp_path: Path) -> Iterator[Whole]:
    """The window's parts over the demo clinic, with the log and the hooks of a real run."""
    (tmp_path / "demo.injectmap").write_bytes(made.read_bytes())
    opener = Opener(data_folder=tmp_path)
    assert not opener.open_log()
    tasks = Tasks(InlineExecutor())
    window = MainWindow(theme)
    qtbot.addWidget(window)
    desk = Desk(opener, tasks, window.bridge, parent=window)
    *_, panels = build_panels(theme, desk)
    space = Workspace(window, desk, FakePrompts(), panels)
    window.chart.setHidden(True)
    desk.open_demo()
    faults.install(space)
    # The report's own window has a test elsewhere; here it would only be in the way.
    sys.excepthook._reporting = True  # type: ignore[attr-defined]
    yield Whole(space, desk, desk.services, tmp_path / "logs")
    faults.uninstall()
    desk.bridge.set_editor(None)
    window.close()
    tasks.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    opener.close_log()


def test_the_words_looked_for_are_those_of_the_clinic(whole: Whole, made: Path):
    content = made.read_bytes().decode("utf-8", "replace")
    assert len(PRIVATE) > 30
    assert all(one.family_name in content and one.born.isoformat() in content for one in PATIENTS)


def test_a_leak_would_be_found(whole: Whole, expect_log: Callable[[str], None]):
    expect_log("Vasterholm")
    logging.getLogger("injectmap.test").warning("could not save %s", "Vasterholm, Elin")
    assert (LOG_NAME, "vasterholm") in leaks(whole.logs)


def hook(error: Exception) -> None:
    try:
        raise error
    except Exception:  # noqa: BLE001
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def persons(whole: Whole) -> list[Any]:
    """All patients, so that they stand in the frames' locals when something fails."""
    return [whole.services.patients.search(whole.services.acting, one.family_name)[0] for one in PATIENTS]


def test_faults_of_the_program_and_of_the_machine(whole: Whole, expect_log: Callable[[str], None]):
    expect_log("KeyError|ValueError|OSError")
    for patient in persons(whole):
        whole.desk.open_patient(patient)
        hook(KeyError(patient.display_name))
        hook(ValueError(f"{patient!r}: {NOTE}"))
        hook(StorageProblem("disk_full", name=f"{patient.family_name}.injectmap"))
        hook(Conflict("patient_has_changed"))
        hook(InputRefused("text_too_long", limit=3))
        hook(OSError(28, patient.display_name, f"/tmp/{patient.family_name}.pdf"))
    assert leaks(whole.logs) == []
    assert "KeyError" in (whole.logs / LOG_NAME).read_text("utf-8")


def test_faults_in_paint_events_forms_and_workers(whole: Whole, qtbot, expect_log: Callable[[str], None]):
    expect_log("RuntimeError|ZeroDivisionError|AttributeError|TypeError|work failed")
    patient = persons(whole)[-1]
    whole.desk.open_patient(patient)

    class Broken(QWidget):
        def paintEvent(self, event: object) -> None:
            name = patient.display_name
            raise RuntimeError(f"{name} {patient.birth_date} {patient.telephone}")

    broken = Broken()
    qtbot.addWidget(broken)
    try:
        broken.render(QImage(20, 20, QImage.Format.Format_ARGB32))
    except Exception as error:  # noqa: BLE001 - with an event loop it is the hook that takes it
        hook(error)
    column = whole.space.side.column
    column.search.setText(patient.family_name)
    column._start_edit()
    column.form.family.setText("")
    column.form.telephone.setText(patient.telephone * 9)
    column.form.accepted.emit(None)

    def work(_task: object) -> None:
        raise ZeroDivisionError(NOTE, patient.display_name)

    whole.desk.tasks.run(work, done=print, failed=hook, owner=broken, label=patient.family_name)
    assert leaks(whole.logs) == []


def test_faults_that_cannot_be_raised(whole: Whole, expect_log: Callable[[str], None], capfd: Any):
    expect_log("ignored:.*")
    expect_log("a thread ended:.*")
    patient = persons(whole)[0]

    class Loud:
        def __del__(self) -> None:
            raise ValueError(patient.display_name)

    one = Loud()
    seen = weakref.ref(one)
    del one
    gc.collect()
    assert seen() is None

    def end() -> None:
        raise ValueError(f"{patient.display_name} {NOTE}")

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
    assert leaks(whole.logs) == []
    # Nor on the terminal, which many desktops keep in a file.
    shown = "".join(capfd.readouterr())
    assert LOOKED_FOR.findall(shown.casefold()) == []


def test_what_libraries_and_qt_say(whole: Whole, qtbot, expect_log: Callable[[str], None]):
    expect_log("QPainter|qt|default")
    expect_log("line \\d+ of|no font for")
    patient = persons(whole)[0]
    for name in (
        "PIL.Image",
        "sqlalchemy.engine",
        "fontTools.subset",
        "matplotlib.text",
        "psycopg",
        "zxingcpp",
    ):
        logging.getLogger(name).warning("no font for %s (%s)", patient.display_name, NOTE)
    qWarning(f'QFile::open: cannot open "/home/x/{patient.family_name}.pdf"')
    qWarning(f"QString::arg: Argument missing: {patient.family_name}, {patient.given_name} born 1979-08-02")
    painter = QPainter()
    painter.drawRect(QRectF(0, 0, 1, 1))
    assert leaks(whole.logs) == []
    text = (whole.logs / LOG_NAME).read_text("utf-8")
    assert "QFile::open:" in text
    assert "WARNING PIL.Image: line" in text


def test_services_that_fail_in_the_middle(whole: Whole, expect_log: Callable[[str], None], monkeypatch: Any):
    expect_log("the file was not written anew")
    expect_log("service failed")
    services, acting = whole.services, whole.services.acting
    patient = persons(whole)[-1]
    details = services.patients.checked_details(
        today=services.sessions.today(),
        family_name=patient.family_name,
        given_name=patient.given_name,
        birth_date=patient.birth_date,
        telephone=patient.telephone,
    )
    log = logging.getLogger("injectmap.test")
    stale = dataclasses.replace(patient, revision=99)
    for call in (
        lambda: services.patients.update(acting, stale, details),
        lambda: services.patients.mark_error(acting, stale, NOTE),
        lambda: services.sessions.open(acting, patient.family_name),
        lambda: services.privacy.find(acting, patient.family_name),
        lambda: services.privacy.erase(
            acting, patient.id, number=patient.given_name, reason=ErasureReason.COURT_ORDER
        ),
        lambda: services.aftercare.plan(acting, patient.id, due=patient.birth_date, note=NOTE),
    ):
        try:
            call()
        except Exception:
            log.exception("service failed")
    with services.database.writing() as work:
        connection = work.patients._connection  # type: ignore[attr-defined]
        try:
            connection.exec_driver_sql(f"SELECT '{patient.family_name}' FROM nowhere")
        except Exception:
            log.exception("service failed", stack_info=True)

    def full() -> bool:
        raise StorageProblem("disk_full", name=patient.family_name)

    monkeypatch.setattr(services.database, "compact", full)
    services.privacy.erase(
        acting, patient.id, number=patient.number_text, reason=ErasureReason.PATIENTS_REQUEST
    )
    assert leaks(whole.logs) == []
    assert "OperationalError" in (whole.logs / LOG_NAME).read_text("utf-8")


def test_a_keyed_clinic_that_breaks(tmp_path: Path, expect_log: Callable[[str], None]):
    """A file damaged under the program, with the demo's people in it."""
    expect_log("damaged|closing the clinic file|failed")
    from injectmap.bootstrap.assembly import services_of
    from injectmap.bootstrap.demo import demo_filling
    from injectmap.domain.acting import Acting, Role
    from injectmap.services.clinic import found
    from injectmap.system.clock import SystemClock

    log = ProgramLog(tmp_path / "logs")
    settings, practitioners, _, clock = demo_filling(SystemClock())
    path = tmp_path / "Vasterholm.injectmap"
    database = create_clinic(path, ClinicSettings(settings.name), key=bytes(range(32)))
    acting = Acting(practitioners[0].id, frozenset(Role), "room-1")
    found(database, clock, settings, practitioners, acting)
    services = services_of(database, clock, tmp_path)
    for one in PATIENTS:
        details = services.patients.checked_details(
            today=clock.today("Europe/London"),
            family_name=one.family_name,
            given_name=one.given_name,
            birth_date=one.born,
            telephone=one.telephone,
        )
        services.patients.create(acting, details)
    services.close()
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content), 512):
        content[at] ^= 0xFF
    path.write_bytes(content)
    logger = logging.getLogger("injectmap.test")
    try:
        from injectmap.storage.opening import open_clinic

        broken = open_clinic(path, key=bytes(range(32)))
        with broken.reading() as work:
            work.patients.search("Vasterholm", limit=3)
    except StorageProblem:
        logger.exception("opening failed")
    log.close()
    assert leaks(tmp_path / "logs") == []
    assert "file_damaged" in (tmp_path / "logs" / LOG_NAME).read_text("utf-8")


CRASH = """
import ctypes, sys
from pathlib import Path
from injectmap.system.logs import ProgramLog
log = ProgramLog(Path(sys.argv[1]))
def in_sign(name, telephone, note="zyxnote"):
    copies = [name, telephone, note] * 9
    ctypes.string_at(0)
in_sign("Vasterholm, Elin", "+46 00 000 04 17")
"""


def test_a_crash_trace_holds_places_alone(tmp_path: Path, expect_log: Callable[[str], None]):
    expect_log("the program broke off")
    script = tmp_path / "crash.py"
    script.write_text(CRASH)
    ended = subprocess.run(
        [sys.executable, script, tmp_path / "logs"], capture_output=True, timeout=60, check=False
    )
    assert ended.returncode != 0
    assert b"in_sign" in b"".join(path.read_bytes() for path in (tmp_path / "logs").iterdir())
    log = ProgramLog(tmp_path / "logs")
    assert log.broke_off
    log.close()
    assert leaks(tmp_path / "logs") == []
