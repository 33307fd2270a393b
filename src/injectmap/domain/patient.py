"""The person treated and the person treating, and how names are compared."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

from injectmap.domain.errors import InputRefused

# Letters that Unicode does not decompose but people leave plain when they type.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
)

NAME_LIMIT = 120
OLDEST_BIRTH = dt.date(1890, 1, 1)

# What is left of a person whose data was erased: the number, and that it was erased.
ERASED = "erased"
ERASED_BIRTH = dt.date(1, 1, 1)


def fold_name(text: str) -> str:
    """Return text for searching: lower case, without diacritics, single spaces."""
    lower = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).casefold()
    decomposed = unicodedata.normalize("NFKD", lower.translate(_PLAIN))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def clean_text(text: str, *, limit: int) -> str:
    """Return typed text in NFC without control characters or outer space; refuse what is longer than limit."""
    cleaned = unicodedata.normalize("NFC", text)
    cleaned = "".join(
        c for c in cleaned if c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cs")
    ).strip()
    if len(cleaned) > limit:
        raise InputRefused("text_too_long", limit=limit)
    return cleaned


def display_name(family_name: str, given_name: str) -> str:
    """Return a name with the family name first, as in a register."""
    return f"{family_name}, {given_name}" if given_name else family_name


@dataclass(frozen=True, slots=True)
class Patient:
    """A person treated; never deleted, only marked as entered in error with a reason."""

    id: str
    number: int
    family_name: str
    given_name: str
    birth_date: dt.date
    sex: str = ""
    telephone: str = ""
    revision: int = 1
    error_reason: str = ""

    @property
    def display_name(self) -> str:
        """Family name first, as in a register."""
        return display_name(self.family_name, self.given_name)

    @property
    def erased(self) -> bool:
        """True for the tombstone of an erased person; nobody else is without a family name."""
        return self.error_reason == ERASED and not self.family_name

    @property
    def number_text(self) -> str:
        """The patient number as printed."""
        return f"{self.number:05d}"

    @property
    def folded_name(self) -> str:
        """Both names folded for search."""
        return fold_name(f"{self.family_name} {self.given_name}")

    def age_on(self, day: dt.date) -> int:
        """Completed years on a day."""
        return (
            day.year
            - self.birth_date.year
            - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))
        )


def check_birth_date(birth_date: dt.date, *, today: dt.date) -> None:
    """Raise InputRefused for a birth date on which nobody living was born."""
    if birth_date > today:
        raise InputRefused("birth_date_in_future")
    if birth_date < OLDEST_BIRTH:
        raise InputRefused("birth_date_impossible")


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """What is typed about a patient, cleaned and checked."""

    family_name: str
    given_name: str
    birth_date: dt.date
    sex: str = ""
    telephone: str = ""

    @classmethod
    def checked(
        cls,
        *,
        family_name: str,
        given_name: str,
        birth_date: dt.date | None,
        today: dt.date,
        sex: str = "",
        telephone: str = "",
    ) -> PatientDetails:
        """Clean the fields; InputRefused for an empty name or an impossible birth date."""
        family = clean_text(family_name, limit=NAME_LIMIT)
        if not fold_name(family):
            raise InputRefused("name_empty")
        if birth_date is None:
            raise InputRefused("birth_date_missing")
        check_birth_date(birth_date, today=today)
        return cls(
            family,
            clean_text(given_name, limit=NAME_LIMIT),
            birth_date,
            clean_text(sex, limit=20),
            clean_text(telephone, limit=40),
        )


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A person treating."""

    id: str
    name: str
    profession: str = ""
    register_number: str = ""
