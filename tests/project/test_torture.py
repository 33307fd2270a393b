"""The report of what takes hours: what was not run is null with a reason, what failed is said, parts add up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import torture


class FakePytest:
    """Ends as told, and notes the figures that it is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.code, self.output, self.figures = 0, "", dict[str, Any]()
        self.environments: list[dict[str, str]] = []
        monkeypatch.setattr(torture, "pytest_run", self.run)

    def run(self, _arguments: list[str], environment: dict[str, str]) -> tuple[int, str, dict[str, Any]]:
        self.environments.append(environment)
        return self.code, self.output, self.figures


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePytest:
    return FakePytest(monkeypatch)


def run(tmp_path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    report = tmp_path / "torture.json"
    code = torture.main([*arguments, "--report", str(report)])
    return code, json.loads(report.read_text("utf-8"))


def test_parts_that_were_not_run_are_null_with_a_reason(tmp_path: Path, fake: FakePytest) -> None:
    fake.figures = {"kills": 3, "lost_edits": 0, "edits_before_kills": 40}
    code, report = run(tmp_path, "--only", "kills", "--kills", "3")
    assert (code, report["kills"], report["lost_edits"]) == (0, 3, 0)
    assert fake.environments[0]["INJECTMAP_KILLS"] == "3"
    for part, keys in torture.KEYS.items():
        if part != "kills":
            assert report["not_done"][part]
            assert [report[key] for key in keys] == [None] * len(keys)
    assert report["more"]["kills"] == {"edits_before_kills": 40}
    assert {"commit", "started", "seconds", "failures"} <= report.keys()


def test_a_skipped_test_is_not_done_and_no_pass(tmp_path: Path, fake: FakePytest) -> None:
    fake.output = "SKIPPED [1] tests/faults/test_kill.py: needs xdotool\n1 skipped"
    code, report = run(tmp_path, "--only", "kills")
    assert code == 0
    assert report["kills"] is None
    assert "needs xdotool" in report["not_done"]["kills"]


def test_a_failure_is_said_and_ends_with_1_and_a_later_run_takes_it_back(
    tmp_path: Path, fake: FakePytest
) -> None:
    fake.code, fake.output = 1, "E   assert not {17}\nFAILED tests/faults/test_kill.py::test"
    fake.figures = {"kills": 200, "lost_edits": 1}
    code, report = run(tmp_path, "--only", "kills")
    assert code == 1
    assert report["lost_edits"] == 1
    assert "assert not {17}" in report["failures"][0]
    fake.code, fake.figures = 0, {"kills": 200, "lost_edits": 0}
    code, report = run(tmp_path, "--only", "kills")
    assert (code, report["failures"], report["lost_edits"]) == (0, [], 0)


def test_the_random_hand_goes_on_where_it_was_broken_off(tmp_path: Path, fake: FakePytest) -> None:
    _, report = run(tmp_path, "--only", "hand", "--sequences", "1500")
    assert report["state_machine"] == 1500
    assert [one["INJECTMAP_TORTURE"] for one in fake.environments] == ["1000", "500"]
    fake.environments.clear()
    _, report = run(tmp_path, "--only", "hand", "--sequences", "2000", "--resume")
    assert report["state_machine"] == 2000
    assert [one["INJECTMAP_TORTURE"] for one in fake.environments] == ["500"]


def test_other_parts_keep_their_figures(tmp_path: Path, fake: FakePytest) -> None:
    fake.figures = {"kills": 5, "lost_edits": 0}
    run(tmp_path, "--only", "kills")
    fake.figures = {"power_cuts": 7, "power_cuts_lost_edits": 0}
    _, report = run(tmp_path, "--only", "power_cuts")
    assert (report["kills"], report["power_cuts"]) == (5, 7)


def test_readers_are_fuzzed_one_by_one_and_one_that_fails_is_named(
    tmp_path: Path, fake: FakePytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torture.Run, "_parsers", lambda _self, _fuzzed: iter(["gs1", "hibc"]))
    fake.figures = {"gs1": 100}
    code, report = run(tmp_path, "--only", "fuzz", "--inputs", "100")
    assert report["fuzzed"] == {"gs1": 100}
    assert code == 1
    assert report["failures"] == ["fuzz: hibc noted no figure"]


@pytest.mark.parametrize(
    ("printed", "code", "figures"),
    [("a line before\n[7, 7]", 0, (7, 7)), ("[7, 6]", 1, (7, 6)), ("ImportError: no", 0, (None, None))],
)
def test_tampers_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, code: int, figures: tuple[int | None, ...]
) -> None:
    monkeypatch.setattr(torture, "python_run", lambda _script: (0, printed))
    ended, report = run(tmp_path, "--only", "tampers")
    assert (ended, (report["tampers"], report["tampers_found"])) == (code, figures)
    assert ("tampers" in report["not_done"]) is (figures[0] is None)
