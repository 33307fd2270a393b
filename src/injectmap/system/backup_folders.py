"""The folders for backups on this computer: which there are, whether their disk is here, and what lies in them."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from dataclasses import replace
from pathlib import Path

from injectmap.domain.backup_plan import (
    TEXT_LIMIT,
    BackupPlan,
    Place,
    PlanRefused,
    plan_from_json,
    plan_to_json,
)
from injectmap.domain.backups import Backup, read_aside, read_name
from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import slot_path
from injectmap.services.backup_ports import Found
from injectmap.services.files import put_whole


def default_folder(clinic: Path) -> Path:
    """Where the backups of a clinic go until somebody chooses."""
    return clinic.with_name(f"{clinic.stem} backups")


class BackupFolders:
    """Plans are kept one file to a clinic, in a folder of the program's own, and replaced whole."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where plans are kept; it is made when the first one is."""
        self._folder = folder

    def plan(self, clinic_id: str, path: Path) -> BackupPlan:
        """The plan of a clinic; the folder beside it follows a clinic that was moved. One not readable is begun anew."""
        beside = self.beside(path)
        try:
            kept = plan_from_json(self._file(clinic_id).read_bytes()[: TEXT_LIMIT * 4].decode())
        except (OSError, ValueError):
            return BackupPlan(clinic_id, str(path), (beside,))
        if kept.clinic_id != clinic_id:
            return BackupPlan(clinic_id, str(path), (beside,))
        if kept.path == str(path):
            return kept
        before = str(default_folder(Path(kept.path)))
        places = tuple(beside if one.folder == before else one for one in kept.places)
        return replace(kept, path=str(path), places=places)

    def plan_at(self, path: Path) -> BackupPlan | None:
        """The plan of the clinic whose file was last here, without opening it: it may be damaged."""
        with contextlib.suppress(OSError):
            for file in sorted(self._folder.glob("*.json")):
                with contextlib.suppress(OSError, PlanRefused, UnicodeDecodeError):
                    kept = plan_from_json(file.read_bytes()[: TEXT_LIMIT * 4].decode())
                    if kept.path == str(path):
                        return kept
        return None

    def beside(self, path: Path) -> Place:
        """The folder beside a clinic file."""
        return Place(str(default_folder(path)))

    def keep(self, plan: BackupPlan) -> None:
        """Replace the plan that is kept."""
        self._folder.mkdir(parents=True, exist_ok=True)
        put_whole(self._file(plan.clinic_id), plan_to_json(plan).encode())

    def new_place(self, folder: Path) -> Place:
        """A folder chosen now, with its disk."""
        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            raise StorageProblem("backup_folder_missing", name=str(folder))
        probe = folder / f".injectmap-{secrets.token_hex(4)}.part"
        try:
            probe.touch(exist_ok=False)
            probe.unlink()
        except OSError:
            raise StorageProblem("backup_folder_read_only", name=str(folder)) from None
        return Place(str(folder), str(mount_of(folder)))

    def ready(self, place: Place, plan: BackupPlan) -> bool:
        """True if the folder is there on the disk it was chosen on; the one beside the clinic is made."""
        folder = Path(place.folder)
        if folder == default_folder(Path(plan.path)):
            with contextlib.suppress(OSError):
                folder.mkdir(exist_ok=True)
        return self._there(place)

    def found(self, place: Place) -> tuple[Found, ...]:
        """What lies in a folder and beside its clinic file, the latest first."""
        found = []
        with contextlib.suppress(OSError):
            for path in Path(place.folder).iterdir():
                backup = read_name(path.name)
                if backup is not None:
                    with contextlib.suppress(OSError):
                        found.append(Found(path, backup, path.stat().st_size))
        return tuple(sorted(found, key=lambda one: one.backup, reverse=True))

    def put_aside(self, clinic: Path) -> tuple[tuple[Path, int], ...]:
        """Damaged files that restores left beside a clinic file, with when."""
        found = []
        with contextlib.suppress(OSError):
            for path in clinic.parent.iterdir():
                at_ms = read_aside(path.name, clinic.name)
                if at_ms is not None:
                    found.append((path, at_ms))
        return tuple(found)

    def lost(self, place: Place) -> bool:
        """True if the folder is there, on its own disk, and its last backup is not in it any more."""
        folder = Path(place.folder)
        if place.last is None or not self._there(place):
            return False
        return not (folder / place.last.file).exists()

    def _there(self, place: Place) -> bool:
        folder = Path(place.folder)
        try:
            # An empty mount point would fill the computer's own disk instead.
            return folder.is_dir() and (not place.mount or str(mount_of(folder)) == place.mount)
        except OSError:
            return False

    def remove(self, place: Place, backup: Backup) -> None:
        """Take a backup away, with its keys; one that cannot be taken away stays."""
        path = Path(place.folder) / backup.file_name
        for one in (path, slot_path(path)):
            with contextlib.suppress(OSError):
                one.unlink()

    def _file(self, clinic_id: str) -> Path:
        # Not the id itself: a file from outside says what it is, and none may name a path.
        return self._folder / f"{hashlib.sha256(clinic_id.encode()).hexdigest()[:32]}.json"


def mount_of(folder: Path) -> Path:
    """Where the disk of a folder is mounted."""
    here = folder.resolve()
    while not here.is_mount() and here != here.parent:
        here = here.parent
    return here
