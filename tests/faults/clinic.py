"""A keyed clinic to be hurt, and what must hold of it afterwards."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from injectmap.domain.edits import edit_from_json
from injectmap.domain.journal import JournalKind, JournalRow, SubjectKind, check_chain
from injectmap.domain.patient import PatientDetails, Practitioner
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.services.clinic import found
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.system.clock import SystemClock
from tests import builders

KEY = bytes(range(32))
NAME = "Harbour.injectmap"
SETTINGS = ClinicSettings("Harbour Clinic", time_zone="Europe/Stockholm")
# More than any hand draws in a test.
PLENTY_UL = 500_000


@dataclass(frozen=True)
class Found:
    """What a clinic holds: its journal, and the map of its one treatment session."""

    rows: tuple[JournalRow, ...]
    map: TreatmentMap
    revision: int

    @property
    def head(self) -> int:
        return self.rows[-1].number

    @property
    def edits(self) -> list[JournalRow]:
        return [row for row in self.rows if row.kind is JournalKind.EDIT]


def make_clinic(path: Path, *, key: bytes | None = KEY) -> str:
    """Make a clinic, without a key a demonstration, with one patient and one empty treatment session; return the session's id."""
    settings = SETTINGS if key is not None else replace(SETTINGS, demo=True)
    database = create_clinic(path, settings, key=key)
    try:
        return fill(database, settings)
    finally:
        database.close()


def fill(database: ClinicDatabase, settings: ClinicSettings = SETTINGS) -> str:
    """Begin the journal, and put in one patient with one empty treatment session; return the session's id."""
    by = builders.practitioner()
    found(database, SystemClock(), settings, [by], builders.acting_as(by))
    return begin_session(database, by)


def begin_session(database: ClinicDatabase, by: Practitioner) -> str:
    """Put in a patient with one empty treatment session; return the session's id."""
    from injectmap.bootstrap.assembly import map_versions
    from injectmap.services.patients import PatientService
    from injectmap.services.sessions import NewSyringes, SessionService

    clock, acting = SystemClock(), builders.acting_as(by)
    details = PatientDetails("Lindqvist", "Åsa", dt.date(1968, 3, 14))
    patient = PatientService(database, clock).create(acting, details)
    opened = SessionService(database, clock, map_versions(), SETTINGS.time_zone).create(
        acting,
        patient_id=patient.id,
        practitioner_id=by.id,
        date=clock.today(SETTINGS.time_zone),
        syringes=[NewSyringes(builders.product(nominal_ul=PLENTY_UL), 1, "L1", dt.date(2031, 1, 31))],
    )
    return opened.session.id


def copied(path: Path, to: Path) -> Path:
    """Copy a clinic with all that lies beside it, but for shared memory, which no restart leaves."""
    to.mkdir(parents=True, exist_ok=True)
    for one in path.parent.glob(f"{path.name}*"):
        if not one.name.endswith("-shm"):
            shutil.copyfile(one, to / one.name)
    return to / path.name


def verified(
    path: Path, acknowledged: Iterable[int] = (), *, key: bytes | None = KEY, empty: bool = False
) -> Found:
    """Open a clinic for writing and check all of it; every acknowledged journal number must be there.

    With `empty` its journal may not have begun.
    """
    database = open_clinic(path, key=key)
    try:
        assert not database.read_only, database.read_only_reason
        held = look(database, empty=empty)
    finally:
        database.close()
    raw = connect(path, key, Mode.WRITE)
    try:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if key is not None:
            assert raw.execute("PRAGMA cipher_integrity_check").fetchall() == []
    finally:
        raw.close()
    lost = set(acknowledged) - {row.number for row in held.rows}
    assert not lost, f"lost: journal rows {sorted(lost)}"
    return held


def look(database: ClinicDatabase, *, empty: bool = False) -> Found:
    """Read what a clinic holds; its chain must hold and each map must be what its journal replays to."""
    with database.reading() as work:
        rows = tuple(work.journal.all())
        assert check_chain(rows) is None
        maps: dict[str, TreatmentMap] = {}
        for row in rows:
            if row.subject_kind is SubjectKind.SESSION:
                before = maps.get(row.subject_id, TreatmentMap())
                is_edit = row.kind is JournalKind.EDIT
                maps[row.subject_id] = (
                    edit_from_json(json.loads(row.payload or "")).apply(before) if is_edit else before
                )
        shown = TreatmentMap()
        revision = 0
        for session_id, replayed in maps.items():
            opened = work.sessions.open(session_id)
            shown, revision = opened.map, opened.session.revision
            assert shown == replayed
        assert empty or work.journal.of_subject(SubjectKind.CLINIC, "clinic")
    return Found(rows, shown, revision)
