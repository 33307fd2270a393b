"""Encrypted clinics on real files: made, opened, changed, moved; nothing of a patient is ever on the disk in the clear."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

import pytest

from injectmap import cli
from injectmap.bootstrap import Opener
from injectmap.domain.errors import InjectmapError
from injectmap.domain.keys import LockState, Unlock, show_recovery_key, slot_path
from injectmap.domain.patient import PatientDetails
from injectmap.services.clinic import NewClinic
from tests.key_fakes import PASSPHRASE, PASSWORD, TINY, FakeKeyring

# Words that stand nowhere but in what this test types.
MARKER, FIRST = "Zwartkopskraal", "Quillfeather"
PRACTITIONER = "Dr Ottoline Brackwater"
OTHER = "three ferries and a tug"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "clinics"
    folder.mkdir()
    return folder


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    return Opener(data_folder=tmp_path / "data", cost=TINY)


def make(opener: Opener, path: Path, password: str = "") -> NewClinic:
    return opener.create(
        path,
        name="Quay Clinic",
        practitioner=PRACTITIONER,
        time_zone="Europe/London",
        passphrase=PASSPHRASE,
        password=password,
    )


@pytest.fixture
def made(opener: Opener, folder: Path) -> tuple[Path, str]:
    """A clinic with its recovery key, closed."""
    path = folder / "Quay.injectmap"
    new = make(opener, path)
    new.services.close()
    return path, new.recovery_key


def code_of(call) -> str:
    with pytest.raises(InjectmapError) as refused:
        call()
    return refused.value.code


def register(services, name: str = MARKER) -> None:
    services.patients.create(services.acting, PatientDetails(name, FIRST, dt.date(1968, 3, 14)))


class Watch:
    """Reads every file of some folders for words that must not be there."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self.words = [
            part.encode(form)
            for word in (MARKER, FIRST, "Brackwater", "Quay Clinic")
            for part in (word, word.casefold(), word.upper())
            for form in ("utf-8", "utf-16-le")
        ]
        self.seen: set[str] = set()

    def look(self) -> None:
        for folder in self.folders:
            for path in folder.rglob("*"):
                try:
                    content = path.read_bytes() if path.is_file() else b""
                except FileNotFoundError:
                    continue
                self.seen.add(path.name)
                assert not content.startswith(b"SQLite format 3"), path.name
                found = [word for word in self.words if word in content]
                assert found == [], path.name


def test_nothing_is_on_the_disk_in_the_clear_during_and_after(
    opener: Opener, folder: Path, tmp_path: Path, monkeypatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(temporary))
    watch = Watch(folder, temporary, tmp_path / "data")
    path = folder / "Quay.injectmap"

    # Between any two calls of Python while the file is laid out and filled.
    calls = 0

    def between(frame, event, _argument) -> None:
        nonlocal calls
        if event == "return" and "injectmap/storage" in frame.f_code.co_filename:
            calls += 1
            if calls % 7 == 0:
                watch.look()

    sys.setprofile(between)
    try:
        new = make(opener, path, PASSWORD)
        services = new.services
        services = type(services)(
            **{**vars(services), "acting": services.accounts.sign_in(PRACTITIONER, PASSWORD)}
        )
        register(services)
        for number in range(12):
            register(services, f"{MARKER}-{number}")
        watch.look()
        services.close()
    finally:
        sys.setprofile(None)
    watch.look()
    assert calls > 200
    assert "Quay.injectmap-wal" in watch.seen
    assert any(name.endswith(".part") for name in watch.seen)
    assert any(name.endswith(".unfinished") for name in watch.seen)
    assert sorted(one.name for one in folder.iterdir()) == ["Quay.injectmap", "Quay.injectmap.keys.json"]


def test_the_watch_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "left.tmp").write_bytes(b"..." + MARKER.casefold().encode())
    with pytest.raises(AssertionError, match=r"left\.tmp"):
        Watch(tmp_path).look()


