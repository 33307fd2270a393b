"""Files with a passphrase or a recovery key: what is wrong with one is said, and so is that others may read it."""

import pytest

from injectmap.bootstrap import Opener
from injectmap.cli import main
from injectmap.cli.opening import tell_open
from injectmap.domain.keys import Cost, slot_path

PASSPHRASE = "harbour mist over quay"


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "Harbour.injectmap"
    new = Opener(data_folder=tmp_path / "program", cost=Cost(memory_kib=64, passes=1, lanes=1)).create(
        path, name="Harbour", practitioner="Dr Okafor", time_zone="Europe/Stockholm", passphrase=PASSPHRASE
    )
    new.services.close()
    return path, new.recovery_key


def run(path, content, capsys, mode=0o600):
    file = path.with_name("key")
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    code = main(["backups", "--clinic", str(path), "--key-file", str(file)])
    return code, capsys.readouterr().err


def test_a_file_that_others_may_read_is_said_once_and_serves(made, capsys):
    path, _ = made
    tell_open.cache_clear()
    code, said = run(path, PASSPHRASE, capsys, mode=0o644)
    assert code == 0
    assert said.count("Others on this computer may read “key”") == 1
    assert run(path, PASSPHRASE, capsys, mode=0o644) == (0, "")
    tell_open.cache_clear()
    assert run(path, PASSPHRASE, capsys) == (0, "")


def test_a_missing_and_an_empty_file_are_told_apart(made, capsys):
    path, _ = made
    code, said = run(path, None, capsys)
    assert (code, said) == (1, "The file “key” is not there.\n")
    path.with_name("key").mkdir()
    assert "cannot be read" in run(path, None, capsys)[1]
    path.with_name("key").rmdir()
    assert "holds no passphrase" in run(path, "", capsys)[1]


@pytest.mark.parametrize("slots", [True, False])
def test_a_slip_in_a_recovery_key_is_named_with_its_group(made, capsys, slots):
    path, key = made
    if not slots:
        slot_path(path).unlink()
    groups = key.split("-")
    groups[4] = groups[4][:2] + ("7" if groups[4][2] != "7" else "8") + groups[4][3:]
    for wrong in ("-".join(groups), "".join(groups), "-".join(groups).lower()):
        code, said = run(path, wrong, capsys)
        assert (code, said) == (
            1,
            "Group 5 of the recovery key is not as printed. Compare it with the sheet.\n",
        )
    assert run(path, "-".join([*groups[:4], groups[4][:4], *groups[5:]]), capsys)[1].startswith("Group 5")
    assert run(path, key, capsys) == (0, "")
    if slots:
        assert (
            "Group"
            not in run(path, "thirteen words of many letters each are no recovery key at all", capsys)[1]
        )
