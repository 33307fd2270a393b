"""What an amendment changed, read from the journal of a clinic in memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from injectmap.domain.amending import Change, ChangeCode
from injectmap.domain.edits import EditKind
from injectmap.domain.record import RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.treatment_map import Share
from injectmap.services.amending import changes_since_signed
from injectmap.services.syringes import syringe_from_json, syringe_to_json
from tests import builders
from tests.unit.services.record_clinic import RecordClinic


@pytest.fixture
def clinic() -> RecordClinic:
    return RecordClinic()


def told(clinic: RecordClinic, opened: OpenSession) -> tuple[Change, ...] | None:
    with clinic.database.reading() as work:
        return changes_since_signed(work, work.sessions.open(opened.session.id))


def less(clinic: RecordClinic, opened: OpenSession, microlitres: int) -> OpenSession:
    """The first pass with so much less, and so much more discarded."""
    one = opened.map.passes[0]
    later = replace(one, shares=(Share(one.shares[0].syringe_id, one.microlitres - microlitres),))
    edit = builders.change(EditKind.SET_VOLUME, one, later)
    clinic.sessions.commit(clinic.acting, opened.session.id, edit, opened.session.revision)
    opened = clinic.read(opened)
    syringe = opened.syringes[0]
    rest = replace(syringe, discarded_ul=syringe.discarded_ul + microlitres)
    return clinic.sessions.update_syringe(clinic.acting, opened.session, rest)


def test_what_was_changed_is_handed_to_the_document(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    assert clinic.output.attached[-1].changes is None
    opened = clinic.signing.amend(clinic.acting, opened.session.id, "Misread")
    assert told(clinic, opened) == ()
    opened = less(clinic, opened, 10)
    # A co-signature of the first version may come while the second is written.
    clinic.signing.cosign(clinic.acting, opened.session.id, 1, clinic.supervisor.id)
    opened = clinic.fields.write(clinic.acting, opened.session, RecordField.REASON, "Softer jawline")
    opened = clinic.fields.set_follow_up(
        clinic.acting, opened.session, opened.session.date + dt.timedelta(30)
    )
    clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
    found = clinic.output.attached[-1].changes
    assert found is not None
    follow_up, volume, discarded, reason = found
    assert (follow_up.code, follow_up.was) == (ChangeCode.FOLLOW_UP, None)
    assert (volume.code, volume.was, volume.now) == (ChangeCode.PASS_VOLUME, 150, 140)
    assert (discarded.code, discarded.was, discarded.now) == (ChangeCode.SYRINGE_DISCARDED, 950, 960)
    assert (reason.was.text, reason.now.text) == ("Firmer jawline", "Softer jawline")


def test_a_second_amendment_is_told_against_the_first(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    for _ in range(2):
        opened = clinic.signing.amend(clinic.acting, opened.session.id, "Misread")
        opened = less(clinic, opened, 10)
        clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
        opened = clinic.read(opened)
    found = clinic.output.attached[-1].changes
    assert found is not None
    assert [(one.was, one.now) for one in found] == [(140, 130), (960, 970)]


def test_a_change_taken_back_is_none(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    opened = clinic.signing.amend(clinic.acting, opened.session.id, "Misread")
    one = opened.map.passes[0]
    edit = builders.remove(one)
    for each in (edit, edit.inverse()):
        session = clinic.read(opened).session
        clinic.sessions.commit(clinic.acting, session.id, each, session.revision)
    assert told(clinic, opened) == ()


def test_new_syringes_and_another_practitioner(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    opened = clinic.signing.amend(clinic.acting, opened.session.id, "Second unit forgotten")
    opened = clinic.sessions.add_syringe(clinic.acting, opened.session, product=builders.product())
    opened = clinic.sessions.set_details(
        clinic.acting, opened.session, date=opened.session.date, practitioner_id=clinic.supervisor.id
    )
    found = told(clinic, opened)
    assert found is not None
    practitioner, syringe = found
    assert (practitioner.was, practitioner.now) == (clinic.practitioner.id, clinic.supervisor.id)
    assert (syringe.code, syringe.subject) == (ChangeCode.SYRINGE_ADDED, {"number": 2})


def test_edits_that_were_erased_are_not_guessed(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    opened = less(clinic, clinic.signing.amend(clinic.acting, opened.session.id, "Misread"), 10)
    state = clinic.database.state
    state.journal = tuple(
        replace(row, payload=None, salt=None) if row.kind == "edit" else row for row in state.journal
    )
    assert told(clinic, opened) is None


def test_a_syringe_comes_back_from_its_journal_form() -> None:
    one = builders.open_session().syringes[0]
    whole = replace(
        one, udi="(01)1", opened_volume_ul=900, discarded_ul=20, expired_reason="r", stock_item_id="s"
    )
    assert syringe_from_json(syringe_to_json(whole)) == whole
    assert syringe_from_json(syringe_to_json(replace(one, expiry=None))) == replace(one, expiry=None)
    older = {
        key: syringe_to_json(one)[key]
        for key in ("id", "session", "number", "lot", "expiry", "serial", "product")
    }
    assert syringe_from_json(older) == one
