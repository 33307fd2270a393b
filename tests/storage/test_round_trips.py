"""Whatever is typed comes back letter by letter, and the chain over it holds."""

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from injectmap.domain.aftercare import AdverseEvent, CapillaryRefill, EventEntry, FollowUp, OutcomeScore
from injectmap.domain.edits import Edit, EditKind, ItemChange, edit_from_json, edit_to_json
from injectmap.domain.ids import new_id
from injectmap.domain.journal import canonical_json, check_chain
from injectmap.domain.map_items import AppliedProtocol, Measurement, MeasurementKind, ZoneMove
from injectmap.domain.patient import clean_text
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass, protocol_from_json, protocol_to_json
from injectmap.domain.record import (
    FIELD_LIMIT,
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.settings import (
    ClinicSettings,
    Paper,
    Phrase,
    Requirement,
    settings_from_json,
    settings_to_json,
)
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.domain.treatment_map import Plane, Side, SkinPoint, Technique
from injectmap.storage.opening import create_clinic
from tests import builders
from tests.storage.conftest import CLINIC, KEY, Charted, chart

HOSTILE = [
    'O\'Brien "the \\ one"; DROP TABLE passes; --',
    "שלום עולם \u202eabc\u202c مرحبا",
    "🙂👩🏽‍⚕️ ﷺ ｆｕｌｌ",
    "%s %n {0} ${x} <script>&amp;</script> NULL 0x00",
    "é́" * 5_000,
    "𝄞" * FIELD_LIMIT,
    "line\nline\ttab",
    "]}',\"]",
]


def texts(limit: int = FIELD_LIMIT) -> st.SearchStrategy[str]:
    """What a field may hold: as services clean it, so without control characters, and up to its limit."""
    typed = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60) | st.integers(
        0, len(HOSTILE) - 1
    ).map(lambda index: HOSTILE[index])
    return typed.map(lambda text: clean_text(text, limit=10 * FIELD_LIMIT)[:limit].strip())


ids = st.uuids().map(str)
moments = st.integers(0, 4_000_000_000_000)
days = st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))
sides = st.sampled_from([Side.LEFT, Side.RIGHT])
um = st.integers(-200_000, 200_000)
points = st.builds(SkinPoint, um, um, um)
paths = st.builds(builders.skin_path, st.just(SkinPoint(1_000, 2, 3)), st.just(SkinPoint(9_000, -5_000, 3)))
measurements = st.builds(
    Measurement, ids, st.sampled_from(MeasurementKind), paths, st.integers(0, 99_999), texts()
)
moves = st.builds(ZoneMove, st.sampled_from(["gonion", "tragus", "a_b"]), sides, points)
applied = st.builds(
    AppliedProtocol, ids, st.integers(1, 99), texts(200), texts(200), texts(200), st.just("f" * 64), sides
)
items = st.lists(measurements | moves | applied, max_size=4, unique_by=lambda one: one.id)


@pytest.fixture(scope="module")
def clinic() -> Iterator[Charted]:
    with tempfile.TemporaryDirectory() as folder:
        charted = chart(create_clinic(Path(folder) / "clinic.injectmap", CLINIC, key=KEY))
        yield charted
        charted.database.close()


def begin(clinic: Charted) -> Charted:
    """The same clinic with a session of its own, so that each example starts from nothing."""
    session = builders.treatment_session(clinic.patient, clinic.practitioner)
    with clinic.database.writing() as work:
        work.sessions.add(session)
        work.commit()
    return dataclasses.replace(clinic, session=session)


entries = st.builds(
    RecordEntry,
    texts(),
    moments,
    st.just(""),
    st.lists(st.tuples(texts(100), texts(1_000)), max_size=3).map(tuple),
)


