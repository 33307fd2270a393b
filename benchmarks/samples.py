"""Invented clinics and maps to measure on: the same on every machine, as large and as varied as real ones."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from injectmap.domain.acting import Acting, Role
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Product, Syringe
from injectmap.domain.session import DEFAULT_INSTRUMENT, OpenSession, TreatmentSession
from injectmap.domain.treatment_map import CannulaPass, Plane, Share, Technique, TreatmentMap

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

KEY = bytes(range(32))
TODAY = dt.date(2026, 11, 22)
PRODUCT = Product(
    id="sample",
    name="Sample filler",
    maker="A maker",
    composition="",
    nominal_ul=1_000_000,
    per_box=2,
    notices=("Contains calcium hydroxyapatite; not dissolved by hyaluronidase.",),
    source="",
    source_date=TODAY,
)

# Directions in degrees from the head's centre that meet the side of the face: azimuth from the front, elevation.
_AZIMUTH, _ELEVATION = (22.0, 95.0), (-52.0, 22.0)


class FixedClock:
    """A clock that stands still, so that no measurement reads the time of day."""

    def now_ms(self) -> int:
        return 1_795_000_000_000

    def today(self, time_zone: str) -> dt.date:  # noqa: ARG002
        return TODAY


def paths(atlas: Atlas, count: int, *, seed: int = 1, both_sides: bool = True) -> Iterator:
    """Yield straight paths of 15 to 50 mm where a pass may be drawn, on the left or on both sides in turn."""
    import numpy as np

    from injectmap.domain import skin_paths

    numbers, found = random.Random(seed), 0

    def place() -> np.ndarray:
        turn, rise = np.radians(numbers.uniform(*_AZIMUTH)), np.radians(numbers.uniform(*_ELEVATION))
        away = np.array([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)])
        return atlas.skin.centre + 100.0 * away * (-1 if both_sides and found % 2 else 1, 1, 1)

    while found < count:
        entry, tip = skin_paths.snap(atlas, place()), skin_paths.snap(atlas, place())
        try:
            path = skin_paths.resolve(atlas, (entry, tip))
        except InputRefused:
            continue
        if 15_000 <= path.length_um <= 50_000:
            found += 1
            yield path


def passes(
    atlas: Atlas, count: int, syringe_ids: Sequence[str], *, seed: int = 1, both_sides: bool = True
) -> tuple[CannulaPass, ...]:
    """Return so many passes in order; techniques and planes vary, volumes are the sample's own."""
    techniques, planes = tuple(Technique), tuple(Plane)
    made: list[CannulaPass] = []
    for number, path in enumerate(paths(atlas, count, seed=seed, both_sides=both_sides)):
        made.append(
            CannulaPass(
                id=new_id(),
                order=number + 1,
                entry_id=new_id(),
                path=path,
                technique=techniques[number // 8 % 2],
                plane=planes[3 + number // 16 % 2],
                instrument=DEFAULT_INSTRUMENT,
                shares=(Share(syringe_ids[number % len(syringe_ids)], 100),),
            )
        )
    return tuple(made)


def practitioner() -> Practitioner:
    return Practitioner(new_id(), "Dr A. Sample", "Doctor", "GMC 0000000")


def acting_as(one: Practitioner) -> Acting:
    return Acting(one.id, frozenset({Role.PRACTITIONER}), "bench")


def person(number: int, numbers: random.Random) -> Patient:
    """Return an invented person; names are made of syllables, so that no list of names is needed."""
    return Patient(
        new_id(),
        number,
        _word(numbers, 2, 4).title(),
        _word(numbers, 1, 3).title(),
        dt.date(1930, 1, 1) + dt.timedelta(days=numbers.randrange(27_000)),
    )


_FIRST = ("b", "br", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v")
_SYLLABLES = [first + vowel + last for first in _FIRST for vowel in "aeiou" for last in ("", "n", "r", "l")]


def _word(numbers: random.Random, least: int, most: int) -> str:
    return "".join(numbers.choices(_SYLLABLES, k=numbers.randint(least, most)))


def open_session(atlas: Atlas, count: int, *, both_sides: bool = True) -> OpenSession:
    """Return a session with two syringes and a map of so many passes, nowhere stored."""
    patient, by = person(1, random.Random(1)), practitioner()
    session = TreatmentSession(new_id(), 1, patient.id, by.id, TODAY, 1, 1)
    syringes = tuple(Syringe(new_id(), session.id, number, PRODUCT, f"L{number}") for number in (1, 2))
    drawn = passes(atlas, count, [syringe.id for syringe in syringes], both_sides=both_sides)
    return OpenSession(session, patient, by, syringes, TreatmentMap(drawn))


class MemorySink:
    """Takes every edit at once, so that a measurement of the screen has no disk in it."""

    def __init__(self) -> None:
        self.taken = 0

    def commit(self, acting, session_id, edit, revision, undoes=None):  # noqa: ARG002
        from injectmap.domain.edits import Committed

        self.taken += 1
        return Committed(revision + 1, self.taken)
