"""Keys without Argon2 and without a keyring of the system: quick, and with the same refusals."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import Cost, Slot, SlotFile, slot_path, slots_from_json, slots_to_json
from injectmap.services.keys import ClinicKeys, KeyRoom, SheetText
from injectmap.services.ports import RenderedPage

# Argon2id as cheap as it can be, for tests on real files.
TINY = Cost(memory_kib=8, passes=1, lanes=1)
PASSPHRASE = "grey heron on the quay"
PASSWORD = "seven boats at anchor"


def _pad(passphrase: str, clinic_id: str, salt: bytes) -> bytes:
    return hashlib.sha256(salt + clinic_id.encode() + passphrase.encode()).digest()


class FakeSealer:
    def __init__(self) -> None:
        self.made = 0

    def new_key(self) -> bytes:
        self.made += 1
        return hashlib.sha256(b"key %d" % self.made).digest()

    def seal(self, key: bytes, passphrase: str, clinic_id: str, cost: Cost) -> Slot:
        salt = bytes(16)
        wrapped = bytes(a ^ b for a, b in zip(key, _pad(passphrase, clinic_id, salt), strict=True))
        return Slot(cost, salt, bytes(12), wrapped + hashlib.md5(key).digest())

    def unseal(self, slot: Slot, passphrase: str, clinic_id: str) -> bytes | None:
        pad = _pad(passphrase, clinic_id, slot.salt)
        key = bytes(a ^ b for a, b in zip(slot.wrapped[:32], pad, strict=True))
        return key if hashlib.md5(key).digest() == slot.wrapped[32:] else None


class MemorySlots:
    def __init__(self) -> None:
        self.files: dict[Path, bytes] = {}
        self.failing: StorageProblem | None = None

    def read(self, clinic: Path) -> SlotFile | None:
        content = self.files.get(clinic)
        return None if content is None else slots_from_json(content, name=slot_path(clinic).name)

    def write(self, clinic: Path, slots: SlotFile) -> None:
        if self.failing is not None:
            raise self.failing
        self.files[clinic] = slots_to_json(slots).encode()


class FakeKeyring:
    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.kept: dict[str, bytes] = {}

    def get(self, clinic_id: str) -> bytes | None:
        return self.kept.get(clinic_id) if self.works else None

    def keep(self, clinic_id: str, key: bytes) -> bool:
        if self.works:
            self.kept[clinic_id] = key
        return self.works

    def forget(self, clinic_id: str) -> bool:
        if self.works:
            self.kept.pop(clinic_id, None)
        return self.works


class FakeSheets:
    def __init__(self) -> None:
        self.sheets: list[SheetText] = []

    def pdf(self, sheet: SheetText) -> bytes:
        self.sheets.append(sheet)
        return b"%PDF " + sheet.recovery_key.encode()

    def pages(self, sheet: SheetText, *, pixels_per_inch: float) -> tuple[RenderedPage, ...]:
        from PIL import Image

        self.sheets.append(sheet)
        size = (round(pixels_per_inch * 8.27), round(pixels_per_inch * 11.69))
        content = io.BytesIO()
        Image.new("L", size, 240).save(content, "PNG")
        return (RenderedPage(content.getvalue(), 595.0, 842.0),)


class Seconds:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class KeyFakes:
    """A room of keys over fakes; `locked` holds the key of each encrypted clinic there is."""

    def __init__(self, *, keyring_works: bool = False) -> None:
        self.sealer, self.slots, self.sheets, self.seconds = (
            FakeSealer(),
            MemorySlots(),
            FakeSheets(),
            Seconds(),
        )
        self.keyring = FakeKeyring(works=keyring_works)
        self.room = KeyRoom(self.sealer, self.slots, self.keyring, cost=TINY, now=self.seconds)
        self.locked: dict[Path, tuple[str, bytes]] = {}

    def lock(self, path: Path, passphrase: str = PASSPHRASE) -> bytes:
        """Make keys for a clinic; returns the data key."""
        clinic_id = f"c{len(self.locked)}"
        made = self.room.new(clinic_id, passphrase)
        self.slots.write(path, made.slots)
        self.locked[path] = (clinic_id, made.key)
        return made.key

    def of(self, path: Path) -> ClinicKeys | None:
        """The keys of an open clinic."""
        if path not in self.locked:
            return None
        return ClinicKeys(self.room, path, *self.locked[path], self.sheets)
