"""Names, birth dates and ids."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.patient import PatientDetails, clean_text, fold_name
from injectmap.domain.session import check_treatment_date
from tests import builders

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Vasterholm, Elin", "vasterholm elin"),
        ("Åsa Öström", "asa ostrom"),
        ("Søren Łukasz", "soren lukasz"),
        ("O’Brien-Müller", "o brien muller"),
        ("STRAẞE", "strasse"),
        ("İpek Işık", "ipek isik"),
        ("  Đorđe   ", "dorde"),
        ("Αγγελική", "αγγελικη"),
    ],
)
def test_names_fold(name: str, folded: str) -> None:
    assert fold_name(name) == folded


@given(st.text(max_size=60))
def test_folding_is_stable(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"family_name": ""}, "name_empty"),
        ({"family_name": " \u200b- "}, "name_empty"),
        ({"birth_date": None}, "birth_date_missing"),
        ({"birth_date": dt.date(2026, 11, 23)}, "birth_date_in_future"),
        ({"birth_date": dt.date(1868, 3, 14)}, "birth_date_impossible"),
        ({"given_name": "x" * 10_000}, "text_too_long"),
    ],
)
def test_bad_details_are_refused(changed: dict[str, object], code: str) -> None:
    fields = {"family_name": "Vale", "given_name": "Ann", "birth_date": dt.date(1968, 3, 14)} | changed
    with pytest.raises(InputRefused) as refused:
        PatientDetails.checked(today=TODAY, **fields)  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(
    "hostile", ["O'; DROP TABLE patients;--", "مريم", "שרה", "🙂", 'a"b', "<b>x</b>", "{0}", "%s"]
)
def test_hostile_names_are_kept_as_typed(hostile: str) -> None:
    details = PatientDetails.checked(
        family_name="Vale " + hostile, given_name=hostile, birth_date=dt.date(1968, 3, 14), today=TODAY
    )
    assert details.given_name == hostile


def test_control_characters_go_and_accents_compose() -> None:
    assert clean_text("A\u0301\x00\x1b[31m", limit=20) == "Á[31m"


def test_age_counts_completed_years() -> None:
    one = builders.patient(birth_date=dt.date(1968, 3, 14))
    assert one.age_on(dt.date(2026, 3, 13)) == 57
    assert one.age_on(dt.date(2026, 3, 14)) == 58


def test_treatment_dates() -> None:
    check_treatment_date(TODAY, birth_date=dt.date(1968, 3, 14), today=TODAY)
    with pytest.raises(InputRefused, match="treatment_date_in_future"):
        check_treatment_date(TODAY + dt.timedelta(1), birth_date=dt.date(1968, 3, 14), today=TODAY)
    with pytest.raises(InputRefused, match="treatment_before_birth"):
        check_treatment_date(dt.date(1960, 1, 1), birth_date=dt.date(1968, 3, 14), today=TODAY)


def test_ids_are_uuid7_and_rise_with_time() -> None:
    ids = [new_id(ms) for ms in (1, 2, 1_763_000_000_000)]
    assert ids == sorted(ids)
    assert all(one[14] == "7" and one[19] in "89ab" for one in ids)
    assert len({new_id(5) for _ in range(1000)}) == 1000
