"""What backups need from storage and from this computer, and how they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from injectmap.domain.acting import Acting
from injectmap.domain.backup_plan import BackupPlan, Made, Place
from injectmap.domain.backups import NO_CHOICE, Backup, Comparison, Head, RestoreChoice, Restored
from injectmap.domain.errors import InjectmapError

# Called now and then in long work; raises to stop it.
KeepGoing = Callable[[], None]


class ClinicCopies(Protocol):
    """Copies of one clinic file, which may be open."""

    @property
    def path(self) -> Path:
        """Where the clinic file lies."""
        ...

    def clinic_id(self) -> str:
        """The id the clinic was made with."""
        ...

    def head(self) -> Head:
        """The last row of the journal."""
        ...

    def back_up(self, folder: Path, *, at_ms: int, keep_going: KeepGoing | None) -> Made:
        """Write a verified copy; StorageProblem if none can be made, and then nothing half is left."""
        ...

    def check(self, backup: Path, keep_going: KeepGoing | None) -> Head:
        """Open a backup and recompute its whole chain; StorageProblem if it does not hold."""
        ...

    def compare(self, backup: Path, choice: RestoreChoice = NO_CHOICE) -> Comparison:
        """What a restore would change; StorageProblem if the backup is not whole, or not one of this clinic."""
        ...

    def restore(
        self, backup: Path, acting: Acting, *, at_ms: int, choice: RestoreChoice = NO_CHOICE
    ) -> Restored:
        """Put a backup in the place of the file, which nobody may have open."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A backup that lies in a folder."""

    path: Path
    backup: Backup
    size: int


class BackupFolders(Protocol):
    """The folders for backups on this computer, and the plan kept here."""

    def plan(self, clinic_id: str, path: Path) -> BackupPlan:
        """The plan of a clinic; without one, a folder beside its file."""
        ...

    def keep(self, plan: BackupPlan) -> None:
        """Keep a plan; OSError where that cannot be."""
        ...

    def new_place(self, folder: Path) -> Place:
        """A folder chosen now, with its disk; StorageProblem `backup_folder_missing` or `backup_folder_read_only`."""
        ...

    def ready(self, place: Place, plan: BackupPlan) -> bool:
        """True if the folder is there on its own disk; the one beside the clinic is made."""
        ...

    def found(self, place: Place) -> tuple[Found, ...]:
        """What lies in a folder, the latest first; nothing if it is not there."""
        ...

    def put_aside(self, clinic: Path) -> tuple[tuple[Path, int], ...]:
        """Damaged files that restores left beside a clinic file, with when; what is in them cannot be told."""
        ...

    def lost(self, place: Place) -> bool:
        """True if the folder is there and its last backup is not in it any more."""
        ...

    def remove(self, place: Place, backup: Backup) -> None:
        """Take a backup away, with its keys."""
        ...


class State(StrEnum):
    """What is known of a backup in the list."""

    # Opened and checked when it was written.
    GOOD = "good"
    # Found damaged when it was opened again.
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    found: Found
    state: State


@dataclass(frozen=True, slots=True)
class Standing:
    """What is always shown: the last good backup, whether it is old, and what is wrong with which folder."""

    last: Made | None = None
    folder: str = ""
    old: bool = False
    problem: str = ""
    problem_folder: str = ""
    on_server: bool = False
    # The clinic's file itself is damaged: it is only read, and no backup is made of it.
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one folder: the backup, or the code of what was wrong and its blanks."""

    folder: str
    made: Made | None = None
    problem: InjectmapError | None = None
