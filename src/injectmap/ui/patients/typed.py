"""What was typed to find somebody, taken apart for the form of a new patient."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from injectmap.domain.dates import day_in_figures, take_dates
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words


@dataclass(frozen=True, slots=True)
class TypedDetails:
    """A name and a birth date; `readings` says how the date was read, in words."""

    family: str = ""
    given: str = ""
    birth: dt.date | None = None
    readings: str = ""


def typed_details(typed: str, today: dt.date) -> TypedDetails:
    """Take a search apart: the first word or what stands before a comma is the family name."""
    rest, dates = take_dates(typed, today=today)
    figures = [day_in_figures(word) for word in rest.split()]
    found = [*dates, *((day,) for day in figures if day is not None)]
    birth, readings = None, ""
    if len(found) == 1 and all(one.first == one.last for one in found[0]):
        # The day comes first; the search looks for the other reading as well.
        birth = found[0][0].first
        readings = f" {load_words()('date.or')} ".join(show_date(one.first) for one in found[0])
    # A number is no name.
    words = " ".join(word for word in rest.split() if not any(letter.isdigit() for letter in word))
    family, _, given = words.partition("," if "," in words else " ")
    return TypedDetails(family.strip(" ,"), given.strip(" ,"), birth, readings)
