"""Asks whether a locked dependency has a known vulnerability; says it loudly where that could not be found out.

Three ends: vulnerabilities found (fails), none found, or NOT DONE. An answer counts only if it was shown that
vulnerability data was reached: an old release that is known to be vulnerable is asked about first, and every locked
dependency has to have been looked at. Writes build/audit.json.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
REPORT = ROOT / "build" / "audit.json"
IGNORED = ROOT / "tools" / "audit_ignored.toml"
SECONDS = 120
# What was ignored half a year ago is looked at again.
DAYS = 183
# Known to be vulnerable since 2021 (CVE-2021-25287 and others): where this is not told, nothing would be.
CANARY = "pillow==8.0.0"

FOUND, CLEAN, NOT_DONE = "vulnerable", "clean", "not_done"
Run = Callable[[Sequence[str]], "Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What pip-audit gave back; `code` is None if it did not end in time or could not be started."""

    code: int | None
    output: str = ""
    errors: str = ""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A known vulnerability of a locked dependency."""

    package: str
    version: str
    id: str
    fixed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the audit ended; `reason` says why it was not done."""

    outcome: str
    reason: str = ""
    vulnerabilities: tuple[Vulnerability, ...] = ()
    ignored: tuple[str, ...] = ()
    looked_at: int = 0


class WrongListError(Exception):
    """The list of what is ignored lacks something."""


def ignored_ids(text: str, today: dt.date) -> tuple[str, ...]:
    """The ids of an ignore list that still count: each needs a reason and a date, and holds for half a year."""
    found = []
    for entry in tomllib.loads(text).get("ignored", []):
        if not isinstance(entry.get("id"), str) or not str(entry.get("reason", "")).strip():
            raise WrongListError(f"{entry.get('id', 'an entry')}: id and reason are needed")
        if type(entry.get("date")) is not dt.date:
            raise WrongListError(f"{entry['id']}: a date is needed")
        if dt.timedelta() <= today - entry["date"] <= dt.timedelta(days=DAYS):
            found.append(entry["id"])
    return tuple(found)


def pip_audit(arguments: Sequence[str]) -> Answer:
    """Run pip-audit of this environment."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        "10",
    ]
    try:
        done = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        return Answer(None, errors=f"no answer within {SECONDS} seconds")
    except OSError as wrong:
        return Answer(None, errors=f"pip-audit could not be started ({type(wrong).__name__})")
    return Answer(done.returncode, done.stdout, done.stderr)


def _dependencies(answer: Answer) -> list[dict[str, Any]]:
    """The dependencies of an answer; empty for anything but pip-audit's own form."""
    try:
        listed = json.loads(answer.output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return []
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _vulnerabilities(dependencies: Sequence[dict[str, Any]]) -> list[Vulnerability]:
    return [
        Vulnerability(one["name"], one["version"], each["id"], tuple(each.get("fix_versions", ())))
        for one in dependencies
        for each in one.get("vulns", ())
    ]


def _last_line(answer: Answer) -> str:
    lines = [line.strip() for line in answer.errors.splitlines() if line.strip()]
    # Addresses of services are nobody's concern in a report.
    return (
        " ".join("..." if "://" in word or "host=" in word else word for word in lines[-1].split())
        if lines
        else ""
    )


def audit(run: Run, *, ignored: Sequence[str] = (), lock: Path = LOCK, canary: Path) -> Outcome:
    """Audit a lock; `canary` is a file to write the known vulnerable release into."""
    canary.parent.mkdir(parents=True, exist_ok=True)
    canary.write_text(f"{CANARY}\n", "utf-8")
    asked = run(["--no-deps", "--disable-pip", "-r", str(canary)])
    if not _vulnerabilities(_dependencies(asked)):
        why = _last_line(asked) if asked.code not in (0, 1) or not asked.output.strip() else ""
        return Outcome(NOT_DONE, "no vulnerability data was reached" + (f": {why}" if why else ""))
    options = [part for one in ignored for part in ("--ignore-vuln", one)]
    answer = run(["--require-hashes", "--disable-pip", "-r", str(lock), *options])
    dependencies = _dependencies(answer)
    found = tuple(_vulnerabilities(dependencies))
    looked_at = sum("skip_reason" not in one for one in dependencies)
    if found:
        return Outcome(FOUND, "", found, tuple(ignored), looked_at)
    if skipped := [str(one.get("name")) for one in dependencies if "skip_reason" in one]:
        return Outcome(NOT_DONE, f"not looked at: {', '.join(skipped)}", (), tuple(ignored), looked_at)
    if answer.code != 0 or not looked_at:
        return Outcome(NOT_DONE, _last_line(answer) or f"pip-audit ended with {answer.code}")
    return Outcome(CLEAN, "", (), tuple(ignored), looked_at)


def sentence(outcome: Outcome) -> str:
    """What is said in the terminal."""
    if outcome.outcome == NOT_DONE:
        return f"DEPENDENCY AUDIT NOT DONE: {outcome.reason}. Nothing is known about the locked dependencies."
    kept = f" (ignored, with reasons: {', '.join(outcome.ignored)})" if outcome.ignored else ""
    if outcome.outcome == CLEAN:
        return f"Dependency audit: no known vulnerability in requirements.lock{kept}."
    lines = [
        f"  {one.package} {one.version}: {one.id}"
        + (f", fixed in {', '.join(one.fixed_in)}" if one.fixed_in else "")
        for one in outcome.vulnerabilities
    ]
    return "\n".join([f"Dependency audit: {len(lines)} known vulnerabilities{kept}:", *lines])


def write(outcome: Outcome, report: Path, at: dt.datetime) -> None:
    """Write the report."""
    report.parent.mkdir(parents=True, exist_ok=True)
    whole = {"at": at.isoformat(timespec="seconds"), **asdict(outcome)}
    report.write_text(json.dumps(whole, indent=2) + "\n", "utf-8")


def main(run: Run = pip_audit, *, report: Path = REPORT, ignore_file: Path = IGNORED) -> int:
    """Audit, say it, write it; 1 for vulnerabilities or a wrong ignore list, 0 otherwise."""
    now = dt.datetime.now(dt.UTC)
    try:
        ignored = ignored_ids(ignore_file.read_text("utf-8"), now.date())
    except (WrongListError, ValueError) as wrong:
        print(f"tools/audit_ignored.toml is wrong: {wrong}")
        return 1
    outcome = audit(run, ignored=ignored, canary=report.parent / "audit-canary.txt")
    write(outcome, report, now)
    print(sentence(outcome))
    return 1 if outcome.outcome == FOUND else 0


if __name__ == "__main__":
    sys.exit(main())
