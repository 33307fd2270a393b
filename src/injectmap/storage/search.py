"""Finds patients as a name, birth date or number is typed; the only place that knows how each engine searches.

Two indexes stand beside the patients' table, both kept here: the words of the names, for prefixes of any
length, and the same words cut into trigrams, for any part of three letters or more: in a clinic file a
full-text index of its own, on a server an index on the words where it can make one. Patients entered in
error are in both: they stay findable, after all others.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from injectmap.domain.dates import DateRange, day_in_figures, take_dates, year_range
from injectmap.domain.patient import OLDEST_BIRTH, Patient, fold_name
from injectmap.storage.engines import is_server
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import patient_name_parts, patients

# Contentless: the rows hold patient numbers and trigrams, and no second copy of the names.
SEARCH_TABLE = (
    "CREATE VIRTUAL TABLE patient_search "
    "USING fts5(folded, content='', contentless_delete=1, tokenize='trigram')"
)
# Only where the server's owner has put the extension there; without it every word is looked through.
_TRIGRAMS_OF_SERVER = (
    "CREATE INDEX ix_patient_name_parts_trigrams ON patient_name_parts USING gin (part gin_trgm_ops)"
)
_TRIGRAM = 3
_LAST_LETTER = chr(sys.maxunicode)
_LONGEST_FIGURE = 18

_INSERT_PART = Prepared(insert(patient_name_parts), ["part", "patient_number"])
_DELETE_PARTS = Prepared(
    delete(patient_name_parts).where(patient_name_parts.c.patient_number == bindparam("of"))
)

_INSERT_TRIGRAMS = "INSERT INTO patient_search (rowid, folded) VALUES (?, ?)"

_PREFIX = (
    "EXISTS (SELECT 1 FROM patient_name_parts AS part WHERE part.patient_number = patients.number"
    " AND part.part >= ? AND part.part < ?)"
)
_INSIDE = (
    "EXISTS (SELECT 1 FROM patient_name_parts AS part WHERE part.patient_number = patients.number"
    " AND part.part LIKE ?)"
)


def create_search(connection: Connection) -> None:
    """Make what the search needs beside the tables."""
    if not is_server(connection):
        connection.exec_driver_sql(SEARCH_TABLE)
    elif connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")):
        connection.exec_driver_sql(_TRIGRAMS_OF_SERVER)


def index_patient(connection: Connection, patient: Patient) -> None:
    """Bring both indexes into step with a patient."""
    _DELETE_PARTS(connection, {"of": patient.number})
    words = indexed_words(patient)
    _INSERT_PART.many(
        connection, [{"part": word, "patient_number": patient.number} for word in dict.fromkeys(words)]
    )
    if not is_server(connection):
        connection.exec_driver_sql("DELETE FROM patient_search WHERE rowid = ?", (patient.number,))
        connection.exec_driver_sql(_INSERT_TRIGRAMS, (patient.number, " ".join(words)))


def unindex_patient(connection: Connection, number: int) -> None:
    """Take a patient out of both indexes, so that no part of a name is left in them."""
    _DELETE_PARTS(connection, {"of": number})
    if is_server(connection):
        return
    connection.exec_driver_sql("DELETE FROM patient_search WHERE rowid = ?", (number,))
    # A deleted row's trigrams stay in the index until its segments are merged.
    connection.exec_driver_sql("INSERT INTO patient_search (patient_search) VALUES ('optimize')")


def fill_search(connection: Connection) -> None:
    """Make the search find the patients that were carried into new tables, with their name parts."""
    if is_server(connection):
        return
    found = connection.execute(select(patients.c.number, patients.c.family_name, patients.c.given_name))
    for number, family, given in found.all():
        # Of an erased person there is no entry.
        if words := _words_of(family, given):
            connection.exec_driver_sql(_INSERT_TRIGRAMS, (number, " ".join(words)))


def indexed_words(patient: Patient) -> list[str]:
    """The words of the names, and a name of several words also in one: O'Brien is found as obrien too."""
    return _words_of(patient.family_name, patient.given_name)


def _words_of(*names: str) -> list[str]:
    words: list[str] = []
    for name in names:
        parts = fold_name(name).split()
        words += parts
        if len(parts) > 1:
            words.append("".join(parts))
    return words


@dataclass(slots=True)
class _Wanted:
    """What was typed, sorted by how it is looked up; everything has to fit."""

    words: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    dates: list[tuple[DateRange, ...]] = field(default_factory=list)


def _understand(typed: str) -> _Wanted:
    rest, dates = take_dates(typed, today=dt.datetime.now(tz=dt.UTC).date())
    wanted = _Wanted(dates=dates)
    for word in dict.fromkeys(fold_name(rest).split()):
        (wanted.figures if word.isascii() and word.isdecimal() else wanted.words).append(word)
    return wanted


def find_numbers(connection: Connection, typed: str, *, limit: int) -> list[int]:
    """Return the numbers of at most `limit` patients that fit all that was typed.

    Where not all find room, names that begin with what was typed come before names that hold it further in,
    and the patient with the typed number before those born in that year. Those entered in error take what
    room is left; where there is any, so few fit that looking again costs nothing.
    """
    wanted = _understand(typed)
    found = _find(connection, wanted, "patients.error_reason = ''", limit)
    if len(found) < limit:
        found += _find(connection, wanted, "patients.error_reason <> ''", limit - len(found))
    return found


