"""Puts together what restores a clinic that nobody has open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injectmap.bootstrap.opener import Opener
    from injectmap.domain.keys import Unlock
    from injectmap.services.backup_ports import ClinicCopies
    from injectmap.services.closed_clinic import ClosedClinic


def closed_clinic(opener: Opener, path: Path, unlock: Unlock | None) -> ClosedClinic:
    """A closed clinic; its key is asked for when a backup is compared or restored."""
    from injectmap.bootstrap.assembly import workstation
    from injectmap.services.closed_clinic import ClosedClinic
    from injectmap.storage.clinic_copies import resting_copies
    from injectmap.system.backup_folders import BackupFolders

    def copies(backup: Path) -> ClinicCopies:
        return resting_copies(path, _key(opener, path, backup, unlock))

    plans = BackupFolders(opener.folder / "backups")
    return ClosedClinic(path, opener.clock, plans, copies, workstation())


def _key(opener: Opener, path: Path, backup: Path, unlock: Unlock | None) -> bytes | None:
    """The key of the clinic, or of the backup where the clinic's slots are lost with it; None for a plain one.

    Raises StorageProblem("passphrase_needed") if nothing was typed and no key is kept here.
    """
    from injectmap.domain.errors import StorageProblem
    from injectmap.domain.keys import slot_path
    from injectmap.storage.opening import is_encrypted

    if not is_encrypted(backup):
        return None
    locked = path if slot_path(path).exists() else backup
    if unlock is not None:
        return opener.keys.unlock(locked, unlock)
    key = opener.keys.kept_key(locked)
    if key is None:
        raise StorageProblem("passphrase_needed", name=path.stem)
    return key
