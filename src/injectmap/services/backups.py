"""Backups of an open clinic: made when they are due, listed, compared with what is there, and restored."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from injectmap.domain.acting import Acting, Right
from injectmap.domain.backup_plan import FOLDER_LIMIT, OLD_MS, BackupPlan, Made, Place, is_due
from injectmap.domain.backups import (
    HOUR_MS,
    NO_CHOICE,
    Comparison,
    Head,
    RestoreChoice,
    Restored,
    mark_of,
    thin,
)
from injectmap.domain.errors import InjectmapError, InputRefused, StorageProblem
from injectmap.domain.journal import JournalKind
from injectmap.services.backup_ports import (
    BackupFolders,
    ClinicCopies,
    Found,
    KeepGoing,
    Listed,
    Outcome,
    Standing,
    State,
)
from injectmap.services.ports import Clock, Database
from injectmap.services.privacy_ports import HeldBackup

# What was signed is in a backup soon after.
SIGNED_MS = 30_000
_ROWS_LOOKED_AT = 500

# On closing, the window waits no longer than this.
CLOSING_S = 10.0


@dataclass(frozen=True, slots=True)
class KeptHere:
    """An open clinic file, and where its backups go."""

    database: Database
    clock: Clock
    copies: ClinicCopies
    folders: BackupFolders


class BackupService:
    """Keeps backups of one open clinic; a clinic on a server has none of ours.

    Automatic ones need no right: the program does them for everybody.
    """

    def __init__(self, here: KeptHere | None = None) -> None:
        """Work for an open clinic file; without it for a clinic on a server."""
        self._kept_here = here
        self._plan: BackupPlan | None = None

    # What is known

    @property
    def on_server(self) -> bool:
        """True if the clinic's server is backed up by who keeps it, not by this program."""
        return self._kept_here is None

    @property
    def path(self) -> Path:
        """Where the clinic file lies."""
        return self._here.copies.path

    def last_good(self) -> Made | None:
        """The newest backup that was opened and found whole."""
        good = None if self.on_server else self.plan().last_good
        return None if good is None else good[1]

    def standing(self) -> Standing:
        """What is always shown."""
        if self.on_server:
            return Standing(on_server=True)
        plan = self.plan()
        good, wrong = plan.last_good, next((one for one in plan.places if one.problem), None)
        last = None if good is None else good[1]
        # No backup is old as long as nothing was written since it.
        old = last is None or (
            self._here.clock.now_ms() - last.at_ms > OLD_MS and self._here.copies.head() != last.head
        )
        return Standing(
            last,
            "" if good is None else good[0].folder,
            old,
            "" if wrong is None else wrong.problem,
            "" if wrong is None else wrong.folder,
            damaged=self._here.database.damaged,
        )

    def plan(self) -> BackupPlan:
        """Where the backups go."""
        if self._plan is None:
            copies, folders = self._here.copies, self._here.folders
            self._plan = folders.plan(copies.clinic_id(), copies.path)
            self._look_again()
        return self._plan

    def due(self, *, after_ms: int = HOUR_MS) -> bool:
        """True if something was written since the last backup of some folder, and that is long enough ago.

        What was signed does not wait for the hour.
        """
        if self.on_server or self._here.database.read_only:
            return False
        self._look_again()
        head, now = self._here.copies.head(), self._here.clock.now_ms()
        return any(self._is_due(one, head, now, after_ms) for one in self.plan().places)

    def _is_due(self, place: Place, head: Head, now_ms: int, after_ms: int) -> bool:
        if is_due(place, head, now_ms, after_ms=after_ms):
            return True
        soon = min(after_ms, SIGNED_MS)
        return is_due(place, head, now_ms, after_ms=soon) and self._signed_since(place)

    def _signed_since(self, place: Place) -> bool:
        if place.last is None:
            return False
        with self._here.database.reading() as work:
            rows = work.journal.rows_after(place.last.head.number, limit=_ROWS_LOOKED_AT)
        return any(one.kind is JournalKind.SIGN for one in rows)

    def _look_again(self) -> None:
        """A backup that somebody took away is none."""
        for place in self.plan().places:
            if place.last is not None and self._here.folders.lost(place):
                self._keep(self.plan().with_place(replace(place, last=None)))

    def listed(self, acting: Acting) -> tuple[Listed, ...]:
        """Every backup of this clinic that is in reach, the latest first."""
        acting.require(Right.KEEP_SAFE)
        return tuple(self._listed())

    def missing(self) -> tuple[str, ...]:
        """Folders that are not here now, such as those of a disk that is not plugged in."""
        if self.on_server:
            return ()
        plan = self.plan()
        return tuple(one.folder for one in plan.places if not self._here.folders.ready(one, plan))

    def backups(self) -> tuple[HeldBackup, ...]:
        """Every copy in reach, the latest first: backups, and what updates and restores left beside the clinic file."""
        if self.on_server:
            return ()
        plan, folders = self.plan(), self._here.folders
        mark, clinic = mark_of(plan.clinic_id), self._here.copies.path
        found = {one.found.path: one.found for one in self._listed()}
        found |= {
            one.path: one for one in folders.found(Place(str(clinic.parent))) if one.backup.mark == mark
        }
        held = [
            HeldBackup(path.name, one.backup.at_ms, one.backup.row, str(path.parent))
            for path, one in found.items()
        ]
        held += [
            HeldBackup(path.name, at_ms, None, str(path.parent)) for path, at_ms in folders.put_aside(clinic)
        ]
        return tuple(sorted(held, key=lambda one: (one.at_ms, one.path), reverse=True))

    def _listed(self) -> list[Listed]:
        plan = self.plan()
        mark = mark_of(plan.clinic_id)
        lines = [
            Listed(found, _state(place, found))
            for place in plan.places
            for found in self._here.folders.found(place)
            if found.backup.mark == mark
        ]
        return sorted(lines, key=lambda one: one.found.backup, reverse=True)

    # Making

    def back_up_now(
        self, acting: Acting, keep_going: KeepGoing | None = None, *, to: Path | None = None
    ) -> tuple[Outcome, ...]:
        """Make one in every folder, due or not, or in a folder that is not one of the plan's."""
        acting.require(Right.KEEP_SAFE)
        if to is not None:
            place = self._here.folders.new_place(to)
            if self.plan().place(place.folder) is None:
                return (self._back_up_to(place, keep_going),)
            return self._back_up(
                [one for one in self.plan().places if one.folder == place.folder], keep_going
            )
        return self._back_up(self.plan().places, keep_going)

    def back_up_if_due(
        self, *, after_ms: int = HOUR_MS, limit_s: float | None = None, keep_going: KeepGoing | None = None
    ) -> tuple[Outcome, ...]:
        """Make one in every folder where it is due; what cannot be made now is tried again at the next occasion.

        A copy that takes longer than `limit_s` is given up: `backup_too_slow`.
        """
        if not self.due(after_ms=after_ms):
            return ()
        head, now = self._here.copies.head(), self._here.clock.now_ms()
        places = [one for one in self.plan().places if self._is_due(one, head, now, after_ms)]
        return self._back_up(places, _limited(keep_going, limit_s))

    def _back_up(
        self, places: tuple[Place, ...] | list[Place], keep_going: KeepGoing | None
    ) -> tuple[Outcome, ...]:
        outcomes = []
        for place in places:
            outcome = self._back_up_to(place, keep_going)
            outcomes.append(outcome)
            now = self._here.clock.now_ms()
            if outcome.made is not None:
                changed = replace(place, last=outcome.made, problem="", problem_ms=0)
            else:
                assert outcome.problem is not None
                changed = replace(place, problem=outcome.problem.code, problem_ms=now)
            self._keep(self.plan().with_place(changed))
            if outcome.made is not None:
                self._thin(changed)
        return tuple(outcomes)

    def _back_up_to(self, place: Place, keep_going: KeepGoing | None) -> Outcome:
        try:
            if not self._here.folders.ready(place, self.plan()):
                raise StorageProblem("backup_folder_missing", name=place.folder)
            made = self._here.copies.back_up(
                Path(place.folder), at_ms=self._here.clock.now_ms(), keep_going=keep_going
            )
            return Outcome(place.folder, made)
        except InjectmapError as problem:
            if problem.code == "file_damaged":
                self._here.database.mark_damaged()
            return Outcome(place.folder, problem=problem)

    def _thin(self, place: Place) -> None:
        found = self._here.folders.found(place)
        last = place.last.backup if place.last is not None else None
        for one in thin(
            (each.backup for each in found),
            mark=mark_of(self.plan().clinic_id),
            now_ms=self._here.clock.now_ms(),
            last_good=last,
        ):
            self._here.folders.remove(place, one)

    def _keep(self, plan: BackupPlan) -> None:
        self._plan = plan
        try:
            self._here.folders.keep(plan)
        except OSError:
            # Known in this run all the same; the next backup tries again.
            return

    # Folders

    def add_folder(self, acting: Acting, folder: Path) -> None:
        """Back up into one more folder."""
        acting.require(Right.KEEP_SAFE)
        plan, place = self.plan(), self._here.folders.new_place(folder)
        if plan.place(place.folder) is not None:
            raise InputRefused("backup_folder_known")
        if len(plan.places) >= FOLDER_LIMIT:
            raise InputRefused("backup_folders_full", limit=FOLDER_LIMIT)
        self._keep(plan.with_place(place))

    def remove_folder(self, acting: Acting, folder: str) -> None:
        """Back up into a folder no more; what lies in it stays."""
        acting.require(Right.KEEP_SAFE)
        plan = self.plan()
        if len(plan.places) <= 1:
            raise InputRefused("backup_folder_last")
        self._keep(plan.without(folder))

    # Checking and restoring

    def check(self, acting: Acting, backup: Path, keep_going: KeepGoing | None = None) -> Head:
        """Open a backup and recompute its whole chain; one that does not hold is remembered as damaged."""
        acting.require(Right.KEEP_SAFE)
        try:
            head = self._here.copies.check(backup, keep_going)
        except StorageProblem as problem:
            if problem.code in ("file_damaged", "backup_chain_broken", "file_not_ours"):
                self._mark_damaged(backup)
            raise
        return head

    def _mark_damaged(self, backup: Path) -> None:
        place = self.plan().place(str(backup.parent))
        if place is None or backup.name in place.damaged:
            return
        last = place.last if place.last is None or place.last.file != backup.name else None
        changed = replace(place, damaged=(*place.damaged, backup.name)[-1000:], last=last)
        self._keep(self.plan().with_place(changed))

    def compare(self, acting: Acting, backup: Path, choice: RestoreChoice = NO_CHOICE) -> Comparison:
        """What would change if a backup took the place of the clinic."""
        acting.require(Right.KEEP_SAFE)
        found = self._here.copies.compare(backup, choice)
        if self._here.database.damaged and not found.problem:
            # Both may say the same as far as the present one can be read: a restore changes something all the same.
            return replace(found, problem="file_damaged")
        return found

    def restore(self, acting: Acting, backup: Path, choice: RestoreChoice = NO_CHOICE) -> Restored:
        """Close the clinic and put a backup in its place; it has to be opened again afterwards."""
        acting.require(Right.KEEP_SAFE)
        copies = self._here.copies
        self._here.database.close()
        return copies.restore(backup, acting, at_ms=self._here.clock.now_ms(), choice=choice)

    @property
    def _here(self) -> KeptHere:
        if self._kept_here is None:
            raise InputRefused("backups_of_server")
        return self._kept_here


def _state(place: Place, found: Found) -> State:
    if found.path.name in place.damaged:
        return State.DAMAGED
    # Only what was opened and found whole ever bears such a name.
    return State.GOOD


def _limited(keep_going: KeepGoing | None, limit_s: float | None) -> KeepGoing | None:
    if limit_s is None:
        return keep_going
    until = time.monotonic() + limit_s

    def check() -> None:
        if keep_going is not None:
            keep_going()
        if time.monotonic() > until:
            raise StorageProblem("backup_too_slow")

    return check
