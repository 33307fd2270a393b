"""Clinic files on disk with a fixed key, and a session ready to be drawn in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from injectmap.domain.acting import Acting
from injectmap.domain.edits import Edit, edit_to_json
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Syringe
from injectmap.domain.session import TreatmentSession
from injectmap.domain.settings import ClinicSettings
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.opening import create_clinic
from tests import builders
from tests.fakes import MemoryDatabase

KEY = bytes(range(32))
CLINIC = ClinicSettings("Harbour Clinic", time_zone="Europe/Stockholm")
DEMO = ClinicSettings("Demo", demo=True)


@dataclass
class Charted:
    """A database with one patient, one session and two syringes."""

    database: Any
    patient: Patient
    practitioner: Practitioner
    session: TreatmentSession
    syringes: tuple[Syringe, Syringe]
    acting: Acting

    def commit(self, edit: Edit, revision: int, undoes: int | None = None) -> tuple[int, int]:
        """Store an edit as the service does: passes, revision and journal row in one transaction."""
        with self.database.writing() as work:
            revision = work.sessions.apply_edit(self.session.id, edit, revision)
            number = work.journal.append(
                self.acting,
                kind=JournalKind.EDIT,
                subject_kind=SubjectKind.SESSION,
                subject_id=self.session.id,
                payload=edit_to_json(edit),
                at_ms=1_700_000_000_000 + revision,
                undoes=undoes,
            )
            work.commit()
        return revision, number


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Harbour.injectmap"


@pytest.fixture
def database(path: Path) -> Iterator[ClinicDatabase]:
    database = create_clinic(path, CLINIC, key=KEY)
    yield database
    database.close()


def chart(database: ClinicDatabase | MemoryDatabase) -> Charted:
    person, by = builders.patient(), builders.practitioner()
    session = builders.treatment_session(person, by)
    syringes = builders.syringe(session, number=1), builders.syringe(session, number=2, lot="L24A018")
    with database.writing() as work:
        work.practitioners.add(by)
        work.patients.add(person)
        work.sessions.add(session)
        for one in syringes:
            work.sessions.put_syringe(one)
        work.commit()
    return Charted(database, person, by, session, syringes, builders.acting_as(by))


@pytest.fixture
def charted(database: ClinicDatabase) -> Charted:
    return chart(database)


@pytest.fixture(params=["file", "memory"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Charted]:
    """The same session in a clinic file and in the memory clinic of other tests: both must behave alike."""
    if request.param == "memory":
        yield chart(MemoryDatabase())
        return
    database = create_clinic(tmp_path / "Harbour.injectmap", CLINIC, key=KEY)
    yield chart(database)
    database.close()
