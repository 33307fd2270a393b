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


def test_upgrade_and_move_need_an_address(capsys):
    assert main(["upgrade"]) == 1
    assert "--database" in capsys.readouterr().err
    assert main(["verify", "--database", "mysql://x/y"]) == 2
