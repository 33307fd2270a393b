"""The recovery key as people type it, the rule for passphrases, and the slot file under hostile hands."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.errors import InjectmapError, InputRefused, StorageProblem
from injectmap.domain.keys import (
    GROUP_SIZE,
    GROUPS,
    PASSPHRASE_LEAST,
    SLOT_FILE_BYTES,
    Cost,
    Slot,
    SlotFile,
    Unlock,
    check_apart,
    check_passphrase,
    key_mark,
    meant_as_recovery_key,
    read_recovery_key,
    recovery_groups,
    same_group,
    show_recovery_key,
    slots_from_json,
    slots_to_json,
    unlock_from_line,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
keys = st.binary(min_size=32, max_size=32)


def code_of(call) -> str:
    """The code of a refusal, nothing without one; any other error fails the test."""
    try:
        call()
    except InjectmapError as error:
        return error.code
    return ""


def refused_group(text: str) -> int:
    with pytest.raises(InputRefused) as refused:
        read_recovery_key(text)
    assert refused.value.code == "recovery_key_group"
    return refused.value.params["group"]


@given(keys)
def test_a_key_is_read_back_as_it_was_written(key):
    text = show_recovery_key(key)
    assert read_recovery_key(text) == key
    assert [len(group) for group in recovery_groups(text)] == [GROUP_SIZE] * GROUPS


@given(keys, st.data())
def test_spaces_dashes_case_and_letters_alike_do_not_matter(key, data):
    alike = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from(alike.get(one, one + one.lower())))
        + data.draw(st.sampled_from(["", " ", "-", "\n", " – ", "\u00a0"]))
        for one in show_recovery_key(key).replace("-", "")
    )
    assert read_recovery_key(typed) == key


@pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32, hashlib.sha256(b"any").digest()])
def test_every_single_wrong_character_is_found_in_its_group(key):
    text = show_recovery_key(key).replace("-", "")
    for place, right in enumerate(text):
        for wrong in ALPHABET:
            if wrong != right:
                changed = text[:place] + wrong + text[place + 1 :]
                assert refused_group(changed) == place // GROUP_SIZE + 1


@given(keys)
def test_swapped_neighbours_and_swapped_groups_are_found(key):
    text = show_recovery_key(key).replace("-", "")
    for place in range(len(text) - 1):
        first, second = text[place], text[place + 1]
        if first != second:
            assert refused_group(text[:place] + second + first + text[place + 2 :]) == place // GROUP_SIZE + 1
    groups = list(recovery_groups(show_recovery_key(key)))
    for place in range(GROUPS - 1):
        swapped = groups.copy()
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        if groups[place] != groups[place + 1]:
            refused_group("-".join(swapped))


@pytest.mark.parametrize(("change", "group"), [((0, "0W40"), 1), ((12, "4MK0K1"), 13), ((4, ""), None)])
def test_a_missing_letter_is_named_by_its_group_if_it_was_typed_in_groups(change, group):
    groups = list(recovery_groups(show_recovery_key(bytes(range(7, 39)))))
    groups[change[0]] = change[1]
    text = " ".join(one for one in groups if one)
    if group is None:
        with pytest.raises(InputRefused) as refused:
            read_recovery_key(text)
        assert refused.value.params == {"typed": 60, "wanted": 65}
    else:
        assert refused_group(text) == group


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_refused(typed):
    code = code_of(lambda: read_recovery_key(typed))
    assert code in ("", "recovery_key_group", "recovery_key_length")


def test_a_group_typed_back_is_compared_as_the_key_is_read():
    assert same_group(" 0w4-ov ", "0W40V")
    assert not same_group("0W40", "0W40V")
    assert not same_group("", "0W40V")
    assert not same_group("0W40U", "0W40V")


def test_what_is_typed_does_not_stand_in_a_text_of_the_program():
    unlock = Unlock(passphrase="grey heron on the quay", recovery_key="SECRET")
    assert "heron" not in repr(unlock)
    assert "SECRET" not in repr(unlock)


def test_a_key_file_holds_either():
    text = show_recovery_key(bytes(range(32)))
    assert unlock_from_line(text + "\r\n") == Unlock(recovery_key=text)
    assert unlock_from_line(" grey heron \n") == Unlock(passphrase=" grey heron ")


def test_the_only_rule_of_a_passphrase_is_its_length():
    assert check_passphrase("a" * PASSPHRASE_LEAST)
    for short in ("a" * (PASSPHRASE_LEAST - 1), " " * 40, ""):
        with pytest.raises(InputRefused, match="passphrase_short"):
            check_passphrase(short)
    with pytest.raises(InputRefused, match="passphrase_long"):
        check_passphrase("a" * 1025)
    # The same on a keyboard that types accents apart.
    assert check_passphrase("cafe\u0301 au lait noir") == check_passphrase("café au lait noir")


# ---- the slot file

costs = st.builds(Cost, st.integers(64, 262_144), st.integers(1, 10), st.integers(1, 8))
slots = st.builds(
    Slot,
    costs,
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=12, max_size=12),
    st.binary(min_size=48, max_size=48),
)
files = st.builds(
    SlotFile,
    st.uuids().map(str),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.lists(slots, max_size=2).map(tuple),
)


def written() -> dict:
    slot = Slot(Cost(), bytes(16), bytes(12), bytes(48))
    key = bytes(range(32))
    return json.loads(slots_to_json(SlotFile("c1", key_mark(key, "c1"), (slot,))))


@given(files)
def test_a_slot_file_is_read_back_as_it_was_written(file):
    assert slots_from_json(slots_to_json(file).encode(), name="a") == file


def test_a_key_is_recognised_and_another_is_not():
    file = SlotFile("c1", key_mark(bytes(32), "c1"), ())
    assert file.fits(bytes(32))
    assert not file.fits(b"\x01" + bytes(31))


HOSTILE = {
    "memory of 100 GB": {"memory_kib": 100 * 1024 * 1024},
    "too little memory for its lanes": {"memory_kib": 8, "lanes": 8},
    "a thousand passes": {"passes": 1000},
    "no pass": {"passes": 0},
    "negative": {"lanes": -1},
    "true for a number": {"passes": True},
    "a number with a point": {"passes": 3.0},
    "a text for a number": {"memory_kib": "65536"},
    "another derivation": {"kdf": "pbkdf2"},
    "a short salt": {"salt": "00" * 8},
    "capital digits": {"wrapped": "AB" * 48},
    "other digits": {"nonce": "٣" * 24},
    "one field more": {"note": ""},
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_slot_is_refused_before_anything_is_derived(change):
    data = written()
    data["slots"][0] |= change
    with pytest.raises(StorageProblem) as refused:
        slots_from_json(json.dumps(data).encode(), name="Quay.keys.json")
    assert (refused.value.code, refused.value.params) == ("keys_unreadable", {"name": "Quay.keys.json"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{" * 5000,
        b"[" * SLOT_FILE_BYTES,
        b'{"form": "injectmap-keys"}',
        b'{"form": "other", "version": 1}',
        b'{"form": "injectmap-keys", "version": 1e999}',
        b'{"form": "injectmap-keys", "version": NaN}',
        b'{"form": "injectmap-keys", "version": ' + b"9" * 5000 + b"}",
        b'{"form": "injectmap-keys", "form": "injectmap-keys", "version": 1}',
        b" " * (SLOT_FILE_BYTES + 1),
    ],
)
def test_what_is_no_slot_file_is_refused(content):
    with pytest.raises(StorageProblem, match="keys_unreadable"):
        slots_from_json(content, name="a")


def test_three_slots_are_too_many_and_a_later_form_is_named_so():
    data = written()
    data["slots"] *= 3
    with pytest.raises(StorageProblem, match="keys_unreadable"):
        slots_from_json(json.dumps(data).encode(), name="a")
    with pytest.raises(StorageProblem, match="keys_newer"):
        slots_from_json(json.dumps(written() | {"version": 2, "more": 1}).encode(), name="a")


@given(st.binary(max_size=600))
def test_any_bytes_are_a_slot_file_or_refused(content):
    assert code_of(lambda: slots_from_json(content, name="a")) in ("", "keys_unreadable", "keys_newer")


@given(st.data())
def test_a_slot_file_with_changed_bytes_is_read_or_refused(data):
    content = bytearray(json.dumps(written()).encode())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    if code := code_of(lambda: slots_from_json(bytes(content), name="a")):
        assert code in ("keys_unreadable", "keys_newer")
    else:
        file = slots_from_json(bytes(content), name="a")
        assert all(one.cost.memory_kib <= 262_144 and one.cost.passes <= 10 for one in file.slots)


@given(key=st.binary(min_size=32, max_size=32), slips=st.sets(st.integers(0, 12), max_size=7))
def test_a_recovery_key_is_known_by_its_form(key: bytes, slips: set[int]) -> None:
    groups = list(recovery_groups(show_recovery_key(key)))
    for place in slips:
        groups[place] = groups[place][:-1]
    assert meant_as_recovery_key(" ".join(groups).lower())
    assert meant_as_recovery_key(show_recovery_key(key).replace("-", ""))


@given(st.lists(st.text("abcdefghjkmnpqrstvwxyz", min_size=5, max_size=5), min_size=1, max_size=20))
def test_words_of_five_letters_are_no_recovery_key(words: list[str]) -> None:
    assert not meant_as_recovery_key(" ".join(words))
    assert not meant_as_recovery_key("".join(words))


@pytest.mark.parametrize(
    "password", ["Grey heron on the quay", "greyheron onthequay", "grey  heron on the quay "]
)
def test_passphrase_and_password_are_not_the_same_words(password: str) -> None:
    assert code_of(lambda: check_apart("grey heron on the quay", password)) == "password_is_passphrase"
    check_apart("grey heron on the quay", "grey heron on the key")
