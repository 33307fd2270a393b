"""How a person gets in: roles, password, and how long to wait after attempts that failed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from injectmap.domain.acting import RIGHTS, Right, Role
from injectmap.domain.errors import InputRefused
from injectmap.domain.forms import form

PASSWORD_LEAST = 10
# Far beyond what anybody types; what is longer would only cost time to hash.
PASSWORD_MOST = 1_000

FREE_ATTEMPTS = 2
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Account:
    """A person's way in; never deleted, only closed. The hash is Argon2id in its usual text form."""

    practitioner_id: str
    roles: frozenset[Role]
    active: bool = True
    password_hash: str = ""
    revision: int = 1

    @property
    def lets_in(self) -> bool:
        """True if there is a password with which this person signs in."""
        return self.active and bool(self.password_hash)

    @property
    def administers(self) -> bool:
        """True if this person can sign in and change who may do what."""
        return self.lets_in and any(Right.ADMINISTER in RIGHTS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the sign-in page and of the list of people; without an account there are no roles."""

    practitioner_id: str
    name: str
    profession: str
    roles: frozenset[Role] = frozenset()
    active: bool = False
    has_account: bool = False
    lets_in: bool = False
    register_number: str = ""

    def may(self, right: Right) -> bool:
        """True if one of the roles has the right."""
        return any(right in RIGHTS[role] for role in self.roles)


def plain_password(typed: str) -> str:
    """Return a typed password in one Unicode form, so that every keyboard gives the same; nothing else is changed."""
    return unicodedata.normalize("NFC", typed)


def checked_password(typed: str) -> str:
    """Return a new password; InputRefused for a short one. How it is made up is the person's own matter."""
    password = plain_password(typed)
    if len(password) < PASSWORD_LEAST:
        raise InputRefused("password_short", least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        raise InputRefused("password_long", most=PASSWORD_MOST)
    return password


def wait_ms(failures: int) -> int:
    """How long nothing is tried after so many failed attempts in a row: nothing at first, then doubling, milliseconds."""
    if failures <= FREE_ATTEMPTS:
        return 0
    doubled = min(failures - FREE_ATTEMPTS - 1, 20)
    return int(min(FIRST_WAIT_MS << doubled, LONGEST_WAIT_MS))


def wait_left_ms(failed_at_ms: Sequence[int], now_ms: int) -> int:
    """How long it is still to wait; `failed_at_ms` are the failed attempts since the last entry, latest first.

    A failure that lies ahead of a clock that was set back does not count as waiting time: that could be days.
    """
    if not failed_at_ms or failed_at_ms[0] > now_ms:
        return 0
    return max(0, failed_at_ms[0] + wait_ms(len(failed_at_ms)) - now_ms)


def roles_to_text(roles: frozenset[Role]) -> str:
    """Return roles as stored: their names in order, parted by spaces."""
    return " ".join(sorted(role.value for role in roles))


def roles_from_text(text: str) -> frozenset[Role]:
    """Return the roles of their stored form."""
    return frozenset(map(Role, text.split()))


def hash_digest(password_hash: str) -> str:
    """Return what stands for a password's hash in the journal: a hash in the journal could be tried out for ever."""
    return hashlib.sha256(password_hash.encode()).hexdigest()


def account_to_json(account: Account) -> dict[str, Any]:
    """Return the journal's after-image of an account; the hash itself is not in it."""
    return {
        "practitioner": account.practitioner_id,
        "roles": sorted(role.value for role in account.roles),
        "active": account.active,
        "password_digest": hash_digest(account.password_hash),
        "revision": account.revision,
    }


@form("account")
def account_from_json(data: dict[str, Any], *, password_hash: str = "") -> Account:
    """Return the account of its journal form; the hash is kept elsewhere."""
    return Account(
        data["practitioner"],
        frozenset(map(Role, data["roles"])),
        data["active"],
        password_hash,
        data["revision"],
    )


def initials(name: str) -> str:
    """Return two letters for a person, from the first and the last name; titles are left out."""
    words = ["".join(c for c in word if c.isalpha()) for word in name.split()]
    letters = [word for word in words if word and word.casefold() not in _TITLES]
    ends = (letters[0], letters[-1]) if len(letters) > 1 else tuple(letters)
    return "".join(word[0].upper() for word in ends)


_TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "miss", "rn", "md", "np", "pa"})
