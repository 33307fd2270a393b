"""When the fields of a record were written, as its pages say it."""

import datetime as dt
from dataclasses import replace

from injectmap.domain.record import RecordField
from injectmap.domain.settings import ClinicSettings
from injectmap.output.record_texts import written_fields
from injectmap.services.record_parts import Attached
from injectmap.words import load_words
from tests.output.sessions import entry, full_session

CLINIC = ClinicSettings(name="Clinic", time_zone="Europe/Berlin")


def note_of_consent(treated: dt.date) -> str:
    opened = full_session()
    opened = replace(
        opened,
        session=replace(opened.session, date=treated),
        entries={RecordField.CONSENT: entry("", ("given_by", "the patient"))},
    )
    (consent, *_) = written_fields(opened, CLINIC, Attached(), load_words())
    return str(consent["notes"][0])


def test_a_field_says_the_day_and_time_at_which_it_was_written():
    assert note_of_consent(dt.date(2026, 11, 22)) == "22 Nov 2026, 14:25"


def test_a_field_of_another_day_than_the_treatment_says_that_it_was_recorded_then():
    assert note_of_consent(dt.date(2026, 11, 20)) == "Recorded 22 Nov 2026, 14:25"
    assert note_of_consent(dt.date(2026, 11, 2)) == "Recorded 22 Nov 2026, 14:25"
