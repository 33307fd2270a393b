"""A thread, top-level widget or running timer that outlives its test fails it."""

import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

_PATIENCE_SECONDS = 2.0
# Qt keeps one tool-tip window and lets it go when it pleases.
_QTS_OWN = {"QTipLabel"}

# Timers started so far from Python, held weakly; filled once Qt is in use.
_started_timers: "weakref.WeakSet[Any]" = weakref.WeakSet()


def _qt(module: str) -> Any:
    """A Qt module if some test already uses it: the checks themselves must not import Qt."""
    return sys.modules.get(f"PySide6.{module}")


def _watch_timers() -> None:
    core = _qt("QtCore")
    if core is None or getattr(core.QTimer.start, "_watched", False):
        return
    original = core.QTimer.start

    def start(timer: Any, *arguments: Any) -> None:
        _started_timers.add(timer)
        original(timer, *arguments)

    start._watched = True
    core.QTimer.start = start


def _application() -> Any:
    widgets = _qt("QtWidgets")
    return widgets.QApplication.instance() if widgets is not None else None


def _deliver_deletions() -> None:
    core = _qt("QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        # processEvents alone leaves objects alive whose deletion was asked for outside an event loop.
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        core.QCoreApplication.processEvents()


def _top_level_widgets() -> list[Any]:
    application = _application()
    if application is None:
        return []
    return [w for w in application.topLevelWidgets() if w.metaObject().className() not in _QTS_OWN]


def _running_timers() -> list[Any]:
    if not _started_timers:
        return []
    from shiboken6 import isValid

    return [timer for timer in list(_started_timers) if isValid(timer) and timer.isActive()]


def _threads() -> set[threading.Thread]:
    # Python 3.11 never forgets a thread that Qt made and Python code ran in; Qt's own are looked at below.
    return {t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)}


def _qt_workers_busy() -> bool:
    core = _qt("QtCore")
    return core is not None and core.QThreadPool.globalInstance().activeThreadCount() > 0


def _describe(thing: Any) -> str:
    name = thing.objectName()
    return f"{thing.metaObject().className()}{f' {name!r}' if name else ''}"


def _wait_until_empty(left_over: Callable[[], list[Any]]) -> list[Any]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (left := left_over()) and time.monotonic() < deadline:
        _deliver_deletions()
        time.sleep(0.005)
    return left


@pytest.fixture(autouse=True)
def _no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    _watch_timers()
    threads = _threads()
    # Kept as objects: an id could be given again to a new widget.
    widgets, timers = _top_level_widgets(), _running_timers()
    yield
    _deliver_deletions()
    left = _wait_until_empty(lambda: [f"thread {t.name}" for t in _threads() - threads])
    left += _wait_until_empty(
        lambda: [
            f"widget {_describe(w)}" for w in _top_level_widgets() if all(w is not old for old in widgets)
        ]
    )
    left += [f"timer {_describe(t)}" for t in _running_timers() if all(t is not old for old in timers)]
    if _qt_workers_busy() and _wait_until_empty(lambda: [1] if _qt_workers_busy() else []):
        left.append("a task in Qt's thread pool")
    if left:
        pytest.fail("left behind by the test: " + ", ".join(left), pytrace=False)
