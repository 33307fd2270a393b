import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.ui.widgets.dates import DateUnreadable, read_date, read_expiry, show_date


@pytest.mark.parametrize(
    "typed",
    [
        "1968-03-14",
        "14.3.1968",
        "14/03/1968",
        "14 Mar 1968",
        " 14  march 1968 ",
        "14-Mar-1968",
        "14 03 1968",
        "1968/3/14",
        "14MAR1968",
    ],
)
def test_usual_writings_are_read(typed):
    assert read_date(typed) == dt.date(1968, 3, 14)


@pytest.mark.parametrize(
    "typed", ["", "soon", "31.2.1968", "03/14/1968", "14 Ma 1968", "14 Foo 1968", "19680314", "1968-13-01"]
)
def test_what_would_be_guessed_is_refused(typed):
    with pytest.raises(DateUnreadable):
        read_date(typed)


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_shown_date_reads_back(date):
    assert read_date(show_date(date)) == date
    assert read_date(date.isoformat()) == date


@pytest.mark.parametrize(
    ("typed", "last_day"),
    [
        ("08/2027", dt.date(2027, 8, 31)),
        ("2028-02", dt.date(2028, 2, 29)),
        ("Feb 2027", dt.date(2027, 2, 28)),
        ("31 Aug 2027", dt.date(2027, 8, 31)),
    ],
)
def test_an_expiry_month_lasts_to_its_last_day(typed, last_day):
    assert read_expiry(typed) == last_day


@pytest.mark.parametrize("typed", ["13/2027", "2027", "never"])
def test_an_expiry_that_is_no_month_is_refused(typed):
    with pytest.raises(DateUnreadable):
        read_expiry(typed)
