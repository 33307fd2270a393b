"""The system asks the real window to end, as at a logout: nothing is lost and nothing is left lying."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.faults.clinic import NAME, make_clinic, verified
from tests.faults.test_kill import Program
from tests.support.virtual_screen import virtual_screen

pytestmark = [
    pytest.mark.slow,
    pytest.mark.x11,
    pytest.mark.skipif(sys.platform != "linux", reason="an X server and signals"),
]


@pytest.mark.parametrize("when", ["row", "painted"])
def test_a_window_that_is_asked_to_end_closes_as_for_a_person(tmp_path: Path, when: str) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool")
    make_clinic(tmp_path / NAME)
    with virtual_screen() as display:
        program = Program(tmp_path, display, 1, 99)
        assert program.wait_for(when, 3 if when == "row" else 1), (tmp_path / "stderr.txt").read_text()
        program.ask_to_end()
        program.ask_to_end()
        # Not by the signal; the hand that draws says that it was not done.
        assert program.end() == 1
    assert (tmp_path / "stderr.txt").read_text().strip() == "the script did not end"
    assert "ended 0" in program.lines
    assert "closing" not in program.lines
    beside = {one.name for one in tmp_path.iterdir() if one.name.startswith(NAME)}
    assert beside == {NAME}, "neither its lock nor its log is left"
    if when == "row":
        assert list(tmp_path.glob("*backups/*.injectmap")), "what was written is backed up"
    verified(tmp_path / NAME, program.stored)