def test_a_copy_before_an_upgrade_is_keyed_too(opener: Opener, made, folder: Path) -> None:
    from injectmap.storage.opening import open_clinic

    path, recovery_key = made
    services = opener.open(path, Unlock(passphrase=PASSPHRASE))
    register(services)
    key = services.keys._key
    services.close()
    database = open_clinic(path, key=key)
    try:
        from injectmap.storage.engine import Mode, connect

        copy = connect(folder / "copy.injectmap", key, Mode.CREATE)
        source = connect(path, key, Mode.READ)
        source.backup(copy)
        source.close()
        copy.close()
    finally:
        database.close()
    Watch(folder).look()
    # A copy opens with the same recovery key, without any slots beside it.
    services = opener.open(folder / "copy.injectmap", Unlock(recovery_key=recovery_key))
    assert services.patients.search(services.acting, MARKER)
    assert not services.keys.has_passphrase
    services.close()


def test_a_clinic_opens_with_its_passphrase_or_recovery_key_and_with_nothing_else(opener, made) -> None:
    path, recovery_key = made
    assert opener.lock_of(path).state is LockState.LOCKED
    assert code_of(lambda: opener.open(path)) == "passphrase_needed"
    assert code_of(lambda: opener.open(path, Unlock(passphrase="something else"))) == "passphrase_wrong"
    assert code_of(lambda: opener.open(path, Unlock(passphrase=PASSPHRASE))) == "passphrase_wait"
    other = Unlock(recovery_key=show_recovery_key(bytes(32)))
    assert code_of(lambda: opener.open(path, other)) == "recovery_key_wrong"
    again = Opener(data_folder=opener.folder, cost=TINY)
    for unlock in (Unlock(passphrase=PASSPHRASE), Unlock(recovery_key=recovery_key.lower())):
        services = again.open(path, unlock)
        assert not services.settings.demo
        services.close()


def test_without_its_slots_the_recovery_key_opens_and_sets_a_new_passphrase(opener, made) -> None:
    path, recovery_key = made
    slot_path(path).unlink()
    assert opener.lock_of(path).problem.code == "passphrase_lost"
    assert code_of(lambda: opener.open(path, Unlock(passphrase=PASSPHRASE))) == "passphrase_lost"
    other = Unlock(recovery_key=show_recovery_key(bytes(32)))
    assert code_of(lambda: opener.open(path, other)) == "recovery_key_or_damaged"
    assert code_of(lambda: opener.set_passphrase(path, other, OTHER)) == "recovery_key_or_damaged"
    assert not slot_path(path).exists()
    opener.set_passphrase(path, Unlock(recovery_key=recovery_key), OTHER)
    services = opener.open(path, Unlock(passphrase=OTHER))
    assert services.keys.has_passphrase
    services.close()


def test_slots_of_another_clinic_do_not_keep_its_own_recovery_key_out(opener, made, folder) -> None:
    path, recovery_key = made
    hill = make(opener, folder / "Hill.injectmap")
    hill.services.close()
    shutil.copy(slot_path(folder / "Hill.injectmap"), slot_path(path))
    assert code_of(lambda: opener.open(path, Unlock(passphrase=PASSPHRASE))) == "file_damaged"
    services = opener.open(path, Unlock(recovery_key=recovery_key))
    assert not services.keys.has_passphrase
    services.close()


def test_a_changed_passphrase_leaves_the_clinics_file_as_it_is(opener, made) -> None:
    path, _ = made
    before = path.read_bytes()
    opener.set_passphrase(path, Unlock(passphrase=PASSPHRASE), OTHER)
    assert path.read_bytes() == before
    assert code_of(lambda: opener.open(path, Unlock(passphrase=PASSPHRASE))) == "passphrase_wrong"


