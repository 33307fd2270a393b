"""Sums over all sessions, right beside left, and what differs from the session before."""

import datetime as dt
from dataclasses import replace

import pytest

from injectmap.domain.errors import NotAllowed
from injectmap.domain.record import RecordEntry, RecordField, RecordState
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import PassStatus, Side
from injectmap.services.insight import InsightService
from injectmap.services.over_time import OverTime, zone_shares
from tests import builders
from tests.fakes import FixedClock, MemoryDatabase
from tests.ui.insight_fakes import FakeFigures, FakeOverTimePaper
from tests.unit.insight.over_time import both_sides, session_in_time, three_visits


def test_a_sessions_shares_are_its_totals_and_its_lengths():
    session = session_in_time(both_sides())
    counted = {row.zone: (row.right_ul, row.left_ul) for row in totals(session.map).zones}
    zones = dict.fromkeys(one.zone for one in session.shares)
    assert {
        zone: tuple(session.share(zone, side).microlitres for side in (Side.RIGHT, Side.LEFT))
        for zone in zones
    } == counted
    lengths = sum(one.path.length_um for one in session.map.passes)
    assert sum(one.length_um for one in session.shares) == lengths
    assert session.balance.right_um + session.balance.left_um == lengths


def test_what_was_planned_does_not_count():
    passes = [replace(one, status=PassStatus.PLANNED) for one in both_sides()]
    session = session_in_time(passes)
    assert session.shares == zone_shares(session.map) == ()
    assert replace(three_visits(), sessions=(session,)).treated == ()


def test_all_sessions_add_up_by_side_and_zone():
    over_time = three_visits()
    balance = over_time.balance
    assert (balance.right_ul, balance.left_ul, balance.both_ul) == (3 * 260, 4 * 240, 1740)
    assert balance.difference_ul == -180
    assert balance.difference_um == balance.right_um - balance.left_um
    assert sum(one.microlitres for one in over_time.shares) == 1740
    assert [one.both_ul for one in over_time.cumulative] == [1000, 1500, 1740]
    assert over_time.cumulative[-1] == balance


def test_shown_zones_are_hundredths_that_add_up():
    over_time = three_visits()
    rows = over_time.shown_zones
    assert all(value % 10 == 0 for row in rows for value in (row.right_ul, row.left_ul))
    assert sum(row.both_ul for row in rows) == over_time.balance.both_ul
    exact = three_visits()
    passes = list(exact.sessions[0].map.passes)
    passes[0] = replace(passes[0], shares=(passes[0].shares[0]._replace(microlitres=123),))
    exact = replace(exact, sessions=(session_in_time(passes),))
    assert {(row.zone, row.right_ul) for row in exact.shown_zones} == {
        (row.zone, row.right_ul) for row in totals(exact.sessions[0].map).zones
    }


def test_the_difference_is_that_from_the_session_before():
    over_time = three_visits()
    latest = over_time.difference(None)
    assert latest is not None
    assert (latest.before.id, latest.after.id) == ("session-2", "session-3")
    # The same on the left, nothing on the right.
    assert (latest.right_ul, latest.left_ul) == (-260, 0)
    assert latest.length_um == -over_time.sessions[1].balance.right_um
    second = over_time.difference("session-2")
    assert second is not None
    assert (second.right_ul, second.left_ul, second.length_um) == (-260, -240, 0)
    assert sum(one.both_ul for one in second.zones) == -500
    assert over_time.difference("session-1") is None
    assert over_time.difference("not treated") == latest


def entry(text, **fields):
    return RecordEntry(text, 1_795_356_000_000, "practitioner-1", **fields)


def test_the_last_word_of_a_field_is_the_latest_that_says_something():
    over_time = three_visits()
    first, second, third = over_time.sessions
    over_time = replace(
        over_time,
        sessions=(
            replace(first, entries={RecordField.REASON: entry("first")}),
            replace(second, entries={RecordField.REASON: entry("second")}),
            replace(third, entries={RecordField.REASON: entry("")}),
        ),
    )
    found = over_time.last_written(RecordField.REASON)
    assert found is not None
    assert (found[0].text, found[1].id) == ("second", "session-2")
    assert over_time.last_written(RecordField.CONSENT) is None


@pytest.fixture
def clinic():
    """A stored patient with three sessions, the middle one in error."""
    database = MemoryDatabase()
    state = database.state
    one, by = builders.patient(), builders.practitioner()
    state.practitioners = (by,)
    state.patients[one.id] = one
    for year, reason in ((2026, ""), (2025, "wrong patient"), (2024, "")):
        session = builders.treatment_session(one, by, date=dt.date(year, 3, 1))
        session = replace(session, error_reason=reason)
        syringe = builders.syringe(session)
        state.sessions[session.id] = session
        state.syringes[syringe.id] = syringe
        state.maps[session.id] = builders.c_shape(syringe, syringe, count=4)
    service = InsightService(database, FixedClock(), FakeFigures(), FakeOverTimePaper())
    return service, builders.acting_as(by), one


def test_sessions_in_error_are_left_out_and_the_first_comes_first(clinic):
    service, acting, patient = clinic
    over_time = service.over_time(acting, patient.id)
    assert isinstance(over_time, OverTime)
    assert over_time.patient == patient
    assert [one.date.year for one in over_time.sessions] == [2024, 2026]
    assert over_time.balance.both_ul == 2 * 4 * 150
    assert over_time.sessions[0].product_names == ("HArmonyCa",)
    assert all(one.state is RecordState.DRAFT and not one.signed for one in over_time.sessions)


def test_every_use_asks_for_the_right(clinic, monkeypatch):
    service, acting, patient = clinic
    over_time = service.over_time(acting, patient.id)
    from injectmap.domain import acting as rights
    from injectmap.services.insight import FileForm, InsightFigure, ScreenSize

    for role in acting.roles:
        monkeypatch.setitem(rights.RIGHTS, role, frozenset())
    for use in (
        lambda: service.over_time(acting, patient.id),
        lambda: service.picture(acting, InsightFigure.DOSE, over_time, ScreenSize(10, 10)),
        lambda: service.export(acting, InsightFigure.DOSE, FileForm.CSV, over_time),
        lambda: service.pdf(acting, over_time),
        lambda: service.pages(acting, over_time, pixels_per_inch=10),
    ):
        with pytest.raises(NotAllowed):
            use()
