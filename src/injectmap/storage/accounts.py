"""Stored accounts, and the attempts to sign in as the journal tells them."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from injectmap.domain.accounts import Account, roles_from_text, roles_to_text
from injectmap.domain.errors import Conflict
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.storage.tables import accounts, journal


class StoredAccounts:
    """Who may sign in with what."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def all(self) -> tuple[Account, ...]:
        """All accounts, closed ones too."""
        rows = self._connection.execute(
            select(
                accounts.c.practitioner_id,
                accounts.c.roles,
                accounts.c.active,
                accounts.c.password_hash,
                accounts.c.revision,
            ).order_by(accounts.c.practitioner_id)
        )
        return tuple(
            Account(practitioner_id, roles_from_text(roles), bool(active), password_hash, revision)
            for practitioner_id, roles, active, password_hash, revision in rows
        )

    def get(self, practitioner_id: str) -> Account | None:
        """One person's account."""
        return next((one for one in self.all() if one.practitioner_id == practitioner_id), None)

    def add(self, account: Account) -> None:
        """Store a new account."""
        self._connection.execute(
            insert(accounts).values(practitioner_id=account.practitioner_id, **account_values(account))
        )

    def update(self, account: Account) -> Account:
        """Store a changed account if `account.revision` is still the latest; return it with the next revision."""
        changed = Account(
            account.practitioner_id,
            account.roles,
            account.active,
            account.password_hash,
            account.revision + 1,
        )
        done = self._connection.execute(
            update(accounts)
            .where(
                accounts.c.practitioner_id == account.practitioner_id, accounts.c.revision == account.revision
            )
            .values(account_values(changed))
        )
        if done.rowcount != 1:
            raise Conflict("account_has_changed")
        return changed

    def attempts(
        self, subject_kind: SubjectKind, subject_id: str, *, limit: int
    ) -> tuple[tuple[JournalKind, int], ...]:
        """Entries and refusals of one subject with their times, the latest first."""
        rows = self._connection.execute(
            select(journal.c.kind, journal.c.at_ms)
            .where(
                journal.c.subject_id == subject_id,
                journal.c.subject_kind == subject_kind.value,
                journal.c.kind.in_((JournalKind.ENTER.value, JournalKind.REFUSE.value)),
            )
            .order_by(journal.c.number.desc())
            .limit(limit)
        )
        return tuple((JournalKind(kind), at_ms) for kind, at_ms in rows)


def account_values(account: Account) -> dict[str, str | int]:
    return {
        "roles": roles_to_text(account.roles),
        "active": int(account.active),
        "password_hash": account.password_hash,
        "revision": account.revision,
    }
