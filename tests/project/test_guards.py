"""The guards of the test run itself: each must fail a test that deserves it."""

import logging
import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], pytest.RunResult]:
    """Runs a test's source in a fresh pytest under the project's own guards."""
    pytester.makeconftest('pytest_plugins = ["tests.support.leaks", "tests.support.log_lines"]')
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))

    def run_source(source: str) -> pytest.RunResult:
        pytester.makepyfile(textwrap.dedent(source))
        without_qt = [] if "PySide6" in source else ["-p", "no:pytest-qt"]
        return pytester.runpytest_subprocess("-q", *without_qt)

    return run_source


def test_folders_are_the_tests_own(own_folders: Path) -> None:
    for folder in (
        Path.home(),
        *map(Path, (platformdirs.user_data_dir("x"), platformdirs.user_config_dir("x"))),
    ):
        assert folder.is_relative_to(own_folders)


def test_an_unexpected_log_line_fails(run: Callable[[str], pytest.RunResult]) -> None:
    result = run(
        """
        import logging
        def test_it():
            logging.getLogger("some").warning("the disk is full")
        """
    )
    result.stdout.fnmatch_lines(["*unexpected log lines:*", "*WARNING some: the disk is full*"])
    assert result.ret == 1


def test_an_expected_log_line_that_never_comes_fails(run: Callable[[str], pytest.RunResult]) -> None:
    result = run("def test_it(expect_log):\n    expect_log('the disk')\n")
    result.stdout.fnmatch_lines(["*expected log lines never came:*"])
    assert result.ret == 1


def test_an_expected_log_line_passes(expect_log: Callable[[str], None]) -> None:
    expect_log(r"disk is \w+")
    logging.getLogger("some").error("the disk is full")


def test_a_leaked_thread_fails(run: Callable[[str], pytest.RunResult]) -> None:
    result = run(
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, args=(4,), name="forgotten", daemon=True).start()
        """
    )
    result.stdout.fnmatch_lines(["*left behind by the test: thread forgotten*"])
    assert result.ret == 1


def test_a_leaked_widget_or_timer_fails(run: Callable[[str], pytest.RunResult]) -> None:
    pytest.importorskip("PySide6.QtWidgets")
    result = run(
        """
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QWidget
        kept = []
        def test_widget(qapp):
            kept.append(QWidget())
        def test_timer(qapp):
            timer = QTimer()
            timer.start(1000)
            kept.append(timer)
        def test_clean(qtbot):
            widget = QWidget()
            qtbot.addWidget(widget)
            timer = QTimer(widget)
            timer.start(1000)
        """
    )
    result.stdout.fnmatch_lines(
        ["*left behind by the test: widget QWidget*", "*left behind by the test: timer QTimer*"]
    )
    result.assert_outcomes(passed=3, errors=2)


@pytest.mark.skipif("without_qt" not in " ".join(sys.argv), reason="only in the run without Qt")
def test_qt_is_out_of_reach() -> None:
    with pytest.raises(ModuleNotFoundError, match="made unavailable"):
        import PySide6  # noqa: F401
