"""A clinic on disk in which people sign in: the first with the password of its making, the others with theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from injectmap.bootstrap import Opener
from injectmap.domain.acting import Role
from injectmap.domain.errors import InputRefused, NotAllowed
from injectmap.domain.journal import JournalKind, SubjectKind, check_chain
from injectmap.domain.keys import Unlock
from tests.key_fakes import PASSPHRASE, TINY

PASSWORD = "a first password"


@pytest.fixture
def opener(tmp_path) -> Opener:
    return Opener(data_folder=tmp_path, cost=TINY)


@pytest.fixture
def path(opener, tmp_path):
    path = tmp_path / "quay.injectmap"
    opener.create(
        path,
        name="Quay",
        practitioner="Dr M. Vale",
        time_zone="Europe/London",
        passphrase=PASSPHRASE,
        password=PASSWORD,
    ).services.close()
    return path


def test_people_sign_in_and_every_entry_is_in_a_chain_that_holds(opener, path):
    services = opener.open(path, Unlock(passphrase=PASSPHRASE))
    assert services.acting.practitioner_id == ""
    assert services.practitioner.name == ""
    with pytest.raises(NotAllowed):
        services.patients.recent(services.acting)
    with pytest.raises(InputRefused, match="sign_in_refused"):
        services.accounts.sign_in("Dr M. Vale", "a wrong password")
    vale = services.accounts.sign_in("Dr M. Vale", PASSWORD)
    assert vale.roles == frozenset(Role)
    desk = services.accounts.add_person(vale, "P. Novak", "", frozenset({Role.FRONT_DESK}), "another one!")
    novak = services.accounts.sign_in(desk.id, "another one!")
    assert services.patients.recent(novak) == ()
    with pytest.raises(NotAllowed):
        services.records.latest(novak)
    with services.database.reading() as work:
        rows = work.journal.all()
    kinds = [row.kind for row in rows if row.kind in (JournalKind.ENTER, JournalKind.REFUSE)]
    assert kinds == [JournalKind.REFUSE, JournalKind.ENTER, JournalKind.ENTER]
    assert check_chain(rows) is None
    assert "$argon2id$" not in "".join(row.payload or "" for row in rows)
    services.close()
    services = opener.open(path, Unlock(passphrase=PASSPHRASE))
    assert [one.name for one in services.accounts.people() if one.lets_in] == ["Dr M. Vale", "P. Novak"]
    services.close()


def test_a_password_that_is_too_short_makes_no_clinic(opener, tmp_path):
    path = tmp_path / "short.injectmap"
    with pytest.raises(InputRefused, match="password_short"):
        opener.create(
            path,
            name="Quay",
            practitioner="Dr M. Vale",
            time_zone="Europe/London",
            passphrase=PASSPHRASE,
            password="short",
        )
    assert not path.exists()


def test_looks_at_records_are_written_in_the_demonstration_when_it_wants_them(opener):
    services = opener.demo()
    acting, settings = services.acting, services.settings_service
    latest = services.records.latest(acting)
    services.sessions.open(acting, latest)
    settings.update(acting, replace(settings.current(), journal_reads=True))
    services.sessions.open(acting, latest)
    services.sessions.open(acting, latest)
    opened = services.sessions.open(acting, latest)
    services.insight.over_time(acting, opened.patient.id)
    with services.database.reading() as work:
        rows = work.journal.all()
    looks = [(row.subject_kind, row.subject_id) for row in rows if row.kind is JournalKind.READ]
    assert looks == [(SubjectKind.SESSION, latest), (SubjectKind.PATIENT, opened.patient.id)]
    assert check_chain(rows) is None
    editor = opener.make_editor(services, opened)
    assert editor.map == opened.map
    services.close()
