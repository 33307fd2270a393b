"""Printing: a treatment record from the open session to the bytes of its PDF."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import typst

from benchmarks import samples
from benchmarks.runner import Effort, Part, in_turn
from injectmap.atlas import load_atlas
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.output.pdf import RecordWriter
from injectmap.words import load_words

_PASSES = 20
_PRINTED_AT = samples.FixedClock().now_ms()


def record_pdf(effort: Effort) -> list[Part]:
    """Ours: `RecordWriter.pdf`. Floor: typst on the page that it would have compiled, pictures and data ready.

    Each compilation has a session of its own, so that neither side finds the other's work in typst's memory.
    """
    writer, clinic = RecordWriter(load_atlas, load_words()), ClinicSettings("Bench", demo=True)
    count = effort.rounds + 1
    ours, floor = _sessions(count, seed=1), _sessions(count, seed=1 + count)
    pages = iter([_page(writer, clinic, opened) for opened in floor])

    def write() -> bytes:
        return writer.pdf(next(ours), clinic, printed_at_ms=_PRINTED_AT)

    def compile_page() -> Any:
        arguments, options = next(pages)
        return typst.compile(*arguments, **options)

    once = Effort(effort.rounds)
    return [in_turn(write, compile_page, once, clock=time.process_time)]


def _sessions(count: int, *, seed: int) -> Iterator[OpenSession]:
    from dataclasses import replace

    base = samples.open_session(load_atlas(), 1)
    syringes = [syringe.id for syringe in base.syringes]
    for number in range(seed, seed + count):
        drawn = samples.passes(load_atlas(), _PASSES, syringes, seed=number)
        yield replace(base, map=TreatmentMap(drawn))


def _page(writer: RecordWriter, clinic: ClinicSettings, opened: OpenSession) -> tuple[tuple, dict[str, Any]]:
    """Return what the writer hands to typst for a session."""
    with patch("typst.compile", return_value=b"") as compiler:
        writer.pdf(opened, clinic, printed_at_ms=_PRINTED_AT)
    return compiler.call_args.args, compiler.call_args.kwargs
