"""Signing in: who gets in, how long it is to be waited, what the journal says, and that somebody always administers."""

from __future__ import annotations

import json

import pytest

from injectmap.domain.accounts import wait_ms
from injectmap.domain.acting import Acting, Role
from injectmap.domain.errors import InputRefused, NotAllowed, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind, check_chain
from injectmap.services.accounts import AccountService
from tests import builders
from tests.fakes import FixedClock, MemoryDatabase, PlainPasswords

ADA, BERG, DESK = (
    builders.practitioner(name=name) for name in ("Dr Ada Nkemelu", "Dr Ines Berg", "P. Front")
)
GOOD, BAD = "correct horse", "wrong horse!"


class House:
    """Ada administers and treats, Berg supervises, the front desk has an account, another name has none."""

    def __init__(self) -> None:
        self.database, self.clock, self.passwords = MemoryDatabase(), FixedClock(), PlainPasswords()
        self.nameless = builders.practitioner(name="Dr No Account")
        self.database.state.practitioners = (ADA, BERG, DESK, self.nameless)
        self.accounts = AccountService(self.database, self.clock, self.passwords, "room-1")
        self.founder = Acting(ADA.id, frozenset(Role), "room-1")
        self.accounts.open_account(self.founder, ADA.id, frozenset(Role), GOOD)
        self.accounts.open_account(self.founder, BERG.id, frozenset({Role.SUPERVISOR}), GOOD)
        self.accounts.open_account(self.founder, DESK.id, frozenset({Role.FRONT_DESK}), GOOD)

    @property
    def last(self):
        return self.database.state.journal[-1]

    def fail(self, who: str, times: int) -> None:
        for _ in range(times):
            self.clock.ms += 3_600_000
            with pytest.raises(InputRefused, match="sign_in_refused"):
                self.accounts.sign_in(who, BAD)


@pytest.fixture
def house() -> House:
    return House()


def test_a_person_signs_in_by_name_or_id_and_brings_the_roles(house):
    for who in (BERG.id, "dr ines BERG"):
        acting = house.accounts.sign_in(who, GOOD)
        assert acting == Acting(BERG.id, frozenset({Role.SUPERVISOR}), "room-1")
    row = house.last
    assert (row.kind, row.subject_kind, row.subject_id, row.practitioner_id) == (
        JournalKind.ENTER,
        SubjectKind.PRACTITIONER,
        BERG.id,
        BERG.id,
    )
    assert json.loads(row.payload) == {"how": "sign_in", "roles": ["supervisor"]}


def test_a_password_typed_on_another_keyboard_is_the_same(house):
    house.accounts.reset_password(house.founder, BERG.id, "Ångström blå")
    assert house.accounts.sign_in(BERG.id, "A\u030angstro\u0308m bla\u030a").practitioner_id == BERG.id


@pytest.mark.parametrize("who", [BERG.name, "Nobody Here", "Dr No Account", ""])
def test_what_does_not_go_together_is_refused_in_the_same_words_at_the_same_cost(house, who):
    before = house.passwords.reckoned
    with pytest.raises(InputRefused) as refused:
        house.accounts.sign_in(who, BAD)
    assert (refused.value.code, refused.value.params) == ("sign_in_refused", {"seconds": 0})
    assert house.passwords.reckoned == before + 1
    row = house.last
    assert row.kind is JournalKind.REFUSE
    assert row.practitioner_id == ""
    assert BAD not in (row.payload or "")
    assert (who or "x") not in (row.payload or "")
    if who == "Nobody Here":
        assert (row.subject_kind, row.subject_id) == (SubjectKind.CLINIC, "clinic")
    assert check_chain(house.database.state.journal) is None


