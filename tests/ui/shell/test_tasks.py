import gc
import threading

import pytest
from PySide6.QtCore import QObject

from injectmap.domain.errors import StorageProblem
from injectmap.ui.tasks import Tasks
from tests.ui.fakes import InlineExecutor


class Owner(QObject):
    def __init__(self):
        super().__init__()
        self.results, self.errors, self.threads = [], [], []

    def done(self, result):
        self.results.append(result)
        self.threads.append(threading.current_thread())

    def failed(self, error):
        self.errors.append(error)


@pytest.fixture
def tasks(qapp):
    one = Tasks()
    yield one
    one.close()


@pytest.fixture
def owner(qapp):
    return Owner()


def start(tasks, owner, work, **options):
    return tasks.run(work, done=owner.done, failed=owner.failed, owner=owner, **options)


def test_work_runs_elsewhere_and_is_reported_on_the_windows_thread(tasks, owner, qtbot):
    start(tasks, owner, lambda task: threading.current_thread())
    qtbot.waitUntil(lambda: bool(owner.results))
    assert owner.results[0] is not threading.main_thread()
    assert owner.threads == [threading.main_thread()]


def test_a_refusal_is_handed_over_and_not_logged(tasks, owner, qtbot):
    def work(task):
        raise StorageProblem("disk_full")

    start(tasks, owner, work)
    qtbot.waitUntil(lambda: bool(owner.errors))
    assert owner.errors[0].code == "disk_full"


def test_a_fault_is_logged_by_its_kind_alone(tasks, owner, qtbot, expect_log):
    expect_log(r"^work failed: ValueError$")

    def work(task):
        raise ValueError("Vasterholm, Elin")

    start(tasks, owner, work)
    qtbot.waitUntil(lambda: bool(owner.errors))


def test_cancelled_work_reports_nothing(tasks, owner, qtbot):
    going, stop = threading.Event(), threading.Event()

    def work(task):
        going.set()
        stop.wait(5)
        task.check()
        return 1

    task = start(tasks, owner, work)
    assert going.wait(5)
    task.cancel()
    stop.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert not owner.results
    assert not owner.errors


def test_a_receiver_that_is_gone_is_not_called(tasks, qtbot):
    stop = threading.Event()
    owner = Owner()
    called = []
    tasks.run(lambda task: stop.wait(5), done=called.append, failed=called.append, owner=owner)
    import shiboken6

    shiboken6.delete(owner)
    stop.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert not called


def test_only_work_that_takes_long_is_named(tasks, owner, qtbot):
    stop = threading.Event()
    said = []
    tasks.slow.connect(said.append)
    start(tasks, owner, lambda task: None, label="quick")
    qtbot.waitUntil(lambda: not tasks.busy)
    assert said == [""]
    start(tasks, owner, lambda task: stop.wait(5), label="Preparing the record")
    qtbot.waitUntil(lambda: said[-1] == "Preparing the record", timeout=3000)
    stop.set()
    qtbot.waitUntil(lambda: said[-1] == "")


def test_quiet_work_is_known_while_it_lasts_and_what_it_brought_stays(tasks, owner, qtbot):
    start(tasks, owner, lambda task: 1, quiet=True)
    assert tasks.quiet
    qtbot.waitUntil(lambda: bool(owner.results))
    assert not tasks.quiet
    assert gc.get_freeze_count()
    gc.unfreeze()


def test_inline_work_is_done_at_once(owner):
    tasks = Tasks(InlineExecutor())
    start(tasks, owner, lambda task: 7)
    assert owner.results == [7]
    tasks.close()
