"""Builds the services of an open clinic upon their adapters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from injectmap.resources import asset_path

if TYPE_CHECKING:
    from pathlib import Path

    from injectmap.atlas import Atlas
    from injectmap.services.clinic import Services
    from injectmap.services.ports import Clock
    from injectmap.services.sessions import MapVersions
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.server import ServerDatabase


def map_versions() -> MapVersions:
    """The versions of the shipped head and zone file, read without decoding either."""
    import tomllib

    from injectmap.services.sessions import MapVersions

    views = json.loads(asset_path("atlas", "views.json").read_text("utf-8"))
    zones = tomllib.loads(asset_path("atlas", "zones.toml").read_text("utf-8"))
    return MapVersions(views["head_version"], zones["zones_version"])


def atlas() -> Atlas:
    from injectmap.atlas import load_atlas

    return load_atlas()


def workstation() -> str:
    import platform

    return platform.node() or "workstation"


def services_of(database: ClinicDatabase | ServerDatabase, clock: Clock, folder: Path) -> Services:
    """The services of an open clinic; `folder` holds what the program keeps of its own on this computer."""
    from injectmap.domain.acting import Acting, Role
    from injectmap.domain.journal import SubjectKind
    from injectmap.insight.figures import InsightPictures
    from injectmap.output.anchor_page import AnchorWriter
    from injectmap.output.over_time import OverTimeWriter
    from injectmap.output.pdf import RecordWriter
    from injectmap.output.privacy_lists import PrivacyWriter
    from injectmap.output.recall_list import RecallWriter
    from injectmap.services.accounts import AccountService
    from injectmap.services.adverse_events import AdverseEventService
    from injectmap.services.aftercare import AftercareService
    from injectmap.services.backups import BackupService, KeptHere
    from injectmap.services.clinic import Services
    from injectmap.services.insight import InsightService
    from injectmap.services.news import NewsService
    from injectmap.services.patients import PatientService
    from injectmap.services.practitioners import PractitionerService
    from injectmap.services.privacy import PrivacyService
    from injectmap.services.proof import ProofService
    from injectmap.services.protocols import ProtocolService
    from injectmap.services.recall import RecallService
    from injectmap.services.record_fields import RecordFieldService
    from injectmap.services.records import RecordService
    from injectmap.services.scanning import ScanService
    from injectmap.services.sessions import SessionService
    from injectmap.services.settings import SettingsService
    from injectmap.services.signing import SigningService
    from injectmap.services.stock import StockService, take_for_session
    from injectmap.storage.clinic_copies import ClinicCopies
    from injectmap.storage.database import ClinicDatabase
    from injectmap.storage.ledger import ErasedLedger
    from injectmap.system.backup_folders import BackupFolders
    from injectmap.system.catalogue import Catalogue
    from injectmap.system.passwords import Argon2Passwords
    from injectmap.system.proof_memory import ProofMemoryFile
    from injectmap.system.scanner import BoxPictures
    from injectmap.system.signatures import KeyFiles
    from injectmap.words import load_words

    with database.reading() as work:
        settings = work.clinic.settings()
        # Who made the clinic acts while nobody has a password, whoever else was added since.
        asks = any(one.lets_in for one in work.accounts.all())
        founder = work.journal.of_subject(SubjectKind.CLINIC, "clinic")[0].practitioner_id
    acting = Acting("" if asks else founder, frozenset(() if asks else Role), workstation())
    catalogue = Catalogue(folder)
    writer = RecordWriter(atlas, load_words())
    figures = InsightPictures(atlas, load_words(), fonts_folder=folder / "figures")
    backups, ledger = BackupService(), None
    if isinstance(database, ClinicDatabase):
        copies = ClinicCopies(database.source)
        backups = BackupService(KeptHere(database, clock, copies, BackupFolders(folder / "backups")))
        ledger = ErasedLedger(database.path)
    return Services(
        database=database,
        clock=clock,
        settings=settings,
        acting=acting,
        accounts=AccountService(database, clock, Argon2Passwords(), workstation()),
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
        recall=RecallService(database, clock, RecallWriter(writer, atlas, load_words())),
        scans=ScanService(database, catalogue, BoxPictures(), clock, settings.time_zone),
        insight=InsightService(database, clock, figures, OverTimeWriter(atlas, load_words())),
        news=NewsService(database),
        privacy=PrivacyService(database, clock, PrivacyWriter(writer, load_words()), ledger, backups),
        proof=ProofService(database, clock, KeyFiles(), AnchorWriter(load_words()), ProofMemoryFile(folder)),
        backups=backups,
        products=catalogue,
        protocols=ProtocolService(database, clock, catalogue),
    )
