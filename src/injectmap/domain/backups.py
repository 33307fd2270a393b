"""Backups of a clinic as values: how they are named, which are kept as they age, and what a restore would change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

SUFFIX = ".injectmap"
HOUR_MS = 3_600_000
# How long every copy is kept, and how long one of each day, week and month.
HOURS, DAYS, WEEKS, MONTHS = 24, 14, 8, 24


class CopyKind(StrEnum):
    """Why a copy of a clinic was made."""

    BACKUP = "backup"
    # Made before a file is brought up to a new version of the program, and before a backup takes its place.
    BEFORE_UPGRADE = "before-upgrade"
    BEFORE_RESTORE = "before-restore"


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """One copy as its file name tells it: when, of which clinic, and the last row of its journal."""

    at_ms: int
    row: int
    # The end of the clinic's id: two clinics of one name may share a folder.
    mark: str
    kind: CopyKind = CopyKind.BACKUP
    clinic: str = ""

    @property
    def file_name(self) -> str:
        """The name of its file; times are UTC."""
        stamp = dt.datetime.fromtimestamp(self.at_ms // 1000, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
        return f"{self.clinic}.{self.kind.value}-{stamp}-r{self.row}-{self.mark}{SUFFIX}"


_NAME = re.compile(
    r"(?P<clinic>.+)\.(?P<kind>backup|before-upgrade|before-restore)-(?P<stamp>\d{8}T\d{6})Z"
    r"-r(?P<row>\d{1,15})-(?P<mark>[0-9a-f]{8})\.injectmap",
    re.ASCII | re.DOTALL,
)


def mark_of(clinic_id: str) -> str:
    """Return what stands for a clinic in the names of its backups."""
    return clinic_id.replace("-", "")[-8:]


def read_name(file_name: str) -> Backup | None:
    """Return what a file name tells; None if it is not that of a backup."""
    found = _NAME.fullmatch(file_name)
    if found is None:
        return None
    try:
        at = dt.datetime.strptime(found["stamp"], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return Backup(
        int(at.timestamp()) * 1000, int(found["row"]), found["mark"], CopyKind(found["kind"]), found["clinic"]
    )


_ASIDE = re.compile(r"\.before-restore-(\d{8}T\d{6})Z-damaged", re.ASCII)


def read_aside(file_name: str, clinic_file: str) -> int | None:
    """When a damaged clinic file was put aside under this name by a restore; None for any other name."""
    stem, dot, suffix = clinic_file.rpartition(".")
    stem, ending = (stem, dot + suffix) if stem else (clinic_file, "")
    if not (file_name.startswith(stem) and file_name.endswith(ending)):
        return None
    found = _ASIDE.fullmatch(file_name[len(stem) : len(file_name) - len(ending)])
    if found is None:
        return None
    try:
        at = dt.datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return int(at.timestamp()) * 1000


def _hour(at: dt.datetime) -> int:
    return int(at.timestamp()) // 3600


def _day(at: dt.datetime) -> int:
    return at.date().toordinal()


def _week(at: dt.datetime) -> int:
    return (at.date().toordinal() - 1) // 7


def _month(at: dt.datetime) -> int:
    return at.year * 12 + at.month


_STEPS: tuple[tuple[Callable[[dt.datetime], int], int], ...] = (
    (_day, DAYS),
    (_week, WEEKS),
    (_month, MONTHS),
)


def thin(
    backups: Iterable[Backup], *, mark: str, now_ms: int, last_good: Backup | None = None
) -> frozenset[Backup]:
    """Return the backups that may go: all of the latest hours stay, and the last one of each of the latest days, weeks and months.

    Never the newest or the last good one, never another clinic's, and never a copy that was made for another
    reason than keeping. A copy that is kept for its month is kept from the beginning, so it does not matter how
    often or when thinning is done.
    """
    own = [one for one in backups if one.mark == mark and one.kind is CopyKind.BACKUP]
    if not own:
        return frozenset()
    kept = {max(own)}
    if last_good is not None:
        kept.add(last_good)
    now = dt.datetime.fromtimestamp(now_ms // 1000, dt.UTC)
    # One made by hand a minute ago is wanted as much as the next: none of today's takes another's place.
    kept.update(
        one for one in own if _hour(now) - _hour(dt.datetime.fromtimestamp(one.at_ms // 1000, dt.UTC)) < HOURS
    )
    for step, limit in _STEPS:
        latest: dict[Hashable, Backup] = {}
        for one in own:
            at = dt.datetime.fromtimestamp(one.at_ms // 1000, dt.UTC)
            # What bears a time to come is kept: the clock may have been set back.
            if step(now) - step(at) < limit:
                latest[step(at)] = max(one, latest.get(step(at), one))
        kept.update(latest.values())
    return frozenset(own) - kept


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a journal."""

    number: int
    hash: str


class Chains(StrEnum):
    """How a backup's journal stands to the present one."""

    SAME = "same"
    # The backup's journal is how the present one begins.
    BEGINNING = "beginning"
    # The present journal is how the backup's begins: the file was put back to an earlier state.
    AHEAD = "ahead"
    # They part at some row, or belong to two clinics.
    OTHER = "other"
    UNKNOWN = "unknown"


# What is counted for a comparison.
COUNTED = ("patients", "sessions", "signed", "stock", "rows")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a clinic file holds, in counts; what could not be read is named and counts nothing."""

    clinic_id: str
    head: Head
    last_ms: int
    counts: dict[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What would change if a backup took the place of the present file."""

    backup: Contents
    present: Contents | None
    chains: Chains
    # Rows of the present journal that the backup does not have.
    rows_lost: int = 0
    lost_from_ms: int = 0
    lost_to_ms: int = 0
    # Record numbers as printed: there now and not in the backup; in both, and changed since.
    sessions_lost: tuple[str, ...] = ()
    sessions_changed: tuple[str, ...] = ()
    # Patients who were erased since and would be erased again.
    erased_again: int = 0
    # Why the present file could not be read at all; a code.
    problem: str = ""

    @property
    def same(self) -> bool:
        """True if a restore would change nothing."""
        return self.chains is Chains.SAME and not self.problem


@dataclass(frozen=True, slots=True)
class RestoreChoice:
    """What a person said beyond naming a backup: its key where it is not the clinic's, and that another clinic is meant."""

    backup_key: bytes | None = field(default=None, repr=False)
    # Only over a file that cannot be read, and never a plain one over an encrypted one.
    other_clinic: bool = False


NO_CHOICE = RestoreChoice()


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the file that was there lies now, and how many persons were erased again."""

    kept_aside: str
    erased_again: int
    head: Head