def _find(connection: Connection, wanted: _Wanted, state: str, limit: int) -> list[int]:
    conditions, values = _other_conditions(wanted, state)
    if wanted.words:
        found = _beginning(connection, wanted, conditions, values, limit)
        if len(found) < limit and any(len(word) >= _TRIGRAM for word in wanted.words):
            found += _holding(connection, wanted, conditions, values, limit)
    elif len(wanted.figures) == 1 and not wanted.dates:
        found = _by_figure(connection, wanted.figures[0], state, limit)
    elif wanted.figures or wanted.dates:
        found = _numbers(connection, "SELECT number FROM patients WHERE TRUE", conditions, values, limit)
    else:
        return []
    return list(dict.fromkeys(found))[:limit]


def _by_figure(connection: Connection, figure: str, state: str, limit: int) -> list[int]:
    found = []
    for column, values in _readings_of(figure):
        start = "SELECT number FROM patients WHERE "
        found += _numbers(connection, start + column, [state], values, limit)
    return found


def _readings_of(figure: str) -> list[tuple[str, list[object]]]:
    """What a lone figure may be: a patient's number, part of a name, a year or day of birth."""
    in_name = "number IN (SELECT patient_number FROM patient_name_parts WHERE part >= ? AND part < ?)"
    readings: list[tuple[str, list[object]]] = [
        ("number = ?", [_number(figure)]),
        (in_name, [figure, figure + _LAST_LETTER]),
    ]
    if len(figure) == 4 and OLDEST_BIRTH.year <= int(figure) <= dt.date.max.year:
        readings.append(("birth_date BETWEEN ? AND ?", _days((year_range(int(figure)),))))
    if day := day_in_figures(figure):
        readings.append(("birth_date BETWEEN ? AND ?", _days((day,))))
    return readings


def _number(figure: str) -> int:
    # Longer ones are nobody's number, and SQLite's integers end here.
    return int(figure) if len(figure) <= _LONGEST_FIGURE else 0


def _beginning(
    connection: Connection, wanted: _Wanted, conditions: list[str], values: list[object], limit: int
) -> list[int]:
    """Every word begins a part of the name; the walk over the longest one stops at the limit."""
    first, *others = sorted(wanted.words, key=len, reverse=True)
    bounds = [bound for word in others for bound in (word, word + _LAST_LETTER)]
    walk = (
        "SELECT DISTINCT patients.number FROM patient_name_parts AS first"
        " CROSS JOIN patients ON patients.number = first.patient_number"
    )
    if is_server(connection):
        # In the order in which the walk meets them.
        walk = (
            "SELECT patients.number FROM patient_name_parts AS first"
            " JOIN patients ON patients.number = first.patient_number"
        )
    return _numbers(
        connection,
        f"{walk} WHERE first.part >= ? AND first.part < ?",
        [*[_PREFIX] * len(others), *conditions],
        [first, first + _LAST_LETTER, *bounds, *values],
        limit,
        "GROUP BY patients.number ORDER BY min(first.part), patients.number",
    )


def _holding(
    connection: Connection, wanted: _Wanted, conditions: list[str], values: list[object], limit: int
) -> list[int]:
    """Look inside the names for words long enough; shorter ones still have to begin a name."""
    inside = [word for word in wanted.words if len(word) >= _TRIGRAM]
    short = [word for word in wanted.words if len(word) < _TRIGRAM]
    bounds = [bound for word in short for bound in (word, word + _LAST_LETTER)]
    if is_server(connection):
        return _numbers(
            connection,
            "SELECT patients.number FROM patients WHERE TRUE",
            [*[_INSIDE] * len(inside), *[_PREFIX] * len(short), *conditions],
            # A folded word has letters and figures only, and so nothing that LIKE would read otherwise.
            [*(f"%{word}%" for word in inside), *bounds, *values],
            limit,
            "ORDER BY patients.number",
        )
    match = " ".join(f'"{word}"' for word in inside)
    return _numbers(
        connection,
        "SELECT patients.number FROM patient_search"
        " CROSS JOIN patients ON patients.number = patient_search.rowid WHERE patient_search MATCH ?",
        [*[_PREFIX] * len(short), *conditions],
        [match, *bounds, *values],
        limit,
    )


def _other_conditions(wanted: _Wanted, state: str) -> tuple[list[str], list[object]]:
    """Conditions on birth date and figures, and on being entered in error or not."""
    conditions, values = [state], list[object]()
    for readings in wanted.dates:
        conditions.append(_between(len(readings)))
        values += _days(readings)
    for figure in wanted.figures:
        choices = _readings_of(figure)
        union = " UNION ALL ".join("SELECT number FROM patients WHERE " + choice for choice, _ in choices)  # noqa: S608 - our own texts
        conditions.append(f"patients.number IN ({union})")
        values += [value for _, own in choices for value in own]
    return conditions, values


def _between(count: int) -> str:
    return f"({' OR '.join(['patients.birth_date BETWEEN ? AND ?'] * count)})"


def _days(readings: tuple[DateRange, ...]) -> list[object]:
    return [day.isoformat() for reading in readings for day in (reading.first, reading.last)]


def _numbers(
    connection: Connection,
    start: str,
    conditions: list[str],
    values: list[object],
    limit: int,
    server_order: str = "ORDER BY patients.birth_date, patients.number",
) -> list[int]:
    # Only fixed texts of this module are joined; everything typed is a parameter.
    statement = " AND ".join([start, *conditions])
    if is_server(connection):
        # A clinic file walks its indexes in their order, without being told.
        statement = f"{statement} {server_order}".replace("?", "%s")
        return list(connection.exec_driver_sql(f"{statement} LIMIT %s", (*values, limit)).scalars())
    return list(connection.exec_driver_sql(f"{statement} LIMIT ?", (*values, limit)).scalars())
