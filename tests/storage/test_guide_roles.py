"""The roles of the guide's chapter on several rooms are enough for the rooms' work, and for nobody else to come in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from injectmap.domain.errors import StorageProblem
from injectmap.storage.server_opening import create_server, open_server
from tests import builders
from tests.storage.conftest import CLINIC, chart
from tests.support.server import PASSWORD, Server

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "12-several-rooms.md"
ROLES = ("clinic_keeper", "clinic_rooms")
NAME = "guided"


def statements() -> list[list[str]]:
    """The SQL blocks of the guide with the test's own database, without what only psql knows."""
    blocks = re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    return [
        [line.strip().replace("harbour", NAME) for line in block.splitlines() if line.strip().endswith(";")]
        for block in blocks
    ]


@pytest.fixture
def rooms(server: Server) -> Iterator[str]:
    """The address of the rooms, after the guide's steps."""
    making, granting = statements()
    with server.connect() as postgres:
        for one in making:
            postgres.execute(one)
        for role in ROLES:
            postgres.execute(f"ALTER ROLE {role} PASSWORD '{PASSWORD}'")
    try:
        create_server(server.address(NAME, user="clinic_keeper"), CLINIC).close()
        with psycopg.connect(
            host=str(server.folder), user="clinic_keeper", password=PASSWORD, dbname=NAME
        ) as keeper:
            for one in granting:
                keeper.execute(one)
        yield server.address(NAME, user="clinic_rooms")
    finally:
        server.drop(NAME)
        with server.connect() as postgres:
            postgres.execute(f"DROP ROLE {', '.join(ROLES)}")


def test_the_rooms_can_work_and_nobody_else_comes_in(server, rooms):
    database = open_server(rooms)
    assert not database.read_only
    chart(database)
    with database.reading() as work:
        assert work.proof.prove().head.number >= 0
    database.close()
    with server.connect() as postgres:
        postgres.execute(f"CREATE ROLE passer_by LOGIN PASSWORD '{PASSWORD}'")
    try:
        with pytest.raises(StorageProblem):
            open_server(server.address(NAME, user="passer_by"))
        with pytest.raises(psycopg.OperationalError, match="CONNECT"):
            psycopg.connect(host=str(server.folder), user="passer_by", password=PASSWORD, dbname=NAME)
    finally:
        with server.connect() as postgres:
            postgres.execute("DROP ROLE passer_by")


def test_a_row_that_is_refused_is_not_in_the_servers_log(server, rooms):
    # Another role's is: that is what the guide's setting keeps out.
    for address, name in ((rooms, "Zwartkopskraal"), (server.address(NAME), "Quillfeather")):
        database = open_server(address)
        nameless = builders.patient(family_name=name, number=7)
        object.__setattr__(nameless, "revision", 0)
        with pytest.raises(DBAPIError), database.writing() as work:
            work.patients.add(nameless)
        database.close()
    log = (server.folder / "log").read_text("utf-8", "replace")
    assert "Quillfeather" in log
    assert "Zwartkopskraal" not in log
