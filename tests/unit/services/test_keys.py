"""Unlocking, changing the passphrase and keeping the key, over keys in memory."""

from pathlib import Path

import pytest

from injectmap.domain.acting import Acting, Role
from injectmap.domain.errors import InjectmapError, InputRefused, NotAllowed, StorageProblem
from injectmap.domain.keys import LockState, Unlock, show_recovery_key
from injectmap.domain.settings import ClinicSettings, Paper
from tests.key_fakes import PASSPHRASE, KeyFakes

QUAY, HILL = Path("/clinics/Quay.injectmap"), Path("/clinics/Hill.injectmap")
ADMINISTRATOR = Acting("p1", frozenset({Role.ADMINISTRATOR}), "room-1")
OTHER = "three ferries and a tug"


@pytest.fixture
def fakes() -> KeyFakes:
    return KeyFakes(keyring_works=True)


def code_of(call) -> str:
    with pytest.raises(InjectmapError) as refused:
        call()
    return refused.value.code


def test_the_passphrase_gives_the_key_and_another_does_not(fakes):
    key = fakes.lock(QUAY)
    assert fakes.room.unlock(QUAY, Unlock(passphrase=PASSPHRASE)) == key
    assert code_of(lambda: fakes.room.unlock(QUAY, Unlock(passphrase=PASSPHRASE + " "))) == "passphrase_wrong"
    fakes.seconds.now += 60
    assert code_of(lambda: fakes.room.unlock(QUAY, Unlock())) == "passphrase_wrong"


def test_wrong_attempts_wait_twice_as_long_each_time_and_no_longer_than_half_a_minute(fakes):
    fakes.lock(QUAY)
    fakes.lock(HILL)
    waited = []
    for _ in range(7):
        assert code_of(lambda: fakes.room.unlock(QUAY, Unlock(passphrase="no"))) == "passphrase_wrong"
        waited.append(fakes.room.wait_s(QUAY))
        # Not even the right one, and nothing is derived meanwhile.
        assert code_of(lambda: fakes.room.unlock(QUAY, Unlock(passphrase=PASSPHRASE))) == "passphrase_wait"
        fakes.seconds.now += waited[-1]
    assert waited == [1, 2, 4, 8, 16, 30, 30]
    assert fakes.room.wait_s(HILL) == 0
    fakes.room.unlock(QUAY, Unlock(passphrase=PASSPHRASE))
    assert code_of(lambda: fakes.room.unlock(QUAY, Unlock(passphrase="no"))) == "passphrase_wrong"
    assert fakes.room.wait_s(QUAY) == 1


def test_the_recovery_key_needs_no_slots_and_waits_for_nobody(fakes):
    key = fakes.lock(QUAY)
    code_of(lambda: fakes.room.unlock(QUAY, Unlock(passphrase="no")))
    assert fakes.room.unlock(QUAY, Unlock(recovery_key=show_recovery_key(key).lower())) == key
    fakes.slots.files.clear()
    assert fakes.room.unlock(QUAY, Unlock(recovery_key=show_recovery_key(key))) == key
    fakes.seconds.now += 60
    assert code_of(lambda: fakes.room.unlock(QUAY, Unlock(passphrase=PASSPHRASE))) == "passphrase_lost"


def test_a_file_that_does_not_open_is_damaged_or_anothers(fakes):
    key, other = fakes.lock(QUAY), fakes.lock(HILL)
    damaged = StorageProblem("file_damaged", name="Quay")
    typed = Unlock(recovery_key=show_recovery_key(other))
    assert fakes.room.refused(QUAY, typed, other, damaged).code == "recovery_key_wrong"
    assert fakes.room.refused(QUAY, typed, key, damaged) is damaged
    assert fakes.room.refused(QUAY, Unlock(passphrase=PASSPHRASE), key, damaged) is damaged
    fakes.slots.files.clear()
    assert fakes.room.refused(QUAY, typed, other, damaged).code == "recovery_key_or_damaged"
    full = StorageProblem("disk_full")
    assert fakes.room.refused(QUAY, typed, other, full) is full


def test_the_lock_tells_what_is_asked_for(fakes):
    key = fakes.lock(QUAY)
    lock = fakes.room.lock_of(QUAY)
    assert (lock.state, lock.has_passphrase, lock.can_keep) == (LockState.LOCKED, True, True)
    fakes.keyring.keep("c0", key)
    assert fakes.room.lock_of(QUAY).state is LockState.KEPT
    assert fakes.room.kept_key(QUAY) == key
    # A key that is kept but is no longer the clinic's opens nothing.
    fakes.keyring.keep("c0", bytes(32))
    assert fakes.room.lock_of(QUAY).state is LockState.LOCKED
    assert fakes.room.kept_key(QUAY) is None
    fakes.keyring.works = False
    assert not fakes.room.lock_of(QUAY).can_keep
    fakes.slots.files[QUAY] = b"{}"
    lock = fakes.room.lock_of(QUAY)
    assert (lock.has_passphrase, lock.problem.code) == (False, "keys_unreadable")
    fakes.slots.files.clear()
    assert fakes.room.lock_of(QUAY).problem.code == "passphrase_lost"


