"""A clinic on a server: who may open it, what an interrupted line does, and that no text of the server comes out."""

import logging
import traceback
from pathlib import Path

import psycopg
import pytest

from injectmap.domain.clinic_places import ServerAddress, clinic_place
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.journal import check_chain
from injectmap.storage import tables
from injectmap.storage.server_opening import create_server, open_server
from injectmap.storage.server_problems import why_not_connected
from injectmap.words import load_words
from tests import builders
from tests.storage.conftest import CLINIC, chart
from tests.support.server import PASSWORD, SUPERUSER


@pytest.fixture
def empty(server):
    address = server.create("bare")
    yield address
    server.drop("bare")


def head_of(database) -> int:
    with database.reading() as work:
        return work.journal.head()


def refused(address: str) -> StorageProblem:
    with pytest.raises(StorageProblem) as caught:
        open_server(address).close()
    return caught.value


def test_who_cannot_come_in_is_told_why(server, emptied):
    assert refused(server.address("harbour", password="wrong")).code == "server_refused"
    assert refused(server.address("harbour", user="stranger")).code == "server_refused"
    assert refused(server.address("harbour", password=None)).code == "server_refused"
    problem = refused(server.address("elsewhere"))
    assert (problem.code, problem.params["name"]) == ("server_has_no_database", "elsewhere")
    problem = refused("postgresql+psycopg://someone@localhost:1/harbour")
    assert (problem.code, problem.params["host"]) == ("server_not_reachable", "localhost")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("connection failed: server does not support SSL, but SSL was required", "server_without_encryption"),
        ("connection failed: SSL error: certificate verify failed", "server_certificate_refused"),
        ('connection failed: root certificate file "/x/root.crt" does not exist', "server_authority_missing"),
        ('connection failed: server certificate for "a" does not match host name "b"', "server_certificate_other_name"),
        ("connection failed: SSL error: something else", "server_not_trusted"),
        ('connection is bad: invalid sslmode value: "verify-ful"', "address_value_wrong"),
        ("bad value for connect_timeout: 'secret'", "address_value_wrong"),
        ('invalid integer value "abc" for connection option "keepalives"', "address_value_wrong"),
        ("failed to resolve host 'x': [Errno -8] Servname not supported for ai_socktype", "address_value_wrong"),
        ("failed to resolve host 'nowhere': [Errno -2] Name or service not known", "server_name_unknown"),
        ('connection is bad: definition of service "unk" not found', "address_service_unknown"),
        ('connection failed: FATAL:  kein pg_hba.conf-Eintrag für Host "::1", Benutzer "nurse", Datenbank "harbour", kein SSL', "server_refused"),
        ('connection failed: FATAL:  Passwort-Authentifizierung für Benutzer "nurse" fehlgeschlagen', "server_refused"),
        ('connection failed: FATAL:  Datenbank "harbour" existiert nicht', "server_has_no_database"),
        ("connection failed: Connection timed out", "server_not_reachable"),
        ("connection failed: FATAL:  sorry, too many clients already", "server_not_reachable"),
    ],
)  # fmt: skip
def test_no_connection_in_whatever_language(said, code):
    wanted = {"host": "clinic.example", "user": "nurse", "dbname": "harbour"}
    assert why_not_connected(psycopg.OperationalError(said), wanted).code == code


