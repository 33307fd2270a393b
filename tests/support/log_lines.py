"""A log line of WARNING or above fails the test, unless the test said that it expects it."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest

_LEVEL = logging.WARNING


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=_LEVEL)
        self.records: list[logging.LogRecord] = []
        self.expected: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def unexpected(self) -> list[str]:
        return [
            f"{record.levelname} {record.name}: {record.getMessage()}"
            for record in self.records
            if not any(pattern.search(record.getMessage()) for pattern in self.expected)
        ]

    def missing(self) -> list[str]:
        messages = [record.getMessage() for record in self.records]
        return [p.pattern for p in self.expected if not any(p.search(message) for message in messages)]


@pytest.fixture(autouse=True)
def _no_unexpected_log_lines() -> Iterator[_Recorder]:
    recorder = _Recorder()
    root = logging.getLogger()
    root.addHandler(recorder)
    yield recorder
    root.removeHandler(recorder)
    unexpected, missing = recorder.unexpected(), recorder.missing()
    if unexpected:
        pytest.fail("unexpected log lines:\n  " + "\n  ".join(unexpected), pytrace=False)
    if missing:
        pytest.fail("expected log lines never came:\n  " + "\n  ".join(missing), pytrace=False)


@pytest.fixture
def expect_log(_no_unexpected_log_lines: _Recorder) -> Callable[[str], None]:
    """`expect_log(r"regex")`: this test must log, at WARNING or above, a line that matches."""
    return lambda pattern: _no_unexpected_log_lines.expected.append(re.compile(pattern))
