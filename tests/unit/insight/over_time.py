"""Patients over time for tests: passes laid on the shipped head, and sessions around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from injectmap.atlas import load_atlas
from injectmap.domain import skin_paths
from injectmap.domain.places import SkinPath, SkinPoints, ZoneLength
from injectmap.domain.record import RecordState
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import CannulaPass, Side, TreatmentMap
from injectmap.services.over_time import OverTime, SessionInTime
from tests import builders

CHEEK = (62.0, -25.0, 30.0)
ARCH_TIP = (58.0, -5.0, 55.0)


def laid_pass(start, tip, *, microlitres: int = 120, order: int = 1, **fields) -> CannulaPass:
    """A pass between two places near the skin (mm), resolved on the atlas; refused as a drawn one would be."""
    atlas = load_atlas()
    ends = [skin_paths.snap(atlas, np.array(place, dtype=float)) for place in (start, tip)]
    one = builders.cannula_pass(order=order, microlitres=microlitres)
    return replace(one, path=skin_paths.resolve(atlas, ends), **fields)


def bolus(place, *, microlitres: int = 50) -> CannulaPass:
    """A deposit at a point."""
    atlas = load_atlas()
    at = skin_paths.snap(atlas, np.array(place, dtype=float))
    ((zone, side),) = atlas.zones.at(skin_paths.to_mm([at]))
    twice = SkinPoints.of([at, at])
    path = SkinPath(twice, twice, 0, (ZoneLength(zone, Side(side), 0),))
    return replace(builders.cannula_pass(microlitres=microlitres), path=path)


def session_in_time(
    passes: Sequence[CannulaPass],
    *,
    date: dt.date = dt.date(2026, 11, 22),
    state: RecordState = RecordState.DRAFT,
    number: int = 1,
    **fields,
) -> SessionInTime:
    """A treatment session of a day with its passes in order."""
    opened = builders.open_session(count=0)
    ordered = tuple(
        replace(one, id=f"{number}-{n}", entry_id=f"{number}-{n}", order=n) for n, one in enumerate(passes, 1)
    )
    session = replace(opened.session, id=f"session-{number}", number=number, date=date, state=state)
    return replace(SessionInTime.of(replace(opened, session=session, map=TreatmentMap(ordered))), **fields)


def both_sides(scale: int = 1) -> list[CannulaPass]:
    """Two passes a side along the arch and the cheek, more on the right than on the left."""
    found = []
    for sign, side in ((-1, 30), (1, 20)):
        for start, tip in ((CHEEK, ARCH_TIP), ((60.0, -40.0, 20.0), (52.0, -62.0, 22.0))):
            mirrored = [(sign * x, y, z) for x, y, z in (start, tip)]
            found.append(laid_pass(*mirrored, microlitres=scale * (100 + side)))
    return found


def three_visits() -> OverTime:
    """Two signed sessions and an open draft."""
    return OverTime(
        builders.patient(family_name="Vasterholm", given_name="Elin", number=417),
        (
            session_in_time(both_sides(2), date=dt.date(2024, 3, 18), state=RecordState.SIGNED, number=1),
            session_in_time(both_sides(), date=dt.date(2025, 5, 6), state=RecordState.SIGNED, number=2),
            session_in_time(both_sides()[2:], number=3),
        ),
        ClinicSettings("Test clinic", demo=True),
    )
