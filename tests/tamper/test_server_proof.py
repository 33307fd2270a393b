"""A clinic on a server is proved like a file: each kind of change on each table, its guards, and a recomputed chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from injectmap.cli import main
from injectmap.domain.proof import FindingCode, Findings
from injectmap.domain.settings import ClinicSettings
from injectmap.storage.columns import metadata
from injectmap.storage.server_opening import create_server, open_server
from tests.support.server import Server
from tests.tamper.full_clinic import ZONE, FullClinic
from tests.tamper.tampers import TAMPERS, Tamper

NAME = "tampered"
# Done with what only a clinic file has.
OF_FILE = ("patient_search changed",)
# Some of the columns stand for all: the value functions are the same, and the file has all.
CHOSEN = [
    name
    for place, name in enumerate(one for one in TAMPERS if one not in OF_FILE)
    if place % 4 == 0 or name.startswith(("journal ", "chain_head"))
]


class Raw:
    """A superuser's connection, with the marks that the tampers use."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Any = ()) -> Any:
        return self._connection.execute(statement.replace("?", "%s"), list(values))

    def executemany(self, statement: str, rows: Any) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s"), rows)


@pytest.fixture(scope="module")
def clinic(server: Server) -> Iterator[str]:
    address = server.create(NAME)
    settings = ClinicSettings("Harbour Clinic", time_zone=ZONE)
    database = create_server(address, settings)
    try:
        FullClinic(database, settings).fill()
    finally:
        database.close()
    with server.connect(NAME) as keeper:
        keeper.execute("CREATE SCHEMA kept")
        for table in metadata.tables:
            keeper.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
    yield address
    server.drop(NAME)


@pytest.fixture
def restored(server: Server, clinic: str) -> Iterator[str]:
    yield clinic
    with server.connect(NAME) as keeper:
        keeper.execute("SET session_replication_role = replica")
        keeper.execute(
            "".join(
                f"DELETE FROM public.{table}; INSERT INTO public.{table} TABLE kept.{table};"
                for table in metadata.tables
            )
        )


def proved(address: str) -> Findings:
    database = open_server(address)
    try:
        with database.reading() as work:
            return work.proof.prove()
    finally:
        database.close()


def spoilt(server: Server, tamper: Tamper) -> Any:
    """Past guards and foreign keys, as whoever runs the server can."""
    import psycopg

    with server.connect(NAME) as keeper:
        keeper.execute("SET session_replication_role = replica")
        try:
            with keeper.transaction():
                return tamper.do(Raw(keeper))
        except psycopg.errors.CheckViolation:
            # Refused by the table itself; a file can be told to ignore that.
            return None


def test_it_is_whole(clinic):
    found = proved(clinic)
    assert (found.findings, found.notes) == ((), ())
    assert found.erased > 0


def test_the_command_says_so(clinic, capsys):
    assert main(["verify", "--database", clinic]) == 0
    assert "WHOLE" in capsys.readouterr().out


@pytest.mark.parametrize("name", CHOSEN)
def test_found_in_its_place(server, restored, name):
    place = spoilt(server, TAMPERS[name])
    found = proved(restored)
    if place is None:
        assert found.whole
    else:
        assert place(found), found.findings[:8]


@pytest.mark.parametrize(
    ("done", "undone", "key"),
    [
        ("CREATE RULE silent AS ON INSERT TO journal DO INSTEAD NOTHING", "DROP RULE silent ON journal", "rule journal silent"),
        ('CREATE RULE "Åsa L" AS ON UPDATE TO patients DO INSTEAD NOTHING', 'DROP RULE "Åsa L" ON patients', "rule patients ?"),
        ("ALTER TABLE passes ENABLE ROW LEVEL SECURITY", "ALTER TABLE passes DISABLE ROW LEVEL SECURITY", "row-security passes on"),
        ("ALTER TABLE journal FORCE ROW LEVEL SECURITY", "ALTER TABLE journal NO FORCE ROW LEVEL SECURITY", "row-security journal on"),
        ("CREATE POLICY hidden ON syringes USING (false)", "DROP POLICY hidden ON syringes", "policy syringes hidden"),
    ],
)  # fmt: skip
def test_rules_and_row_security_are_seen(server, restored, done, undone, key):
    with server.connect(NAME) as keeper:
        keeper.execute(done)
        found = proved(restored)
        keeper.execute(undone)
    assert [(one.code, one.key) for one in found.findings] == [(FindingCode.GUARD_ADDED, key)]
    assert proved(restored).whole


def test_guards_are_looked_at(server, restored):
    with server.connect(NAME) as keeper:
        keeper.execute("ALTER TABLE journal DISABLE TRIGGER journal_is_never_changed")
        assert [one.code for one in proved(restored).findings] == [FindingCode.GUARD_CHANGED]
        keeper.execute("ALTER TABLE journal ENABLE TRIGGER journal_is_never_changed")
        (before,) = keeper.execute(
            "SELECT pg_get_functiondef('journal_is_never_changed'::regproc)"
        ).fetchone()
        keeper.execute(
            "CREATE OR REPLACE FUNCTION journal_is_never_changed() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        )
        assert [one.code for one in proved(restored).findings] == [FindingCode.GUARD_CHANGED]
        keeper.execute(before)
    assert proved(restored).whole
