"""What opens an encrypted clinic: the recovery key as people type it, the passphrase, and the form of the slot file."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from injectmap.domain.errors import InjectmapError, InputRefused, StorageProblem

KEY_BYTES = 32
PASSPHRASE_LEAST = 12
PASSPHRASE_MOST = 1024

# The recovery key: groups of four characters of data and one to check them, by Crockford's alphabet.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_DATA = 4
GROUP_SIZE = _DATA + 1
GROUPS = 13
# So many groups that check tell a recovery key from other words.
_SURE = 6
_SPARE_BITS = GROUPS * _DATA * 5 - KEY_BYTES * 8
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u00ad\u200b\ufeff.,_]+")

# The slot file: what a hostile one may ask for stays within what any computer has.
FORM = "injectmap-keys"
VERSION = 1
SLOT_FILE_BYTES = 16_384
SLOTS_MOST = 2
MEMORY_KIB = range(8, 262_144 + 1)
PASSES = range(1, 10 + 1)
LANES = range(1, 8 + 1)
SALT_BYTES = 16
NONCE_BYTES = 12
WRAPPED_BYTES = KEY_BYTES + 16
_CLINIC_ID = re.compile(r"[0-9a-f-]{1,64}")
_HEX = re.compile(r"(?:[0-9a-f]{2})+")


# The recovery key


def show_recovery_key(key: bytes) -> str:
    """Write a data key as 13 groups of five letters and digits: four of data, then one that checks them.

    The check is a weighted sum over the field of 32 elements with the group's number in it: a wrong character, two
    swapped ones and two swapped groups are always found, and the group is named.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    number = int.from_bytes(key, "big") << _SPARE_BITS
    values = [number >> 5 * place & 31 for place in range(GROUPS * _DATA - 1, -1, -1)]
    groups = [values[start : start + _DATA] for start in range(0, len(values), _DATA)]
    return "-".join(
        "".join(_ALPHABET[value] for value in (*group, _check(place, group)))
        for place, group in enumerate(groups, 1)
    )


def read_recovery_key(typed: str) -> bytes:
    """Read a recovery key however it is spaced and in either case; O is 0, I and L are 1.

    Raises InputRefused: `recovery_key_length`, `recovery_key_group` with the number of the first wrong group.
    """
    parts = [part for part in _BETWEEN.split(typed[:1000].upper()) if part]
    letters = "".join(parts)
    if len(letters) != GROUPS * GROUP_SIZE:
        if len(parts) == GROUPS:
            # Typed as printed: the group in which one is missing or too many can be named.
            wrong = next(place for place, part in enumerate(parts, 1) if len(part) != GROUP_SIZE)
            raise InputRefused("recovery_key_group", group=wrong)
        raise InputRefused("recovery_key_length", typed=len(letters), wanted=GROUPS * GROUP_SIZE)
    number = 0
    for place in range(1, GROUPS + 1):
        values = [_VALUES.get(one, -1) for one in letters[(place - 1) * GROUP_SIZE : place * GROUP_SIZE]]
        if min(values) < 0 or _check(place, values[:_DATA]) != values[_DATA]:
            raise InputRefused("recovery_key_group", group=place)
        for value in values[:_DATA]:
            number = number << 5 | value
    if number & ((1 << _SPARE_BITS) - 1):
        raise InputRefused("recovery_key_group", group=GROUPS)
    return (number >> _SPARE_BITS).to_bytes(KEY_BYTES, "big")


def meant_as_recovery_key(typed: str) -> bool:
    """True if a text is a recovery key by its form, slips in some of its groups notwithstanding.

    Six groups of random letters check at their places once in about a million times: no passphrase is taken for one.
    """
    parts = [part for part in _BETWEEN.split(typed[:1000].upper()) if part]
    if len(parts) == 1:
        parts = [parts[0][at : at + GROUP_SIZE] for at in range(0, len(parts[0]), GROUP_SIZE)]
    right = 0
    for place, part in enumerate(parts[:GROUPS], 1):
        values = [_VALUES.get(letter, -1) for letter in part]
        if len(values) == GROUP_SIZE and min(values) >= 0:
            right += _check(place, values[:_DATA]) == values[_DATA]
    return right >= _SURE


