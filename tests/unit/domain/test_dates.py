"""One reading of typed dates, for fields, boxes and the search."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.dates import DateUnreadable, day_in_figures, read_date, read_expiry, take_dates

TODAY = dt.date(2026, 11, 22)
BORN = dt.date(1968, 3, 14)


@pytest.mark.parametrize(
    "typed",
    [
        "1968-03-14", "14.3.1968", "14/03/1968", "14 Mar 1968", " 14  march 1968 ", "14-Mar-1968", "14 03 1968",
        "1968/3/14", "14MAR1968", "14/03/68", "14.3.68", "14-03-68", "14031968", "14 Mar 68", "14th March, 1968",
        "March 14, 1968",
    ],
)  # fmt: skip
def test_usual_writings_are_read(typed):
    assert read_date(typed, today=TODAY) == BORN


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("24.12.58", dt.date(1958, 12, 24)),
        ("1.1.30", dt.date(1930, 1, 1)),
        ("22.11.26", dt.date(2026, 11, 22)),
        ("23.11.26", dt.date(1926, 11, 23)),
        ("29.2.00", dt.date(2000, 2, 29)),
        ("3 Sept 04", dt.date(2004, 9, 3)),
    ],
)
def test_two_figures_are_the_latest_year_that_is_not_in_the_future(typed, date):
    assert read_date(typed, today=TODAY) == date


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "31.2.1968", "14 Ma 1968", "14 Foo 1968", "19680314", "1968-13-01", "14 3 68", "29.2.23", "99"],
)  # fmt: skip
def test_what_would_be_guessed_is_refused(typed):
    with pytest.raises(DateUnreadable) as refused:
        read_date(typed, today=TODAY)
    assert not refused.value.month_first


@pytest.mark.parametrize("typed", ["3/14/1968", "03.14.1968", "3/14/68"])
def test_the_month_in_front_is_told_apart(typed):
    with pytest.raises(DateUnreadable) as refused:
        read_date(typed, today=TODAY)
    assert refused.value.month_first


@pytest.mark.parametrize(
    ("typed", "last_day"),
    [
        ("02/28", dt.date(2028, 2, 29)),
        ("02/2028", dt.date(2028, 2, 29)),
        ("2.28", dt.date(2028, 2, 29)),
        ("2028-02", dt.date(2028, 2, 29)),
        ("Feb 2027", dt.date(2027, 2, 28)),
        ("Feb 27", dt.date(2027, 2, 28)),
        ("12/2027", dt.date(2027, 12, 31)),
        ("12/9999", dt.date(9999, 12, 31)),
        ("31 Aug 2027", dt.date(2027, 8, 31)),
        ("31.8.27", dt.date(2027, 8, 31)),
    ],
)
def test_an_expiry_may_be_a_month_and_lies_ahead(typed, last_day):
    assert read_expiry(typed, today=TODAY) == last_day


@pytest.mark.parametrize("typed", ["13/2027", "13/27", "2027", "never", "", "0/28"])
def test_an_expiry_that_is_no_month_is_refused(typed):
    with pytest.raises(DateUnreadable):
        read_expiry(typed, today=TODAY)


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_day_reads_back(date):
    for form in (f"{date:%d.%m.}{date.year}", f"{date:%d%m}{date.year}", date.isoformat()):
        assert read_date(form, today=TODAY) == date


@given(st.text(max_size=30) | st.from_regex(r"[0-9 ./\-a-z]{0,20}", fullmatch=True))
def test_no_typing_breaks_the_reading(typed):
    for read in (read_date, read_expiry):
        try:
            read(typed, today=TODAY)
        except DateUnreadable:
            continue
    take_dates(typed, today=TODAY)


@given(st.dates(min_value=TODAY - dt.timedelta(36_000), max_value=TODAY), st.sampled_from("./-"))
def test_fields_and_search_read_alike(date, mark):
    typed = f"{date.day}{mark}{date.month}{mark}{date:%y}"
    rest, (readings,) = take_dates(f"lind {typed} åsa", today=TODAY)
    assert [one.first for one in readings] == [read_date(typed, today=TODAY)]
    assert rest.split() == ["lind", "åsa"]


def test_a_lone_figure_of_eight_may_be_a_day():
    found = day_in_figures("14031968")
    assert found is not None
    assert (found.first, found.last) == (BORN, BORN)
    assert day_in_figures("19680314") is None
    assert take_dates("14031968", today=TODAY) == ("14031968", [])
