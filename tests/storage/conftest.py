"""Clinic files on disk with a fixed key, the same clinic on a server, and a session ready to be drawn in."""

from collections.abc import Iterator
from contextlib import contextmanager
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
from injectmap.storage.columns import metadata
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.opening import create_clinic
from injectmap.storage.server import ServerDatabase
from injectmap.storage.server_opening import create_server, open_server
from tests import builders
from tests.fakes import MemoryDatabase
from tests.support.server import Server

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


@contextmanager
def listening(work: Any) -> Iterator[list[str]]:
    """The statements that a unit of work gives its driver."""
    said: list[str] = []
    driver = work._connection.connection.driver_connection
    if hasattr(driver, "set_trace_callback"):
        driver.set_trace_callback(said.append)
        yield said
        driver.set_trace_callback(None)
        return
    import psycopg

    with pytest.MonkeyPatch.context() as patched:
        run = psycopg.Cursor.execute

        def execute(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
            if not str(query).startswith("SET LOCAL"):
                said.append(str(query))
            return run(cursor, query, *arguments, **options)

        patched.setattr(psycopg.Cursor, "execute", execute)
        yield said


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What a test says of a clinic holds on both engines, unless it says it of the file."""
    if "engine" in metafunc.fixturenames:
        of_file = metafunc.definition.get_closest_marker("of_file") is not None
        metafunc.parametrize("engine", ["file"] if of_file else ["file", "server"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """`file` or `server`."""
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Harbour.injectmap"


@pytest.fixture(scope="session")
def server_clinic(server: Server) -> str:
    """The address of a clinic on a server, with its first rows kept aside."""
    address = server.create("harbour")
    create_server(address, CLINIC).close()
    with server.connect("harbour") as keeper:
        keeper.execute("CREATE SCHEMA kept")
        for table in metadata.tables:
            keeper.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
    return address


@pytest.fixture
def emptied(server: Server, server_clinic: str) -> str:
    """The address of that clinic as it was made."""
    with server.connect("harbour") as keeper:
        keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = 'harbour' AND pid <> pg_backend_pid()"
        )
        # Neither guards nor foreign keys are asked.
        keeper.execute("SET session_replication_role = replica")
        keeper.execute(
            "".join(
                f"DELETE FROM public.{table}; INSERT INTO public.{table} TABLE kept.{table};"
                for table in metadata.tables
            )
        )
    return server_clinic


@pytest.fixture
def database(
    engine: str, path: Path, request: pytest.FixtureRequest
) -> Iterator[ClinicDatabase | ServerDatabase]:
    database: ClinicDatabase | ServerDatabase
    if engine == "file":
        database = create_clinic(path, CLINIC, key=KEY)
    else:
        database = open_server(request.getfixturevalue("emptied"))
    yield database
    database.close()


def chart(database: ClinicDatabase | ServerDatabase | MemoryDatabase) -> Charted:
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
def charted(database: ClinicDatabase | ServerDatabase) -> Charted:
    return chart(database)


@pytest.fixture(params=["file", "server", "memory"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Charted]:
    """The same session in a clinic file, on a server and in the memory clinic of other tests: all behave alike."""
    if request.param == "memory":
        yield chart(MemoryDatabase())
        return
    database: ClinicDatabase | ServerDatabase
    if request.param == "file":
        database = create_clinic(tmp_path / "Harbour.injectmap", CLINIC, key=KEY)
    else:
        database = open_server(request.getfixturevalue("emptied"))
    yield chart(database)
    database.close()