def recovery_groups(text: str) -> tuple[str, ...]:
    """The groups of a written recovery key."""
    return tuple(text.split("-"))


def same_group(typed: str, group: str) -> bool:
    """True if a typed group is this one, read as a whole recovery key is read."""
    letters = _BETWEEN.sub("", typed.upper())
    return [_VALUES.get(one, -1) for one in letters] == [_VALUES[one] for one in group]


def _check(place: int, values: list[int]) -> int:
    """The value that makes the weighted sum of a group its number."""
    total = place
    weight = 1
    for value in values:
        # Weights are the powers of x: all differ, and none is that of the check itself.
        weight = _times(weight, 2)
        total ^= _times(weight, value)
    return total


def _times(one: int, other: int) -> int:
    """Multiply in the field of 32 elements, modulo x^5 + x^2 + 1."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 32:
            one ^= 0b100101
        other >>= 1
    return product


# The passphrase


def check_passphrase(typed: str) -> str:
    """Return a new passphrase in the one form it is derived from; the only rule is its length.

    Raises InputRefused: `passphrase_short`, `passphrase_long`.
    """
    passphrase = same_everywhere(typed)
    if len(passphrase.strip()) < PASSPHRASE_LEAST:
        raise InputRefused("passphrase_short", least=PASSPHRASE_LEAST)
    if len(passphrase) > PASSPHRASE_MOST:
        raise InputRefused("passphrase_long", limit=PASSPHRASE_MOST)
    return passphrase


def check_apart(passphrase: str, password: str) -> None:
    """InputRefused `password_is_passphrase`: whoever sees somebody sign in must not have seen what opens the file."""
    if _spoken(passphrase) == _spoken(password):
        raise InputRefused("password_is_passphrase")


def _spoken(typed: str) -> str:
    """The words alone, whatever their case and spaces."""
    return "".join(same_everywhere(typed).casefold().split())


def same_everywhere(typed: str) -> str:
    """Text as another keyboard or system would give it too: an accent is one letter, not two signs."""
    return unicodedata.normalize("NFC", typed)


class LockState(StrEnum):
    """What opening a clinic asks for."""

    # A plain file, which only a demonstration is.
    OPEN = "open"
    # The key is kept on this computer.
    KEPT = "kept"
    # The passphrase or the recovery key.
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class ClinicLock:
    """How a clinic is locked; without a slot file only the recovery key opens it, and a new passphrase is to be set."""

    state: LockState
    has_passphrase: bool = True
    can_keep: bool = False
    # Why there is no passphrase.
    problem: InjectmapError | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """What was typed to open a clinic: one of both. Never shown in a text of its own."""

    passphrase: str = field(default="", repr=False)
    recovery_key: str = field(default="", repr=False)
    # Keep the key on this computer once it has opened the clinic.
    keep: bool = False


def tell_slip(typed: str) -> None:
    """Raise what is wrong with a recovery key, as `read_recovery_key` does, if a text that opened nothing was meant as one."""
    parts = [part for part in _BETWEEN.split(typed[:1000]) if part]
    as_printed = len(parts) == GROUPS and sum(len(part) == GROUP_SIZE for part in parts) >= GROUPS - 2
    if as_printed or (len(parts) == 1 and len(parts[0]) == GROUPS * GROUP_SIZE):
        read_recovery_key(typed)


def unlock_from_line(line: str) -> Unlock:
    """What a key file's first line holds: a recovery key if it reads as one, else the passphrase."""
    line = line.rstrip("\r\n")
    try:
        read_recovery_key(line)
    except InputRefused:
        return Unlock(passphrase=line)
    return Unlock(recovery_key=line)


# The slot file


@dataclass(frozen=True, slots=True)
class Cost:
    """What deriving a key from a passphrase costs (Argon2id)."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """The data key wrapped under a passphrase: AES-GCM, the key from Argon2id, the clinic's id bound in."""

    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class SlotFile:
    """All slots of a clinic. `mark` tells whether a key is the clinic's without opening its file, and nothing of the key."""

    clinic_id: str
    mark: str
    slots: tuple[Slot, ...]

    def fits(self, key: bytes) -> bool:
        """True if this is the clinic's data key."""
        return hmac.compare_digest(self.mark, key_mark(key, self.clinic_id))