@settings(max_examples=30)
@given(written=st.dictionaries(st.sampled_from(RecordField), entries, max_size=4))
def test_entries(clinic, written):
    own = begin(clinic)
    written = {
        field: dataclasses.replace(entry, practitioner_id=own.practitioner.id)
        for field, entry in written.items()
    }
    with own.database.writing() as work:
        for field, entry in written.items():
            work.records.put_entry(own.session.id, field, RecordEntry("before", 0, own.practitioner.id))
            work.records.put_entry(own.session.id, field, entry)
        work.commit()
    with own.database.reading() as work:
        assert work.sessions.open(own.session.id).entries == written


@settings(max_examples=20)
@given(
    name=texts(120),
    reason=texts().filter(bool),
    document=texts(),
    pictures=st.lists(st.tuples(texts(40), texts()), max_size=3).map(tuple),
    at_ms=moments,
)
@example(name="x", reason="\u00a0", document="", pictures=(), at_ms=0)
def test_versions(clinic, name, reason, document, pictures, at_ms):
    own = begin(clinic)
    by = own.practitioner.id
    first = SignedVersion(own.session.id, 1, "0" * 64, at_ms, by, name)
    amendment = Amendment(own.session.id, 2, reason, at_ms, by, name)
    cosigned = CoSignature(by, name, at_ms)
    signed = SignedDocument(document, pictures)
    with own.database.writing() as work:
        work.records.sign(first, signed)
        if not reason.strip():
            return
        work.records.amend(amendment)
        work.records.sign(dataclasses.replace(first, version=2), signed)
        work.records.cosign(own.session.id, 2, cosigned)
        work.commit()
    with own.database.reading() as work:
        opened = work.sessions.open(own.session.id)
        assert work.records.document(own.session.id, 1) == work.records.document(own.session.id, 2) == signed
    second = dataclasses.replace(first, version=2, amendment=amendment, cosignature=cosigned)
    assert opened.versions == (first, second)


