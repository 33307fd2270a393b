"""The invented clinic of the pictures: its clock, its keys and its people, the same at every run."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from injectmap.bootstrap import Opener

if TYPE_CHECKING:
    from injectmap.domain.keys import Cost, Slot
    from injectmap.domain.patient import Practitioner
    from injectmap.domain.settings import ClinicSettings
    from injectmap.services.clinic import Services
    from injectmap.services.keys import KeyRoom, NewKeys
    from injectmap.services.ports import Clock

ZONE = "Europe/London"
NOW = dt.datetime(2026, 11, 22, 14, 32, tzinfo=ZoneInfo(ZONE))
CLINIC, FIRST = "Harbour Aesthetics", "Dr R. Okonjo-Lind"
# Invented, and for a file that is gone when the pictures are taken.
PASSPHRASE, PASSWORD = "grey heron on the quay", "seven boats at anchor"
ROOM, OTHER_ROOM = "Room 1", "Room 2"
YEARS_KEPT = 1


class StandingClock:
    """The same moment until it is put on."""

    def __init__(self) -> None:
        self.ms = int(NOW.timestamp() * 1000)

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        return self.ms

    def today(self, time_zone: str) -> dt.date:
        """The local date."""
        return dt.datetime.fromtimestamp(self.ms / 1000, ZoneInfo(time_zone)).date()


class MemoryKeyring:
    """Keeps keys until the program ends; the system's keyring is left alone."""

    works = True

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, clinic_id: str) -> bytes | None:
        """The key of a clinic."""
        return self._kept.get(clinic_id)

    def keep(self, clinic_id: str, key: bytes) -> bool:
        """Keep it."""
        self._kept[clinic_id] = key
        return True

    def forget(self, clinic_id: str) -> bool:
        """Let go of it."""
        self._kept.pop(clinic_id, None)
        return True


class OneKeySealer:
    """Makes always the same key, so that the recovery key in the picture is invented and opens nothing else."""

    def __init__(self) -> None:
        from injectmap.system.keys import Sealer

        self._sealer = Sealer()

    def new_key(self) -> bytes:
        """The key of the pictures."""
        return hashlib.sha256(b"an invented key for pictures of injectmap").digest()

    def seal(self, key: bytes, passphrase: str, clinic_id: str, cost: Cost) -> Slot:
        """See Sealer."""
        return self._sealer.seal(key, passphrase, clinic_id, cost)

    def unseal(self, slot: Slot, passphrase: str, clinic_id: str) -> bytes | None:
        """See Sealer."""
        return self._sealer.unseal(slot, passphrase, clinic_id)


class PictureOpener(Opener):
    """Fills the clinic it creates with the demonstration's patients and lets three people in."""

    def __init__(self, data_folder: Path, clock: StandingClock) -> None:
        super().__init__(data_folder=data_folder, clock=clock)

    @property
    def keys(self) -> KeyRoom:
        """Keys derived at next to no cost, and none kept by the system."""
        if self._keys is None:
            from injectmap.domain.keys import Cost
            from injectmap.services.keys import KeyRoom
            from injectmap.system.keys import SlotFolder

            cheap = Cost(memory_kib=8, passes=1, lanes=1)
            self._keys = KeyRoom(OneKeySealer(), SlotFolder(), MemoryKeyring(), cost=cheap)
        return self._keys

    def _create(
        self,
        path: Path,
        settings: ClinicSettings,
        practitioners: Sequence[Practitioner],
        fill: Callable[[Services], None] | None = None,
        *,
        clock: Clock | None = None,
        keys: NewKeys | None = None,
        password: str = "",
    ) -> None:
        if keys is not None:
            from injectmap.bootstrap.demo import demo_filling

            told, people, fill_demo, clock = demo_filling(self.clock)
            settings = replace(
                told,
                demo=False,
                name=settings.name,
                time_zone=settings.time_zone,
                retention_years=YEARS_KEPT,
                journal_reads=True,
            )
            practitioners, fill = people, _with_accounts(fill_demo, password)
        super()._create(path, settings, practitioners, fill, clock=clock, keys=keys, password=password)


def _with_accounts(fill: Callable[[Services], None], password: str) -> Callable[[Services], None]:
    def filled(services: Services) -> None:
        from injectmap.domain.acting import Role

        first, nurse = services.practitioners
        services = replace(services, acting=services.accounts.sign_in(first.id, password))
        accounts, acting = services.accounts, services.acting
        accounts.open_account(acting, nurse.id, frozenset({Role.PRACTITIONER}), password)
        accounts.add_person(acting, "P. Novak", "Receptionist", frozenset({Role.FRONT_DESK}), password)
        fill(services)

    return filled


def make_steady() -> None:
    """Let nothing that shows in a picture come from this computer or from chance."""
    from injectmap.domain import ids
    from injectmap.ui.start import recovery_page

    changed: Any = ids
    chance = random.Random(7)
    ticks = iter(range(int(NOW.timestamp() * 1000) - 3_600_000, 1 << 47))
    changed.secrets = SimpleNamespace(randbits=chance.getrandbits)
    changed.time = SimpleNamespace(time_ns=lambda: next(ticks) * 1_000_000)
    asked: Any = recovery_page
    asked.secrets = SimpleNamespace(SystemRandom=lambda: random.Random(4))
    computer: Any = platform
    computer.node = lambda: ROOM
