"""What signing in needs from storage and from the system."""

from __future__ import annotations

from typing import Protocol

from injectmap.domain.accounts import Account
from injectmap.domain.journal import JournalKind, SubjectKind


class Accounts(Protocol):
    """Stored accounts, and the attempts to sign in as the journal tells them."""

    def all(self) -> tuple[Account, ...]:
        """All accounts, closed ones too."""
        ...

    def get(self, practitioner_id: str) -> Account | None:
        """One person's account."""
        ...

    def add(self, account: Account) -> None:
        """Store a new account."""
        ...

    def update(self, account: Account) -> Account:
        """Store a changed account if `account.revision` is still the latest; return it with the next revision."""
        ...

    def attempts(
        self, subject_kind: SubjectKind, subject_id: str, *, limit: int
    ) -> tuple[tuple[JournalKind, int], ...]:
        """Entries and refusals of one subject with their times, the latest first."""
        ...


class Passwords(Protocol):
    """Makes and checks the hashes of passwords; each takes its time on purpose."""

    def hash(self, password: str) -> str:
        """The hash of a password with a salt of its own."""
        ...

    def matches(self, password_hash: str, password: str) -> bool:
        """True if the hash is this password's."""
        ...

    def unlike(self, password: str) -> None:
        """Spend the time that a check takes, for a name that nobody has."""
        ...

    def is_dated(self, password_hash: str) -> bool:
        """True if the hash was made with other parameters than new ones are."""
        ...