def slot_path(clinic: Path) -> Path:
    """Where the slots of a clinic file lie: beside it."""
    return clinic.with_name(f"{clinic.name}.keys.json")


def key_mark(key: bytes, clinic_id: str) -> str:
    """A digest by which a data key is recognised; the key is random, so that it cannot be found from it."""
    return hmac.new(key, f"{FORM}:mark:{clinic_id}".encode(), hashlib.sha256).hexdigest()


def bound_to(clinic_id: str) -> bytes:
    """What a wrapped key is bound to, so that a slot of one clinic is no slot of another."""
    return f"{FORM}:{VERSION}:{clinic_id}".encode()


def slots_to_json(file: SlotFile) -> str:
    """Write a slot file."""
    data = {
        "form": FORM,
        "version": VERSION,
        "clinic": file.clinic_id,
        "mark": file.mark,
        "slots": [
            {
                "kdf": "argon2id",
                "memory_kib": one.cost.memory_kib,
                "passes": one.cost.passes,
                "lanes": one.cost.lanes,
                "salt": one.salt.hex(),
                "nonce": one.nonce.hex(),
                "wrapped": one.wrapped.hex(),
            }
            for one in file.slots
        ],
    }
    return json.dumps(data, indent=1) + "\n"


def slots_from_json(content: bytes, *, name: str) -> SlotFile:
    """Read a slot file; every length and number has its bounds.

    Raises StorageProblem: `keys_unreadable`, `keys_newer`; `name` is the file's, for the sentence.
    """
    try:
        return _slot_file(_parsed(content))
    except _Newer:
        raise StorageProblem("keys_newer", name=name) from None
    except (ValueError, RecursionError):
        raise StorageProblem("keys_unreadable", name=name) from None


class _Newer(Exception):
    """The form is of a later program."""


def _parsed(content: bytes) -> Any:
    if len(content) > SLOT_FILE_BYTES:
        raise ValueError("size")
    return json.loads(
        content.decode("utf-8"),
        object_pairs_hook=_unrepeated,
        parse_constant=_refuse,
        parse_float=_refuse,
        parse_int=_small_int,
    )


def _slot_file(data: Any) -> SlotFile:
    if not isinstance(data, dict) or data.get("form") != FORM:
        raise ValueError("form")
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise ValueError("version")
    if version > VERSION:
        raise _Newer
    _only(data, "form", "version", "clinic", "mark", "slots")
    clinic_id, slots = data["clinic"], data["slots"]
    if not isinstance(clinic_id, str) or not _CLINIC_ID.fullmatch(clinic_id):
        raise ValueError("clinic")
    if not isinstance(slots, list) or len(slots) > SLOTS_MOST:
        raise ValueError("slots")
    return SlotFile(clinic_id, _bytes(data["mark"], 32).hex(), tuple(_slot(one) for one in slots))


def _slot(data: Any) -> Slot:
    if not isinstance(data, dict) or data.get("kdf") != "argon2id":
        raise ValueError("kdf")
    _only(data, "kdf", "memory_kib", "passes", "lanes", "salt", "nonce", "wrapped")
    cost = Cost(
        _within(data["memory_kib"], MEMORY_KIB),
        _within(data["passes"], PASSES),
        _within(data["lanes"], LANES),
    )
    if cost.memory_kib < 8 * cost.lanes:
        raise ValueError("memory")
    return Slot(
        cost,
        _bytes(data["salt"], SALT_BYTES),
        _bytes(data["nonce"], NONCE_BYTES),
        _bytes(data["wrapped"], WRAPPED_BYTES),
    )


def _only(data: dict[str, Any], *names: str) -> None:
    if data.keys() != set(names):
        raise ValueError("fields")


def _within(value: Any, bounds: range) -> int:
    if type(value) is not int or value not in bounds:
        raise ValueError("bounds")
    return value


def _bytes(value: Any, length: int) -> bytes:
    if not isinstance(value, str) or len(value) != 2 * length or not _HEX.fullmatch(value):
        raise ValueError("bytes")
    return bytes.fromhex(value)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated")
    return found


def _small_int(text: str) -> int:
    if len(text) > 12:
        raise ValueError("number")
    return int(text)


def _refuse(_text: str) -> NoReturn:
    raise ValueError("number")
