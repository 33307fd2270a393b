"""What is said of backups: when the last one was made, and what is wrong with a folder."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from injectmap.domain.backup_plan import Place
from injectmap.domain.errors import InjectmapError, StorageProblem
from injectmap.services.backup_ports import Outcome, Standing
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# A disk that is away is no fault: it is said calmly, and tried again.
CALM = ("backup_folder_missing", "backup_too_slow")


def moment_text(at_ms: int, zone: str) -> str:
    """An instant in the clinic's zone: 22 Nov 2026, 14:05."""
    at = dt.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return f"{show_date(at.date())}, {at:%H:%M}"


def days_ago(at_ms: int, now_ms: int, zone: str) -> int:
    """How many midnights of the clinic ago; a time to come counts as today."""
    then, now = (dt.datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).date() for ms in (at_ms, now_ms))
    return max(0, (now - then).days)


def last_text(standing: Standing, now_ms: int, zone: str) -> str:
    """What the footer says."""
    words = load_words()
    if standing.on_server:
        return words("backup.server")
    if standing.damaged:
        return words("backup.last.damaged")
    if standing.last is None:
        return words("backup.last.none")
    days = days_ago(standing.last.at_ms, now_ms, zone)
    time = f"{dt.datetime.fromtimestamp(standing.last.at_ms / 1000, ZoneInfo(zone)):%H:%M}"
    if days == 0:
        return words("backup.last.today", time=time)
    return words("backup.last.yesterday", time=time) if days == 1 else words("backup.last.days", days=days)


def standing_text(standing: Standing, zone: str) -> str:
    """The whole of it, for the tooltip and the card."""
    words = load_words()
    if standing.on_server:
        return words("backup.server.text")
    if standing.last is None:
        lines = [words("backup.last.none")]
    else:
        time = moment_text(standing.last.at_ms, zone)
        lines = [words("backup.last.where", time=time, folder=standing.folder)]
        if standing.old:
            lines.append(words("backup.last.old"))
    if standing.damaged:
        lines.insert(0, words("backup.damaged"))
    return "\n".join(lines)


def place_text(place: Place, now_ms: int, zone: str) -> str:
    """What is known of a folder: its last backup, and what was wrong at the last attempt."""
    words = load_words()
    if place.problem == "backup_folder_missing":
        if place.last is None:
            return words("backup.missing.never", folder=place.folder)
        days = days_ago(place.last.at_ms, now_ms, zone)
        key = {0: "today", 1: "day"}.get(days, "days")
        return words(f"backup.missing.{key}", folder=place.folder, days=days)
    last = words("backup.folder.never")
    if place.last is not None:
        last = words("backup.folder.last", time=moment_text(place.last.at_ms, zone))
    if not place.problem:
        return f"{place.folder} · {last}"
    key = f"backup.folder.{place.problem}"
    wrong = words(key if words.has(key) else "backup.folder.other")
    return f"{place.folder} · {last} · {wrong}"


def outcome_text(outcomes: tuple[Outcome, ...]) -> tuple[str, bool]:
    """What was done in each folder, and whether anything is wrong beyond a disk that is away."""
    said = [_problem_text(one.problem) for one in outcomes if one.problem is not None]
    if made := [one.folder for one in outcomes if one.made is not None]:
        said.insert(0, load_words()("backup.made", folder=", ".join(made)))
    wrong = any(one.problem is not None and one.problem.code not in CALM for one in outcomes)
    return " ".join(said), not wrong


def _problem_text(problem: InjectmapError) -> str:
    # It is open: that it was not opened would be wrong.
    return error_sentence(StorageProblem("backup_of_damaged") if problem.code == "file_damaged" else problem)