def test_a_password_comes_from_where_libpq_looks_for_it(server, emptied, tmp_path, monkeypatch):
    kept = tmp_path / "pgpass"
    kept.write_text(f"*:*:harbour:{SUPERUSER}:{PASSWORD}\n", "utf-8")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    open_server(server.address("harbour", password=None)).close()
    services = tmp_path / "services.conf"
    services.write_text(f"[rooms]\nhost={server.folder}\nuser={SUPERUSER}\ndbname=harbour\n", "utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    database = open_server("postgresql+psycopg:///?service=rooms")
    assert database.name == "harbour"
    database.close()


def test_a_password_in_the_address_is_never_shown(server, emptied, caplog):
    address = server.address("harbour")
    assert PASSWORD in address
    caplog.set_level(logging.DEBUG)
    database = open_server(address)
    problem = refused(server.address("elsewhere"))
    told = f"{database.name} {database!r} {vars(database)} {problem!r} {problem.params} {caplog.text}"
    assert PASSWORD not in told
    assert database.name == "harbour"
    database.close()


def test_an_address_is_told_from_a_path():
    for address in ("postgresql+psycopg://clinic:secret@server/harbour", "postgres://server/harbour"):
        place = clinic_place(address)
        assert place == ServerAddress(address)
        assert "secret" not in f"{place} {place!r}"
    for path in ("/srv/clinic/Harbour.injectmap", "C:\\Clinic\\Harbour.injectmap", "Harbour.injectmap"):
        assert clinic_place(path) == Path(path)
    for wrong in ("mysql://server/harbour", "postgresql+psycopg://server:port/harbour", "harbour"):
        with pytest.raises(InputRefused, match="address_not_understood"):
            open_server(wrong)


@pytest.mark.parametrize(
    ("address", "code", "name"),
    [
        ("postgresql://u:secret@localhost:1/x?sslmod=verify-full", "address_parameter_unknown", "sslmod"),
        (
            "postgresql://u:secret@localhost:1/x?sslmode=require&hots=/run",
            "address_parameter_unknown",
            "hots",
        ),
        ("postgresql://localhost:1/x?secret=word", "address_parameter_strange", None),
        ("postgresql://u:secret@localhost:1", "address_without_database", None),
        ("postgresql://u:secret@localhost:1/", "address_without_database", None),
        ("postgresql://u:secret@localhost:1/x?sslmode=verify-ful", "address_value_wrong", "sslmode"),
        ("postgresql:///x?host=localhost&port=secret", "address_value_wrong", "port"),
    ],
)
def test_a_mistyped_address_is_called_one_and_no_password_is_said(address, code, name):
    with pytest.raises((InputRefused, StorageProblem)) as caught:
        open_server(address)
    assert (caught.value.code, caught.value.params.get("name")) == (code, name)
    told = load_words()(f"error.{code}", **caught.value.params)
    assert "secret" not in f"{told} {caught.value!r}"
    assert name is None or name in told


def test_a_role_without_any_right_is_not_told_that_it_may_read(server, emptied):
    with server.connect("harbour") as keeper:
        keeper.execute(f"CREATE ROLE nobody_here LOGIN PASSWORD '{PASSWORD}'")
    try:
        problem = refused(server.address("harbour", user="nobody_here"))
        assert problem.code == "server_rights_none"
        assert "may not even read" in load_words()(f"error.{problem.code}", **problem.params)
    finally:
        with server.connect("harbour") as keeper:
            keeper.execute("DROP ROLE nobody_here")


def test_an_empty_database_is_not_a_clinic_and_becomes_one_on_request(empty):
    assert refused(empty).code == "server_empty"
    database = create_server(empty, CLINIC)
    assert (database.name, database.read_only, database.shared) == ("bare", False, True)
    assert head_of(database) == 0
    database.close()
    with pytest.raises(StorageProblem, match="server_not_empty"):
        create_server(empty, CLINIC)
    again = open_server(empty)
    with again.reading() as work:
        assert work.clinic.settings() == CLINIC
    again.close()


def test_someone_elses_database_is_left_alone(server, empty):
    with server.connect("bare") as keeper:
        keeper.execute("CREATE TABLE patients (name text)")
    assert refused(empty).code == "server_not_ours"
    with pytest.raises(StorageProblem, match="server_not_empty"):
        create_server(empty, CLINIC)


def test_a_database_in_another_script_is_refused(server):
    with server.connect() as keeper:
        keeper.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1'")
    with pytest.raises(StorageProblem, match="server_not_utf8"):
        create_server(server.address("latin"), CLINIC)
    server.drop("latin")


def test_a_newer_schema_is_refused_before_and_after_opening(server, emptied):
    database = open_server(emptied)
    chart(database)
    with server.connect("harbour") as keeper:
        keeper.execute("UPDATE alembic_version SET version_num = '0099'")
    # Another program brought it up to date while we had it open.
    with pytest.raises(StorageProblem, match="server_newer") as caught, database.writing():
        pytest.fail("written with an older schema in mind")
    assert caught.value.params == {"version": 99, "known": tables.SCHEMA_VERSION}
    database.close()
    assert refused(emptied).code == "server_newer"


def test_without_rights_to_write_it_is_read_and_says_so(server, emptied):
    with server.connect("harbour") as keeper:
        keeper.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
        keeper.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    database = open_server(server.address("harbour", user="reader"))
    assert database.read_only
    assert database.read_only_reason.code == "server_rights_missing"
    with pytest.raises(StorageProblem, match="server_rights_missing"):
        database.writing()
    with database.reading() as work:
        assert work.clinic.settings() == CLINIC
    database.close()
    with server.connect("harbour") as keeper:
        keeper.execute("DROP OWNED BY reader")
        keeper.execute("DROP ROLE reader")


def test_a_role_that_only_reads_and_writes_rows_can_do_all_the_work(server, emptied):
    with server.connect("harbour") as keeper:
        keeper.execute(f"CREATE ROLE room LOGIN PASSWORD '{PASSWORD}'")
        keeper.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO room")
    database = open_server(server.address("harbour", user="room"))
    charted = chart(database)
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    database.close()
    with server.connect("harbour") as keeper:
        keeper.execute("DROP OWNED BY room")
        keeper.execute("DROP ROLE room")


def test_a_line_that_was_cut_while_nobody_used_it_is_made_anew_unnoticed(server, emptied):
    database = open_server(emptied)
    charted = chart(database)
    assert server.hang_up("harbour") >= 1
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    assert server.hang_up("harbour") >= 1
    with database.reading() as work:
        assert len(work.sessions.open(charted.session.id).map.passes) == 1
    database.close()


@pytest.mark.parametrize("when", ["before the statement", "before the commit"])
def test_a_line_that_is_cut_in_the_middle_loses_nothing_but_the_gesture(server, emptied, when):
    database = open_server(emptied)
    charted = chart(database)
    drawn = builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id))

    def draw() -> None:
        with database.writing() as work:
            if when == "before the statement":
                server.hang_up("harbour")
            work.sessions.apply_edit(charted.session.id, drawn, 1)
            server.hang_up("harbour")
            work.commit()

    with pytest.raises(StorageProblem, match="server_lost"):
        draw()
    # What was kept as a preview is stored by the next attempt, at the same revision.
    charted.commit(drawn, 1)
    with database.reading() as work:
        assert len(work.sessions.open(charted.session.id).map.passes) == 1
        assert check_chain(work.journal.all()) is None
    database.close()