def test_the_wait_doubles_up_to_a_quarter_of_an_hour():
    waits = [wait_ms(failures) // 1000 for failures in range(13)]
    assert waits == [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_after_failures_it_is_to_be_waited_and_the_right_password_does_not_help(house):
    house.fail(BERG.id, 4)
    rows = len(house.database.state.journal)
    assert house.accounts.seconds_to_wait(BERG.id) == 10
    with pytest.raises(InputRefused) as refused:
        house.accounts.sign_in(BERG.id, GOOD)
    assert (refused.value.code, refused.value.params) == ("sign_in_wait", {"seconds": 10})
    assert len(house.database.state.journal) == rows, "what was not tried is not written down"
    house.clock.ms += 9_001
    assert house.accounts.seconds_to_wait(BERG.id) == 1
    house.clock.ms += 999
    assert house.accounts.sign_in(BERG.id, GOOD)


def test_an_entry_ends_the_count_and_the_count_survives_a_restart(house):
    house.fail(BERG.id, 2)
    house.accounts.sign_in(BERG.id, GOOD)
    house.fail(BERG.id, 2)
    again = AccountService(house.database, house.clock, house.passwords, "room-2")
    assert again.seconds_to_wait(BERG.id) == 0
    house.fail(BERG.id, 1)
    assert again.seconds_to_wait(BERG.id) == 5
    assert again.seconds_to_wait(ADA.id) == 0, "another's failures are another's"


def test_names_that_nobody_has_wait_too_and_are_let_go_by_age(house):
    for _ in range(3):
        with pytest.raises(InputRefused, match="sign_in_refused"):
            house.accounts.sign_in("Nobody Here", BAD)
    with pytest.raises(InputRefused, match="sign_in_wait"):
        house.accounts.sign_in("Nobody Else", BAD)
    house.clock.ms += 15 * 60_000 + 1
    assert house.accounts.seconds_to_wait("Nobody Here") == 0


def test_a_clock_that_was_set_back_locks_nobody_out(house):
    house.fail(BERG.id, 8)
    house.clock.ms -= 86_400_000
    assert house.accounts.seconds_to_wait(BERG.id) == 0
    with pytest.raises(InputRefused, match="sign_in_refused"):
        house.accounts.sign_in(BERG.id, BAD)
    assert house.accounts.seconds_to_wait(BERG.id) == 320, "and the next failure counts again"


def test_in_a_clinic_that_cannot_be_written_the_wait_holds_while_it_is_open(house):
    house.database.read_only = True
    rows = len(house.database.state.journal)
    for _ in range(3):
        with pytest.raises(InputRefused, match="sign_in_refused"):
            house.accounts.sign_in(BERG.id, BAD)
    with pytest.raises(InputRefused, match="sign_in_wait"):
        house.accounts.sign_in(BERG.id, GOOD)
    house.clock.ms += 5_000
    assert house.accounts.sign_in(BERG.id, GOOD).practitioner_id == BERG.id
    assert len(house.database.state.journal) == rows


def test_unlocking_is_for_the_same_person_with_the_roles_of_now(house):
    acting = house.accounts.sign_in(BERG.id, GOOD)
    house.accounts.set_roles(house.founder, BERG.id, frozenset({Role.TRAINER}))
    assert house.accounts.unlock(acting, GOOD).roles == {Role.TRAINER}
    assert json.loads(house.last.payload)["how"] == "unlock"
    with pytest.raises(InputRefused, match="sign_in_refused"):
        house.accounts.unlock(acting, BAD)


def test_an_account_is_journalled_without_its_hash(house):
    row = next(row for row in house.database.state.journal if row.subject_kind is SubjectKind.ACCOUNT)
    data = json.loads(row.payload)
    assert data.keys() == {"practitioner", "roles", "active", "password_digest", "revision"}
    assert len(data["password_digest"]) == 64
    everything = "".join(row.payload or "" for row in house.database.state.journal)
    assert GOOD not in everything
    assert "plain:" not in everything


def test_a_closed_account_lets_nobody_in_until_it_is_opened_again(house):
    house.accounts.close(house.founder, BERG.id)
    with pytest.raises(InputRefused, match="sign_in_refused"):
        house.accounts.sign_in(BERG.id, GOOD)
    assert json.loads(house.last.payload) == {"why": "closed"}
    house.accounts.reopen(house.founder, BERG.id)
    assert house.accounts.sign_in(BERG.id, GOOD)


def test_somebody_always_administers(house):
    only_doctor = frozenset({Role.PRACTITIONER})
    for attempt in (
        lambda: house.accounts.set_roles(house.founder, ADA.id, only_doctor),
        lambda: house.accounts.close(house.founder, ADA.id),
    ):
        with pytest.raises(InputRefused, match="last_administrator"):
            attempt()
    house.accounts.set_roles(house.founder, BERG.id, frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}))
    house.accounts.set_roles(house.founder, ADA.id, only_doctor)
    with pytest.raises(InputRefused, match="last_administrator"):
        house.accounts.close(house.founder, BERG.id)


