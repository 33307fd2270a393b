"""Opens and creates clinics, and remembers which."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from injectmap.domain.patient import Practitioner
    from injectmap.domain.session import OpenSession
    from injectmap.domain.settings import ClinicSettings
    from injectmap.editing.editor import MapEditor
    from injectmap.services.clinic import Services
    from injectmap.services.ports import Clock
    from injectmap.storage.database import ClinicDatabase
    from injectmap.system.logs import ProgramLog

CLINIC_SUFFIX = ".injectmap"
RECENT_LIMIT = 8
LOOK_FILE = "look.json"


class Opener:
    """Opens and creates clinics, and remembers which; implements the window's Opener port."""

    def __init__(self, *, data_folder: Path | None = None, clock: Clock | None = None) -> None:
        """Keep to a folder of our own; tests give another folder and another clock."""
        self._folder = data_folder
        self._clock = clock
        self._log: ProgramLog | None = None

    @property
    def folder(self) -> Path:
        """Where the demo clinic and the list of recent clinics are kept."""
        if self._folder is None:
            from injectmap.system.paths import data_folder

            self._folder = data_folder()
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    @property
    def clock(self) -> Clock:
        """The time."""
        if self._clock is None:
            from injectmap.system.clock import SystemClock

            self._clock = SystemClock()
        return self._clock

    def demo(self) -> Services:
        """Open the demo clinic; the first time it is made, under another name until it is whole."""
        path = self.folder / f"demo{CLINIC_SUFFIX}"
        if not path.exists():
            from injectmap.bootstrap.demo import demo_filling

            settings, practitioners, fill, clock = demo_filling(self.clock)
            self._create(path, settings, practitioners, fill, clock=clock)
        return self._services(self._open(path))

    def create(self, path: Path, *, name: str, practitioner: str, time_zone: str) -> Services:
        """Create a clinic; until encryption is built every clinic is a demonstration, and says so."""
        from injectmap.bootstrap.demo import shipped_phrases
        from injectmap.domain.errors import InputRefused
        from injectmap.domain.ids import new_id
        from injectmap.domain.patient import NAME_LIMIT, Practitioner, clean_text
        from injectmap.domain.settings import ClinicSettings

        clinic_name = clean_text(name, limit=NAME_LIMIT)
        practitioner_name = clean_text(practitioner, limit=NAME_LIMIT)
        if not clinic_name or not practitioner_name:
            raise InputRefused("clinic_names_empty")
        settings = ClinicSettings(clinic_name, time_zone=time_zone, demo=True, phrases=shipped_phrases())
        self._create(path, settings, [Practitioner(new_id(), practitioner_name)])
        return self.open(path)

    def open(self, path: Path) -> Services:
        """Open a clinic file."""
        services = self._services(self._open(path))
        self._remember(path)
        return services

    def recent(self) -> tuple[Path, ...]:
        """Clinics opened before that are still there, latest first."""
        try:
            listed = json.loads((self.folder / "recent.json").read_text("utf-8"))
        except (OSError, ValueError):
            return ()
        return tuple(path for path in map(Path, listed) if path.is_file())

    @property
    def dark(self) -> bool | None:
        """The look chosen last; None if it was never chosen."""
        try:
            kept = json.loads((self.folder / LOOK_FILE).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        dark = kept.get("dark") if isinstance(kept, dict) else None
        return dark if isinstance(dark, bool) else None

    def keep_dark(self, dark: bool) -> None:
        """Remember the look that was chosen; where that cannot be written it is chosen again next time."""
        with contextlib.suppress(OSError):
            (self.folder / LOOK_FILE).write_text(json.dumps({"dark": dark}), "utf-8")

    def open_log(self) -> bool:
        """Begin the log beside a folder of our own or where the system keeps logs; True if the last run broke off."""
        from injectmap.system.logs import ProgramLog
        from injectmap.system.paths import log_folder

        self._log = ProgramLog(self._folder / "logs" if self._folder is not None else log_folder())
        return self._log.broke_off

    def close_log(self) -> None:
        """End the log."""
        if self._log is not None:
            self._log.close()
            self._log = None

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
    ) -> None:
        """Make a clinic under another name until it is whole, so that no half of one is ever opened."""
        from injectmap.bootstrap.assembly import workstation
        from injectmap.domain.acting import Acting, Role
        from injectmap.domain.errors import StorageProblem
        from injectmap.services.clinic import found
        from injectmap.storage.opening import create_clinic

        if path.exists():
            raise StorageProblem("file_exists", name=path.name)
        unfinished = path.with_name(f"{path.name}.unfinished")
        for leftover in path.parent.glob(f"{path.name}.unfinished*"):
            leftover.unlink()
        database = create_clinic(unfinished, settings)
        try:
            acting = Acting(practitioners[0].id, frozenset(Role), workstation())
            found(database, clock or self.clock, settings, practitioners, acting)
            if fill is not None:
                fill(self._services(database, clock))
        finally:
            database.close()
        unfinished.rename(path)

    def _open(self, path: Path) -> ClinicDatabase:
        from injectmap.storage.opening import open_clinic

        return open_clinic(path)

    def _remember(self, path: Path) -> None:
        listed = [str(path.resolve()), *(str(one) for one in self.recent() if one != path.resolve())]
        (self.folder / "recent.json").write_text(json.dumps(listed[:RECENT_LIMIT]), "utf-8")

    def _services(self, database: ClinicDatabase, clock: Clock | None = None) -> Services:
        from injectmap.bootstrap.assembly import services_of

        return services_of(database, clock or self.clock, self.folder)
