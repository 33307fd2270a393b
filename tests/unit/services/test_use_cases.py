"""Use cases with a clinic in memory: what is stored, what is journalled, what is refused."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from injectmap.domain.acting import RIGHTS, Acting, Right, Role
from injectmap.domain.errors import Conflict, InputRefused, NotAllowed, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind, check_chain
from injectmap.domain.patient import PatientDetails
from injectmap.services.patients import PatientService
from injectmap.services.records import RecordService
from injectmap.services.sessions import MapVersions, NewSyringes, SessionService
from tests import builders
from tests.fakes import TODAY, FixedClock, MemoryDatabase


class Clinic:
    """The services over one fake database."""

    def __init__(self) -> None:
        self.database, self.clock = MemoryDatabase(), FixedClock()
        self.practitioner = builders.practitioner()
        self.database.state.practitioners = (self.practitioner,)
        self.acting = builders.acting_as(self.practitioner)
        self.patients = PatientService(self.database, self.clock)
        self.sessions = SessionService(self.database, self.clock, MapVersions(1, 1), "Europe/London")

    def details(self, **changed: object) -> PatientDetails:
        fields = {"family_name": "Vale", "given_name": "Ann", "birth_date": dt.date(1968, 3, 14)} | changed
        return PatientDetails.checked(today=TODAY, **fields)  # type: ignore[arg-type]

    def session(self, **changed: object):
        patient = self.patients.create(self.acting, self.details())
        fields = {
            "patient_id": patient.id,
            "practitioner_id": self.practitioner.id,
            "date": TODAY,
            "syringes": [NewSyringes(builders.product(), 2, " H26C118 ", dt.date(2027, 8, 31))],
        } | changed
        return self.sessions.create(self.acting, **fields)  # type: ignore[arg-type]


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_registering_numbers_and_journals_a_patient(clinic: Clinic) -> None:
    first = clinic.patients.create(clinic.acting, clinic.details())
    second = clinic.patients.create(clinic.acting, clinic.details(given_name="Bea"))
    assert (first.number, second.number) == (1, 2)
    row = clinic.database.state.journal[-1]
    assert (row.kind, row.subject_kind, row.subject_id) == (JournalKind.PUT, SubjectKind.PATIENT, second.id)
    assert json.loads(row.payload or "")["given_name"] == "Bea"
    assert clinic.database.commits == 2


def test_a_likely_duplicate_is_found_whatever_the_accents_and_order(clinic: Clinic) -> None:
    clinic.patients.create(clinic.acting, clinic.details(family_name="Öström", given_name="Åsa"))
    same = clinic.details(family_name="asa", given_name="ostrom")
    assert len(clinic.patients.likely_duplicates(clinic.acting, same)) == 1
    other = clinic.details(family_name="asa", given_name="ostrom", birth_date=dt.date(1968, 3, 15))
    assert clinic.patients.likely_duplicates(clinic.acting, other) == ()


def test_a_patient_in_error_stays_findable_and_can_no_longer_be_changed(clinic: Clinic) -> None:
    patient = clinic.patients.create(clinic.acting, clinic.details())
    with pytest.raises(InputRefused, match="reason_empty"):
        clinic.patients.mark_error(clinic.acting, patient, "   ")
    marked = clinic.patients.mark_error(clinic.acting, patient, "registered twice")
    assert clinic.patients.search(clinic.acting, "vale") == (marked,)
    assert clinic.patients.recent(clinic.acting) == ()
    assert clinic.patients.any_registered(clinic.acting)
    rows = len(clinic.database.state.journal)
    for change in (
        lambda: clinic.patients.update(clinic.acting, marked, clinic.details(telephone="1")),
        lambda: clinic.patients.mark_error(clinic.acting, marked, "again"),
        lambda: clinic.sessions.create(
            clinic.acting, patient_id=marked.id, practitioner_id=clinic.practitioner.id, date=TODAY
        ),
    ):
        with pytest.raises(InputRefused, match="patient_in_error"):
            change()
    assert len(clinic.database.state.journal) == rows
    assert clinic.patients.get(clinic.acting, patient.id).error_reason == "registered twice"


def test_sessions_of_a_patient_in_error_can_no_longer_be_changed(clinic: Clinic) -> None:
    opened = clinic.session()
    clinic.patients.mark_error(clinic.acting, opened.patient, "registered twice")
    rows = len(clinic.database.state.journal)
    for change in (
        lambda: clinic.sessions.mark_error(clinic.acting, opened.session, "x"),
        lambda: clinic.sessions.add_syringe(clinic.acting, opened.session, product=builders.product()),
    ):
        with pytest.raises(InputRefused, match="patient_in_error"):
            change()
    assert len(clinic.database.state.journal) == rows


def test_the_usual_product_is_the_patients_last_else_the_clinics(clinic: Clinic) -> None:
    nobody = clinic.patients.create(clinic.acting, clinic.details())
    assert clinic.sessions.usual_product(clinic.acting, nobody.id) is None
    first = clinic.session()
    other = builders.product(product_id="other", name="Other")
    clinic.session(date=TODAY - dt.timedelta(1), patient_id=nobody.id, syringes=[NewSyringes(other, 1)])
    assert clinic.sessions.usual_product(clinic.acting, nobody.id) == "other"
    assert clinic.sessions.usual_product(clinic.acting, first.patient.id) == "harmonyca"
    third = clinic.patients.create(clinic.acting, clinic.details())
    assert clinic.sessions.usual_product(clinic.acting, third.id) == "harmonyca"


def test_two_people_changing_one_patient_is_a_conflict(clinic: Clinic) -> None:
    patient = clinic.patients.create(clinic.acting, clinic.details())
    clinic.patients.update(clinic.acting, patient, clinic.details(telephone="1"))
    with pytest.raises(Conflict):
        clinic.patients.update(clinic.acting, patient, clinic.details(telephone="2"))
    assert clinic.patients.get(clinic.acting, patient.id).telephone == "1"


def test_a_session_starts_with_its_syringes_and_one_journal_row_each(clinic: Clinic) -> None:
    opened = clinic.session()
    assert [(s.number, s.lot) for s in opened.syringes] == [(1, "H26C118"), (2, "H26C118")]
    assert opened.session.number == 1
    kinds = [row.subject_kind for row in clinic.database.state.journal]
    assert kinds == [SubjectKind.PATIENT, SubjectKind.SESSION, SubjectKind.SYRINGE, SubjectKind.SYRINGE]
    assert check_chain(clinic.database.state.journal) is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"date": TODAY + dt.timedelta(days=1)}, "treatment_date_in_future"),
        ({"date": dt.date(1950, 1, 1)}, "treatment_before_birth"),
        ({"syringes": [NewSyringes(builders.product(), 13)]}, "syringe_count_impossible"),
        ({"syringes": [NewSyringes(builders.product(), 1, "x" * 41)]}, "text_too_long"),
    ],
)
def test_an_impossible_session_leaves_nothing_behind(
    clinic: Clinic, changed: dict[str, object], code: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        clinic.session(**changed)
    assert refused.value.code == code
    assert clinic.database.state.sessions == {}
    assert [row.subject_kind for row in clinic.database.state.journal] == [SubjectKind.PATIENT]


def test_an_edit_is_stored_with_its_row_or_not_at_all(clinic: Clinic) -> None:
    opened = clinic.session()
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id))
    committed = clinic.sessions.commit(clinic.acting, opened.session.id, edit, opened.session.revision)
    assert committed.revision == opened.session.revision + 1
    assert clinic.database.state.journal[-1].number == committed.journal_number
    assert len(clinic.sessions.history(clinic.acting, opened.session.id)) == 2
    before = clinic.database.state
    other = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id, order=2))
    with pytest.raises(Conflict):
        clinic.sessions.commit(clinic.acting, opened.session.id, other, opened.session.revision)
    clinic.database.failing = StorageProblem("disk_full")
    with pytest.raises(StorageProblem):
        clinic.sessions.commit(clinic.acting, opened.session.id, edit.inverse(), committed.revision)
    assert clinic.database.state is before


def test_syringes_are_added_and_corrected(clinic: Clinic) -> None:
    opened = clinic.session()
    more = clinic.sessions.add_syringe(clinic.acting, opened.session, product=builders.product(), lot="Z1")
    assert [s.number for s in more.syringes] == [1, 2, 3]
    third = replace(more.syringes[2], lot="Z2", expiry=dt.date(2028, 1, 31))
    after = clinic.sessions.update_syringe(clinic.acting, more.session, third)
    assert after.syringes[2].lot == "Z2"
    with pytest.raises(Conflict):
        clinic.sessions.update_syringe(clinic.acting, opened.session, third)


def test_a_session_in_error_is_closed(clinic: Clinic) -> None:
    opened = clinic.session()
    closed = clinic.sessions.mark_error(clinic.acting, opened.session, "wrong patient")
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id))
    with pytest.raises(InputRefused, match="session_in_error"):
        clinic.sessions.commit(clinic.acting, opened.session.id, edit, closed.session.revision)


def test_a_date_is_corrected_within_reason(clinic: Clinic) -> None:
    opened = clinic.session()
    by = clinic.practitioner.id
    after = clinic.sessions.set_details(
        clinic.acting, opened.session, date=dt.date(2026, 11, 20), practitioner_id=by
    )
    assert after.session.date == dt.date(2026, 11, 20)
    with pytest.raises(InputRefused):
        clinic.sessions.set_details(
            clinic.acting, after.session, date=dt.date(2026, 12, 1), practitioner_id=by
        )


def test_records_are_found_by_number_id_or_as_the_latest(clinic: Clinic) -> None:
    opened = clinic.session()
    records = RecordService(clinic.database, clinic.clock, output=None)  # type: ignore[arg-type]
    assert records.latest(clinic.acting) == opened.session.id
    for wanted in ("1", "2026-00001", opened.session.id):
        assert records.find(clinic.acting, wanted) == opened.session.id
    assert records.find(clinic.acting, "2026-00009") is None
    with pytest.raises(StorageProblem):
        records.find(clinic.acting, "0199aaaa-0000-7000-8000-000000000000")


def test_the_table_of_rights_is_asked(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = clinic.session()
    monkeypatch.setitem(RIGHTS, Role.FRONT_DESK, frozenset({Right.READ}))
    desk = Acting(clinic.practitioner.id, frozenset({Role.FRONT_DESK}), "desk")
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id))
    for forbidden in (
        lambda: clinic.patients.create(desk, clinic.details()),
        lambda: clinic.sessions.commit(desk, opened.session.id, edit, opened.session.revision),
        lambda: clinic.sessions.mark_error(desk, opened.session, "x"),
        lambda: clinic.sessions.add_syringe(desk, opened.session, product=builders.product()),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert clinic.patients.search(desk, "vale")
