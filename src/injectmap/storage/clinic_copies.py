"""Backups of one open clinic file, as the services ask for them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from injectmap.domain.acting import Acting
from injectmap.domain.backup_plan import Made
from injectmap.domain.backups import NO_CHOICE, Comparison, Head, RestoreChoice, Restored
from injectmap.storage.backups import back_up
from injectmap.storage.comparing import compare
from injectmap.storage.copies import (
    KeepGoing,
    Pace,
    Source,
    clinic_id_of,
    core,
    head_of,
    opened,
    prove,
    resting,
)
from injectmap.storage.engine import Mode
from injectmap.storage.restoring import Restoring, known_erased, restore
from injectmap.storage.right_place import check_clinic, check_kind, key_for, key_of_backup


class ClinicCopies:
    """Works on connections of its own; the one that writes is not held up."""

    def __init__(self, source: Source) -> None:
        """Name the file and its key."""
        self._source = source
        self._clinic_id = ""

    @property
    def path(self) -> Path:
        """Where the clinic file lies."""
        return self._source.path

    def clinic_id(self) -> str:
        """The id the clinic was made with."""
        if not self._clinic_id:
            with self._open() as raw, core(raw, self.path) as connection:
                self._clinic_id = clinic_id_of(connection)
        return self._clinic_id

    def head(self) -> Head:
        """The last row of the journal."""
        with self._open() as raw, core(raw, self.path) as connection:
            return head_of(connection)

    def back_up(self, folder: Path, *, at_ms: int, keep_going: KeepGoing | None) -> Made:
        """Write a verified copy."""
        return back_up(self._source, folder, at_ms=at_ms, keep_going=keep_going)

    def check(self, backup: Path, keep_going: KeepGoing | None) -> Head:
        """Open a backup and recompute its whole chain."""
        key = key_of_backup(backup, self._source.key, None)
        return prove(backup, key, links=None, pace=Pace(keep_going))[1]

    def compare(self, backup: Path, choice: RestoreChoice = NO_CHOICE) -> Comparison:
        """What a restore would change; whatever would stop it is said here, before the question is asked."""
        path, key = self.path, self._source.key
        check_kind(path, backup)
        backup_key = key_of_backup(backup, key, choice.backup_key)
        backup_id, _ = prove(backup, backup_key, links=None)
        erased = known_erased(path, backup)
        found = compare(path, key_for(path, key), backup, backup_key, mode=self._source.mode, erased=erased)
        present_id = None if found.present is None else found.present.clinic_id
        check_clinic(path, present_id, key, backup, backup_id, other_clinic=choice.other_clinic)
        return found

    def restore(
        self, backup: Path, acting: Acting, *, at_ms: int, choice: RestoreChoice = NO_CHOICE
    ) -> Restored:
        """Put a backup in the place of the file, which nobody may have open."""
        key = self._source.key
        backup_key = key_of_backup(backup, key, choice.backup_key)
        return restore(
            Restoring(self.path, key, backup, backup_key, acting, at_ms, other_clinic=choice.other_clinic)
        )

    def _open(self) -> AbstractContextManager[Any]:
        return opened(self._source.path, self._source.key, self._source.mode)


def resting_copies(path: Path, key: bytes | None) -> ClinicCopies:
    """Copies of a clinic that nobody has open, perhaps because it is damaged."""
    return ClinicCopies(Source(path, key, resting(path) if path.exists() else Mode.WRITE))
