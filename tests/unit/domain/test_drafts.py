"""A value made by way of its draft is the value: equal, hashed alike, guarded and checked."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields

import pytest

from injectmap.domain.drafts import draft_of


@dataclass(frozen=True, slots=True)
class Depth:
    """A value with a check."""

    first: int
    last: int = 3

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("upside down")


def drafted(**values):
    draft = draft_of(Depth)()
    for one in fields(Depth):
        setattr(draft, one.name, values[one.name])
    draft.__class__ = Depth
    return draft


def test_it_is_the_value():
    made = drafted(first=1, last=3)
    assert type(made) is Depth
    assert made == Depth(1)
    assert hash(made) == hash(Depth(1))
    assert repr(made) == repr(Depth(1))


def test_it_is_frozen_from_then_on():
    made = drafted(first=1, last=3)
    with pytest.raises(FrozenInstanceError):
        made.first = 2


def test_it_checks_itself_when_told():
    made = drafted(first=4, last=3)
    with pytest.raises(ValueError, match="upside down"):
        made.__post_init__()


def test_a_draft_takes_no_slot_that_the_value_does_not_have():
    with pytest.raises(AttributeError):
        draft_of(Depth)().middle = 2
