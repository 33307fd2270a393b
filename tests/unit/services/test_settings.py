"""What a clinic sets once: cleaned, checked, journalled."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.journal import SubjectKind
from injectmap.domain.record import RecordField
from injectmap.domain.settings import ALWAYS_REQUIRED, Paper, Phrase, Requirement
from injectmap.services.settings import SettingsService, phrases_of
from injectmap.words import load_words
from tests.unit.services.record_clinic import RecordClinic


@pytest.fixture
def clinic() -> RecordClinic:
    return RecordClinic()


def test_settings_are_cleaned_stored_and_journalled(clinic: RecordClinic) -> None:
    wanted = replace(
        clinic.settings.current(),
        name="  Harbour Clinic ",
        time_zone="Europe/Stockholm",
        paper=Paper.LETTER,
        required=frozenset({Requirement.PHOTOGRAPHS}),
        consent_form=" Form 4 ",
        demo=True,
    )
    stored = clinic.settings.update(clinic.acting, wanted)
    assert clinic.settings.current() == stored
    assert (stored.name, stored.consent_form) == ("Harbour Clinic", "Form 4")
    assert stored.required == ALWAYS_REQUIRED | {Requirement.PHOTOGRAPHS}
    assert not stored.demo, "whether a file is a demo never changes"
    (row,) = clinic.rows(SubjectKind.CLINIC)
    assert json.loads(row.payload or "")["time_zone"] == "Europe/Stockholm"
    clinic.settings.update(clinic.acting, stored)
    assert len(clinic.rows(SubjectKind.CLINIC)) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "clinic_name_empty"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone_unknown"),
        ({"review_months": 0}, "review_months_impossible"),
        ({"review_months": 121}, "review_months_impossible"),
        ({"low_stock": -1}, "stock_limits_impossible"),
        ({"expiry_notice_days": 5000}, "stock_limits_impossible"),
    ],
)
def test_what_makes_no_sense_is_refused(clinic: RecordClinic, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(InputRefused, match=code):
        clinic.settings.update(clinic.acting, replace(clinic.settings.current(), **wrong))  # type: ignore[arg-type]
    assert clinic.rows(SubjectKind.CLINIC) == []


def test_phrases_are_added_once_and_removed(clinic: RecordClinic) -> None:
    clinic.settings.add_phrase(clinic.acting, RecordField.REASON, " Firmer jawline ")
    clinic.settings.add_phrase(clinic.acting, RecordField.REASON, "Firmer jawline")
    settings = clinic.settings.add_phrase(clinic.acting, RecordField.RISKS, "Discussed")
    assert phrases_of(settings, RecordField.REASON) == ("Firmer jawline",)
    with pytest.raises(InputRefused, match="phrase_empty"):
        clinic.settings.add_phrase(clinic.acting, RecordField.RISKS, " ")
    settings = clinic.settings.remove_phrase(clinic.acting, Phrase(RecordField.REASON, "Firmer jawline"))
    assert settings.phrases == (Phrase(RecordField.RISKS, "Discussed"),)


def test_shipped_phrases_name_a_field_and_advise_nothing() -> None:
    phrases = {key: text for key, text in load_words().texts.items() if key.startswith("phrase.")}
    assert {"concern", "reason", "risks"} <= {key.split(".")[1] for key in phrases}
    for key, text in phrases.items():
        RecordField(key.split(".")[1])
        assert not {"recommended", "ideal", "safe", "danger"} & set(text.lower().split())


def test_settings_are_read_once_and_never_overwrite_what_another_room_stored() -> None:
    clinic = RecordClinic()
    here, there = clinic.settings, SettingsService(clinic.database, clinic.clock)
    before = here.current()
    assert here.current() is before
    there.update(clinic.acting, replace(there.current(), low_stock=5))
    with pytest.raises(Conflict, match="settings_have_changed"):
        here.update(clinic.acting, replace(before, expiry_notice_days=30))
    assert here.current().low_stock == 5
    here.update(clinic.acting, replace(here.current(), expiry_notice_days=30))
    there.add_phrase(clinic.acting, RecordField.REACTIONS, "No blanching.")
    stored = there.current()
    assert (stored.low_stock, stored.expiry_notice_days) == (5, 30)
    assert stored.phrases[-1].text == "No blanching."