def test_the_passphrase_is_changed_with_the_present_one_or_the_recovery_key(fakes):
    key = fakes.lock(QUAY)
    keys = fakes.of(QUAY)
    before = fakes.slots.files[QUAY]
    for proof, code in (
        (Unlock(passphrase="no"), "passphrase_wrong"),
        (Unlock(recovery_key=show_recovery_key(bytes(32))), "recovery_key_wrong"),
    ):
        assert code_of(lambda proof=proof: keys.change_passphrase(ADMINISTRATOR, proof, OTHER)) == code
    fakes.seconds.now += 60
    proof = Unlock(passphrase=PASSPHRASE)
    assert code_of(lambda: keys.change_passphrase(ADMINISTRATOR, proof, "short")) == "passphrase_short"
    assert fakes.slots.files[QUAY] == before
    keys.change_passphrase(ADMINISTRATOR, proof, OTHER)
    assert fakes.room.unlock(QUAY, Unlock(passphrase=OTHER)) == key
    assert code_of(lambda: fakes.room.unlock(QUAY, proof)) == "passphrase_wrong"
    keys.change_passphrase(ADMINISTRATOR, Unlock(recovery_key=show_recovery_key(key)), PASSPHRASE)
    assert fakes.room.unlock(QUAY, proof) == key


def test_a_passphrase_that_could_not_be_written_is_not_changed(fakes):
    key = fakes.lock(QUAY)
    fakes.slots.failing = StorageProblem("keys_not_written", name="Quay.keys.json")
    proof = Unlock(passphrase=PASSPHRASE)
    change = fakes.of(QUAY).change_passphrase
    assert code_of(lambda: change(ADMINISTRATOR, proof, OTHER)) == "keys_not_written"
    assert fakes.room.unlock(QUAY, proof) == key


def test_a_lost_slot_file_is_made_anew_with_the_recovery_key(fakes):
    key = fakes.lock(QUAY)
    keys = fakes.of(QUAY)
    assert keys.has_passphrase
    fakes.slots.files.clear()
    assert not keys.has_passphrase
    keys.change_passphrase(ADMINISTRATOR, Unlock(recovery_key=show_recovery_key(key)), OTHER)
    assert keys.has_passphrase
    assert fakes.room.unlock(QUAY, Unlock(passphrase=OTHER)) == key


def test_slots_of_another_clinic_are_no_passphrase_of_this_one(fakes):
    fakes.lock(QUAY)
    fakes.lock(HILL)
    fakes.slots.files[QUAY] = fakes.slots.files[HILL]
    assert not fakes.of(QUAY).has_passphrase


def test_the_slots_of_another_clinic_are_never_written_over(fakes, tmp_path):
    path = tmp_path / "Quay.injectmap"
    (tmp_path / "Quay.injectmap.keys.json").write_text("{}")
    made = fakes.room.new("c9", PASSPHRASE)
    assert code_of(lambda: fakes.room.write_new(path, made)) == "keys_exist"


def test_the_key_is_kept_and_forgotten(fakes):
    fakes.lock(QUAY)
    keys = fakes.of(QUAY)
    assert not keys.kept
    assert keys.keep(ADMINISTRATOR)
    assert keys.kept
    assert keys.forget(ADMINISTRATOR)
    assert not keys.kept
    fakes.keyring.works = False
    assert not keys.can_keep
    assert not keys.keep(ADMINISTRATOR)


@pytest.mark.parametrize("roles", [frozenset(), frozenset(Role) - {Role.ADMINISTRATOR}])
def test_only_who_keeps_the_clinic_safe_touches_its_keys(fakes, roles):
    key = fakes.lock(QUAY)
    keys, acting, proof = fakes.of(QUAY), Acting("p", roles, "w"), Unlock(passphrase=PASSPHRASE)
    for call in (
        lambda: keys.keep(acting),
        lambda: keys.forget(acting),
        lambda: keys.change_passphrase(acting, proof, OTHER),
        lambda: keys.recovery_key(acting, proof),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert fakes.room.unlock(QUAY, proof) == key


def test_the_recovery_key_is_given_again_for_the_passphrase(fakes):
    key = fakes.lock(QUAY)
    keys = fakes.of(QUAY)
    text = keys.recovery_key(ADMINISTRATOR, Unlock(passphrase=PASSPHRASE))
    assert text == show_recovery_key(key)
    with pytest.raises(InputRefused):
        keys.recovery_key(ADMINISTRATOR, Unlock(passphrase="no"))
    sheet = keys.sheet(text, ClinicSettings("Quay Clinic"), Paper.LETTER, at_ms=0)
    assert (sheet.clinic, sheet.file_name, sheet.paper) == ("Quay Clinic", "Quay.injectmap", Paper.LETTER)
    assert text not in repr(sheet)
