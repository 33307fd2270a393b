"""Whatever is given to a reader of outside data, it reads it or says that it cannot: no crash, no hang, no flood.

1,000 inputs each in every run of the tests, INJECTMAP_FUZZ=N for another number; INJECTMAP_FUZZ_FROM=N begins at
the N-th, which is how a failure is played again.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.parsers import DOCUMENTED, PARSERS, Parser, seeded

INPUTS = int(os.environ.get("INJECTMAP_FUZZ", "1000"))
FIRST = int(os.environ.get("INJECTMAP_FUZZ_FROM", "0"))
FIGURES = os.environ.get("INJECTMAP_FUZZ_FIGURES")


class Hang(BaseException):
    """An input that takes too long; no reader's `except Exception` may swallow it."""


@contextlib.contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Stop Python code that runs on; what hangs in a library is found by the clock after it, or by its caller's."""

    def stop(*_: object) -> None:
        raise Hang

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def most_memory_mib() -> float:
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_one(parser: Parser, given: object, folder: Path) -> bool:
    """True if it was read, False if it was refused as documented; anything else is raised."""
    # Work counts, not the clock: a machine that is busy elsewhere is no hang.
    started = time.process_time()
    try:
        with no_longer_than(10 * parser.seconds):
            parser.read(given, folder)
        return True
    except (*DOCUMENTED, *parser.errors):
        return False
    finally:
        if time.process_time() - started > parser.seconds:
            raise Hang


@pytest.mark.slow
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_every_input_is_read_or_refused(parser: Parser, tmp_path: Path) -> None:
    count = max(1, round(INPUTS * parser.share))
    before, read = most_memory_mib(), 0
    for number in range(FIRST, FIRST + count):
        given = parser.make(seeded(parser.name, number))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read += read_one(parser, given, tmp_path)
        except (Exception, Hang) as wrong:  # noqa: BLE001 - told with what led to it
            pytest.fail(
                f"{parser.name} input {number}: {type(wrong).__name__}: {str(wrong)[:200]}; {str(given)[:1500]!r}"
            )
    assert most_memory_mib() - before < parser.grown_mib
    # Else every input is refused at the first letter, and nothing is tried.
    assert read > 0 or count < 500
    if FIGURES:
        file = Path(FIGURES)
        known = json.loads(file.read_text("utf-8")) if file.exists() else {}
        file.write_text(json.dumps(known | {parser.name: count}), "utf-8")


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_same_seed_makes_the_same_input(parser: Parser) -> None:
    assert [parser.make(seeded(parser.name, n)) for n in range(20)] == [
        parser.make(seeded(parser.name, n)) for n in range(20)
    ]


def test_a_reader_that_hangs_or_breaks_is_found(tmp_path: Path) -> None:
    def spin(_given: object, _folder: Path) -> None:
        while True:
            pass

    def broken(_given: object, _folder: Path) -> None:
        raise KeyError("ring")

    with pytest.raises(Hang):
        read_one(Parser("spins", lambda _rng: "", spin, seconds=0.05), "", tmp_path)
    with pytest.raises(KeyError):
        read_one(Parser("breaks", lambda _rng: "", broken), "", tmp_path)
