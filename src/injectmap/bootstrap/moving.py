"""Carries an open clinic to another place and lets whoever carried it in there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from injectmap.domain.clinic_places import ClinicPlace, ServerAddress

if TYPE_CHECKING:
    from pathlib import Path

    from injectmap.bootstrap.opener import Opener
    from injectmap.services.clinic import Services
    from injectmap.storage.moving import Moved


@dataclass(frozen=True, slots=True)
class Carried:
    """What arrived, the recovery key of a new encrypted file, which is nowhere else, and the note beside the old one.

    `note` is empty where there is none to write, and None if it could not be written.
    """

    moved: Moved
    recovery_key: str = ""
    note: str | None = ""


def carry(
    opener: Opener, services: Services, to: ClinicPlace, passphrase: str = "", *, even_if_open: bool = False
) -> Carried:
    """Carry a clinic to an empty database or into a new file; its source stays as it is, but for a note beside a file.

    A file is encrypted with `passphrase`, unless it is a demonstration's. Raises what `check_alone` and `move_to_file`
    raise.
    """
    from injectmap.domain.acting import Right
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.moving import move_to_server
    from injectmap.storage.server import ServerDatabase
    from injectmap.storage.server_engine import place_of

    services.acting.require(Right.KEEP_SAFE)
    check_target(to)
    if not even_if_open:
        check_alone(services)
    source = services.database
    assert isinstance(source, ClinicDatabase | ServerDatabase)
    if source.read_only_reason is not None:
        # Of what was moved, or is open elsewhere, nothing is carried.
        raise source.read_only_reason
    if isinstance(to, ServerAddress):
        carried, place = Carried(move_to_server(source, to.text)), place_of(to.text)
    else:
        carried, place = _into_file(opener, services, to.resolve(), passphrase), to.name
    if services.settings.demo or not isinstance(source, ClinicDatabase):
        return carried
    return replace(carried, note=_noted(source.path, place, services.clock.now_ms()))


def check_target(to: ClinicPlace) -> None:
    """StorageProblem for a new file that there is already, or whose folder there is not."""
    from injectmap.domain.errors import StorageProblem

    if isinstance(to, ServerAddress):
        return
    if to.exists():
        raise StorageProblem("file_exists", name=to.name)
    if not to.resolve().parent.is_dir():
        raise StorageProblem("folder_missing", name=str(to.resolve().parent))


def check_alone(services: Services) -> None:
    """StorageProblem("rooms_open") if others work in the database of a clinic on a server."""
    from injectmap.domain.errors import StorageProblem
    from injectmap.storage.moving import others_at
    from injectmap.storage.server import ServerDatabase

    if isinstance(services.database, ServerDatabase) and (count := others_at(services.database)):
        raise StorageProblem("rooms_open", count=count)


def _into_file(opener: Opener, services: Services, path: Path, passphrase: str) -> Carried:
    from injectmap.domain.keys import show_recovery_key, slot_path
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.moving import move_to_file
    from injectmap.storage.server import ServerDatabase

    source = services.database
    assert isinstance(source, ClinicDatabase | ServerDatabase)
    if services.settings.demo:
        return Carried(move_to_file(source, path, None))
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


def _noted(path: Path, place: str, at_ms: int) -> str | None:
    from injectmap.services.moved import MovedNote, note_path, write_note

    try:
        write_note(path, MovedNote(place, at_ms))
    except OSError:
        return None
    return note_path(path).name
