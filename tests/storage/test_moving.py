"""A clinic is carried to a server and back: the same journal, the same rows, the same searches; or nothing at all."""

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.storage import moving
from injectmap.storage.columns import metadata
from injectmap.storage.copies import head_of
from injectmap.storage.moving import move_to_file, move_to_server
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.storage.server_opening import create_server, open_server
from tests import builders
from tests.storage.conftest import CLINIC, KEY, chart
from tests.storage.test_guards import filled


@pytest.fixture
def empty(server):
    address = server.create("carried")
    yield address
    server.drop("carried")


@pytest.fixture
def kept(path):
    """A clinic with a signed and an open record, and names in other scripts."""
    charted = filled(create_clinic(path, CLINIC, key=KEY))
    with charted.database.writing() as work:
        for number, name in enumerate(("Ōe Kenzaburō", "O’Brien-Åström", "Ёлкина", "𠮷野"), start=50):
            work.patients.add(builders.patient(number=number, family_name=name))
        work.records.put_entry(
            "open", RecordField.NOTES, RecordEntry("a % b ? :c \\ 'd'", 1, charted.practitioner.id)
        )
        work.commit()
    yield charted
    charted.database.close()


def contents(database):
    with database.reading() as work:
        return {
            table.name: [tuple(row) for row in work.connection.execute(table.select().order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }  # fmt: skip


def searched(database):
    typed = ("o", "brien", "kenz", "елк", "елкина", "野", "åst", "1980", "50", "lind", "string")
    with database.reading() as work:
        return {one: [found.number for found in work.patients.search(one, limit=20)] for one in typed}


def test_there_and_back_again(kept, empty, path):
    before, found = contents(kept.database), searched(kept.database)
    moved = move_to_server(kept.database, empty)
    assert contents(kept.database) == before
    assert moved.rows == {name: len(rows) for name, rows in before.items()}
    server = open_server(empty)
    assert contents(server) == before
    assert searched(server) == found
    assert any(found.values())
    with server.reading() as work:
        assert head_of(work.connection) == moved.head
    with server.reading() as work:
        opened = work.sessions.open(kept.session.id)
    with kept.database.reading() as work:
        assert work.sessions.open(kept.session.id) == opened
    back = path.with_name("Back.injectmap")
    assert move_to_file(server, back, KEY) == moved
    server.close()
    again = open_clinic(back, key=KEY)
    assert contents(again) == before
    assert searched(again) == found
    # And it is worked in as before.
    drawn = builders.cannula_pass(pass_id="later", order=9, syringe_id="open-syringe")
    with again.writing() as work:
        work.sessions.apply_edit("open", builders.add(drawn), 2)
        work.commit()
    again.close()


def test_it_is_guarded_where_it_arrives(kept, empty, server):
    move_to_server(kept.database, empty)
    with server.connect("carried") as raw, pytest.raises(Exception, match="only amended"):
        raw.execute("UPDATE syringes SET lot = 'OTHER' WHERE session_id = %s", (kept.session.id,))


def test_nothing_is_carried_onto_another_clinic(kept, empty, path):
    create_server(empty, CLINIC).close()
    with pytest.raises(StorageProblem, match="server_not_empty"):
        move_to_server(kept.database, empty)
    with pytest.raises(StorageProblem, match="file_exists"):
        move_to_file(kept.database, path, KEY)


@pytest.mark.parametrize("spoilt", ["a row is lost", "a value changes"])
def test_what_does_not_arrive_whole_is_not_kept(kept, empty, path, monkeypatch, spoilt):
    carried = moving.Prepared.many

    def lossy(statement, connection, rows):
        if "family_name" in rows[0]:
            rows = rows[1:] if spoilt == "a row is lost" else [*rows[1:], rows[0] | {"telephone": "0"}]
        carried(statement, connection, rows)

    monkeypatch.setattr(moving.Prepared, "many", lossy)
    before = contents(kept.database)
    for move in (
        lambda: move_to_server(kept.database, empty),
        lambda: move_to_file(kept.database, path.with_name("Back.injectmap"), KEY),
    ):
        with pytest.raises(StorageProblem) as caught:
            move()
        assert caught.value.code == "move_differs"
    monkeypatch.undo()
    with pytest.raises(StorageProblem, match="server_empty"):
        open_server(empty)
    assert not path.with_name("Back.injectmap").exists()
    assert contents(kept.database) == before


def test_a_broken_chain_is_not_carried(empty, path):
    charted = chart(create_clinic(path, CLINIC, key=KEY))
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    with charted.database.writing() as work:
        work.connection.exec_driver_sql("DROP TRIGGER journal_is_never_changed")
        work.connection.exec_driver_sql("UPDATE journal SET at_ms = at_ms + 1")
        work.commit()
    with pytest.raises(StorageProblem, match="move_chain_broken"):
        move_to_server(charted.database, empty)
    charted.database.close()
