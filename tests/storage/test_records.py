"""The life of a stored record: written, signed, co-signed, amended; the memory clinic refuses the same things."""

import dataclasses
import datetime as dt

import pytest

from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.map_items import AppliedProtocol, Measurement, MeasurementKind, ZoneMove
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    RecordState,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.session import OpenSession
from injectmap.domain.treatment_map import Deposit, PassStatus, Share, Side, SkinPoint
from tests import builders
from tests.storage.conftest import Charted, listening

DOCUMENT = SignedDocument('{"totals":[1,2]}', (("front", "<svg>ä</svg>"), ("left", "<svg/>")))


def version_of(charted: Charted, number: int = 1) -> SignedVersion:
    by = charted.practitioner
    return SignedVersion(
        charted.session.id, number, f"{number:064x}", 1_795_000_000_000 + number, by.id, by.name
    )


def amendment_of(charted: Charted, number: int = 2, reason: str = "The lot was misread.") -> Amendment:
    by = charted.practitioner
    return Amendment(charted.session.id, number, reason, 1_795_000_100_000, by.id, by.name)


def sign(charted: Charted, number: int = 1, document: SignedDocument = DOCUMENT) -> None:
    with charted.database.writing() as work:
        work.records.sign(version_of(charted, number), document)
        work.commit()


def amend(charted: Charted, number: int = 2) -> None:
    with charted.database.writing() as work:
        work.records.amend(amendment_of(charted, number))
        work.commit()


def opened(charted: Charted) -> OpenSession:
    with charted.database.reading() as work:
        return work.sessions.open(charted.session.id)


def test_entries_stand_as_last_written_and_an_emptied_one_stays(either):
    by = either.practitioner.id
    first = RecordEntry("tired look", 1, by)
    consent = RecordEntry("given", 2, by, (("form", "C-12 v3"), ("given_by", "patient")))
    with either.database.writing() as work:
        work.records.put_entry(either.session.id, RecordField.CONCERN, first)
        work.records.put_entry(either.session.id, RecordField.CONSENT, consent)
        work.records.put_entry(either.session.id, RecordField.CONCERN, RecordEntry("", 5, by))
        work.commit()
    assert opened(either).entries == {
        RecordField.CONCERN: RecordEntry("", 5, by),
        RecordField.CONSENT: consent,
    }


def test_signing_stores_the_document_and_shuts_the_session(either):
    sign(either)
    now = opened(either)
    assert (now.session.state, now.session.version, now.session.revision) == (RecordState.SIGNED, 1, 2)
    assert now.versions == (version_of(either),)
    assert now.amendment is None
    assert not now.writable
    with either.database.reading() as work:
        assert work.records.document(either.session.id, 1) == DOCUMENT
        (summary,) = work.sessions.of_patient(either.patient.id)
        for missing in ((either.session.id, 2), ("nobody", 1)):
            with pytest.raises(StorageProblem, match="version_not_found"):
                work.records.document(*missing)
    assert (summary.state, summary.version) == (RecordState.SIGNED, 1)


def test_nothing_is_signed_twice_or_at_another_version(either):
    with pytest.raises(Conflict, match="session_has_changed"):
        sign(either, 2)
    sign(either)
    with pytest.raises(InputRefused, match="signed_already"):
        sign(either)
    with pytest.raises(InputRefused, match="signed_already"):
        sign(either, 2)
    assert len(opened(either).versions) == 1


def test_a_signed_session_refuses_every_change(either):
    drawn = builders.cannula_pass(syringe_id=either.syringes[0].id)
    move = ZoneMove("gonion", Side.LEFT, SkinPoint(1, 2, 3))
    sign(either)
    session = opened(either).session
    attempts = (
        lambda work: work.sessions.apply_edit(session.id, builders.add(drawn), 2),
        lambda work: work.sessions.apply_edit(
            session.id, Edit(EditKind.MOVE_ZONE_CORNER, (), (ItemChange(None, move),)), 2
        ),
        lambda work: work.sessions.update(dataclasses.replace(session, date=dt.date(2026, 1, 1))),
        lambda work: work.sessions.update(session),
        lambda work: work.sessions.put_syringe(dataclasses.replace(either.syringes[0], lot="X")),
        lambda work: work.sessions.put_syringe(builders.syringe(session, number=9)),
        lambda work: work.records.put_entry(
            session.id, RecordField.NOTES, RecordEntry("x", 1, either.practitioner.id)
        ),
    )
    before = opened(either)
    for attempt in attempts:
        with pytest.raises(InputRefused, match="session_signed"), either.database.writing() as work:
            attempt(work)
    # A stale revision is told first: the newer state says that it is signed.
    with pytest.raises(Conflict, match="session_has_changed"), either.database.writing() as work:
        work.sessions.apply_edit(session.id, builders.add(drawn), 1)
    assert opened(either) == before


