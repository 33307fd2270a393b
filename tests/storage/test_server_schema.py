"""The schema on a server: the steps give what a new clinic has, one program at a time; searches find the same."""

import dataclasses
import datetime as dt
import threading

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from injectmap.domain.errors import StorageProblem
from injectmap.storage import migrations, tables
from injectmap.storage.server_engine import parse_address
from injectmap.storage.server_opening import create_server, empty_database, open_server, upgrade_server
from tests import builders
from tests.storage.conftest import CLINIC, KEY
from tests.storage.test_schema_1 import RELEASED

QUESTIONS = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, collation_name, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
    "AND prorettype = 'trigger'::regtype",
    "version": "SELECT version_num FROM alembic_version",
}


@pytest.fixture
def databases(server):
    names = ("stepped", "new")
    yield tuple(server.create(name) for name in names)
    for name in names:
        server.drop(name)


def schema(server, name):
    with server.connect(name) as keeper:
        return {what: sorted(keeper.execute(ask).fetchall()) for what, ask in QUESTIONS.items()}


def step(address, to):
    with pytest.MonkeyPatch.context() as patched, empty_database(parse_address(address)) as connection:
        if to < tables.SCHEMA_VERSION:
            # The guards of now speak of tables of now.
            patched.setattr("injectmap.storage.triggers.create_triggers", lambda _connection: None)
        migrations.upgrade_server(connection, "stepped", to=to)
        connection.commit()


@pytest.mark.parametrize("trigrams", [False, True])
def test_the_steps_give_the_schema_of_a_new_clinic(server, databases, trigrams):
    stepped, new = databases
    if trigrams:
        for name in ("stepped", "new"):
            with server.connect(name) as keeper:
                keeper.execute("CREATE SCHEMA extra")
                keeper.execute("CREATE EXTENSION pg_trgm SCHEMA extra")
                keeper.execute(f"ALTER DATABASE {name} SET search_path = public, extra")
    create_server(new, CLINIC).close()
    step(stepped, tables.SCHEMA_VERSION)
    made, wanted = schema(server, "stepped"), schema(server, "new")
    for what, rows in wanted.items():
        assert made[what] == rows, what
    assert len(wanted["triggers"]) > 100
    assert any("trigrams" in name for name, _ in wanted["indexes"]) is trigrams


def test_an_older_clinic_keeps_its_rows_and_two_programs_upgrade_it_once(server, databases):
    import sqlite3

    stepped, _ = databases
    # The clinic of the first release, as if a server had held it then.
    step(stepped, 1)
    old = sqlite3.connect(RELEASED)
    with server.connect("stepped") as keeper:
        keeper.execute("SET session_replication_role = replica")
        for (table,) in keeper.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall():
            found = old.execute(f"SELECT * FROM {table}").fetchall()
            if found and table != "alembic_version":
                places = ", ".join(["%s"] * len(found[0]))
                keeper.cursor().executemany(f"INSERT INTO {table} VALUES ({places})", found)
    old.close()
    with pytest.raises(StorageProblem, match="server_needs_upgrade"):
        open_server(stepped)
    outcome: list[bool] = []
    programs = [threading.Thread(target=lambda: outcome.append(upgrade_server(stepped))) for _ in range(2)]
    for one in programs:
        one.start()
    for one in programs:
        one.join()
    assert sorted(outcome) == [False, True]
    database = open_server(stepped)
    with database.reading() as work:
        (asa,) = work.patients.search("lindqvist", limit=5)
        assert len(work.sessions.of_patient(asa.id)) == 2
        assert [one.lot for one in work.stock.recall("l24a017 ")] == [
            "L24A017",
            "l24A017",
            "L24A017",
            "L24A017",
        ]
        assert work.clinic.settings().review_months == 18
    database.close()


def test_a_step_that_fails_leaves_the_schema_as_it_was(server, databases, monkeypatch):
    stepped, _ = databases
    step(stepped, 2)
    before = schema(server, "stepped")

    def fail(*_: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr("injectmap.storage.triggers.create_triggers", fail)
    with pytest.raises(StorageProblem, match="migration_failed"):
        upgrade_server(stepped)
    assert schema(server, "stepped") == before


NAMES = st.lists(
    st.tuples(
        st.sampled_from(["Lindqvist", "O’Brien", "Ōe", "Ёлкина", "Anna Maria", "Lind", "𠮷野", "Brienne", "a_b%c"]),
        st.sampled_from(["Åsa", "Anna", "Lin", "Kenzaburō", "", "Bo", "Ann-Marie"]),
        st.sampled_from(["1980-03-14", "1981-12-01", "2001-01-01"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip
TYPED = st.lists(
    st.sampled_from(
        ["l", "li", "lin", "ind", "qvist", "brien", "o'b", "an", "anna", "mar", "елк", "野", "1980", "14.3.1980", "3", "bo", "_", "%", "åsa lind", "nn 1981"]
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(people=NAMES, typed=TYPED, limit=st.sampled_from([1, 3, 50]))
def test_a_search_finds_the_same_on_both_engines(server, emptied, tmp_path_factory, people, typed, limit):
    from injectmap.storage.opening import create_clinic

    with server.connect("harbour") as keeper:
        keeper.execute("SET session_replication_role = replica")
        keeper.execute("DELETE FROM patient_name_parts; DELETE FROM patients")
    file = create_clinic(tmp_path_factory.mktemp("clinic") / "a.injectmap", CLINIC, key=KEY)
    there = open_server(emptied)
    for database in (file, there):
        with database.writing() as work:
            for number, (family, given_name, born, wrong) in enumerate(people, start=1):
                one = builders.patient(
                    number=number,
                    family_name=family,
                    given_name=given_name,
                    birth_date=dt.date.fromisoformat(born),
                )
                work.patients.add(dataclasses.replace(one, error_reason="twice" if wrong else ""))
            work.commit()
    for words in typed:
        found = []
        for database in (file, there):
            with database.reading() as work:
                found.append([one.number for one in work.patients.search(words, limit=limit)])
        assert found[0] == found[1], words
    file.close()
    there.close()


def test_every_column_of_text_sorts_byte_by_byte(server, databases):
    _, new = databases
    create_server(new, CLINIC).close()
    with server.connect("new") as keeper:
        found = keeper.execute(
            "SELECT table_name, column_name, data_type, collation_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        ).fetchall()
    assert {kind for _, _, kind, _ in found} == {"text", "bigint", "bytea"}
    assert all(collation == "C" for _, _, kind, collation in found if kind == "text")
