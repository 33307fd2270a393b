"""Opening an encrypted clinic, its passphrase, its recovery key, and the key kept on this computer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import InjectmapError, InputRefused, StorageProblem
from injectmap.domain.keys import (
    PASSPHRASE_MOST,
    ClinicLock,
    Cost,
    LockState,
    Slot,
    SlotFile,
    Unlock,
    check_passphrase,
    key_mark,
    read_recovery_key,
    same_everywhere,
    show_recovery_key,
    slot_path,
    tell_slip,
)
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.services.ports import RenderedPage

# After the first wrong attempt one second, then twice as long each time.
LONGEST_WAIT_S = 30


class Sealer(Protocol):
    """Makes data keys and wraps them under a passphrase."""

    def new_key(self) -> bytes:
        """A random data key."""
        ...

    def seal(self, key: bytes, passphrase: str, clinic_id: str, cost: Cost) -> Slot:
        """Wrap a key."""
        ...

    def unseal(self, slot: Slot, passphrase: str, clinic_id: str) -> bytes | None:
        """The key; None if it is not this passphrase."""
        ...


class SlotFiles(Protocol):
    """The slot files beside clinics."""

    def read(self, clinic: Path) -> SlotFile | None:
        """The slots of a clinic, None without a file; StorageProblem `keys_unreadable`, `keys_newer`."""
        ...

    def write(self, clinic: Path, slots: SlotFile) -> None:
        """Replace the slots of a clinic at once; StorageProblem `keys_not_written`, `disk_full`."""
        ...


class Keyring(Protocol):
    """The system's keyring; a fault of it is the same as none."""

    @property
    def works(self) -> bool:
        """True if this computer keeps secrets."""
        ...

    def get(self, clinic_id: str) -> bytes | None:
        """The key of a clinic, if it is kept here."""
        ...

    def keep(self, clinic_id: str, key: bytes) -> bool:
        """Keep the key of a clinic; False if that did not work."""
        ...

    def forget(self, clinic_id: str) -> bool:
        """Take the key of a clinic away; False if it is still there."""
        ...


@dataclass(frozen=True, slots=True)
class SheetText:
    """What stands on a recovery sheet: no word of a patient."""

    clinic: str
    file_name: str
    recovery_key: str = field(repr=False)
    at_ms: int
    time_zone: str
    paper: Paper


class SheetOutput(Protocol):
    """Typesets recovery sheets, in memory alone."""

    def pdf(self, sheet: SheetText) -> bytes:
        """The sheet as PDF."""
        ...

    def pages(self, sheet: SheetText, *, pixels_per_inch: float) -> tuple[RenderedPage, ...]:
        """The same page as a picture."""
        ...


@dataclass(frozen=True, slots=True)
class NewKeys:
    """The data key of a clinic to be made, and its slots."""

    key: bytes = field(repr=False)
    slots: SlotFile


@dataclass
class _Attempts:
    """Wrong attempts on one clinic since the last right one."""

    count: int = 0
    next_at: float = 0.0


