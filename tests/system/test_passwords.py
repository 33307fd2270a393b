"""Argon2id: salted, checked, and dated hashes known; tiny parameters, for the real ones take their time."""

import time

from injectmap.system.passwords import Argon2Passwords

TINY = Argon2Passwords(memory_kib=64, passes=1, lanes=1)


def test_a_password_matches_its_own_hash_alone():
    one, two = TINY.hash("a long password"), TINY.hash("a long password")
    assert one != two, "each hash has a salt of its own"
    assert one.startswith("$argon2id$")
    assert TINY.matches(one, "a long password")
    assert not TINY.matches(one, "A long password")
    for broken in ("", "plain", one[:-4], "$argon2id$v=19$m=64"):
        assert not TINY.matches(broken, "a long password")


def test_hashes_of_other_parameters_are_known_and_still_match():
    dearer = Argon2Passwords(memory_kib=128, passes=2, lanes=1)
    old = TINY.hash("a long password")
    assert dearer.matches(old, "a long password")
    assert dearer.is_dated(old)
    assert not TINY.is_dated(old)
    assert not TINY.is_dated("no hash")


def test_a_name_that_nobody_has_costs_what_a_check_costs():
    dear = Argon2Passwords(memory_kib=16 * 1024, passes=2, lanes=1)
    stored = dear.hash("a long password")

    def cost(what) -> float:
        spent = []
        for _ in range(5):
            start = time.perf_counter()
            what()
            spent.append(time.perf_counter() - start)
        return min(spent)

    check, nobody = cost(lambda: dear.matches(stored, "wrong")), cost(lambda: dear.unlike("wrong"))
    assert 0.4 < nobody / check < 2.5