def test_reading_on_a_cut_line_is_told_and_goes_on(server, emptied):
    database = open_server(emptied)
    charted = chart(database)
    with database.reading() as work:
        server.hang_up("harbour")
        with pytest.raises(StorageProblem, match="server_lost"):
            work.sessions.open(charted.session.id)
    with database.reading() as work:
        assert work.sessions.get(charted.session.id) == charted.session
    database.close()


def test_a_stopped_server_is_not_reachable_and_work_goes_on_when_it_is_back(server, emptied):
    database = open_server(emptied)
    charted = chart(database)
    server.stop()
    try:
        with pytest.raises(StorageProblem, match="server_not_reachable"), database.writing():
            pytest.fail("written to nobody")
    finally:
        server.start()
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    database.close()


def test_another_who_holds_the_journal_too_long_is_told_in_time(server, emptied, monkeypatch):
    from injectmap.storage import server_engine

    monkeypatch.setattr(server_engine, "WAIT_MS", 150)
    database = open_server(emptied)
    with server.connect("harbour") as keeper:
        keeper.execute("BEGIN")
        keeper.execute("SELECT * FROM chain_head FOR UPDATE")
        with pytest.raises(StorageProblem, match="server_busy"), database.writing():
            pytest.fail("two at once")
        # Reading waits for nobody.
        assert head_of(database) == 0
        keeper.execute("ROLLBACK")
    with database.writing() as work:
        work.commit()
    database.close()


def test_a_long_read_may_take_its_time(server, emptied, monkeypatch):
    from injectmap.storage import engines, server_engine

    monkeypatch.setattr(server_engine, "WAIT_MS", 50)
    database = open_server(emptied)
    with database.reading() as work:
        engines.take_time(work._connection)
        work._connection.exec_driver_sql("SELECT pg_sleep(0.2)")
    with pytest.raises(StorageProblem, match="server_busy"), database.reading() as work:
        work._connection.exec_driver_sql("SELECT pg_sleep(0.2)")
    database.close()


def test_a_unit_in_a_unit_is_a_mistake_and_a_closed_clinic_too(emptied):
    database = open_server(emptied)
    with database.writing(), pytest.raises(RuntimeError, match="already"), database.writing():
        pytest.fail("would wait for itself")
    with pytest.raises(RuntimeError, match="entered once"), database.reading() as work, work:
        pytest.fail("entered twice")
    database.close()
    database.close()
    for ask in (database.reading, database.writing):
        with pytest.raises(RuntimeError, match="closed"):
            ask()


def test_errors_carry_neither_parameters_nor_the_servers_text(server, emptied):
    from sqlalchemy.exc import DBAPIError

    database = open_server(emptied)
    charted = chart(database)
    with pytest.raises(DBAPIError) as caught, database.writing() as work:
        work.patients.add(builders.patient(family_name="Secretname", number=charted.patient.number))
    assert "Secretname" not in str(caught.value)
    # A server would tell the whole row that it refuses.
    nameless = builders.patient(family_name="Secretname", number=7)
    object.__setattr__(nameless, "revision", 0)
    with pytest.raises(DBAPIError) as caught, database.writing() as work:
        work.patients.add(nameless)
    whole = "".join(traceback.format_exception(caught.value))
    assert "ck_patients_revision_range" in whole
    assert "Secretname" not in whole
    with database.reading() as work:
        server.hang_up("harbour")
        with pytest.raises(StorageProblem) as told:
            work.patients.get(charted.patient.id)
    assert str(told.value) == "server_lost"
    assert told.value.__suppress_context__ or told.value.__context__ is None
    database.close()
