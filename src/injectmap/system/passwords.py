"""Passwords hashed with Argon2id; the parameters stand in each hash, so that they can grow."""

from __future__ import annotations

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

# 64 MiB and three passes: 0.1 to 0.3 s on a computer of a practice (the second choice of RFC 9106).
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4


class Argon2Passwords:
    """Makes and checks hashes; `unlike` costs what a check costs, for names that nobody has."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES) -> None:
        """Take the parameters of new hashes; tests take tiny ones."""
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=Type.ID
        )

    def hash(self, password: str) -> str:
        """Return the hash of a password with a salt of its own, in the usual text form."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str, password: str) -> bool:
        """True if the hash is this password's; a hash that is none matches nothing."""
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def unlike(self, password: str) -> None:
        """Spend the time that a check takes."""
        self._hasher.hash(password)

    def is_dated(self, password_hash: str) -> bool:
        """True if the hash was made with other parameters than new ones are."""
        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return False
