"""Opens and creates clinics, and remembers which."""

from __future__ import annotations

import contextlib
import glob
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from injectmap.bootstrap.own_files import LOOK_FILE, OwnFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from injectmap.domain.acting import Acting
    from injectmap.domain.clinic_places import ClinicPlace, ServerAddress
    from injectmap.domain.keys import ClinicLock, Cost, Unlock
    from injectmap.domain.patient import Practitioner
    from injectmap.domain.session import OpenSession
    from injectmap.domain.settings import ClinicSettings
    from injectmap.editing.editor import MapEditor
    from injectmap.services.clinic import NewClinic, Services
    from injectmap.services.closed_clinic import ClosedClinic
    from injectmap.services.keys import Keyring, KeyRoom, NewKeys
    from injectmap.services.ports import Clock
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.server import ServerDatabase

__all__ = ["CLINIC_SUFFIX", "LOOK_FILE", "Opener"]

CLINIC_SUFFIX = ".injectmap"


class Opener(OwnFiles):
    """Opens and creates clinics, and remembers which; implements the window's Opener port."""

    def __init__(
        self,
        *,
        data_folder: Path | None = None,
        clock: Clock | None = None,
        keyring: Keyring | None = None,
        cost: Cost | None = None,
    ) -> None:
        """Keep to a folder of our own; tests give another folder, clock and keyring, and a small cost of new slots."""
        super().__init__(data_folder)
        self._clock = clock
        self._keyring, self._cost = keyring, cost
        self._keys: KeyRoom | None = None

    @property
    def clock(self) -> Clock:
        """The time."""
        if self._clock is None:
            from injectmap.system.clock import SystemClock

            self._clock = SystemClock()
        return self._clock

    @property
    def keys(self) -> KeyRoom:
        """The keys of the clinics opened here."""
        if self._keys is None:
            from injectmap.services.keys import KeyRoom
            from injectmap.system.keys import Sealer, SlotFolder, SystemKeyring

            self._keys = KeyRoom(Sealer(), SlotFolder(), self._keyring or SystemKeyring(), cost=self._cost)
        return self._keys

    @property
    def demo_path(self) -> Path:
        """Where the demo clinic is."""
        return self.folder / f"demo{CLINIC_SUFFIX}"

    def demo(self) -> Services:
        """Open the demo clinic; the first time it is made, under another name until it is whole."""
        path = self.demo_path
        if not path.exists():
            from injectmap.bootstrap.demo import demo_filling

            settings, practitioners, fill, clock = demo_filling(self.clock)
            self._create(path, settings, practitioners, fill, clock=clock)
        return self._services(self._open(path))

    def create(
        self, path: Path, *, name: str, practitioner: str, time_zone: str, passphrase: str, password: str = ""
    ) -> NewClinic:
        """Create an encrypted clinic and open it; its recovery key is in what is returned, and nowhere else.

        `password` is what the first practitioner signs in with.
        """
        from injectmap.bootstrap.demo import shipped_phrases
        from injectmap.domain.accounts import checked_password
        from injectmap.domain.errors import InputRefused, StorageProblem
        from injectmap.domain.ids import new_id
        from injectmap.domain.keys import check_apart, show_recovery_key
        from injectmap.domain.patient import NAME_LIMIT, Practitioner, clean_text
        from injectmap.domain.settings import ClinicSettings
        from injectmap.services.clinic import NewClinic

        clinic_name = clean_text(name, limit=NAME_LIMIT)
        practitioner_name = clean_text(practitioner, limit=NAME_LIMIT)
        if not clinic_name or not practitioner_name:
            raise InputRefused("clinic_names_empty")
        if not path.parent.is_dir():
            raise StorageProblem("folder_missing", name=path.parent.name)
        if password:
            checked_password(password)
            check_apart(passphrase, password)
        path = path.resolve()
        settings = ClinicSettings(clinic_name, time_zone=time_zone, phrases=shipped_phrases())
        keys = self.keys.new(new_id(), passphrase)
        first = Practitioner(new_id(), practitioner_name)
        self._create(path, settings, [first], keys=keys, password=password)
        services = self._services(self._open(path, keys.key), key=keys.key)
        self.remember(path)
        return NewClinic(services, show_recovery_key(keys.key))

    def lock_of(self, place: ClinicPlace) -> ClinicLock:
        """What opening a clinic asks for; StorageProblem if it is plainly no clinic. A server asks in its own ways."""
        from injectmap.domain.clinic_places import ServerAddress
        from injectmap.domain.keys import ClinicLock, LockState
        from injectmap.storage.opening import is_encrypted

        if isinstance(place, ServerAddress):
            return ClinicLock(LockState.OPEN)
        path = place.resolve()
        return self.keys.lock_of(path) if is_encrypted(path) else ClinicLock(LockState.OPEN)

    def open(self, place: ClinicPlace, unlock: Unlock | None = None) -> Services:
        """Open a clinic: on a server, or a file: plain if it is a demonstration, with the key kept here, or typed.

        Raises StorageProblem("passphrase_needed") without any, and what `KeyRoom.unlock`, `open_clinic` and
        `open_server` raise.
        """
        from injectmap.domain.clinic_places import ServerAddress

        if isinstance(place, ServerAddress):
            return self._services(_on_server(place))
        path = place.resolve()
        key = self._key_of(path, unlock)
        database = self._open(path, key, unlock)
        if unlock is not None and unlock.keep and key is not None:
            self.keys.keyring.keep(_clinic_id(database), key)
        services = self._services(database, key=key)
        self.remember(path)
        return services

    def beside(self, place: ClinicPlace, unlock: Unlock | None = None) -> ClinicDatabase | ServerDatabase:
        """Open a clinic for reading alone, beside whoever has it open, without a sign-in: to prove it."""
        from injectmap.domain.clinic_places import ServerAddress

        if isinstance(place, ServerAddress):
            return _on_server(place)
        path = place.resolve()
        return self._open(path, self._key_of(path, unlock), unlock, read_only=True)

    def closed(self, place: ClinicPlace, unlock: Unlock | None = None) -> ClosedClinic:
        """A clinic that nobody has open, perhaps damaged, with its backups."""
        from injectmap.bootstrap.closed import closed_clinic

        return closed_clinic(self, _file(place), unlock)

    def key_of_backup(self, backup: Path, unlock: Unlock) -> bytes:
        """The key of a backup that has not the clinic's; a recovery key is proved by the file that it opens."""
        return self.keys.unlock(backup.resolve(), unlock)

    def set_passphrase(self, place: ClinicPlace, unlock: Unlock, passphrase: str) -> None:
        """Set another passphrase for a clinic that is opened to prove what was typed."""
        from injectmap.domain.errors import InputRefused
        from injectmap.domain.keys import check_passphrase
        from injectmap.storage.opening import is_encrypted

        path = _file(place)
        if not is_encrypted(path):
            raise InputRefused("clinic_not_encrypted", name=path.stem)
        check_passphrase(passphrase)
        key = self.keys.unlock(path, unlock)
        database = self._open(path, key, unlock, read_only=True)
        try:
            self.keys.set_passphrase(path, _clinic_id(database), key, passphrase)
        finally:
            database.close()

    def wait_s(self, place: ClinicPlace) -> int:
        """How long the next attempt on a clinic has to wait after wrong ones, in seconds."""
        return self.keys.wait_s(_file(place))

    def prepare(self) -> None:
        """Import and load what the chart needs, away from the window's thread."""
        import injectmap.editing.editor  # noqa: F401
        from injectmap.bootstrap.assembly import atlas
        from injectmap.chart.map_drawing import draw_map
        from injectmap.chart.styles import MapStyle
        from injectmap.domain.treatment_map import TreatmentMap

        # The first map of all lays out the zones, which takes ten times as long as any later one.
        draw_map(atlas(), TreatmentMap(), "left_lateral", MapStyle(px_per_mm=4.0))

    def make_editor(self, services: Services, opened: OpenSession) -> MapEditor:
        """An editor of an opened session, with the session's services as its sink."""
        from injectmap.atlas import load_atlas
        from injectmap.editing.editor import MapEditor

        history = services.sessions.history(services.acting, opened.session.id)
        return MapEditor(opened, load_atlas(), services.sessions, services.acting, history)

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
        """Make a clinic under another name until it is whole, so that no half of one is ever opened.

        The slots lie there before the clinic does: at no moment is there a clinic that nothing opens.
        """
        from injectmap.bootstrap.assembly import workstation
        from injectmap.domain.acting import Acting, Role
        from injectmap.domain.errors import StorageProblem
        from injectmap.domain.keys import slot_path
        from injectmap.services.clinic import found
        from injectmap.services.files import to_disk
        from injectmap.storage.opening import create_clinic

        if path.exists():
            raise StorageProblem("file_exists", name=path.name)
        if keys is not None:
            self.keys.check_free(path)
        unfinished = path.with_name(f"{path.name}.unfinished")
        _clear(unfinished)
        data_key, clinic_id = (None, None) if keys is None else (keys.key, keys.slots.clinic_id)
        try:
            database = create_clinic(unfinished, settings, key=data_key, clinic_id=clinic_id)
            try:
                acting = Acting(practitioners[0].id, frozenset(Role), workstation())
                found(database, clock or self.clock, settings, practitioners, acting)
                if password:
                    _let_in(self._services(database, clock), acting, password)
                if fill is not None:
                    fill(self._services(database, clock))
            finally:
                database.close()
            if keys is not None:
                self.keys.write_new(path, keys)
            try:
                unfinished.rename(path)
            except OSError:
                if keys is not None:
                    slot_path(path).unlink(missing_ok=True)
                raise
        except BaseException:
            _clear(unfinished)
            raise
        with contextlib.suppress(OSError):
            to_disk(path.parent)

    def _key_of(self, path: Path, unlock: Unlock | None) -> bytes | None:
        """The data key of a clinic; None for a plain one."""
        from injectmap.domain.errors import StorageProblem
        from injectmap.storage.opening import is_encrypted

        if not is_encrypted(path):
            return None
        if unlock is not None:
            return self.keys.unlock(path, unlock)
        key = self.keys.kept_key(path)
        if key is None:
            raise StorageProblem("passphrase_needed", name=path.stem)
        return key

    def _open(
        self, path: Path, key: bytes | None = None, unlock: Unlock | None = None, *, read_only: bool = False
    ) -> ClinicDatabase:
        from injectmap.domain.errors import StorageProblem
        from injectmap.storage.opening import open_clinic

        try:
            return open_clinic(path, key=key, read_only=read_only)
        except StorageProblem as problem:
            if key is None or unlock is None:
                raise
            raise self.keys.refused(path, unlock, key, problem) from None

    def _services(
        self,
        database: ClinicDatabase | ServerDatabase,
        clock: Clock | None = None,
        *,
        key: bytes | None = None,
    ) -> Services:
        from injectmap.bootstrap.assembly import services_of
        from injectmap.storage.database import ClinicDatabase

        keys = None
        if key is not None and isinstance(database, ClinicDatabase):
            from injectmap.output.recovery_sheet import RecoverySheetWriter
            from injectmap.services.keys import ClinicKeys
            from injectmap.words import load_words

            sheets = RecoverySheetWriter(load_words())
            keys = ClinicKeys(self.keys, database.path, _clinic_id(database), key, sheets)
        return replace(services_of(database, clock or self.clock, self.folder), keys=keys)


def _clear(unfinished: Path) -> None:
    """Remove what a making that broke off has left, its log and its lock with it."""
    for leftover in unfinished.parent.glob(f"{glob.escape(unfinished.name)}*"):
        leftover.unlink(missing_ok=True)


def _on_server(address: ServerAddress) -> ServerDatabase:
    from injectmap.storage.server_opening import open_server

    return open_server(address.text)


def _file(place: ClinicPlace) -> Path:
    """The file of a clinic; InputRefused for one on a server, which has no keys and no backups of ours."""
    from injectmap.domain.errors import InputRefused

    if not isinstance(place, Path):
        raise InputRefused("only_of_files")
    return place.resolve()


def _clinic_id(database: ClinicDatabase) -> str:
    with database.reading() as work:
        return work.clinic.clinic_id()


def _let_in(services: Services, acting: Acting, password: str) -> None:
    """The first practitioner's own password, with all roles."""
    services.accounts.open_account(acting, acting.practitioner_id, acting.roles, password)