def test_an_amendment_opens_the_next_version_beside_the_original(either):
    sign(either)
    amend(either)
    now = opened(either)
    assert (now.session.state, now.session.version, now.session.revision) == (RecordState.AMENDING, 2, 3)
    assert now.amendment == amendment_of(either)
    assert now.writable
    drawn = builders.cannula_pass(syringe_id=either.syringes[0].id)
    revision, _ = either.commit(builders.add(drawn), 3)
    assert revision == 4
    second = SignedDocument('{"version":2}', ())
    sign(either, 2, second)
    now = opened(either)
    assert now.session.state is RecordState.SIGNED
    assert now.versions == (
        version_of(either),
        dataclasses.replace(version_of(either, 2), amendment=amendment_of(either)),
    )
    assert now.amendment is None
    with either.database.reading() as work:
        assert work.records.document(either.session.id, 1) == DOCUMENT
        assert work.records.document(either.session.id, 2) == second


def test_only_what_is_signed_is_amended_and_with_a_reason(either):
    with pytest.raises(InputRefused, match="not_signed"):
        amend(either)
    sign(either)
    with pytest.raises(InputRefused, match="reason_empty"), either.database.writing() as work:
        work.records.amend(amendment_of(either, reason=" \n"))
    with pytest.raises(Conflict, match="session_has_changed"):
        amend(either, 3)
    amend(either)
    with pytest.raises(InputRefused, match="not_signed"):
        amend(either, 3)
    assert opened(either).session.version == 2


def test_a_version_is_co_signed_once_also_while_it_is_amended(either):
    by = CoSignature(either.practitioner.id, "Dr Supervisor", 1_795_000_200_000)

    def cosign(number: int) -> None:
        with either.database.writing() as work:
            work.records.cosign(either.session.id, number, by)
            work.commit()

    with pytest.raises(InputRefused, match="not_signed"):
        cosign(1)
    sign(either)
    amend(either)
    cosign(1)
    with pytest.raises(InputRefused, match="cosigned_already"):
        cosign(1)
    with pytest.raises(InputRefused, match="not_signed"):
        cosign(2)
    (signed,) = opened(either).versions
    assert signed == dataclasses.replace(version_of(either), cosignature=by)


def test_a_session_in_error_is_neither_signed_nor_amended_nor_written(either):
    sign(either)
    with either.database.writing() as work:
        session = work.sessions.get(either.session.id)
        marked = work.sessions.update(
            dataclasses.replace(session, error_reason="wrong patient", head_version=9)
        )
        work.commit()
    # Of a signed record nothing but the mark is taken.
    assert marked == dataclasses.replace(session, error_reason="wrong patient", revision=session.revision + 1)
    attempts = (
        lambda work: work.records.amend(amendment_of(either)),
        lambda work: work.sessions.update(dataclasses.replace(marked, error_reason="another")),
        lambda work: work.sessions.update(dataclasses.replace(marked, error_reason="")),
        lambda work: work.records.put_entry(
            either.session.id, RecordField.NOTES, RecordEntry("x", 1, either.practitioner.id)
        ),
    )
    for attempt in attempts:
        with pytest.raises(InputRefused, match="session_in_error"), either.database.writing() as work:
            attempt(work)


def test_a_draft_in_error_is_never_signed(either):
    with either.database.writing() as work:
        work.sessions.update(dataclasses.replace(either.session, error_reason="wrong patient"))
        work.commit()
    with pytest.raises(InputRefused, match="session_in_error"):
        sign(either)


def test_state_and_version_change_by_signing_alone(either):
    claimed = dataclasses.replace(
        either.session, state=RecordState.SIGNED, version=7, follow_up=dt.date(2026, 4, 1)
    )
    with either.database.writing() as work:
        stored = work.sessions.update(claimed)
        work.commit()
    assert stored == dataclasses.replace(either.session, follow_up=dt.date(2026, 4, 1), revision=2)
    assert opened(either).session == stored


def test_leaving_without_commit_signs_nothing(either):
    with either.database.writing() as work:
        work.records.sign(version_of(either), DOCUMENT)
    assert opened(either).session.state is RecordState.DRAFT
    sign(either)


