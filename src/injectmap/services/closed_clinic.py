"""A clinic that nobody has open, perhaps because it is damaged or gone: its backups, and restoring one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from injectmap.domain.acting import Acting
from injectmap.domain.backup_plan import BackupPlan, Place
from injectmap.domain.backups import NO_CHOICE, Comparison, CopyKind, RestoreChoice, Restored, mark_of
from injectmap.services.backup_ports import BackupFolders, ClinicCopies, Found
from injectmap.services.ports import Clock


class KeptPlans(BackupFolders, Protocol):
    """Plans, found by where the clinic's file lay."""

    def plan_at(self, path: Path) -> BackupPlan | None:
        """The plan of the clinic whose file was last here."""
        ...

    def beside(self, path: Path) -> Place:
        """The folder beside a clinic file."""
        ...


class ClosedClinic:
    """Nobody can sign in to a clinic that does not open: who has its key may restore it.

    `copies` is called when a backup is compared or restored, and asks for the key then.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        plans: KeptPlans,
        copies: Callable[[Path], ClinicCopies],
        workstation: str,
    ) -> None:
        """Name the file; nothing is opened."""
        self.path, self._clock, self._plans, self._copies = path, clock, plans, copies
        self._workstation = workstation

    def backups(self) -> tuple[Found, ...]:
        """The backups in reach, the latest first; those found damaged are left out."""
        plan = self._plans.plan_at(self.path)
        places = (self._plans.beside(self.path),) if plan is None else plan.places
        mark = None if plan is None else mark_of(plan.clinic_id)
        found = [
            one
            for place in places
            for one in self._plans.found(place)
            if one.backup.kind is CopyKind.BACKUP
            and one.path.name not in place.damaged
            and (one.backup.mark == mark if mark else one.backup.clinic == self.path.stem)
        ]
        return tuple(sorted(found, key=lambda one: one.backup, reverse=True))

    def last_good(self) -> Found | None:
        """The newest of them."""
        return next(iter(self.backups()), None)

    def compare(self, backup: Path, choice: RestoreChoice = NO_CHOICE) -> Comparison:
        """What would change; what cannot be read of the present file is named."""
        return self._copies(backup).compare(backup, choice)

    def restore(self, backup: Path, choice: RestoreChoice = NO_CHOICE) -> Restored:
        """Put a backup in the place of the file."""
        nobody = Acting("", frozenset(), self._workstation)
        return self._copies(backup).restore(backup, nobody, at_ms=self._clock.now_ms(), choice=choice)
