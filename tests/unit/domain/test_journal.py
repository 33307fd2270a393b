"""The chain holds, and shows where it was touched."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.journal import (
    GENESIS,
    JournalKind,
    JournalRow,
    SubjectKind,
    canonical_json,
    check_chain,
    make_row,
)


def chain(length: int) -> list[JournalRow]:
    rows: list[JournalRow] = []
    for number in range(1, length + 1):
        rows.append(
            make_row(
                number=number,
                at_ms=1_700_000_000_000 + number,
                practitioner_id="p",
                workstation="w",
                subject_kind=SubjectKind.PATIENT,
                subject_id="s",
                kind=JournalKind.PUT,
                payload=canonical_json({"n": number}),
                salt=f"{number:032x}",
                previous=rows[-1].hash if rows else GENESIS,
            )
        )
    return rows


def test_a_true_chain_holds() -> None:
    assert check_chain([]) is None
    assert check_chain(chain(20)) is None


def test_an_erased_payload_leaves_the_chain_whole() -> None:
    rows = chain(5)
    rows[2] = replace(rows[2], payload=None, salt=None)
    assert check_chain(rows) is None


CHANGES = {
    "payload": ("x", "payload_changed"),
    "salt": ("x", "payload_changed"),
    "at_ms": (1, "row_changed"),
    "practitioner_id": ("x", "row_changed"),
    "workstation": ("x", "row_changed"),
    "subject_id": ("x", "row_changed"),
    "kind": (JournalKind.EDIT, "row_changed"),
    "subject_kind": (SubjectKind.SESSION, "row_changed"),
    "undoes": (1, "row_changed"),
    "payload_digest": ("x", "row_changed"),
    "hash": ("x", "row_changed"),
    "previous": ("x", "link_broken"),
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_named(column: str) -> None:
    value, reason = CHANGES[column]
    rows = chain(6)
    rows[3] = replace(rows[3], **{column: value})
    broken = check_chain(rows)
    assert broken is not None
    assert (broken.number, broken.reason) == (4, reason)


@given(st.integers(0, 9), st.integers(0, 9))
def test_deletion_and_reordering_are_found(first: int, second: int) -> None:
    rows = chain(10)
    if first == second:
        if first == 9:
            return  # a truncated chain needs an anchor outside (DESIGN: what verify does not claim)
        del rows[first]
    else:
        rows[first], rows[second] = rows[second], rows[first]
    assert check_chain(rows) is not None


def test_canonical_json_has_one_form() -> None:
    assert canonical_json({"b": [1, True, None], "a": "e\u0301"}) == '{"a":"é","b":[1,true,null]}'
    for refused in (1.5, {"a": 0.1}, b"x", {1: 2}):
        with pytest.raises(TypeError):
            canonical_json(refused)
    with pytest.raises(ValueError, match="control"):
        canonical_json("a\x00b")