class KeyRoom:
    """The keys of all clinics this program opens; a wrong attempt makes the next one wait."""

    def __init__(
        self,
        sealer: Sealer,
        files: SlotFiles,
        keyring: Keyring,
        *,
        cost: Cost | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`cost` is that of new slots; `now` counts seconds and never goes back, whatever the clock is set to."""
        self.keyring = keyring
        self._sealer, self._files = sealer, files
        self._cost = cost or Cost()
        self._now = now
        self._attempts: dict[Path, _Attempts] = {}

    def lock_of(self, clinic: Path) -> ClinicLock:
        """How an encrypted clinic file is locked."""
        can_keep = self.keyring.works
        try:
            slots = self._files.read(clinic)
        except StorageProblem as problem:
            return ClinicLock(LockState.LOCKED, has_passphrase=False, can_keep=can_keep, problem=problem)
        if slots is None:
            lost = StorageProblem("passphrase_lost", name=slot_path(clinic).name)
            return ClinicLock(LockState.LOCKED, has_passphrase=False, can_keep=can_keep, problem=lost)
        kept = can_keep and self._kept(slots) is not None
        return ClinicLock(
            LockState.KEPT if kept else LockState.LOCKED, has_passphrase=bool(slots.slots), can_keep=can_keep
        )

    def kept_key(self, clinic: Path) -> bytes | None:
        """The key of a clinic if it is kept on this computer and still is the clinic's."""
        slots = self._read(clinic)
        return None if slots is None else self._kept(slots)

    def new(self, clinic_id: str, passphrase: str) -> NewKeys:
        """Keys for a clinic to be made; InputRefused `passphrase_short`, `passphrase_long`."""
        key = self._sealer.new_key()
        return NewKeys(key, self._slots(clinic_id, key, check_passphrase(passphrase)))

    def check_free(self, clinic: Path) -> None:
        """StorageProblem `keys_exist` if another clinic's slots lie where a new clinic's will."""
        path = slot_path(clinic)
        if path.exists():
            raise StorageProblem("keys_exist", name=path.name)

    def write_new(self, clinic: Path, keys: NewKeys) -> None:
        """Store the slots of a new clinic; those of another are never written over."""
        self.check_free(clinic)
        self._files.write(clinic, keys.slots)

    def unlock(self, clinic: Path, unlock: Unlock) -> bytes:
        """The key that was unlocked; a recovery key is read here and proved by the file it opens.

        Raises InputRefused: `passphrase_wrong`, `passphrase_wait`, `recovery_key_length`, `recovery_key_group`;
        StorageProblem: `passphrase_lost`, `keys_unreadable`, `keys_newer`.
        """
        if unlock.recovery_key:
            return read_recovery_key(unlock.recovery_key)
        if seconds := self.wait_s(clinic):
            raise InputRefused("passphrase_wait", seconds=seconds)
        slots = self._files.read(clinic)
        if slots is None or not slots.slots:
            tell_slip(unlock.passphrase)
            raise StorageProblem("passphrase_lost", name=slot_path(clinic).name)
        passphrase = same_everywhere(unlock.passphrase[: PASSPHRASE_MOST + 1])
        for slot in slots.slots if passphrase else ():
            key = self._sealer.unseal(slot, passphrase, slots.clinic_id)
            if key is not None:
                self._attempts.pop(clinic, None)
                return key
        self._failed(clinic)
        tell_slip(unlock.passphrase)
        raise InputRefused("passphrase_wrong", name=clinic.stem)

    def wait_s(self, clinic: Path) -> int:
        """Whole seconds until the next attempt on this clinic."""
        attempts = self._attempts.get(clinic)
        return 0 if attempts is None else max(0, -int(-(attempts.next_at - self._now()) // 1))

    def refused(self, clinic: Path, unlock: Unlock, key: bytes, problem: StorageProblem) -> InjectmapError:
        """What to say if the file did not open with this key: the wrong key and a damaged file look alike."""
        if problem.code != "file_damaged" or not unlock.recovery_key:
            return problem
        slots = self._read(clinic)
        if slots is None:
            return StorageProblem("recovery_key_or_damaged", name=clinic.stem)
        return problem if slots.fits(key) else InputRefused("recovery_key_wrong", name=clinic.stem)

    def set_passphrase(self, clinic: Path, clinic_id: str, key: bytes, passphrase: str) -> None:
        """Wrap a proved key anew. The clinic's file is not touched: a copy of the old slots opens it as before."""
        self._files.write(clinic, self._slots(clinic_id, key, check_passphrase(passphrase)))
        self._attempts.pop(clinic, None)

    def has_passphrase(self, clinic: Path, key: bytes) -> bool:
        """True if a passphrase opens this clinic."""
        slots = self._read(clinic)
        return slots is not None and bool(slots.slots) and slots.fits(key)

    def _slots(self, clinic_id: str, key: bytes, passphrase: str) -> SlotFile:
        slot = self._sealer.seal(key, passphrase, clinic_id, self._cost)
        return SlotFile(clinic_id, key_mark(key, clinic_id), (slot,))

    def _read(self, clinic: Path) -> SlotFile | None:
        try:
            return self._files.read(clinic)
        except StorageProblem:
            return None

    def _kept(self, slots: SlotFile) -> bytes | None:
        key = self.keyring.get(slots.clinic_id)
        return key if key is not None and slots.fits(key) else None

    def _failed(self, clinic: Path) -> None:
        attempts = self._attempts.setdefault(clinic, _Attempts())
        attempts.count += 1
        attempts.next_at = self._now() + min(2 ** (attempts.count - 1), LONGEST_WAIT_S)


class ClinicKeys:
    """The keys of one open, encrypted clinic. Each change asks for the passphrase or the recovery key again."""

    def __init__(self, room: KeyRoom, clinic: Path, clinic_id: str, key: bytes, sheets: SheetOutput) -> None:
        """Keep the key that has opened the clinic."""
        self._room, self._clinic, self._clinic_id, self._key = room, clinic, clinic_id, key
        self._sheets = sheets

    @property
    def can_keep(self) -> bool:
        """True if this computer has a keyring that works."""
        return self._room.keyring.works

    @property
    def kept(self) -> bool:
        """True if the key is kept on this computer."""
        return self._room.keyring.get(self._clinic_id) == self._key

    @property
    def folder(self) -> Path:
        """Where the clinic's file lies."""
        return self._clinic.parent

    @property
    def slot_file(self) -> str:
        """The name of the file that holds the key, wrapped under the passphrase."""
        return slot_path(self._clinic).name

    @property
    def has_passphrase(self) -> bool:
        """True if a passphrase opens this clinic; else only its recovery key does."""
        return self._room.has_passphrase(self._clinic, self._key)

    def keep(self, acting: Acting) -> bool:
        """Keep the key on this computer; False if that did not work."""
        acting.require(Right.KEEP_SAFE)
        return self._room.keyring.keep(self._clinic_id, self._key)

    def forget(self, acting: Acting) -> bool:
        """Take the key off this computer; False if it is still there."""
        acting.require(Right.KEEP_SAFE)
        return self._room.keyring.forget(self._clinic_id)

    def change_passphrase(self, acting: Acting, proof: Unlock, passphrase: str) -> None:
        """Set another passphrase; InputRefused as `KeyRoom.unlock` and `recovery_key_wrong`."""
        acting.require(Right.KEEP_SAFE)
        check_passphrase(passphrase)
        self._prove(proof)
        self._room.set_passphrase(self._clinic, self._clinic_id, self._key, passphrase)

    def recovery_key(self, acting: Acting, proof: Unlock) -> str:
        """The recovery key, to print it again."""
        acting.require(Right.KEEP_SAFE)
        self._prove(proof)
        return show_recovery_key(self._key)

    # The sheet is typeset for whoever has the key in hand: its text holds it already.

    def sheet(self, recovery_key: str, settings: ClinicSettings, paper: Paper, *, at_ms: int) -> SheetText:
        """What stands on the recovery sheet."""
        return SheetText(settings.name, self._clinic.name, recovery_key, at_ms, settings.time_zone, paper)

    def sheet_pdf(self, sheet: SheetText) -> bytes:
        """The recovery sheet as PDF."""
        return self._sheets.pdf(sheet)

    def sheet_pages(self, sheet: SheetText, *, pixels_per_inch: float) -> tuple[RenderedPage, ...]:
        """The recovery sheet as a picture."""
        return self._sheets.pages(sheet, pixels_per_inch=pixels_per_inch)

    def _prove(self, proof: Unlock) -> None:
        if self._room.unlock(self._clinic, proof) != self._key:
            code = "recovery_key_wrong" if proof.recovery_key else "passphrase_wrong"
            raise InputRefused(code, name=self._clinic.stem)