MEASURED = Measurement(
    "m1",
    MeasurementKind.ASYMMETRY,
    builders.skin_path(SkinPoint(0, 0, 0), SkinPoint(5_000, 0, 0)),
    4_900,
    "left brow lower; \"quoted\" 'twice' \\ and שלום",
)


def test_items_of_a_map_come_and_go_with_edits(either):
    corner = ZoneMove("gonion", Side.RIGHT, SkinPoint(-1, 2, 3))
    applied = AppliedProtocol("c_shape", 2, "C-shape", "training_convention", "a book", "f" * 64, Side.LEFT)
    drawn = builders.cannula_pass(syringe_id=either.syringes[0].id)
    steps = [
        Edit(EditKind.MEASURE, (), (ItemChange(None, MEASURED),)),
        Edit(
            EditKind.APPLY_PROTOCOL,
            (PassChange(None, drawn),),
            (ItemChange(None, corner), ItemChange(None, applied)),
        ),
        Edit(
            EditKind.MOVE_ZONE_CORNER,
            (PassChange(drawn, dataclasses.replace(drawn, depth_um=5)),),
            (ItemChange(corner, dataclasses.replace(corner, place=SkinPoint(-4, 5, 6))),),
        ),
        Edit(EditKind.REMOVE_MEASUREMENT, (), (ItemChange(MEASURED, None),)),
    ]
    expected, revision = opened(either).map, 1
    for step in [*steps, *(one.inverse() for one in reversed(steps))]:
        expected = step.apply(expected)
        revision, _ = either.commit(step, revision)
        assert opened(either).map == expected
    assert expected.items == expected.passes == ()


@pytest.mark.parametrize("kind", ["gone", "changed", "twice"])
def test_an_item_that_is_not_as_the_edit_expects_is_a_conflict(either, kind):
    other = dataclasses.replace(MEASURED, id="m2")
    change = {
        "gone": ItemChange(other, None),
        "changed": ItemChange(other, dataclasses.replace(other, note="x")),
        "twice": ItemChange(None, MEASURED),
    }[kind]
    either.commit(Edit(EditKind.MEASURE, (), (ItemChange(None, MEASURED),)), 1)
    with pytest.raises(Conflict, match="map_has_changed"):
        either.commit(Edit(EditKind.MEASURE, (), (change,)), 2)
    assert opened(either).map.items == (MEASURED,)


def test_plans_and_deposits_come_back_as_they_were(either):
    first = either.syringes[0].id
    planned = builders.cannula_pass(order=1, status=PassStatus.PLANNED, shares=(Share("", 120),))
    bare = builders.cannula_pass(order=2, status=PassStatus.PLANNED, shares=())
    done = dataclasses.replace(
        builders.cannula_pass(order=3, shares=(Share(first, 70), Share(either.syringes[1].id, 30))),
        deposits=(Deposit(0, 20, "preauricular", Side.LEFT), Deposit(4_000, 30, "malar", Side.LEFT)),
        fulfils=planned.id,
        deviation='vessel seen; "moved" 2 mm down',
        reference="protocol:c_shape@1#2",
    )
    for revision, one in enumerate((planned, bare, done), start=1):
        either.commit(builders.add(one), revision)
    assert opened(either).map.passes == (planned, bare, done)


def test_a_syringe_keeps_what_became_of_it(either):
    with either.database.writing() as work:
        one = dataclasses.replace(
            either.syringes[0],
            udi="]d2010501234567890010A\x1d217",
            opened_volume_ul=1200,
            discarded_ul=75,
            expired_reason="the only one left; patient agreed",
        )
        work.sessions.put_syringe(one)
        work.commit()
    assert opened(either).syringes[0] == one


def test_a_signed_and_amended_session_is_still_read_in_three_statements(charted):
    by = charted.practitioner.id
    charted.commit(Edit(EditKind.MEASURE, (), (ItemChange(None, MEASURED),)), 1)
    with charted.database.writing() as work:
        for field in RecordField:
            work.records.put_entry(charted.session.id, field, RecordEntry("x" * 10_000, 1, by))
        work.commit()
    sign(charted)
    amend(charted)
    with charted.database.reading() as work, listening(work) as said:
        now = work.sessions.open(charted.session.id)
    assert len(said) == 3
    # Documents and pictures are as large as a whole session: a list of versions leaves them out.
    assert not any("document" in one or "pictures" in one for one in said)
    assert (len(now.entries), len(now.versions), len(now.map.items)) == (len(RecordField), 1, 1)
