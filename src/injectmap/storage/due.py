"""Who is due: open follow-ups, follow-up dates of treatments, and the clinic's own review interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, null, or_, select

from injectmap.domain.aftercare import Due, DueKind
from injectmap.domain.dates import add_months
from injectmap.domain.patient import display_name
from injectmap.domain.treatment_map import PassStatus
from injectmap.storage.engines import take_time
from injectmap.storage.packing import unpack_date
from injectmap.storage.record_tables import follow_ups
from injectmap.storage.tables import passes, patients, treatment_sessions

_PERSON = (
    patients.c.id,
    patients.c.number,
    patients.c.family_name,
    patients.c.given_name,
    patients.c.telephone,
    patients.c.folded_name,
)
# Where the session's date stands after the first column of a line.
_DATE = len(_PERSON) + 1
_later = treatment_sessions.alias("later")
_then = treatment_sessions.alias("then_treated")


def due_list(connection: Connection, until: dt.date, review_months: int | None) -> tuple[Due, ...]:
    """Return who is due up to a day, by day and name; patients and sessions in error are left out.

    A treatment's follow-up date is met by a follow-up entered for that day or done since, or by a later treatment;
    a review interval by a follow-up done since it ran out.
    """
    take_time(connection)
    found = [*_planned(connection, until), *_follow_up_dates(connection, until)]
    if review_months is not None:
        found += _reviews(connection, until, review_months)
    found.sort(key=lambda pair: (pair[1].due, pair[0], pair[1].patient_number, pair[1].kind))
    return tuple(due for _, due in found)


def _planned(connection: Connection, until: dt.date) -> Iterator[tuple[str, Due]]:
    rows = connection.execute(
        select(
            follow_ups.c.due, *_PERSON, follow_ups.c.session_id, treatment_sessions.c.date, follow_ups.c.id
        )
        .select_from(follow_ups)
        .join(patients, patients.c.id == follow_ups.c.patient_id)
        .outerjoin(treatment_sessions, treatment_sessions.c.id == follow_ups.c.session_id)
        .where(
            follow_ups.c.done_on.is_(None),
            follow_ups.c.due <= until.isoformat(),
            patients.c.error_reason == "",
        )
    )
    return (_line(DueKind.PLANNED, row) for row in rows)


def _follow_up_dates(connection: Connection, until: dt.date) -> Iterator[tuple[str, Due]]:
    held = treatment_sessions
    entered = (
        select(follow_ups.c.id)
        .where(
            follow_ups.c.session_id == held.c.id,
            or_(follow_ups.c.due == held.c.follow_up, follow_ups.c.done_on >= held.c.follow_up),
        )
        .exists()
    )
    treated_since = (
        select(_later.c.id)
        .where(
            _later.c.patient_id == held.c.patient_id,
            _later.c.date >= held.c.follow_up,
            _later.c.error_reason == "",
        )
        .exists()
    )
    rows = connection.execute(
        select(held.c.follow_up, *_PERSON, held.c.id, held.c.date, null())
        .select_from(held)
        .join(patients, patients.c.id == held.c.patient_id)
        .where(
            held.c.follow_up <= until.isoformat(),
            held.c.error_reason == "",
            patients.c.error_reason == "",
            ~entered,
            ~treated_since,
        )
    )
    return (_line(DueKind.FOLLOW_UP_DATE, row) for row in rows)


def _reviews(connection: Connection, until: dt.date, months: int) -> Iterator[tuple[str, Due]]:
    held = treatment_sessions
    # Months differ in length: the day is reckoned for each, and what the bound lets through too much falls out.
    bound = (add_months(until, -months) + dt.timedelta(days=3)).isoformat()
    # Patient by patient along the index on patient and date: rows in the order of dates lie all over the file.
    injected = (
        select(passes.c.id)
        .where(passes.c.session_id == _later.c.id, passes.c.status == PassStatus.DONE.value)
        .exists()
    )
    last_treated = (
        select(_later.c.id)
        .where(_later.c.patient_id == patients.c.id, _later.c.error_reason == "", injected)
        .order_by(_later.c.date.desc(), _later.c.number.desc())
        .limit(1)
        .correlate(patients)
        .scalar_subquery()
    )
    treated_then = (
        select(_then.c.id).where(_then.c.patient_id == patients.c.id, _then.c.date <= bound).exists()
    )
    reviewed = (
        select(func.max(follow_ups.c.done_on))
        .where(follow_ups.c.patient_id == patients.c.id)
        .correlate(patients)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(reviewed, *_PERSON, held.c.id, held.c.date, null())
        .select_from(patients)
        .join(held, held.c.id == last_treated)
        .where(patients.c.error_reason == "", treated_then, held.c.date <= bound)
    )
    for last_review, *rest in rows:
        due = add_months(dt.date.fromisoformat(rest[_DATE]), months)
        met = last_review is not None and last_review >= due.isoformat()
        if due <= until and not met:
            yield _line(DueKind.REVIEW_INTERVAL, [due.isoformat(), *rest])


def _line(kind: DueKind, row: Sequence[Any]) -> tuple[str, Due]:
    due, patient_id, number, family, given, telephone, folded, session_id, date, follow_up_id = row
    return folded, Due(
        kind,
        dt.date.fromisoformat(due),
        patient_id,
        number,
        display_name(family, given),
        telephone,
        session_id,
        unpack_date(date),
        follow_up_id,
    )
