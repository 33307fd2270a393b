"""Signing, co-signing and amending: whole or not at all, and never twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from injectmap.domain.acting import RIGHTS, Right, Role
from injectmap.domain.errors import Conflict, InputRefused, NotAllowed, StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind, check_chain
from injectmap.domain.record import RecordField, RecordState, SignedDocument, document_digest, show_digest
from tests import builders
from tests.unit.services.record_clinic import RecordClinic


@pytest.fixture
def clinic() -> RecordClinic:
    return RecordClinic()


def test_a_whole_record_is_signed_once(clinic: RecordClinic) -> None:
    opened = clinic.ready()
    version = clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
    after = clinic.read(opened)
    assert after.session.state is RecordState.SIGNED
    assert after.versions == (version,)
    assert (version.version, version.practitioner_name) == (1, "Dr Miriam Okafor")
    assert not after.writable
    stored = clinic.database.state.documents[opened.session.id, 1]
    assert stored.document == '{"passes":2,"reason":"Firmer jawline","signer":"Dr Miriam Okafor"}'
    assert version.digest == document_digest(stored)
    (row,) = clinic.rows(SubjectKind.RECORD_VERSION)
    assert (row.kind, row.subject_id) == (JournalKind.SIGN, opened.session.id)
    assert json.loads(row.payload or "") == {"digest": version.digest, "version": 1}
    assert clinic.taken == [(1, 1)]
    assert check_chain(clinic.database.state.journal) is None
    with pytest.raises(InputRefused, match="signed_already"):
        clinic.signing.sign(clinic.acting, opened.session.id, after.session.revision)
    assert clinic.taken == [(1, 1)]


def test_what_is_missing_is_named_and_nothing_is_signed(clinic: RecordClinic) -> None:
    opened = clinic.charted()
    with pytest.raises(InputRefused) as refused:
        clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
    assert refused.value.code == "record_incomplete"
    assert refused.value.params == {"missing": ("consent", "reason", "risks", "balance"), "count": 4}
    assert clinic.read(opened).session.state is RecordState.DRAFT
    assert clinic.taken == []


def test_the_list_follows_the_clinics_settings_of_the_moment(clinic: RecordClinic) -> None:
    opened = clinic.charted()
    lines = clinic.signing.completeness(clinic.acting, opened)
    assert next(one.requirement.value for one in lines if one.state == "missing") == "consent"
    clinic.settings.update(clinic.acting, replace(clinic.settings.current(), required=frozenset()))
    lines = clinic.signing.completeness(clinic.acting, opened)
    assert [one.requirement.value for one in lines if one.state == "missing"] == ["balance"]


def test_a_record_that_has_moved_on_is_not_signed_blindly(clinic: RecordClinic) -> None:
    opened = clinic.ready()
    clinic.fields.write(clinic.acting, opened.session, RecordField.NOTES, "One more thing")
    with pytest.raises(Conflict, match="session_has_changed"):
        clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
    assert clinic.read(opened).session.state is RecordState.DRAFT


@pytest.mark.parametrize("where", ["output", "stock", "disk"])
def test_nothing_stays_of_a_signature_that_failed(clinic: RecordClinic, where: str) -> None:
    opened = clinic.ready()
    before = clinic.database.state.journal
    if where == "output":
        clinic.output.failing = StorageProblem("storage_failed")
    elif where == "stock":
        clinic.signing._take_from_stock = _fails  # type: ignore[assignment]
    else:
        clinic.database.failing = StorageProblem("disk_full")
    with pytest.raises(StorageProblem):
        clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
    assert clinic.read(opened) == opened
    assert clinic.database.state.journal == before
    assert clinic.database.state.documents == {}


def _fails(*_: object) -> None:
    raise StorageProblem("storage_failed")


def test_a_review_without_injection_can_be_signed(clinic: RecordClinic) -> None:
    opened = clinic.session(syringes=0)
    for field, text in (
        (RecordField.REASON, "Review at four weeks"),
        (RecordField.RISKS, "None today"),
        (RecordField.CONSENT, "By word of mouth, by the patient"),
    ):
        opened = clinic.fields.write(clinic.acting, opened.session, field, text)
    version = clinic.signing.sign(clinic.acting, opened.session.id, opened.session.revision)
    assert version.version == 1


def test_sessions_and_patients_in_error_are_not_signed(clinic: RecordClinic) -> None:
    opened = clinic.ready()
    marked = clinic.sessions.mark_error(clinic.acting, opened.session, "wrong patient")
    with pytest.raises(InputRefused, match="session_in_error"):
        clinic.signing.sign(clinic.acting, opened.session.id, marked.session.revision)


def test_a_signed_session_refuses_every_change(clinic: RecordClinic) -> None:
    opened, _ = clinic.signed()
    edit = builders.add(builders.cannula_pass(order=9, syringe_id=opened.syringes[0].id))
    changes = (
        lambda: clinic.sessions.commit(clinic.acting, opened.session.id, edit, opened.session.revision),
        lambda: clinic.fields.write(clinic.acting, opened.session, RecordField.REASON, "Other"),
        lambda: clinic.fields.set_follow_up(clinic.acting, opened.session, None),
        lambda: clinic.sessions.add_syringe(clinic.acting, opened.session, product=builders.product()),
        lambda: clinic.sessions.update_syringe(
            clinic.acting, opened.session, replace(opened.syringes[0], lot="OTHER")
        ),
        lambda: clinic.sessions.set_details(
            clinic.acting, opened.session, date=opened.session.date, practitioner_id=clinic.supervisor.id
        ),
    )
    for change in changes:
        with pytest.raises(InputRefused, match="session_signed"):
            change()
    assert clinic.read(opened) == opened


def test_a_supervisor_cosigns_and_the_signer_cannot(clinic: RecordClinic) -> None:
    opened, signed = clinic.signed()
    sign = clinic.signing
    with pytest.raises(InputRefused, match="cosign_own"):
        sign.cosign(clinic.acting, opened.session.id, 1, clinic.practitioner.id)
    with pytest.raises(StorageProblem, match="practitioner_not_found"):
        sign.cosign(clinic.acting, opened.session.id, 1, "nobody")
    with pytest.raises(StorageProblem, match="version_not_found"):
        sign.cosign(clinic.acting, opened.session.id, 2, clinic.supervisor.id)
    after = sign.cosign(clinic.acting, opened.session.id, 1, clinic.supervisor.id)
    assert after.cosignature is not None
    assert after.cosignature.practitioner_name == "Dr Ines Berg"
    assert after.digest == signed.digest
    row = clinic.rows(SubjectKind.RECORD_VERSION)[-1]
    assert json.loads(row.payload or "")["cosigned_by"] == clinic.supervisor.id
    with pytest.raises(InputRefused, match="cosigned_already"):
        sign.cosign(clinic.acting, opened.session.id, 1, clinic.supervisor.id)
    assert sign.verify_version(opened.session.id, 1)


def test_an_amendment_is_the_next_version_beside_the_first(clinic: RecordClinic) -> None:
    opened, first = clinic.signed()
    with pytest.raises(InputRefused, match="reason_empty"):
        clinic.signing.amend(clinic.acting, opened.session.id, "  ")
    amending = clinic.signing.amend(clinic.acting, opened.session.id, " Wrong reason typed ")
    assert (amending.session.state, amending.session.version) == (RecordState.AMENDING, 2)
    assert amending.amendment is not None
    assert amending.amendment.reason == "Wrong reason typed"
    (row,) = clinic.rows(SubjectKind.AMENDMENT)
    assert json.loads(row.payload or "") == {
        "by": clinic.practitioner.id,
        "reason": "Wrong reason typed",
        "version": 2,
    }
    with pytest.raises(InputRefused, match="not_signed"):
        clinic.signing.amend(clinic.acting, opened.session.id, "again")
    changed = clinic.fields.write(clinic.acting, amending.session, RecordField.REASON, "Softer jawline")
    second = clinic.signing.sign(clinic.acting, opened.session.id, changed.session.revision)
    after = clinic.read(opened)
    assert [one.digest for one in after.versions] == [first.digest, second.digest]
    assert second.amendment is not None
    assert second.amendment.reason == "Wrong reason typed"
    assert "Firmer jawline" in clinic.database.state.documents[opened.session.id, 1].document
    assert "Softer jawline" in clinic.database.state.documents[opened.session.id, 2].document
    assert clinic.taken == [(1, 1), (2, 1)]
    assert all(clinic.signing.verify_version(opened.session.id, number) for number in (1, 2))


def test_a_draft_cannot_be_amended(clinic: RecordClinic) -> None:
    opened = clinic.ready()
    with pytest.raises(InputRefused, match="not_signed"):
        clinic.signing.amend(clinic.acting, opened.session.id, "why not")


@pytest.mark.parametrize("changed", ["document", "picture", "digest"])
def test_a_changed_document_is_found(clinic: RecordClinic, changed: str) -> None:
    opened, version = clinic.signed()
    key = (opened.session.id, 1)
    state = clinic.database.state
    stored = state.documents[key]
    if changed == "document":
        state.documents[key] = SignedDocument(stored.document.replace("2", "3"), stored.pictures)
    elif changed == "picture":
        state.documents[key] = SignedDocument(stored.document, (("shaded/front", "<svg></svg>"),))
    else:
        # Document and digest changed together still do not agree with the journal.
        forged = SignedDocument("{}", ())
        state.documents[key] = forged
        state.versions[key] = replace(version, digest=document_digest(forged))
    assert not clinic.signing.verify_version(*key)


def test_rights_are_asked(clinic: RecordClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = clinic.ready()
    monkeypatch.setitem(RIGHTS, Role.FRONT_DESK, frozenset({Right.READ}))
    session_id, revision = opened.session.id, opened.session.revision
    for forbidden in (
        lambda: clinic.signing.sign(clinic.desk, session_id, revision),
        lambda: clinic.signing.cosign(clinic.desk, session_id, 1, clinic.supervisor.id),
        lambda: clinic.signing.amend(clinic.desk, session_id, "x"),
        lambda: clinic.fields.write(clinic.desk, opened.session, RecordField.NOTES, "x"),
        lambda: clinic.settings.update(clinic.desk, clinic.settings.current()),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_a_digest_is_shown_in_groups_of_four() -> None:
    assert show_digest("7c1e40b29a6df318") == "7c1e 40b2 9a6d f318"
