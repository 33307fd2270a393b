"""What the command `restore` refuses: each time the clinic and its keys stay as they were."""

import shutil

import pytest

from injectmap.bootstrap import Opener
from injectmap.cli import main
from injectmap.domain.keys import Cost, Unlock, slot_path

PASSPHRASE = "harbour mist over quay"
OTHER_PASSPHRASE = "gorse and heather hill"
PASSWORD = "gull and rope and tide"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


def make(folder, name, passphrase):
    path = folder / f"{name}.injectmap"
    new = Opener(data_folder=folder / "program", cost=CHEAP).create(
        path,
        name=name,
        practitioner="Dr Okafor",
        time_zone="Europe/Stockholm",
        passphrase=passphrase,
        password=PASSWORD,
    )
    new.services.close()
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    make(folder, "Harbour", PASSPHRASE)
    make(folder, "Hill", OTHER_PASSPHRASE)
    opener = Opener(data_folder=folder / "program")
    opener.demo().close()
    shutil.copyfile(opener.demo_path, folder / "demo.injectmap")
    return folder


@pytest.fixture
def here(kept, tmp_path):
    folder = tmp_path / "here"
    shutil.copytree(kept, folder)
    (folder / "key").write_text(PASSPHRASE)
    (folder / "other-key").write_text(OTHER_PASSPHRASE)
    (folder / "password").write_text(PASSWORD)
    for one in ("key", "other-key", "password"):
        (folder / one).chmod(0o600)
    return folder


def restore(here, backup, *more, signed_in=True):
    who = ("--as", "Dr Okafor", "--password-file", str(here / "password")) if signed_in else ()
    return main(
        [
            "restore",
            str(backup),
            "--clinic",
            str(here / "Harbour.injectmap"),
            "--key-file",
            str(here / "key"),
            *who,
            "--yes",
            *more,
        ]
    )


def contents(here):
    path = here / "Harbour.injectmap"
    return path.read_bytes(), slot_path(path).read_bytes()


def whole(here):
    """The clinic's file itself has changed by the row of who signed in."""
    path = here / "Harbour.injectmap"
    services = Opener(data_folder=here / "program").open(path, Unlock(passphrase=PASSPHRASE))
    try:
        return services.settings.name, slot_path(path).read_bytes()
    finally:
        services.close()


def refused(here, capsys, backup, words, *more, signed_in=True):
    before = whole(here)
    assert restore(here, backup, *more, signed_in=signed_in) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
    assert whole(here) == before
    assert not list(here.glob("*before-restore*"))


def spoil(path):
    content = bytearray(path.read_bytes())
    content[20:9000] = bytes(8980)
    path.write_bytes(content)


def back_up(here, name, key):
    who = ["--as", "Dr Okafor", "--password-file", str(here / "password")]
    clinic = here / f"{name}.injectmap"
    assert main(["backup", "--clinic", str(clinic), "--key-file", str(here / key), *who]) == 0
    (made,) = (here / f"{name} backups").glob("*.injectmap")
    return made


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("more", [(), ("--other-clinic",)])
def test_a_demonstration_never_takes_the_place_of_an_encrypted_clinic(here, capsys, signed_in, more):
    words = "plain demonstration" if signed_in else "--as"
    refused(here, capsys, here / "demo.injectmap", words, *more, signed_in=signed_in)


@pytest.mark.parametrize("lost", ["page", "slots"])
def test_nor_of_one_that_cannot_be_read_or_has_lost_its_keys(here, capsys, lost):
    path = here / "Harbour.injectmap"
    if lost == "page":
        spoil(path)
        slot_path(path).unlink()
        slot_path(path).write_bytes(b"?")
    else:
        slots = slot_path(path).read_bytes()
        slot_path(path).unlink()
    before = path.read_bytes()
    assert restore(here, here / "demo.injectmap", "--other-clinic") == 1
    assert "plain demonstration" in capsys.readouterr().err
    assert path.read_bytes() == before
    if lost == "slots":
        slot_path(path).write_bytes(slots)
        Opener(data_folder=here / "program").open(path, Unlock(passphrase=PASSPHRASE)).close()


def test_another_clinic_is_refused_over_one_that_can_be_read_whatever_is_said(here, capsys):
    other = here / "Hill.injectmap"
    refused(here, capsys, other, "another passphrase or recovery key")
    key = ("--backup-key-file", str(here / "other-key"))
    refused(here, capsys, other, "another clinic", *key)
    refused(here, capsys, other, "another clinic", *key, "--other-clinic")


def test_another_clinic_over_a_damaged_file_is_a_matter_of_saying_so(here, capsys):
    path, other = here / "Harbour.injectmap", back_up(here, "Hill", "other-key")
    spoil(path)
    capsys.readouterr()
    damaged = contents(here)
    key = ("--backup-key-file", str(here / "other-key"))
    assert restore(here, other, *key) == 1
    assert "--other-clinic" in capsys.readouterr().err
    assert contents(here) == damaged
    assert restore(here, other, *key, "--other-clinic") == 0
    # It opens with its own passphrase; what was there is kept with its keys, for its owner alone.
    services = Opener(data_folder=here / "program").open(path, Unlock(passphrase=OTHER_PASSPHRASE))
    assert services.settings.name == "Hill"
    services.close()
    (aside,) = here.glob("*before-restore*-damaged.injectmap")
    assert (aside.read_bytes(), slot_path(aside).read_bytes()) == damaged
    assert aside.stat().st_mode & 0o777 == slot_path(aside).stat().st_mode & 0o777 == 0o600


def test_a_damaged_clinic_takes_its_own_backup_without_more_words(here, capsys):
    path, backup = here / "Harbour.injectmap", back_up(here, "Harbour", "key")
    spoil(path)
    damaged = contents(here)
    assert restore(here, backup, signed_in=False) == 0
    assert "cannot be read" in capsys.readouterr().out
    Opener(data_folder=here / "program").open(path, Unlock(passphrase=PASSPHRASE)).close()
    (aside,) = here.glob("*before-restore*-damaged.injectmap")
    assert (aside.read_bytes(), slot_path(aside).read_bytes()) == damaged
    assert aside.stat().st_mode & 0o777 == slot_path(aside).stat().st_mode & 0o777 == 0o600


def test_without_slots_a_page_shows_whose_key_it_is(here, capsys):
    """The same passphrase opens the backup; only the pages tell whether it is the key of the file beside it."""
    path, backup = here / "Harbour.injectmap", back_up(here, "Harbour", "key")
    slot_path(path).unlink()
    other = (here / "Hill.injectmap").read_bytes()
    own = bytearray(path.read_bytes())
    own[40:60] = bytes(20)
    path.write_bytes(other)
    capsys.readouterr()
    assert restore(here, backup, signed_in=False) == 1
    assert "--other-clinic" in capsys.readouterr().err
    assert path.read_bytes() == other
    path.write_bytes(own)
    assert restore(here, backup, signed_in=False) == 0
    Opener(data_folder=here / "program").open(path, Unlock(passphrase=PASSPHRASE)).close()


def test_a_damaged_backup_is_refused_before_anything_is_compared_or_asked(here, capsys):
    backup = back_up(here, "Harbour", "key")
    capsys.readouterr()
    content = bytearray(backup.read_bytes())
    content[-3000:-2000] = bytes(1000)
    backup.write_bytes(content)
    before = whole(here)
    assert restore(here, backup) == 1
    told = capsys.readouterr()
    assert backup.name in told.err
    assert told.out == ""
    assert whole(here) == before
