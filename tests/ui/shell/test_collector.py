"""Python's garbage collector works in the window's thread alone, and the worker lets go of what it was given."""

import gc
import os
import subprocess
import sys
import textwrap
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer

from injectmap.ui.collector import Collector
from injectmap.ui.tasks import Tasks

ROOT = Path(__file__).parents[3]


class Knot:
    """Rubbish that only the collector can take away, and which tells in which thread that happened."""

    threads: list[threading.Thread]

    def __init__(self, threads: list[threading.Thread]) -> None:
        self.threads, self.itself = threads, self

    def __del__(self) -> None:
        self.threads.append(threading.current_thread())


@pytest.fixture
def collector(qapp):
    one = Collector()
    yield one
    one.close()


@pytest.fixture
def tasks(qapp):
    one = Tasks()
    yield one
    one.close()


def test_while_it_lives_python_does_not_collect_by_itself_and_afterwards_it_does(qapp):
    assert gc.isenabled()
    one = Collector()
    assert not gc.isenabled()
    one.close()
    assert gc.isenabled()


def test_what_becomes_rubbish_in_the_worker_is_taken_away_on_the_windows_thread(collector, tasks, qtbot):
    threads: list[threading.Thread] = []

    def work(_task):
        for _ in range(5000):
            Knot(threads)

    tasks.run(work, done=lambda _: None, failed=pytest.fail, owner=collector)
    qtbot.waitUntil(lambda: not tasks.busy)
    assert not threads
    qtbot.waitUntil(lambda: len(threads) == 5000, timeout=5000)
    assert set(threads) == {threading.main_thread()}


def test_it_collects_what_is_due_and_no_more(collector):
    gc.collect()
    assert collector.collect_due() is None
    kept = [[] for _ in range(gc.get_threshold()[0] + 50)]
    assert collector.collect_due() == 0
    assert collector.collect_due() is None
    for _ in range(gc.get_threshold()[1] + 1):
        gc.collect(0)
    assert collector.collect_due() == 1
    assert kept


@pytest.mark.parametrize("hindrance", ["work that imports much", "a dialog's own loop"])
def test_it_waits(qapp, monkeypatch, hindrance):
    monkeypatch.setattr("injectmap.ui.collector.EVERY_MS", 20)
    collector = Collector(busy=lambda: hindrance == "work that imports much")
    try:
        asked: list[int] = []
        monkeypatch.setattr(collector, "collect_due", lambda: asked.append(1))
        loops = [QEventLoop(), QEventLoop()]
        if hindrance == "a dialog's own loop":
            QTimer.singleShot(0, loops[1].exec)
            QTimer.singleShot(150, loops[1].quit)
            QTimer.singleShot(149, loops[0].quit)
        else:
            QTimer.singleShot(150, loops[0].quit)
        loops[0].exec()
        assert not asked
    finally:
        collector.close()


def test_the_worker_keeps_nothing_of_a_task_that_is_over(tasks, qtbot):
    class Owner(QObject):
        pass

    owner = Owner()
    gone = weakref.ref(owner)
    threads: list[threading.Thread] = []
    weakref.finalize(owner, lambda: threads.append(threading.current_thread()))
    may_end = threading.Event()

    def work(_task, owner=owner):
        may_end.wait(5)

    tasks.run(work, done=lambda _: None, failed=pytest.fail, owner=owner)
    del owner, work
    may_end.set()
    qtbot.waitUntil(lambda: gone() is None)
    assert threads == [threading.main_thread()]


STRESS = """
import gc, os, sys, threading, time
from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from injectmap.ui.collector import Collector
from injectmap.ui.tasks import Tasks

class Row(QWidget):
    pressed = Signal(object)
    def __init__(self, page):
        super().__init__()
        self.page, self.itself = page, self
        self.button, self.field = QPushButton("x", self), QLineEdit(self)
        self.button.clicked.connect(self.on)
        self.field.textChanged.connect(self.on)
    def on(self, *_):
        self.pressed.emit(self)

class Page(QWidget):
    def __init__(self):
        super().__init__()
        layout = QVBoxLayout(self)
        self.rows = [Row(self) for _ in range(4)]
        for row in self.rows:
            layout.addWidget(row)
            row.pressed.connect(self.took)
    def took(self, row):
        pass

def work(task):
    while time.monotonic() < until:
        knots = []
        for _ in range(400):
            knot = []
            knot.append(knot)
            knots.append(knot)
        time.sleep(0.0005)

gc.set_threshold(300, 0, 2000)
app = QApplication([])
collector = Collector() if sys.argv[1] == "collector" else None
tasks = Tasks()
until = time.monotonic() + float(sys.argv[2])
tasks.run(work, done=print, failed=print, owner=app)
count = 0
while time.monotonic() < until:
    count += 1
    page = Page()
    page.rows[0].button.click()
    page.rows[1].field.setText("a")
    if count % 2:
        page.deleteLater()
    del page
    app.processEvents()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if collector is not None:
        collector.collect_due()
tasks.close()
print("rounds", count, flush=True)
os._exit(0)
"""


# Seconds; `make torture` takes its time.
STRESS_S = 300 if "INJECTMAP_TORTURE" in os.environ else 4


@pytest.mark.slow
def test_pages_come_and_go_while_the_worker_makes_rubbish():
    """Without a Collector (any other word than "collector") the script breaks off within a second or two."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(STRESS), "collector", str(STRESS_S)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60 + STRESS_S,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) > 100