def test_the_first_account_of_all_administers():
    database = MemoryDatabase()
    database.state.practitioners = (ADA,)
    accounts = AccountService(database, FixedClock(), PlainPasswords(), "room-1")
    founder = Acting(ADA.id, frozenset(Role), "room-1")
    assert not accounts.asked_for()
    with pytest.raises(InputRefused, match="last_administrator"):
        accounts.open_account(founder, ADA.id, frozenset({Role.PRACTITIONER}), GOOD)
    accounts.open_account(founder, ADA.id, frozenset(Role), GOOD)
    assert accounts.asked_for()


def test_a_person_is_added_with_roles_and_a_password(house):
    added = house.accounts.add_person(
        house.founder, "Sister Mo Byrne", "Nurse", frozenset({Role.TRAINER}), "ten signs.."
    )
    assert house.accounts.sign_in("sister mo byrne", "ten signs..").practitioner_id == added.id
    line = next(one for one in house.accounts.people() if one.practitioner_id == added.id)
    assert (line.name, line.roles, line.lets_in) == ("Sister Mo Byrne", {Role.TRAINER}, True)
    for name, roles, password, code in (
        ("New Name", frozenset({Role.TRAINER}), "short", "password_short"),
        ("New Name", frozenset({Role.TRAINER}), "x" * 1001, "password_long"),
        ("New Name", frozenset(), "long enough", "roles_empty"),
        ("sister MO byrne", frozenset({Role.TRAINER}), "long enough", "practitioner_exists"),
        (" ", frozenset({Role.TRAINER}), "long enough", "practitioner_name_empty"),
    ):
        rows = len(house.database.state.journal)
        with pytest.raises(InputRefused, match=code):
            house.accounts.add_person(house.founder, name, "", roles, password)
        assert len(house.database.state.journal) == rows
    with pytest.raises(InputRefused, match="account_exists"):
        house.accounts.open_account(house.founder, added.id, frozenset({Role.TRAINER}), "long enough")


def test_the_own_password_is_changed_with_the_old_one(house):
    acting = house.accounts.sign_in(DESK.id, GOOD)
    with pytest.raises(InputRefused, match="sign_in_refused"):
        house.accounts.change_password(acting, BAD, "something new")
    with pytest.raises(InputRefused, match="password_short"):
        house.accounts.change_password(acting, GOOD, "short")
    house.accounts.change_password(acting, GOOD, "something new")
    assert house.accounts.sign_in(DESK.id, "something new")
    with pytest.raises(InputRefused, match="sign_in_refused"):
        house.accounts.sign_in(DESK.id, GOOD)


def test_only_an_administrator_changes_people(house):
    berg = house.accounts.sign_in(BERG.id, GOOD)
    for attempt in (
        lambda: house.accounts.set_roles(berg, BERG.id, frozenset(Role)),
        lambda: house.accounts.reset_password(berg, ADA.id, "taken over now"),
        lambda: house.accounts.close(berg, DESK.id),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(StorageProblem, match="account_not_found"):
        house.accounts.close(house.founder, house.nameless.id)


def test_a_hash_of_older_parameters_is_made_anew_at_the_next_entry(house):
    state = house.database.state
    old = state.accounts[BERG.id]
    state.accounts[BERG.id] = type(old)(BERG.id, old.roles, True, f"old:{GOOD}", old.revision)
    house.accounts.sign_in(BERG.id, GOOD)
    now = house.database.state.accounts[BERG.id]
    assert (now.password_hash, now.revision) == (f"plain:{GOOD}", old.revision + 1)
    assert house.last.subject_kind is SubjectKind.ACCOUNT


def test_a_confirmation_is_for_one_act_by_somebody_else(house):
    ada = house.accounts.sign_in(ADA.id, GOOD)
    assert house.accounts.confirm(ada, BERG.id, GOOD) == Acting(
        BERG.id, frozenset({Role.SUPERVISOR}), "room-1"
    )
    assert json.loads(house.last.payload)["how"] == "confirm"
    with pytest.raises(InputRefused, match="sign_in_refused"):
        house.accounts.confirm(ada, BERG.id, "")


def test_where_nobody_has_a_password_none_is_asked_for_one_act():
    database = MemoryDatabase()
    database.state.practitioners = (ADA, BERG)
    accounts = AccountService(database, FixedClock(), PlainPasswords(), "room-1")
    founder = Acting(ADA.id, frozenset(Role), "room-1")
    assert accounts.confirm(founder, BERG.id, "").practitioner_id == BERG.id