def test_what_another_passphrase_does_not_shut_out_and_what_a_new_file_does(
    opener, made, folder, told, monkeypatch, capsys
) -> None:
    path, recovery_key = made
    old_slots = slot_path(path).read_bytes()
    arguments = ["--clinic", str(path), "--key-file", told(PASSPHRASE)]
    assert cli.main(["passphrase", *arguments, "--new-passphrase-file", told(OTHER, "new.txt")]) == 0
    said = capsys.readouterr().out
    assert f"old copy of “{slot_path(path).name}”" in said
    assert "can still open the clinic" in said
    assert code_of(lambda: opener.open(path, Unlock(passphrase=PASSPHRASE))) == "passphrase_wrong"
    # What the words say: with an old copy of the slots the old passphrase opens the present file.
    slot_path(path).write_bytes(old_slots)
    Opener(data_folder=opener.folder, cost=TINY).open(path, Unlock(passphrase=PASSPHRASE)).close()
    # Only a new file has a new key, as the guide says.
    new = folder / "New.injectmap"
    assert (
        cli.main(["move", *arguments, "--to", str(new), "--new-passphrase-file", told(OTHER, "n.txt")]) == 0
    )
    for old in (Unlock(recovery_key=recovery_key), Unlock(passphrase=PASSPHRASE)):
        assert code_of(lambda unlock=old: opener.open(new, unlock)) in (
            "recovery_key_wrong",
            "passphrase_wrong",
        )
    slot_path(new).write_bytes(old_slots)
    again = Opener(data_folder=opener.folder, cost=TINY)
    assert code_of(lambda: again.open(new, Unlock(passphrase=PASSPHRASE))) == "file_damaged"


def test_a_key_kept_on_this_computer_opens_without_a_word(tmp_path: Path, folder: Path) -> None:
    keyring = FakeKeyring()
    opener = Opener(data_folder=tmp_path / "data", cost=TINY, keyring=keyring)
    path = folder / "Quay.injectmap"
    make(opener, path).services.close()
    opener.open(path, Unlock(passphrase=PASSPHRASE, keep=True)).close()
    assert opener.lock_of(path).state is LockState.KEPT
    services = opener.open(path)
    assert services.keys.kept
    services.keys.forget(services.acting)
    services.close()
    assert opener.lock_of(path).state is LockState.LOCKED


def test_a_clinic_whose_making_fails_leaves_nothing_that_a_next_one_stumbles_over(
    opener, folder, monkeypatch
) -> None:
    path = folder / "Quay.injectmap"
    for refused in (
        {"passphrase": "short", "password": PASSWORD},
        {"passphrase": PASSPHRASE, "password": "short"},
    ):
        with pytest.raises(InjectmapError):
            opener.create(path, name="Q", practitioner="A", time_zone="Europe/London", **refused)
    assert list(folder.iterdir()) == []
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(PermissionError(13, "no")))
    with pytest.raises(PermissionError):
        make(opener, path)
    assert list(folder.iterdir()) == []
    monkeypatch.undo()
    make(opener, path).services.close()
    slot_path(path).rename(slot_path(folder / "Hill.injectmap"))
    assert code_of(lambda: make(opener, folder / "Hill.injectmap")) == "keys_exist"
    names = ["Hill.injectmap.keys.json", "Quay.injectmap"]
    assert sorted(one.name for one in folder.iterdir()) == names
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    assert code_of(lambda: make(opener, folder / "Dune.injectmap")) == "disk_full"
    assert sorted(one.name for one in folder.iterdir()) == names


def test_the_demonstration_stays_plain_and_marked(opener: Opener) -> None:
    services = opener.demo()
    assert services.keys is None
    assert services.settings.demo
    services.close()
    path = opener.folder / "demo.injectmap"
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert opener.lock_of(path).state is LockState.OPEN
    assert (
        code_of(lambda: opener.set_passphrase(path, Unlock(passphrase="x"), OTHER)) == "clinic_not_encrypted"
    )


# ---- the command line


@pytest.fixture
def told(tmp_path: Path):
    def write(line: str, name: str = "key.txt") -> str:
        (tmp_path / name).write_text(f"{line}\nsecond line\n", "utf-8")
        return str(tmp_path / name)

    return write


