"""Long work off the window's thread: one worker, results back on the window's thread, a word when it takes long."""

from __future__ import annotations

import gc
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from injectmap.domain.errors import InjectmapError

SHOW_AFTER_MS = 500

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The clinician called the work off; nothing is reported."""


@dataclass
class Task:
    """One piece of work; `check` is called by the work where it may stop."""

    work: Callable[[Task], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    owner: QObject
    label: str
    quiet: bool
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the work to stop; its result, should it still come, is dropped."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """True once the work was called off."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise Cancelled if the work was called off."""
        if self._cancelled.is_set():
            raise Cancelled


class Tasks(QObject):
    """Runs work one after the other in one thread; callbacks run on the window's thread or, if the owner is gone, not at all.

    `slow` names work that has taken longer than half a second, and is empty when it is over. The worker lets go of a
    task before it reports it: what only the task still holds, such as a widget, is taken apart on the window's thread.
    """

    slow = Signal(str)
    _over = Signal()

    def __init__(self, executor: Executor | None = None, parent: QObject | None = None) -> None:
        """Take an executor of the tests' own, or make the one worker thread at first use."""
        super().__init__(parent)
        self._executor = executor
        self._running: list[Task] = []
        self._results: deque[tuple[Task, Any, Exception | None]] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._say)
        self._over.connect(self._deliver, Qt.ConnectionType.AutoConnection)

    @property
    def busy(self) -> bool:
        """True while work is under way or waiting."""
        return bool(self._running)

    def run(
        self,
        work: Callable[[Task], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        owner: QObject,
        label: str = "",
        quiet: bool = False,
    ) -> Task:
        """Start work. `quiet` holds the garbage collector off, for work that imports much (it would stop the window)."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="injectmap-work")
        task = Task(work, done, failed, owner, label, quiet)
        self._running.append(task)
        if not self._timer.isActive():
            self._timer.start(SHOW_AFTER_MS)
        self._executor.submit(self._work, [task])
        return task

    @property
    def quiet(self) -> bool:
        """True while work is under way that wants the garbage collector held off."""
        return any(task.quiet for task in self._running)

    def cancel_all(self) -> None:
        """Call off everything under way."""
        for task in self._running:
            task.cancel()

    def close(self) -> None:
        """Call off what is under way and let the worker end."""
        self._timer.stop()
        self.cancel_all()
        if self._executor is not None:
            self._executor.shutdown(wait=True)
            self._executor = None

    def _work(self, waiting: list[Task]) -> None:
        """Run in the worker, which empties the list: the executor keeps its arguments for longer."""
        task = waiting.pop()
        result: Any = None
        error: Exception | None = None
        try:
            task.check()
            result = task.work(task)
        except Exception as caught:  # noqa: BLE001  every fault is handed to the window's thread, which sorts them
            error = caught
        self._results.append((task, result, error))
        del task, result, error
        self._over.emit()

    def _deliver(self) -> None:
        task, result, error = self._results.popleft()
        self._running.remove(task)
        if task.quiet:
            # What was imported stays for good: the collector need not walk it again.
            gc.freeze()
        if not self._running:
            self._timer.stop()
            self.slow.emit("")
        if task.cancelled or isinstance(error, Cancelled) or not shiboken6.isValid(task.owner):
            return
        if error is None:
            task.done(result)
            return
        if not isinstance(error, InjectmapError | OSError):
            _log.error("work failed: %s", type(error).__name__)
        task.failed(error)

    def _say(self) -> None:
        if self._running:
            self.slow.emit(self._running[0].label)