@settings(max_examples=30)
@given(first=items, then=items)
def test_items_and_their_edits(clinic, first, then):
    own = begin(clinic)
    before = {one.id: one for one in first}
    after = {one.id: one for one in then}
    changes = tuple(
        ItemChange(before.get(key), after.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )
    draw = Edit(EditKind.MEASURE, (), tuple(ItemChange(None, one) for one in first))
    change = Edit(EditKind.MOVE_ZONE_CORNER, (), changes)
    revision, _ = own.commit(draw, 1)
    own.commit(change, revision)
    with own.database.reading() as work:
        stored = work.sessions.open(own.session.id).map
    assert stored.items == tuple(after[key] for key in sorted(after))
    assert edit_from_json(edit_to_json(change)) == change


@settings(max_examples=30)
@given(
    lot=texts(40),
    serial=texts(40),
    udi=texts(400),
    expiry=st.none() | days,
    units=st.lists(st.integers(-50, 50), max_size=5),
    reason=texts(),
)
def test_stock(clinic, lot, serial, udi, expiry, units, reason):
    own = begin(clinic)
    of = builders.product(product_id=new_id())
    item = StockItem(new_id(), of, lot, expiry, serial, udi)
    moves = [
        StockMovement(
            new_id(), item.id, MovementKind.ADJUSTED, count, 5, own.practitioner.id, reason, own.session.id
        )
        for count in units
    ]
    with own.database.writing() as work:
        work.stock.add(item)
        for revision, move in enumerate(moves, start=1):
            work.stock.move(move, revision)
        work.commit()
    with own.database.reading() as work:
        stored = work.stock.find(of.id, f" {lot}", expiry, serial)
        assert stored == dataclasses.replace(item, count=sum(units), revision=len(units) + 1)
        assert work.stock.movements(item.id) == work.stock.of_session(own.session.id) == tuple(moves)


@settings(max_examples=30)
@given(
    lot=texts(40),
    udi=texts(400),
    reason=texts(),
    opened=st.none() | st.integers(0, 9_999),
    left=st.integers(0, 99),
)
def test_syringes_and_the_recall_of_their_lot(clinic, lot, udi, reason, opened, left):
    own = begin(clinic)
    one = dataclasses.replace(
        builders.syringe(own.session, lot=lot),
        udi=udi,
        expired_reason=reason,
        opened_volume_ul=opened,
        discarded_ul=left,
    )
    with own.database.writing() as work:
        work.sessions.put_syringe(one)
        work.commit()
    with own.database.reading() as work:
        assert work.sessions.open(own.session.id).syringes == (one,)
        assert own.session.id in [found.session_id for found in work.stock.recall(f" {lot}\t")]


event_entries = st.builds(
    EventEntry,
    moments,
    texts(),
    st.lists(st.builds(CapillaryRefill, sides, texts(60), st.none() | st.integers(0, 900)), max_size=2).map(
        tuple
    ),
    texts(),
    texts(),
    texts(100),
)


@settings(max_examples=20)
@given(
    title=texts(200),
    happened=st.lists(event_entries, max_size=3).map(tuple),
    concerned=st.lists(ids, max_size=3).map(tuple),
    others=st.lists(texts(), min_size=5, max_size=5),
    day=days,
    done=st.none() | days,
)
def test_aftercare(clinic, title, happened, concerned, others, day, done):
    own = begin(clinic)
    patient, session = own.patient.id, own.session.id
    event = AdverseEvent(
        new_id(),
        patient,
        session,
        title,
        1,
        happened,
        concerned,
        concerned[:1],
        *others[:3],
        error_reason=others[3],
    )
    follow_up = FollowUp(new_id(), patient, session, day, others[4], done)
    score = OutcomeScore(new_id(), patient, session, title, *others[:2], day, others[2])
    with own.database.writing() as work:
        assert work.aftercare.put_event(event) == event
        assert work.aftercare.put_follow_up(follow_up) == follow_up
        assert work.aftercare.put_score(score) == score
        work.commit()


anchors = st.builds(
    Anchor, st.sampled_from(["", "gonion"]), st.tuples(*[um.map(lambda value: value / 1000)] * 3)
)
protocol_passes = st.builds(
    ProtocolPass,
    st.just("a"),
    anchors,
    st.sampled_from(Technique),
    st.sampled_from(Plane),
    st.lists(anchors, max_size=2).map(tuple),
    st.booleans(),
)


@settings(max_examples=20)
@given(
    said=st.lists(texts(500), min_size=4, max_size=4),
    entry=anchors,
    passes=st.lists(protocol_passes, max_size=3).map(tuple),
)
def test_protocols(clinic, said, entry, passes):
    protocol = Protocol(new_id(), 1, *said, {"a": entry}, passes)
    with clinic.database.writing() as work:
        work.protocols.add(protocol)
        work.commit()
    with clinic.database.reading() as work:
        assert work.protocols.get(protocol.id, 1) == protocol
    assert protocol_from_json(protocol_to_json(protocol)) == protocol


@settings(max_examples=20)
@given(
    said=st.lists(texts(300), min_size=3, max_size=3),
    phrases=st.lists(st.builds(Phrase, st.sampled_from(RecordField), texts()), max_size=3).map(tuple),
    required=st.frozensets(st.sampled_from(Requirement)),
    numbers=st.tuples(st.none() | st.integers(1, 60), st.integers(0, 99), st.integers(0, 999)),
    paper=st.sampled_from(Paper),
)
def test_settings(clinic, said, phrases, required, numbers, paper):
    from injectmap.domain.settings import ALWAYS_REQUIRED

    put = ClinicSettings(
        said[0], "Europe/Oslo", paper, False, required | ALWAYS_REQUIRED, said[1], said[2], phrases, *numbers
    )
    with clinic.database.writing() as work:
        work.clinic.put(put)
        assert work.clinic.settings() == put
    assert settings_from_json(settings_to_json(put)) == put
    assert canonical_json(settings_to_json(put))


def test_the_chain_over_all_that_holds(clinic):
    with clinic.database.reading() as work:
        assert check_chain(work.journal.all()) is None