def prepared(opener: Opener, path: Path) -> None:
    from injectmap.services.sessions import NewSyringes

    services = opener.open(path, Unlock(passphrase=PASSPHRASE))
    acting = services.acting
    patient = services.patients.create(acting, PatientDetails(MARKER, FIRST, dt.date(1968, 3, 14)))
    services.sessions.create(
        acting,
        patient_id=patient.id,
        practitioner_id=acting.practitioner_id,
        date=services.sessions.today(),
        syringes=[NewSyringes(services.products.products()[0], 2, "L1")],
    )
    services.close()


@pytest.mark.parametrize("how", ["passphrase", "recovery key", "prompt"])
def test_a_record_of_an_encrypted_clinic(how, opener, made, tmp_path, told, monkeypatch, capsys) -> None:
    path, recovery_key = made
    prepared(opener, path)
    arguments = ["record", "--clinic", str(path), "--session", "latest", "--pdf", str(tmp_path / "r.pdf")]
    if how == "prompt":
        typed = iter(["wrong", PASSPHRASE])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    else:
        arguments += ["--key-file", told(PASSPHRASE if how == "passphrase" else recovery_key)]
    assert cli.main(arguments) == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    said = capsys.readouterr()
    assert ("not the passphrase" in said.err) == (how == "prompt")
    assert PASSPHRASE not in said.out + said.err


def test_without_a_terminal_the_command_says_what_to_do(made, tmp_path, capsys) -> None:
    path, _ = made
    arguments = ["record", "--clinic", str(path), "--session", "latest", "--pdf", str(tmp_path / "r.pdf")]
    assert cli.main(arguments) == 1
    assert "at a terminal" in capsys.readouterr().err
    assert cli.main([*arguments, "--key-file", str(tmp_path / "none.txt")]) == 1
    assert "none.txt" in capsys.readouterr().err


def test_no_passphrase_or_password_is_an_argument(capsys) -> None:
    from injectmap.cli import _parser

    for action in _parser()._subparsers._group_actions[0].choices.values():
        for one in action._actions:
            assert not {"--passphrase", "--password", "--key", "--recovery-key"} & set(one.option_strings)


def test_who_signs_in_gives_a_password(opener, folder, tmp_path, told, capsys) -> None:
    path = folder / "Quay.injectmap"
    make(opener, path, PASSWORD).services.close()
    arguments = ["record", "--clinic", str(path), "--session", "latest", "--pdf", str(tmp_path / "r.pdf")]
    arguments += ["--key-file", told(PASSPHRASE)]
    assert cli.main(arguments) == 1
    assert "--as NAME" in capsys.readouterr().err
    arguments += ["--as", PRACTITIONER, "--password-file"]
    assert cli.main([*arguments, told("not the password", "p.txt")]) == 1
    assert "no such treatment session" not in capsys.readouterr().err
    # Signed in: what is missing now is a session.
    assert cli.main([*arguments, told(PASSWORD, "p.txt")]) == 1
    assert "no such treatment session" in capsys.readouterr().err


def test_the_passphrase_is_changed_from_the_command_line(opener, made, told, capsys) -> None:
    path, recovery_key = made
    arguments = ["passphrase", "--clinic", str(path), "--new-passphrase-file", told(OTHER, "new.txt")]
    assert cli.main([*arguments, "--key-file", told("wrong passphrase")]) == 1
    assert "not the passphrase" in capsys.readouterr().err
    assert cli.main([*arguments, "--key-file", told(PASSPHRASE)]) == 0
    assert OTHER not in capsys.readouterr().out
    opener.open(path, Unlock(passphrase=OTHER)).close()
    assert (
        cli.main(
            [
                *arguments[:3],
                "--new-passphrase-file",
                told("short", "s.txt"),
                "--key-file",
                told(recovery_key),
            ]
        )
        == 1
    )
    assert "at least 12" in capsys.readouterr().err


def test_the_passphrase_typed_twice_must_be_alike(made, told, monkeypatch, capsys) -> None:
    path, _ = made
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([PASSPHRASE, OTHER, OTHER + "x"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert cli.main(["passphrase", "--clinic", str(path)]) == 1
    said = capsys.readouterr().err
    # The rule is said before anything is typed.
    assert said.index("at least 12") < said.index("differ")
