"""The commands that carry a clinic to a server and back, tried on the demonstration clinic from end to end."""

import re

import pytest

from injectmap.cli import main
from tests.support.server import PASSWORD


@pytest.fixture
def empty(server):
    address = server.create("demo")
    yield address
    server.drop("demo")


def test_the_demonstration_goes_to_a_server_and_back(empty, tmp_path, capsys):
    assert main(["move", "--demo", "--to", empty]) == 0
    there = capsys.readouterr().out
    assert main(["move", "--demo", "--to", empty]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert main(["verify", "--database", empty]) == 0
    assert "WHOLE" in capsys.readouterr().out
    back = tmp_path / "Back.injectmap"
    # The address may stand before the command too.
    assert main(["--database", empty, "move", "--to", str(back)]) == 0
    again = capsys.readouterr().out
    assert re.findall("(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", again) == re.findall(
        "(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", there
    )
    assert main(["verify", "--clinic", str(back)]) == 0
    assert main(["upgrade", "--database", empty]) == 0
    assert "up to date already" in capsys.readouterr().out
    assert main(["record", "--database", empty, "--session", "latest", "--pdf", str(tmp_path / "a.pdf")]) == 0
    capsys.readouterr()
    # What only a file has.
    for command in ("passphrase", "backup", "backups"):
        assert main([command, "--database", empty]) == 1
        assert "server" in capsys.readouterr().err
    assert PASSWORD not in there + again


@pytest.mark.parametrize("command", [["backup"], ["backups"], ["restore", "a.injectmap"]])
def test_backups_of_a_server_are_refused_before_anybody_is_asked_for(command, capsys):
    # No server is there to be asked.
    assert main([*command, "--database", "postgresql://somebody@localhost:1/harbour"]) == 1
    assert "both are the server's" in capsys.readouterr().err


def test_upgrade_and_move_need_an_address(capsys):
    assert main(["upgrade"]) == 1
    assert "--database" in capsys.readouterr().err
    assert main(["verify", "--database", "mysql://x/y"]) == 2
