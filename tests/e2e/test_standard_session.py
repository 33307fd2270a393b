"""The standard session in a real window, from opening the patient to signed, within its price."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.runner import GOALS
from benchmarks.standard_session import LOT, prepare
from injectmap.bootstrap import Opener
from injectmap.domain.record import RecordState
from tests.e2e.test_main_job import play
from tests.support.virtual_screen import virtual_screen

pytestmark = [pytest.mark.x11, pytest.mark.slow]


def goal(name: str) -> float:
    return next(one.goal for one in GOALS if one.name == name)


def test_a_standard_session_takes_less_than_a_minute_and_forty_operations(tmp_path: Path) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool")
    services = Opener(data_folder=tmp_path).demo()
    prepare(services)
    services.close()
    with virtual_screen() as display:
        play("standard_session_priced", tmp_path, display)
    seconds, operations = json.loads((tmp_path / "price.json").read_text("utf-8"))
    assert seconds <= goal("standard_session_seconds")
    assert operations <= goal("standard_session_operations")
    services = Opener(data_folder=tmp_path).demo()
    try:
        found = services.patients.search(services.acting, "vasterholm")[0]
        latest = services.sessions.of_patient(services.acting, found.id)[0]
        assert (latest.state, latest.pass_count, latest.microlitres) == (RecordState.SIGNED, 16, 1980)
        assert services.signing.verify_version(latest.id, 1)
        # Two of the ten units on the shelf were taken by the signature.
        units = {one.item.lot: one.item.count for one in services.stock.lines(services.acting)}
        assert units[LOT] == 8
    finally:
        services.close()
