"""The program starts in its order: the head first, then the panels, then the clinic; a fault never ends it."""

import json
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import Unlock
from injectmap.ui import faults
from injectmap.ui.app import Starter, first_window
from injectmap.words import load_words
from tests.key_fakes import PASSPHRASE
from tests.ui.fakes import FakeOpener

NOT_BEFORE_THE_FIRST_PAINT = [
    "sqlalchemy",
    "alembic",
    "numpy",
    "matplotlib",
    "shapely",
    "typst",
    "PIL",
    "argon2",
    "cryptography",
    "keyring",
    "injectmap.atlas",
    "injectmap.editing",
    "injectmap.chart",
    "injectmap.storage",
    "injectmap.services.clinic",
    "injectmap.ui.workspace",
]


def test_nothing_heavy_is_imported_before_the_first_paint():
    program = textwrap.dedent(f"""
        import json, sys
        from PySide6.QtWidgets import QApplication
        from injectmap.ui.app import first_window
        from injectmap.ui.canvas.head_view import HeadView

        painted = HeadView.paintEvent
        def paint(view, event):
            painted(view, event)
            print(json.dumps([m for m in {NOT_BEFORE_THE_FIRST_PAINT!r} if m in sys.modules]))
            application.quit()
        HeadView.paintEvent = paint
        application = QApplication([])
        window = first_window(application)
        window.show()
        application.exec()
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0]) == []


@pytest.fixture
def started(qtbot, qapp):
    made = []

    def start(opener, what, **options):
        window = first_window(qapp)
        starter = Starter(qapp, window, opener, what, **options)
        made.append((window, starter))
        window.show()
        qtbot.waitUntil(lambda: starter.workspace is not None, timeout=10_000)
        return starter.workspace

    yield start
    for window, starter in made:
        starter.workspace.desk.bridge.set_editor(None)
        window.close()
        starter.end()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_demonstration_is_opened_after_the_window(started, qtbot):
    opener = FakeOpener()
    elin = opener.put_patient(family_name="Vasterholm", given_name="Elin")
    opener.put_session(elin)
    workspace = started(opener, "demo")
    qtbot.waitUntil(lambda: workspace.desk.editor is not None, timeout=10_000)
    assert workspace.side.column.header.name.full_text() == "Vasterholm, Elin"


def test_without_a_clinic_the_start_screen_comes(started):
    workspace = started(FakeOpener(), None)
    assert workspace.extras.start.isVisible()


def test_a_clinic_that_fails_at_once_is_explained(started, qtbot):
    opener = FakeOpener()
    opener.refusals[Path("gone.injectmap")] = StorageProblem("file_missing", name="gone.injectmap")
    workspace = started(opener, Path("gone.injectmap"))
    qtbot.waitUntil(lambda: "gone.injectmap" in workspace.extras.start.problem, timeout=10_000)
    assert workspace.extras.start.isVisible()


def test_a_locked_clinic_named_at_the_start_asks_for_its_passphrase(started, qtbot):
    opener, path = FakeOpener(), Path("/clinics/Quay.injectmap")
    opener.keys.lock(path)
    workspace = started(opener, path)
    qtbot.waitUntil(lambda: workspace.extras.start.unlock_page.isVisible(), timeout=10_000)
    page = workspace.extras.start.unlock_page
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    qtbot.waitUntil(lambda: workspace.desk.has_clinic, timeout=10_000)


def test_what_a_key_file_holds_opens_a_clinic_named_at_the_start_away_from_the_window(started, qtbot):
    opener, path, threads = FakeOpener(), Path("/clinics/Quay.injectmap"), []
    opener.keys.lock(path)
    unseal = opener.keys.sealer.unseal

    def noting(*arguments):
        threads.append(threading.current_thread())
        return unseal(*arguments)

    opener.keys.sealer.unseal = noting
    workspace = started(opener, path, unlock=Unlock(passphrase=PASSPHRASE))
    qtbot.waitUntil(lambda: workspace.desk.has_clinic, timeout=10_000)
    assert threads
    assert threading.main_thread() not in threads


def caught(error):
    try:
        raise error
    except type(error) as one:
        return type(one), one, one.__traceback__


def test_a_refusal_no_one_caught_becomes_a_sentence(shell):
    faults.FaultHook(shell.space)(*caught(StorageProblem("disk_full")))
    assert "The disk is full" in shell.space.banner.text


def test_a_fault_is_reported_in_plain_text_without_what_was_typed(shell, expect_log):
    from injectmap.ui.fault_dialog import FaultDialog

    expect_log("ValueError")
    hook = faults.FaultHook(shell.space)
    fault = caught(ValueError("Vasterholm, Elin <b>secret</b>"))
    hook(*fault)
    hook(*fault)
    dialogs = shell.window.findChildren(FaultDialog)
    assert len(dialogs) == 1
    report = dialogs[0].report.toPlainText()
    assert "ValueError" in report
    assert "test_start.py" in report
    assert "caught" in report
    assert "Vasterholm" not in report
    dialogs[0].accept()
    hook(*fault)
    open_now = [one for one in shell.window.findChildren(FaultDialog) if one.isVisible()]
    assert len(open_now) == 1
    open_now[0].accept()


def test_module_level_frames_survive_in_the_report(shell):
    try:
        exec(compile("1 / 0", "<module>", "exec"), {})
    except ZeroDivisionError as error:
        report = faults.fault_report(type(error), error.__traceback__)
    assert "<module>:1 <module>" in report


def test_a_clinic_opened_too_late_for_its_window_is_released(qtbot, qapp):
    from injectmap.ui.canvas.bridge import EditorBridge
    from injectmap.ui.desk import Desk
    from injectmap.ui.tasks import Tasks

    opener, going, go_on = FakeOpener(), threading.Event(), threading.Event()
    demo = opener.demo

    def slowly():
        going.set()
        go_on.wait(5)
        return demo()

    opener.demo = slowly
    tasks = Tasks()
    desk = Desk(opener, tasks, EditorBridge())
    desk.open_demo()
    assert going.wait(5)
    tasks.cancel_all()
    go_on.set()
    tasks.close()
    assert opener.database.closed
    assert not desk.has_clinic


@pytest.mark.parametrize("what", ["demo", None])
def test_after_a_run_that_broke_off_the_banner_says_so_until_it_is_put_away(started, qtbot, what):
    opener = FakeOpener()
    opener.put_session(opener.put_patient(family_name="Vasterholm", given_name="Elin"))
    opener.broke_off = True
    workspace = started(opener, what)
    if what == "demo":
        qtbot.waitUntil(lambda: workspace.desk.editor is not None, timeout=10_000)
    assert workspace.banner.text == load_words()("log.ended_unexpectedly")
    workspace.banner.put_away()
    workspace.desk.open_demo()
    qtbot.waitUntil(lambda: workspace.desk.has_clinic and not workspace.desk.tasks.busy, timeout=10_000)
    assert workspace.banner.text == "", "it is said once"


def test_what_broke_off_is_still_said_after_signing_in_and_once(started, qtbot):
    from injectmap.domain.accounts import Account
    from injectmap.domain.acting import Acting, Role

    opener, said = FakeOpener(), load_words()("log.ended_unexpectedly")
    opener.broke_off = True
    state = opener.database.state
    who = state.practitioners[0]
    state.accounts[who.id] = Account(who.id, frozenset({Role.PRACTITIONER}), True, "plain:correct horse")
    opener.acting = Acting("", frozenset(), "room-1")
    path = Path("/clinics/Quay.injectmap")
    opener.keys.lock(path)
    workspace = started(opener, path)
    start = workspace.extras.start
    qtbot.waitUntil(lambda: start.unlock_page.isVisible(), timeout=10_000)
    start.unlock_page.passphrase.setText(PASSPHRASE)
    start.unlock_page.submit()
    lock = workspace.extras.lock
    qtbot.waitUntil(lambda: lock.covers, timeout=10_000)
    lock.page.password.setText("correct horse")
    lock.page.submit()
    qtbot.waitUntil(lambda: workspace.desk.has_clinic, timeout=10_000)
    assert workspace.banner.isVisible()
    assert workspace.banner.text == said
    workspace.banner.put_away()
    assert not workspace.banner.text
    workspace.desk.clinic_changed.emit()
    assert not workspace.banner.text
