"""The dependency audit: what is said where vulnerabilities are found, where none are, and where nothing was reached."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools import audit
from tools.audit import Answer

TODAY = dt.date(2026, 11, 22)
KNOWN = {"name": "pillow", "version": "8.0.0", "vulns": [{"id": "CVE-2021-25287", "fix_versions": ["8.2.0"]}]}
CLEAN = {"name": "alembic", "version": "1.20.1", "vulns": []}
BAD = {"name": "numpy", "version": "2.4.6", "vulns": [{"id": "GHSA-x", "fix_versions": ["2.4.7"]}]}
SKIPPED = {"name": "typst", "skip_reason": "Dependency not found"}


def answer(*dependencies: dict[str, Any], code: int = 0, errors: str = "") -> Answer:
    return Answer(code, json.dumps({"dependencies": dependencies}), errors)


class FakePipAudit:
    """Answers first for the release known to be vulnerable, then for the lock."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Answer:
        self.asked.append(arguments)
        return self.answers.pop(0)


Ask = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def run(*answers: Answer, ignored: str = "") -> tuple[int, dict[str, Any], str]:
        listed = tmp_path / "ignored.toml"
        listed.write_text(ignored, "utf-8")
        code = audit.main(FakePipAudit(*answers), report=tmp_path / "audit.json", ignore_file=listed)
        return code, json.loads((tmp_path / "audit.json").read_text("utf-8")), capsys.readouterr().out

    return run


def test_vulnerabilities_fail_and_are_listed(ask: Ask) -> None:
    code, report, said = ask(answer(KNOWN, code=1), answer(CLEAN, BAD, SKIPPED, code=1))
    assert code == 1
    assert report["outcome"] == "vulnerable"
    assert "numpy 2.4.6: GHSA-x, fixed in 2.4.7" in said


def test_none_found_passes(ask: Ask) -> None:
    code, report, said = ask(answer(KNOWN, code=1), answer(CLEAN))
    assert (code, report["outcome"]) == (0, "clean")
    assert "no known vulnerability" in said


@pytest.mark.parametrize(
    "answers",
    [
        # pip-audit says "No known vulnerabilities found" and ends with 0 where it looked at nothing at all.
        [answer(SKIPPED, errors="No known vulnerabilities found")],
        # An index that knows the release but gives no vulnerabilities with it.
        [answer(KNOWN | {"vulns": []})],
        [Answer(None, errors="no answer within 120 seconds")],
        [Answer(1, "", "ERROR: connection refused")],
        [Answer(1, "nothing that could be read", "")],
        # One dependency of the lock that was not looked at.
        [answer(KNOWN, code=1), answer(CLEAN, SKIPPED)],
        [answer(KNOWN, code=1), Answer(None, errors="no answer within 120 seconds")],
        [answer(KNOWN, code=1), Answer(1, "", "ERROR: gone")],
        [answer(KNOWN, code=1), Answer(0, "{}", "")],
        [answer(KNOWN, code=1), Answer(0, "", "No known vulnerabilities found")],
    ],
)
def test_an_audit_that_reached_nothing_is_not_done_and_never_passed(ask: Ask, answers: list[Answer]) -> None:
    code, report, said = ask(*answers)
    assert code == 0
    assert report["outcome"] == "not_done"
    assert report["reason"]
    assert said.startswith("DEPENDENCY AUDIT NOT DONE: ")
    assert "no known vulnerability in" not in said


def test_no_address_of_a_service_is_reported(ask: Ask) -> None:
    _, report, said = ask(Answer(1, "", "ERROR: cannot reach https://somewhere/x host='somewhere'"))
    assert "somewhere" not in said
    assert "somewhere" not in report["reason"]


def test_what_is_ignored_has_a_reason_and_a_date_and_holds_for_half_a_year() -> None:
    entry = '[[ignored]]\nid = "GHSA-x"\nreason = "not used"\ndate = {}\n'
    assert audit.ignored_ids(entry.format("2026-10-01"), TODAY) == ("GHSA-x",)
    assert audit.ignored_ids(entry.format("2026-03-01"), TODAY) == ()
    for wrong in (
        entry.format('"soon"'),
        entry.replace("not used", " ").format("2026-10-01"),
        '[[ignored]]\nid = "x"\n',
    ):
        with pytest.raises(audit.WrongListError):
            audit.ignored_ids(wrong, TODAY)


def test_the_projects_own_list_is_in_form() -> None:
    audit.ignored_ids(audit.IGNORED.read_text("utf-8"), TODAY)


def test_what_is_ignored_is_handed_on(tmp_path: Path) -> None:
    run = FakePipAudit(answer(KNOWN, code=1), answer(CLEAN))
    audit.audit(run, ignored=["GHSA-x"], canary=tmp_path / "canary.txt")
    assert list(run.asked[1])[-2:] == ["--ignore-vuln", "GHSA-x"]
    assert "--require-hashes" in run.asked[1]
