"""A walk over a chain: whatever is done to its rows is found, at the row or before it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.chain_walk import ChainWalk
from injectmap.domain.journal import (
    GENESIS,
    JournalKind,
    JournalRow,
    SubjectKind,
    check_chain,
    make_row,
    row_hash,
)
from injectmap.domain.proof import Finding, FindingCode, Head

COUNT = 9
number = st.integers(1, COUNT)


def rows(count: int = COUNT) -> list[JournalRow]:
    made: list[JournalRow] = []
    for one in range(1, count + 1):
        made.append(
            make_row(
                number=one,
                at_ms=1000 + one,
                practitioner_id="p",
                workstation="room-1",
                subject_kind=SubjectKind.PATIENT,
                subject_id=f"patient-{one % 3}",
                kind=JournalKind.PUT,
                payload=f'{{"n":{one}}}',
                salt=f"salt{one}",
                previous=made[-1].hash if made else GENESIS,
            )
        )
    return made


def walked(chain: list[JournalRow], head: Head | None = None) -> list[Finding]:
    walk = ChainWalk(len(chain))
    for row in chain:
        walk.step(row)
    head = head or Head(COUNT, rows()[-1].hash)
    walk.end(head, next((row.hash for row in chain if row.number == head.number), None))
    return walk.findings


def anew(chain: list[JournalRow]) -> list[JournalRow]:
    return [replace(row, number=place) for place, row in enumerate(chain, 1)]


def test_a_whole_chain_has_no_findings_and_an_empty_one_neither():
    assert walked(rows()) == []
    assert walked([], Head()) == []
    assert check_chain(rows()) is None


@given(st.sets(number, min_size=1, max_size=COUNT - 1))
def test_rows_taken_out_are_named(lost):
    found = walked([row for row in rows() if row.number not in lost])
    named = {n for one in found for n in range(one.row or 0, (one.to_row or one.row or 0) + 1)}
    assert {one.code for one in found} == {FindingCode.ROW_MISSING}
    assert named == lost


@given(number.filter(lambda n: n < COUNT))
def test_a_row_taken_out_with_the_rest_numbered_anew(lost):
    found = walked(anew([row for row in rows() if row.number != lost]))
    assert found == [Finding(FindingCode.ROW_MISSING, lost)]


@given(number, number)
def test_rows_that_changed_places(one, other):
    chain = rows()
    chain[one - 1], chain[other - 1] = chain[other - 1], chain[one - 1]
    found = walked(anew(chain))
    wanted = [] if one == other else sorted((one, other))
    assert [(f.code, f.row, f.to_row) for f in found] == [
        (FindingCode.ROW_REORDERED, here, there) for here, there in zip(wanted, reversed(wanted), strict=True)
    ]


@given(st.integers(2, COUNT), st.booleans())
def test_a_row_put_in(at, sound):
    chain = rows()
    fresh = replace(chain[0], number=at, previous=chain[at - 2].hash, subject_id="somebody")
    if sound:
        fresh = replace(fresh, hash=row_hash(fresh))
    found = walked(anew([*chain[: at - 1], fresh, *chain[at - 1 :]]), Head(COUNT + 1, chain[-1].hash))
    assert found == [Finding(FindingCode.ROW_INSERTED, at)]


@given(number, st.sampled_from(["at_ms", "practitioner_id", "workstation", "subject_id", "undoes"]))
def test_a_changed_row_is_found_alone(at, column):
    chain = rows()
    value = getattr(chain[at - 1], column)
    chain[at - 1] = replace(chain[at - 1], **{column: f"{value}x" if isinstance(value, str) else 7})
    assert walked(chain) == [Finding(FindingCode.ROW_CHANGED, at)]


@given(number)
def test_a_changed_hash_is_found_at_its_row_and_nowhere_else(at):
    chain = rows()
    chain[at - 1] = replace(chain[at - 1], hash="f" * 64)
    assert walked(chain) == [Finding(FindingCode.ROW_CHANGED, at)]


@given(number, st.sampled_from(["payload", "salt"]))
def test_a_changed_payload(at, column):
    chain = rows()
    chain[at - 1] = replace(chain[at - 1], **{column: "other"})
    assert walked(chain) == [Finding(FindingCode.PAYLOAD_CHANGED, at)]


@given(number)
def test_a_payload_that_is_gone_does_not_break_the_chain(at):
    chain = rows()
    chain[at - 1] = replace(chain[at - 1], payload=None, salt=None)
    assert walked(chain) == []


@given(number.filter(lambda n: n < COUNT))
def test_a_row_with_a_hash_of_its_own_does_not_join_on(at):
    chain = rows()
    changed = replace(chain[at - 1], subject_id="somebody")
    chain[at - 1] = replace(changed, hash=row_hash(changed))
    assert walked(chain) == [Finding(FindingCode.LINK_BROKEN, at + 1)]


def test_the_stored_end():
    chain = rows()
    last = chain[-1]
    assert walked(chain[:-1]) == [Finding(FindingCode.ROW_MISSING, COUNT)]
    assert walked(chain, Head(COUNT - 2, chain[COUNT - 3].hash)) == [
        Finding(FindingCode.ROW_INSERTED, COUNT - 1, COUNT)
    ]
    assert walked(chain, Head(COUNT, "f" * 64)) == [Finding(FindingCode.HEAD_WRONG, COUNT)]
    assert walked(chain, Head(COUNT - 1, last.hash)) == [Finding(FindingCode.HEAD_WRONG, COUNT - 1)]
    walk = ChainWalk(0)
    walk.end(None, None)
    assert walk.findings == [Finding(FindingCode.HEAD_WRONG, 0)]
