"""The rules of retention, and the ledger of the erased."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.errors import StorageProblem
from injectmap.domain.ids import made_ms, new_id
from injectmap.domain.patient import ERASED, ERASED_BIRTH, Patient
from injectmap.domain.privacy import (
    Kept,
    LedgerEntry,
    counted_from,
    ledger_text,
    parse_ledger,
    retention_due,
    years_after,
)

DAY = dt.date


BORN, REGISTERED = DAY(1970, 6, 1), DAY(2010, 1, 1)


def kept(*, born: dt.date = BORN, seen: dt.date | None = None, registered: dt.date = REGISTERED) -> Kept:
    return Kept("id", 7, "Family", "Given", born, seen, registered)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (kept(seen=DAY(2015, 3, 14)), DAY(2015, 3, 14)),
        (kept(), DAY(2010, 1, 1)),
        # A child: the years begin with the 18th birthday, if that is later.
        (kept(born=DAY(2004, 5, 6), seen=DAY(2018, 1, 1)), DAY(2022, 5, 6)),
        (kept(born=DAY(2000, 5, 6), seen=DAY(2018, 6, 1)), DAY(2018, 6, 1)),
        (kept(born=DAY(2004, 2, 29), seen=DAY(2018, 1, 1)), DAY(2022, 3, 1)),
    ],
)
def test_from_which_day_the_years_are_counted(one: Kept, expected: dt.date):
    assert counted_from(one) == expected


def test_on_the_day_itself_and_not_a_day_before():
    one = kept(seen=DAY(2015, 3, 14))
    assert retention_due([one], 8, DAY(2023, 3, 13)) == ()
    (line,) = retention_due([one], 8, DAY(2023, 3, 14))
    assert (line.due, line.counted_from, line.from_18) == (DAY(2023, 3, 14), DAY(2015, 3, 14), False)
    (child,) = retention_due([kept(born=DAY(2004, 5, 6), seen=DAY(2018, 1, 1))], 1, DAY(2030, 1, 1))
    assert child.from_18


def test_the_longest_over_comes_first():
    people = [kept(seen=DAY(year, 1, 1)) for year in (2014, 2011, 2017, 2025)]
    found = retention_due(people, 8, DAY(2026, 1, 1))
    assert [line.due.year for line in found] == [2019, 2022, 2025]


@given(st.dates(DAY(1900, 1, 1), DAY(2100, 1, 1)), st.integers(1, 100))
def test_a_period_never_ends_early(day: dt.date, years: int):
    end = years_after(day, years)
    assert end.year == day.year + years
    assert (end.month, end.day) in ((day.month, day.day), (3, 1))
    assert (end - day).days >= years * 365


def test_a_tombstone_is_known_by_its_want_of_a_name():
    assert Patient("id", 7, "", "", ERASED_BIRTH, error_reason=ERASED).erased
    assert not Patient("id", 7, "Name", "", DAY(1970, 1, 1), error_reason=ERASED).erased
    assert not Patient("id", 7, "Name", "", DAY(1970, 1, 1)).erased


def test_an_id_tells_when_it_was_made():
    assert made_ms(new_id(1_700_000_000_123)) == 1_700_000_000_123
    for other in ("", "nobody", "9b2fca9a-6dd4-4b3d-9d2e-2d1b2b0a5e10"):
        assert made_ms(other) is None


ENTRIES = st.lists(
    st.builds(
        LedgerEntry, st.uuids().map(str), st.integers(1, 2**63 - 1), st.integers(0, 253_402_300_799_999)
    ),
    unique_by=lambda one: one.patient_id,
    max_size=20,
)


@given(ENTRIES)
def test_a_ledger_comes_back_as_it_was_written(entries: list[LedgerEntry]):
    assert set(parse_ledger(ledger_text(entries).encode())) == set(entries)


GOOD = {"form": "injectmap-erased", "version": 1, "erased": [{"patient": "a", "row": 1, "at_ms": 2}]}
ENTRY = GOOD["erased"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    "changed",
    [
        [],
        None,
        {**GOOD, "form": "other"},
        {**GOOD, "version": 2},
        {**GOOD, "version": True},
        {**GOOD, "more": 1},
        {**GOOD, "erased": {}},
        {**GOOD, "erased": [ENTRY, ENTRY]},
        {**GOOD, "erased": [{**ENTRY, "name": "Lindqvist"}]},
        {**GOOD, "erased": [{**ENTRY, "row": 0}]},
        {**GOOD, "erased": [{**ENTRY, "row": 1.0}]},
        {**GOOD, "erased": [{**ENTRY, "row": True}]},
        {**GOOD, "erased": [{**ENTRY, "row": 2**63}]},
        {**GOOD, "erased": [{**ENTRY, "at_ms": -1}]},
        {**GOOD, "erased": [{**ENTRY, "patient": ""}]},
        {**GOOD, "erased": [{**ENTRY, "patient": "x" * 65}]},
        {**GOOD, "erased": [{**ENTRY, "patient": "Åsa"}]},
        {**GOOD, "erased": [{**ENTRY, "patient": 1}]},
    ],
)
def test_nothing_but_a_ledger_is_read_as_one(changed: object):
    parse_ledger(json.dumps(GOOD).encode())
    with pytest.raises(StorageProblem, match="ledger_unreadable"):
        parse_ledger(json.dumps(changed).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes):
    with pytest.raises(StorageProblem, match="ledger_unreadable"):
        parse_ledger(data)


def test_a_ledger_of_endless_depth_or_length_is_refused():
    for data in (b"[" * 100_000, b'{"form":' * 50_000, b" " * (33 * 1024 * 1024)):
        with pytest.raises(StorageProblem, match="ledger_unreadable"):
            parse_ledger(data)
