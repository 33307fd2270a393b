"""Stored patients and finding them as their name, birth date or number is typed."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from injectmap.domain.errors import Conflict
from injectmap.domain.ids import new_id
from injectmap.domain.patient import fold_name
from injectmap.storage.database import ClinicDatabase
from tests import builders

PEOPLE = [
    ("Lindqvist", "Åsa", "1968-03-14"),
    ("Müller-Thurgau", "Anna Maria", "1975-11-02"),
    ("O'Brien", "Siobhán", "1990-04-03"),
    ("van der Berg", "Johanna", "1968-12-01"),
    ("Łukasiewicz", "Zoë", "1981-07-30"),
    ("Li", "Na", "1988-02-29"),
    ("Annandale", "Ruth", "1959-01-31"),
    ("Özdemir", "Işıl", "1972-08-08"),
    ("王", "小明", "1979-05-05"),
]


@pytest.fixture
def register(database: ClinicDatabase) -> ClinicDatabase:
    with database.writing() as work:
        for number, (family, given, born) in enumerate(PEOPLE, start=1):
            one = builders.patient(
                family_name=family,
                given_name=given,
                birth_date=dt.date.fromisoformat(born),
                number=number * 7,
            )
            work.patients.add(dataclasses.replace(one, id=new_id(1_700_000_000_000 + number)))
        work.commit()
    return database


def found(database: ClinicDatabase, typed: str, limit: int = 20) -> list[str]:
    with database.reading() as work:
        return [one.family_name for one in work.patients.search(typed, limit=limit)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("lindqvist", ["Lindqvist"]),
        ("LINDQ", ["Lindqvist"]),
        ("asa", ["Lindqvist"]),
        ("Åsa lind", ["Lindqvist"]),
        ("lind åsa", ["Lindqvist"]),
        ("qvis", ["Lindqvist"]),
        ("muller", ["Müller-Thurgau"]),
        ("Müller-Thur", ["Müller-Thurgau"]),
        ("thurgau anna", ["Müller-Thurgau"]),
        ("annamaria", ["Müller-Thurgau"]),
        ("obrien", ["O'Brien"]),
        ("O'Br", ["O'Brien"]),
        ("o’brien", ["O'Brien"]),
        ("siobhan", ["O'Brien"]),
        ("berg", ["van der Berg"]),
        ("van der", ["van der Berg"]),
        ("vanderberg", ["van der Berg"]),
        ("lukasz", []),
        ("lukas", ["Łukasiewicz"]),
        ("zoe", ["Łukasiewicz"]),
        ("li", ["Li", "Lindqvist"]),
        ("l", ["Li", "Lindqvist", "Łukasiewicz"]),
        ("li na", ["Li"]),
        ("na li", ["Li"]),
        ("ozdemir isil", ["Özdemir"]),
        ("王", ["王"]),
        ("小明", ["王"]),
        ("anna", ["Annandale", "Müller-Thurgau", "van der Berg"]),
        ("1968-03-14", ["Lindqvist"]),
        ("14.3.1968", ["Lindqvist"]),
        ("14.03.1968", ["Lindqvist"]),
        ("14/03/1968", ["Lindqvist"]),
        ("03/14/1968", ["Lindqvist"]),
        ("14 3 1968", ["Lindqvist"]),
        ("14 Mar 1968", ["Lindqvist"]),
        ("14 march 1968", ["Lindqvist"]),
        ("14th March, 1968", ["Lindqvist"]),
        ("March 14, 1968", ["Lindqvist"]),
        ("14mar1968", ["Lindqvist"]),
        ("03/04/1990", ["O'Brien"]),
        ("04/03/1990", ["O'Brien"]),
        ("14/03/68", ["Lindqvist"]),
        ("lind 14.3.68", ["Lindqvist"]),
        ("14031968", ["Lindqvist"]),
        ("Mar 1968", ["Lindqvist"]),
        ("03/1968", ["Lindqvist"]),
        ("1968", ["Lindqvist", "van der Berg"]),
        ("asa 1968", ["Lindqvist"]),
        ("1968 berg", ["van der Berg"]),
        ("lindqvist 14 Mar 1968", ["Lindqvist"]),
        ("lindqvist 15 Mar 1968", []),
        ("29.2.1988", ["Li"]),
        ("31.02.1968", []),
        ("7", ["Lindqvist"]),
        ("00014", ["Müller-Thurgau"]),
        ("#14", ["Müller-Thurgau"]),
        ("14 muller", ["Müller-Thurgau"]),
        ("99999999999999999999999", []),
        ("zzz", []),
        ("", []),
        ("  ,.- ", []),
        ('"', []),
        ("anna* OR li", []),
        ("lind%", ["Lindqvist"]),
    ],
)
def test_searching(register, typed, names):
    assert sorted(found(register, typed)) == sorted(names)


@given(typed=st.text(max_size=40) | st.from_regex(r"[0-9 ./a-z-]{0,30}", fullmatch=True))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_typing_can_break_the_search(register, typed):
    assert len(found(register, typed)) <= len(PEOPLE)


def test_an_endless_figure_is_nobodys_number(register):
    assert found(register, "9" * 5000) == []


def test_names_that_begin_with_it_come_before_names_that_hold_it(register):
    assert found(register, "anna", limit=1) in (["Annandale"], ["Müller-Thurgau"])
    assert "van der Berg" not in found(register, "anna", limit=2)


def test_a_number_comes_before_a_year(database):
    with database.writing() as work:
        for number in range(1, 30):
            work.patients.add(builders.patient(birth_date=dt.date(1968, 1, number), number=number))
        work.patients.add(builders.patient(family_name="Numbered", number=1968))
        work.commit()
    assert "Numbered" in found(database, "1968", limit=5)
    assert len(found(database, "1968", limit=5)) == 5


def test_a_renamed_patient_is_found_by_the_new_name_only(register):
    with register.writing() as work:
        (one,) = work.patients.search("lindqvist", limit=2)
        changed = work.patients.update(dataclasses.replace(one, family_name="Bergström"))
        work.commit()
    assert changed.revision == one.revision + 1
    assert found(register, "lindqvist") == []
    assert found(register, "bergstrom") == ["Bergström"]
    assert found(register, "asa") == ["Bergström"]


def test_a_patient_in_error_is_found_after_all_others(register):
    with register.writing() as work:
        (one,) = work.patients.search("lindqvist", limit=2)
        work.patients.update(dataclasses.replace(one, error_reason="entered twice"))
        work.commit()
    for typed in ("lindqvist", "li asa", "qvis", "14.3.1968", "14/03/68", "14031968", "7"):
        assert found(register, typed) == ["Lindqvist"]
    assert found(register, "1968") == ["van der Berg", "Lindqvist"]
    assert found(register, "li") == ["Li", "Lindqvist"]
    assert found(register, "li", limit=1) == ["Li"]
    with register.reading() as work:
        assert work.patients.get(one.id).error_reason == "entered twice"
        assert one.id not in [each.id for each in work.patients.recent(limit=50)]
        assert [each.id for each in work.patients.same_person(one.folded_name, one.birth_date)] == [one.id]


def test_a_patient_is_changed_at_a_known_revision(register):
    with register.writing() as work:
        (one,) = work.patients.search("lindqvist", limit=2)
        work.patients.update(dataclasses.replace(one, telephone="070 1234567"))
        work.commit()
    with pytest.raises(Conflict, match="patient_has_changed"), register.writing() as work:
        work.patients.update(dataclasses.replace(one, telephone="070 7654321"))
    with register.reading() as work:
        assert work.patients.get(one.id).telephone == "070 1234567"


@pytest.mark.parametrize(
    ("name", "born", "number"),
    [
        ("Lindqvist Asa", "1968-03-14", 7),
        ("Åsa Lindqvist", "1968-03-14", 7),
        ("Anna Maria Müller Thurgau", "1975-11-02", 14),
        ("Anna Müller Thurgau", "1975-11-02", None),
        ("Åsa Lindqvist", "1968-03-15", None),
    ],
)
def test_a_likely_duplicate_has_the_same_words_and_birth_date(register, name, born, number):
    with register.reading() as work:
        same = work.patients.same_person(fold_name(name), dt.date.fromisoformat(born))
    assert [one.number for one in same] == ([] if number is None else [number])


def test_numbers_go_on(register):
    with register.reading() as work:
        assert work.patients.next_number() == len(PEOPLE) * 7 + 1


def test_recent_patients_are_the_last_treated_then_the_last_registered(register):
    by = builders.practitioner()
    with register.writing() as work:
        work.practitioners.add(by)
        everyone = {one.family_name: one for one in work.patients.recent(limit=50)}
        assert list(everyone) == [family for family, _, _ in reversed(PEOPLE)]
        for family, date in (("Li", 1), ("O'Brien", 3), ("Li", 2), ("Annandale", 9)):
            session = builders.treatment_session(everyone[family], by, date=dt.date(2026, 1, date))
            error = "wrong patient" if family == "Annandale" else ""
            work.sessions.add(dataclasses.replace(session, error_reason=error))
        work.commit()
    with register.reading() as work:
        names = [one.family_name for one in work.patients.recent(limit=4)]
        assert names == ["O'Brien", "Li", "王", "Özdemir"]
        assert [one.family_name for one in work.patients.recent(limit=1)] == ["O'Brien"]
