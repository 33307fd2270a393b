"""Use cases around getting in: sign in, unlock, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from injectmap.domain.accounts import (
    LONGEST_WAIT_MS,
    Account,
    Person,
    account_to_json,
    checked_password,
    plain_password,
    wait_left_ms,
)
from injectmap.domain.acting import Acting, Right, Role
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import Practitioner, fold_name
from injectmap.services.account_ports import Passwords
from injectmap.services.ports import Clock, Database, UnitOfWork
from injectmap.services.practitioners import new_practitioner, put_new

# The wait has grown to its longest long before so many failures.
_ATTEMPTS = 24
_NOBODY = "clinic"


class AccountService:
    """People get in only here; every entry and every refusal is a row of the journal.

    At least one person who can sign in administers the clinic, once anybody can sign in at all. How long is to be waited
    after failures is reckoned from the journal's rows: there is no counter that a copy of the file could set back.
    """

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, workstation: str) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._workstation = workstation
        # Refusals that could not be written because the clinic is open for reading only.
        self._unwritten: dict[str, tuple[int, ...]] = {}

    # ---- who there is

    def people(self) -> tuple[Person, ...]:
        """Everybody by name, for the sign-in page and the settings."""
        with self._database.reading() as work:
            found = {one.practitioner_id: one for one in work.accounts.all()}
            practitioners = work.practitioners.all()
        people = (_person(one, found.get(one.id)) for one in practitioners)
        # In the one order that both kinds of store agree on.
        return tuple(sorted(people, key=lambda one: (one.name.casefold(), one.practitioner_id)))

    def asked_for(self) -> bool:
        """True if the clinic has accounts, so that somebody must sign in."""
        with self._database.reading() as work:
            return any(one.lets_in for one in work.accounts.all())

    def has_password(self, practitioner_id: str) -> bool:
        """True if this person can sign in."""
        with self._database.reading() as work:
            account = work.accounts.get(practitioner_id)
        return account is not None and account.lets_in

    # ---- getting in

    def sign_in(self, who: str, password: str) -> Acting:
        """Sign in by id or name; InputRefused("sign_in_refused"), or ("sign_in_wait") with the seconds left."""
        return self._enter(who, password, "sign_in")

    def unlock(self, acting: Acting, password: str) -> Acting:
        """Let the person who locked the program in again, with the roles as they are now."""
        return self._enter(acting.practitioner_id, password, "unlock")

    def confirm(self, acting: Acting, who: str, password: str) -> Acting:
        """Somebody beside the one signed in gives a password for one act alone.

        In a demonstration in which nobody has a password yet, none is asked.
        """
        if not self.asked_for():
            return replace(acting, practitioner_id=who)
        return self._enter(who, password, "confirm")

    def seconds_to_wait(self, who: str) -> int:
        """How long nothing is tried for this person, in whole seconds."""
        with self._database.reading() as work:
            subject = self._find(work, who)
            return self._seconds(work, subject)

    def _enter(self, who: str, password: str, how: str) -> Acting:
        with self._database.reading() as work:
            practitioner_id = self._find(work, who)
            left = self._seconds(work, practitioner_id)
            account = work.accounts.get(practitioner_id) if practitioner_id else None
        if left:
            raise InputRefused("sign_in_wait", seconds=left)
        typed = plain_password(password)
        if account is None or not account.password_hash:
            self._passwords.unlike(typed)
            self._refuse(practitioner_id, "no_account" if practitioner_id else "unknown")
        elif not self._passwords.matches(account.password_hash, typed):
            self._refuse(practitioner_id, "password")
        elif not account.active:
            self._refuse(practitioner_id, "closed")
        else:
            return self._let_in(account, typed, how)
        raise InputRefused("sign_in_refused", seconds=self.seconds_to_wait(who))

    def _let_in(self, account: Account, typed: str, how: str) -> Acting:
        acting = Acting(account.practitioner_id, account.roles, self._workstation)
        self._unwritten.pop(account.practitioner_id, None)
        if self._database.read_only:
            return acting
        with self._database.writing() as work:
            self._journal(
                work,
                acting,
                JournalKind.ENTER,
                SubjectKind.PRACTITIONER,
                account.practitioner_id,
                {"how": how, "roles": sorted(role.value for role in account.roles)},
            )
            if self._passwords.is_dated(account.password_hash):
                self._update(work, acting, replace(account, password_hash=self._passwords.hash(typed)))
            work.commit()
        return acting

    def _refuse(self, practitioner_id: str, why: str) -> None:
        if self._database.read_only:
            before = self._unwritten.get(practitioner_id, ())
            self._unwritten[practitioner_id] = (self._clock.now_ms(), *before)[:_ATTEMPTS]
            return
        known = bool(practitioner_id)
        with self._database.writing() as work:
            self._journal(
                work,
                Acting("", frozenset(), self._workstation),
                JournalKind.REFUSE,
                SubjectKind.PRACTITIONER if known else SubjectKind.CLINIC,
                practitioner_id or _NOBODY,
                {"why": why},
            )
            work.commit()

    @staticmethod
    def _find(work: UnitOfWork, who: str) -> str:
        """The id of a person named by id or name; "" for a name that nobody has."""
        people = work.practitioners.all()
        for one in people:
            if one.id == who:
                return one.id
        folded = fold_name(who)
        return next((one.id for one in people if folded and fold_name(one.name) == folded), "")

    def _seconds(self, work: UnitOfWork, practitioner_id: str) -> int:
        now = self._clock.now_ms()
        failed = [*self._unwritten.get(practitioner_id, ())]
        kind = SubjectKind.PRACTITIONER if practitioner_id else SubjectKind.CLINIC
        for what, at_ms in work.accounts.attempts(kind, practitioner_id or _NOBODY, limit=_ATTEMPTS):
            # A name that nobody has is never entered under: old failures are let go by their age.
            if what is JournalKind.ENTER or (not practitioner_id and at_ms < now - LONGEST_WAIT_MS):
                break
            failed.append(at_ms)
        return -(-wait_left_ms(failed, now) // 1000)

    # ---- people and roles

    def add_person(
        self, acting: Acting, name: str, profession: str, roles: frozenset[Role], password: str
    ) -> Practitioner:
        """Add somebody who signs in, with roles and a first password."""
        acting.require(Right.ADMINISTER)
        one = new_practitioner(name, profession, now_ms=self._clock.now_ms())
        password_hash = self._hash(password)
        with self._database.writing() as work:
            put_new(work, acting, one, at_ms=self._clock.now_ms())
            self._open(work, acting, Account(one.id, roles, password_hash=password_hash))
            work.commit()
        return one

    def open_account(
        self, acting: Acting, practitioner_id: str, roles: frozenset[Role], password: str
    ) -> Account:
        """Give somebody who is known already a way in; the first account of all is one that administers."""
        acting.require(Right.ADMINISTER)
        password_hash = self._hash(password)
        with self._database.writing() as work:
            _known(work, practitioner_id)
            if work.accounts.get(practitioner_id) is not None:
                raise InputRefused("account_exists")
            account = Account(practitioner_id, roles, password_hash=password_hash)
            self._open(work, acting, account)
            work.commit()
        return account

    def set_roles(self, acting: Acting, practitioner_id: str, roles: frozenset[Role]) -> Account:
        """Change what somebody may do; it holds from the next sign-in."""
        acting.require(Right.ADMINISTER)
        return self._change(acting, practitioner_id, roles=frozenset(roles))

    def close(self, acting: Acting, practitioner_id: str) -> Account:
        """Let somebody in no more; the name stays on all that was done."""
        acting.require(Right.ADMINISTER)
        return self._change(acting, practitioner_id, active=False)

    def reopen(self, acting: Acting, practitioner_id: str) -> Account:
        """Let somebody in again, with the roles and the password of before."""
        acting.require(Right.ADMINISTER)
        return self._change(acting, practitioner_id, active=True)

    def reset_password(self, acting: Acting, practitioner_id: str, password: str) -> Account:
        """Give somebody another password, for one that was forgotten."""
        acting.require(Right.ADMINISTER)
        return self._change(acting, practitioner_id, password_hash=self._hash(password))

    def change_password(self, acting: Acting, old: str, new: str) -> Account:
        """Change one's own password; the old one is asked for, and refused like any other."""
        checked = checked_password(new)
        self._enter(acting.practitioner_id, old, "password")
        return self._change(acting, acting.practitioner_id, password_hash=self._passwords.hash(checked))

    def roles_now(self, acting: Acting) -> Acting:
        """The same person with the roles as stored now; one without an account keeps those in hand."""
        with self._database.reading() as work:
            account = work.accounts.get(acting.practitioner_id)
        return acting if account is None else replace(acting, roles=account.roles)

    def _hash(self, password: str) -> str:
        return self._passwords.hash(checked_password(password))

    def _open(self, work: UnitOfWork, acting: Acting, account: Account) -> None:
        _check([*work.accounts.all(), account], account)
        work.accounts.add(account)
        self._journal_account(work, acting, account)

    def _change(self, acting: Acting, practitioner_id: str, **changes: object) -> Account:
        with self._database.writing() as work:
            stored = work.accounts.get(practitioner_id)
            if stored is None:
                raise StorageProblem("account_not_found")
            changed = replace(stored, **changes)  # type: ignore[arg-type]
            if changed == stored:
                return stored
            others = [one for one in work.accounts.all() if one.practitioner_id != practitioner_id]
            _check([*others, changed], changed)
            kept = self._update(work, acting, changed)
            work.commit()
        return kept

    def _update(self, work: UnitOfWork, acting: Acting, account: Account) -> Account:
        kept = work.accounts.update(account)
        self._journal_account(work, acting, kept)
        return kept

    def _journal_account(self, work: UnitOfWork, acting: Acting, account: Account) -> None:
        self._journal(
            work,
            acting,
            JournalKind.PUT,
            SubjectKind.ACCOUNT,
            account.practitioner_id,
            account_to_json(account),
        )

    def _journal(
        self,
        work: UnitOfWork,
        acting: Acting,
        kind: JournalKind,
        subject_kind: SubjectKind,
        subject_id: str,
        payload: dict[str, object],
    ) -> None:
        work.journal.append(
            acting,
            kind=kind,
            subject_kind=subject_kind,
            subject_id=subject_id,
            payload=payload,
            at_ms=self._clock.now_ms(),
        )


def _person(one: Practitioner, account: Account | None) -> Person:
    if account is None:
        return Person(one.id, one.name, one.profession, register_number=one.register_number)
    return Person(
        one.id,
        one.name,
        one.profession,
        account.roles,
        account.active,
        True,
        account.lets_in,
        one.register_number,
    )


def _known(work: UnitOfWork, practitioner_id: str) -> None:
    if not any(one.id == practitioner_id for one in work.practitioners.all()):
        raise StorageProblem("practitioner_not_found")


def _check(after: Sequence[Account], changed: Account) -> None:
    """Refuse an account without a role, and a clinic that nobody could administer any more."""
    if not changed.roles:
        raise InputRefused("roles_empty")
    if not any(one.administers for one in after):
        raise InputRefused("last_administrator")
