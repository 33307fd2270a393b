"""A clinic file that was moved is read, never written: the note beside it, and the commands and checks around a move."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.bootstrap import Opener
from injectmap.bootstrap.moving import carry, check_alone
from injectmap.cli import main
from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import Unlock
from injectmap.services.moved import MovedNote, note_from_text, note_path, why_moved, write_note
from injectmap.services.saving import write_whole
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.storage.server_engine import place_of
from tests.key_fakes import PASSPHRASE, PASSWORD, TINY
from tests.storage.conftest import CLINIC, KEY
from tests.support.server import PASSWORD as SERVERS
from tests.support.server import SUPERUSER

NAME = "Dr Ottoline Brackwater"
NOTE = MovedNote("server.example:5432/harbour", 1_795_000_000_000)


@pytest.fixture
def empty(server):
    address = server.create("moved")
    yield address
    server.drop("moved")


@pytest.fixture
def opener(tmp_path) -> Opener:
    return Opener(data_folder=tmp_path / "data", cost=TINY)


@pytest.fixture
def made(opener, tmp_path) -> Path:
    path = tmp_path / "Quay.injectmap"
    new = opener.create(
        path,
        name="Quay Clinic",
        practitioner=NAME,
        time_zone="Europe/London",
        passphrase=PASSPHRASE,
        password=PASSWORD,
    )
    new.services.close()
    return path


@pytest.fixture
def signed_in(tmp_path) -> list[str]:
    """What lets a command in."""
    (tmp_path / "key").write_text(PASSPHRASE)
    (tmp_path / "password").write_text(PASSWORD)
    return ["--key-file", str(tmp_path / "key"), "--as", NAME, "--password-file", str(tmp_path / "password")]


class TestNote:
    def test_there_and_back(self, path):
        assert why_moved(path) is None
        write_note(path, NOTE)
        problem = why_moved(path)
        assert problem is not None
        assert problem.code == "clinic_moved"
        assert (problem.params["to"], problem.params["day"]) == (NOTE.to, NOTE.day)
        assert note_from_text(note_path(path).read_bytes()) == NOTE
        assert [one.name for one in path.parent.iterdir()] == [f"{path.name}.moved.json"]

    @pytest.mark.parametrize(
        "changed",
        [
            {"injectmap_moved": 2},
            {"injectmap_moved": True},
            {"to": ""},
            {"to": "a\nb"},
            {"to": "x" * 401},
            {"to": 1},
            {"at_ms": -1},
            {"at_ms": 2**60},
            {"at_ms": 1.5},
            {"at_ms": "1"},
            {"more": 1},
            {"to": None},
        ],
    )
    def test_what_is_no_note_is_no_leave_to_write(self, path, changed):
        write_note(path, NOTE)
        note_path(path).write_text(json.dumps(json.loads(note_path(path).read_text()) | changed))
        problem = why_moved(path)
        assert problem is not None
        assert problem.code == "moved_note_unreadable"

    @given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    def test_nothing_else_comes_out(self, content):
        with pytest.raises(ValueError, match="no note"):
            note_from_text(content)

    def test_nothing_that_is_saved_is_written_over_it(self, path):
        write_note(path, NOTE)
        for name in (note_path(path).name, "copy.json"):
            (path.parent / name).write_bytes(note_path(path).read_bytes())
            with pytest.raises(StorageProblem, match="file_kept"):
                write_whole(path.parent / name, b"{}")


def test_a_file_with_a_note_is_read_and_not_written(path):
    create_clinic(path, CLINIC, key=KEY).close()
    write_note(path, NOTE)
    before = path.read_bytes()
    database = open_clinic(path, key=KEY)
    assert database.read_only
    with database.reading() as work:
        assert work.clinic.settings() == CLINIC
    with pytest.raises(StorageProblem, match="clinic_moved"):
        database.writing()
    database.close()
    assert path.read_bytes() == before
    note_path(path).unlink()
    again = open_clinic(path, key=KEY)
    assert not again.read_only
    again.close()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql+psycopg://nurse:secret@server.example/harbour?sslmode=verify-full", "server.example/harbour"),
        ("postgres://nurse@server.example:5433/harbour?password=secret", "server.example:5433/harbour"),
        ("postgresql:///harbour?host=/run/pg&user=nurse&password=secret", "/run/pg/harbour"),
        ("postgresql:///?service=rooms&password=secret", "service rooms"),
    ],
)  # fmt: skip
def test_a_place_is_told_without_who_and_password(address, place):
    assert place_of(address) == place


def test_what_was_moved_to_a_server_goes_no_further_here(made, signed_in, empty, capsys):
    here = ["--clinic", str(made), *signed_in]
    assert main(["move", *here, "--to", empty]) == 0
    said = capsys.readouterr().out
    note = note_path(made)
    assert note.name in said
    assert "GRANT SELECT, INSERT, UPDATE, DELETE" in said
    assert json.loads(note.read_text())["to"].endswith("/moved")
    for secret in (SERVERS, SUPERUSER):
        assert secret not in note.read_text()
    # A second move, and whatever else would write.
    assert main(["move", *here, "--to", empty]) == 1
    assert "was moved to" in capsys.readouterr().err
    assert main(["verify", "--clinic", str(made), *signed_in[:2]]) == 0
    capsys.readouterr()
    assert main(["verify", "--database", empty]) == 0


def test_a_file_that_is_moved_into_a_file_goes_no_further_either(made, signed_in, tmp_path, capsys):
    new = tmp_path / "New.injectmap"
    more = ["--to", str(new), "--new-passphrase-file", str(tmp_path / "key")]
    assert main(["move", "--clinic", str(made), *signed_in, *more]) == 0
    assert "GRANT" not in capsys.readouterr().out
    problem = why_moved(made)
    assert problem is not None
    assert problem.params["to"] == "New.injectmap"
    assert why_moved(new) is None


def test_where_no_note_can_be_written_it_is_said(opener, made, empty, monkeypatch):
    def refuse(_clinic, _note):
        raise OSError

    monkeypatch.setattr("injectmap.services.moved.write_note", refuse)
    services = opener.open(made, Unlock(PASSPHRASE))
    services = _entered(services)
    carried = carry(opener, services, _address(empty))
    services.close()
    assert carried.note is None
    assert carried.moved.rows


def test_nothing_is_asked_for_where_the_folder_is_not_there(made, signed_in, capsys):
    nowhere = str(made.parent / "nowhere" / "x.injectmap")
    assert main(["move", "--clinic", str(made), "--to", nowhere]) == 1
    told = capsys.readouterr().err
    assert "is not there" in told
    assert "passphrase" not in told


def test_a_server_with_open_rooms_is_not_left(opener, made, empty, server, signed_in, tmp_path, capsys):
    import psycopg

    assert main(["move", "--clinic", str(made), *signed_in, "--to", empty]) == 0
    back = tmp_path / "Back.injectmap"
    away = ["move", "--database", empty, *signed_in[2:], "--to", str(back)]
    away += ["--new-passphrase-file", str(tmp_path / "key")]
    capsys.readouterr()
    with server.connect() as keeper:
        keeper.execute(f"CREATE ROLE moved_room LOGIN PASSWORD '{SERVERS}'")
        keeper.execute(f"CREATE ROLE moved_keeper LOGIN PASSWORD '{SERVERS}'")
    room = psycopg.connect(host=str(server.folder), user="moved_room", password=SERVERS, dbname="moved")
    try:
        assert main(away) == 1
        assert "connections: 1" in capsys.readouterr().err
        assert not back.exists()
        # A role that may not look into another's session counts it all the same.
        with server.connect("moved") as keeper:
            keeper.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO moved_keeper")
        services = opener.open(_address(server.address("moved", user="moved_keeper")))
        with pytest.raises(StorageProblem, match="rooms_open"):
            check_alone(services)
        services.close()
        assert main([*away, "--even-if-open"]) == 0
        assert "REVOKE" in capsys.readouterr().out
        back.unlink()
    finally:
        room.close()
        with server.connect("moved") as keeper:
            keeper.execute("DROP OWNED BY moved_keeper")
            keeper.execute("DROP ROLE moved_room, moved_keeper")
    services = opener.open(_address(empty))
    check_alone(services)
    services.close()


def _entered(services):
    from dataclasses import replace

    return replace(services, acting=services.accounts.sign_in(NAME, PASSWORD))


def _address(text: str):
    from injectmap.domain.clinic_places import ServerAddress

    return ServerAddress(text)
