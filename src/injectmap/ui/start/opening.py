"""What opening a clinic comes to, found out in the worker: an open clinic, a locked one, or one that waits for a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from injectmap.domain.clinic_places import ClinicPlace
from injectmap.domain.keys import ClinicLock, LockState, Unlock
from injectmap.services.clinic import ClinicOpener, NewClinic, Services

if TYPE_CHECKING:
    from injectmap.ui.start.new_clinic import ClinicToMake


@dataclass(frozen=True)
class Locked:
    """Something must be typed before the clinic opens."""

    path: Path
    lock: ClinicLock


@dataclass(frozen=True)
class Ready:
    """Open, but not worked in yet: a recovery key is to be put away (`made`), or a passphrase renewed (`unlock`)."""

    path: Path
    services: Services
    made: NewClinic | None = None
    unlock: Unlock | None = None
    has_passphrase: bool = field(default=True)


Opening = Services | Locked | Ready


def open_or_ask(opener: ClinicOpener, path: ClinicPlace, unlock: Unlock | None) -> Opening:
    """Open a clinic if nothing has to be typed or it was typed."""
    if unlock is None:
        lock = opener.lock_of(path)
        if lock.state is LockState.LOCKED and isinstance(path, Path):
            return Locked(path, lock)
    services = opener.open(path, unlock)
    if not isinstance(path, Path) or unlock is None or not unlock.recovery_key or services.keys is None:
        return services
    return Ready(path, services, unlock=unlock, has_passphrase=services.keys.has_passphrase)


def make_clinic(opener: ClinicOpener, typed: ClinicToMake, time_zone: str) -> Opening:
    """Make a clinic, which waits until its recovery key is put away."""
    made = opener.create(
        typed.path,
        name=typed.name,
        practitioner=typed.practitioner,
        time_zone=time_zone,
        passphrase=typed.passphrase,
        password=typed.password,
    )
    return Ready(typed.path, made.services, made=made)


def kept_in_vain(opened: Opening, unlock: Unlock | None) -> bool:
    """True if the key was to be kept on this computer and is not; it asks the keyring, so in the worker."""
    services = opened.services if isinstance(opened, Ready) else opened
    if unlock is None or not unlock.keep or isinstance(services, Locked) or services.keys is None:
        return False
    return not services.keys.kept


def release(opened: Opening) -> None:
    """Let go of what nobody will work in."""
    if isinstance(opened, Ready):
        opened.services.close()
    elif isinstance(opened, Services):
        opened.close()
