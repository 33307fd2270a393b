"""The commands that back up, list and restore, on an encrypted clinic with sign-in."""

import subprocess
import sys

import pytest

from injectmap.bootstrap import Opener
from injectmap.cli import main
from injectmap.domain.keys import Unlock

PASSPHRASE = "harbour mist over quay"
PASSWORD = "gull and rope and tide"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A clinic of one practitioner, with all roles."""
    folder = tmp_path_factory.mktemp("clinic")
    path = folder / "Harbour.injectmap"
    new = Opener(data_folder=folder / "program").create(
        path,
        name="Harbour",
        practitioner="Dr Okafor",
        time_zone="Europe/Stockholm",
        passphrase=PASSPHRASE,
        password=PASSWORD,
    )
    new.services.close()
    (folder / "key").write_text(PASSPHRASE)
    (folder / "password").write_text(PASSWORD)
    return folder, path


def opening(folder, path):
    return [
        "--clinic",
        str(path),
        "--key-file",
        str(folder / "key"),
        "--as",
        "Dr Okafor",
        "--password-file",
        str(folder / "password"),
    ]


def test_a_clinic_is_backed_up_listed_lost_and_restored(made, capsys, tmp_path):
    folder, path = made
    common = opening(folder, path)
    assert main(["backup", *common]) == 0
    assert "opened and checked" in capsys.readouterr().out
    (backup,) = (folder / "Harbour backups").glob("*.injectmap")
    assert main(["backup", *common, "--to", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("Harbour.backup-*.injectmap"))) == 1
    assert main(["backup", *common, "--to", str(tmp_path / "none")]) == 1
    assert "is not here" in capsys.readouterr().err
    assert main(["backups", *common]) == 0
    listed = capsys.readouterr().out
    assert str(backup) in listed
    assert "checked" in listed

    # The question needs an answer.
    assert main(["restore", str(backup), *common]) == 1
    told = capsys.readouterr()
    assert "Rows of the journal" in told.out
    assert "--yes" in told.err
    assert not list(folder.glob("*before-restore*"))

    assert main(["restore", str(backup), *common, "--yes"]) == 0
    told = capsys.readouterr().out
    (kept,) = folder.glob("*before-restore*.injectmap")
    assert kept.name in told

    # Gone: the key is enough, and the passphrase of that day comes with the backup.
    path.unlink()
    path.with_name(f"{path.name}.keys.json").unlink()
    assert main(["restore", str(backup), *common, "--yes"]) == 0
    capsys.readouterr()
    services = Opener(data_folder=folder / "program").open(path, Unlock(passphrase=PASSPHRASE))
    assert services.settings.name == "Harbour"
    services.close()


def test_a_wrong_passphrase_restores_nothing(made, tmp_path, capsys):
    folder, path = made
    (tmp_path / "wrong").write_text("not this one at all")
    backup = max((folder / "Harbour backups").glob("*.injectmap"))
    before = path.read_bytes()
    arguments = [
        "restore",
        str(backup),
        "--clinic",
        str(path),
        "--key-file",
        str(tmp_path / "wrong"),
        "--yes",
    ]
    assert main(arguments) == 1
    assert "passphrase" in capsys.readouterr().err.lower()
    assert path.read_bytes() == before


def test_a_missing_backup_is_said(made, capsys):
    folder, path = made
    assert main(["restore", str(folder / "none.injectmap"), *opening(folder, path), "--yes"]) == 1
    assert "none.injectmap" in capsys.readouterr().err


def test_the_commands_say_what_they_take():
    for command in ("backup", "backups", "restore"):
        done = subprocess.run(
            [sys.executable, "-m", "injectmap", command, "--help"], check=True, capture_output=True, text=True
        )
        assert "--clinic" in done.stdout


def test_no_command_writes_over_a_clinic_its_keys_or_a_backup(made, capsys):
    folder, path = made
    common = opening(folder, path)
    assert main(["backup", *common]) == 0
    # Those made by hand before stay.
    backup = max((folder / "Harbour backups").glob("*.injectmap"))
    kept = {one: one.read_bytes() for one in (backup, path.with_name(f"{path.name}.keys.json"))}
    capsys.readouterr()
    for name in (path, *kept):
        assert main(["anchor", *common[:4], "--out", str(name)]) == 1
        assert main(["anchor", *common[:4], "--pdf", str(name)]) == 1
        assert main(["retention", *common, "--csv", str(name)]) == 1
        told = capsys.readouterr()
        assert told.err.count("nothing was written over it") == 3
        assert told.out == ""
    assert {one: one.read_bytes() for one in kept} == kept
    assert main(["backup", *common]) == 0
