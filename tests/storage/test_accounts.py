"""Accounts on disk: stored, changed against their revision, and the attempts read from the journal."""

import pytest

from injectmap.domain.accounts import Account
from injectmap.domain.acting import Acting, Role
from injectmap.domain.errors import Conflict
from injectmap.domain.journal import JournalKind, SubjectKind

NOBODY = Acting("", frozenset(), "room-1")


def test_an_account_is_stored_and_changed_against_its_revision(charted):
    one = Account(charted.practitioner.id, frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}), True, "$hash$")
    with charted.database.writing() as work:
        assert work.accounts.get(one.practitioner_id) is None
        work.accounts.add(one)
        work.commit()
    with charted.database.writing() as work:
        assert work.accounts.all() == (one,)
        closed = Account(one.practitioner_id, frozenset({Role.TRAINER}), False, "$other$")
        kept = work.accounts.update(closed)
        assert (kept.revision, kept.active, kept.roles) == (2, False, {Role.TRAINER})
        with pytest.raises(Conflict, match="account_has_changed"):
            work.accounts.update(closed)
        work.commit()
    with charted.database.reading() as work:
        assert work.accounts.get(one.practitioner_id) == kept


def test_attempts_are_read_latest_first_of_one_subject_alone(charted):
    who = charted.practitioner.id
    with charted.database.writing() as work:
        for at_ms, kind, subject, subject_id in (
            (1, JournalKind.ENTER, SubjectKind.PRACTITIONER, who),
            (2, JournalKind.REFUSE, SubjectKind.PRACTITIONER, who),
            (3, JournalKind.REFUSE, SubjectKind.CLINIC, "clinic"),
            (4, JournalKind.PUT, SubjectKind.PRACTITIONER, who),
            (5, JournalKind.REFUSE, SubjectKind.PRACTITIONER, who),
        ):
            work.journal.append(
                NOBODY, kind=kind, subject_kind=subject, subject_id=subject_id, payload={}, at_ms=at_ms
            )
        attempts = work.accounts.attempts(SubjectKind.PRACTITIONER, who, limit=10)
        assert attempts == ((JournalKind.REFUSE, 5), (JournalKind.REFUSE, 2), (JournalKind.ENTER, 1))
        assert work.accounts.attempts(SubjectKind.PRACTITIONER, who, limit=1) == ((JournalKind.REFUSE, 5),)
        assert work.accounts.attempts(SubjectKind.CLINIC, "clinic", limit=9) == ((JournalKind.REFUSE, 3),)
