"""Puts the program together: the one place that knows which classes stand behind the ports.

Nothing heavy is imported before a method is called, so that the window can paint first.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from injectmap.resources import asset_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from injectmap.atlas import Atlas
    from injectmap.domain.patient import Practitioner
    from injectmap.domain.session import OpenSession
    from injectmap.domain.settings import ClinicSettings, Phrase
    from injectmap.editing.editor import MapEditor
    from injectmap.services.clinic import Services
    from injectmap.services.ports import Clock
    from injectmap.services.sessions import MapVersions
    from injectmap.storage.database import ClinicDatabase
    from injectmap.system.logs import ProgramLog

CLINIC_SUFFIX = ".injectmap"
RECENT_LIMIT = 8
LOOK_FILE = "look.json"


def map_versions() -> MapVersions:
    """The versions of the shipped head and zone file, read without decoding either."""
    import tomllib

    from injectmap.services.sessions import MapVersions

    views = json.loads(asset_path("atlas", "views.json").read_text("utf-8"))
    zones = tomllib.loads(asset_path("atlas", "zones.toml").read_text("utf-8"))
    return MapVersions(views["head_version"], zones["zones_version"])


def _atlas() -> Atlas:
    from injectmap.atlas import load_atlas

    return load_atlas()


def _shipped_phrases() -> tuple[Phrase, ...]:
    """Texts a new clinic begins with, each to be edited or removed by it: `phrase.<field>.<number>`."""
    from injectmap.domain.record import RecordField
    from injectmap.domain.settings import Phrase
    from injectmap.words import load_words

    texts = load_words().texts
    keys = (key.split(".") for key in texts if key.startswith("phrase."))
    return tuple(Phrase(RecordField(field), texts[f"phrase.{field}.{number}"]) for _, field, number in keys)


def _workstation() -> str:
    import platform

    return platform.node() or "workstation"


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
            self._make_demo(path)
        return self._services(self._open(path))

    def _make_demo(self, path: Path) -> None:
        from injectmap.domain.ids import new_id
        from injectmap.domain.patient import Practitioner
        from injectmap.domain.settings import ClinicSettings
        from injectmap.services.demo_clinic import (
            AFTERCARE_LEAFLET,
            CLINIC_NAME,
            CONSENT_FORM,
            FIRST_DAY,
            PRACTITIONERS,
            fill,
        )
        from injectmap.services.demo_record import VisitClock

        settings = ClinicSettings(
            CLINIC_NAME,
            demo=True,
            consent_form=CONSENT_FORM,
            aftercare_leaflet=AFTERCARE_LEAFLET,
            phrases=_shipped_phrases(),
        )
        practitioners = [Practitioner(new_id(), *fields) for fields in PRACTITIONERS]
        clock = VisitClock(self.clock, days_ago=FIRST_DAY)
        today = self.clock.today(settings.time_zone)
        self._create(
            path,
            settings,
            practitioners,
            lambda services: fill(services, _atlas(), clock, today),
            clock=clock,
        )

    def create(self, path: Path, *, name: str, practitioner: str, time_zone: str) -> Services:
        """Create a clinic; until encryption is built every clinic is a demonstration, and says so."""
        from injectmap.domain.errors import InputRefused
        from injectmap.domain.ids import new_id
        from injectmap.domain.patient import NAME_LIMIT, Practitioner, clean_text
        from injectmap.domain.settings import ClinicSettings

        clinic_name = clean_text(name, limit=NAME_LIMIT)
        practitioner_name = clean_text(practitioner, limit=NAME_LIMIT)
        if not clinic_name or not practitioner_name:
            raise InputRefused("clinic_names_empty")
        settings = ClinicSettings(clinic_name, time_zone=time_zone, demo=True, phrases=_shipped_phrases())
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
        from injectmap.chart.map_drawing import draw_map
        from injectmap.chart.styles import MapStyle
        from injectmap.domain.treatment_map import TreatmentMap

        # The first map of all lays out the zones, which takes ten times as long as any later one.
        draw_map(_atlas(), TreatmentMap(), "left_lateral", MapStyle(px_per_mm=4.0))

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
            acting = Acting(practitioners[0].id, Role.ADMINISTRATOR, _workstation())
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
        from injectmap.domain.acting import Acting, Role
        from injectmap.domain.journal import SubjectKind
        from injectmap.insight.figures import InsightPictures
        from injectmap.output.over_time import OverTimeWriter
        from injectmap.output.pdf import RecordWriter
        from injectmap.output.recall_list import RecallWriter
        from injectmap.services.adverse_events import AdverseEventService
        from injectmap.services.aftercare import AftercareService
        from injectmap.services.clinic import Services
        from injectmap.services.insight import InsightService
        from injectmap.services.patients import PatientService
        from injectmap.services.practitioners import PractitionerService
        from injectmap.services.protocols import ProtocolService
        from injectmap.services.recall import RecallService
        from injectmap.services.record_fields import RecordFieldService
        from injectmap.services.records import RecordService
        from injectmap.services.scanning import ScanService
        from injectmap.services.sessions import SessionService
        from injectmap.services.settings import SettingsService
        from injectmap.services.signing import SigningService
        from injectmap.services.stock import StockService, take_for_session
        from injectmap.system.catalogue import Catalogue
        from injectmap.system.scanner import BoxPictures
        from injectmap.words import load_words

        with database.reading() as work:
            settings = work.clinic.settings()
            # Who made the clinic acts until there is a sign-in, whoever else was added since.
            founder = work.journal.of_subject(SubjectKind.CLINIC, "clinic")[0].practitioner_id
        clock = clock or self.clock
        catalogue = Catalogue(self.folder)
        writer = RecordWriter(_atlas, load_words())
        figures = InsightPictures(_atlas, load_words(), fonts_folder=self.folder / "figures")
        return Services(
            database=database,
            clock=clock,
            settings=settings,
            acting=Acting(founder, Role.PRACTITIONER, _workstation()),
            staff=PractitionerService(database, clock),
            patients=PatientService(database, clock),
            sessions=SessionService(database, clock, map_versions(), settings.time_zone),
            records=RecordService(database, clock, writer, catalogue),
            fields=RecordFieldService(database, clock),
            signing=SigningService(database, clock, writer, take_for_session, catalogue),
            aftercare=AftercareService(database, clock),
            events=AdverseEventService(database, clock, writer),
            settings_service=SettingsService(database, clock),
            stock=StockService(database, clock, settings.time_zone),
            recall=RecallService(database, clock, RecallWriter(writer, _atlas, load_words())),
            scans=ScanService(database, catalogue, BoxPictures(), clock, settings.time_zone),
            insight=InsightService(database, clock, figures, OverTimeWriter(_atlas, load_words())),
            products=catalogue,
            protocols=ProtocolService(database, clock, catalogue),
        )
