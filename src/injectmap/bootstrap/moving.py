"""Carries an open clinic to another place and lets whoever carried it in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from injectmap.domain.clinic_places import ClinicPlace, ServerAddress

if TYPE_CHECKING:
    from injectmap.bootstrap.opener import Opener
    from injectmap.services.clinic import Services
    from injectmap.storage.moving import Moved


@dataclass(frozen=True, slots=True)
class Carried:
    """What arrived, and the recovery key of a new encrypted file, which is nowhere else."""

    moved: Moved
    recovery_key: str = ""


def carry(opener: Opener, services: Services, to: ClinicPlace, passphrase: str = "") -> Carried:
    """Carry a clinic to an empty database or into a new file; its source stays as it is.

    A file is encrypted with `passphrase`, unless it is a demonstration's.
    """
    from injectmap.domain.acting import Right
    from injectmap.domain.errors import StorageProblem
    from injectmap.domain.keys import show_recovery_key, slot_path
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.moving import move_to_file, move_to_server
    from injectmap.storage.server import ServerDatabase

    services.acting.require(Right.KEEP_SAFE)
    source = services.database
    assert isinstance(source, ClinicDatabase | ServerDatabase)
    if isinstance(to, ServerAddress):
        return Carried(move_to_server(source, to.text))
    path = to.resolve()
    if services.settings.demo:
        return Carried(move_to_file(source, path, None))
    if path.exists():
        raise StorageProblem("file_exists", name=path.name)
    with source.reading() as work:
        keys = opener.keys.new(work.clinic.clinic_id(), passphrase)
    # Before the clinic, so that at no moment there is one that nothing opens.
    opener.keys.write_new(path, keys)
    try:
        moved = move_to_file(source, path, keys.key)
    except BaseException:
        slot_path(path).unlink(missing_ok=True)
        raise
    return Carried(moved, show_recovery_key(keys.key))
