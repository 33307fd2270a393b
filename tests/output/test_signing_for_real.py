"""The demo clinic's latest session, signed, co-signed and amended with everything real: file, stock and pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from injectmap.bootstrap import Opener
from injectmap.domain.errors import InputRefused
from injectmap.domain.patient import PatientDetails
from injectmap.domain.record import RecordField, RecordState
from injectmap.domain.session import OpenSession
from injectmap.domain.totals import syringe_balances
from injectmap.services.clinic import Services
from injectmap.services.settings import phrases_of


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = Opener(data_folder=tmp_path_factory.mktemp("data")).demo()
    yield services
    services.close()


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def completed(clinic: Services, session_id: str) -> OpenSession:
    """The session with the clinic's own phrases under what it requires, and balanced."""
    acting, settings = clinic.acting, clinic.settings_service.current()
    opened = clinic.sessions.open(acting, session_id)
    for field in (RecordField.REASON, RecordField.RISKS):
        opened = clinic.fields.write(acting, opened.session, field, phrases_of(settings, field)[0])
    consent = (("form", settings.consent_form), ("given_by", "the patient"))
    opened = clinic.fields.write(acting, opened.session, RecordField.CONSENT, "", consent)
    for one in syringe_balances(opened.syringes, opened.map):
        emptied = replace(one.syringe, discarded_ul=one.left_ul)
        opened = clinic.sessions.update_syringe(acting, opened.session, emptied)
    return opened


def test_from_draft_to_amended(clinic: Services, tmp_path: Path) -> None:
    acting = clinic.acting
    session_id = clinic.records.latest(acting)
    assert session_id is not None
    opened = clinic.sessions.open(acting, session_id)
    with pytest.raises(InputRefused, match="record_incomplete"):
        clinic.signing.sign(acting, session_id, opened.session.revision)
    opened = completed(clinic, session_id)
    first = clinic.signing.sign(acting, session_id, opened.session.revision)
    with clinic.database.reading() as work:
        taken = work.stock.of_session(session_id)
    assert sum(one.units for one in taken) == -2
    supervisor = next(one for one in clinic.practitioners if one.id != acting.practitioner_id)
    clinic.signing.cosign(acting, session_id, 1, supervisor.id)

    # A name corrected later does not change what was signed.
    patient = clinic.patients.get(acting, opened.patient.id)
    details = PatientDetails("Vasterholm-Berg", patient.given_name, patient.birth_date)
    clinic.patients.update(acting, patient, details)
    text = text_of(clinic.records.pdf(acting, session_id))
    assert "Vasterholm, Elin" in text
    assert "Vasterholm-Berg" not in text
    assert "vascular occlusion" in text
    assert f"Co-signed by {supervisor.name}" in text

    opened = clinic.signing.amend(acting, session_id, "Note forgotten")
    assert opened.session.state is RecordState.AMENDING
    assert "AMENDMENT IN PROGRESS" in text_of(clinic.records.pdf(acting, session_id))
    opened = clinic.fields.write(acting, opened.session, RecordField.NOTES, "Left earlier than planned")
    second = clinic.signing.sign(acting, session_id, opened.session.revision)
    with clinic.database.reading() as work:
        assert sum(one.units for one in work.stock.of_session(session_id)) == -2
    assert first.digest != second.digest
    assert all(clinic.signing.verify_version(session_id, version) for version in (1, 2))
    text = text_of(clinic.records.pdf(acting, session_id))
    assert "Changes against version 1 What Was Now Notes – Left earlier than planned" in text
    assert text.index("Left earlier than planned") < text.index("VERSION 1, AMENDED")
    opened = clinic.sessions.open(acting, session_id)
    assert [one.version for one in opened.versions] == [1, 2]
    assert opened.versions[0].cosignature is not None
    assert opened.versions[1].amendment is not None


def test_the_amended_record_of_the_demo_clinic_says_what_was_changed(clinic: Services) -> None:
    acting = clinic.acting
    (patient,) = clinic.patients.search(acting, "Vasterholm")
    with clinic.database.reading() as work:
        (amended,) = (
            one.id
            for one in work.sessions.of_patient(patient.id)
            if one.version == 2 and one.id != clinic.records.latest(acting)
        )
    text = text_of(clinic.records.pdf(acting, amended))
    assert "Changes against version 1 What Was Now" in text
    assert "Pass 1, patient’s left, volume 0.16 mL 0.15 mL" in text
    assert "Syringe 1, discarded 0.00 mL 0.01 mL" in text
    assert text.count("Changes against version") == 1
