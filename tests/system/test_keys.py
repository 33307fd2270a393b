"""Real Argon2id and AES-GCM, slot files on disk, and keyrings that fail."""

import sys
from dataclasses import replace

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import Cost, SlotFile, key_mark, slot_path
from injectmap.system.keys import SERVICE, Sealer, SlotFolder, SystemKeyring
from tests.key_fakes import PASSPHRASE, TINY

KEY = bytes(range(32))


@pytest.fixture
def clinic(tmp_path):
    return tmp_path / "Quay.injectmap"


def slots(passphrase=PASSPHRASE):
    return SlotFile("c1", key_mark(KEY, "c1"), (Sealer().seal(KEY, passphrase, "c1", TINY),))


def test_a_sealed_key_is_unsealed_by_its_passphrase_alone():
    sealer = Sealer()
    slot = sealer.seal(KEY, PASSPHRASE, "c1", TINY)
    assert KEY not in slot.wrapped
    assert sealer.unseal(slot, PASSPHRASE, "c1") == KEY
    assert sealer.unseal(slot, PASSPHRASE.upper(), "c1") is None
    assert sealer.seal(KEY, PASSPHRASE, "c1", TINY) != slot
    assert len({sealer.new_key() for _ in range(4)}) == 4


def test_a_slot_is_bound_to_its_clinic_and_to_all_that_stands_in_it():
    sealer = Sealer()
    slot = sealer.seal(KEY, PASSPHRASE, "c1", TINY)
    assert sealer.unseal(slot, PASSPHRASE, "c2") is None
    for changed in (
        replace(slot, salt=bytes(16)),
        replace(slot, nonce=bytes(12)),
        replace(slot, wrapped=bytes([slot.wrapped[0] ^ 1]) + slot.wrapped[1:]),
        replace(slot, cost=Cost(16, 1, 1)),
    ):
        assert sealer.unseal(changed, PASSPHRASE, "c1") is None


def test_slots_are_written_at_once_and_read_back(clinic):
    folder = SlotFolder()
    assert folder.read(clinic) is None
    first, second = slots(), slots("three ferries and a tug")
    for one in (first, second):
        folder.write(clinic, one)
        assert folder.read(clinic) == one
        assert [path.name for path in clinic.parent.iterdir()] == ["Quay.injectmap.keys.json"]


def test_a_write_that_fails_leaves_the_old_slots(clinic, monkeypatch):
    folder, before = SlotFolder(), slots()
    folder.write(clinic, before)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(StorageProblem, match="disk_full"):
        folder.write(clinic, slots("three ferries and a tug"))
    assert folder.read(clinic) == before
    assert len(list(clinic.parent.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"x" * 100_000, None])
def test_slots_that_cannot_be_read_are_said_by_name(clinic, content):
    if content is None:
        slot_path(clinic).mkdir()
    else:
        slot_path(clinic).write_bytes(content)
    with pytest.raises(StorageProblem) as refused:
        SlotFolder().read(clinic)
    assert refused.value.params == {"name": "Quay.injectmap.keys.json"}


def test_without_a_keyring_nothing_is_kept_and_nothing_fails():
    keyring = SystemKeyring()
    assert not keyring.works
    assert keyring.get("c1") is None
    assert not keyring.keep("c1", KEY)
    assert keyring.forget("c1")


class Backend:
    """What the library asks of a backend, in memory."""

    priority = 5
    name = "memory"

    def __init__(self):
        self.kept = {}
        self.failing = False

    def _check(self):
        if self.failing:
            raise RuntimeError("the session bus is gone")

    def get_password(self, service, name):
        self._check()
        return self.kept.get((service, name))

    def set_password(self, service, name, secret):
        self._check()
        self.kept[service, name] = secret

    def delete_password(self, service, name):
        self._check()
        del self.kept[service, name]


@pytest.fixture
def backend(monkeypatch):
    import keyring

    one = Backend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: one)
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(one, name))
    return one


def test_the_key_stands_in_the_keyring_by_the_clinics_id(backend):
    keyring = SystemKeyring()
    assert keyring.works
    assert keyring.keep("c1", KEY)
    assert list(backend.kept) == [(SERVICE, "c1")]
    assert keyring.get("c1") == KEY
    assert keyring.get("c2") is None
    assert keyring.forget("c1")
    assert keyring.get("c1") is None


def test_a_keyring_that_fails_is_as_none(backend):
    keyring = SystemKeyring()
    backend.kept[SERVICE, "c1"] = "not hex"
    assert keyring.get("c1") is None
    backend.failing = True
    assert keyring.get("c1") is None
    assert not keyring.keep("c1", KEY)


def test_a_keyring_that_keeps_secrets_in_the_clear_is_as_none(backend):
    backend.priority = 0.5
    assert not SystemKeyring().works
    assert not SystemKeyring().keep("c1", KEY)
    assert backend.kept == {}


def test_opening_with_the_key_in_hand_imports_neither_argon2_nor_the_keyring():
    import subprocess

    program = (
        "import sys, pathlib, tempfile\n"
        "from injectmap.domain.keys import Unlock, show_recovery_key\n"
        "from injectmap.services.keys import KeyRoom\n"
        "from injectmap.system.keys import Sealer, SlotFolder, SystemKeyring\n"
        "room = KeyRoom(Sealer(), SlotFolder(), SystemKeyring())\n"
        "room.unlock(pathlib.Path('x'), Unlock(recovery_key=show_recovery_key(bytes(32))))\n"
        "print([m for m in ('argon2', 'cryptography', 'keyring') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
